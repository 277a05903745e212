/** Whose content it is that lies in the index and the work tree: git's own from the commits of an action, or the user's. */
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import type { Places } from '../git/places';
import type { Journal } from './journal';

/** Paths that differ from HEAD, and files that git does not know. */
export async function changesOf(git: Git): Promise<{ tracked: string[]; untracked: string[] }> {
  const what = ['--untracked-files=all', '--no-renames', '--ignore-submodules=all'];
  const output = await git.read(['status', '--porcelain=v1', '-z', ...what]);
  const tracked: string[] = [];
  const untracked: string[] = [];
  for (const record of output.split('\0')) {
    if (record !== '') (record.startsWith('??') ? untracked : tracked).push(record.slice(3));
  }
  return { tracked, untracked };
}

/** The blobs by path, with each path's several. */
type Blobs = Map<string, Set<string>>;

/** The blobs that the commits have at each path. Names that lead nowhere count for nothing. */
export async function blobsIn(git: Git, trees: Iterable<string>, paths: readonly string[]): Promise<Blobs> {
  const wanted = new Set(paths);
  const found: Blobs = new Map();
  for (const tree of new Set(trees)) {
    const listing = await git.run(['ls-tree', '-r', '-z', '--full-tree', tree]);
    if (listing.code !== 0) continue;
    for (const entry of listing.stdout.split('\0')) {
      const [, id, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      if (id !== undefined && path !== undefined && wanted.has(path)) add(found, path, id);
    }
  }
  return found;
}

/** The commits of an action: where its refs were, are, and what it made. */
export function commitsOf(journal: Journal, refs: readonly string[]): string[] {
  const ids = [...Object.values(journal.before.refs), ...Object.values(journal.made)];
  return [...ids.filter((id) => id !== null), ...refs, 'HEAD'];
}

/** The trees of merges of the plan: what a merge writes may be in neither side. */
export async function mergesOf(git: Git, journal: Journal): Promise<string[]> {
  const trees: string[] = [];
  for (const { work } of journal.plan.steps) {
    if (work.do !== 'merge') continue;
    const merged = await git.run(['merge-tree', '--write-tree', `refs/heads/${work.into}`, work.source]);
    if (merged.code === 0) trees.push(merged.stdout.trim());
  }
  return trees;
}

/** The blobs that the files are, as git would add them. Files that are gone are left out. */
export async function blobsOfFiles(git: Git, places: Places, paths: readonly string[]): Promise<Map<string, string>> {
  const present = paths.filter((path) => isFile(places, path));
  if (present.length === 0) return new Map();
  const args = ['hash-object', '--stdin-paths'];
  const answer = await git.run(args, { input: `${present.join('\n')}\n` });
  if (answer.code !== 0) throw new GitFailure(args, answer);
  const ids = answer.stdout.trim().split('\n');
  return new Map(present.map((path, i) => [path, ids[i] ?? '']));
}

function isFile(places: Places, path: string): boolean {
  return existsSync(join(places.root, path)) && lstatSync(join(places.root, path)).isFile();
}

/**
 * Is there anything in the index or in tracked files that is not to be had again: content that none of the action's
 * commits has and that git did not leave when the action stopped? What is staged counts by its blob: were it only git's
 * own, it would be gone all the same.
 */
export async function holdsMore(git: Git, places: Places, journal: Journal, refs: readonly string[]): Promise<boolean> {
  const { tracked } = await changesOf(git);
  if (tracked.length === 0) return false;
  const sides = ['MERGE_HEAD', 'REBASE_HEAD', 'REVERT_HEAD'];
  const commits = await blobsIn(git, [...commitsOf(journal, refs), ...sides], tracked);
  const knows = (path: string, id: string): boolean => commits.get(path)?.has(id) ?? false;
  const staged = await stagedBlobs(git, tracked);
  for (const [path, ids] of staged) if ([...ids].some((id) => !knows(path, id))) return true;
  const files = await blobsOfFiles(git, places, tracked);
  const links = tracked.some(
    (path) => !files.has(path) && lstatSync(join(places.root, path), { throwIfNoEntry: false }),
  );
  return links || [...files].some(([path, id]) => !knows(path, id) && journal.leftBehind?.[path] !== id);
}

/** What is staged of the paths. The sides of a conflict are in the commits that git was told to merge. */
async function stagedBlobs(git: Git, paths: readonly string[]): Promise<Blobs> {
  const wanted = new Set(paths);
  const found: Blobs = new Map();
  for (const entry of (await git.read(['ls-files', '-s', '-z', '--full-name'])).split('\0')) {
    const [, id, path] = /^\d+ ([0-9a-f]+) 0\t(.*)$/s.exec(entry) ?? [];
    if (id !== undefined && path !== undefined && wanted.has(path)) add(found, path, id);
  }
  return found;
}

function add(blobs: Blobs, path: string, id: string): void {
  blobs.set(path, (blobs.get(path) ?? new Set()).add(id));
}
