/**
 * Untracked files that a plan would overwrite. Git refuses to, but only when it comes to it: in the middle of the
 * plan, with production merged and tagged already.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import { onlyAdded } from '../git/graph';
import type { Work } from '../model/model';
import type { PlanContext } from './draft';

/** What the steps write into the work tree. */
interface Writes {
  /** Commits that are checked out as a whole. */
  trees: Set<string>;
  /** Merges: what the source has added since the two parted. */
  merges: { into: string; source: string }[];
}

/** Files that no commit has, where the steps write theirs. */
interface InTheWay {
  /** Git refuses to overwrite these. */
  untracked: string[];
  /** Git overwrites these without a word. */
  ignored: string[];
}

/** Paths of untracked and of ignored files that stand where the steps write theirs. */
export async function overwrittenBy(context: PlanContext, works: readonly Work[]): Promise<InTheWay> {
  const { git, graph, places, snapshot } = context;
  const { untracked, commit: head } = snapshot;
  if (places.bare || head === undefined) return { untracked: [], ignored: [] };
  const writes = writesOf(context, works);
  const commits = new Set([...writes.trees, ...writes.merges.map(({ source }) => source)]);
  commits.delete(head);
  const look = async (written: readonly string[]): Promise<InTheWay> => {
    const refused = clashes(places.root, untracked, written);
    return { untracked: refused, ignored: await ignoredOf(git, places.root, written, refused) };
  };
  // One process tells in nearly every case that nothing is in the way; only else it is looked at more closely, for a
  // file of the source that the target has deleted is not written.
  const first = await look(await graph.added(head, commits));
  if (first.untracked.length + first.ignored.length === 0) return first;
  const written = await Promise.all([
    graph.added(head, writes.trees),
    ...writes.merges.map(({ into, source }) => addedBy(context, into, source)),
  ]);
  return look(written.flat());
}

/** The ignored files among what is written, and files that are where a folder of it has to be. */
async function ignoredOf(
  git: Git,
  root: string,
  written: readonly string[],
  others: readonly string[],
): Promise<string[]> {
  const known = new Set(others);
  const places = new Set(written.flatMap((path) => [path, ...foldersOf(path)]));
  const there = [...places].filter((path) => !known.has(path) && isFile(join(root, path)));
  if (there.length === 0) return [];
  const { stdout } = await git.run(['check-ignore', '-z', '--stdin'], {
    input: there.map((path) => `${path}\0`).join(''),
  });
  return paths(stdout);
}

/** Is there anything but a folder? */
function isFile(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    // A file is where one of its folders would be.
    return false;
  }
}

/** Goes through the steps; a branch that is merged into, and a tag on it, then stand for all that was merged. */
function writesOf({ snapshot }: PlanContext, works: readonly Work[]): Writes {
  const { refs } = snapshot;
  const held = new Map<string, Set<string>>();
  const holds = (name: string): Set<string> => {
    const ref = [name, `refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`].find(
      (full) => held.has(full) || refs.has(full),
    );
    const commit = ref === undefined ? undefined : refs.get(ref);
    return held.get(ref ?? name) ?? new Set(commit === undefined ? [] : [commit]);
  };
  const writes: Writes = { trees: new Set(), merges: [] };
  let { branch } = snapshot;
  const checkOut = (name: string): void => {
    if (name !== branch) for (const commit of holds(name)) writes.trees.add(commit);
    branch = name;
  };
  const merge = (into: string, name: string): void => {
    const targets = holds(into);
    const sources = [...holds(name)].filter((source) => !targets.has(source));
    for (const target of targets) writes.merges.push(...sources.map((source) => ({ into: target, source })));
    held.set(`refs/heads/${into}`, new Set([...targets, ...sources]));
  };
  for (const work of works) {
    if (work.do === 'checkout') checkOut(work.branch);
    if (work.do === 'createBranch' && work.checkout) {
      held.set(`refs/heads/${work.branch}`, holds(work.start));
      checkOut(work.branch);
    }
    if (work.do === 'merge' || work.do === 'squash') {
      checkOut(work.into);
      merge(work.into, work.source);
    }
    if (work.do === 'rebase') {
      checkOut(work.branch);
      for (const commit of holds(work.onto)) writes.trees.add(commit);
      merge(work.branch, work.onto);
    }
    if (work.do === 'tag') held.set(`refs/tags/${work.tag}`, holds(work.on));
  }
  return writes;
}

/** Paths that `source` has got since it and `into` parted; all of them where they have nothing in common. */
async function addedBy({ git, graph }: PlanContext, into: string, source: string): Promise<string[]> {
  const answer = await git.run(['diff', ...onlyAdded, `${into}...${source}`, '--']);
  return answer.code === 0 ? paths(answer.stdout) : graph.added(into, new Set([source]));
}

function paths(output: string): string[] {
  return output.split('\0').filter(Boolean);
}

/** A folder that is untracked as a whole ends with `/`. */
function clashes(root: string, untracked: readonly string[], written: readonly string[]): string[] {
  const files = new Set(written);
  const folders = new Set([...files].flatMap((path) => [...foldersOf(path)]));
  return untracked.flatMap((path) => {
    const name = path.replace(/\/$/, '');
    // A file of the same name, or one where a folder of the other has to be.
    if ([name, ...foldersOf(name)].some((each) => files.has(each))) return [path];
    if (!folders.has(name)) return [];
    if (name === path) return [path];
    return [...files].filter((file) => file.startsWith(path) && stands(root, path, file));
  });
}

/** Is there anything at `file`, or a file where one of its folders below `from` has to be? */
function stands(root: string, from: string, file: string): boolean {
  const is = (path: string): ReturnType<typeof lstatSync> | undefined =>
    lstatSync(join(root, path), { throwIfNoEntry: false });
  const inTheWay = [...foldersOf(file)].some(
    (folder) => folder.startsWith(from) && is(folder)?.isDirectory() === false,
  );
  return inTheWay || is(file) !== undefined;
}

function* foldersOf(path: string): Iterable<string> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}
