/** Repositories that are set up unusually, and hooks that have a will of their own. */
import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Outcome, Plan, Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import { Sandbox, Work, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox({ inMemory: true });
afterAll(() => sandbox.remove());

const finishX: Request = { action: 'finish', kind: 'feature', name: 'x' };
const finishRelease: Request = { action: 'finish', kind: 'release', name: '1.0', message: 'one' };

const open = (work: Work): Promise<Repository> => openRepository(work.folder, { trusted: true, env: fixedEnvironment });

async function act(work: Work, request: Request): Promise<Outcome> {
  const repository = await open(work);
  const planned = await repository.plan(request);
  return planned.ok ? repository.execute(planned.plan) : { status: 'refused', refusals: planned.refusals };
}

/** develop has a commit that the feature has not. */
function diverged(): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  work.commit('f', '1');
  work.commit('f', '2');
  work.git('checkout', '-q', 'develop');
  work.commit('z', '1');
  return work;
}

function release(): Work {
  const work = sandbox.repository();
  work.start('release/1.0');
  work.commit('v', '1');
  return work;
}

function hook(work: Work, name: string, text: string): void {
  const file = join(work.folder, '.git/hooks', name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

function told(outcome: Outcome): string {
  return JSON.stringify({ ...outcome, plan: undefined });
}

const contains = (work: Work, branch: string, commit: string): boolean =>
  work.git('branch', '--contains', commit, '--format=%(refname:short)').split('\n').includes(branch);

describe('configuration', () => {
  /** Merges, squashes and rebases a feature, and undoes it. */
  async function everyWay(configure: (work: Work) => void): Promise<void> {
    for (const how of [{}, { squash: true }, { rebase: true }]) {
      const work = diverged();
      configure(work);
      const before = work.state();
      const outcome = await act(work, { ...finishX, ...how });
      expect(outcome.status, told(outcome)).toBe('done');
      expect([work.git('show', 'develop:f'), work.git('status', '--porcelain')]).toEqual(['2', '']);
      const undone = await (await open(work)).undo();
      expect(undone.status, told(undone)).toBe('undone');
      expect(work.state()).toBe(before);
    }
  }

  test.each([
    ['merge.ff', 'only'],
    ['merge.ff', 'false'],
    ['branch.develop.mergeOptions', '--no-commit'],
    ['branch.develop.mergeOptions', '--squash'],
    ['branch.develop.mergeOptions', '--no-ff --commit'],
    ['core.autocrlf', 'true'],
    ['core.logAllRefUpdates', 'false'],
    ['core.splitIndex', 'true'],
  ])('%s = %s', async (key, value) => everyWay((work) => void work.git('config', key, value)));

  test('what git prints, asks and hides', () =>
    everyWay((work) => {
      const odd = { 'color.ui': 'always', 'log.showSignature': 'true', 'status.showUntrackedFiles': 'no' };
      const more = {
        'merge.autoStash': 'true',
        'commit.cleanup': 'scissors',
        'pull.rebase': 'true',
        'column.ui': 'always',
      };
      for (const [key, value] of Object.entries({ ...odd, ...more })) work.git('config', key, value);
    }));

  test('branch.<name>.mergeOptions does not leave a release unmerged', async () => {
    const work = release();
    work.git('config', 'branch.main.mergeOptions', '--no-commit');
    const tip = work.git('rev-parse', 'HEAD');
    expect((await act(work, finishRelease)).status).toBe('done');
    expect(contains(work, 'main', tip)).toBe(true);
    expect(work.git('rev-parse', 'v1.0^{commit}')).toBe(work.git('rev-parse', 'main'));
  });

  test('rebase.updateRefs does not move branches that nobody has named', async () => {
    const work = diverged();
    work.git('branch', 'feature/below', 'feature/x~1');
    work.git('config', 'rebase.updateRefs', 'true');
    const below = work.git('rev-parse', 'feature/below');
    const before = work.state();
    expect((await act(work, { ...finishX, rebase: true })).status).toBe('done');
    expect(work.git('rev-parse', 'feature/below')).toBe(below);
    await (await open(work)).undo();
    expect(work.state()).toBe(before);
  });

  test('rerere that resolves and stages: told as it is, and resumed', async () => {
    const work = sandbox.repository();
    work.git('config', 'rerere.enabled', 'true');
    work.git('config', 'rerere.autoUpdate', 'true');
    work.start('feature/x');
    work.commit('a', 'theirs');
    work.git('checkout', '-q', 'develop');
    work.commit('a', 'ours');
    expect((await act(work, finishX)).status).toBe('conflict');
    work.write('a', 'both\n');
    work.git('add', 'a');
    work.git('commit', '-q', '--no-edit');
    work.git('reset', '-q', '--hard', 'HEAD~1');
    await (await open(work)).leave();
    const outcome = await act(work, finishX);
    expect(outcome).toMatchObject({ status: 'conflict', files: ['a'] });
    expect(outcome.status === 'conflict' && outcome.message).toContain('rerere');
    expect((await (await open(work)).resume()).status).toBe('done');
    expect(work.read('a')).toBe('both\n');
  });

  test('tags with the names of branches', async () => {
    const work = diverged();
    for (const tag of ['develop', 'main', 'feature/x', 'feature/y']) work.git('tag', tag, 'main');
    const develop = work.git('rev-parse', 'refs/heads/develop');
    expect((await act(work, { action: 'start', kind: 'feature', name: 'y' })).status).toBe('done');
    expect(work.git('rev-parse', 'refs/heads/feature/y')).toBe(develop);
    for (const how of [{}, { squash: true }, { rebase: true }]) {
      const copy = sandbox.copy(work);
      const outcome = await act(copy, { ...finishX, ...how });
      expect(outcome.status, told(outcome)).toBe('done');
      expect(copy.git('show', 'refs/heads/develop:f')).toBe('2');
      expect(copy.git('merge-base', '--is-ancestor', develop, 'refs/heads/develop')).toBe('');
    }
    const other = release();
    for (const tag of ['develop', 'main', 'release/1.0']) other.git('tag', tag, 'main');
    expect((await act(other, finishRelease)).status).toBe('done');
    expect(other.git('show', 'refs/heads/develop:v')).toBe('1');
    expect(other.git('rev-parse', 'v1.0^{commit}')).toBe(other.git('rev-parse', 'refs/heads/main'));
  });
});

describe('hooks', () => {
  test('a post-checkout that fails after git has done its work', async () => {
    const work = release();
    hook(work, 'post-checkout', 'exit 1');
    const before = work.state();
    const outcome = await act(work, finishRelease);
    expect(outcome.status, told(outcome)).toBe('done');
    expect((await (await open(work)).undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
  });

  test("a post-merge that commits: the commit is the action's, and kept when it is undone", async () => {
    const work = release();
    hook(work, 'post-merge', 'echo made > made && git add made && git commit -q -m made-by-hook');
    const before = work.state();
    expect((await act(work, finishRelease)).status).toBe('done');
    expect((await (await open(work)).undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
    expect(work.git('log', '--all', '--format=%s')).toContain('made-by-hook');
  });

  test('a reference-transaction that refuses the tag', async () => {
    const work = release();
    hook(work, 'reference-transaction', 'grep -q refs/tags/ && [ "$1" = prepared ] && exit 1; exit 0');
    const before = work.state();
    expect((await act(work, finishRelease)).status).toBe('failed');
    expect((await (await open(work)).undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
  });
});

describe('a lock that stays', () => {
  test('on the branch that is merged into: told as the cause, and resumed when it is gone', async () => {
    const work = release();
    const lock = join(work.folder, '.git/refs/heads/main.lock');
    writeFileSync(lock, '');
    const outcome = await act(work, finishRelease);
    expect(outcome.status === 'failed' && outcome.message).toContain(`delete '${lock}'`);
    rmSync(lock);
    expect((await (await open(work)).resume()).status).toBe('done');
  });

  test('on HEAD, when the branch is made already: it is only checked out', async () => {
    const work = sandbox.repository();
    const lock = join(work.folder, '.git/HEAD.lock');
    writeFileSync(lock, '');
    const outcome = await act(work, { action: 'start', kind: 'feature', name: 'y' });
    expect(outcome.status === 'failed' && outcome.message).toContain(`delete '${lock}'`);
    rmSync(lock);
    expect((await (await open(work)).resume()).status).toBe('done');
    expect(work.git('symbolic-ref', '--short', 'HEAD')).toBe('feature/y');
  });
});

describe('history that is not what it seems', () => {
  test.each(['grafts', 'replace'])('a branch that is merged only by %s is kept', async (how) => {
    const work = diverged();
    const tip = work.git('rev-parse', 'feature/x');
    const [develop, parent] = [work.git('rev-parse', 'develop'), work.git('rev-parse', 'develop~1')];
    if (how === 'grafts') {
      mkdirSync(join(work.folder, '.git/info'), { recursive: true });
      appendFileSync(join(work.folder, '.git/info/grafts'), `${develop} ${parent} ${tip}\n`);
    } else work.git('replace', '--graft', develop, parent, tip);
    const outcome = await act(work, finishX);
    rmSync(join(work.folder, '.git/info/grafts'), { force: true });
    const reachable = work.git('--no-replace-objects', 'rev-list', '--all').split('\n');
    expect(reachable, told(outcome)).toContain(tip);
  });

  test('a shallow clone: start, finish, undo, and a base that it lacks', async () => {
    const origin = diverged();
    origin.git('checkout', '-q', 'main');
    const folder = sandbox.path('shallow');
    origin.git('clone', '-q', '--depth=1', '--no-single-branch', `file://${origin.folder}`, folder);
    const work = new Work(folder);
    work.git('branch', '-q', 'develop', 'origin/develop');
    for (const [key, value] of Object.entries({
      'branch.master': 'main',
      'branch.develop': 'develop',
      'prefix.feature': 'feature/',
      'prefix.bugfix': 'bugfix/',
      'prefix.release': 'release/',
      'prefix.hotfix': 'hotfix/',
      'prefix.support': 'support/',
      'prefix.versiontag': 'v',
    }))
      work.git('config', `gitflow.${key}`, value);
    expect((await act(work, { action: 'start', kind: 'feature', name: 'y' })).status).toBe('done');
    work.commit('y', '1');
    const before = work.state();
    expect((await act(work, { ...finishX, name: 'y' })).status).toBe('done');
    expect((await (await open(work)).undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
    // The histories have nothing in common here, though they have on the server.
    work.git('branch', '-q', 'feature/x', 'origin/feature/x');
    const last = await act(work, finishX);
    expect(['failed', 'refused']).toContain(last.status);
    expect(told(last)).toContain('unshallow');
    await (await open(work)).undo();
    expect(work.git('status', '--porcelain')).toBe('');
  });
});

describe('what the user does between the plan and its start', () => {
  const deeds: Record<string, (work: Work) => void> = {
    'a commit on the base': (work) => work.commit('z', '2'),
    'a commit on the branch': (work) => {
      work.git('checkout', '-q', 'feature/x');
      work.commit('f', '3');
      work.git('checkout', '-q', 'develop');
    },
    'the branch deleted': (work) => void work.git('branch', '-q', '-D', 'feature/x'),
    'another branch checked out': (work) => void work.git('checkout', '-q', 'main'),
    'HEAD detached': (work) => void work.git('checkout', '-q', '--detach'),
  };

  /** Executes a plan that is minutes old. */
  async function later(repository: Repository, plan: Plan): Promise<Outcome> {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 300_000);
    try {
      return await repository.execute(plan);
    } finally {
      clock.mockRestore();
    }
  }

  test.each(Object.keys(deeds))('%s: nothing begins, at once or minutes later', async (deed) => {
    const work = diverged();
    const repository = await open(work);
    const planned = await repository.plan(finishX);
    if (!planned.ok) throw new Error('There is no plan.');
    deeds[deed]?.(work);
    const after = work.state();
    expect((await repository.execute(planned.plan)).status).toBe('refused');
    expect((await later(repository, planned.plan)).status).toBe('refused');
    expect(work.state()).toBe(after);
    expect(await repository.journal()).toBeUndefined();
  });

  test('the configuration changed: nothing begins', async () => {
    const work = diverged();
    const repository = await open(work);
    const planned = await repository.plan(finishX);
    if (!planned.ok) throw new Error('There is no plan.');
    work.git('config', 'gitflow.feature.finish.squash', 'true');
    const after = work.state();
    expect((await later(repository, planned.plan)).status).toBe('refused');
    expect(work.state()).toBe(after);
  });

  test('a tag made: nothing begins', async () => {
    const work = release();
    const repository = await open(work);
    const planned = await repository.plan(finishRelease);
    if (!planned.ok) throw new Error('There is no plan.');
    work.git('tag', 'v1.0', 'main');
    expect((await repository.execute(planned.plan)).status).toBe('refused');
    expect(work.git('rev-parse', 'v1.0')).toBe(work.git('rev-parse', 'main'));
  });
});
