/** Repairing a work tree that git left half written, without touching what the user changed. */
import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import type { Journal } from './journal';
import type { Places } from '../git/places';

/**
 * Sets changed files back to HEAD if each of them is, as it stands, a file of one of the commits of the action: git
 * wrote it, and it can be had again. Answers the others; if there are any, nothing is touched.
 */
export async function repairTree(
  git: Git,
  places: Places,
  journal: Journal,
  refs: readonly string[],
): Promise<string[]> {
  const { tracked, untracked } = await changes(git);
  // An untracked file that is older than the action is the user's, whatever is in it.
  const fresh = untracked.filter((path) => (lstatSync(join(places.root, path)).ctimeMs ?? 0) >= journal.startedAt);
  if (tracked.length === 0 && fresh.length === 0) return [];
  const known = await knownFiles(git, [...refs, 'HEAD'], [...tracked, ...fresh], journal);
  const present = [...tracked, ...fresh].filter((path) => existsSync(join(places.root, path)));
  const contents = await hashes(git, present);
  const ours = (path: string): boolean => {
    const content = contents.get(path);
    return content === undefined || (known.get(path)?.has(content) ?? false);
  };
  const foreign = tracked.filter((path) => !ours(path));
  if (foreign.length > 0) return foreign;
  for (const path of fresh) if (contents.has(path) && ours(path)) rmSync(join(places.root, path), { force: true });
  if (tracked.length > 0) await must(git, ['read-tree', '--reset', '-u', 'HEAD']);
  return [];
}

/** Paths that differ from HEAD, and files that git does not know. */
async function changes(git: Git): Promise<{ tracked: string[]; untracked: string[] }> {
  const output = await git.read([
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=all',
  ]);
  const tracked: string[] = [];
  const untracked: string[] = [];
  for (const record of output.split('\0')) {
    if (record === '') continue;
    (record.startsWith('??') ? untracked : tracked).push(record.slice(3));
  }
  return { tracked, untracked };
}

/** The blobs that the commits of the action have at each path. */
async function knownFiles(
  git: Git,
  refs: readonly string[],
  paths: readonly string[],
  journal: Journal,
): Promise<Map<string, Set<string>>> {
  const known = new Map<string, Set<string>>();
  const trees = new Set<string>(Object.values(journal.before.refs).filter((id) => id !== null));
  for (const ref of refs) trees.add(ref);
  for (const { work } of journal.plan.steps) {
    if (work.do !== 'merge') continue;
    // What the merge writes is in neither side.
    const merged = await git.run(['merge-tree', '--write-tree', `refs/heads/${work.into}`, work.source]);
    if (merged.code === 0) trees.add(merged.stdout.trim());
  }
  for (const tree of trees) {
    const listing = await git.run(['ls-tree', '-r', '-z', tree]);
    if (listing.code !== 0) continue;
    for (const entry of listing.stdout.split('\0')) {
      const [, id, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      if (id !== undefined && path !== undefined && paths.includes(path)) {
        known.set(path, (known.get(path) ?? new Set()).add(id));
      }
    }
  }
  return known;
}

async function hashes(git: Git, paths: readonly string[]): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const args = ['hash-object', '--stdin-paths'];
  const answer = await git.run(args, { input: `${paths.join('\n')}\n` });
  if (answer.code !== 0) throw new GitFailure(args, answer);
  const ids = answer.stdout.trim().split('\n');
  return new Map(paths.map((path, i) => [path, ids[i] ?? '']));
}

async function must(git: Git, args: string[]): Promise<void> {
  const answer = await git.run(args, { patient: true });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}
