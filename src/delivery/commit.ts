/** Where a commit is on its way. Pure. */
import type { Board, BoardStage, DeliveryRun } from './model';

/** True where a run brings this commit. Ids may be shortened on either side, to seven digits at least. */
export function brings(run: DeliveryRun, commit: string): boolean {
  return run.revisions.some(({ id }) => isSameCommit(id, commit));
}

/** True where both name one commit. */
export function isSameCommit(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return short.length >= 7 && /^[0-9a-f]+$/i.test(long) && long.toLowerCase().startsWith(short.toLowerCase());
}

/** The newest run that brings a commit. */
export function runWith(runs: readonly DeliveryRun[], commit: string): DeliveryRun | undefined {
  return [...runs].sort((a, b) => (b.started ?? 0) - (a.started ?? 0)).find((run) => brings(run, commit));
}

/** The last stage in which a run is or was, and where it waits to enter one. */
export function placeOf(board: Board, run: DeliveryRun): { in?: BoardStage; before?: BoardStage } {
  const last = board.stages.findLast((stage) => stage.run === run.id);
  const before = board.stages.find((stage) => stage.inbound.includes(run.id));
  return { ...(last ? { in: last } : {}), ...(before ? { before } : {}) };
}

/** The runs that a stage would take next, the newest last: those before it and those on their way to it. */
export function runsBehind(board: Board, stage: BoardStage, runs: readonly DeliveryRun[]): DeliveryRun[] {
  const here = runs.find(({ id }) => id === stage.run);
  const index = board.stages.indexOf(stage);
  const ids = new Set(stage.inbound);
  for (const earlier of board.stages.slice(0, index)) {
    for (const id of [...earlier.inbound, ...(earlier.run === undefined ? [] : [earlier.run])]) ids.add(id);
  }
  return runs
    .filter(({ id, status, started }) => {
      if (!ids.has(id) || id === stage.run || status === 'Superseded' || status === 'Cancelled') return false;
      return here?.started === undefined || (started ?? 0) > here.started;
    })
    .sort((a, b) => (a.started ?? 0) - (b.started ?? 0));
}

/** The last run that succeeded as a whole before this one: what it brought is what is in use now. */
export function lastPromoted(runs: readonly DeliveryRun[], before: DeliveryRun): DeliveryRun | undefined {
  return [...runs]
    .sort((a, b) => (b.started ?? 0) - (a.started ?? 0))
    .find(
      (run) => run.id !== before.id && run.status === 'Succeeded' && (run.started ?? 0) <= (before.started ?? Infinity),
    );
}
