import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspace } from 'vscode';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { checkOutCommit, currentCommit } from '../../../src/pipelines/commands/commits';
import { answers, asked, refused, typed, Uri } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

let folder: string;
let first: string;
let second: string;

function git(...words: string[]): string {
  return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function commit(text: string): string {
  writeFileSync(join(folder, 'train.py'), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', text);
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-commits-'));
  git('init', '--quiet', '--initial-branch', 'main');
  first = commit('first');
  second = commit('second');
  vi.spyOn(workspace, 'workspaceFolders', 'get').mockReturnValue([{ uri: Uri.file(folder) }] as never);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const list of [answers, asked, refused, typed]) list.length = 0;
  git('checkout', '--quiet', '--force', 'main');
});

const run = (commit: string, more: object = {}) => ({
  name: 'main-1',
  provenance: { commit, branch: 'main', dirty: false, ...more },
});

test('the commit of a run is checked out on a branch that is named', async () => {
  answers.push('Create Branch…');
  typed.push('', '  ', 'a..b', 'look-again');
  await checkOutCommit(run(first));
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('look-again');
  expect(await currentCommit()).toBe(first);
  expect(refused).toEqual([': Type a name.', '  : Type a name.', 'a..b: a..b is not valid as the name of a branch.']);
});

test('or detached; a cancel leaves HEAD where it is', async () => {
  answers.push('Check Out');
  await checkOutCommit(run(first));
  expect(() => git('symbolic-ref', 'HEAD')).toThrow('Command failed');
  expect(await currentCommit()).toBe(first);
  git('checkout', '--quiet', 'main');
  answers.push(undefined);
  await checkOutCommit(run(first));
  answers.push('Create Branch…');
  typed.push(undefined);
  await checkOutCommit(run(first));
  expect([git('symbolic-ref', '--short', 'HEAD'), await currentCommit()]).toEqual(['main', second]);
});

test('what was changed meanwhile is not overwritten: the sentence of git says which file', async () => {
  writeFileSync(join(folder, 'train.py'), 'mine');
  answers.push('Check Out');
  await expect(checkOutCommit(run(first))).rejects.toThrow(/could not check out [0-9a-f]{8}: .*train\.py/s);
  expect(await currentCommit()).toBe(second);
});

test('a run without a commit, and a commit that is not here, are told', async () => {
  await expect(checkOutCommit({ name: 'main-1' })).rejects.toThrow(
    'main-1 does not say which commit it was started from.',
  );
  await expect(checkOutCommit(run('0123456789abcdef0123456789abcdef01234567'))).rejects.toThrow(
    '01234567 is in no repository of this workspace. Fetch it, or open its repository.',
  );
  expect(asked).toEqual([]);
});
