/** What a finish will tag: the tree of the merge, found without making it. */
import { complaint, type Git } from '../git/git';
import type { Plan } from '../model/model';

/** What the tag will name. `into` is the branch that is tagged. */
export type Tagged =
  | { state: 'known'; into: string; tree: string }
  /** The merge stops at conflicts in these files. */
  | { state: 'conflict'; into: string; files: readonly string[] }
  | { state: 'unknown'; into: string; cause: string };

/**
 * The tree that a plan tags, by following its merges up to there; of a plan without a tag, what its first merge makes.
 * Hooks, merge drivers and options of a branch may make another: a tag with the expected tree is refused then.
 */
export async function taggedBy(git: Git, plan: Plan): Promise<Tagged | undefined> {
  const works = plan.steps.map(({ work }) => work);
  const tag = works.find((work) => work.do === 'tag');
  const into = tag?.on ?? works.find((work) => work.do === 'merge' || work.do === 'squash')?.into;
  if (into === undefined) return undefined;
  let tip = `refs/heads/${into}`;
  for (const work of works) {
    if (work === tag) break;
    if ((work.do !== 'merge' && work.do !== 'squash') || work.into !== into) continue;
    if (work.do === 'squash' || work.fastForward !== 'only') return mergedTree(git, into, tip, work.source);
    // The branch is brought up to the remote's first.
    tip = work.source;
  }
  return mergedTree(git, into, tip, tip);
}

/** The tree of merging `source` into `target`, two refs or commits. */
export async function mergedTree(git: Git, into: string, target: string, source: string): Promise<Tagged> {
  const unknown = (cause: string): Tagged => ({ state: 'unknown', into, cause });
  const [a, b] = await Promise.all([commitOf(git, target), commitOf(git, source)]);
  if (a === undefined || b === undefined) {
    return unknown(`There is no commit ${a === undefined ? target : source} in this clone. Fetch it, and check again.`);
  }
  // One has the other: no merge is needed to know.
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (await git.holds(['merge-base', '--is-ancestor', one, other])) {
      return { state: 'known', into, tree: (await git.read(['rev-parse', `${other}^{tree}`])).trim() };
    }
  }
  const answer = await git.run(['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', a, b]);
  const [tree = '', ...files] = answer.stdout.split('\0').filter(Boolean);
  if (answer.code === 0) return { state: 'known', into, tree };
  if (answer.code === 1) return { state: 'conflict', into, files };
  if (/unrelated histories/.test(answer.stderr)) {
    return unknown(
      `${source} and ${into} have no common commit in this clone. Fetch the whole history, and check again.`,
    );
  }
  if (/usage:/.test(answer.stderr)) {
    return unknown('This Git cannot tell what the merge will be. Install Git 2.38 or newer, and check again.');
  }
  return unknown(`The merge cannot be tried: ${complaint(answer)}`);
}

async function commitOf(git: Git, name: string): Promise<string | undefined> {
  const { code, stdout } = await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return code === 0 ? stdout.trim() : undefined;
}
