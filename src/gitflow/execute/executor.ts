/** Executing plans under a journal. */
import { randomUUID } from 'node:crypto';
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Journal, JournalStore } from './journal';
import type { ExecuteOptions, Outcome, Plan, Step, StepState } from '../model/model';
import type { Performer, StepResult } from './perform';
import type { Places } from '../git/places';
import { isDone } from './recognise';
import { keepSafe, releaseSafe } from './safety';

interface Run {
  git: Git;
  graph: Graph;
  places: Places;
  store: JournalStore;
  performer: Performer;
  options: ExecuteOptions;
}

/** A journal for a plan that is about to begin. `earlier` is the journal of a run that this one continues. */
export function newJournal(plan: Plan, places: Places, earlier?: Journal): Journal {
  return {
    version: 1,
    id: randomUUID(),
    plan,
    worktree: places.root,
    gitDir: places.gitDir,
    pid: process.pid,
    startedAt: Date.now(),
    step: 0,
    // It is written just before the first step, which so needs no line of its own.
    begun: true,
    status: 'running',
    message: '',
    files: [],
    conflicted: [],
    rebased: {},
    // Undoing goes back to before the first attempt.
    before: earlier ? { ...earlier.before, refs: { ...plan.observed.refs, ...earlier.before.refs } } : plan.observed,
  };
}

/** Does the steps that are left. With `resuming` each step is first looked for in the graph. */
export async function runSteps(run: Run, journal: Journal, resuming: boolean): Promise<Outcome> {
  const { store, options } = run;
  const { plan } = journal;
  const warnings = [...plan.warnings];
  if (!resuming) await keepSafe(run.git, journal);
  for (const step of plan.steps.slice(journal.step)) {
    if (options.signal?.aborted) {
      journal.begun = false;
      return stop(run, journal, step, {
        status: 'cancelled',
        message: `Stopped before '${step.title}'. Resume it, or undo it.`,
      });
    }
    const known = resuming && (await isDone(run, journal, step));
    if (!known) {
      if (journal.step !== step.index || !journal.begun) {
        Object.assign(journal, { step: step.index, begun: true });
        store.note(journal);
      }
      tell(options, step, 'running');
      const result = await attempt(run, step);
      if (result.status !== 'done') return stop(run, journal, step, result);
      if (result.warning !== undefined) warnings.push(result.warning);
    }
    tell(options, step, known ? 'skipped' : 'done');
    if (step.work.do === 'rebase')
      journal.rebased[step.work.branch] = (await run.graph.commit(`refs/heads/${step.work.branch}`)) ?? '';
    journal.step = step.index + 1;
    journal.begun = false;
  }
  store.note(journal);
  await releaseSafe(run.git, journal);
  store.remove(journal);
  return { status: 'done', plan, summary: plan.summary, warnings };
}

async function attempt({ performer }: Run, step: Step): Promise<StepResult> {
  try {
    return await performer.perform(step);
  } catch (error) {
    return {
      status: 'failed',
      stderr: '',
      message: `${step.title}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

type Stopped = Exclude<StepResult, { status: 'done' }> | { status: 'cancelled'; message: string };

/** Leaves the journal for resuming or undoing; one of an action that has changed nothing yet is dropped. */
async function stop(run: Run, journal: Journal, step: Step, result: Stopped): Promise<Outcome> {
  const { plan } = journal;
  const { options, store } = run;
  if (result.status !== 'cancelled') tell(options, step, result.status);
  const untouched = plan.steps.slice(0, step.index).every(({ work }) => work.do === 'hook');
  const harmless = result.status === 'cancelled' || (result.status === 'failed' && !result.cutOff && alone(step));
  if (untouched && harmless && journal.before === plan.observed) {
    await releaseSafe(run.git, journal);
    store.remove(journal);
  } else {
    journal.status = result.status === 'conflict' ? 'conflict' : 'failed';
    journal.message = result.message;
    journal.files = result.status === 'conflict' ? result.files : [];
    if (result.status === 'conflict') journal.conflicted.push(step.index);
    store.write(journal);
  }
  const place = { plan, step: step.index, message: result.message };
  if (result.status === 'conflict') return { status: 'conflict', ...place, files: result.files };
  if (result.status === 'failed') return { status: 'failed', ...place, stderr: result.stderr };
  return { status: 'cancelled', ...place };
}

/** When it fails it has changed nothing: it is one command, and no merge. */
function alone({ work, commands }: Step): boolean {
  return commands.length === 1 && work.do !== 'merge' && work.do !== 'pull' && work.do !== 'stash';
}

function tell(options: ExecuteOptions, step: Step, state: StepState): void {
  options.onStep?.({ index: step.index, step, state });
}
