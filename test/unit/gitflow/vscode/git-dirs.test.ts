import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitDirsOf, workingTreeOf } from '../../../../src/gitflow/vscode/repositories/git-dirs';

describe('the git directories of a working tree', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-C', join(folder, 'main tree'), '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args],
      { encoding: 'utf8' },
    ).trim();

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlops-dirs-')));
    mkdirSync(join(folder, 'main tree'));
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'x');
    git('worktree', 'add', '-q', join(folder, 'linked'), '-b', 'other');
    mkdirSync(join(folder, 'linked', 'a', 'b'), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are .git of the main one', async () => {
    const dirs = await gitDirsOf(join(folder, 'main tree'));
    expect(dirs).toEqual({ gitDir: join(folder, 'main tree', '.git'), commonDir: join(folder, 'main tree', '.git') });
  });

  it('are two for a linked one, as git says', async () => {
    const asGitSays = (what: string) =>
      execFileSync('git', ['-C', join(folder, 'linked'), 'rev-parse', '--path-format=absolute', what], {
        encoding: 'utf8',
      }).trim();
    expect(await gitDirsOf(join(folder, 'linked'))).toEqual({
      gitDir: asGitSays('--git-dir'),
      commonDir: asGitSays('--git-common-dir'),
    });
  });

  it('are found from a folder inside, and not outside', async () => {
    expect(await workingTreeOf(join(folder, 'linked', 'a', 'b'))).toBe(join(folder, 'linked'));
    expect(await gitDirsOf(folder)).toBeUndefined();
    expect(await gitDirsOf(join(folder, 'nowhere'))).toBeUndefined();
  });
});
