import { untilAborted } from './abort';

/** What the watcher needs of time, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  after(ms: number, run: () => void): { cancel(): void };
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  random: Math.random,
};

/** Something that is polled until it has come to rest. */
export interface Watch<T> {
  /** Watches with the same key share one poll. What is read of a connection has the connection in its key. */
  key: string;
  /**
   * Reads the value and changes nothing: a poll may be aborted at any moment, and what it comes to is dropped then. All
   * that listeners show is in the value.
   */
  poll(signal: AbortSignal): Promise<T>;
  /** True when `value` won't change any more. */
  settled(value: T): boolean;
  /** Milliseconds between polls while nothing goes wrong and the window has the focus; asked before each pause. */
  interval(): number;
}

export interface WatchListener<T> {
  value(value: T): void;
  /** A poll failed; it is tried again later. */
  failed?(error: unknown): void;
}

/** A poll under way. */
interface Poll {
  abort: AbortController;
  ended: Promise<void>;
}

interface Entry {
  watch: Watch<unknown>;
  listeners: Set<WatchListener<unknown>>;
  /** The poll under way, shared by all who ask. */
  underWay?: Poll | undefined;
  timer?: { cancel(): void } | undefined;
  failures: number;
  /** When the last poll ended. */
  polledAt: number;
  last?: { value: unknown };
}

const unfocusedFactor = 6;
/** Milliseconds. */
const longestPause = 60_000;

/**
 * The one poller. It polls only what somebody watches and what is not at rest, shares requests in flight, backs off
 * with jitter after failures, and slows down while the window has lost the focus.
 */
export class Watcher {
  private readonly entries = new Map<string, Entry>();
  private focused = true;

  constructor(private readonly clock: Clock = systemClock) {}

  /** Starts or joins a watch; dispose of the result to leave it. The first value comes at once. */
  watch<T>(watch: Watch<T>, listener: WatchListener<T>): { dispose(): void } {
    const entry = this.entry(watch);
    const typed = listener as WatchListener<unknown>;
    entry.listeners.add(typed);
    if (entry.last) listener.value(entry.last.value as T);
    if (!entry.timer) void this.poll(entry);
    return { dispose: () => this.leave(entry, typed) };
  }

  /**
   * Polls `key` now, also if it had come to rest; resolves when its listeners have heard. A poll under way is given up:
   * it may have read what was there before, or never be answered.
   */
  async refresh(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.underWay?.abort.abort();
    entry.underWay = undefined;
    await this.poll(entry);
  }

  /** Tells whether the window has the focus. */
  setFocused(focused: boolean): void {
    if (this.focused === focused) return;
    this.focused = focused;
    if (!focused) return;
    for (const entry of this.entries.values()) if (entry.timer) this.schedule(entry);
  }

  /** Stops everything; listeners hear nothing more. */
  dispose(): void {
    for (const entry of this.entries.values()) this.end(entry);
    this.entries.clear();
  }

  private entry(watch: Watch<unknown>): Entry {
    const known = this.entries.get(watch.key);
    if (known) return known;
    const entry: Entry = { watch, listeners: new Set(), failures: 0, polledAt: this.clock.now() };
    this.entries.set(watch.key, entry);
    return entry;
  }

  private leave(entry: Entry, listener: WatchListener<unknown>): void {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0 || this.entries.get(entry.watch.key) !== entry) return;
    this.end(entry);
    this.entries.delete(entry.watch.key);
  }

  private end(entry: Entry): void {
    entry.listeners.clear();
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.underWay?.abort.abort();
  }

  private poll(entry: Entry): Promise<void> {
    entry.timer?.cancel();
    entry.timer = undefined;
    if (entry.underWay) return entry.underWay.ended;
    const abort = new AbortController();
    const ended = this.run(entry, abort.signal).finally(() => {
      if (entry.underWay?.abort === abort) entry.underWay = undefined;
    });
    entry.underWay = { abort, ended };
    return ended;
  }

  private async run(entry: Entry, signal: AbortSignal): Promise<void> {
    let told: (listener: WatchListener<unknown>) => void;
    let settled = false;
    try {
      const value = await untilAborted(signal, entry.watch.poll(signal));
      entry.last = { value };
      entry.failures = 0;
      settled = entry.watch.settled(value);
      told = (listener) => listener.value(value);
    } catch (error) {
      if (signal.aborted) return;
      entry.failures += 1;
      told = (listener) => listener.failed?.(error);
    }
    entry.polledAt = this.clock.now();
    try {
      for (const listener of entry.listeners) told(listener);
    } finally {
      // A listener may have left, or asked for another poll.
      if (!settled && !signal.aborted && entry.listeners.size > 0) this.schedule(entry);
    }
  }

  /** Sets the next poll, so long after the last one as the interval and the failures ask for. */
  private schedule(entry: Entry): void {
    entry.timer?.cancel();
    const calm = entry.watch.interval() * (this.focused ? 1 : unfocusedFactor);
    const backedOff = Math.min(longestPause, calm * 2 ** Math.min(entry.failures, 10));
    // Full jitter over the upper half, so that several windows do not come back in step.
    const pause = entry.failures === 0 ? calm : backedOff * (0.5 + this.clock.random() / 2);
    const rest = Math.max(0, entry.polledAt + pause - this.clock.now());
    entry.timer = this.clock.after(rest, () => void this.poll(entry));
  }
}
