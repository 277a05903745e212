/** Plans of models other than git-flow's own: what they would run, and what stands against them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import { keysOf, presetModel } from '../../../../src/gitflow/model/presets';
import type { Preset } from '../../../../src/gitflow/model/branching';
import { Sandbox, type Work, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

function make(branches: readonly string[] = []): Work {
  const work = sandbox.empty();
  work.git('init', '-q', '-b', 'main');
  work.commit('a', 'base');
  for (const branch of branches) work.git('branch', branch);
  return work;
}

function withModel(preset: Preset, keys: Record<string, string> = {}): Work {
  const model = presetModel(preset, { tagPrefix: 'v' });
  const work = make(model.bases.map(({ name }) => name).filter((name) => name !== 'main'));
  for (const [key, value] of [...keysOf(model), ...Object.entries(keys)]) work.git('config', key, value);
  return work;
}

/** A branch with one commit. */
function topic(work: Work, branch: string, base = 'main', file = branch.replaceAll('/', '-')): void {
  work.git('checkout', '-q', '-b', branch, base);
  work.commit(file, '1');
}

const open = (work: Work, trusted = false): Promise<Repository> =>
  openRepository(work.folder, { trusted, env: fixedEnvironment });

/** The commands of the plan without `git`, `-q` and `--`; or the codes of what stands against it. */
async function plan(work: Work, request: Request): Promise<string[]> {
  const planned = await (await open(work)).plan(request);
  if (!planned.ok) return planned.refusals.map(({ code }) => `!${code}`);
  return planned.plan.steps.flatMap(({ commands }) =>
    commands.map((command) => command.filter((word) => !['git', '-q', '--', '--atomic'].includes(word)).join(' ')),
  );
}

async function messages(work: Work, request: Request): Promise<string> {
  const planned = await (await open(work)).plan(request);
  return planned.ok ? '' : planned.refusals.map(({ message }) => message).join('\n');
}

async function act(work: Work, request: Request): Promise<string> {
  const repository = await open(work);
  const planned = await repository.plan(request);
  if (!planned.ok) return planned.refusals.map(({ message }) => message).join('\n');
  const outcome = await repository.execute(planned.plan);
  return outcome.status === 'refused' ? outcome.refusals.map(({ message }) => message).join('\n') : outcome.status;
}

const finish = (kind: string, name: string, more: object = {}): Request => ({
  action: 'finish',
  kind,
  name,
  fetch: false,
  ...more,
});
const start = (kind: string, name: string, more: object = {}): Request => ({ action: 'start', kind, name, ...more });

describe('without any set-up', () => {
  test('a topic is started from the default branch, with whatever name', async () => {
    const work = make();
    expect(await plan(work, start('topic', 'fix/a'))).toEqual(['checkout --no-track -b fix/a refs/heads/main']);
    expect(await plan(work, start('topic', 'main'))).toEqual(['!exists', '!exists']);
    expect(await plan(work, start('topic', ''))).toEqual(['!no-name']);
    expect(await plan(work, start('topic', 'a b'))).toEqual(['!bad-name']);
    expect(await plan(work, start('feature', 'x'))).toEqual(['!not-initialised']);
  });

  test('it is finished by a merge commit, and the branch goes', async () => {
    const work = make();
    topic(work, 'fix/a');
    expect(await plan(work, finish('topic', 'fix/a'))).toEqual([
      'checkout main',
      'merge --no-ff fix/a',
      'branch -d fix/a',
    ]);
    expect(await plan(work, finish('topic', 'fix/a', { keep: true, noFastForward: false }))).toEqual([
      'checkout main',
      'merge --ff fix/a',
    ]);
    expect(await plan(work, { action: 'finish', kind: 'topic', fetch: false })).toContain('merge --no-ff fix/a');
    expect(await act(work, finish('topic', 'fix/a'))).toBe('done');
    expect(work.git('log', '-1', '--format=%s', 'main')).toBe("Merge branch 'fix/a'");
    expect(work.git('branch', '--format=%(refname:short)')).toBe('main');
  });

  test('the default branch is finished, renamed or deleted by nobody', async () => {
    const work = make(['x']);
    expect(await plan(work, finish('topic', 'main'))).toEqual(['!bad-option']);
    expect(await plan(work, { action: 'delete', kind: 'topic', name: 'main' })).toContain('!bad-option');
    expect(await plan(work, { action: 'finish', kind: 'topic', fetch: false })).toEqual(['!not-on-such-a-branch']);
  });

  test('squashed, rebased, or only fast-forwarded', async () => {
    const work = make();
    topic(work, 'a');
    expect(await plan(work, finish('topic', 'a', { squash: true }))).toEqual([
      'checkout main',
      'merge --squash a',
      'commit --no-edit',
      'update-ref -d refs/heads/a',
    ]);
    expect(await plan(work, finish('topic', 'a', { rebase: true, noFastForward: false }))).toEqual([
      'checkout a',
      'rebase main',
      'checkout main',
      'merge --ff a',
      'branch -d a',
    ]);
    expect(await plan(work, finish('topic', 'a', { fastForwardOnly: true }))).toContain('merge --ff-only a');
    expect(await plan(work, finish('topic', 'a', { fastForwardOnly: true, squash: true }))).toEqual(['!bad-option']);
    work.git('checkout', '-q', 'main');
    work.commit('m', '1');
    expect(await plan(work, finish('topic', 'a', { fastForwardOnly: true }))).toEqual(['!diverged']);
  });

  test('what is not committed stands against it, unless it is put away', async () => {
    const work = make();
    topic(work, 'a');
    work.write('a', 'changed');
    expect(await plan(work, finish('topic', 'a'))).toEqual(['!dirty']);
    expect((await plan(work, finish('topic', 'a', { stash: true })))[0]).toContain('stash push');
  });

  test('messages that were asked for, with the names of the branches', async () => {
    const work = make();
    topic(work, 'a');
    expect(await plan(work, finish('topic', 'a', { mergeMessage: 'in: %b → %p, %B %P 100%%' }))).toContain(
      'merge --no-ff -m in: a → main, refs/heads/a refs/heads/main 100% a',
    );
    expect(
      await plan(work, finish('topic', 'a', { squash: true, squashMessage: 'all of %b', noVerify: true })),
    ).toContain('commit --no-verify -m all of a');
  });

  test('a shallow name for what is on the remote alone, and nothing without a commit', async () => {
    const work = sandbox.empty();
    work.git('init', '-q', '-b', 'main');
    expect(await plan(work, start('topic', 'x'))).toEqual(['!not-initialised']);
    expect(await plan(work, { action: 'tagRelease', version: '1.0' })).toEqual(['!no-branch']);
  });
});

describe('with a remote', () => {
  let work: Work;
  let remote: Work;
  beforeAll(() => {
    work = make();
    const folder = sandbox.path('hub.git');
    work.git('init', '-q', '--bare', folder);
    work.git('remote', 'add', 'hub', folder);
    work.git('push', '-q', '-u', 'hub', 'main');
    work.git('remote', 'set-head', 'hub', 'main');
    work.git('config', 'init.defaultBranch', 'nothing');
    remote = sandbox.empty();
    remote.git('clone', '-q', folder, '.');
    remote.git('checkout', '-q', 'main');
    remote.commit('theirs', '1');
    remote.git('push', '-q', 'origin', 'main');
  });

  test('the only remote is taken; what is fetched is told first', async () => {
    const repository = await open(work);
    expect(await repository.configuration()).toMatchObject({ origin: 'hub', main: 'main' });
    const planned = await repository.plan(start('topic', 'x'));
    expect(planned.ok && planned.plan.fetches).toEqual([
      { remote: 'hub', branches: ['main'], optional: true, mayFail: true },
    ]);
    const without = await repository.plan(start('topic', 'x', { fetch: false }));
    expect(without.ok && without.plan.fetches).toEqual([]);
    const asked = await repository.plan(start('topic', 'x', { fetch: true }));
    expect(asked.ok && asked.plan.fetches[0]?.mayFail).toBeUndefined();
  });

  test('a topic is started from what the remote has, and finished into it', async () => {
    expect(await act(work, start('topic', 'x'))).toBe('done');
    expect(work.git('rev-parse', 'x')).toBe(remote.git('rev-parse', 'main'));
    work.commit('x', '1');
    expect(await plan(work, finish('topic', 'x', { push: true }))).toEqual([
      'checkout main',
      'merge --ff-only refs/remotes/hub/main',
      'checkout main',
      'merge --no-ff x',
      'push hub refs/heads/main',
      'branch -d x',
    ]);
    expect(await act(work, finish('topic', 'x', { push: true }))).toBe('done');
    expect(work.git('ls-remote', 'hub', 'refs/heads/main')).toContain(work.git('rev-parse', 'main'));
  });

  test('an unreachable remote is no reason not to start', async () => {
    work.git('remote', 'set-url', 'hub', sandbox.path('nowhere.git'));
    expect(await act(work, start('topic', 'offline'))).toBe('done');
    expect(await act(work, start('topic', 'online', { fetch: true }))).toContain('Could not fetch');
    work.git('remote', 'set-url', 'hub', sandbox.path('hub.git'));
    work.git('checkout', '-q', 'main');
  });

  test('published, updated, and deleted on the remote with the branch', async () => {
    topic(work, 'shared');
    expect(await plan(work, { action: 'publish', kind: 'topic', name: 'shared' })).toEqual([
      'push -u hub refs/heads/shared:refs/heads/shared',
    ]);
    expect(await act(work, { action: 'publish', kind: 'topic', name: 'shared' })).toBe('done');
    expect(await plan(work, { action: 'update', kind: 'topic', name: 'shared' })).toEqual([
      'checkout shared',
      'merge --ff main',
    ]);
    expect(await plan(work, { action: 'update', kind: 'topic', name: 'shared', how: 'rebase' })).toEqual([
      'checkout shared',
      'rebase main',
    ]);
    const planned = await plan(work, finish('topic', 'shared'));
    expect(planned).toContain('push hub :refs/heads/shared');
    expect(await plan(work, finish('topic', 'shared', { keepRemote: true }))).not.toContain(
      'push hub :refs/heads/shared',
    );
  });

  test('a release is tagged: with the branch where that is ahead, after the remote where it is behind', async () => {
    work.git('checkout', '-q', 'main');
    expect(await plan(work, { action: 'tagRelease', version: '1.0', push: true })).toEqual([
      'tag -a --cleanup=verbatim -F - v1.0 refs/heads/main',
      'push hub refs/tags/v1.0',
    ]);
    work.commit('more', '1');
    expect(await plan(work, { action: 'tagRelease', version: 'v1.0', push: true })).toContain(
      'push hub refs/heads/main refs/tags/v1.0',
    );
    work.git('reset', '-q', '--hard', 'HEAD~2');
    expect((await plan(work, { action: 'tagRelease', version: '1.0' })).slice(0, 2)).toEqual([
      'checkout main',
      'merge --ff-only refs/remotes/hub/main',
    ]);
    work.commit('apart', '1');
    expect(await plan(work, { action: 'tagRelease', version: '1.0' })).toEqual(['!diverged']);
    expect(await plan(work, finish('topic', 'shared'))).toContain('!diverged');
    work.git('reset', '-q', '--hard', 'refs/remotes/hub/main');
  });

  test('what stands against a tag', async () => {
    work.git('tag', 'v3.0');
    expect(await plan(work, { action: 'tagRelease', version: '3.0' })).toEqual(['!tag-exists']);
    expect(await plan(work, { action: 'tagRelease', version: '' })).toEqual(['!no-name']);
    expect(await plan(work, { action: 'tagRelease', version: '4..0' })).toEqual(['!bad-name']);
    expect(await plan(work, { action: 'tagRelease', version: '4', message: 'a', messageFile: 'b' })).toEqual([
      '!bad-option',
    ]);
    expect(await plan(work, { action: 'tagRelease', version: '4', branch: 'nowhere' })).toEqual(['!no-branch']);
  });
});

describe('GitLab flow', () => {
  test('a feature goes into main and nowhere else', async () => {
    const work = withModel('gitlab');
    expect(await plan(work, start('feature', 'x'))).toEqual([
      'config --local gitflow.branch.feature/x.base main',
      'checkout --no-track -b feature/x refs/heads/main',
    ]);
    topic(work, 'feature/x');
    expect(await plan(work, finish('feature', 'x'))).toEqual([
      'checkout main',
      'merge --ff feature/x',
      'branch -d feature/x',
    ]);
    expect(await plan(work, finish('feature', 'feature/x'))).toContain('merge --ff feature/x');
  });

  test('main is promoted to staging, and staging to production', async () => {
    const work = withModel('gitlab');
    work.commit('b', '1');
    expect(await plan(work, { action: 'integrate' })).toEqual(['checkout staging', 'merge --ff main']);
    expect(await plan(work, { action: 'integrate', name: 'main', noFastForward: true, tag: 'v1' })).toEqual([
      'checkout staging',
      'merge --no-ff main',
      'tag -a --cleanup=verbatim -F - v1 refs/heads/staging',
    ]);
    expect(await plan(work, { action: 'integrate', name: 'production' })).toEqual(['!not-on-such-a-branch']);
    expect(await plan(work, { action: 'integrate', name: 'nothing' })).toEqual(['!not-on-such-a-branch']);
    expect(await plan(work, { action: 'integrate', name: 'main', push: true })).toEqual(['!no-remote']);
    work.git('config', 'gitflow.main.integrate.tag', 'true');
    expect(await plan(work, { action: 'integrate', name: 'main' })).toEqual(['!bad-option']);
    work.git('config', 'gitflow.main.integrate.tagname', 'latest');
    expect(await plan(work, { action: 'integrate', name: 'main' })).toContain(
      'tag -a --cleanup=verbatim -F - latest refs/heads/staging',
    );
  });

  test('a hotfix of production is tagged; the branches that follow get it', async () => {
    const work = withModel('gitlab', { 'gitflow.branch.staging.autoupdate': 'true' });
    topic(work, 'hotfix/1.0.1', 'production');
    expect(await plan(work, finish('hotfix', '1.0.1', { message: 'm' }))).toEqual([
      'checkout production',
      'merge --ff hotfix/1.0.1',
      'tag -a --cleanup=verbatim -F - v1.0.1 refs/heads/production',
      'checkout staging',
      'merge --no-ff v1.0.1',
      'update-ref -d refs/heads/hotfix/1.0.1',
      'checkout production',
    ]);
    expect(await plan(work, finish('hotfix', '1.0.1', { noTag: true }))).toContain('merge --no-ff production');
    expect(await plan(work, finish('hotfix', '1.0.1', { tagName: 'mine' }))).toContain(
      'tag -a --cleanup=verbatim -F - mine refs/heads/production',
    );
    work.git('tag', 'v1.0.1');
    expect(await plan(work, finish('hotfix', '1.0.1'))).toEqual(['!tag-elsewhere']);
    expect(await plan(work, start('hotfix', '1.0.1'))).toContain('!tag-exists');
    work.git('branch', '-D', 'staging');
    expect(await plan(work, finish('hotfix', '1.0.1', { noTag: true }))).toEqual(['!no-base']);
  });

  test('base branches are brought up to their parents', async () => {
    const work = withModel('gitlab');
    work.git('checkout', '-q', 'staging');
    work.commit('s', '1');
    work.git('checkout', '-q', 'main');
    expect(await plan(work, { action: 'update', kind: 'base' })).toEqual(['checkout main', 'merge --ff staging']);
    expect(await plan(work, { action: 'update', kind: 'base', name: 'production' })).toEqual(['!not-on-such-a-branch']);
    work.git('config', 'gitflow.branch.main.downstreamstrategy', 'squash');
    expect(await plan(work, { action: 'update', kind: 'base' })).toContain('merge --squash staging');
  });
});

describe('what the configuration says of a type', () => {
  test.each([
    ['squash', 'merge --squash feature/x'],
    ['rebase', 'rebase main'],
    ['merge', 'merge --ff feature/x'],
  ])('upstream %s', async (strategy, command) => {
    const work = withModel('github', {
      'gitflow.branch.feature.upstreamstrategy': strategy,
      'gitflow.feature.finish.no-ff': 'false',
    });
    topic(work, 'feature/x');
    expect(await plan(work, finish('feature', 'x'))).toContain(command);
  });

  test.each([
    ['no-ff', 'merge --no-ff feature/x'],
    ['squash', 'merge --squash feature/x'],
    ['rebase', 'rebase main'],
    ['ff-only', 'merge --ff-only feature/x'],
    ['noverify', 'merge --ff --no-verify feature/x'],
    ['keep', 'merge --ff feature/x'],
  ])('gitflow.feature.finish.%s', async (flag, command) => {
    const work = withModel('github', {
      'gitflow.feature.finish.no-ff': 'false',
      [`gitflow.feature.finish.${flag}`]: 'true',
    });
    topic(work, 'feature/x');
    expect(await plan(work, finish('feature', 'x'))).toContain(command);
  });

  test('what switches a strategy off, and what is asked for all the same', async () => {
    const work = withModel('trunk', {
      'gitflow.feature.finish.no-rebase': 'true',
      'gitflow.feature.finish.mergemessage': 'm %b',
    });
    topic(work, 'feature/x');
    expect(await plan(work, finish('feature', 'x'))).toContain('merge --ff -m m feature/x feature/x');
    expect(await plan(work, finish('feature', 'x', { rebase: true, rebaseMerges: true }))).toContain(
      'rebase --rebase-merges main',
    );
    expect(await plan(work, finish('feature', 'x', { noFastForward: true }))).toContain(
      'merge --no-ff -m m feature/x feature/x',
    );
  });

  test('none is refused by name before anything happens', async () => {
    const work = withModel('github', {
      'gitflow.branch.feature.upstreamstrategy': 'none',
      'gitflow.branch.feature.downstreamstrategy': 'none',
    });
    topic(work, 'feature/x');
    expect(await messages(work, finish('feature', 'x'))).toContain('gitflow.branch.feature.upstreamStrategy');
    expect(await plan(work, finish('feature', 'x', { squash: true }))).toContain('merge --squash feature/x');
    expect(await messages(work, { action: 'update', kind: 'feature', name: 'x' })).toContain('downstreamStrategy');
    expect(await plan(work, { action: 'update', kind: 'feature', name: 'x', how: 'rebase' })).toContain('rebase main');
  });

  test('what is not understood is refused by name, and only for what it is about', async () => {
    const work = withModel('github', {
      'gitflow.branch.fix.type': 'topic',
      'gitflow.branch.fix.upstreamstrategy': 'octopus',
    });
    topic(work, 'feature/x');
    expect(await messages(work, start('fix', 'y'))).toContain("'gitflow.branch.fix.parent'");
    expect(await messages(work, start('fix', 'y'))).toContain("'octopus'");
    expect(await messages(work, start('release', '1'))).toContain('It has: feature, fix');
    expect(await plan(work, finish('feature', 'x'))).toContain('branch -d feature/x');
  });

  test('publish options, tags of features, names with their prefix', async () => {
    const work = withModel('github', {
      'gitflow.branch.feature.tag': 'true',
      'gitflow.branch.feature.tagprefix': 'f-',
    });
    work.git('config', '--add', 'gitflow.feature.publish.push-option', 'ci.skip');
    work.git('config', '--add', 'gitflow.feature.publish.push-option', 'x=y');
    work.git('remote', 'add', 'origin', sandbox.path('nowhere.git'));
    topic(work, 'feature/x');
    expect(await plan(work, { action: 'publish', kind: 'feature' })).toEqual([
      'push -u -o ci.skip -o x=y origin refs/heads/feature/x:refs/heads/feature/x',
    ]);
    expect(await plan(work, finish('feature', 'x'))).toContain('tag -a --cleanup=verbatim -F - f-x refs/heads/main');
    work.git('config', 'gitflow.feature.finish.notag', 'true');
    expect((await plan(work, finish('feature', 'x'))).join()).not.toContain('tag');
    expect((await plan(work, finish('feature', 'x', { tag: true }))).join()).toContain('tag -a');
  });

  test('the version goes into files without the prefix of tags', async () => {
    const work = withModel('gitlab');
    work.git('checkout', '-q', 'production');
    work.commit('VERSION', '0.9');
    const planned = await (await open(work)).plan(start('hotfix', 'v1.0.1', { bump: ['VERSION'] }));
    expect(planned.ok && planned.plan.steps.at(-1)?.work).toMatchObject({ do: 'bump', version: '1.0.1' });
  });

  test('a base of the user’s: a branch, a tag, a commit, or nothing', async () => {
    const work = withModel('github');
    work.git('tag', 'v0.1.0');
    expect(await plan(work, start('feature', 'x', { base: 'v0.1.0' }))).toContain(
      `checkout --no-track -b feature/x ${work.git('rev-parse', 'v0.1.0^{commit}')}`,
    );
    expect(await plan(work, start('feature', 'x', { base: 'nowhere' }))).toEqual(['!no-base']);
  });

  test('deleted only when its parent has it', async () => {
    const work = withModel('github');
    topic(work, 'feature/x');
    expect(await plan(work, { action: 'delete', kind: 'feature', name: 'x' })).toEqual(['!not-merged']);
    expect(await plan(work, { action: 'delete', kind: 'feature', name: 'x', force: true })).toEqual([
      'checkout main',
      'update-ref -d refs/heads/feature/x',
    ]);
    work.git('checkout', '-q', 'main');
    work.git('merge', '-q', 'feature/x');
    expect(await plan(work, { action: 'delete', kind: 'feature', name: 'x' })).toEqual(['branch -d feature/x']);
  });
});

describe('setting up', () => {
  test.each(['github', 'gitlab', 'trunk'] as const)('%s', async (preset) => {
    const work = make();
    expect(await act(work, { action: 'init', preset })).toBe('done');
    const { model, flavour } = await (await open(work)).configuration();
    expect([model.name, flavour, model.tagPrefix]).toEqual([preset, 'next', 'v']);
    for (const { name } of model.bases) expect(work.git('rev-parse', name)).toBe(work.git('rev-parse', 'main'));
    expect(work.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    expect((await (await open(work)).state()).initialised).toBe(true);
  });

  test('another model by force: no key of the old one stays', async () => {
    const work = withModel('gitlab');
    expect(await plan(work, { action: 'init', preset: 'github' })).toEqual(['!read-only-configuration']);
    expect(await act(work, { action: 'init', preset: 'github', force: true })).toBe('done');
    const { model } = await (await open(work)).configuration();
    expect(model.bases.map(({ name }) => name)).toEqual(['main']);
    expect(work.git('config', '--list', '--local')).not.toContain('staging');
  });

  test('names of the team; those that clash or are not there', async () => {
    const work = make(['live']);
    expect(await plan(work, { action: 'init', preset: 'github', main: 'nowhere' })).toEqual(['!no-branch']);
    expect(await plan(work, { action: 'init', preset: 'gitlab', staging: 'main' })).toContain('!bad-option');
    expect(await act(work, { action: 'init', preset: 'gitlab', production: 'live', staging: 'pre' })).toBe('done');
    expect(work.git('branch', '--format=%(refname:short)').split('\n')).toEqual(['live', 'main', 'pre']);
  });

  test('the team’s file is heeded until there is a configuration, without its path to hooks', async () => {
    const work = make();
    work.write(
      '.gitflow',
      '[gitflow]\n\tversion = 1.0\n[gitflow "path"]\n\thooks = evil\n[gitflow "branch.main"]\n\ttype = base\n[gitflow "branch.task"]\n\ttype = topic\n\tparent = main\n',
    );
    const shared = await (await open(work)).configuration();
    expect(shared.model.topics.map(({ name }) => name)).toEqual(['task']);
    expect(shared.hooksPath).toBeUndefined();
    expect(await plan(work, start('task', 'x'))).toContain('checkout --no-track -b task/x refs/heads/main');
    work.git('config', 'gitflow.shared.trusthooks', 'true');
    expect((await (await open(work)).configuration()).hooksPath).toBe('evil');
    work.git('config', 'gitflow.version', '1.0');
    expect((await (await open(work)).configuration()).model.name).toBe('gitflow');
  });

  test('a file that says no version says nothing; one that git cannot read is told', async () => {
    const work = make();
    work.write('.gitflow', '[gitflow "branch.main"]\n\ttype = base\n');
    expect((await (await open(work)).configuration()).flavour).toBe('none');
    work.write('.gitflow', '[gitflow');
    await expect(open(work).then((repository) => repository.configuration())).rejects.toThrow(
      "'.gitflow' cannot be read",
    );
  });
});

describe('conventional commits', () => {
  test('the history decides of merges, squashes and versions', async () => {
    const work = make();
    work.commit('b', '1', 'feat: b');
    work.commit('c', '1', 'fix(core): c');
    work.commit('d', '1', 'chore!: d');
    topic(work, 'login-page');
    work.commit('e', '1', 'fix: e');
    expect(await plan(work, finish('topic', 'login-page'))).toContain(
      'merge --no-ff -m chore: merge login-page into main login-page',
    );
    const squashed = await plan(work, finish('topic', 'login-page', { squash: true }));
    expect(squashed.join('\n')).toContain('commit -m fix: login page\n\n- login-page=1\n- fix: e');
    work.git('checkout', '-q', '-b', 'one', 'main');
    work.commit('o', '1', 'feat: one\n\nAnd why.');
    expect(await plan(work, finish('topic', 'one', { squash: true }))).toContain('commit -m feat: one\n\nAnd why.');
    expect(await plan(work, { action: 'update', kind: 'topic', name: 'one' })).toContain(
      'merge --ff -m chore: merge main into one main',
    );
  });

  test('Gitflow’s own merges too', async () => {
    const work = sandbox.repository();
    work.git('checkout', '-q', 'develop');
    for (const name of ['x', 'y', 'z', 'w', 'v']) work.commit(name, '1', `feat: ${name}`);
    work.start('feature/two');
    work.commit('f', '1', 'feat: f');
    work.commit('g', '1', 'feat: g');
    expect(await plan(work, finish('feature', 'two'))).toContain(
      'merge --no-ff -m chore: merge feature/two into develop feature/two',
    );
  });
});
