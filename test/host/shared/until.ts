import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is good, and returns it.
 * @param what is awaited, for the message when it does not come
 * @param ask its answer is good when it is neither undefined nor false
 * @param ms how long to wait at most
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 50_000,
): Promise<T> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`Waited ${ms} ms for ${what}.`);
}
