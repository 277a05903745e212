import { describe, expect, it } from 'vitest';
import { type Clock, Watcher } from '../../../src/aws/watcher';

/** A clock that moves only when told. */
class FakeClock implements Clock {
  private time = 0;
  private timers: { at: number; run: () => void }[] = [];
  now = (): number => this.time;
  random = (): number => 1;
  after = (ms: number, run: () => void): { cancel(): void } => {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return { cancel: () => void (this.timers = this.timers.filter((each) => each !== timer)) };
  };

  get pending(): number[] {
    return this.timers.map(({ at }) => at - this.time);
  }

  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await settle();
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.run();
      await settle();
    }
    this.time = until;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function counter(
  key = 'run',
  interval = 1000,
): { polls: number; watch: (settledAt?: number) => Parameters<Watcher['watch']>[0] } {
  const state = {
    polls: 0,
    watch: (settledAt = Number.POSITIVE_INFINITY) => ({
      key,
      interval,
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
        interval: 1000,
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
      { key: 'run', interval: 5000, poll: () => Promise.reject(new Error('down')), settled: () => false },
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
        interval: 1000,
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
});
