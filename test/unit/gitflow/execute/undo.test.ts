/** Undoing by identity: what is the action's own goes back, what is not stays, and nothing is lost. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FinishRequest, Outcome, Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

function open(work: Work, folder = work.folder): Promise<Repository> {
  return openRepository(folder, { trusted: true, env: fixedEnvironment });
}

async function act(repository: Repository, request: Request): Promise<Outcome> {
  const planned = await repository.plan(request);
  if (!planned.ok) return { status: 'refused', refusals: planned.refusals };
  return repository.execute(planned.plan);
}

const finishX: FinishRequest = { action: 'finish', kind: 'feature', name: 'x' };

function withFeature(commits = 2): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  for (let i = 1; i <= commits; i++) work.commit('f', String(i));
  return work;
}

function conflicting(): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  work.commit('a', 'theirs');
  work.git('checkout', '-q', 'develop');
  work.commit('a', 'ours');
  return work;
}

function hook(folder: string, name: string, text: string): void {
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  writeFileSync(join(folder, 'hooks', name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, 'hooks', name), 0o755);
}

/** Stops a finish at its push: the remote refuses develop. */
async function refusedPush(): Promise<{ work: Work; remote: Work; repository: Repository; outcome: Outcome }> {
  const work = withFeature();
  const remote = sandbox.remote(work);
  hook(remote.folder, 'update', '[ "$1" = refs/heads/develop ] && exit 1\nexit 0');
  const repository = await open(work);
  return { work, remote, repository, outcome: await act(repository, { ...finishX, push: true }) };
}

describe('a finished action', () => {
  test('is undone, and what it had made is kept', async () => {
    const work = withFeature();
    const before = work.state();
    const repository = await open(work);
    expect((await act(repository, finishX)).status).toBe('done');
    expect(await repository.journal()).toBeUndefined();
    const made = work.git('rev-parse', 'develop');
    expect((await repository.finished())?.refusals).toEqual([]);
    const undone = await repository.undo();
    expect(undone.status).toBe('undone');
    expect(work.state()).toBe(before);
    const [kept] = await repository.kept();
    expect(kept).toMatchObject({ kind: 'branch', of: 'develop', id: made });
    expect(undone.status === 'undone' && undone.message).toContain(kept?.restore);
    expect(await repository.finished()).toBeUndefined();
  });

  test('a second time there is nothing to undo', async () => {
    const work = withFeature();
    const repository = await open(work);
    await act(repository, finishX);
    await repository.undo();
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'journal' }] });
  });

  test('a squash is undone: the branch has its commits again', async () => {
    const work = withFeature();
    const before = work.state();
    const repository = await open(work);
    expect((await act(repository, { ...finishX, squash: true })).status).toBe('done');
    expect(work.git('for-each-ref', 'refs/mlops-flow/before')).toBe('');
    expect((await repository.undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
  });

  test('not where git has collected the commits that it needs', async () => {
    const work = withFeature();
    const repository = await open(work);
    await act(repository, { ...finishX, squash: true });
    work.git('reflog', 'expire', '--expire=now', '--all');
    work.git('gc', '-q', '--prune=now');
    const after = work.state();
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'no-branch' }] });
    expect(work.state()).toBe(after);
    expect((await repository.finished())?.plan.title).toBe('Finish feature x');
  });

  test('not once somebody has built on it: on the branch, or beside it', async () => {
    for (const build of [
      (work: Work) => work.commit('more', '1'),
      (work: Work) => {
        work.git('checkout', '-q', '-b', 'feature/y');
        work.commit('more', '1');
      },
    ]) {
      const work = withFeature();
      const repository = await open(work);
      await act(repository, finishX);
      build(work);
      const after = work.state();
      expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'built-on' }] });
      expect(work.state()).toBe(after);
    }
  });

  test('not once it was pushed, by itself or by the user: then commits revert it', async () => {
    const work = withFeature();
    const remote = sandbox.remote(work);
    const repository = await open(work);
    const tree = work.git('rev-parse', 'develop^{tree}');
    await act(repository, finishX);
    work.git('push', '-q', 'origin', 'develop');
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'pushed' }] });
    expect((await repository.finished())?.canRevert).toBe(true);
    expect((await act(repository, { action: 'revert', push: true })).status).toBe('done');
    expect(work.git('rev-parse', 'develop^{tree}')).toBe(tree);
    expect(remote.git('rev-parse', 'develop')).toBe(work.git('rev-parse', 'develop'));
  });

  test('a release that was pushed is reverted on both branches, and its tag stays', async () => {
    const work = sandbox.repository();
    sandbox.remote(work);
    const main = work.git('rev-parse', 'main^{tree}');
    const develop = work.git('rev-parse', 'develop^{tree}');
    work.start('release/1.0');
    work.commit('v', '1');
    const repository = await open(work);
    await act(repository, { action: 'finish', kind: 'release', name: '1.0', message: 'one', push: true });
    const planned = await repository.plan({ action: 'revert' });
    expect(planned.ok && planned.plan.steps.map(({ title }) => title)).toEqual([
      'Revert 1 commit on main',
      'Revert 1 commit on develop',
    ]);
    expect(planned.ok && planned.plan.warnings.join()).toContain("'v1.0' stays");
    expect((await act(repository, { action: 'revert' })).status).toBe('done');
    expect(work.git('rev-parse', 'main^{tree}', 'develop^{tree}').split('\n')).toEqual([main, develop]);
  });

  test('one with stashed changes is undone with them', async () => {
    const work = withFeature();
    work.write('a', 'staged\n');
    work.git('add', 'a');
    work.write('a', 'and changed\n');
    const before = work.state();
    const repository = await open(work);
    expect((await act(repository, { ...finishX, stash: true })).status).toBe('done');
    // Staged again, as it was.
    expect(work.git('show', ':a')).toBe('staged');
    expect((await repository.undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
  });

  test('is forgotten when another begins', async () => {
    const work = withFeature();
    const repository = await open(work);
    await act(repository, finishX);
    await act(repository, { action: 'start', kind: 'feature', name: 'y' });
    expect((await repository.finished())?.plan.title).toBe('Start feature y');
  });
});

describe('what the user has made since', () => {
  test('an amended merge is not undone', async () => {
    const { work, repository } = await refusedPush();
    work.commit('extra', '1', 'x');
    work.git('commit', '-q', '--amend', '-m', 'amended');
    const journal = await repository.journal();
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'exists' }] });
    expect(await repository.journal()).toEqual(journal);
    expect(work.git('log', '-1', '--format=%s')).toBe('amended');
  });

  test('a pull that git refused changes nothing and leaves nothing to undo', async () => {
    const work = withFeature();
    const remote = sandbox.remote(work);
    work.git('push', '-q', 'origin', 'feature/x');
    const tip = work.git('rev-parse', 'HEAD');
    work.commit('theirs', '1');
    work.git('push', '-q', 'origin', 'feature/x');
    work.git('reset', '-q', '--hard', tip);
    work.commit('ours', '1');
    const repository = await open(work);
    const outcome = await act(repository, { action: 'pull', kind: 'feature', remote: 'origin' });
    expect(outcome.status === 'failed' && outcome.message).toContain("Set 'pull.rebase'");
    expect(await repository.journal()).toBeUndefined();
    expect(remote.git('rev-parse', 'feature/x')).not.toBe(work.git('rev-parse', 'feature/x'));
  });

  test('a tag that is not the one of the action stays', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    hook(remote.folder, 'update', 'exit 1');
    work.start('release/1.0');
    work.commit('v', '1');
    const repository = await open(work);
    await act(repository, { action: 'finish', kind: 'release', name: '1.0', message: 'one', push: true });
    work.git('tag', '-f', '-a', '-m', 'mine', 'v1.0', 'main');
    expect(await repository.undo()).toMatchObject({
      status: 'refused',
      refusals: [{ message: expect.stringContaining("The tag 'v1.0' is not the one") }],
    });
  });

  test('staged work in a conflict is kept, with untracked files left alone, and comes back by one command', async () => {
    const work = conflicting();
    const before = work.state();
    const repository = await open(work);
    await act(repository, finishX);
    work.write('d', 'staged\n');
    work.git('add', 'd');
    work.write('a', 'resolved\n');
    work.git('add', 'a');
    work.write('own', 'untracked\n');
    const undone = await repository.undo();
    expect(undone.status === 'undone' && undone.message).toContain('git stash apply --index refs/mlops-flow/undone/');
    expect(work.read('own')).toBe('untracked\n');
    rmSync(join(work.folder, 'own'));
    expect(work.state()).toBe(before);
    const [kept] = await repository.kept();
    expect(await repository.restoreKept(kept?.name ?? '')).toBe('The changes are back.');
    expect([work.read('a'), work.read('d'), work.git('show', ':d')]).toEqual(['resolved\n', 'staged\n', 'staged']);
  });

  test('a conflict that nobody has touched leaves nothing to keep', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    expect(await repository.undo()).toMatchObject({ status: 'undone', kept: [] });
  });

  test('commits on a detached HEAD are kept and told when an action leaves them', async () => {
    const work = withFeature();
    work.git('checkout', '-q', '--detach');
    work.commit('precious', '1');
    const precious = work.git('rev-parse', 'HEAD');
    const repository = await open(work);
    const outcome = await act(repository, finishX);
    expect(outcome.status === 'done' && outcome.warnings.join()).toContain('detached HEAD are kept');
    expect(await repository.kept()).toMatchObject([{ kind: 'head', id: precious }]);
  });

  test('a branch that has grown is not deleted by force', async () => {
    const work = withFeature();
    const remote = sandbox.remote(work);
    work.git('push', '-q', 'origin', 'feature/x');
    hook(remote.folder, 'update', 'exit 1');
    const repository = await open(work);
    expect((await act(repository, { ...finishX, squash: true })).status).toBe('failed');
    work.git('checkout', '-q', 'feature/x');
    work.commit('g', '1', 'grown');
    work.git('checkout', '-q', 'develop');
    rmSync(join(remote.folder, 'hooks/update'));
    const resumed = await repository.resume();
    expect(resumed.status === 'failed' && resumed.message).toContain("'feature/x' has commits that were made since");
    expect(work.git('log', '-1', '--format=%s', 'feature/x')).toBe('grown');
  });
});

describe('what is kept', () => {
  test('is dropped only by name', async () => {
    const work = withFeature();
    const repository = await open(work);
    await act(repository, finishX);
    await repository.undo();
    const [kept] = await repository.kept();
    await repository.dropKept(['another']);
    expect(await repository.kept()).toHaveLength(1);
    await repository.dropKept([kept?.action ?? '']);
    expect(await repository.kept()).toEqual([]);
    await expect(repository.restoreKept('gone')).rejects.toThrow("Nothing is kept as 'gone'");
  });

  test('a branch comes back beside the one that has its name', async () => {
    const work = withFeature();
    const repository = await open(work);
    await act(repository, finishX);
    const made = work.git('rev-parse', 'develop');
    await repository.undo();
    const [kept] = await repository.kept();
    expect(await repository.restoreKept(kept?.name ?? '')).toContain("'develop-kept'");
    expect(work.git('rev-parse', 'develop-kept')).toBe(made);
  });

  test('changes that do not fit are not forced', async () => {
    const work = conflicting();
    const repository = await open(work);
    await act(repository, finishX);
    work.write('a', 'resolved\n');
    work.git('add', 'a');
    await repository.undo();
    work.write('a', 'others\n');
    const [kept] = await repository.kept();
    await expect(repository.restoreKept(kept?.name ?? '')).rejects.toThrow('cannot be applied');
    expect(work.read('a')).toBe('others\n');
  });
});

describe('exact', () => {
  test('the version goes back where a hook refused its commit', async () => {
    const work = sandbox.repository();
    work.commit('VERSION', '0.9.0');
    hook(join(work.folder, '.git'), 'pre-commit', 'exit 1');
    const before = work.state();
    const repository = await open(work);
    const outcome = await act(repository, { action: 'start', kind: 'release', name: '1.0.0', bump: ['VERSION'] });
    expect(outcome.status).toBe('failed');
    expect(work.read('VERSION')).toBe('1.0.0\n');
    expect((await repository.undo()).status).toBe('undone');
    expect(work.read('VERSION')).toBe('0.9.0\n');
    expect(work.state()).toBe(before);
  });

  test('one push: the remote takes all of it or nothing, and undoing says what it took', async () => {
    const { work, remote, repository, outcome } = await refusedPush();
    expect(outcome.status === 'failed' && outcome.message).toContain('What was done here is kept');
    expect(await repository.undo()).toMatchObject({ status: 'undone', left: [] });
    expect(remote.git('rev-parse', 'develop')).toBe(work.git('rev-parse', 'develop'));
  });

  test('a remote that knows no push of all or nothing gets a plain one', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    remote.git('config', 'receive.advertiseAtomic', 'false');
    work.start('release/1.0');
    work.commit('v', '1');
    const repository = await open(work);
    const request: Request = { action: 'finish', kind: 'release', name: '1.0', message: 'one', push: true };
    expect((await act(repository, request)).status).toBe('done');
    expect(remote.git('rev-parse', 'develop', 'main')).toBe(work.git('rev-parse', 'develop', 'main'));
  });
});

describe('another place', () => {
  test('a repository that was moved is taken up where it is', async () => {
    const work = conflicting();
    const before = work.state();
    await act(await open(work), finishX);
    const moved = `${work.folder}-moved`;
    renameSync(work.folder, moved);
    expect((await (await open(work, moved)).undo()).status).toBe('undone');
    renameSync(moved, work.folder);
    expect(work.state()).toBe(before);
  });

  test('of a work tree that is gone, the branches are put back', async () => {
    const work = conflicting();
    const develop = work.git('rev-parse', 'develop');
    work.git('checkout', '-q', 'main');
    const linked = `${work.folder}-linked`;
    work.git('worktree', 'add', '-q', linked, 'feature/x');
    const there = await open(work, linked);
    await act(there, { ...finishX, rebase: true });
    // Git does not know yet that a folder is gone which somebody has removed by hand.
    rmSync(linked, { recursive: true });
    const early = await (await open(work)).undo();
    expect(early.status === 'refused' && early.refusals[0]?.message).toContain('git worktree prune');
    work.git('worktree', 'prune');
    const here = await open(work);
    expect(await here.resume()).toMatchObject({ status: 'refused', refusals: [{ code: 'checked-out-elsewhere' }] });
    expect((await here.undo()).status).toBe('undone');
    expect(work.git('rev-parse', 'develop')).toBe(develop);
    expect(await here.journal()).toBeUndefined();
  });

  test('a branch that another work tree has checked out is not moved under it', async () => {
    const { work, repository } = await refusedPush();
    work.git('checkout', '-q', 'main');
    work.git('worktree', 'add', '-q', `${work.folder}-linked`, 'develop');
    const tip = work.git('rev-parse', 'develop');
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'checked-out-elsewhere' }] });
    expect(work.git('rev-parse', 'develop')).toBe(tip);
  });
});

describe('half-written', () => {
  test('files of a git whose filter failed are written again', async () => {
    const work = sandbox.repository();
    for (const [key, value] of [
      ['required', 'true'],
      ['clean', 'cat'],
      ['smudge', 'cat'],
    ] as const) {
      work.git('config', `filter.big.${key}`, value);
    }
    work.start('feature/x');
    work.commit('.gitattributes', '*.bin filter=big');
    work.commit('m.bin', 'model');
    work.git('config', 'filter.big.smudge', 'false');
    const repository = await open(work);
    const failed = await act(repository, finishX);
    expect(failed.status === 'failed' && failed.message).toContain('A filter of git');
    work.git('config', 'filter.big.smudge', 'cat');
    expect((await repository.resume()).status).toBe('done');
    expect(work.read('m.bin')).toBe('model\n');
  });

  test("the beginning of a file that git was writing when the disk was full is not the user's", async () => {
    const work = withFeature();
    work.commit('long', 'line\n'.repeat(1000).trimEnd());
    const remote = sandbox.remote(work);
    hook(remote.folder, 'update', 'exit 1');
    const repository = await open(work);
    await act(repository, { ...finishX, push: true });
    work.write('long', 'line\n'.repeat(300));
    expect((await repository.undo()).status).toBe('undone');
    expect(work.read('long')).toBe('line\n'.repeat(1000));
  });

  test("other changes are the user's, and stop it", async () => {
    const { work, repository } = await refusedPush();
    work.write('f', 'mine\n');
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'dirty' }] });
    expect(work.read('f')).toBe('mine\n');
  });
});

test('the base is kept in the configuration while the remote has the branch', async () => {
  const work = withFeature();
  sandbox.remote(work);
  work.git('push', '-q', 'origin', 'feature/x');
  const repository = await open(work);
  expect((await act(repository, { ...finishX, keepRemote: true })).status).toBe('done');
  expect(work.git('config', 'gitflow.branch.feature/x.base')).toBe('develop');
});

test('leaving an action keeps the commits that it had taken from every branch', async () => {
  const work = withFeature();
  const tip = work.git('rev-parse', 'feature/x');
  hook(join(work.folder, '.git'), 'post-flow-feature-finish', `git branch -D feature/x`);
  const repository = await open(work);
  expect((await act(repository, { ...finishX, squash: true })).status).toBe('failed');
  await repository.leave();
  expect(await repository.kept()).toMatchObject([{ kind: 'branch', of: 'feature/x', id: tip }]);
  expect(work.git('for-each-ref', 'refs/mlops-flow/before')).toBe('');
});

test('a hook is found where the repository was moved to', async () => {
  const work = conflicting();
  hook(join(work.folder, '.git'), 'post-flow-feature-finish', 'touch "$GIT_CURRENT_REPO_DIR/ran"');
  await act(await open(work), finishX);
  const moved = `${work.folder}-moved`;
  renameSync(work.folder, moved);
  writeFileSync(join(moved, 'a'), 'both\n');
  execFileSync('git', ['add', 'a'], { cwd: moved });
  expect((await (await open(work, moved)).resume()).status).toBe('done');
  expect(existsSync(join(moved, 'ran'))).toBe(true);
});

test('leave() leaves an action that a process works on', async () => {
  const work = conflicting();
  const repository = await open(work);
  await act(repository, finishX);
  const file = join(work.folder, '.git/mlops-flow/journal.json');
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  // This process, under a number of its own: as another window that is at work.
  const journal = JSON.parse(first) as { owner: { pid: number; began: string }; status: string };
  const sleeper = process.ppid;
  const began = process.platform === 'linux' ? statOf(sleeper) : '';
  Object.assign(journal, { status: 'running', owner: { ...journal.owner, pid: sleeper, began } });
  writeFileSync(file, [JSON.stringify(journal), ...rest].join('\n'));
  await repository.leave();
  expect(existsSync(file)).toBe(true);
  expect((await repository.resume()).status).toBe('refused');
  // The same number, another process.
  Object.assign(journal, { owner: { ...journal.owner, began: '1' } });
  writeFileSync(file, [JSON.stringify(journal), ...rest].join('\n'));
  expect((await repository.journal())?.alive).toBe(process.platform !== 'linux');
});

function statOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
