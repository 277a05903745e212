import {
  type Json,
  type RetryPolicy,
  readRunnable,
  type RunnableParameter,
  type RunnableStep,
  UnreadableDefinition,
} from '../../definition/sagemaker/runnable';
import { invalid } from '../wire/errors';

export type { Json, RetryPolicy, RunnableParameter as ParameterDefinition, RunnableStep as StepDefinition };

export interface Definition {
  parameters: readonly RunnableParameter[];
  /** All steps that are scheduled, those of branches too, in the order of the text. */
  steps: readonly RunnableStep[];
}

/**
 * Reads a pipeline definition as the engine runs it. The definition core has checked it before; this only
 * guards against what would make the engine itself fail. The steps in the body of a ForEach step are that step's own.
 * @throws {ServiceError} `ValidationException`
 */
export function parseDefinition(text: string): Definition {
  if (!/^\s*\{/.test(text)) throw unparsable('Expecting start of Json Object.');
  const pipeline = read(text);
  const steps = pipeline.steps.filter(({ loop }) => loop === undefined);
  const names = new Set<string>();
  for (const { name } of steps) {
    if (names.has(name)) throw unparsable(`Two steps are named '${name}'.`);
    names.add(name);
  }
  for (const step of steps) {
    const unknown = step.needs.find((need) => !names.has(need));
    if (unknown !== undefined) throw unparsable(`Step '${step.name}' needs '${unknown}', which is not a step.`);
  }
  refuseCycles(steps);
  return { parameters: pipeline.parameters, steps };
}

/** Characters of the texts whose definitions are kept. */
const keptLength = 1024 ** 2;
const kept = new Map<string, Definition>();
let length = 0;

/**
 * What `parseDefinition` gives for a text, kept for the texts that were asked for last: a pipeline that is started
 * often is read once. Nobody can change what is kept.
 * @throws {ServiceError} `ValidationException`
 */
export function knownDefinition(text: string): Definition {
  const found = kept.get(text);
  if (found) {
    kept.delete(text);
    kept.set(text, found);
    return found;
  }
  const definition = frozen(parseDefinition(text));
  if (text.length > keptLength) return definition;
  kept.set(text, definition);
  length += text.length;
  for (const [oldest] of kept) {
    if (length <= keptLength) break;
    kept.delete(oldest);
    length -= oldest.length;
  }
  return definition;
}

/** The value itself, which cannot be changed any more. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}

function read(text: string): Definition {
  try {
    return readRunnable(text);
  } catch (error) {
    if (error instanceof UnreadableDefinition) throw unparsable(error.message);
    throw error;
  }
}

/** Takes away step after step whose needs are met; what is left stands in a cycle. */
function refuseCycles(steps: readonly RunnableStep[]): void {
  const waiting = new Map(steps.map((step) => [step.name, step.needs.length]));
  const after = new Map<string, string[]>(steps.map((step) => [step.name, []]));
  for (const step of steps) for (const need of step.needs) after.get(need)?.push(step.name);
  const ready = steps.filter((step) => step.needs.length === 0).map((step) => step.name);
  let done = 0;
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    done++;
    for (const next of after.get(name) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (done === steps.length) return;
  const ring = steps.filter((step) => (waiting.get(step.name) ?? 0) > 0).map((step) => step.name);
  throw unparsable(`The steps ${ring.slice(0, 5).join(', ')} wait for one another in a cycle.`);
}

/** The service's own beginning for every definition that it refuses. */
export function unparsable(message: string): Error {
  return invalid(`Unable to parse pipeline definition. ${message}`);
}
