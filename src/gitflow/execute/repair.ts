/** Repairing a work tree that git left half written, without touching what the user changed. */
import { lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import type { Places } from '../git/places';
import type { Journal } from './journal';
import { blobsIn, blobsOfFiles, changesOf, commitsOf, mergesOf } from './origins';

/** What repairing would do, or whose files stand against it. */
export interface Repair {
  /** Files that are in none of the commits of the action: the user's. */
  foreign: string[];
  /** Untracked files that git wrote, and that have to go so that it can write them again. */
  remove: string[];
  /** Tracked files are not as in HEAD. */
  reset: boolean;
}

/**
 * Looks at what is not as in HEAD. A file is git's own if it is, as it stands, a file of one of the commits of the
 * action, or the beginning of one: git wrote it, and it can be had again.
 */
export async function lookForRepair(
  git: Git,
  places: Places,
  journal: Journal,
  refs: readonly string[],
): Promise<Repair> {
  const { tracked, untracked } = await changesOf(git);
  // An untracked file that is older than the action is the user's, whatever is in it.
  const fresh = untracked.filter(
    (path) => (lstatSync(join(places.root, path), { throwIfNoEntry: false })?.ctimeMs ?? 0) >= journal.startedAt,
  );
  const paths = [...tracked, ...fresh];
  if (paths.length === 0) return { foreign: [], remove: [], reset: false };
  const trees = [...commitsOf(journal, refs), ...(await mergesOf(git, journal))];
  const known = await blobsIn(git, trees, paths);
  const files = await blobsOfFiles(git, places, paths);
  const ours = async (path: string): Promise<boolean> => {
    const file = files.get(path);
    if (file === undefined) return lstatSync(join(places.root, path), { throwIfNoEntry: false }) === undefined;
    const blobs = known.get(path);
    return blobs !== undefined && (blobs.has(file) || (await isBeginning(git, places, path, blobs)));
  };
  const foreign: string[] = [];
  for (const path of tracked) if (!(await ours(path))) foreign.push(path);
  const remove: string[] = [];
  for (const path of fresh) if (files.has(path) && (await ours(path))) remove.push(path);
  return { foreign, remove, reset: tracked.length > 0 };
}

/** Sets the files back to HEAD. */
export async function repair(git: Git, places: Places, { remove, reset }: Repair): Promise<void> {
  for (const path of remove) rmSync(join(places.root, path), { force: true });
  if (!reset) return;
  const args = ['read-tree', '--reset', '-u', 'HEAD'];
  const answer = await git.run(args, { patient: true });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}

/** Longer files, in bytes, are not compared piece by piece. */
const longest = 1 << 26;

/** Was git stopped while it wrote one of these blobs: by a kill, by a full disk? */
async function isBeginning(git: Git, places: Places, path: string, blobs: ReadonlySet<string>): Promise<boolean> {
  const file = join(places.root, path);
  if (statSync(file).size > longest) return false;
  const text = readFileSync(file, 'latin1');
  for (const blob of blobs) {
    for (const how of [['--filters', `--path=${path}`], ['blob']]) {
      const whole = await git.run(['cat-file', ...how, blob], { encoding: 'latin1' });
      if (whole.code === 0 && whole.stdout.startsWith(text)) return true;
    }
  }
  return false;
}
