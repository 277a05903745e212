/**
 * The time of updates, bakes and alarms. Lengths of time are divided by its speed, so that a demonstration of an hour
 * takes a minute with every event in its order; the times of day that are written down stay the true ones.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** How much faster than the true time lengths of time pass. */
  readonly speed: number;
  /** Settles at a time of day, or at once when it is past. Rejects when the signal is aborted. */
  until(time: number, signal: AbortSignal): Promise<void>;
}

/** The longest delay that a timer takes. */
const longestTimer = 2 ** 31 - 1;

/** The time of this machine. */
export class SystemClock implements Clock {
  constructor(readonly speed = 1) {}

  now(): number {
    return Date.now();
  }

  async until(time: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const rest = time - Date.now();
      if (rest <= 0) return;
      await delay(Math.min(rest, longestTimer), signal);
    }
  }
}

async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** The true length of `seconds`, in milliseconds. */
export function lengthOf(seconds: number, { speed }: Clock): number {
  return (seconds * 1000) / speed;
}
