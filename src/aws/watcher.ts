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
  /** Watches with the same key share one poll. */
  key: string;
  poll(signal: AbortSignal): Promise<T>;
  /** True when `value` won't change any more. */
  settled(value: T): boolean;
  /** Milliseconds between polls while nothing goes wrong and the window has the focus. */
  interval: number;
}

export interface WatchListener<T> {
  value(value: T): void;
  /** A poll failed; it is tried again later. */
  failed?(error: unknown): void;
}

interface Entry {
  watch: Watch<unknown>;
  listeners: Set<WatchListener<unknown>>;
  abort: AbortController;
  /** The poll under way, shared by all who ask. */
  inFlight?: Promise<void> | undefined;
  timer?: { cancel(): void } | undefined;
  failures: number;
  last?: { value: unknown };
}

const UNFOCUSED_FACTOR = 6;
const LONGEST_PAUSE = 60_000;

/**
 * The one poller of a connection. It polls only what somebody watches and what is not at rest, shares
 * requests in flight, backs off with jitter after failures, and slows down while the window has lost
 * the focus.
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

  /** Polls `key` now, also if it had come to rest; resolves when its listeners have heard. */
  async refresh(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (entry) await this.poll(entry);
  }

  /** Tells whether the window has the focus. */
  setFocused(focused: boolean): void {
    if (this.focused === focused) return;
    this.focused = focused;
    if (!focused) return;
    for (const entry of this.entries.values()) if (entry.timer) void this.poll(entry);
  }

  /** Stops everything; listeners hear nothing more. */
  dispose(): void {
    for (const entry of this.entries.values()) this.end(entry);
    this.entries.clear();
  }

  private entry(watch: Watch<unknown>): Entry {
    const known = this.entries.get(watch.key);
    if (known) return known;
    const entry: Entry = { watch, listeners: new Set(), abort: new AbortController(), failures: 0 };
    this.entries.set(watch.key, entry);
    return entry;
  }

  private leave(entry: Entry, listener: WatchListener<unknown>): void {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    this.end(entry);
    if (this.entries.get(entry.watch.key) === entry) this.entries.delete(entry.watch.key);
  }

  private end(entry: Entry): void {
    entry.listeners.clear();
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.abort.abort();
  }

  private poll(entry: Entry): Promise<void> {
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.inFlight ??= this.run(entry).finally(() => {
      entry.inFlight = undefined;
    });
    return entry.inFlight;
  }

  private async run(entry: Entry): Promise<void> {
    try {
      const value = await entry.watch.poll(entry.abort.signal);
      if (entry.abort.signal.aborted) return;
      entry.failures = 0;
      entry.last = { value };
      for (const listener of entry.listeners) listener.value(value);
      if (!entry.watch.settled(value)) this.schedule(entry);
    } catch (error) {
      if (entry.abort.signal.aborted) return;
      entry.failures += 1;
      for (const listener of entry.listeners) listener.failed?.(error);
      this.schedule(entry);
    }
  }

  private schedule(entry: Entry): void {
    if (entry.abort.signal.aborted) return;
    const calm = entry.watch.interval * (this.focused ? 1 : UNFOCUSED_FACTOR);
    const backedOff = Math.min(LONGEST_PAUSE, calm * 2 ** Math.min(entry.failures, 10));
    // Full jitter over the upper half, so that several windows do not come back in step.
    const pause = entry.failures === 0 ? calm : backedOff * (0.5 + this.clock.random() / 2);
    entry.timer = this.clock.after(pause, () => void this.poll(entry));
  }
}
