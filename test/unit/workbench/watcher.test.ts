import { describe, expect, it } from 'vitest';
import { Watcher } from '../../../src/workbench/watcher';
import { FakeClock, settle } from '../../fixtures/clock';

function counter(
  key = 'run',
  interval = 1000,
): { polls: number; watch: (settledAt?: number) => Parameters<Watcher['watch']>[0] } {
  const state = {
    polls: 0,
    watch: (settledAt = Number.POSITIVE_INFINITY) => ({
      key,
      interval: () => interval,
      poll: () => Promise.resolve(++state.polls),
      settled: (value: unknown) => (value as number) >= settledAt,
    }),
  };
  return state;
}

describe('Watcher', () => {
  it('polls at once and then by the interval, and stops when the value has settled', async () => {
    const clock = new FakeClock();
    const source = counter();
    const seen: unknown[] = [];
    new Watcher(clock).watch(source.watch(3), { value: (value) => seen.push(value) });
    await clock.advance(10_000);
    expect(seen).toEqual([1, 2, 3]);
    expect(clock.pending).toEqual([]);
  });

  it('polls once for all who watch the same, and gives a late one the last value', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(), { value: () => undefined });
    await clock.advance(0);
    const late: unknown[] = [];
    watcher.watch(source.watch(), { value: (value) => late.push(value) });
    expect(late).toEqual([1]);
    await clock.advance(2000);
    expect(source.polls).toBe(3);
    expect(late).toEqual([1, 2, 3]);
  });

  it('does not poll for nobody', async () => {
    const clock = new FakeClock();
    const source = counter();
    const one = new Watcher(clock).watch(source.watch(), { value: () => undefined });
    await clock.advance(1000);
    one.dispose();
    await clock.advance(10_000);
    expect(source.polls).toBe(2);
    expect(clock.pending).toEqual([]);
  });

  it('tells the failure, waits longer each time, and recovers', async () => {
    const clock = new FakeClock();
    const events: string[] = [];
    let fail = true;
    new Watcher(clock).watch(
      {
        key: 'run',
        interval: () => 1000,
        poll: () => (fail ? Promise.reject(new Error('throttled')) : Promise.resolve('fine')),
        settled: () => false,
      },
      { value: (value) => events.push(value), failed: (error) => events.push((error as Error).message) },
    );
    await clock.advance(0);
    expect(clock.pending).toEqual([2000]);
    await clock.advance(2000);
    expect(clock.pending).toEqual([4000]);
    fail = false;
    await clock.advance(4000);
    expect(events).toEqual(['throttled', 'throttled', 'fine']);
    expect(clock.pending).toEqual([1000]);
  });

  it('never waits longer than a minute after failures', async () => {
    const clock = new FakeClock();
    new Watcher(clock).watch(
      { key: 'run', interval: () => 5000, poll: () => Promise.reject(new Error('down')), settled: () => false },
      { value: () => undefined },
    );
    await clock.advance(600_000);
    expect(Math.max(...clock.pending)).toBeLessThanOrEqual(60_000);
  });

  it('slows down without the focus and catches up when it is back', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(), { value: () => undefined });
    await clock.advance(0);
    watcher.setFocused(false);
    await clock.advance(1000);
    expect(source.polls).toBe(2);
    await clock.advance(5000);
    expect(source.polls).toBe(2);
    watcher.setFocused(true);
    await clock.advance(0);
    expect(source.polls).toBe(3);
  });

  it('polls a settled value again when it is asked to', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(1), { value: () => undefined });
    await clock.advance(5000);
    expect(source.polls).toBe(1);
    await watcher.refresh('run');
    expect(source.polls).toBe(2);
  });

  it('aborts the poll under way when the last one leaves', async () => {
    const clock = new FakeClock();
    let aborted = false;
    const one = new Watcher(clock).watch(
      {
        key: 'run',
        interval: () => 1000,
        poll: (signal) =>
          new Promise<void>((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            });
          }),
        settled: () => false,
      },
      { value: () => undefined },
    );
    await settle();
    one.dispose();
    await settle();
    expect(aborted).toBe(true);
    expect(clock.pending).toEqual([]);
  });

  it('leaves a settled value alone when the focus comes back', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(1), { value: () => undefined });
    await clock.advance(0);
    watcher.setFocused(false);
    watcher.setFocused(true);
    await clock.advance(60_000);
    expect(source.polls).toBe(1);
  });

  it('polls no sooner than its interval however often the focus comes back', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(), { value: () => undefined });
    for (let i = 0; i < 20; i++) {
      watcher.setFocused(false);
      await clock.advance(20);
      watcher.setFocused(true);
      await clock.advance(20);
    }
    expect(source.polls).toBe(1);
    expect(clock.pending).toEqual([200]);
  });

  it('asks for the interval before each pause', async () => {
    const clock = new FakeClock();
    let interval = 1000;
    const source = counter();
    new Watcher(clock).watch({ ...source.watch(), interval: () => interval }, { value: () => undefined });
    await clock.advance(1000);
    interval = 5000;
    await clock.advance(1000);
    expect([source.polls, clock.pending]).toEqual([3, [5000]]);
  });

  it('gives up a poll that is never answered when it is asked to poll now', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const answers: ((value: string) => void)[] = [];
    const seen: string[] = [];
    // This one does not even listen to the signal.
    const poll = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
    watcher.watch(
      { key: 'run', interval: () => 1000, poll, settled: () => false },
      { value: (value) => seen.push(value) },
    );
    await settle();
    const refreshed = watcher.refresh('run');
    await settle();
    answers[1]?.('new');
    await refreshed;
    answers[0]?.('late');
    await settle();
    expect(seen).toEqual(['new']);
    expect(clock.pending).toEqual([1000]);
  });

  it('drops what comes after the last one has left, and begins anew for the next', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const answers: ((value: string) => void)[] = [];
    const seen: string[] = [];
    const watch = {
      key: 'run',
      interval: () => 1000,
      poll: (): Promise<string> => new Promise((resolve) => answers.push(resolve)),
      settled: () => false,
    };
    watcher.watch(watch, { value: (value) => seen.push(`first ${value}`) }).dispose();
    watcher.watch(watch, { value: (value) => seen.push(`second ${value}`) });
    await settle();
    answers[0]?.('old');
    await settle();
    expect(seen).toEqual([]);
    answers[1]?.('new');
    await settle();
    expect(seen).toEqual(['second new']);
  });

  it('goes on when a listener leaves while it hears, and when it asks for another poll', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    const once = watcher.watch(source.watch(), { value: () => once.dispose() });
    let again = true;
    watcher.watch(source.watch(), {
      value: () => {
        if (again) void watcher.refresh('run');
        again = false;
      },
    });
    await clock.advance(0);
    expect([source.polls, clock.pending]).toEqual([2, [1000]]);
  });

  it('stops everything at its end', async () => {
    const clock = new FakeClock();
    const watcher = new Watcher(clock);
    const source = counter();
    watcher.watch(source.watch(), { value: () => undefined });
    await clock.advance(0);
    watcher.dispose();
    await clock.advance(60_000);
    expect([source.polls, clock.pending]).toEqual([1, []]);
  });
});
