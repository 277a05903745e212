/** What a delivery run has come to, as exit codes and in words. Pure. */
import { type Approval, approvalsOf } from '../../delivery/approvals';
import { placeOf } from '../../delivery/commit';
import { type Board, type DeliveryRun, revisionOf, subjectOf, supersederOf } from '../../delivery/model';
import { tellRun } from '../../delivery/verbs';
import { shortId } from '../../shared/format';
import { deliveryFace } from '../../shared/status';

/** Exit codes; 2 is wrong usage, as of every command. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  superseded: 3,
  stopped: 4,
  waiting: 5,
  inProgress: 6,
} as const;

export type Outcome = keyof typeof exitCodes;

/** Where a run stands: its own state, or that an approval holds it. */
export function outcomeOf(board: Board, run: DeliveryRun, runs: readonly DeliveryRun[]): Outcome {
  switch (run.status) {
    case 'Succeeded':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    case 'Superseded':
      return 'superseded';
    case 'Stopped':
    case 'Cancelled':
      return 'stopped';
    default:
      return approvalOf(board, run, runs) ? 'waiting' : 'inProgress';
  }
}

/** The approval that a run waits for. */
export function approvalOf(board: Board, run: DeliveryRun, runs: readonly DeliveryRun[]): Approval | undefined {
  return approvalsOf(board, runs).find((approval) => approval.run === run.id);
}

/** True where waiting longer changes nothing without a person. */
export function isOver(outcome: Outcome): boolean {
  return outcome !== 'inProgress';
}

/** A run in a line: `Succeeded 1a2b3c4d (feat: islands), run 0f0e0d0c`. */
export function runLine(board: Board, run: DeliveryRun, runs: readonly DeliveryRun[]): string {
  const approval = approvalOf(board, run, runs);
  const word = deliveryFace(approval ? 'Waiting' : run.status).word;
  const place = placeOf(board, run);
  const where = place.before
    ? ` before ${place.before.name}`
    : approval
      ? ` ${approval.action} in ${approval.stage}`
      : run.status === 'Succeeded' || !place.in
        ? ''
        : ` in ${place.in.name}`;
  const passer = supersederOf(run, runs);
  const by = passer ? ` by ${shortId(revisionOf(passer)?.id ?? passer.id)}` : '';
  return `${word}${where}${by}: ${tellRun(run)}, run ${run.id}`;
}

/** The stages, a line each, and below each what has failed. */
export function boardLines(board: Board, runs: readonly DeliveryRun[]): string[] {
  return board.stages.flatMap((stage) => {
    const run = runs.find(({ id }) => id === stage.run);
    const waits = stage.actions.some(({ isWaiting }) => isWaiting);
    const word = deliveryFace(waits ? 'Waiting' : (stage.status ?? 'NotRun')).word;
    const inbound = stage.inbound.length > 0 ? `, ${stage.inbound.length} before it` : '';
    const closed = stage.transition.isEnabled ? '' : `, transition disabled: ${stage.transition.reason ?? 'no reason'}`;
    const commit = stage.run === undefined ? '' : ` ${shortId(revisionOf(run)?.id ?? stage.run)}`;
    const subject = subjectOf(revisionOf(run)?.message);
    const failed = stage.actions.filter(({ status }) => status === 'Failed');
    return [
      `${stage.name}: ${word}${commit}${subject === undefined ? '' : ` ${subject}`}${inbound}${closed}`,
      ...failed.map(({ name, error, summary }) => `  ${name}: ${error ?? summary ?? 'failed'}`),
    ];
  });
}
