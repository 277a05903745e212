/** Untracked files that a checkout or merge would overwrite: found before anything changes, and never without need. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Outcome, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const finishRelease: Request = { action: 'finish', kind: 'release', name: '1.0', message: 'one' };
const finishFeature: Request = { action: 'finish', kind: 'feature', name: 'x' };

async function act(work: Work, request: Request): Promise<Outcome> {
  const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
  const planned = await repository.plan(request);
  return planned.ok ? repository.execute(planned.plan) : { status: 'refused', refusals: planned.refusals };
}

/** The action is refused for exactly these files, and nothing has changed. */
async function refused(work: Work, request: Request, files: string): Promise<void> {
  const before = work.state();
  expect(await act(work, request)).toEqual({
    status: 'refused',
    refusals: [
      {
        code: 'untracked',
        message: `Untracked files would be overwritten: ${files}. Move, delete or commit them first.`,
      },
    ],
  });
  expect(work.state()).toBe(before);
}

/** An open release; develop has gone on with `new`, `dir/one` and `dir/two` meanwhile. */
function release(): Work {
  const work = sandbox.repository();
  work.start('release/1.0');
  work.commit('v', '1');
  work.git('checkout', '-q', 'develop');
  for (const path of ['new', 'dir/one', 'dir/two']) work.commit(path, '1');
  work.git('checkout', '-q', 'release/1.0');
  return work;
}

/** A feature, checked out, with a file of its own; develop is at the base. */
function feature(): Work {
  const work = sandbox.repository();
  work.start('feature/x');
  work.commit('f/own', '1');
  work.commit('f/own', '2');
  return work;
}

describe('found before anything changes', () => {
  test.each([
    ['new', 'new'],
    ['dir/two', 'dir/two'],
    // A file where a folder has to be, and a folder where a file has to be.
    ['dir', 'dir'],
    ['new/mine', 'new/'],
    ['dir/one/mine', 'dir/one'],
  ])('%s, before a release finish comes to develop', async (path, told) => {
    const work = release();
    work.write(path, 'mine\n');
    await refused(work, finishRelease, told);
    expect(work.read(path)).toBe('mine\n');
    rmSync(join(work.folder, path.split('/')[0] ?? ''), { recursive: true });
    expect((await act(work, finishRelease)).status).toBe('done');
  });

  test('all of them are listed, and where they are many, how many', async () => {
    const work = release();
    work.write('new', 'mine\n');
    work.write('dir/one', 'mine\n');
    work.write('dir/else', 'mine\n');
    await refused(work, finishRelease, 'dir/one, new');
  });

  test('what the merge brings', async () => {
    const work = feature();
    work.git('checkout', '-q', 'develop');
    work.write('f/own', 'mine\n');
    await refused(work, finishFeature, 'f/own');
    await refused(work, { ...finishFeature, squash: true }, 'f/own');
    await refused(work, { ...finishFeature, rebase: true }, 'f/own');
  });

  test('what the base has, before a branch is started or updated', async () => {
    const work = feature();
    work.git('checkout', '-q', 'develop');
    work.commit('new', '1');
    work.git('checkout', '-q', 'feature/x');
    work.write('new', 'mine\n');
    await refused(work, { action: 'start', kind: 'bugfix', name: 'y' }, 'new');
    await refused(work, { action: 'update', kind: 'feature', name: 'x', how: 'merge' }, 'new');
    await refused(work, { action: 'update', kind: 'feature', name: 'x', how: 'rebase' }, 'new');
    await refused(work, { action: 'checkout', branch: 'develop' }, 'new');
  });
});

describe('not in the way', () => {
  test('other files, and ignored ones, as for git', async () => {
    const work = release();
    work.write('.git/info/exclude', 'new\n');
    work.write('new', 'ignored\n');
    work.write('dir/else', 'mine\n');
    work.write('other/file', 'mine\n');
    expect((await act(work, finishRelease)).status).toBe('done');
    expect(work.read('dir/else')).toBe('mine\n');
    expect(work.read('other/file')).toBe('mine\n');
  });

  test('a file that the base has deleted since is not brought back by the merge', async () => {
    const work = sandbox.repository();
    work.commit('gone', '1');
    work.start('feature/x');
    work.commit('f', '1');
    work.commit('f', '2');
    work.git('checkout', '-q', 'develop');
    work.git('rm', '-q', 'gone');
    work.git('commit', '-q', '-m', 'gone');
    work.write('gone', 'mine\n');
    expect((await act(work, finishFeature)).status).toBe('done');
    expect(work.read('gone')).toBe('mine\n');
  });

  test('the folder that a submodule has left', async () => {
    const library = sandbox.repository();
    const work = feature();
    work.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.folder, 'library');
    work.git('commit', '-q', '-m', 'library');
    execFileSync('git', ['checkout', '-q', 'develop'], { cwd: work.folder, stdio: 'ignore' });
    expect(existsSync(join(work.folder, 'library/.git'))).toBe(true);
    expect(work.git('status', '--porcelain')).toBe('?? library/');
    expect((await act(work, finishFeature)).status).toBe('done');
  });
});
