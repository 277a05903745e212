/** What waits for a person. Pure. */
import { lastPromoted, runsBehind } from './commit';
import type { WorkflowRun } from './github/model';
import type { Repository } from './github/servers';
import { type Board, type BoardStage, type DeliveryRun, holderOf } from './model';

/** An approval that nobody has decided, of one run. */
export interface Approval {
  pipeline: string;
  stage: string;
  action: string;
  /** The run that waits. */
  run: string;
  since?: number;
  /** What would be promoted. */
  promotes?: DeliveryRun;
  /** What is in use now, by the stages behind the approval. */
  replaces?: DeliveryRun;
  /** Newer runs that wait behind it, the newest last. */
  behind: readonly DeliveryRun[];
  /** The deployment of GitHub Actions that waits; absent for an approval action of CodePipeline. */
  deployment?: WaitingDeployment;
}

/** A deployment of GitHub Actions that its environment holds until somebody approves it. */
export interface WaitingDeployment {
  repository: Repository;
  run: WorkflowRun;
  environmentId: number;
  /** Whether the one who is signed in may decide. */
  canApprove: boolean;
  /** Users and teams. */
  reviewers: readonly string[];
}

/** The approvals of a pipeline that wait. */
export function approvalsOf(board: Board, runs: readonly DeliveryRun[]): Approval[] {
  return board.stages.flatMap((stage) =>
    stage.actions.filter(({ isWaiting }) => isWaiting).map((action) => approvalAt(board, stage, action.name, runs)),
  );
}

function approvalAt(board: Board, stage: BoardStage, action: string, runs: readonly DeliveryRun[]): Approval {
  const promotes = runs.find(({ id }) => id === stage.run);
  const replaces = inUse(board, stage, action, promotes, runs);
  const since = holderOf(stage)?.since;
  return {
    pipeline: board.pipeline,
    stage: stage.name,
    action,
    run: stage.run ?? '',
    ...(since === undefined ? {} : { since }),
    ...(promotes ? { promotes } : {}),
    ...(replaces ? { replaces } : {}),
    behind: runsBehind(board, stage, runs),
  };
}

/**
 * What a decision takes the place of. Where actions of its own stage follow the approval, that is the run that has passed
 * the stage before; else what the next stage has; in the last stage, the last run that got through.
 */
function inUse(
  board: Board,
  stage: BoardStage,
  action: string,
  promotes: DeliveryRun | undefined,
  runs: readonly DeliveryRun[],
): DeliveryRun | undefined {
  const next = board.stages[board.stages.indexOf(stage) + 1];
  const order = stage.actions.find(({ name }) => name === action)?.runOrder ?? 1;
  const isFollowed = stage.actions.some(({ runOrder }) => runOrder > order);
  const ids = isFollowed ? [next?.run, ...(next?.inbound ?? [])] : next?.status === 'Succeeded' ? [next.run] : [];
  const there = runs
    .filter(({ id }) => id !== stage.run && ids.includes(id))
    .sort((a, b) => (b.started ?? 0) - (a.started ?? 0))[0];
  return there ?? (promotes && lastPromoted(runs, promotes));
}

/** One approval told from every other, also from that of a later run. */
export function approvalKey({
  pipeline,
  stage,
  action,
  run,
}: Pick<Approval, 'pipeline' | 'stage' | 'action' | 'run'>): string {
  return [pipeline, stage, action, run].join('\n');
}
