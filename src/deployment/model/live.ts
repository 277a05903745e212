/** Where an update stands: which phase of its timeline, and how much of the traffic the new version has. Pure. */
import { bakeEnd, capacityIn, type EndpointState, type FleetStatus } from './endpoint';
import { stepsOf, type Phase, type Timeline } from './timeline';
import type { Strategy } from './strategy';
import { isBusy } from './verdict';

/** A phase with how far it is. Times are milliseconds since the epoch. */
export interface LivePhase extends Phase {
  /** `turned`: the deployment has turned back in it. */
  state: 'done' | 'current' | 'next' | 'skipped' | 'turned';
  startedAt?: number;
  endedAt?: number;
  /** When the service goes on by itself. */
  endsAt?: number;
}

export interface Position {
  /** The phase of the timeline; its length when all are done. */
  phase: number;
  isRollingBack: boolean;
  /** The share of the traffic that the new version has by the service's own words, in percent. */
  share: number;
  endsAt?: number;
}

/** What is known of an update besides what the endpoint says. */
export interface Course {
  strategy: Strategy;
  timeline: Timeline;
  /** Instances of the new fleet when it is whole. */
  fleet: number;
  /** The furthest phase that was seen. */
  furthest: number;
  /** An alarm of the update is in ALARM, or was. */
  hasTripped: boolean;
  /** How much faster than its messages say the service goes: Local can. */
  speed?: number;
}

/** Where the update stands that the endpoint shows. */
export function positionOf(state: EndpointState, course: Course): Position {
  const { timeline, furthest } = course;
  const last = timeline.phases.length;
  if (!isBusy(state.status)) return { phase: last, isRollingBack: false, share: 100 };
  const found = state.pending?.fleets.find(({ status }) => status !== undefined);
  const status = found?.status;
  const isRollingBack = state.status === 'RollingBack' || isGoingBack(status, course);
  if (!found || !status) return { phase: Math.max(0, Math.min(furthest, last - 1)), isRollingBack, share: 0 };
  const phase = phaseOf(status, found.current, course);
  const endsAt = bakeEnd(status, course.speed);
  return {
    phase,
    isRollingBack,
    share: isRollingBack ? 0 : (timeline.phases[phase]?.share ?? 0),
    ...(endsAt === undefined ? {} : { endsAt }),
  };
}

/** The phases with how far each of them is. */
export function livePhases(
  timeline: Timeline,
  position: Position,
  starts: ReadonlyMap<number, number>,
  endedAt?: number,
): LivePhase[] {
  return timeline.phases.map((phase, index): LivePhase => {
    const startedAt = starts.get(index);
    const next = [...starts].filter(([other]) => other > index).map(([, at]) => at);
    const ended = next.length > 0 ? Math.min(...next) : endedAt;
    const turnedAt = position.isRollingBack ? Math.max(-1, ...starts.keys()) : -1;
    const state =
      index === turnedAt ? 'turned' : stateOf(index, position, startedAt !== undefined, endedAt !== undefined);
    return {
      ...phase,
      state,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...((state === 'done' || state === 'turned') && startedAt !== undefined && ended !== undefined
        ? { endedAt: ended }
        : {}),
      ...(state === 'current' && position.endsAt !== undefined ? { endsAt: position.endsAt } : {}),
    };
  });
}

function stateOf(
  index: number,
  { phase, isRollingBack }: Position,
  wasSeen: boolean,
  hasEnded: boolean,
): LivePhase['state'] {
  if (hasEnded) return wasSeen || phase > index ? 'done' : 'skipped';
  if (isRollingBack) return wasSeen ? 'done' : 'skipped';
  return index < phase ? 'done' : index === phase ? 'current' : 'next';
}

/** `Deleting` is the old fleet's end once all traffic has moved; before that it is the new one's. */
function isGoingBack(status: FleetStatus | undefined, { strategy, timeline, furthest, hasTripped }: Course): boolean {
  if (hasTripped) return true;
  if (status?.status !== 'Deleting' || strategy.kind === 'rolling' || strategy.kind === 'all-at-once') return false;
  return furthest < timeline.phases.findLastIndex(({ kind }) => kind === 'shift');
}

function phaseOf({ status, message }: FleetStatus, active: number | undefined, course: Course): number {
  return course.strategy.kind === 'rolling'
    ? rollingPhase(status, message, active, course)
    : blueGreenPhase(status, message, active, course);
}

function blueGreenPhase(
  status: string,
  message: string | undefined,
  active: number | undefined,
  course: Course,
): number {
  const { timeline, strategy, fleet } = course;
  const removal = timeline.phases.length - 1;
  if (status === 'Deleting') return removal;
  if (status !== 'ActivatingTraffic' && status !== 'Baking') return 0;
  const capacity = capacityIn(message);
  if (capacity?.isFull) return removal - 1;
  const instances = capacity?.instances ?? active ?? 0;
  return 1 + stepIndex(stepsOf(strategy, fleet), instances);
}

function rollingPhase(status: string, message: string | undefined, active: number | undefined, course: Course): number {
  const steps = stepsOf(course.strategy, course.fleet);
  const instances = capacityIn(message)?.instances ?? active ?? 0;
  if (status === 'Baking' || status === 'ActivatingTraffic') return 3 * stepIndex(steps, instances) + 1;
  if (status === 'Deleting') return 3 * stepIndex(steps, active ?? 0) + 2;
  const done = steps.filter((step) => step <= (active ?? 0)).length;
  return 3 * Math.min(done, steps.length - 1);
}

/** The step that so many instances stand for: the last one that is not above them. */
function stepIndex(steps: readonly number[], instances: number): number {
  return Math.max(
    0,
    steps.findLastIndex((step) => step <= instances),
  );
}

/** The share of the new version that was measured, in percent; undefined where there were no requests. */
export function measuredShare(counts: { old: number; new: number }): number | undefined {
  const all = counts.old + counts.new;
  return all === 0 ? undefined : Math.round((1000 * counts.new) / all) / 10;
}
