/**
 * What can be done with a pipeline by its state, and what it leads to, in words. Pure.
 *
 * The rules are those of CodePipeline's user guide (start, stop, retry, roll back, conditions, transitions) and of the
 * members' documentation in its service model.
 */
import { count, shortId } from '../shared/format';
import { unread } from '../shared/status';
import { brings, runsBehind } from './commit';
import { type Board, type BoardStage, type ConditionKind, type DeliveryRun, revisionOf, subjectOf } from './model';

export type VerbId =
  | 'start'
  | 'stop'
  | 'abandon'
  | 'retryFailed'
  | 'retryAll'
  | 'rollback'
  | 'override'
  | 'approve'
  | 'reject'
  | 'enable'
  | 'disable';

/** Something that can be done now. */
export interface Verb {
  id: VerbId;
  /** On buttons. */
  title: string;
  /** What it leads to, in one or two sentences. */
  consequence: string;
}

/** A run as people tell it from others: its commit with what it says, else its id. */
export function tellRun(run: DeliveryRun | undefined, id = run?.id ?? ''): string {
  const revision = revisionOf(run);
  if (!revision) return `run ${shortId(id)}`;
  const subject = subjectOf(revision.message);
  return subject === undefined ? shortId(revision.id) : `${shortId(revision.id)} (${subject})`;
}

/** What starting does in a pipeline of this mode. */
export function startVerb(board: Board): Verb {
  const then: Readonly<Record<string, string>> = {
    SUPERSEDED: 'It passes older runs that wait before a stage: they become Superseded.',
    QUEUED: 'It waits before each stage until the older runs have left it.',
    PARALLEL: 'It runs beside the others.',
  };
  return {
    id: 'start',
    title: 'Start',
    consequence:
      `Starts a new run of ${board.pipeline} with the newest revision of each source, unless you choose others. ${then[board.mode] ?? ''}`.trim(),
  };
}

/** What can be done with a run as a whole. */
export function runVerbs(board: Board, run: DeliveryRun): Verb[] {
  if (run.status !== 'InProgress' && run.status !== 'Stopping') return [];
  const busy = board.stages.filter((stage) => stage.run === run.id).flatMap(({ actions }) => actions);
  const running = busy.filter(({ status }) => status === 'InProgress');
  const waiting = running.filter(({ isWaiting }) => isWaiting);
  const names = running.map(({ name }) => name).join(', ');
  const stop: Verb = {
    id: 'stop',
    title: 'Stop',
    consequence:
      waiting.length > 0
        ? `The run stops when ${waiting.map(({ name }) => name).join(', ')} has been decided or has timed out, and stays Stopping until then. Stop and Abandon does not wait.`
        : running.length > 0
          ? `${names} may finish; nothing new starts, and the run becomes Stopped.`
          : 'Nothing new starts, and the run becomes Stopped.',
  };
  const abandon: Verb = {
    id: 'abandon',
    title: 'Stop and Abandon',
    consequence:
      running.length > 0
        ? `The run becomes Stopped at once. ${names} ${running.length === 1 ? 'is' : 'are'} abandoned: what ${running.length === 1 ? 'it has' : 'they have'} started in other services may go on there.`
        : 'The run becomes Stopped at once.',
  };
  return run.status === 'Stopping' ? [abandon] : [stop, abandon];
}

/** What can be done with a stage. */
export function stageVerbs(board: Board, stage: BoardStage, runs: readonly DeliveryRun[]): Verb[] {
  if (stage.status === unread) return [];
  return [
    ...retryVerbs(stage, runs),
    ...overrideVerbs(stage),
    ...rollbackVerbs(board, stage),
    ...transitionVerbs(board, stage),
  ];
}

function retryVerbs(stage: BoardStage, runs: readonly DeliveryRun[]): Verb[] {
  if (stage.status !== 'Failed' && stage.status !== 'Stopped') return [];
  const failed = stage.actions.filter(({ status }) => status === 'Failed' || status === 'Abandoned');
  const run = tellRun(
    runs.find(({ id }) => id === stage.run),
    stage.run,
  );
  const goesOn = `in this same run, ${run}; it goes on from ${stage.name}, not from its source`;
  const some: Verb = {
    id: 'retryFailed',
    title: 'Retry Failed Actions',
    consequence: `Retries the ${failed.length === 1 ? 'failed action' : `${failed.length} failed actions`} of ${stage.name} ${goesOn}.`,
  };
  const all: Verb = {
    id: 'retryAll',
    title: 'Retry Stage',
    consequence: `Runs all ${count(stage.actions.length, 'action')} of ${stage.name} again ${goesOn}.`,
  };
  const isIdle = stage.actions.every(({ status }) => status !== 'InProgress');
  return [...(failed.length > 0 ? [some] : []), ...(isIdle ? [all] : [])];
}

/** Conditions that can be passed: those before a stage and after its success that have failed. */
export function overridable(stage: BoardStage): Extract<ConditionKind, 'BEFORE_ENTRY' | 'ON_SUCCESS'>[] {
  return stage.conditions.flatMap(({ kind, status }) =>
    kind !== 'ON_FAILURE' && (status === 'Failed' || status === 'Errored' || status === 'InProgress') ? [kind] : [],
  );
}

function overrideVerbs(stage: BoardStage): Verb[] {
  const [kind] = overridable(stage);
  if (kind === undefined) return [];
  const rules = stage.conditions
    .filter((condition) => condition.kind === kind)
    .flatMap((condition) => condition.rules.map(({ name }) => name));
  const then = kind === 'BEFORE_ENTRY' ? `the run enters ${stage.name}` : `the run leaves ${stage.name}`;
  return [
    {
      id: 'override',
      title: 'Override Condition',
      consequence: `The condition ${kind === 'BEFORE_ENTRY' ? 'before' : 'after'} ${stage.name} (${rules.join(', ')}) counts as passed: ${then} although its rules have not.`,
    },
  ];
}

function rollbackVerbs(board: Board, stage: BoardStage): Verb[] {
  const isSource = board.stages[0] === stage;
  if (isSource || board.mode === 'PARALLEL' || stage.run === undefined || stage.status === 'InProgress') return [];
  return [
    {
      id: 'rollback',
      title: 'Roll Back Stage…',
      consequence: `Starts a new run that does ${stage.name} again with the artifacts and variables of an earlier run that you choose. The stages before it are not run.`,
    },
  ];
}

function transitionVerbs(board: Board, stage: BoardStage): Verb[] {
  const before = board.stages[board.stages.indexOf(stage) - 1];
  if (!before) return [];
  if (stage.transition.isEnabled) {
    return [
      {
        id: 'disable',
        title: 'Disable Transition…',
        consequence: `Runs that have finished ${before.name} wait before ${stage.name} until the transition is enabled. What is in ${stage.name} goes on.`,
      },
    ];
  }
  const next =
    stage.inbound.length > 0
      ? ` ${count(stage.inbound.length, 'run')} that wait${stage.inbound.length === 1 ? 's' : ''} there may enter.`
      : '';
  return [{ id: 'enable', title: 'Enable Transition', consequence: `Runs may enter ${stage.name} again.${next}` }];
}

/** What deciding an approval leads to. */
export function approvalVerbs(board: Board, stage: BoardStage, action: string, runs: readonly DeliveryRun[]): Verb[] {
  const run = runs.find(({ id }) => id === stage.run);
  const after = stage.actions
    .filter(({ runOrder }) => runOrder > (orderOf(stage, action) ?? 0))
    .map(({ name }) => name);
  const next = board.stages[board.stages.indexOf(stage) + 1];
  const goal =
    after.length > 0
      ? `goes on to ${after.join(', ')}`
      : next
        ? `goes on to ${next.name}`
        : 'has passed the last stage';
  const behind = runsBehind(board, stage, runs);
  const newest = behind.at(-1);
  return [
    { id: 'approve', title: 'Approve', consequence: `${tellRun(run, stage.run)} ${goal}.` },
    {
      id: 'reject',
      title: newest ? 'Reject and Let the Newer Through' : 'Reject',
      consequence: `${action} fails, and ${stage.name} with it.${newest ? ` Then ${tellRun(newest)} may enter ${stage.name}.` : ''}`,
    },
  ];
}

function orderOf(stage: BoardStage, action: string): number | undefined {
  return stage.actions.find(({ name }) => name === action)?.runOrder;
}

/** A reason as the service takes it: 1 to 300 of its characters, the others by a space. */
export function reasonText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-zA-Z0-9!@ ().*?-]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 300);
}

/** The runs that a stage can be rolled back to: those that passed it, no rollbacks, not what is in it now. */
export function rollbackTargets(stage: BoardStage, passed: readonly DeliveryRun[]): DeliveryRun[] {
  return passed.filter(({ id, isRollback }) => id !== stage.run && !isRollback);
}

/** What is lost where an older commit is promoted while a newer one waits. */
export function warningOf(behind: readonly DeliveryRun[], commit: string | undefined): string | undefined {
  const newest = behind.at(-1);
  if (!newest) return undefined;
  const yours = commit !== undefined && behind.some((run) => brings(run, commit));
  return `${count(behind.length, 'newer run')} wait${behind.length === 1 ? 's' : ''} behind, the newest with ${tellRun(newest)}${yours ? ', which has your commit' : ''}.`;
}
