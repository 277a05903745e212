import type { PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { Stub } from '../../../shared/stubs';
import type { Execution } from '../../domain/executions';
import sagemaker from '../../generated/sagemaker.json';
import type { ObjectStore } from '../../domain/objects';
import type { Jobs } from '../../jobs/jobs';
import type { Script } from '../../jobs/run/scripts';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import { isRecord, parseInput, unknownMembers } from '../../wire/validate';
import type { Callbacks } from '../callbacks';
import type { StepDefinition } from '../definition';
import { type Scope, resolve } from '../references';

/** Does an operation of SageMaker. @throws {ServiceError} */
export type Call = (operation: string, input: object) => Promise<Record<string, unknown>>;

/** What a step came to. */
export interface StepEnd {
  status: 'Succeeded' | 'Failed' | 'Stopped';
  reason?: string;
  metadata?: PipelineExecutionStepMetadata;
  result?: Record<string, unknown>;
  /** The branch that a Condition step takes. */
  outcome?: 'True' | 'False';
  /** The kind of failure, as retry policies name them. */
  exception?: string;
}

/** What a step needs to run. */
export interface StepContext {
  execution: Execution;
  scope: Scope;
  store: Store;
  jobs: Jobs;
  callbacks: Callbacks;
  /** Does an operation of SageMaker as a client would. */
  call: Call;
  signal: AbortSignal;
  /** Tells that what the step makes is there. */
  started: (metadata: PipelineExecutionStepMetadata) => void;
  /** What it told before Local was started anew, of a step that waits on. */
  waited?: PipelineExecutionStepMetadata | undefined;
}

/** A kind of pipeline step: one file, and a line in `steps/index.ts`. */
export interface StepKind {
  /** `Type` in the definition. */
  type: string;
  /** It ends as soon as it begins: only its end is written. */
  isInstant?: true;
  /** The arguments that make two runs the same work; without it, a step is never taken from the cache. */
  cacheKey?: readonly string[];
  /**
   * Why Local cannot run a step with these arguments, in half a sentence; asked before an execution starts.
   * @param known its arguments without what only a run can tell: that is undefined
   */
  refuse?(known: Record<string, unknown>, step: StepDefinition): string | undefined;
  /** The script that a step with these arguments would run, as far as it is there. */
  script?(known: Record<string, unknown>, objects: ObjectStore): Promise<Script | undefined>;
  run(step: StepDefinition, context: StepContext): Promise<StepEnd> | StepEnd;
  /** Ends a step as its stub says, where the kind leaves more behind than what the stub gives. */
  stub?(step: StepDefinition, stub: Stub, context: StepContext): Promise<StepEnd>;
}

const model = sagemaker as unknown as ServiceModel;

/**
 * The request that a step's arguments stand for, checked as the operation itself checks it.
 * @param own members that the service gives, whatever the step says
 * @param fallback members that it gives where the step says nothing
 * @throws {ServiceError} `ValidationException`
 */
export function requestOf(
  step: StepDefinition,
  scope: Scope,
  operation: keyof typeof sagemaker.operations,
  own: object,
  fallback: object = {},
): Record<string, unknown> {
  const resolved = resolve(step.arguments, scope);
  const given = isRecord(resolved) ? resolved : {};
  const shape = model.operations[operation]?.input ?? '';
  const [unknown] = unknownMembers(model, shape, given);
  if (unknown !== undefined) throw new ServiceError('ValidationException', `Unknown Argument member '${unknown}'.`);
  return parseInput(model, shape, { ...fallback, ...given, ...own });
}

/** The pipeline's role, for a step that names none of its own. */
export function roleOf(step: StepDefinition, member: string, { roleArn }: Execution): Record<string, string> {
  return isRecord(step.arguments) && step.arguments[member] !== undefined ? {} : { [member]: roleArn };
}

/** A text that stands beside the step's arguments, resolved. @throws {ServiceError} where it is missing */
export function textMember(step: StepDefinition, member: string, scope: Scope): string {
  const value = resolve(step.members[member] ?? null, scope);
  if (typeof value === 'string' && value !== '') return value;
  throw new ServiceError('ValidationException', `Step '${step.name}' has no ${member}.`);
}
