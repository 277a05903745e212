import type { IncomingMessage } from 'node:http';

/** What an instance is asked. */
export interface Invocation {
  body: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds. */
  timeout: number;
  /** The archive of a multi-model container that is to answer. */
  target?: string | undefined;
  /** Hears when the model itself is asked: before, it may have to be loaded. */
  asked?: () => void;
}

/** One instance of a variant, or one copy of an inference component. */
export interface Instance {
  /** The name of its log stream. */
  readonly stream: string;
  /** Requests that have no answer yet. */
  readonly inFlight: number;
  /** Whether it may be asked. */
  readonly healthy: boolean;
  /** Starts it and waits until it is healthy. @throws {StartError} */
  start(signal: AbortSignal): Promise<void>;
  /** Settles when it has ended. */
  ended(): Promise<void>;
  /** Asks the model. @throws {NoAnswer} or {LoadError} */
  invoke(invocation: Invocation): Promise<IncomingMessage>;
  /** Ends it when what it has been asked is answered. @param patience milliseconds */
  retire(patience?: number): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** A container that cannot be had; the message is the reason that the service gives. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** No answer of a container came. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    message: string,
    /** The time ran out. */
    readonly timedOut: boolean,
  ) {
    super(message);
  }
}

/** A model of a multi-model container that did not load. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}
