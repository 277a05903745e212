import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** Where a working tree keeps its git data. */
export interface GitDirs {
  /** HEAD, the index, a merge under way: of this working tree alone. */
  gitDir: string;
  /** Refs and configuration: shared by all linked working trees. */
  commonDir: string;
}

/**
 * The git directories of the working tree whose root is `root`, found as Git does and without a process: `.git` is a
 * directory, or a file that names one. Undefined where `root` is no such root.
 */
export async function gitDirsOf(root: string): Promise<GitDirs | undefined> {
  const dotGit = join(root, '.git');
  const gitDir = await stat(dotGit).then(
    async (found) => (found.isDirectory() ? dotGit : pointedAt(root, await readFile(dotGit, 'utf8'), /^gitdir: (.+)/)),
    () => undefined,
  );
  if (gitDir === undefined) return undefined;
  const common = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  return { gitDir, commonDir: (common === undefined ? undefined : pointedAt(gitDir, common, /^(.+)/)) ?? gitDir };
}

/** The root of the working tree that `folder` lies in. */
export async function workingTreeOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await gitDirsOf(at)) return at;
    if (dirname(at) === at) return undefined;
  }
}

function pointedAt(from: string, text: string, pattern: RegExp): string | undefined {
  const path = pattern.exec(text)?.[1]?.trim();
  return path === undefined ? undefined : isAbsolute(path) ? path : resolve(from, path);
}
