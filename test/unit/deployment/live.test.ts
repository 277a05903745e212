import { describe, expect, test } from 'vitest';
import type { EndpointState, FleetStatus } from '../../../src/deployment/model/endpoint';
import { type Course, livePhases, measuredShare, positionOf } from '../../../src/deployment/model/live';
import { defaultStrategy, type Strategy } from '../../../src/deployment/model/strategy';
import { timelineOf } from '../../../src/deployment/model/timeline';

function course(over: Partial<Strategy> = {}, more: Partial<Course> = {}, fleet = 3): Course {
  const strategy = { ...defaultStrategy, ...over };
  return { strategy, timeline: timelineOf(strategy, fleet), fleet, furthest: 0, hasTripped: false, ...more };
}

function state(status?: FleetStatus, current = 0, endpoint = 'Updating'): EndpointState {
  const fleet = { variant: 'AllTraffic', isServerless: false, images: [], desired: 3, current: 3 };
  return {
    name: 'penguins',
    arn: 'arn',
    status: endpoint,
    config: 'old',
    fleets: [fleet],
    shadows: [],
    ...(status ? { pending: { config: 'new', fleets: [{ ...fleet, current, status }] } } : {}),
  };
}

const canaryBake =
  'Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).';
const fullBake =
  'Baking for 60 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 3 instance(s).';

describe('the position of a canary', () => {
  test.each<[string, FleetStatus | undefined, number, number]>([
    ['nothing shown yet', undefined, 0, 0],
    ['launching', { status: 'Creating', message: 'Launching 3 instance(s).' }, 0, 0],
    [
      'shifting',
      { status: 'ActivatingTraffic', message: 'Activating traffic on canary capacity of 1 instance(s).' },
      1,
      33,
    ],
    ['the canary bakes', { status: 'Baking', message: canaryBake }, 1, 33],
    ['all traffic', { status: 'Baking', message: fullBake }, 2, 100],
    ['removing', { status: 'Deleting', message: 'Terminating 3 instance(s).' }, 3, 100],
  ])('%s', (_, status, phase, share) => {
    expect(positionOf(state(status), course({}, { furthest: phase }))).toMatchObject({
      phase,
      share,
      isRollingBack: false,
    });
  });

  test('a bake tells when it ends', () => {
    expect(positionOf(state({ status: 'Baking', message: canaryBake, started: 5000 }), course()).endsAt).toBe(305_000);
  });

  test('an alarm turns it round: no traffic stays with the new version', () => {
    const tripped = course({}, { furthest: 1, hasTripped: true });
    expect(positionOf(state({ status: 'Baking', message: canaryBake }), tripped)).toMatchObject({
      isRollingBack: true,
      share: 0,
    });
  });

  test('removal before all traffic had moved is the rollback of the new fleet', () => {
    const back = positionOf(
      state({ status: 'Deleting', message: 'Terminating 3 instance(s).' }),
      course({}, { furthest: 1 }),
    );
    expect(back.isRollingBack).toBe(true);
  });

  test('at rest all phases are done', () => {
    expect(positionOf(state(undefined, 0, 'InService'), course()).phase).toBe(4);
  });
});

test('a linear update is at the step whose instances have traffic', () => {
  const linear = course({ kind: 'linear', size: { unit: 'instances', value: 1 } });
  const message =
    'Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 2 instance(s).';
  expect(positionOf(state({ status: 'Baking', message }), linear)).toMatchObject({ phase: 2, share: 67 });
});

test('a rolling update launches its second batch after the first has moved', () => {
  const rolling = course({ kind: 'rolling', size: { unit: 'instances', value: 1 } });
  expect(positionOf(state({ status: 'Creating' }, 1), rolling)).toMatchObject({ phase: 3, share: 33 });
  expect(positionOf(state({ status: 'Baking' }, 2), rolling)).toMatchObject({ phase: 4, share: 67 });
});

describe('phases', () => {
  const { timeline } = course();

  test('are done, current and next, with when', () => {
    const phases = livePhases(
      timeline,
      { phase: 1, isRollingBack: false, share: 33, endsAt: 9000 },
      new Map([
        [0, 1000],
        [1, 5000],
      ]),
    );
    expect(phases.map(({ state: at }) => at)).toEqual(['done', 'current', 'next', 'next']);
    expect(phases[0]).toMatchObject({ startedAt: 1000, endedAt: 5000 });
    expect(phases[1]?.endsAt).toBe(9000);
  });

  test('that a rollback has left out are skipped, and the one that it turned back in is told', () => {
    const phases = livePhases(
      timeline,
      { phase: 1, isRollingBack: true, share: 0 },
      new Map([
        [0, 1000],
        [1, 5000],
      ]),
    );
    expect(phases.map(({ state: at }) => at)).toEqual(['done', 'turned', 'skipped', 'skipped']);
  });
});

test('the measured share is that of the requests, and unknown without any', () => {
  expect(measuredShare({ old: 67, new: 33 })).toBe(33);
  expect(measuredShare({ old: 0, new: 0 })).toBeUndefined();
});
