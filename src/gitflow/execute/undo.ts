/** Taking an action back: refs, HEAD, index, work tree and configuration as they were before. */
import { constants, copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ConfigEntry } from '../model/config';
import type { Git } from '../git/git';
import { GitFailure, complaint } from '../git/git';
import type { Graph } from '../git/graph';
import type { Journal, JournalStore } from './journal';
import type { Plan, Refusal, Work } from '../model/model';
import { localBranch } from '../model/names';
import { findStash } from './perform';
import type { Places } from '../git/places';
import { releaseSafe } from './safety';
import { readConfig, readConfigFile, readRefs } from '../read/snapshot';
import { sectionsOf } from './touched';

interface Tools {
  git: Git;
  graph: Graph;
  places: Places;
  store: JournalStore;
}

/** Whatever the user made of a conflict stays reachable under this name. */
const rescued = 'refs/mlops-flow/undone/';

/**
 * Puts everything back. Each part can be done again, so an interrupted undo is undone by undoing. Answers what was
 * pushed and therefore stays, or what stands against it; then nothing was changed.
 */
export async function putBack(tools: Tools, journal: Journal): Promise<{ left: string[] } | { refusals: Refusal[] }> {
  const { git, places, store } = tools;
  const refs = Object.keys(journal.before.refs);
  const now = await readRefs(git, refs);
  const kept = await commitsOfTheUser(tools, journal, now);
  if (kept.length > 0) {
    return {
      refusals: kept.map((branch) => ({
        code: 'exists',
        message: `'${branch}' has commits that were made since. Put them on another branch first, or leave the action as it is.`,
      })),
    };
  }
  journal.status = 'undoing';
  store.write(journal);

  const tree = await restoreTree(git, journal);
  if (tree !== undefined) return { refusals: [{ code: 'dirty', message: tree }] };
  await restoreRefs(git, journal, now);
  await restoreConfig(git, places, journal);
  restoreIndex(places, store);
  await git.run(['update-index', '-q', '--refresh']);
  await putChangesBack(git, journal);
  await releaseSafe(git, journal);
  store.remove(journal);
  const pushed = journal.plan.steps.filter((step) => step.remote && step.index < journal.step);
  return { left: pushed.map(({ title }) => title) };
}

/** Branches that stand neither where they were nor where a step of the action put them. */
async function commitsOfTheUser(
  { graph }: Tools,
  journal: Journal,
  now: ReadonlyMap<string, string>,
): Promise<string[]> {
  const kept: string[] = [];
  for (const [ref, before] of Object.entries(journal.before.refs)) {
    const commit = now.get(ref);
    const branch = localBranch(ref);
    if (branch === undefined || commit === undefined || commit === before) continue;
    const works = journal.plan.steps.slice(0, journal.step + 1).map(({ work }) => work);
    const parents = (await graph.parents([commit])).get(commit) ?? [];
    const movement = { journal, branch, before, commit, parents };
    const made = await Promise.all(works.map((work) => isMadeBy(graph, work, movement)));
    if (!made.includes(true)) kept.push(branch);
  }
  return kept;
}

interface Movement {
  journal: Journal;
  branch: string;
  before: string | null;
  commit: string;
  parents: string[];
}

/** Could this step, alone, have moved the branch there? */
async function isMadeBy(graph: Graph, work: Work, movement: Movement): Promise<boolean> {
  const { journal, branch, before, commit, parents } = movement;
  switch (work.do) {
    case 'merge': {
      if (work.into !== branch) return false;
      const sources = await places(graph, journal, work.source);
      // The branch may have been fast-forwarded first; what counts is that nothing came after the merge.
      return sources.has(commit) || (parents.length === 2 && sources.has(parents[1] ?? ''));
    }
    case 'squash':
      return work.into === branch && parents.length === 1 && parents[0] === before;
    case 'bump':
      return work.branch === branch && parents.length === 1;
    case 'createBranch':
      return work.branch === branch && (await places(graph, journal, work.start)).has(commit);
    case 'firstCommit':
      return work.branch === branch && parents.length === 0;
    case 'rebase': {
      if (work.branch !== branch || before === null) return false;
      const after = journal.rebased[branch];
      if (after !== undefined) return after === commit;
      const onto = await graph.commit(`refs/heads/${work.onto}`);
      if (onto === undefined) return false;
      const counts = await Promise.all([before, commit].map((tip) => graph.count(onto, tip, 10_000)));
      return (counts[1] ?? 0) <= (counts[0] ?? 0);
    }
    case 'renameBranch':
      return work.to === branch;
    case 'pull':
    case 'createFromFetch':
      return work.branch === branch;
    default:
      return false;
  }
}

/** Where a name of the plan points or pointed: the branch may be gone by now, or rebased. */
async function places(graph: Graph, journal: Journal, name: string): Promise<Set<string>> {
  const { refs } = journal.before;
  const found = [
    await graph.commit(name),
    refs[name],
    refs[`refs/heads/${name}`],
    refs[`refs/${name}`],
    journal.rebased[name],
  ];
  return new Set(found.filter((commit) => commit != null));
}

/** Moves index and work tree to the commit before, with changes that the user carries. Answers what is in the way. */
async function restoreTree(git: Git, { before }: Journal): Promise<string | undefined> {
  const target = before.headCommit;
  if (target === undefined) return undefined;
  const head = await git.run(['rev-parse', '--quiet', '--verify', 'HEAD']);
  if (head.code !== 0 || head.stdout.trim() === target) return undefined;
  // Otherwise git takes a file that was only touched for a changed one.
  await git.run(['update-index', '-q', '--refresh'], { patient: true });
  const answer = await git.run(['read-tree', '-m', '-u', 'HEAD', target], { patient: true });
  return answer.code === 0
    ? undefined
    : `Files are in the way: ${complaint(answer)}. Commit, stash or move them, then undo.`;
}

/** All refs in one transaction, then HEAD. */
async function restoreRefs(git: Git, journal: Journal, now: ReadonlyMap<string, string>): Promise<void> {
  const { before, conflicted, plan, id } = journal;
  const lines: string[] = [];
  const resolved = new Set(
    conflicted.map((index) => plan.steps[index]?.work).flatMap((work) => (work && 'into' in work ? [work.into] : [])),
  );
  for (const [ref, commit] of Object.entries(before.refs)) {
    const current = now.get(ref);
    if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/')) continue;
    if (current === (commit ?? undefined)) continue;
    const branch = localBranch(ref);
    if (branch !== undefined && current !== undefined && resolved.has(branch)) {
      lines.push(`update ${rescued}${id}/${branch} ${current}`);
    }
    lines.push(commit === null ? `delete ${ref}` : `update ${ref} ${commit}`);
  }
  // HEAD first: a branch that is checked out is not deleted under it.
  if (before.headRef !== undefined) await must(git, ['symbolic-ref', 'HEAD', before.headRef]);
  else if (before.headCommit !== undefined) await must(git, ['update-ref', '--no-deref', 'HEAD', before.headCommit]);
  if (lines.length > 0) await must(git, ['update-ref', '--stdin'], `${lines.join('\n')}\n`);
}

/** Writes the sections that the action changed as they were, and what it wrote to another file. */
async function restoreConfig(git: Git, places: Places, journal: Journal): Promise<void> {
  const sections = sectionsOf(journal.plan.steps.map(({ work }) => work));
  const mine = (key: string): boolean => sections.some((section) => key.startsWith(`${section}.`));
  const { config, elsewhere } = journal.before;
  const now = (await readConfig(git)).filter(({ key, scope }) => scope === 'local' && mine(key));
  const keys = new Set([...now.map(({ key }) => key), ...config.map(([key]) => key)]);
  for (const key of keys) {
    const was = config.filter(([name]) => name === key).map(([, value]) => value);
    await restoreKey(git, { scope: ['--local'], key, was, now });
  }
  if (elsewhere) await restoreElsewhere(git, places, elsewhere);
}

async function restoreElsewhere(
  git: Git,
  { root }: Places,
  { scope, exists, config }: NonNullable<Plan['observed']['elsewhere']>,
): Promise<void> {
  const now = await readConfigFile(git, scope);
  if (now === undefined) return;
  const name = exists ? undefined : await nameOfConfigFile(git, scope);
  for (const [key, was] of config) await restoreKey(git, { scope, key, was, now });
  if (name === undefined) return;
  // The action made the file.
  const file = resolve(root, name);
  if (readFileSync(file, 'utf8').trim() === '') rmSync(file);
}

async function nameOfConfigFile(git: Git, scope: readonly string[]): Promise<string | undefined> {
  const listing = await git.read(['config', ...scope, '--list', '--show-origin', '-z']);
  return /^file:([^\0]+)/.exec(listing)?.[1];
}

/** Gives a key of a file the values that it had. */
async function restoreKey(
  git: Git,
  { scope, key, was, now }: { scope: string[]; key: string; was: string[]; now: readonly ConfigEntry[] },
): Promise<void> {
  const is = now.filter((entry) => entry.key === key).map(({ value }) => value);
  if (was.length === is.length && was.every((value, i) => value === is[i])) return;
  const [only] = was;
  // In its place.
  if (only !== undefined && was.length === 1 && is.length === 1) {
    await must(git, ['config', ...scope, key, only]);
    return;
  }
  if (is.length > 0) await must(git, ['config', ...scope, '--unset-all', key]);
  for (const value of was) await must(git, ['config', ...scope, '--add', key, value]);
}

/** The index itself, so that even its flags are as before. */
function restoreIndex(places: Places, store: JournalStore): void {
  if (!existsSync(store.indexCopy)) return;
  const index = join(places.gitDir, 'index');
  const lock = `${index}.lock`;
  copyFileSync(store.indexCopy, lock, constants.COPYFILE_EXCL);
  try {
    renameSync(lock, index);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** What the action put away comes back. */
async function putChangesBack(git: Git, journal: Journal): Promise<void> {
  const stashes = journal.plan.steps.some(({ work }) => work.do === 'stash');
  const name = stashes ? await findStash(git) : undefined;
  if (name !== undefined) await must(git, ['stash', 'pop', '-q', '--index', name]);
}

async function must(git: Git, args: string[], input?: string): Promise<void> {
  const answer = await git.run(args, { patient: true, ...(input === undefined ? {} : { input }) });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}
