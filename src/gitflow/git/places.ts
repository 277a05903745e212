/** Where a repository is. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Git } from './git';
import { complaint } from './git';

export interface Places {
  /** The work tree, or the repository itself when it is bare. */
  root: string;
  gitDir: string;
  commonDir: string;
  bare: boolean;
}

/** The folder is in no repository. */
export class NotARepository extends Error {
  override readonly name = 'NotARepository';
}

/** Finds the repository around `directory`. Git is asked, unless it is the plain case. */
export async function findPlaces(git: Git, directory: string): Promise<Places> {
  return plainPlaces(directory) ?? (await askedPlaces(git, directory));
}

/** Settings of a repository that move its work tree, or that git may refuse to understand. */
const special = /worktree|\[\s*extensions\b|\bbare\s*(?!\s|=\s*false\b)/i;

/**
 * The root of an ordinary clone, told by its files: a process saved each time a repository is opened. `.git` is a
 * directory as git makes it, nothing is set that puts the work tree elsewhere, and both are the user's own, for git
 * refuses to work in a stranger's.
 */
function plainPlaces(directory: string): Places | undefined {
  try {
    const root = realpathSync(directory);
    const gitDir = join(root, '.git');
    const user = process.geteuid?.();
    const own = [root, gitDir].every((place) => statSync(place).uid === user);
    const whole = ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(gitDir, name)));
    const plain = own && whole && !existsSync(join(gitDir, 'commondir'));
    if (!plain || special.test(readFileSync(join(gitDir, 'config'), 'utf8'))) return undefined;
    return { root, gitDir, commonDir: gitDir, bare: false };
  } catch {
    return undefined;
  }
}

async function askedPlaces(git: Git, directory: string): Promise<Places> {
  const answer = await git.run([
    'rev-parse',
    '--is-bare-repository',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-cdup',
  ]);
  const [bare, gitDir, commonDir, up = ''] = answer.stdout.split('\n');
  if (answer.code !== 0 || gitDir === undefined || commonDir === undefined) {
    throw new NotARepository(`Not a git repository: ${directory}. ${complaint(answer)}`);
  }
  // Through symbolic links, as git names its work trees.
  const real = realpathSync(directory);
  return {
    root: bare === 'true' ? gitDir : resolve(real, up),
    gitDir,
    commonDir: resolve(real, commonDir),
    bare: bare === 'true',
  };
}

/** Has git been told to see other parents, or other objects, than there are: by grafts, or by `git replace`? */
export function hasReplacements({ commonDir }: Places): boolean {
  const packed = join(commonDir, 'packed-refs');
  return (
    existsSync(join(commonDir, 'info', 'grafts')) ||
    existsSync(join(commonDir, 'refs', 'replace')) ||
    existsSync(join(commonDir, 'reftable')) ||
    (existsSync(packed) && readFileSync(packed, 'utf8').includes(' refs/replace/'))
  );
}

/** Git sees the objects as they are, as it does when it collects those that nothing reaches. */
export const unreplaced = { GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null' } as const;
