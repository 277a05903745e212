import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { expect, test } from 'vitest';
import type { Change, Counts, FleetSpec, Ground } from '../../../src/local/domain/endpoints';
import { type Outcome, type Scene, carryOut } from '../../../src/local/serving/change';
import type { Clock } from '../../../src/local/serving/clock';
import { planUpdate, sizes, statusOf } from '../../../src/local/serving/plan';
import { StartError } from '../../../src/local/serving/instance';

/** A clock that stands until it is moved. */
class ManualClock implements Clock {
  private time = 0;
  private readonly waiting = new Set<{ at: number; wake: () => void }>();

  constructor(readonly speed = 1) {}

  now(): number {
    return this.time;
  }

  async until(at: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (at <= this.time) return;
    await new Promise<void>((resolve, reject) => {
      const entry = { at, wake: resolve };
      this.waiting.add(entry);
      signal.addEventListener('abort', () => {
        this.waiting.delete(entry);
        reject(signal.reason as Error);
      });
    });
  }

  /** Does something at a time. */
  at(time: number, wake: () => void): void {
    this.waiting.add({ at: time, wake });
  }

  /** Moves to the next time that somebody waits for. @returns false where nobody does */
  async step(): Promise<boolean> {
    await settle();
    const next = [...this.waiting].toSorted((a, b) => a.at - b.at)[0];
    if (!next) return false;
    this.time = next.at;
    for (const entry of this.waiting) {
      if (entry.at > this.time) continue;
      this.waiting.delete(entry);
      entry.wake();
    }
    await settle();
    return true;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Seconds that a launch and a removal take. */
const [P, D] = [30, 10];

interface Course {
  policy: DeploymentConfig | undefined;
  old?: Counts;
  wanted?: Counts;
  /** Seconds between which the alarm is on. */
  alarm?: [from: number, to: number];
  /** Numbers of the launches that fail, counted from 1. */
  failing?: number[];
  /** Seconds that each launch takes. */
  launch?: number;
  speed?: number;
  /** Seconds after which the process is killed, once; the change goes on from what was saved. */
  killedAt?: number;
}

interface Seen {
  rows: string[];
  outcome: Outcome;
  ground: Ground;
  end: number;
}

const fleet: FleetSpec = { id: 'new', config: 'new', doc: {} as FleetSpec['doc'], variants: [] };

/** Lets an update run. @returns a row for each phase: seconds, status, instances old/new, the new fleet's share in percent */
async function follow(course: Course): Promise<Seen> {
  const { policy, old = { v: 3 }, wanted = { v: 3 }, alarm, failing = [], launch = P, speed = 1 } = course;
  const clock = new ManualClock(speed);
  const rows: string[] = [];
  const listeners = new Set<() => void>();
  const isOn = (): boolean => alarm !== undefined && clock.now() >= alarm[0] * 1000 && clock.now() < alarm[1] * 1000;
  let saved = begin(policy, old, wanted);
  let launches = 0;
  const show = (change: Change): void => {
    const phase = change.phases[change.at];
    if (!phase) return;
    const { Status, StatusMessage } = statusOf(phase, 'v');
    const { ground } = change;
    const shares = `${ground.old.v ?? 0}/${ground.new.v ?? 0} ${Math.round((ground.shares.v ?? 0) * 100)}%`;
    rows.push(`${clock.now() / 1000} ${Status} ${shares}${change.rollback ? ' back' : ''} | ${StatusMessage}`);
  };
  let killing = new AbortController();
  const scene: Scene = {
    clock,
    alarms: {
      firing: (names) => (isOn() ? names.filter((name) => name === 'errors') : []),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    async launch(_fleet, _counts, signal) {
      const number = ++launches;
      await clock.until(clock.now() + (launch * 1000) / speed, signal);
      if (failing.includes(number)) throw new StartError('no capacity');
    },
    async retire() {
      await clock.until(clock.now() + (D * 1000) / speed, killing.signal);
    },
    route: () => undefined,
    save(change) {
      saved = change;
      show(change);
    },
  };
  for (const time of alarm ?? []) {
    clock.at(time * 1000, () => {
      for (const listener of listeners) listener();
    });
  }
  if (course.killedAt !== undefined) clock.at(course.killedAt * 1000, () => killing.abort(new Error('killed')));
  show(saved);
  for (;;) {
    const run = carryOut(saved, old, scene, killing.signal);
    const ended = { yet: false };
    const note = (): void => void (ended.yet = true);
    run.then(note, note);
    while (!ended.yet && (await clock.step()));
    if (!ended.yet) throw new Error(`The update stands still at ${rows.at(-1)}.`);
    const outcome = await run.catch(() => undefined);
    if (!outcome) {
      rows.push(`${clock.now() / 1000} killed`);
      killing = new AbortController();
      continue;
    }
    return {
      rows: rows.map((row) => row.split(' | ')[0] ?? ''),
      outcome,
      ground: saved.ground,
      end: clock.now() / 1000,
    };
  }
}

function begin(policy: DeploymentConfig | undefined, old: Counts, wanted: Counts): Change {
  const rolling = policy?.RollingUpdatePolicy;
  const timeout =
    rolling?.MaximumExecutionTimeoutInSeconds ?? policy?.BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds;
  const none = Object.fromEntries(Object.keys(wanted).map((name) => [name, 0]));
  return {
    kind: 'update',
    to: fleet,
    phases: planUpdate(policy, old, wanted),
    at: 0,
    entered: new Date(0),
    started: new Date(0),
    ground: { old, new: none, shares: none },
    alarms: policy?.AutoRollbackConfiguration ? ['errors'] : [],
    ...(timeout === undefined ? {} : { timeout }),
    ...(rolling ? { rollbackBatch: sizes(rolling.RollbackMaximumBatchSize, old) } : {}),
  };
}

const AutoRollbackConfiguration = { Alarms: [{ AlarmName: 'errors' }] };
const instances = (Value: number): { Type: 'INSTANCE_COUNT'; Value: number } => ({ Type: 'INSTANCE_COUNT', Value });
const percent = (Value: number): { Type: 'CAPACITY_PERCENT'; Value: number } => ({ Type: 'CAPACITY_PERCENT', Value });

const allAtOnce = (T: number, limit?: number): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
    TerminationWaitInSeconds: T,
    MaximumExecutionTimeoutInSeconds: limit,
  },
  AutoRollbackConfiguration,
});
const canary = (W: number, T: number, limit?: number): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: W, CanarySize: instances(1) },
    TerminationWaitInSeconds: T,
    MaximumExecutionTimeoutInSeconds: limit,
  },
  AutoRollbackConfiguration,
});
const linear = (
  W: number,
  T: number,
  size: ReturnType<typeof instances> | ReturnType<typeof percent>,
): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'LINEAR', WaitIntervalInSeconds: W, LinearStepSize: size },
    TerminationWaitInSeconds: T,
  },
  AutoRollbackConfiguration,
});
const rolling = (W: number, batch: number, back?: number, limit?: number): DeploymentConfig => ({
  RollingUpdatePolicy: {
    MaximumBatchSize: instances(batch),
    WaitIntervalInSeconds: W,
    MaximumExecutionTimeoutInSeconds: limit,
    ...(back === undefined ? {} : { RollbackMaximumBatchSize: instances(back) }),
  },
  AutoRollbackConfiguration,
});

const byAlarm = 'The deployment was rolled back: the alarm errors was in ALARM while it baked.';

test('no policy: all at once, without a bake', async () => {
  const { rows, outcome, ground, end } = await follow({ policy: undefined });
  expect(rows).toEqual(['0 Creating 3/0 0%', '30 ActivatingTraffic 3/3 0%', '30 Deleting 3/3 100%']);
  expect(outcome).toEqual({ kind: 'done' });
  expect(ground).toEqual({ old: { v: 0 }, new: { v: 3 }, shares: { v: 1 } });
  expect(end).toBe(40);
});

test('all at once', async () => {
  const { rows, outcome, end } = await follow({ policy: allAtOnce(60) });
  expect(rows).toEqual([
    '0 Creating 3/0 0%',
    '30 ActivatingTraffic 3/3 0%',
    '30 Baking 3/3 100%',
    '90 Deleting 3/3 100%',
  ]);
  expect([outcome.kind, end]).toEqual(['done', P + 60 + D]);
});

test('canary: two shifts', async () => {
  const { rows, outcome, end } = await follow({ policy: canary(100, 50) });
  expect(rows).toEqual([
    '0 Creating 3/0 0%',
    '30 ActivatingTraffic 3/3 0%',
    '30 Baking 3/3 33%',
    '130 ActivatingTraffic 3/3 33%',
    '130 Baking 3/3 100%',
    '180 Deleting 3/3 100%',
  ]);
  expect([outcome.kind, end]).toEqual(['done', P + 100 + 50 + D]);
});

test('linear: equal steps, the guide’s example to the second', async () => {
  const { rows, outcome, end } = await follow({
    policy: linear(300, 300, percent(20)),
    old: { v: 5 },
    wanted: { v: 5 },
  });
  expect(rows).toEqual([
    '0 Creating 5/0 0%',
    '30 ActivatingTraffic 5/5 0%',
    '30 Baking 5/5 20%',
    '330 ActivatingTraffic 5/5 20%',
    '330 Baking 5/5 40%',
    '630 ActivatingTraffic 5/5 40%',
    '630 Baking 5/5 60%',
    '930 ActivatingTraffic 5/5 60%',
    '930 Baking 5/5 80%',
    '1230 ActivatingTraffic 5/5 80%',
    '1230 Baking 5/5 100%',
    '1530 Deleting 5/5 100%',
  ]);
  expect([outcome.kind, end]).toEqual(['done', 1500 + P + D]);
});

test('rolling: each batch is launched, takes its share, bakes, and as many old ones go', async () => {
  const { rows, outcome, end } = await follow({ policy: rolling(60, 2) });
  expect(rows).toEqual([
    '0 Creating 3/0 0%',
    '30 ActivatingTraffic 3/2 0%',
    '30 Baking 3/2 67%',
    '90 Deleting 3/2 67%',
    '100 Creating 1/2 67%',
    '130 ActivatingTraffic 1/3 67%',
    '130 Baking 1/3 100%',
    '190 Deleting 1/3 100%',
  ]);
  expect([outcome.kind, end]).toEqual(['done', 2 * (P + 60 + D)]);
});

test.each<[what: string, course: Course, kind: Outcome['kind'], last: string[]]>([
  ['all at once, provision', { policy: allAtOnce(60), alarm: [5, 25] }, 'done', []],
  [
    'all at once, bake',
    { policy: allAtOnce(60), alarm: [60, 65] },
    'rolledBack',
    ['60 ActivatingTraffic 3/3 100% back', '60 Deleting 3/3 0% back'],
  ],
  [
    'all at once, at the first moment of the bake',
    { policy: allAtOnce(60), alarm: [10, 65] },
    'rolledBack',
    ['30 ActivatingTraffic 3/3 100% back', '30 Deleting 3/3 0% back'],
  ],
  ['all at once, removal', { policy: allAtOnce(60), alarm: [92, 99] }, 'done', []],
  ['canary, provision', { policy: canary(100, 50), alarm: [1, 29] }, 'done', []],
  [
    'canary, bake of the canary',
    { policy: canary(100, 50), alarm: [129, 140] },
    'rolledBack',
    ['129 ActivatingTraffic 3/3 33% back', '129 Deleting 3/3 0% back'],
  ],
  [
    'canary, bake of all',
    { policy: canary(100, 50), alarm: [170, 175] },
    'rolledBack',
    ['170 ActivatingTraffic 3/3 100% back', '170 Deleting 3/3 0% back'],
  ],
  ['canary, removal', { policy: canary(100, 50), alarm: [181, 200] }, 'done', []],
  [
    'linear, first step',
    { policy: linear(100, 50, instances(1)), alarm: [40, 41] },
    'rolledBack',
    ['40 ActivatingTraffic 3/3 33% back', '40 Deleting 3/3 0% back'],
  ],
  [
    'linear, second step',
    { policy: linear(100, 50, instances(1)), alarm: [200, 201] },
    'rolledBack',
    ['200 ActivatingTraffic 3/3 67% back', '200 Deleting 3/3 0% back'],
  ],
  [
    'linear, last step',
    { policy: linear(100, 50, instances(1)), alarm: [240, 241] },
    'rolledBack',
    ['240 ActivatingTraffic 3/3 100% back', '240 Deleting 3/3 0% back'],
  ],
  ['linear, removal', { policy: linear(100, 50, instances(1)), alarm: [282, 289] }, 'done', []],
  [
    'rolling, first batch: nothing to launch again',
    { policy: rolling(60, 1), alarm: [40, 50] },
    'rolledBack',
    ['40 ActivatingTraffic 3/1 33% back', '40 Deleting 3/1 0% back'],
  ],
  [
    'rolling, second batch: what has gone is launched again',
    { policy: rolling(60, 1), alarm: [140, 150] },
    'rolledBack',
    ['140 Creating 2/2 67% back', '170 ActivatingTraffic 3/2 67% back', '170 Deleting 3/2 0% back'],
  ],
  ['rolling, while it launches', { policy: rolling(60, 1), alarm: [101, 120] }, 'done', []],
  ['rolling, while it removes', { policy: rolling(60, 1), alarm: [91, 99] }, 'done', []],
])('an alarm: %s', async (_what, course, kind, last) => {
  const { rows, outcome, ground } = await follow(course);
  expect(outcome).toEqual(kind === 'done' ? { kind } : { kind, reason: byAlarm });
  expect(rows.filter((row) => row.endsWith('back'))).toEqual(last);
  expect(ground).toEqual(
    kind === 'done'
      ? { old: { v: 0 }, new: { v: 3 }, shares: { v: 1 } }
      : { old: { v: 3 }, new: { v: 0 }, shares: { v: 0 } },
  );
});

test('a rolling rollback in batches', async () => {
  const { rows, outcome, ground } = await follow({
    policy: rolling(60, 2, 1),
    old: { v: 4 },
    wanted: { v: 4 },
    alarm: [140, 150],
  });
  expect(rows.slice(6)).toEqual([
    '130 Baking 2/4 100%',
    '140 Creating 2/4 100% back',
    '170 ActivatingTraffic 3/4 100% back',
    '170 Deleting 3/4 40% back',
    '180 Creating 3/2 40% back',
    '210 ActivatingTraffic 4/2 40% back',
    '210 Deleting 4/2 0% back',
  ]);
  expect(outcome).toEqual({ kind: 'rolledBack', reason: byAlarm });
  expect(ground).toEqual({ old: { v: 4 }, new: { v: 0 }, shares: { v: 0 } });
});

test.each<[what: string, course: Course, outcome: Outcome, ground: Ground]>([
  [
    'the new fleet cannot be launched',
    { policy: canary(100, 50), failing: [1] },
    { kind: 'rolledBack', reason: 'no capacity' },
    { old: { v: 3 }, new: { v: 0 }, shares: { v: 0 } },
  ],
  [
    'a later batch cannot be launched, and the old instances come again',
    { policy: rolling(60, 1), failing: [2] },
    { kind: 'rolledBack', reason: 'no capacity' },
    { old: { v: 3 }, new: { v: 0 }, shares: { v: 0 } },
  ],
  [
    'the rollback cannot launch the old instances: both fleets serve',
    { policy: rolling(60, 1), failing: [3], alarm: [140, 150] },
    { kind: 'failed', reason: 'no capacity' },
    { old: { v: 2 }, new: { v: 2 }, shares: { v: 2 / 3 } },
  ],
])('%s', async (_what, course, outcome, ground) => {
  const seen = await follow(course);
  expect(seen.outcome).toEqual(outcome);
  expect(seen.ground).toEqual(ground);
});

test.each([
  ['while it launches', { policy: canary(400, 100, 600), launch: 700 }, 600],
  ['while the canary bakes', { policy: canary(800, 100, 600) }, 600],
  ['while all bakes', { policy: canary(500, 100, 600) }, 600],
  ['while a batch bakes', { policy: rolling(300, 1, undefined, 600) }, 600],
])('the time runs out %s: it goes back', async (_what, course, at) => {
  const { rows, outcome, ground } = await follow(course);
  expect(outcome).toMatchObject({ kind: 'rolledBack', reason: expect.stringContaining('(600)') as string });
  const first = rows.find((row) => row.endsWith('back'));
  if (first !== undefined) expect(first.split(' ')[0]).toBe(String(at));
  expect(ground).toEqual({ old: { v: 3 }, new: { v: 0 }, shares: { v: 0 } });
});

test('the time that runs out in the removal of the old fleet turns nothing back', async () => {
  const { outcome } = await follow({ policy: canary(400, 165, 600) });
  expect(outcome).toEqual({ kind: 'done' });
});

test('twice as fast: the same rows at half the times', async () => {
  const times = (rows: string[]): [number, string][] =>
    rows.map((row) => [Number(row.split(' ')[0]), row.slice(row.indexOf(' '))]);
  const slow = await follow({ policy: linear(100, 50, instances(1)) });
  const fast = await follow({ policy: linear(100, 50, instances(1)), speed: 2 });
  expect(times(fast.rows)).toEqual(times(slow.rows).map(([time, row]) => [time / 2, row]));
});

test.each([10, 30.5, 60, 131, 170, 185])(
  'killed after %s seconds, a canary goes on and ends as it would have',
  async (killedAt) => {
    const { rows, outcome, ground } = await follow({ policy: canary(100, 50), killedAt });
    expect(rows.filter((row) => row.includes('killed'))).toHaveLength(1);
    expect(outcome).toEqual({ kind: 'done' });
    expect(ground).toEqual({ old: { v: 0 }, new: { v: 3 }, shares: { v: 1 } });
    // A bake is not longer for it.
    if (killedAt > 30 && killedAt < 180) expect(rows).toContain('180 Deleting 3/3 100%');
  },
);

test('killed in a rollback, it goes on going back', async () => {
  const { outcome, ground } = await follow({ policy: canary(100, 50), alarm: [40, 45], killedAt: 46 });
  expect(outcome).toEqual({ kind: 'rolledBack', reason: byAlarm });
  expect(ground).toEqual({ old: { v: 3 }, new: { v: 0 }, shares: { v: 0 } });
});

test.each([
  [percent(50), 3, 1],
  [percent(33), 3, 1],
  [percent(10), 3, 1],
  [percent(50), 4, 2],
  [instances(2), 1, 1],
  [instances(2), 8, 2],
])('%o of %i instances is %i', (size, count, expected) => {
  expect(sizes(size, { v: count })).toEqual({ v: expected });
});

test('one instance: every policy is all at once', async () => {
  const one = { old: { v: 1 }, wanted: { v: 1 } };
  for (const policy of [canary(100, 50), linear(100, 50, percent(20))]) {
    expect((await follow({ policy, ...one })).rows).toEqual([
      '0 Creating 1/0 0%',
      '30 ActivatingTraffic 1/1 0%',
      '30 Baking 1/1 100%',
      '80 Deleting 1/1 100%',
    ]);
  }
});

test('variants of different sizes shift in step', () => {
  const phases = planUpdate(linear(10, 0, percent(50)), { a: 2, b: 4 }, { a: 2, b: 4 });
  expect(phases.filter(({ kind }) => kind === 'shift')).toEqual([
    { kind: 'shift', active: { a: 1, b: 2 }, shares: { a: 0.5, b: 0.5 } },
    { kind: 'shift', active: { a: 2, b: 4 }, shares: { a: 1, b: 1 } },
  ]);
});

test('the messages of the service', () => {
  const messages = planUpdate(canary(300, 600), { v: 3 }, { v: 3 }).map((phase) => statusOf(phase, 'v').StatusMessage);
  expect(messages).toEqual([
    'Launching 3 instance(s).',
    'Activating traffic on canary capacity of 1 instance(s).',
    'Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).',
    'Activating traffic on full capacity of 3 instance(s).',
    'Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 3 instance(s).',
    'Terminating 3 instance(s).',
  ]);
});
