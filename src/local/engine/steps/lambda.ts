import type { OutputParameter } from '@aws-sdk/client-sagemaker';
import { findFunction } from '../../domain/functions';
import { invokeFunction } from '../../jobs/run/function';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import { isRecord } from '../../wire/validate';
import type { Json, StepDefinition } from '../definition';
import { type Scope, UnresolvedReference, resolve } from '../references';
import { type StepKind, textMember } from './step';

/**
 * Calls a Lambda function of Local with the step's arguments; what it returns becomes the step's outputs.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-lambda
 */
export const lambdaStep: StepKind = {
  type: 'Lambda',
  async run(step, { scope, store, jobs, signal, started }) {
    const arn = textMember(step, 'FunctionArn', scope);
    const found = findFunction(store, arn);
    const event = JSON.stringify(resolve(step.arguments, scope));
    started({ Lambda: { Arn: found.arn } });
    const { payload, failed } = await invokeFunction(found, event, jobs.surroundings, signal);
    if (signal.aborted) return { status: 'Stopped', metadata: { Lambda: { Arn: found.arn } } };
    const value: unknown = JSON.parse(payload);
    if (failed) {
      const reason = isRecord(value) ? String(value.errorMessage) : payload;
      return {
        status: 'Failed',
        reason: `ClientError: ${found.name}: ${reason}`,
        metadata: { Lambda: { Arn: found.arn } },
      };
    }
    const { outputs, missing } = outputsOf(step, isRecord(value) ? value : {});
    const metadata = { Lambda: { Arn: found.arn, OutputParameters: outputs } };
    if (missing !== undefined) {
      return {
        status: 'Failed',
        reason: `ClientError: ${found.name} returned no '${missing}', which the step declares as an output.`,
        metadata,
      };
    }
    return { status: 'Succeeded', metadata, result: { OutputParameters: outputValues(step, outputs) } };
  },
};

/**
 * Why a Lambda step could not call its function, in half a sentence: there is none of that name, and an execution cannot make
 * one; undefined where it is there, or where only a run can tell which it is.
 */
export function missingFunction(step: StepDefinition, scope: Scope, store: Store): string | undefined {
  if (step.type !== lambdaStep.type) return undefined;
  try {
    findFunction(store, textMember(step, 'FunctionArn', scope));
    return undefined;
  } catch (error) {
    if (error instanceof UnresolvedReference) return undefined;
    if (!(error instanceof ServiceError)) throw error;
    // That the step names none is told in another way.
    if (error.type !== 'ResourceNotFoundException') return undefined;
    return `its function ${error.message.slice(error.message.lastIndexOf(':') + 1)} is not on Local`;
  }
}

/** The declared outputs as the service keeps them: texts by name. */
export function outputsOf(
  { outputParameters }: StepDefinition,
  value: Readonly<Record<string, unknown>>,
): { outputs: OutputParameter[]; missing?: string } {
  const missing = outputParameters.find(({ name }) => value[name] === undefined)?.name;
  const outputs = outputParameters
    .filter(({ name }) => value[name] !== undefined)
    .map(({ name: Name }) => {
      const given = value[Name];
      return { Name, Value: typeof given === 'string' ? given : JSON.stringify(given) };
    });
  return { outputs, ...(missing === undefined ? {} : { missing }) };
}

/**
 * What references to the outputs read: the services keep texts, a declared number or truth value is read as one, so that
 * conditions can compare it.
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputParameter.html
 */
export function outputValues(
  { outputParameters }: StepDefinition,
  outputs: readonly OutputParameter[],
): Record<string, Json> {
  const types = new Map(outputParameters.map(({ name, type }) => [name, type]));
  return Object.fromEntries(outputs.map(({ Name = '', Value = '' }) => [Name, typed(Value, types.get(Name))]));
}

/** A text that is not of the declared type stays a text: what compares it says so. */
function typed(text: string, type = 'String'): Json {
  if (type === 'Boolean') return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
  if (type !== 'Integer' && type !== 'Float') return text;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : text;
}
