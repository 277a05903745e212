import { commands, type Disposable, window } from 'vscode';
import { isCancellation, messageOf, UserError } from './errors';
import { log } from './log';

const showLog = 'Show Log';

type Run = (...args: unknown[]) => unknown;

/**
 * The commands of the extension. VS Code knows all of them from the start; what they do is registered by the rooms.
 * A command's body just throws: whether the user hears of it, how, and what the log keeps is decided here and nowhere
 * else.
 */
export class Commands implements Disposable {
  private readonly bodies = new Map<string, Run | undefined>();
  private readonly registrations: Disposable[];

  /**
   * @param ids all that the manifest contributes
   * @param open has the rooms register what the commands do, where they have not done so; asked before each command
   */
  constructor(
    ids: readonly string[],
    private readonly open: () => void,
  ) {
    this.registrations = ids.map((id) => {
      this.bodies.set(id, undefined);
      return commands.registerCommand(id, (...args: unknown[]) => this.run(id, args));
    });
  }

  /** The commands that nothing is registered for: none, once the rooms are open. */
  get without(): string[] {
    return [...this.bodies].filter(([, run]) => !run).map(([id]) => id);
  }

  /**
   * Registers what a command does. A cancellation is silent; a `UserError` shows its sentence and its next action;
   * anything else is shown as a failure of the command and logged with its stack.
   *
   * @throws Error where the manifest has no such command, or it has a body already
   */
  register(id: string, run: (...args: never[]) => unknown): void {
    if (!this.bodies.has(id)) throw new Error(`The manifest does not contribute ${id}.`);
    if (this.bodies.get(id)) throw new Error(`${id} is registered twice.`);
    // What a command is called with is decided by menus and callers; its body names the types it expects.
    this.bodies.set(id, run as Run);
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

  private async run(id: string, args: readonly unknown[]): Promise<unknown> {
    try {
      this.open();
      const run = this.bodies.get(id);
      if (!run) throw new Error(`Nothing is registered for ${id}.`);
      return await run(...args);
    } catch (error) {
      report(id, error);
      return undefined;
    }
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
