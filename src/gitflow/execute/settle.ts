/** Before going on or back: what an interrupted git command left is brought to an end. */
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Git } from '../git/git';
import { complaint } from '../git/git';
import type { Graph } from '../git/graph';
import type { Journal } from './journal';
import type { Operation, Work } from '../model/model';
import { findStash } from './perform';
import type { Places } from '../git/places';
import { repairTree } from './repair';
import { operationInProgress, readStatus } from '../read/snapshot';
import { touchedRefs } from './touched';

/** Nothing is in the way, or what is. */
export type Settled =
  | { status: 'settled' }
  | { status: 'conflict'; files: string[]; message: string }
  | { status: 'blocked'; code: 'dirty' | 'in-progress' | 'busy'; message: string };

interface Tools {
  git: Git;
  graph: Graph;
  places: Places;
}

const settled: Settled = { status: 'settled' };

/** Can this step leave a merge or rebase in progress? One that is found beside any other step is the user's own. */
export function leavesOperation(work: Work | undefined): boolean {
  return work !== undefined && ['merge', 'squash', 'rebase', 'pull'].includes(work.do);
}

function inTheWayOf(operation: Operation, how: 'resume' | 'undo'): Settled {
  const message = `A ${operation} is in progress. Finish or abort it, then ${how}.`;
  return { status: 'blocked', code: 'in-progress', message };
}

/**
 * Brings the interrupted step to an end, so that it can be recognised as done, or done again: a merge that the user
 * has resolved is committed, one that was cut off is dropped.
 */
export async function settleForResume(tools: Tools, journal: Journal): Promise<Settled> {
  const locked = await clearLocks(tools.places, journal);
  if (locked.status !== 'settled') return locked;
  const { git, places } = tools;
  const crashed = journal.status === 'running' || journal.status === 'undoing';
  const work = journal.plan.steps[journal.step]?.work;
  const status = await readStatus(git, places);
  const operation = operationInProgress(places.gitDir, status);

  if (operation !== undefined && operation !== 'bisect' && !leavesOperation(work))
    return inTheWayOf(operation, 'resume');
  if (status.conflicts.length > 0) {
    const message = `Conflicts are left in ${status.conflicts.join(', ')}. Resolve them, then resume.`;
    return { status: 'conflict', files: status.conflicts, message };
  }
  if (operation === 'merge' && (await isCommitted(tools, work))) {
    await git.run(['merge', '--quit']);
  } else if (operation === 'merge' || operation === 'squash' || operation === 'rebase') {
    // Only a conflict is the user's to resolve; what was cut off is done again.
    if (crashed || (operation === 'rebase' && journal.status === 'failed')) await drop(git, operation);
    else {
      if (status.unstaged) {
        return {
          status: 'blocked',
          code: 'dirty',
          message: 'There are changes that are not staged. Stage what belongs to the merge, then resume.',
        };
      }
      const ended = await conclude(tools, operation);
      if (ended.status !== 'settled') return ended;
    }
  } else if (operation !== undefined && operation !== 'bisect') {
    return inTheWayOf(operation, 'resume');
  }
  return cleanAgain(tools, journal);
}

/** As `settleForResume`, to go back: whatever is under way is dropped. */
export async function settleForUndo(tools: Tools, journal: Journal): Promise<Settled> {
  const locked = await clearLocks(tools.places, journal);
  if (locked.status !== 'settled') return locked;
  const { git, places } = tools;
  const status = await readStatus(git, places);
  const operation = operationInProgress(places.gitDir, status);
  const work = journal.plan.steps[journal.step]?.work;
  if (operation !== undefined && operation !== 'bisect' && !leavesOperation(work)) {
    return inTheWayOf(operation, 'undo');
  }
  if (operation === 'merge' && (await isCommitted(tools, work))) {
    await git.run(['merge', '--quit']);
  } else if (operation === 'merge' || operation === 'squash' || operation === 'rebase') {
    await drop(git, operation);
  } else if (operation !== undefined && operation !== 'bisect') {
    return inTheWayOf(operation, 'undo');
  }
  return cleanAgain(tools, journal);
}

/** The merge of the step is committed, and git was only cut off while tidying up. */
async function isCommitted({ graph }: Tools, work: Work | undefined): Promise<boolean> {
  if (work?.do !== 'merge') return false;
  const [head, source] = await Promise.all([graph.commit('HEAD'), graph.commit(work.source)]);
  return head !== undefined && source !== undefined && graph.contains(head, source);
}

async function drop(git: Git, operation: 'merge' | 'squash' | 'rebase'): Promise<void> {
  const command = { merge: ['merge', '--abort'], rebase: ['rebase', '--abort'], squash: ['reset', '-q', '--merge'] }[
    operation
  ];
  const answer = await git.run(command, { patient: true });
  if (answer.code !== 0) throw new Error(`The ${operation} in progress could not be dropped: ${complaint(answer)}`);
}

/** Commits what the user has resolved. */
async function conclude({ git, places }: Tools, operation: 'merge' | 'squash' | 'rebase'): Promise<Settled> {
  const command = operation === 'rebase' ? ['rebase', '--continue'] : ['commit', '-q', '--no-edit'];
  const answer = await git.run(command, { patient: true });
  if (answer.code === 0) return settled;
  const { conflicts } = await readStatus(git, places);
  if (conflicts.length > 0) {
    return {
      status: 'conflict',
      files: conflicts,
      message: `The next commit conflicts in ${conflicts.join(', ')}. Resolve it, then resume.`,
    };
  }
  return {
    status: 'blocked',
    code: 'in-progress',
    message: `The ${operation} could not be committed: ${complaint(answer)}`,
  };
}

/** The work tree has to be clean, where the action began so. */
async function cleanAgain(tools: Tools, journal: Journal): Promise<Settled> {
  const { request } = journal.plan;
  const carries = request.action === 'start' || request.action === 'checkout' || request.action === 'rename';
  if (carries) return settled;
  const { changed } = await readStatus(tools.git, tools.places);
  const stash = journal.plan.steps.find(({ work }) => work.do === 'stash');
  if (stash) {
    // Not put away yet, or put back already: the changes are the user's.
    if (journal.step <= stash.index) return finishStash(tools.git, changed);
    if ((await findStash(tools.git)) === undefined) return settled;
  }
  const crashed = journal.status === 'running' || journal.status === 'undoing';
  if (changed.length === 0 && !crashed) return settled;
  const refs = [
    ...touchedRefs(journal.plan.steps.map(({ work }) => work)),
    ...Object.keys(journal.before.refs),
    ...(stash ? ['refs/stash'] : []),
  ];
  const foreign = await repairTree(tools.git, tools.places, journal, refs);
  if (foreign.length === 0) return settled;
  return {
    status: 'blocked',
    code: 'dirty',
    message: `${foreign.slice(0, 3).join(', ')} ${foreign.length === 1 ? 'has' : 'have'} uncommitted changes. Commit or stash them, then try again.`,
  };
}

/** `git stash` was cut off between keeping the changes and removing them: they are removed, if they are kept whole. */
async function finishStash(git: Git, changed: readonly string[]): Promise<Settled> {
  const name = await findStash(git);
  if (name === undefined || changed.length === 0) return settled;
  if (await git.holds(['diff', '--quiet', name])) {
    await git.run(['read-tree', '--reset', '-u', 'HEAD'], { patient: true });
    return settled;
  }
  return {
    status: 'blocked',
    code: 'dirty',
    message: `There are changes that ${name} does not have. Commit or stash them, then try again.`,
  };
}

/**
 * Waits for locks that another git process holds, and for a git that has outlived our interrupted process. A lock
 * that our own interrupted git left is removed: it is younger than the action, and no git runs in this repository.
 */
async function clearLocks(places: Places, journal: Journal): Promise<Settled> {
  const crashed = journal.status === 'running' || journal.status === 'undoing';
  for (let tries = 0; tries < 20; tries++) {
    const running = crashed && gitRuns(places) === true;
    const locks = findLocks(places);
    if (!running && locks.length === 0) return settled;
    if (tries > 2 && !running && gitRuns(places) === false) break;
    await sleep(100);
  }
  const left = findLocks(places);
  if (left.length === 0) return settled;
  const ours = left.every((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= journal.startedAt);
  if (ours && gitRuns(places) === false) {
    for (const file of left) rmSync(file, { force: true });
    return settled;
  }
  const names = left.join(', ');
  const message = `Another git process works in this repository. Wait for it; if there is none, delete ${names}.`;
  return { status: 'blocked', code: 'busy', message };
}

/** The lock files that stand in the way, and the file that git writes packed refs to. */
function findLocks({ gitDir, commonDir }: Places): string[] {
  const single = [...new Set([gitDir, commonDir])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.lock') || name === 'packed-refs.new')
      .map((name) => join(folder, name)),
  );
  const refs = join(commonDir, 'refs');
  // No ref's own name ends so.
  const locked = readdirSync(refs, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.lock'));
  return [...single, ...locked.map((path) => join(refs, path))];
}

/** Does a git process run in this repository? Undefined where the system does not show it. */
function gitRuns({ root, gitDir, commonDir }: Places): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    for (const id of readdirSync('/proc')) {
      if (!/^\d+$/.test(id)) continue;
      if (!/\/git[^/]*( \(deleted\))?$/.test(link(`/proc/${id}/exe`))) continue;
      const directory = link(`/proc/${id}/cwd`);
      if ([root, gitDir, commonDir].some((place) => directory === place || directory.startsWith(`${place}/`)))
        return true;
    }
    return false;
  } catch {
    return undefined;
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // The process has ended, or is another user's.
    return '';
  }
}
