/** Before going on or back: what an interrupted git command left is brought to an end. */
import type { Git } from '../git/git';
import { complaint } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import { tellKept, type Kept } from '../model/kept';
import type { Operation, Work } from '../model/model';
import { operationInProgress, readStatus } from '../read/snapshot';
import type { Journal } from './journal';
import type { Keeper } from './keep';
import { clearLocks } from './locks';
import { holdsMore } from './origins';
import { lookForRepair, repair } from './repair';
import { findStash } from './stash';
import { touchedRefs } from './touched';

/** Nothing is in the way, or what is. */
export type Settled =
  | { status: 'settled'; /** What had to be put aside. */ kept: Kept[] }
  | { status: 'conflict'; files: string[]; message: string }
  | { status: 'blocked'; code: 'dirty' | 'in-progress' | 'busy'; message: string };

export interface SettleTools {
  git: Git;
  graph: Graph;
  places: Places;
  keeper: Keeper;
}

/** What git is in the middle of and a step can leave. */
type Own = 'merge' | 'squash' | 'rebase' | 'revert';

const settled: Settled = { status: 'settled', kept: [] };

/** Can this step leave a merge or rebase in progress? One that is found beside any other step is the user's own. */
export function leavesOperation(work: Work | undefined): boolean {
  return work !== undefined && ['merge', 'squash', 'rebase', 'pull', 'revert'].includes(work.do);
}

/** The process of the action died: who knows what git was doing. */
export function isCrashed({ status }: Journal): boolean {
  return status === 'running' || status === 'undoing';
}

function inTheWayOf(operation: Operation, how: 'resume' | 'undo'): Settled {
  const message = `A ${operation} is in progress. Finish or abort it, then ${how}.`;
  return { status: 'blocked', code: 'in-progress', message };
}

function isOwn(operation: Operation | undefined, work: Work | undefined): operation is Own {
  const can = operation === 'merge' || operation === 'squash' || operation === 'rebase' || operation === 'revert';
  return can && leavesOperation(work);
}

/**
 * Brings the interrupted step to an end, so that it can be recognised as done, or done again: a merge that the user
 * has resolved is committed, one that was cut off is dropped, with what the user has put into it kept.
 */
export async function settleForResume(tools: SettleTools, journal: Journal): Promise<Settled> {
  const locked = await unlocked(tools.places, journal);
  if (locked) return locked;
  const { git, places } = tools;
  const work = journal.plan.steps[journal.step]?.work;
  const status = await readStatus(git, places);
  const operation = operationInProgress(places.gitDir, status);
  if (operation !== undefined && operation !== 'bisect' && !isOwn(operation, work)) {
    return inTheWayOf(operation, 'resume');
  }
  if (status.conflicts.length > 0) {
    const message = `Conflicts are left in ${status.conflicts.join(', ')}. Resolve them, then resume.`;
    return { status: 'conflict', files: status.conflicts, message };
  }
  let kept: Kept[] = [];
  if (isOwn(operation, work)) {
    if (await isCommitted(tools, operation, work)) await git.run(['merge', '--quit']);
    else if (await isCutOff(tools, journal, operation)) {
      kept = await keepWork(tools, journal);
      await drop(git, operation);
    } else {
      const ended = await concludeStaged(tools, operation, status.unstaged);
      if (ended.status !== 'settled') return ended;
    }
  }
  const clean = await cleanAgain(tools, journal);
  if (clean.status === 'settled') return { ...clean, kept: [...kept, ...clean.kept] };
  if (clean.status === 'blocked') return { ...clean, message: [clean.message, ...tellKept(kept)].join(' ') };
  return clean;
}

/** Only what was resolved is the user's to commit; what was cut off before it came to a conflict is done again. */
async function isCutOff({ git }: SettleTools, journal: Journal, operation: Own): Promise<boolean> {
  if (operation === 'rebase' && journal.status === 'failed') return true;
  if (!isCrashed(journal)) return false;
  // Git remembers conflicts that were resolved.
  return (await git.read(['ls-files', '--resolve-undo'])).trim() === '';
}

/** Is anything in the way of undoing? Nothing is changed but locks of git processes that are gone. */
export async function checkForUndo(tools: SettleTools, journal: Journal): Promise<Settled> {
  const locked = await unlocked(tools.places, journal);
  if (locked) return locked;
  const { git, places } = tools;
  const operation = operationInProgress(places.gitDir, await readStatus(git, places));
  const work = journal.plan.steps[journal.step]?.work;
  if (isOwn(operation, work)) return settled;
  if (operation !== undefined && operation !== 'bisect') return inTheWayOf(operation, 'undo');
  return looksClean(tools, journal);
}

/** Drops what the action left in progress, with the work in it kept. Answers whether anything was dropped. */
export async function settleForUndo(tools: SettleTools, journal: Journal): Promise<{ kept: Kept[]; dropped: boolean }> {
  const { git, places } = tools;
  const operation = operationInProgress(places.gitDir, await readStatus(git, places));
  const work = journal.plan.steps[journal.step]?.work;
  const kept = await keepWork(tools, journal);
  if (!isOwn(operation, work)) {
    const clean = await cleanAgain(tools, journal);
    return { kept: clean.status === 'settled' ? [...kept, ...clean.kept] : kept, dropped: kept.length > 0 };
  }
  if (await isCommitted(tools, operation, work)) await git.run(['merge', '--quit']);
  else await drop(git, operation);
  return { kept, dropped: true };
}

/** The merge of the step is committed, and git was only cut off while tidying up. */
async function isCommitted({ graph }: SettleTools, operation: Own, work: Work | undefined): Promise<boolean> {
  if (operation !== 'merge' || work?.do !== 'merge') return false;
  const [head, source] = await Promise.all([graph.commit('HEAD'), graph.commit(work.source)]);
  return head !== undefined && source !== undefined && graph.contains(head, source);
}

/** Keeps index and tracked files where they hold anything that could not be had again, and a detached HEAD's commits. */
async function keepWork({ git, places, keeper }: SettleTools, journal: Journal): Promise<Kept[]> {
  const head = await keeper.head();
  const more = !carries(journal) && (await holdsMore(git, places, journal, refsOf(journal)));
  return more ? [...head, ...(await keeper.work())] : head;
}

async function drop(git: Git, operation: Own): Promise<void> {
  const command = {
    merge: ['merge', '--abort'],
    rebase: ['rebase', '--abort'],
    revert: ['revert', '--abort'],
    squash: ['reset', '-q', '--merge'],
  }[operation];
  const answer = await git.run(command, { patient: true });
  if (answer.code === 0) return;
  // What is kept already may stand in its way.
  const forced = operation === 'rebase' ? undefined : await git.run(['reset', '-q', '--hard'], { patient: true });
  if (forced?.code !== 0) throw new Error(`The ${operation} in progress could not be dropped: ${complaint(answer)}`);
}

/** Commits what the user has resolved, once all of it is staged. */
async function concludeStaged(tools: SettleTools, operation: Own, unstaged: boolean): Promise<Settled> {
  if (!unstaged) return conclude(tools, operation);
  const message = 'There are changes that are not staged. Stage what belongs to the merge, then resume.';
  return { status: 'blocked', code: 'dirty', message };
}

async function conclude({ git, places }: SettleTools, operation: Own): Promise<Settled> {
  const command =
    operation === 'rebase' || operation === 'revert' ? [operation, '--continue'] : ['commit', '-q', '--no-edit'];
  const answer = await git.run(command, { patient: true });
  if (answer.code === 0) return settled;
  const { conflicts } = await readStatus(git, places);
  if (conflicts.length > 0) {
    const message = `The next commit conflicts in ${conflicts.join(', ')}. Resolve it, then resume.`;
    return { status: 'conflict', files: conflicts, message };
  }
  const message = `The ${operation} could not be committed: ${complaint(answer)}`;
  return { status: 'blocked', code: 'in-progress', message };
}

/** Actions that take uncommitted changes along. */
export function carries({ plan }: Journal): boolean {
  const { action } = plan.request;
  return action === 'start' || action === 'checkout' || action === 'rename';
}

/** The refs whose commits tell which files are git's. */
function refsOf(journal: Journal): string[] {
  const stash = journal.plan.steps.some(({ work }) => work.do === 'stash');
  return [
    ...touchedRefs(journal.plan.steps.map(({ work }) => work)),
    ...Object.keys(journal.before.refs),
    ...(stash ? ['refs/stash'] : []),
  ];
}

/** Would the work tree be clean, where the action began so? */
async function looksClean(tools: SettleTools, journal: Journal): Promise<Settled> {
  if (await changesAreTheUsers(tools, journal)) return settled;
  const { foreign } = await lookForRepair(tools.git, tools.places, journal, refsOf(journal));
  return foreign.length === 0 ? settled : dirty(foreign);
}

/** The work tree has to be clean, where the action began so. */
async function cleanAgain(tools: SettleTools, journal: Journal): Promise<Settled> {
  const stash = journal.plan.steps.find(({ work }) => work.do === 'stash');
  if (stash && journal.step <= stash.index) return finishStash(tools, journal);
  if (await changesAreTheUsers(tools, journal)) return settled;
  const { git, places, keeper } = tools;
  const found = await lookForRepair(git, places, journal, refsOf(journal));
  if (found.foreign.length > 0) return dirty(found.foreign);
  const kept = found.reset && (await holdsMore(git, places, journal, refsOf(journal))) ? await keeper.work() : [];
  await repair(git, places, found);
  return { status: 'settled', kept };
}

/** The changes of these actions are the user's, who has taken them along or has them back. */
async function changesAreTheUsers({ git }: SettleTools, journal: Journal): Promise<boolean> {
  if (carries(journal)) return true;
  const stash = journal.plan.steps.find(({ work }) => work.do === 'stash');
  // Not put away yet, or put back already.
  return stash !== undefined && (journal.step <= stash.index || (await findStash(git, journal)) === undefined);
}

function dirty(files: readonly string[]): Settled {
  const message = `${files.slice(0, 3).join(', ')} ${files.length === 1 ? 'has' : 'have'} uncommitted changes. Commit or stash them, then try again.`;
  return { status: 'blocked', code: 'dirty', message };
}

/** `git stash` was cut off between keeping the changes and removing them: they are removed, if they are kept whole. */
async function finishStash({ git, places }: SettleTools, journal: Journal): Promise<Settled> {
  const name = await findStash(git, journal);
  const { changed } = await readStatus(git, places);
  if (name === undefined || changed.length === 0) return settled;
  const staged = async (commit: string): Promise<boolean> => git.holds(['diff', '--cached', '--quiet', commit]);
  if ((await git.holds(['diff', '--quiet', name])) && ((await staged(`${name}^2`)) || (await staged('HEAD')))) {
    await git.run(['read-tree', '--reset', '-u', 'HEAD'], { patient: true });
    return settled;
  }
  const message = `There are changes that ${name} does not have. Commit or stash them, then try again.`;
  return { status: 'blocked', code: 'dirty', message };
}

async function unlocked(places: Places, journal: Journal): Promise<Settled | undefined> {
  const left = await clearLocks(places, journal);
  if (left.length === 0) return undefined;
  const message = `Another program works in this repository. Wait for it; if there is none, delete ${left.join(', ')}.`;
  return { status: 'blocked', code: 'busy', message };
}
