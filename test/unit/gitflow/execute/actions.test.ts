/** The actions through the programming interface: what the command line's scenarios don't show. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Outcome, Plan, Repository, Request } from '../../../../src/gitflow/index';
import { NotARepository, openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

function open(work: Work, trusted = true): Promise<Repository> {
  return openRepository(work.folder, { trusted, env: fixedEnvironment });
}

async function planOf(repository: Repository, request: Request): Promise<Plan> {
  const planned = await repository.plan(request);
  if (!planned.ok) throw new Error(planned.refusals.map(({ message }) => message).join('\n'));
  return planned.plan;
}

async function codes(repository: Repository, request: Request): Promise<string[]> {
  const planned = await repository.plan(request);
  return planned.ok ? [] : planned.refusals.map(({ code }) => code);
}

async function act(repository: Repository, request: Request): Promise<Outcome> {
  return repository.execute(await planOf(repository, request));
}

/** A feature that conflicts with develop in `a`. */
function conflicting(): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  work.commit('a', 'feature');
  work.commit('f', '1');
  work.git('checkout', '-q', 'develop');
  work.commit('a', 'develop');
  work.git('checkout', '-q', 'feature/x');
  return work;
}

const finishX = { action: 'finish', kind: 'feature', name: 'x' } as const;

describe('plans', () => {
  test('planning changes nothing and is plain JSON', async () => {
    const work = sandbox.repository();
    work.start('release/1.0');
    work.commit('v', '1');
    const before = work.state();
    const plan = await planOf(await open(work), { action: 'finish', kind: 'release' });
    expect(work.state()).toBe(before);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.steps.map(({ title }) => title)).toEqual([
      'Merge release/1.0 into main',
      'Tag main as v1.0',
      'Merge v1.0 into develop',
      'Delete release/1.0',
      'Remove the config of release/1.0',
    ]);
  });

  test('all refusals are told at once', async () => {
    const work = sandbox.repository();
    work.git('tag', 'v1.0');
    work.git('branch', 'release/0.9');
    work.write('a', 'changed\n');
    const request = { action: 'start', kind: 'release', name: '1.0' } as const;
    expect(await codes(await open(work), request)).toEqual(['dirty', 'another-open', 'tag-exists']);
  });

  test('a plan that the repository has outgrown is not executed', async () => {
    const work = conflicting();
    const repository = await open(work);
    const plan = JSON.parse(JSON.stringify(await planOf(repository, finishX))) as Plan;
    work.git('checkout', '-q', 'develop');
    work.git('branch', '-D', 'feature/x');
    const outcome = await repository.execute(plan);
    expect(outcome.status === 'refused' && outcome.refusals[0]?.code).toBe('no-branch');
  });

  test('names that git refuses are refused before anything changes', async () => {
    const work = sandbox.repository();
    const before = work.state();
    const repository = await open(work);
    for (const name of ['a b', 'a..b', 'a~1', 'x.lock', '@{-1}', 'a/']) {
      expect(await codes(repository, { action: 'start', kind: 'feature', name }), name).toContain('bad-name');
    }
    expect(await codes(repository, { action: 'start', kind: 'feature', name: '-x' })).toEqual([]);
    expect(work.state()).toBe(before);
  });

  test('outside of a repository', async () => {
    await expect(openRepository(sandbox.folder, { trusted: true })).rejects.toThrow(NotARepository);
  });
});

describe('a conflict', () => {
  test('waits, is resolved, and resumed: the merge is committed by resuming', async () => {
    const work = conflicting();
    const repository = await open(work);
    const stopped = await act(repository, finishX);
    expect(stopped.status === 'conflict' && stopped.files).toEqual(['a']);
    expect((await repository.journal())?.steps[0]).toBe('conflict');
    expect((await repository.resume()).status).toBe('conflict');
    work.write('a', 'both\n');
    work.git('add', 'a');
    expect((await repository.resume()).status).toBe('done');
    expect(work.git('log', '-1', '--format=%s')).toBe("Merge branch 'feature/x' into develop");
    expect(work.git('branch', '--list', 'feature/x')).toBe('');
    expect(await repository.journal()).toBeUndefined();
  });

  test('is undone, and what was resolved stays reachable', async () => {
    const work = conflicting();
    const before = work.state();
    const repository = await open(work);
    await act(repository, finishX);
    work.write('a', 'both\n');
    work.git('add', 'a');
    work.git('commit', '-q', '--no-edit');
    const resolved = work.git('rev-parse', 'HEAD');
    expect((await repository.undo()).status).toBe('undone');
    const kept = work.git('for-each-ref', '--format=%(objectname)', 'refs/mlops-flow/undone');
    expect(kept).toBe(resolved);
    work.git('update-ref', '-d', work.git('for-each-ref', '--format=%(refname)', 'refs/mlops-flow/undone'));
    expect(work.state()).toBe(before);
  });

  test('is undone while it is open', async () => {
    const work = conflicting();
    const before = work.state();
    const repository = await open(work);
    await act(repository, finishX);
    expect((await repository.undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
  });

  test('of a squash can be resumed, unlike in git-flow', async () => {
    const work = conflicting();
    const repository = await open(work);
    expect((await act(repository, { ...finishX, squash: true })).status).toBe('conflict');
    work.write('a', 'both\n');
    work.git('add', 'a');
    work.git('commit', '-q', '-m', 'squashed');
    expect((await repository.resume()).status).toBe('done');
    expect(work.git('rev-list', '--count', '--first-parent', 'main..develop')).toBe('3');
    expect(work.git('branch', '--list', 'feature/x')).toBe('');
  });

  test('is left as it is', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    await repository.leave();
    expect(await repository.journal()).toBeUndefined();
    expect((await repository.state()).inProgress).toBe('merge');
  });

  test('commits that were made since are not undone', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    work.write('a', 'both\n');
    work.git('add', 'a');
    work.git('commit', '-q', '--no-edit');
    work.commit('more', '1');
    const outcome = await repository.undo();
    expect(outcome.status === 'refused' && outcome.refusals[0]?.message).toContain("'develop' has commits");
    expect(work.read('more')).toBe('1\n');
  });
});

describe('uncommitted changes', () => {
  test('stop the action, or are put away and come back', async () => {
    const work = sandbox.repository();
    work.start('feature/x');
    work.commit('f', '1');
    work.write('a', 'mine\n');
    const repository = await open(work);
    expect(await codes(repository, finishX)).toEqual(['dirty']);
    expect((await act(repository, { ...finishX, stash: true })).status).toBe('done');
    expect(work.read('a')).toBe('mine\n');
    expect(work.git('stash', 'list')).toBe('');
  });
});

describe('choices beyond git-flow', () => {
  test('a hotfix into the open release', async () => {
    const work = sandbox.repository();
    work.start('release/2.0');
    work.commit('v', '2');
    work.start('hotfix/1.0.1', 'main');
    work.commit('h', '1');
    const develop = work.git('rev-parse', 'develop');
    const request = { action: 'finish', kind: 'hotfix', name: '1.0.1', intoRelease: 'release/2.0' } as const;
    expect((await act(await open(work), request)).status).toBe('done');
    expect(work.git('rev-parse', 'develop')).toBe(develop);
    expect(work.git('log', '-1', '--format=%s', 'release/2.0')).toBe("Merge tag 'v1.0.1' into release/2.0");
  });

  test('the tag message is exact', async () => {
    const work = sandbox.repository();
    work.start('release/1.0');
    work.commit('v', '1');
    const message = 'it\'s "1.0"\n\n# not a comment\n  indented $HOME';
    await act(await open(work), { action: 'finish', kind: 'release', message });
    expect(work.git('tag', '-l', '--format=%(contents)', 'v1.0')).toBe(message);
  });

  test('the version is written into its files, in one commit', async () => {
    const work = sandbox.repository();
    work.commit('package.json', '{\n    "name": "x",\n    "version": "1.0.0"\n}');
    work.commit('pyproject.toml', '[tool.other]\nversion = "9"\n[project]\nname = "x"\nversion = "1.0.0" # here');
    work.commit('x/__init__.py', '__version__ = "1.0.0"');
    const repository = await open(work);
    const files = await repository.versionFiles();
    expect(files.map(({ path, version }) => [path, version])).toEqual([
      ['package.json', '1.0.0'],
      ['pyproject.toml', '1.0.0'],
      ['x/__init__.py', '1.0.0'],
    ]);
    const bump = files.map(({ path }) => path);
    expect((await act(repository, { action: 'start', kind: 'release', name: '1.1.0', bump })).status).toBe('done');
    expect(work.read('package.json')).toBe('{\n    "name": "x",\n    "version": "1.1.0"\n}\n');
    expect(work.read('pyproject.toml')).toContain('[tool.other]\nversion = "9"\n');
    expect(work.read('pyproject.toml')).toContain('version = "1.1.0" # here');
    expect(work.git('rev-list', '--count', 'develop..release/1.1.0')).toBe('1');
    expect(work.git('status', '--porcelain')).toBe('');
  });

  test('the next version, from tags and conventional commits', async () => {
    const work = sandbox.repository();
    const repository = await open(work);
    expect((await repository.suggestVersion('release')).suggested).toBe('0.1.0');
    work.git('tag', 'v1.2.3');
    work.git('tag', 'v1.10.0', 'main');
    work.git('tag', 'other-9.0.0');
    work.commit('x', '1', 'Something');
    expect(await repository.suggestVersion('release')).toMatchObject({ last: '1.10.0', suggested: '1.11.0' });
    expect((await repository.suggestVersion('hotfix')).suggested).toBe('1.10.1');
    work.git('tag', 'v2.0.0');
    work.commit('x', '2', 'fix: a thing');
    expect((await repository.suggestVersion('release')).suggested).toBe('2.0.1');
    work.commit('x', '3', 'feat(api): more');
    expect((await repository.suggestVersion('release')).suggested).toBe('2.1.0');
    work.commit('x', '4', 'refactor!: less');
    expect((await repository.suggestVersion('release')).suggested).toBe('3.0.0');
  });

  test('cleaning up after a pull request that the host squashed, with the remote branch gone', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    work.start('feature/x');
    work.commit('f', '1');
    work.commit('f', '2');
    work.git('push', '-q', '-u', 'origin', 'feature/x');
    const repository = await open(work);
    const refused = await repository.execute(await planOf(repository, { action: 'cleanUp', kind: 'feature' }));
    expect(refused.status === 'refused' && refused.refusals[0]?.code).toBe('not-merged');
    const colleague = sandbox.path(`colleague-${Date.now()}`);
    remote.git('clone', '-q', remote.folder, colleague);
    const other = Object.assign(Object.create(Object.getPrototypeOf(work)), { folder: colleague }) as Work;
    other.git('checkout', '-q', 'develop');
    other.git('merge', '-q', '--squash', 'origin/feature/x');
    other.git('commit', '-q', '-m', 'squashed on the host');
    other.git('push', '-q', 'origin', 'develop', ':feature/x');
    const outcome = await repository.execute(await planOf(repository, { action: 'cleanUp', kind: 'feature' }));
    expect(outcome.status).toBe('done');
    expect(work.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('develop');
    expect(work.git('rev-parse', 'develop')).toBe(remote.git('rev-parse', 'develop'));
    expect(work.git('branch', '-a', '--list', '*feature*')).toBe('');
  });
});

describe('care', () => {
  test('a protected branch on the remote: told, and the local result is kept', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    const hook = join(remote.folder, 'hooks/update');
    writeFileSync(hook, '#!/bin/sh\n[ "$1" = refs/heads/main ] && exit 1\nexit 0\n');
    chmodSync(hook, 0o755);
    work.start('release/1.0');
    work.commit('v', '1');
    const repository = await open(work);
    const outcome = await act(repository, { action: 'finish', kind: 'release', push: true });
    expect(outcome.status === 'failed' && outcome.message).toContain('Push develop, main, v1.0 to origin was refused');
    expect(work.git('tag', '-l')).toBe('v1.0');
    const undone = await repository.undo();
    // One push: the remote took nothing of it.
    expect(undone.status === 'undone' && undone.left).toEqual([]);
    expect(remote.git('rev-parse', 'develop')).toBe(work.git('rev-parse', 'develop'));
    expect(work.git('tag', '-l')).toBe('');
  });

  test('hooks and filters run only in a trusted workspace', async () => {
    const work = sandbox.repository();
    const hook = join(work.folder, '.git/hooks/pre-flow-feature-start');
    writeFileSync(hook, '#!/bin/sh\ntouch ran\nexit 1\n');
    chmodSync(hook, 0o755);
    const request = { action: 'start', kind: 'feature', name: 'x' } as const;
    expect((await act(await open(work, false), request)).status).toBe('done');
    expect(existsSync(join(work.folder, 'ran'))).toBe(false);
    const outcome = await act(await open(work), { ...request, name: 'y' });
    expect(outcome.status === 'failed' && outcome.message).toContain('ended with exit code 1');
    expect(work.git('branch', '--list', 'feature/y')).toBe('');
  });

  test('a lock that another git holds is waited for a little, then told', async () => {
    const work = sandbox.repository();
    const lock = join(work.folder, '.git/index.lock');
    writeFileSync(lock, '');
    work.git('branch', 'feature/x');
    const repository = await open(work);
    const outcome = await act(repository, { action: 'checkout', branch: 'feature/x' });
    expect(outcome.status === 'failed' && outcome.message).toContain(`delete '${lock}'`);
    expect(await repository.journal()).toBeUndefined();
  });

  test('git-flow-next: of its configuration only the base of a branch is written, as it does', async () => {
    const work = sandbox.repository();
    for (const key of ['gitflow.branch.master', 'gitflow.branch.develop', 'gitflow.prefix.feature']) {
      work.git('config', '--unset', key);
    }
    const next = {
      'gitflow.version': '1.0',
      'gitflow.branch.main.type': 'base',
      'gitflow.branch.develop.type': 'base',
      'gitflow.branch.develop.parent': 'main',
      'gitflow.branch.feature.type': 'topic',
      'gitflow.branch.feature.parent': 'develop',
      'gitflow.branch.feature.prefix': 'feat/',
    };
    for (const [key, value] of Object.entries(next)) work.git('config', key, value);
    const config = work.git('config', '--local', '--list');
    const repository = await open(work);
    expect(await repository.configuration()).toMatchObject({ flavour: 'next', main: 'main', develop: 'develop' });
    expect((await act(repository, { action: 'start', kind: 'feature', name: 'x' })).status).toBe('done');
    expect(work.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('feat/x');
    expect(work.git('config', '--local', '--list')).toBe(`${config}\ngitflow.branch.feat/x.base=develop`);
    expect(await codes(repository, { action: 'init', force: true })).toEqual(['read-only-configuration']);
  });

  test('another work tree has develop: told before production is touched', async () => {
    const work = sandbox.repository();
    work.start('release/1.0');
    work.commit('v', '1');
    work.git('worktree', 'add', '-q', sandbox.path(`tree-${Date.now()}`), 'develop');
    expect(await codes(await open(work), { action: 'finish', kind: 'release' })).toEqual(['checked-out-elsewhere']);
  });

  test('an unborn and a detached HEAD', async () => {
    const work = sandbox.repository();
    work.git('checkout', '-q', '--detach');
    const repository = await open(work);
    expect(await repository.state()).toMatchObject({ detached: true, unborn: false, initialised: true });
    expect(await codes(repository, { action: 'finish', kind: 'feature' })).toEqual(['not-on-such-a-branch']);
    work.git('checkout', '-q', '--orphan', 'new');
    expect(await repository.state()).toMatchObject({ detached: false, unborn: true, branch: 'new' });
  });

  test('another action while one was interrupted is refused; what only waited is let go', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    work.git('merge', '--abort');
    expect((await act(repository, { action: 'start', kind: 'feature', name: 'y' })).status).toBe('done');
    expect(await repository.journal()).toBeUndefined();
  });
});

describe('where ours differs from git-flow on purpose', () => {
  /** A published feature, whose remote branch a pull request deleted since the last fetch. */
  function published(): { work: Work; remote: Work } {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    work.start('feature/x');
    work.commit('f', '1');
    work.commit('f', '2');
    work.git('push', '-q', '-u', 'origin', 'feature/x');
    return { work, remote };
  }

  test('a remote branch that is gone is forgotten', async () => {
    const { work, remote } = published();
    remote.git('branch', '-D', 'feature/x');
    expect((await act(await open(work), finishX)).status).toBe('done');
    expect(work.git('branch', '-a', '--list', '*feature*')).toBe('');
  });

  test('a published branch that is ahead goes, though the remote one is kept', async () => {
    const { work, remote } = published();
    work.commit('f', '3');
    expect((await act(await open(work), { ...finishX, keepRemote: true })).status).toBe('done');
    expect(work.git('branch', '--list', 'feature/x')).toBe('');
    expect(remote.git('branch', '--list', 'feature/x')).not.toBe('');
  });

  test('a hotfix can be tracked, and is rebased onto production', async () => {
    const { work } = published();
    work.git('push', '-q', 'origin', 'main:refs/heads/hotfix/1');
    const repository = await open(work);
    expect((await act(repository, { action: 'track', kind: 'hotfix', name: '1' })).status).toBe('done');
    expect(work.git('rev-parse', '--abbrev-ref', 'hotfix/1@{upstream}')).toBe('origin/hotfix/1');
    const plan = await planOf(repository, { action: 'update', kind: 'hotfix', how: 'rebase' });
    expect(plan.steps[0]?.work).toMatchObject({ do: 'rebase', branch: 'hotfix/1', onto: 'main' });
  });

  test('only the new tag is pushed, and production is fast-forwarded by configuration', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    work.git('checkout', '-q', 'main');
    work.commit('m', '1');
    work.git('push', '-q', 'origin', 'main');
    work.git('reset', '-q', '--hard', 'HEAD~1');
    work.git('tag', 'private');
    work.start('release/1.0', 'develop');
    work.git('config', 'gitflow.branch.release/1.0.base', 'develop');
    work.commit('v', '1');
    const repository = await open(work);
    const request = { action: 'finish', kind: 'release', push: true } as const;
    expect(await codes(repository, request)).toEqual(['behind']);
    work.git('config', 'gitflow.release.finish.ff-master', 'true');
    expect((await act(repository, request)).status).toBe('done');
    expect(remote.git('tag', '-l')).toBe('v1.0');
    expect(remote.git('rev-parse', 'main')).toBe(work.git('rev-parse', 'main'));
  });

  test('a repository without the key of the version tag is completed by init', async () => {
    const work = sandbox.repository();
    work.git('config', '--unset', 'gitflow.prefix.versiontag');
    const repository = await open(work);
    expect(await codes(repository, { action: 'start', kind: 'feature', name: 'x' })).toEqual(['not-initialised']);
    expect((await act(repository, { action: 'init' })).status).toBe('done');
    expect((await repository.state()).initialised).toBe(true);
  });

  test("a merge of the user's own is neither dropped nor committed by an action beside it", async () => {
    const work = sandbox.repository();
    work.git('branch', 'other');
    work.commit('a', 'develop');
    work.git('checkout', '-q', 'other');
    work.commit('a', 'other');
    expect(() => work.git('merge', 'develop')).toThrow();
    const repository = await open(work);
    const conflicted = work.git('status', '--porcelain');

    expect(await act(repository, { action: 'start', kind: 'feature', name: 'x' })).toMatchObject({ status: 'failed' });
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'in-progress' }] });
    expect(await repository.resume()).toMatchObject({ status: 'refused', refusals: [{ code: 'in-progress' }] });
    expect(work.git('status', '--porcelain')).toBe(conflicted);
    work.git('branch', 'feature/y', 'develop');
    const rename = { action: 'rename', kind: 'feature', name: 'y', to: 'z' } as const;
    expect(await act(repository, rename)).toMatchObject({ status: 'done' });
  });

  test('after a kill another action is refused until the first is settled', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    work.git('merge', '--abort');
    const file = '.git/mlops-flow/journal.json';
    const journal = JSON.parse(work.read(file)) as Record<string, unknown>;
    work.write(file, JSON.stringify({ ...journal, status: 'running', pid: 2 ** 22 + 1 }));
    expect((await repository.journal())?.alive).toBe(false);
    const other = await act(repository, { action: 'start', kind: 'feature', name: 'y' });
    expect(other.status === 'refused' && other.refusals[0]?.code).toBe('journal');
    expect((await repository.undo()).status).toBe('undone');
    expect((await act(repository, { action: 'start', kind: 'feature', name: 'y' })).status).toBe('done');
  });
});
