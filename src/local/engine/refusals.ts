import { type Stubs, stubOf } from '../../shared/stubs';
import type { ObjectStore } from '../domain/objects';
import type { Judgement, Scripts } from '../jobs/run/scripts';
import { invalid } from '../wire/errors';
import { isRecord } from '../wire/validate';
import type { Json, StepDefinition } from './definition';
import { isForData, missingInputs } from './inputs';
import { needValues } from './parameters';
import { servedAlgorithm } from './served';
import { type Scope, UnresolvedReference, resolve } from './references';
import { stepKind } from './steps';
import { stubProblem } from './stubs';

/** What the steps need that Local has not. */
const notRun: Readonly<Record<string, string>> = {
  AutoML: 'Local has no AutoML',
  EMR: 'Local has no EMR clusters',
  EMRServerless: 'Local has no EMR Serverless applications',
  BedrockCustomModel: 'Local has no Amazon Bedrock',
  BedrockCustomModelDeployment: 'Local has no Amazon Bedrock',
  BedrockModelImport: 'Local has no Amazon Bedrock',
  BedrockProvisionedModelThroughput: 'Local has no Amazon Bedrock',
};

/** Why a step cannot run: for want of data, by a fault that it would have on AWS as well, or by what Local is. */
interface Reason {
  text: string;
  cause: 'data' | 'fault' | 'local';
}

/** What to do, where all reasons are of one cause. */
const advice: Record<Reason['cause'], string> = {
  data: 'Give the data as fixtures in .mlops/config.json, or use a connection to an AWS account for this pipeline.',
  fault: 'Correct the scripts, or what the steps call them with: they would fail on AWS as well.',
  local:
    'Use a connection to an AWS account for this pipeline, or say in .mlops/config.json what stands for data (fixtures) and for steps (stubs), and what functions are given (arguments).',
};

/** How many steps the message names. */
const named = 20;

/** What a start is judged by, besides its steps and the values of its parameters. */
interface Known {
  stubs?: Stubs | undefined;
  /** Tells whether any object's URI begins with a text. */
  has?: (uri: string) => boolean;
  /** What is known of the scripts of steps, by their names. */
  scripts?: ReadonlyMap<string, Judgement> | undefined;
  /** What else keeps steps from their work, by their names: functions that are not there. */
  faults?: ReadonlyMap<string, string>;
  /** The parameters that have no value yet. */
  open?: readonly string[];
}

/**
 * Refuses an execution with steps that Local cannot run, before any step of it has run: those of a kind that it
 * does not know, those whose arguments ask for what it has not, and those whose data is not there. Parameters without a
 * value are named with them, so that nothing is told only at the next try.
 * @throws {ServiceError} one `ValidationException` that names every such step and its reason
 */
export function refuseSteps(
  steps: readonly StepDefinition[],
  parameters: Scope['parameters'],
  { stubs, has = () => true, scripts = new Map(), faults = new Map(), open = [] }: Known = {},
): void {
  const argumentsOf = argumentsBy(parameters);
  // A place is told as far as it is known: s3://{Bucket}/rows.csv.
  const placesOf = open.length === 0 ? argumentsOf : argumentsBy(withNames(parameters, open));
  const reasonsAgainst = (step: StepDefinition, isRefused: boolean): Reason[] => {
    const stub = stubOf(stubs, step);
    const script = scripts.get(step.name);
    const { needed = [], listed = [] } = script?.places ?? {};
    const because = (cause: Reason['cause'], ...texts: readonly (string | undefined)[]): Reason[] =>
      texts.flatMap((text) => (text === undefined ? [] : [{ text, cause }]));
    if (stub) return because('local', stubProblem(step, stub));
    const missing = missingInputs(step, steps, placesOf, has, isRefused ? [...needed, ...listed] : needed);
    return [
      ...because('local', refusalOf(step, argumentsOf(step)), servedAlgorithm(step, steps, argumentsOf)),
      ...missing.flatMap((text) => because(isForData(text) ? 'data' : 'local', text)),
      ...because('local', ...(script?.reasons ?? [])),
      ...because('fault', ...(script?.faults ?? [])),
      ...because('local', faults.get(step.name)),
    ];
  };
  if (open.length === 0 && steps.every((step) => reasonsAgainst(step, false).length === 0)) return;
  // A script that lists a place may do without what it finds there: that alone refuses nothing, and is told with the rest.
  const against = steps.flatMap((step) => {
    const reasons = reasonsAgainst(step, true);
    return reasons.length === 0 ? [] : [{ name: step.name, reasons }];
  });
  const lacking = open.length === 0 ? '' : needValues(open);
  if (against.length === 0) throw invalid(lacking);
  const [cause = 'local', another] = new Set(against.flatMap(({ reasons }) => reasons.map((reason) => reason.cause)));
  const told = against
    .slice(0, named)
    .map(({ name, reasons }) => `'${name}': ${reasons.map(({ text }) => text).join(', and ')}`);
  const more = against.length > named ? ` … and ${against.length - named} more` : '';
  const next = advice[another || lacking !== '' ? 'local' : cause];
  throw invalid(
    `${lacking === '' ? '' : `${lacking} `}Local cannot run ${against.length} of the ${steps.length} steps: ${told.join('; ')}${more}. ${next}`,
  );
}

/** Reads the arguments of steps as far as they are known, each once. */
function argumentsBy(parameters: Scope['parameters']): (step: StepDefinition) => Record<string, unknown> {
  const known = new Map<StepDefinition, Record<string, unknown>>();
  return (step) => {
    const own = known.get(step) ?? knownArguments(step, parameters);
    known.set(step, own);
    return own;
  };
}

/** Parameters with a name in braces for each that has no value. */
function withNames(parameters: Scope['parameters'], open: readonly string[]): Scope['parameters'] {
  return new Map([...parameters, ...open.map((name) => [name, { type: 'String', value: `{${name}}` }] as const)]);
}

/**
 * What is known of the scripts of steps, as far as these are there and known before: by the names of the steps.
 * @throws {ServiceError}
 */
export async function judgeScripts(
  steps: readonly StepDefinition[],
  parameters: Scope['parameters'],
  objects: ObjectStore,
  scripts: Scripts,
): Promise<ReadonlyMap<string, Judgement>> {
  const found = await Promise.all(
    steps.map(async (step) => {
      const script = await stepKind(step.type)?.script?.(knownArguments(step, parameters), objects);
      return script ? [{ step: step.name, script }] : [];
    }),
  );
  const own = found.flat();
  const judged = await scripts.judge(own.map(({ script }) => script));
  return new Map(own.flatMap(({ step }, at) => (judged[at] ? [[step, judged[at]]] : [])));
}

function refusalOf(step: StepDefinition, known: Record<string, unknown>): string | undefined {
  const kind = stepKind(step.type);
  if (!kind) return notRun[step.type] ?? `Local does not run steps of type ${step.type}`;
  return kind.refuse?.(known, step);
}

/** What references read before a run: its parameters alone. */
export function scopeBefore(parameters: Scope['parameters']): Scope {
  const untold = (): never => {
    throw new UnresolvedReference('This is known when the pipeline runs.');
  };
  return { parameters, variables: {}, result: () => undefined, propertyFile: untold, object: untold };
}

/** A step's arguments as far as they are known at the start; what only a run can tell is undefined. */
function knownArguments(step: StepDefinition, parameters: Scope['parameters']): Record<string, unknown> {
  const scope = scopeBefore(parameters);
  const known = (value: Json): unknown => {
    if (Array.isArray(value)) return value.map(known);
    if (!isRecord(value)) return value;
    if (!isFunction(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, known(member)])) as unknown;
    }
    try {
      return resolve(value, scope);
    } catch (error) {
      if (error instanceof UnresolvedReference) return undefined;
      throw error;
    }
  };
  const value = known(step.arguments);
  return isRecord(value) ? value : {};
}

function isFunction(value: Record<string, unknown>): boolean {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Get' || name?.startsWith('Std:') === true);
}
