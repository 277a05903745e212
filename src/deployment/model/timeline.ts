/**
 * What an update does, phase by phase.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
 */
import { instancesIn, type Strategy } from './strategy';

/** One phase of an update. */
export interface Phase {
  kind: 'launch' | 'shift' | 'remove';
  /** `Launch 3 new instances` */
  title: string;
  /** Seconds: of a shift how long it is watched; of the others how long they take as a rule. */
  seconds: number;
  /** True where the service takes as long as it takes. */
  isEstimate: boolean;
  /** The new fleet's share of the traffic in this phase, in percent. */
  share: number;
  /** Instances that are there in this phase, of each fleet. */
  instances: { old: number; new: number };
  /** Alarms count only while a shift is watched. */
  isWatched: boolean;
  /** What happens when it goes wrong here. */
  onFailure: string;
}

/** A whole update. Times are seconds. */
export interface Timeline {
  phases: Phase[];
  /** How long it is watched in all. */
  watched: number;
  /** How long it takes as a rule. */
  typical: number;
  /** After so long it is rolled back. */
  worst: number;
  /** The most instances there are at a time. */
  peak: number;
}

/** How long launching a fleet and removing one take as a rule, in seconds. */
export interface Pace {
  launch: number;
  remove: number;
}

/** On AWS, from public reports; a container with a large image takes longer. */
export const usualPace: Pace = { launch: 300, remove: 60 };

const backToOld = 'All traffic goes back to the old instances, which are still there: seconds.';
const nothingMoved = 'The new instances go. Nothing has changed for callers.';
const backByLaunch = 'The old instances are launched again first: minutes, and it needs their capacity.';
const tooLate = 'Alarms are not watched any more.';

/** The phases of the update of a fleet of `fleet` instances. */
export function timelineOf(strategy: Strategy, fleet: number, pace: Pace = usualPace): Timeline {
  const phases = strategy.kind === 'rolling' ? rolling(strategy, fleet, pace) : blueGreen(strategy, fleet, pace);
  const sum = (chosen: readonly Phase[]): number => chosen.reduce((total, { seconds }) => total + seconds, 0);
  return {
    phases,
    watched: sum(phases.filter(({ isWatched }) => isWatched)),
    typical: sum(phases),
    worst: strategy.timeout,
    peak: Math.max(...phases.map(({ instances }) => instances.old + instances.new)),
  };
}

/** The first fleet of an endpoint. */
export function firstTimeline(fleet: number, pace: Pace = usualPace): Timeline {
  const launch: Phase = {
    kind: 'launch',
    title: fleet === 0 ? 'Create the endpoint' : `Launch ${count(fleet, 'instance')}`,
    seconds: pace.launch,
    isEstimate: true,
    share: 100,
    instances: { old: 0, new: fleet },
    isWatched: false,
    onFailure: 'The endpoint is Failed. It can only be deleted then.',
  };
  return { phases: [launch], watched: 0, typical: pace.launch, worst: pace.launch, peak: fleet };
}

/** The instances of the new fleet that have traffic after each shift. */
export function stepsOf({ kind, size }: Strategy, fleet: number): number[] {
  const part = instancesIn(size, fleet);
  if (kind === 'all-at-once' || part >= fleet) return [fleet];
  if (kind === 'canary') return [part, fleet];
  return Array.from({ length: Math.ceil(fleet / part) }, (_, index) => Math.min(fleet, (index + 1) * part));
}

function blueGreen(strategy: Strategy, fleet: number, pace: Pace): Phase[] {
  const both = { old: fleet, new: fleet };
  const steps = stepsOf(strategy, fleet);
  return [
    {
      kind: 'launch',
      title: fleet === 0 ? 'Prepare the new version' : `Launch ${count(fleet, 'new instance')}`,
      seconds: pace.launch,
      isEstimate: true,
      share: 0,
      instances: both,
      isWatched: false,
      onFailure: nothingMoved,
    },
    ...steps.map((step, index): Phase => {
      const isLast = index === steps.length - 1;
      const seconds = isLast ? strategy.bake : strategy.interval;
      return {
        kind: 'shift',
        title: shiftTitle(step, fleet),
        seconds,
        isEstimate: false,
        share: shareOf(step, fleet),
        instances: both,
        isWatched: seconds > 0,
        onFailure: seconds > 0 ? backToOld : tooLate,
      };
    }),
    {
      kind: 'remove',
      title: fleet === 0 ? 'Remove the old version' : `Remove ${count(fleet, 'old instance')}`,
      seconds: pace.remove,
      isEstimate: true,
      share: 100,
      instances: both,
      isWatched: false,
      onFailure: tooLate,
    },
  ];
}

function rolling(strategy: Strategy, fleet: number, pace: Pace): Phase[] {
  const steps = stepsOf(strategy, fleet);
  return steps.flatMap((step, index): Phase[] => {
    const before = steps[index - 1] ?? 0;
    const batch = step - before;
    const during = { old: fleet - before, new: step };
    return [
      {
        kind: 'launch',
        title: `Launch ${count(batch, 'new instance')}`,
        seconds: pace.launch,
        isEstimate: true,
        share: shareOf(before, fleet),
        instances: during,
        isWatched: false,
        onFailure: before === 0 ? nothingMoved : backByLaunch,
      },
      {
        kind: 'shift',
        title: shiftTitle(step, fleet),
        seconds: strategy.interval,
        isEstimate: false,
        share: shareOf(step, fleet),
        instances: during,
        isWatched: strategy.interval > 0,
        onFailure: before === 0 ? backToOld : backByLaunch,
      },
      {
        kind: 'remove',
        title: `Remove ${count(batch, 'old instance')}`,
        seconds: pace.remove,
        isEstimate: true,
        share: shareOf(step, fleet),
        instances: during,
        isWatched: false,
        onFailure: step === fleet ? tooLate : backByLaunch,
      },
    ];
  });
}

function shiftTitle(step: number, fleet: number): string {
  return step >= fleet
    ? 'All traffic to the new version'
    : `${shareOf(step, fleet)} % of the traffic: ${step} of ${fleet} instances`;
}

/** In whole percent. */
export function shareOf(instances: number, fleet: number): number {
  return fleet === 0 ? 100 : Math.round((100 * instances) / fleet);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
