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
