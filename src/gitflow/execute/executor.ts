/** Executing plans under a journal. */
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import { tellKept } from '../model/kept';
import type { ExecuteOptions, Outcome, Plan, Step, StepState } from '../model/model';
import { readHead, readIds, readIndexId } from './identity';
import type { Journal, JournalStore } from './journal';
import { homeOf, newId } from './journal';
import type { Keeper } from './keep';
import { blobsOfFiles, changesOf } from './origins';
import { thisProcess } from './owner';
import type { Performer, StepResult } from './perform';
import { operationInProgress, readStatus } from '../read/snapshot';
import { isDone } from './recognise';
import { keepSafe, releaseSafe } from './safety';
import { touchedRefs } from './touched';

export interface Run {
  git: Git;
  graph: Graph;
  places: Places;
  store: JournalStore;
  performer: Performer;
  keeper: Keeper;
  options: ExecuteOptions;
}

/** A journal for a plan that is about to begin. `earlier` is the journal of a run that this one continues. */
export function newJournal(plan: Plan, places: Places, earlier?: Journal): Journal {
  const now = new Date();
  return {
    version: 2,
    id: newId(now),
    plan,
    worktree: places.root,
    home: homeOf(places),
    owner: thisProcess(),
    startedAt: now.getTime(),
    at: now.getTime(),
    step: 0,
    // It is written just before the first step, which so needs no line of its own.
    begun: true,
    made: { ...earlier?.made },
    status: 'running',
    message: '',
    files: [],
    // Undoing goes back to before the first attempt.
    before: earlier ? { ...earlier.before, refs: { ...plan.observed.refs, ...earlier.before.refs } } : plan.observed,
  };
}

/** Does the steps of an action that has just begun. */
export async function runSteps(run: Run, journal: Journal): Promise<Outcome> {
  return doSteps(run, journal, undefined);
}

/** Does the steps that are left; each is first looked for in the repository, as it was when the action stopped. */
export async function resumeSteps(run: Run, journal: Journal): Promise<Outcome> {
  const stopped = { ...journal };
  Object.assign(journal, { status: 'running', message: '', files: [], owner: thisProcess(), leftBehind: undefined });
  run.store.write(journal);
  return doSteps(run, journal, stopped);
}

async function doSteps(run: Run, journal: Journal, stopped: Journal | undefined): Promise<Outcome> {
  const { store, options } = run;
  const { plan } = journal;
  const warnings = [...plan.warnings];
  await keepSafe(run.git, journal);
  if (plan.endsOn !== undefined) warnings.push(...tellKept(await run.keeper.head()));
  const overwrites = stopped === undefined ? plan.overwrites : undefined;
  if (overwrites !== undefined) warnings.push(...tellKept(await run.keeper.untracked(overwrites)));
  for (const step of plan.steps.slice(journal.step)) {
    if (options.signal?.aborted) {
      journal.begun = false;
      return stop(run, journal, step, {
        status: 'cancelled',
        message: `Stopped before '${step.title}'. Resume it, or undo it.`,
      });
    }
    const known = stopped !== undefined && (await isDone(run, stopped, step));
    if (!known) {
      if (journal.step !== step.index || !journal.begun) {
        Object.assign(journal, { step: step.index, begun: true });
        store.note(journal);
      }
      tell(options, step, 'running');
      const result = await attempt(run, journal, step);
      if (result.status !== 'done') return stop(run, journal, step, result);
      if (result.warning !== undefined) warnings.push(result.warning);
    }
    tell(options, step, known ? 'skipped' : 'done');
    await noteMade(run, journal, step);
    Object.assign(journal, { step: step.index + 1, begun: false });
  }
  // What a resumed action leaves without a branch stays until the next one begins: who knows what was seen of it.
  if (stopped === undefined) {
    // All is done: what is let go of from here on is what the action was asked to leave without a branch.
    store.note(journal);
    await releaseSafe(run.git, journal);
  }
  store.finish(journal);
  return { status: 'done', plan, summary: plan.summary, warnings };
}

/** Takes down what the step has made. A hook may have moved anything. */
async function noteMade({ git, places }: Run, journal: Journal, { work }: Step): Promise<void> {
  const refs = work.do === 'hook' ? Object.keys(journal.before.refs) : [...touchedRefs([work])];
  if (work.do === 'stash') refs.push('refs/stash');
  const made = await readIds(git, places, refs);
  Object.assign(journal.made, made);
  Object.assign(journal, { head: readHead(places), index: readIndexId(places) });
}

async function attempt({ performer }: Run, journal: Journal, step: Step): Promise<StepResult> {
  try {
    return await performer.perform(step, journal);
  } catch (error) {
    const message = `${step.title}: ${error instanceof Error ? error.message : String(error)}`;
    return { status: 'failed', stderr: '', message };
  }
}

type Stopped = Exclude<StepResult, { status: 'done' }> | { status: 'cancelled'; message: string };

/** Leaves the journal for resuming or undoing; one of an action that has changed nothing yet is dropped. */
async function stop(run: Run, journal: Journal, step: Step, result: Stopped): Promise<Outcome> {
  const { plan } = journal;
  const { options, store } = run;
  if (result.status !== 'cancelled') tell(options, step, result.status);
  const untouched = plan.steps.slice(0, step.index).every(({ work }) => work.do === 'hook');
  const waits = result.status === 'conflict' || (await isInTheMiddle(run));
  const harmless =
    result.status === 'cancelled' || (result.status === 'failed' && !result.cutOff && !waits && alone(step));
  const dropped = untouched && harmless && journal.before === plan.observed;
  const message = dropped || result.status !== 'failed' ? result.message : `${result.message} ${goOn(step)}`;
  if (dropped) {
    await releaseSafe(run.git, journal);
    store.remove(journal);
  } else {
    journal.status = result.status === 'conflict' ? 'conflict' : 'failed';
    journal.message = message;
    journal.files = result.status === 'conflict' ? result.files : [];
    if (result.status !== 'cancelled') await noteMade(run, journal, step);
    journal.waits = waits;
    journal.leftBehind = await leftBehind(run);
    store.write(journal);
  }
  const place = { plan, step: step.index, message };
  if (result.status === 'conflict') return { status: 'conflict', ...place, files: result.files };
  if (result.status === 'failed') return { status: 'failed', ...place, stderr: result.stderr };
  return { status: 'cancelled', ...place };
}

/** How it goes on where something waits. */
function goOn({ remote }: Step): string {
  return remote
    ? 'What was done here is kept: see to the cause, then resume, or undo.'
    : 'See to the cause, then resume, or undo.';
}

/** The tracked files that git left changed: whatever is in them now is git's. */
async function leftBehind({ git, places }: Run): Promise<Record<string, string>> {
  if (places.bare) return {};
  const { tracked } = await changesOf(git);
  return Object.fromEntries(await blobsOfFiles(git, places, tracked));
}

/** Is git in the middle of something that the user has to bring to an end? */
async function isInTheMiddle({ git, places }: Run): Promise<boolean> {
  return !places.bare && operationInProgress(places.gitDir, await readStatus(git, places)) !== undefined;
}

/** When it fails it has changed nothing: it is one command, and no merge. */
function alone({ work, commands }: Step): boolean {
  return commands.length === 1 && work.do !== 'merge' && work.do !== 'stash';
}

function tell(options: ExecuteOptions, step: Step, state: StepState): void {
  options.onStep?.({ index: step.index, step, state });
}
