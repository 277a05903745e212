/** How the runs of a sweep are run. */
import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../src/pipelines/model';
import { Sweep, type SweepRun } from '../../../src/pipelines/sweep/runner';

/** A service on which each run takes as many looks as its number. */
function bed(count: number, atATime: number, refuse?: number) {
  const runs = Array.from({ length: count }, (_, index): SweepRun => ({
    name: `s-${index}`,
    values: { x: String(index) },
    status: 'Waiting',
  }));
  const left = new Map<string, number>();
  const states = new Map<string, RunStatus>();
  const seen = { most: 0, stopped: [] as string[], looksLost: 0 };
  const running = () => [...states.values()].filter((status) => status === 'Executing').length;
  const sweep: Sweep = new Sweep('s', runs, atATime, {
    start: (run) => {
      const index = runs.indexOf(run);
      if (index === refuse) return Promise.reject(new Error('Throttled.'));
      states.set(`arn-${index}`, 'Executing');
      left.set(`arn-${index}`, 1 + (index % 3));
      seen.most = Math.max(seen.most, running());
      return Promise.resolve(`arn-${index}`);
    },
    statuses: () => (seen.looksLost-- > 0 ? Promise.reject(new Error('Lost.')) : Promise.resolve(new Map(states))),
    stop: (arn) => {
      seen.stopped.push(arn);
      states.set(arn, 'Stopped');
      return Promise.resolve();
    },
    pause: () => {
      for (const [arn, status] of states) {
        if (status !== 'Executing') continue;
        const rest = (left.get(arn) ?? 0) - 1;
        left.set(arn, rest);
        if (rest <= 0) states.set(arn, arn === 'arn-1' ? 'Failed' : 'Succeeded');
      }
      return Promise.resolve();
    },
    changed: () => undefined,
  });
  return { sweep, runs, seen, running };
}

describe('a sweep', () => {
  it('runs all its runs, never more at a time than was asked, whatever some come to', async () => {
    const { sweep, runs, seen } = bed(12, 3);
    await sweep.run();
    expect(seen.most).toBe(3);
    expect(runs.map(({ status }) => status)).toEqual(runs.map((_, index) => (index === 1 ? 'Failed' : 'Succeeded')));
    expect(sweep.isOver).toBe(true);
  });

  it('goes on after looks that were lost', async () => {
    const { sweep, seen } = bed(4, 2);
    seen.looksLost = 3;
    await sweep.run();
    expect(sweep.isOver).toBe(true);
  });

  it('starts no more after a start that was refused, and follows those that run', async () => {
    const { sweep, runs } = bed(6, 2, 3);
    await sweep.run();
    expect(sweep.problem?.message).toBe('Throttled.');
    expect(runs.map(({ status }) => status)).toEqual([
      'Succeeded',
      'Failed',
      'Succeeded',
      'NotStarted',
      'NotStarted',
      'NotStarted',
    ]);
  });

  it('stops what is running when it is cancelled, and starts nothing more', async () => {
    const { sweep, runs, seen } = bed(6, 2);
    const over = sweep.run();
    await sweep.cancel();
    await over;
    expect(runs.some(({ status }) => status === 'Waiting' || status === 'Executing')).toBe(false);
    expect(runs.filter(({ status }) => status === 'NotStarted').length).toBeGreaterThan(3);
    expect(seen.stopped.length).toBeGreaterThan(0);
  });
});
