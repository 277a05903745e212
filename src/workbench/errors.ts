/** A command the user can run to go on after an error. */
export interface NextAction {
  /** The text of the button: `Start Again`. */
  title: string;
  command: string;
  arguments?: readonly unknown[];
}

/** An error whose message is written for the user: what happened and what to do next. */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    message: string,
    readonly next?: NextAction,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** True for a `UserError`, also for one of another bundle, which has a class of its own. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** True for the ways in which VS Code, the SDK and `AbortSignal` say that the user cancelled. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Canceled' || error.name === 'AbortError');
}

/** The message of any thrown value, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
