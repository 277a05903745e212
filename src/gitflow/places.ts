/** Where a repository is. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
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

/** Finds the repository around `directory`. */
export async function findPlaces(git: Git, directory: string): Promise<Places> {
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
