/** Commits of git repositories on this machine, as builds and pipelines take them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The tag that says which repository on this machine stands for a connection's, a project's or a pipeline's. */
export const repositoryTag = 'mlops-flow:repository';

/** A repository or commit that cannot be had; the message says what to do. */
export class RepositoryError extends Error {
  override readonly name = 'RepositoryError';
}

export interface Commit {
  sha: string;
  /** The first line of its message. */
  subject: string;
  author: string;
  /** ISO 8601. */
  date: string;
}

/** Variables of the environment that would lead git to another repository. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

/** Runs git on a repository without its hooks and helpers. @throws {RepositoryError} */
async function git(repository: string, ...words: string[]): Promise<string> {
  const settings = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'protocol.ext.allow=never'];
  try {
    const { stdout } = await run('git', ['-C', repository, ...settings, ...words], {
      env: environment(),
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    throw new RepositoryError(
      said === undefined || said === '' ? `git ${words[0] ?? ''} failed in ${repository}.` : said,
    );
  }
}

/** The folder in a location that names one on this machine: a path, or `file://…`. */
export function localPath(location: string): string | undefined {
  const path = location.startsWith('file://') ? decodeURIComponent(location.slice(7)) : location;
  return path.startsWith('/') && existsSync(path) ? path : undefined;
}

/** The commit that a revision means: a branch, a tag, or a commit's name. @throws {RepositoryError} */
export async function commitOf(repository: string, revision: string): Promise<Commit> {
  if (!existsSync(repository)) throw new RepositoryError(`There is no repository in ${repository}.`);
  // A branch wins over a tag of its name.
  const names = [`refs/heads/${revision}`, revision, `refs/remotes/origin/${revision}`];
  for (const name of revision === 'HEAD' ? ['HEAD'] : names) {
    const found = await git(repository, 'log', '-1', '--format=%H%n%an%n%cI%n%s', '--end-of-options', name, '--').catch(
      () => undefined,
    );
    const [sha, author = '', date = '', subject = ''] = found?.split('\n') ?? [];
    if (sha !== undefined && sha !== '') return { sha, author, date, subject };
  }
  throw new RepositoryError(
    `${repository} has no branch, tag or commit ${revision}. Correct the name, or push it first.`,
  );
}

/** The folder that a repository's refs lie in, which its worktrees share. @throws {RepositoryError} */
export async function commonFolder(repository: string): Promise<string> {
  return resolve(repository, (await git(repository, 'rev-parse', '--git-common-dir')).trim());
}

/** The files of a folder that git knows or would add, with `.git` itself at the top; undefined outside of a repository. */
export async function filesOfWorkTree(folder: string): Promise<string[] | undefined> {
  try {
    const text = await git(folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
    const names = text.split('\0').filter((name) => name !== '');
    return existsSync(join(folder, '.git')) ? [...names, '.git'] : names;
  } catch (error) {
    if (error instanceof RepositoryError) return undefined;
    throw error;
  }
}

/** Branches and tags with their commits: `refs/heads/main` → sha. @throws {RepositoryError} */
export async function refsOf(repository: string): Promise<Map<string, string>> {
  const format = '%(refname) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';
  const text = await git(repository, 'for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags');
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

/** Files that differ between two commits; all of the second where the first is not there. @throws {RepositoryError} */
export async function changedFiles(repository: string, before: string | undefined, after: string): Promise<string[]> {
  const text =
    before === undefined
      ? await git(repository, 'ls-tree', '-r', '-z', '--name-only', after)
      : await git(repository, 'diff', '--name-only', '-z', before, after, '--');
  return text.split('\0').filter((name) => name !== '');
}

/** Writes the files of a commit as a zip archive; what is not committed is not in it. @throws {RepositoryError} */
export async function archiveCommit(repository: string, sha: string, file: string): Promise<void> {
  // From its own folder, since from a folder of the work tree git takes that alone.
  await git(await commonFolder(repository), 'archive', '--format=zip', `--output=${file}`, sha);
}

/** Clones a repository of this machine at a commit. @throws {RepositoryError} */
export async function cloneAt(repository: string, sha: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(
    folder,
    'clone',
    '--quiet',
    '--no-checkout',
    '--no-local',
    '--',
    `file://${await commonFolder(repository)}`,
    '.',
  );
  await git(folder, 'fetch', '--quiet', 'origin', sha).catch(() => undefined);
  await git(folder, 'checkout', '--quiet', '--detach', sha);
}
