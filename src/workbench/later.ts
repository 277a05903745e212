import { setTimeout as timer } from 'node:timers/promises';
import type { Disposable } from 'vscode';

/**
 * Makes something in the next turn: for what nobody waits for while the extension is activated. The command or the view
 * that had it activated is answered first.
 */
export function inNextTurn(make: () => Disposable): Disposable {
  let made: Disposable | undefined;
  const waiting = setImmediate(() => (made = make()));
  return {
    dispose: () => {
      clearImmediate(waiting);
      made?.dispose();
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
