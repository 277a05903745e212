/** A command the user can run to go on after an error. */
export interface NextAction {
  /** The text of the button: `Start Again`. */
  title: string;
  command: string;
  arguments?: readonly unknown[];
}

interface UserErrorOptions extends ErrorOptions {
  /** The part of the message that says why, for rows with room for a few words. The whole message where absent. */
  reason?: string;
  /** The reason in a few words, which every row has room for. */
  brief?: string;
}

/** What tells a `UserError` of another bundle, where the class is compiled a second time. */
const brand: unique symbol = Symbol.for('mlopsFlow.UserError') as never;

/** An error whose message is written for the user: what happened and what to do next. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly reason: string;
  readonly brief: string | undefined;
  readonly [brand] = true;

  constructor(
    message: string,
    readonly next?: NextAction,
    { reason, brief, ...options }: UserErrorOptions = {},
  ) {
    super(message, options);
    this.reason = reason ?? message;
    this.brief = brief;
  }

  static override [Symbol.hasInstance](value: unknown): value is UserError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/**
 * True for the ways in which VS Code, the SDK and `AbortSignal` say that the user cancelled. None of them can be told
 * by a class: VS Code's is not there outside of it, and the others have none.
 */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Canceled' || error.name === 'AbortError');
}

/** The message of any thrown value, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why fetch has reached nobody: the cause that its error wraps. */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return messageOf(cause) || messageOf(error);
}

/** Why something failed, without what was tried. */
export function reasonOf(error: unknown): string {
  return error instanceof UserError ? error.reason : messageOf(error);
}

/** Why something failed, in as few words as a row has room for. */
export function briefOf(error: unknown): string {
  return (error instanceof UserError ? error.brief : undefined) ?? reasonOf(error);
}
