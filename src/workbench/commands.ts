import { commands, type Disposable, window } from 'vscode';
import { isCancellation, messageOf, UserError } from './errors';
import { log } from './log';

const showLog = 'Show Log';

/**
 * Registers commands. A command's body just throws: whether the user hears of it, how, and what the log
 * keeps is decided here and nowhere else.
 */
export class Commands implements Disposable {
  private readonly registrations: Disposable[] = [];

  /**
   * Registers `run` under `id`. A cancellation is silent; a `UserError` shows its sentence and its next
   * action; anything else is shown as a failure of the command and logged with its stack.
   */
  register(id: string, run: (...args: never[]) => unknown): void {
    // What a command is called with is decided by menus and callers; its body names the types it expects.
    const untyped = run as (...args: unknown[]) => unknown;
    const guarded = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await untyped(...args);
      } catch (error) {
        report(id, error);
        return undefined;
      }
    };
    this.registrations.push(commands.registerCommand(id, guarded));
  }

  /**
   * Registers commands whose code is loaded with the first that is used.
   *
   * @param prefix what their ids begin with: `mlopsFlow.`
   * @param open loads what they do by their names, and what they all need
   */
  registerAll<Name extends string, Room>(
    prefix: string,
    names: readonly Name[],
    open: () => Promise<[run: Record<Name, (room: Room, ...given: never[]) => unknown>, room: Room]>,
  ): void {
    for (const name of names) {
      this.register(prefix + name, async (...given: never[]) => {
        const [run, room] = await open();
        return run[name](room, ...given);
      });
    }
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }
}

/** The one exit of errors that nobody else handles: tells the user and the log. */
export function report(source: string, error: unknown): void {
  if (isCancellation(error)) return;
  if (error instanceof UserError) {
    log().warn(`${source}: ${error.message}${error.cause === undefined ? '' : ` (${messageOf(error.cause)})`}`);
  } else {
    log().error(`${source}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  void tell(error);
}

async function tell(error: unknown): Promise<void> {
  const next = error instanceof UserError ? error.next : undefined;
  const choices = next ? [next.title, showLog] : [showLog];
  const choice = await window.showErrorMessage(messageOf(error), ...choices);
  if (choice === showLog) log().show(true);
  else if (choice !== undefined && next) await commands.executeCommand(next.command, ...(next.arguments ?? []));
}
