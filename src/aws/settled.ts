/** Several calls that fill one view: each has its own end, so that one that fails hides nothing else. */
import { isCancellation } from '../workbench/errors';

/** What a call came to: its value, or why there is none. */
export type Outcome<T> =
  | { readonly value: T; readonly problem?: never }
  | { readonly value?: never; readonly problem: Error };

/**
 * Waits for `work` and keeps what it throws.
 *
 * @throws what says that the user or a switch has ended it: then nothing is shown at all
 */
export async function outcomeOf<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Calls `work` for each item, `most` at a time; the results stand in the order of the items. */
export async function abreast<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
