/** What lies close to the ways in which work was once lost: each in a scene of its own, and nothing is lost. */
import { existsSync, lstatSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Outcome, Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox({ inMemory: true });
afterAll(() => sandbox.remove());

const finishX: Request = { action: 'finish', kind: 'feature', name: 'x' };
const finishRelease: Request = { action: 'finish', kind: 'release', name: '1.0', message: 'one' };

class Killed extends Error {}

const open = (work: Work): Promise<Repository> => openRepository(work.folder, { trusted: true, env: fixedEnvironment });

async function act(work: Work, request: Request): Promise<Outcome> {
  const repository = await open(work);
  const planned = await repository.plan(request);
  return planned.ok ? repository.execute(planned.plan) : { status: 'refused', refusals: planned.refusals };
}

/** The state that a kill leaves which comes just before the first git command that matches, once the action runs. */
async function killedBefore(work: Work, request: Request, pattern: RegExp): Promise<Work> {
  let state: Work | undefined;
  const repository = await openRepository(work.folder, {
    trusted: true,
    env: fixedEnvironment,
    onCommand: (argv) => {
      const runs = existsSync(join(work.folder, '.git/mlops-flow/journal.json'));
      if (state === undefined && runs && pattern.test(argv.join(' '))) state = sandbox.copy(work);
    },
  });
  const planned = await repository.plan(request);
  if (!planned.ok) throw new Killed(JSON.stringify(planned.refusals));
  await repository.execute(planned.plan);
  if (state === undefined) throw new Killed(`No command matches ${String(pattern)}.`);
  return state;
}

/** Is a text the content of an object that a ref or the index reaches, or of a file here? */
function isKept(work: Work, text: string, path = ''): boolean {
  const file = join(work.folder, path);
  const isThere = path !== '' && lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
  if (isThere && readFileSync(file, 'utf8') === `${text}\n`) return true;
  const objects = work
    .git('rev-list', '--objects', '--all')
    .split('\n')
    .map((line) => line.slice(0, 40));
  const staged = work
    .git('ls-files', '-s')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return [...objects, ...staged].some(
    (id) => id !== '' && work.git('cat-file', '-t', id) === 'blob' && work.git('cat-file', 'blob', id) === text,
  );
}

function subjects(work: Work): string[] {
  return work.git('log', '--all', 'HEAD', '--format=%s').split('\n');
}

function feature(commits = 2): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  for (let i = 1; i <= commits; i++) work.commit('f', String(i));
  return work;
}

/** A finish that has stopped at a conflict in `d`. */
async function atConflict(request: Request = finishX): Promise<Work> {
  const work = sandbox.repository();
  work.start('feature/x');
  work.commit('d', 'feature');
  work.commit('e', '1');
  work.git('checkout', '-q', 'develop');
  work.commit('d', 'develop');
  expect((await act(work, request)).status).toBe('conflict');
  return work;
}

describe('undo after a kill keeps', () => {
  test('a branch that was deleted, and made anew by the user', async () => {
    const work = await killedBefore(
      feature(),
      { action: 'delete', kind: 'feature', name: 'x', force: true },
      /config.*(remove-section|unset)/,
    );
    work.git('checkout', '-q', '-B', 'feature/x', 'develop');
    work.commit('g', '1', 'made anew');
    await (await open(work)).undo();
    expect(subjects(work)).toContain('made anew');
  });

  test('a new branch under the old name of one that was renamed', async () => {
    const work = await killedBefore(feature(), { action: 'rename', kind: 'feature', name: 'x', to: 'y' }, /config/);
    if (!work.git('branch', '--list', 'feature/x').includes('feature/x'))
      work.git('checkout', '-q', '-b', 'feature/x', 'develop');
    work.commit('g', '1', 'under the old name');
    await (await open(work)).undo();
    expect(subjects(work)).toContain('under the old name');
  });

  test('the commit of the version that the user has amended', async () => {
    const start = sandbox.repository();
    start.commit('VERSION', '0.9.0');
    const work = await killedBefore(
      start,
      { action: 'start', kind: 'release', name: '1.0.0', bump: ['VERSION'] },
      /commit/,
    );
    work.git('add', '-A');
    work.write('mine', 'precious\n');
    work.git('add', 'mine');
    work.git('commit', '-q', '-m', 'bump and more');
    work.git('commit', '-q', '--amend', '-m', 'amended');
    await (await open(work)).undo();
    expect(isKept(work, 'precious', 'mine')).toBe(true);
  });

  test('what the user staged beside a squash that was not committed yet', async () => {
    const work = await killedBefore(feature(), { ...finishX, squash: true }, /^git commit|\bcommit\b.*-q/);
    work.write('mine', 'staged by me\n');
    work.git('add', 'mine');
    await (await open(work)).undo();
    expect(isKept(work, 'staged by me', 'mine')).toBe(true);
  });

  test('an empty commit upon the squash', async () => {
    const work = await killedBefore(feature(), { ...finishX, squash: true }, /branch -|update-ref/);
    work.git('commit', '-q', '--allow-empty', '-m', 'empty, and mine');
    await (await open(work)).undo();
    expect(subjects(work)).toContain('empty, and mine');
  });

  test('a stash of the user beside the one of the action', async () => {
    const start = feature(1);
    start.write('a', 'of the action\n');
    const work = await killedBefore(start, { ...finishX, stash: true }, /checkout|merge/);
    work.write('a', 'of the user\n');
    work.git('stash', 'push', '-q', '-m', 'mine');
    await (await open(work)).undo();
    expect([isKept(work, 'of the action', 'a'), isKept(work, 'of the user', 'a')]).toEqual([true, true]);
  });

  test('a tag with words of the user in place of the one of the action', async () => {
    const start = sandbox.repository();
    start.start('release/1.0');
    start.commit('v', '1');
    const work = await killedBefore(start, finishRelease, /checkout.*develop|merge.*v1\.0/);
    work.git('tag', '-f', '-a', '-m', 'my own words', 'v1.0', 'main');
    const own = work.git('rev-parse', 'v1.0');
    await (await open(work)).undo();
    expect(work.git('for-each-ref', '--format=%(objectname)').split('\n')).toContain(own);
  });
});

describe('commits that came to a branch while its action was stopped', () => {
  const rebase: Request = { ...finishX, rebase: true };
  const behind = (): Work => {
    const work = feature(1);
    work.git('checkout', '-q', 'develop');
    work.commit('z', '1');
    work.git('checkout', '-q', 'feature/x');
    return work;
  };

  test('are kept when resuming rebases the branch', async () => {
    const work = await killedBefore(behind(), rebase, /^git rebase/);
    work.git('commit', '-q', '--amend', '-m', 'amended');
    const own = work.git('rev-parse', 'HEAD');
    const resumed = await (await open(work)).resume();
    expect(resumed.status).toBe('done');
    const [kept] = await (await open(work)).kept();
    expect(kept).toMatchObject({ kind: 'branch', of: 'feature/x', id: own });
    expect(resumed.status === 'done' && resumed.warnings.join(' ')).toContain(kept?.restore);
  });

  test('are kept when the rebase stops at a conflict, which is undone', async () => {
    const start = feature(1);
    start.git('checkout', '-q', 'develop');
    start.commit('f', 'develop');
    start.git('checkout', '-q', 'feature/x');
    const work = await killedBefore(start, rebase, /^git rebase/);
    work.git('commit', '-q', '--amend', '-m', 'amended');
    const own = work.git('rev-parse', 'HEAD');
    const repository = await open(work);
    const resumed = await repository.resume();
    expect(resumed.status).toBe('conflict');
    const [kept] = await repository.kept();
    expect(kept).toMatchObject({ of: 'feature/x', id: own });
    expect(resumed.status === 'conflict' && resumed.message).toContain(kept?.restore);
    await repository.undo();
    expect(work.git('for-each-ref', '--format=%(objectname)').split('\n')).toContain(own);
  });

  test('are kept when resuming pulls, and git is told to rebase', async () => {
    const start = feature(1);
    const remote = sandbox.remote(start);
    start.git('push', '-q', '-u', 'origin', 'feature/x');
    const other = sandbox.copy(start);
    other.commit('g', '1', 'from elsewhere');
    other.git('push', '-q', remote.folder, 'feature/x');
    start.git('config', 'pull.rebase', 'true');
    const work = await killedBefore(start, { action: 'pull', kind: 'feature', remote: 'origin' }, /^git pull/);
    work.commit('mine', '1', 'made meanwhile');
    const own = work.git('rev-parse', 'HEAD');
    expect((await (await open(work)).resume()).status).toBe('done');
    expect(work.git('for-each-ref', '--format=%(objectname)').split('\n')).toContain(own);
  });
});

describe('what an action made may be gone', () => {
  const forget = (work: Work): void => {
    work.git('reflog', 'expire', '--expire=now', '--all');
    work.git('gc', '-q', '--prune=now');
  };

  test('a merge that was amended and collected: it is refused to undo or to revert it, in words', async () => {
    const work = feature(1);
    expect((await act(work, finishX)).status).toBe('done');
    work.git('commit', '-q', '--amend', '-m', 'amended');
    forget(work);
    const repository = await open(work);
    const after = work.state();
    expect(await repository.undo()).toMatchObject({ status: 'refused', refusals: [{ code: 'built-on' }] });
    expect(await repository.plan({ action: 'revert' })).toMatchObject({ ok: false, refusals: [{ code: 'diverged' }] });
    expect((await repository.finished())?.refusals).toHaveLength(1);
    expect(work.state()).toBe(after);
  });
});

describe('undo at a conflict keeps', () => {
  test('a deletion that was staged, a file that was only announced, a link and a mode', async () => {
    const work = await atConflict();
    work.git('rm', '-q', '--cached', 'a');
    work.write('announced', 'only announced\n');
    work.git('add', '-N', 'announced');
    symlinkSync('target', join(work.folder, 'link'));
    work.write('d', 'resolved\n');
    work.git('add', 'd', 'link');
    await (await open(work)).undo();
    expect(isKept(work, 'only announced', 'announced')).toBe(true);
    expect(isKept(work, 'resolved', 'd')).toBe(true);
    expect(existsSync(join(work.folder, 'a'))).toBe(true);
    const link = join(work.folder, 'link');
    expect(isKept(work, 'target') || (existsSync(link) && readlinkSync(link) === 'target')).toBe(true);
  });

  test('a new file beside the resolution of a rebase, and commits that follow it', async () => {
    const rebase: Request = { action: 'finish', kind: 'feature', name: 'x', rebase: true };
    const work = await atConflict(rebase);
    work.write('d', 'resolved\n');
    work.write('new', 'brand new\n');
    work.git('add', 'd', 'new');
    await (await open(sandbox.copy(work))).undo();
    const other = sandbox.copy(work);
    await (await open(other)).undo();
    expect([isKept(other, 'resolved', 'd'), isKept(other, 'brand new', 'new')]).toEqual([true, true]);
    work.git('-c', 'core.editor=true', 'rebase', '--continue');
    work.commit('more', '1', 'after the rebase');
    await (await open(work)).undo();
    expect(subjects(work)).toContain('after the rebase');
    expect(isKept(work, 'resolved', 'd')).toBe(true);
  });

  test.each(['--assume-unchanged', '--skip-worktree'])('a file that git was told not to look at (%s)', async (flag) => {
    const work = await atConflict();
    work.git('update-index', flag, 'a');
    work.write('a', 'local only\n');
    await (await open(work)).undo();
    expect(isKept(work, 'local only', 'a')).toBe(true);
  });
});

describe('a finished action', () => {
  test('is not undone where its tag was pushed by hand, and commits are offered instead', async () => {
    const work = sandbox.repository();
    const remote = sandbox.remote(work);
    work.start('release/1.0');
    work.commit('v', '1');
    expect((await act(work, finishRelease)).status).toBe('done');
    const repository = await open(work);
    expect((await repository.finished({}))?.refusals).toEqual([]);
    work.git('push', '-q', 'origin', 'v1.0');
    const outcome = await repository.undo();
    expect(outcome.status === 'refused' && outcome.refusals[0]).toMatchObject({
      code: 'pushed',
      message: expect.stringContaining("The tag 'v1.0' was pushed to origin") as string,
    });
    expect(await repository.finished({})).toMatchObject({ canRevert: true });
    expect((await repository.plan({ action: 'revert' })).ok).toBe(true);
    // Another tag of the name on the remote is not the one that was made.
    remote.git('tag', '-f', 'v1.0', 'main');
    expect((await repository.undo()).status).toBe('undone');
  });

  test('is undone without the remote, which is told', async () => {
    const work = sandbox.repository();
    sandbox.remote(work);
    work.start('release/1.0');
    work.commit('v', '1');
    expect((await act(work, finishRelease)).status).toBe('done');
    work.git('remote', 'set-url', 'origin', sandbox.path('gone.git'));
    const outcome = await (await open(work)).undo();
    expect(outcome.status === 'undone' && outcome.message).toContain(
      "origin could not be asked whether it has the tag 'v1.0'.",
    );
  });

  test('keeps an ignored file that undoing overwrites', async () => {
    const work = sandbox.repository();
    work.commit('.gitignore', 'secret');
    writeFileSync(join(work.folder, 'secret'), 'tracked\n');
    work.git('add', '-f', 'secret');
    work.git('commit', '-q', '-m', 'a secret');
    work.start('feature/x');
    work.git('rm', '-q', 'secret');
    work.git('commit', '-q', '-m', 'no secret');
    expect((await act(work, finishX)).status).toBe('done');
    work.write('secret', 'my own\n');
    await (await open(work)).undo();
    expect(isKept(work, 'my own', 'secret')).toBe(true);
  });
});

describe('ignored files that an action overwrites', () => {
  function ignored(): Work {
    const work = sandbox.repository();
    work.commit('.gitignore', 'secret\nbuild');
    work.start('feature/x');
    for (const path of ['secret', 'build/out']) {
      work.write(path, 'tracked\n');
      work.git('add', '-f', path);
    }
    work.git('commit', '-q', '-m', 'tracked all the same');
    work.git('checkout', '-q', 'develop');
    return work;
  }

  test('are kept, told, and brought back where nothing of the user is in their place', async () => {
    const work = ignored();
    work.write('secret', 'my own\n');
    const repository = await open(work);
    const planned = await repository.plan(finishX);
    if (!planned.ok) throw new Killed('There is no plan.');
    expect(planned.plan.warnings).toEqual(['Ignored files are overwritten, and kept before: secret.']);
    const outcome = await repository.execute(planned.plan);
    const [kept] = await repository.kept();
    expect(outcome.status === 'done' && outcome.warnings.join()).toContain(kept?.restore);
    expect([work.read('secret'), kept?.kind]).toEqual(['tracked\n', 'files']);
    work.write('secret', 'changed\n');
    await expect(repository.restoreKept(kept?.name ?? '')).rejects.toThrow("'secret' is there and in no commit.");
    work.git('checkout', '-q', '--', 'secret');
    expect(await repository.restoreKept(kept?.name ?? '')).toBe('The files are back: secret.');
    expect(work.read('secret')).toBe('my own\n');
  });

  test('are kept where a folder takes the place of one', async () => {
    const work = ignored();
    work.write('build', 'my own\n');
    await act(work, finishX);
    expect(isKept(work, 'my own', 'build')).toBe(true);
  });

  test('are left alone where nothing is written over them', async () => {
    const work = ignored();
    work.git('checkout', '-q', '-b', 'feature/y');
    work.commit('y', '1');
    work.write('secret', 'my own\n');
    const outcome = await act(work, { action: 'finish', kind: 'feature', name: 'y' });
    expect(outcome.status === 'done' && outcome.warnings).toEqual([]);
    expect(await (await open(work)).kept()).toEqual([]);
    expect(work.read('secret')).toBe('my own\n');
  });
});
