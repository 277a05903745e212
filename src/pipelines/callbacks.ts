/** Callback steps that wait for an answer: what they ask for, the values that fit, and the answer itself. */
import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import type { Session } from '../aws';
import { readDefinition } from './definition';
import { definitionOf } from './service';

/** An output that a step declares: its name, and `String`, `Integer`, `Float` or `Boolean`. */
export interface DeclaredOutput {
  name: string;
  type: string;
}

/** A Callback step that has sent its message and waits for what is made of it. */
export interface Waiting {
  step: string;
  queue: string;
  /** Absent where the service does not list it: then only the message has it. */
  token?: string;
}

/** What is said of a step that waits: the outputs by name, or why it fails. */
export type CallbackAnswer = { outputs: Readonly<Record<string, string>> } | { reason: string };

/** The step as one that waits for an answer; undefined where it does not. */
export function waitingIn({ StepName = '', StepStatus, Metadata }: PipelineExecutionStep): Waiting | undefined {
  if (!Metadata?.Callback || StepStatus !== 'Executing') return undefined;
  const { CallbackToken: token, SqsQueueUrl: queue = '' } = Metadata.Callback;
  return { step: StepName, queue, ...(token ? { token } : {}) };
}

/** The outputs that each step of a run declares, by the names of the steps. */
export async function declaredOutputs(
  session: Session,
  executionArn: string,
): Promise<ReadonlyMap<string, readonly DeclaredOutput[]>> {
  const { steps } = await readDefinition(await definitionOf(session, executionArn));
  return new Map([...steps].map(([name, { outputParameters }]) => [name, outputParameters]));
}

/** Why a text is no value of a type, in a sentence; undefined where it is one. */
export function badValue({ name, type }: DeclaredOutput, value: string): string | undefined {
  const fits: Readonly<Record<string, RegExp>> = {
    Integer: /^[+-]?\d+$/,
    Float: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
    Boolean: /^(true|false)$/i,
  };
  if (fits[type]?.test(value.trim()) ?? true) return undefined;
  return `${name} must be ${type === 'Boolean' ? 'true or false' : type === 'Integer' ? 'a whole number' : 'a number'}.`;
}

/** Where the token of a step is that the service does not list, in a sentence. */
export function whereTokenIs({ step, queue }: Waiting): string {
  return `The token is in the message that ${step} has sent to ${queue}, as "token". Whoever receives the message has it.`;
}

/** Answers the step that waits with a token. @returns the ARN of its execution, where the service tells it */
export async function answerCallback(
  session: Session,
  token: string,
  answer: CallbackAnswer,
): Promise<string | undefined> {
  const { sdk, sagemaker } = session;
  const told = await session.change('answer the callback', () => {
    const common = { CallbackToken: token, ClientRequestToken: crypto.randomUUID() };
    if ('reason' in answer) {
      return sagemaker.send(
        new sdk.SendPipelineExecutionStepFailureCommand({ ...common, FailureReason: answer.reason }),
      );
    }
    const OutputParameters = Object.entries(answer.outputs).map(([Name, Value]) => ({ Name, Value }));
    return sagemaker.send(new sdk.SendPipelineExecutionStepSuccessCommand({ ...common, OutputParameters }));
  });
  return told.PipelineExecutionArn;
}
