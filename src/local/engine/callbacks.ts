import { setImmediate } from 'node:timers/promises';
import type { OutputParameter } from '@aws-sdk/client-sagemaker';
import { randomId } from '../domain/arns';
import { ServiceError } from '../wire/errors';

/** What someone outside says of a step that waits for it. */
export type CallbackAnswer = { outputs: readonly OutputParameter[] } | { failure: string };

/** The Callback steps that wait, by the tokens that their messages carry. */
export class Callbacks {
  private readonly waiting = new Map<string, { execution: string; answer: (answer: CallbackAnswer) => void }>();

  /**
   * A token for a step of an execution, and its answer; undefined where `signal` was aborted first.
   * @param token the one that was told already, of a step that waited before Local was started anew
   */
  open(
    execution: string,
    signal: AbortSignal,
    token = randomId(10),
  ): { token: string; answer: Promise<CallbackAnswer | undefined> } {
    const answer = new Promise<CallbackAnswer | undefined>((resolve) => {
      const end = (value: CallbackAnswer | undefined): void => {
        this.waiting.delete(token);
        signal.removeEventListener('abort', stop);
        resolve(value);
      };
      const stop = (): void => end(undefined);
      this.waiting.set(token, { execution, answer: end });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    return { token, answer };
  }

  /**
   * Gives a waiting step its answer.
   * @returns the ARN of its execution, when what the step came to is stored
   * @throws {ServiceError} `ResourceNotFound`
   */
  async answer(token: string, answer: CallbackAnswer): Promise<string> {
    const found = this.waiting.get(token);
    if (!found) {
      throw new ServiceError(
        'ResourceNotFound',
        'No step waits for this callback token: it has ended, or never began.',
      );
    }
    found.answer(answer);
    // The step ends in the promises that follow: an answer that was taken must not be lost with the process.
    await setImmediate();
    return found.execution;
  }
}
