import { setTimeout as timer } from 'node:timers/promises';
import type { Disposable } from 'vscode';
import { report } from './commands';

/** Something that is made soon. */
export interface Later extends Disposable {
  /** Makes it now, where it has not been made. @throws what making it threw, each time */
  now(): void;
}

/**
 * Makes something in the next turn: whoever waits for this one is answered first. Who cannot wait has it made now. A
 * failure is reported as that of `name`.
 */
export function inNextTurn(name: string, make: () => Disposable): Later {
  let outcome: { made: Disposable } | { error: unknown } | undefined;
  const tried = (): { made: Disposable } | { error: unknown } => {
    try {
      return { made: make() };
    } catch (error) {
      return { error };
    }
  };
  const now = (): void => {
    outcome ??= tried();
    if ('error' in outcome) throw outcome.error;
  };
  const waiting = setImmediate(() => {
    try {
      now();
    } catch (error) {
      report(name, error);
    }
  });
  return {
    now,
    dispose: () => {
      clearImmediate(waiting);
      if (outcome && 'made' in outcome) outcome.made.dispose();
    },
  };
}

/** As many as an answer takes: until its timer, until it is compressed by another thread, until it is written. */
const turnsOfAnAnswer = 5;

/**
 * Resolves when what VS Code has asked for up to now, and can be answered without waiting for anything, was answered,
 * and the answers are on their way: for what keeps the extension host busy for a while, as loading code does.
 */
export async function answersSent(): Promise<void> {
  for (let turns = 0; turns < turnsOfAnAnswer; turns++) await timer();
}
