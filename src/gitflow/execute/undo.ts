/** Taking an action back: refs, HEAD, index, work tree and configuration as they were before. */
import { constants, copyFileSync, existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Git } from '../git/git';
import { GitFailure, complaint } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import type { ConfigEntry } from '../model/config';
import type { Kept } from '../model/kept';
import type { Plan, Refusal } from '../model/model';
import { localBranch } from '../model/names';
import { readConfig, readConfigFile, readWorktrees } from '../read/snapshot';
import { readHead, readIds, readIndexId, type Ids } from './identity';
import type { Journal, JournalStore } from './journal';
import type { Keeper, Moving } from './keep';
import { thisProcess } from './owner';
import { blobsOfFiles } from './origins';
import { foreignRefs, isPutBack } from './ownership';
import { releaseSafe } from './safety';
import { checkForUndo, settleForUndo } from './settle';
import { findStash } from './stash';
import { sectionsOf } from './touched';

export interface UndoTools {
  git: Git;
  graph: Graph;
  places: Places;
  store: JournalStore;
  keeper: Keeper;
  /** The work tree of the action is gone: only refs and configuration are put back. */
  homeless: boolean;
}

/** What came of it. `left`: what was pushed and stays. */
export type Undone = { left: string[]; kept: Kept[] } | { refusals: Refusal[] };

/**
 * Puts everything back. Each part can be done again, so an interrupted undo is undone by undoing. What stands against
 * it is told before anything is changed; the action then is as it was.
 */
export async function putBack(tools: UndoTools, journal: Journal): Promise<Undone> {
  const { git, places, store } = tools;
  const now = await readIds(git, places, Object.keys(journal.before.refs));
  const refusals = await standsAgainst(tools, journal, now);
  if (refusals.length > 0) return { refusals };
  const { status } = journal;
  Object.assign(journal, { status: 'undoing', owner: thisProcess() });
  store.write(journal);

  const moving = movesBack(journal, now);
  const kept = await tools.keeper.tips(moving.filter((each): each is Moving => each.now !== null));
  if (!tools.homeless) {
    const indexIsOurs = journal.index != null && readIndexId(places) === journal.index;
    const settled = await settleForUndo(tools, journal);
    kept.push(...settled.kept, ...(await restoreBumped(tools, journal)));
    const tree = await restoreTree(tools, journal, settled.dropped);
    if ('message' in tree) {
      Object.assign(journal, { status });
      store.write(journal);
      return { refusals: [{ code: 'dirty', message: tree.message }] };
    }
    kept.push(...tree.kept);
    const staged = !indexIsOurs && !(await git.holds(['diff', '--cached', '--quiet', ...headOf(journal)]));
    await restoreHead(git, journal);
    await restoreRefs(git, moving);
    await restoreConfig(git, places, journal);
    const stash = await putChangesBack(tools, journal);
    if (stash) kept.push(...stash);
    else {
      if (!staged) restoreIndex(places, store);
      kept.push(...(await keepPopped(tools, journal)));
    }
    await refresh(git, places);
  } else {
    await restoreRefs(git, moving);
    await restoreConfig(git, places, journal);
  }
  await releaseSafe(git, journal);
  store.remove(journal);
  return { left: await pushedBy(tools, journal), kept };
}

/** What stands against undoing. Nothing is changed to find out, but locks of git processes that are gone. */
async function standsAgainst(tools: UndoTools, journal: Journal, now: Ids): Promise<Refusal[]> {
  // What an interrupted undo has moved already is where it was.
  const foreign = await foreignRefs(tools, journal, now);
  if (foreign.length > 0) {
    return foreign.map((ref) => ({ code: 'exists', message: hasMoved(ref) }));
  }
  const gone = await collected(tools, journal, now);
  if (gone.length > 0) return gone;
  const elsewhere = await takenElsewhere(tools, journal, now);
  if (elsewhere.length > 0) return elsewhere;
  if (tools.homeless) return [];
  const settled = await checkForUndo(tools, journal);
  if (settled.status === 'settled') return [];
  return [{ code: settled.status === 'blocked' ? settled.code : 'conflicts', message: settled.message }];
}

function hasMoved(ref: string): string {
  const [what, next] = ref.startsWith('refs/tags/')
    ? [`The tag '${ref.slice('refs/tags/'.length)}' is not the one that the action made`, 'Rename it first']
    : [`'${localBranch(ref) ?? ref}' has commits that were made since`, 'Put them on another branch first'];
  return `${what}. ${next}, or discard the journal.`;
}

/** Where a ref was may be gone from the repository: the user reset it, and git has collected the commits. */
async function collected({ graph }: UndoTools, journal: Journal, now: Ids): Promise<Refusal[]> {
  const back = movesBack(journal, now).flatMap(({ ref, to }) => (to === null ? [] : [{ ref, to }]));
  const targets = [...back.map(({ to }) => to), ...headOf(journal)];
  const present = await graph.present(targets);
  const missing = targets.findIndex((id) => !present.has(id));
  if (missing < 0) return [];
  const name = localBranch(back[missing]?.ref ?? '') ?? 'HEAD';
  const message = `The commits that '${name}' had before are gone: git has collected them. Discard the journal.`;
  return [{ code: 'no-branch', message }];
}

/** A branch that another work tree has checked out is not moved under it. */
async function takenElsewhere({ git, places, homeless }: UndoTools, journal: Journal, now: Ids): Promise<Refusal[]> {
  const elsewhere = new Map(await readWorktrees(git, places));
  const head = readHead(places);
  if (homeless && head !== undefined) elsewhere.set(head.replace(/^refs\/heads\//, ''), places.root);
  if (elsewhere.size === 0) return [];
  return movesBack(journal, now).flatMap(({ ref }) => {
    const place = elsewhere.get(localBranch(ref) ?? '');
    if (place === undefined) return [];
    const message = `'${localBranch(ref)}' is checked out at '${place}'. Check out another branch there, then undo.`;
    return [{ code: 'checked-out-elsewhere' as const, message }];
  });
}

/** A ref that is gone and has to be created again. */
interface Created {
  ref: string;
  now: null;
  to: string;
}

/** The refs that stand elsewhere than before. Those that are gone are created again. */
function movesBack(journal: Journal, now: Ids): (Moving | Created)[] {
  return Object.entries(journal.before.refs).flatMap(([ref, to]): (Moving | Created)[] => {
    const id = now[ref] ?? null;
    if (!isPutBack(ref) || id === to) return [];
    if (id !== null) return [{ ref, now: id, to }];
    return to === null ? [] : [{ ref, now: null, to }];
  });
}

/** All in one transaction, each from where it was found. */
async function restoreRefs(git: Git, moving: readonly (Moving | Created)[]): Promise<void> {
  const lines = moving.map(({ ref, now, to }) => {
    if (to === null) return `delete ${ref} ${now}`;
    return now === null ? `create ${ref} ${to}` : `update ${ref} ${to} ${now}`;
  });
  if (lines.length > 0) await must(git, ['update-ref', '--stdin'], `${lines.join('\n')}\n`);
}

function headOf({ before }: Journal): string[] {
  return before.headCommit === undefined ? [] : [before.headCommit];
}

/** HEAD first: a branch that is checked out is not deleted under it. */
async function restoreHead(git: Git, { before }: Journal): Promise<void> {
  if (before.headRef !== undefined) await must(git, ['symbolic-ref', 'HEAD', before.headRef]);
  else if (before.headCommit !== undefined) await must(git, ['update-ref', '--no-deref', 'HEAD', before.headCommit]);
}

/** Files into which the action wrote a version that it could not commit: what the user made of them is kept. */
async function restoreBumped({ git, places, keeper }: UndoTools, journal: Journal): Promise<Kept[]> {
  const work = journal.plan.steps[journal.step]?.work;
  if (work?.do !== 'bump' || !journal.begun) return [];
  const { bumpedText } = await import('../read/versions.bundle');
  const changed = (await git.read(['diff', '--name-only', '-z', 'HEAD', '--', ...work.files]))
    .split('\0')
    .filter(Boolean);
  const foreign: string[] = [];
  for (const path of changed) {
    const file = join(places.root, path);
    const before = await git.run(['show', `HEAD:${path}`]);
    const ours = existsSync(file) && readFileSync(file, 'utf8') === bumpedText(path, before.stdout, work.version);
    if (!ours) foreign.push(path);
  }
  const staged = !(await git.holds(['diff', '--cached', '--quiet', 'HEAD', '--', ...work.files]));
  const kept = foreign.length > 0 || staged ? await keeper.work() : [];
  if (changed.length > 0) await must(git, ['checkout', '-q', 'HEAD', '--', ...changed]);
  return kept;
}

/**
 * Moves index and work tree to the commit before, with changes that the user carries. Answers what is in the way.
 * After something was dropped there is no way back: then what is in the way is kept and overwritten.
 */
async function restoreTree(
  { git, places, keeper }: UndoTools,
  { before }: Journal,
  dropped: boolean,
): Promise<{ kept: Kept[] } | { message: string }> {
  const target = before.headCommit;
  if (target === undefined) return { kept: [] };
  const head = await git.run(['rev-parse', '--quiet', '--verify', 'HEAD']);
  if (head.code !== 0 || head.stdout.trim() === target) return { kept: [] };
  // Otherwise git takes a file that was only touched for a changed one.
  await git.run(['update-index', '-q', '--refresh'], { patient: true });
  const answer = await git.run(['read-tree', '-m', '-u', 'HEAD', target], { patient: true });
  if (answer.code === 0) return { kept: [] };
  if (!dropped) {
    const said = complaint(answer).replace(/\.$/, '');
    return { message: `Files are in the way: ${said}. Commit, stash or move them, then undo.` };
  }
  const kept = await keeper.work(await untrackedUnder(git, places, target));
  await must(git, ['read-tree', '--reset', '-u', target]);
  return { kept };
}

/** Untracked files that stand where the commit has its own. */
async function untrackedUnder(git: Git, places: Places, target: string): Promise<string[]> {
  // Seen from the commit, what the index lacks was deleted.
  const output = await git.read(['diff', '--cached', '--name-only', '-z', '--no-renames', '--diff-filter=D', target]);
  return output
    .split('\0')
    .filter((path) => path !== '' && lstatSync(join(places.root, path), { throwIfNoEntry: false }));
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

/**
 * Lets git look at the files anew. One that a check-out has written with other line ends than it had before has another
 * length than the index says, and git takes that for a change, whatever is in it.
 */
async function refresh(git: Git, places: Places): Promise<void> {
  if (await git.holds(['update-index', '--refresh'])) return;
  const listed = await git.read(['diff-files', '-z', '--diff-filter=M', '--ignore-submodules=all']);
  const words = listed.split('\0');
  const changed = words.flatMap((word, i) => {
    const [, mode, id] = /^:(\d+) \d+ ([0-9a-f]+) /.exec(word) ?? [];
    return mode === undefined || id === undefined ? [] : [{ mode, id, path: words[i + 1] ?? '' }];
  });
  const blobs = await blobsOfFiles(
    git,
    places,
    changed.map(({ path }) => path),
  );
  const same = changed.filter(({ id, path }) => blobs.get(path) === id);
  if (same.length === 0) return;
  const input = same.map(({ mode, id, path }) => `${mode} ${id} 0\t${path}\0`).join('');
  await must(git, ['update-index', '-z', '--index-info'], input);
  await git.run(['update-index', '-q', '--refresh']);
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

/** The action's stash after it was put back: what was in it may have changed since, so it stays with what is kept. */
async function keepPopped({ git, keeper }: UndoTools, { made }: Journal): Promise<Kept[]> {
  const id = made['refs/stash'];
  return id != null && (await git.holds(['cat-file', '-e', id])) ? keeper.stash(id) : [];
}

/** What the action stashed comes back, staged as it was. Undefined where there was nothing. */
async function putChangesBack({ git, keeper }: UndoTools, journal: Journal): Promise<Kept[] | undefined> {
  const stashes = journal.plan.steps.some(({ work }) => work.do === 'stash');
  const name = stashes ? await findStash(git, journal) : undefined;
  if (name === undefined) return undefined;
  const kept = await keeper.stash(name);
  await must(git, ['stash', 'pop', '-q', '--index', name]);
  return kept;
}

/**
 * What has reached the remote and stays there: steps that were done, and of the one that was interrupted what the
 * remote-tracking refs show, since git moves them when the remote has taken it.
 */
async function pushedBy({ git, places }: UndoTools, journal: Journal): Promise<string[]> {
  const pushed: string[] = [];
  for (const { remote, index, title, work } of journal.plan.steps) {
    if (!remote || index > journal.step) continue;
    if (index < journal.step) pushed.push(title);
    else if (journal.begun && work.do === 'push') {
      const sources = work.refspecs.map((refspec) => refspec.split(':')[0] ?? '');
      const tracked = sources.map((ref) => ref.replace('refs/heads/', `refs/remotes/${work.remote}/`));
      const there = await readIds(git, places, tracked);
      const made = sources.filter(
        (ref, i) => journal.made[ref] != null && there[tracked[i] ?? ''] === journal.made[ref],
      );
      if (made.length > 0) pushed.push(title);
    } else if (journal.begun && work.do === 'deleteRemoteBranch') {
      const ref = `refs/remotes/${work.remote}/${work.branch}`;
      if ((await readIds(git, places, [ref]))[ref] === null) pushed.push(title);
    }
  }
  return pushed;
}

async function must(git: Git, args: string[], input?: string): Promise<void> {
  const answer = await git.run(args, { patient: true, ...(input === undefined ? {} : { input }) });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}
