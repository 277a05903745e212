import type {
  CreateModelPackageInput,
  CreateProcessingJobRequest,
  CreateTrainingJobRequest,
  PipelineExecutionStepMetadata,
} from '@aws-sdk/client-sagemaker';
import { randomId, sagemakerArn } from '../arns';
import { ServiceError } from '../protocol/errors';
import { serviceModels } from '../protocol/service-model';
import { isRecord, parseInput, unknownMembers } from '../protocol/validate';
import type { JobEnd, JobSurroundings } from '../runner/job-runner';
import { runProcessingJob } from '../runner/processing';
import { runTrainingJob } from '../runner/training';
import { once } from '../services/idempotency';
import { createModelPackage } from '../services/model-packages';
import type { Execution, ProcessingJob, TrainingJob } from '../store/types';
import { UndecidableCondition, holdAll } from './conditions';
import type { Json, StepDefinition } from './definition';
import { type Scope, UnresolvedReference, resolve } from './references';

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
  around: JobSurroundings;
  signal: AbortSignal;
  /** Tells that the step's job is there. */
  started(metadata: PipelineExecutionStepMetadata): void;
}

type Handler = (step: StepDefinition, context: StepContext) => Promise<StepEnd> | StepEnd;

/** The step types that Local runs. */
export const handlers: Readonly<Record<string, Handler>> = {
  Processing: processing,
  Training: training,
  Condition: condition,
  Fail: fail,
  RegisterModel: registerModel,
};

/** Runs one step to its end; what is the definition's fault becomes the reason of its failure. */
export async function runStep(step: StepDefinition, context: StepContext): Promise<StepEnd> {
  const handler = handlers[step.type];
  if (!handler) {
    return {
      status: 'Failed',
      reason: `Local does not run steps of type ${step.type}. It runs ${Object.keys(handlers).join(', ')}; use a connection to an AWS account for this pipeline.`,
    };
  }
  try {
    return await handler(step, context);
  } catch (error) {
    const expected =
      error instanceof UnresolvedReference || error instanceof UndecidableCondition || error instanceof ServiceError;
    if (!expected) throw error;
    return { status: 'Failed', reason: `ClientError: ${error.message}` };
  }
}

/** What the arguments of job steps are requests of. */
interface Requests {
  CreateProcessingJob: CreateProcessingJobRequest;
  CreateTrainingJob: CreateTrainingJobRequest;
  CreateModelPackage: CreateModelPackageInput;
}

/** The request that a step's arguments stand for, checked as the job's own operation checks it. */
function requestOf<Name extends keyof Requests>(
  step: StepDefinition,
  { scope }: StepContext,
  operation: Name,
  own: object,
): Requests[Name] {
  const resolved = resolve(step.arguments, scope);
  const given = isRecord(resolved) ? resolved : {};
  const shape = serviceModels.sagemaker.operations[operation]?.input ?? '';
  const [unknown] = unknownMembers(serviceModels.sagemaker, shape, given);
  if (unknown !== undefined) throw new ServiceError('ValidationException', `Unknown Argument member '${unknown}'.`);
  return parseInput(serviceModels.sagemaker, shape, { ...given, ...own }) as unknown as Requests[Name];
}

/** Job names of a pipeline, as the service makes them; at most 63 characters. */
function jobName({ id }: Execution, step: string): string {
  const middle = step
    .replaceAll('_', '-')
    .slice(0, 63 - 'pipelines-'.length - id.length - 12)
    .replace(/^-+|-+$/g, '');
  return `pipelines-${id}-${middle || 'step'}-${randomId(10)}`;
}

async function processing(step: StepDefinition, context: StepContext): Promise<StepEnd> {
  const { execution, around, signal } = context;
  const name = jobName(execution, step.name);
  const input = requestOf(step, withJobName(context, 'ProcessingJobName', name), 'CreateProcessingJob', {
    ProcessingJobName: name,
    ...roleOf(step, execution),
  });
  const now = new Date();
  const arn = sagemakerArn('processing-job', name);
  const job: ProcessingJob = {
    kind: 'processing',
    name,
    arn,
    status: 'InProgress',
    createdAt: now,
    modifiedAt: now,
    doc: {
      ProcessingInputs: input.ProcessingInputs,
      ProcessingOutputConfig: input.ProcessingOutputConfig,
      ProcessingJobName: name,
      ProcessingResources: input.ProcessingResources,
      StoppingCondition: input.StoppingCondition ?? { MaxRuntimeInSeconds: 86_400 },
      AppSpecification: input.AppSpecification,
      Environment: input.Environment,
      NetworkConfig: input.NetworkConfig,
      RoleArn: input.RoleArn,
      ExperimentConfig: input.ExperimentConfig,
      ProcessingJobArn: arn,
      ProcessingJobStatus: 'InProgress',
      LastModifiedTime: now,
      CreationTime: now,
    },
  };
  around.store.jobs.put(job);
  if (input.Tags) around.store.addTags(arn, tagsOf(input.Tags));
  const metadata = { ProcessingJob: { Arn: arn } };
  context.started(metadata);
  const end = await runProcessingJob(job, input, around, signal);
  return endOf(end, metadata, { ...job.doc });
}

async function training(step: StepDefinition, context: StepContext): Promise<StepEnd> {
  const { execution, around, signal } = context;
  const name = jobName(execution, step.name);
  const input = requestOf(step, withJobName(context, 'TrainingJobName', name), 'CreateTrainingJob', {
    TrainingJobName: name,
    ...roleOf(step, execution),
  });
  const now = new Date();
  const arn = sagemakerArn('training-job', name);
  const { Tags, ...described } = input;
  const job: TrainingJob = {
    kind: 'training',
    name,
    arn,
    status: 'InProgress',
    createdAt: now,
    modifiedAt: now,
    doc: {
      ...described,
      TrainingJobName: name,
      TrainingJobArn: arn,
      // Filled when the model is there; references read it only then.
      ModelArtifacts: { S3ModelArtifacts: undefined },
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: now, StatusMessage: 'Starting the training job' }],
      AlgorithmSpecification: input.AlgorithmSpecification,
      StoppingCondition: input.StoppingCondition,
      CreationTime: now,
      LastModifiedTime: now,
    },
  };
  around.store.jobs.put(job);
  if (Tags) around.store.addTags(arn, tagsOf(Tags));
  const metadata = { TrainingJob: { Arn: arn } };
  context.started(metadata);
  const end = await runTrainingJob(job, input, around, signal);
  return endOf(end, metadata, { ...job.doc });
}

function condition(step: StepDefinition, { scope }: StepContext): StepEnd {
  const conditions = isRecord(step.arguments) ? step.arguments.Conditions : undefined;
  const outcome = holdAll(conditions, scope) ? 'True' : 'False';
  return { status: 'Succeeded', outcome, metadata: { Condition: { Outcome: outcome } }, result: { Outcome: outcome } };
}

function fail(step: StepDefinition, { scope }: StepContext): StepEnd {
  const resolved = resolve(step.arguments, scope);
  const message =
    isRecord(resolved) && resolved.ErrorMessage != null ? textOf(resolved.ErrorMessage).slice(0, 3072) : '';
  return { status: 'Failed', reason: message, metadata: { Fail: { ErrorMessage: message } } };
}

function registerModel(step: StepDefinition, context: StepContext): StepEnd {
  const input = requestOf(step, context, 'CreateModelPackage', {});
  const { store } = context.around;
  const request = { ClientRequestToken: `${context.execution.id}/${step.name}` };
  const register = (): { arn: string } => ({ arn: createModelPackage(store, input, { createGroup: true }).arn });
  // Once an execution: an end of the process right after it must not lead to a second version at the retry.
  const { arn } = once(store, 'RegisterModel', request, register);
  const doc = store.modelPackages.get(arn)?.doc;
  const metadata = { RegisterModel: { Arn: arn } };
  context.started(metadata);
  return { status: 'Succeeded', metadata, result: { ...doc } };
}

/** An error message that is a number or a truth value, not made a text by Std:Join. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function endOf(end: JobEnd, metadata: PipelineExecutionStepMetadata, result: Record<string, unknown>): StepEnd {
  if (end.status === 'Completed') return { status: 'Succeeded', metadata, result };
  // A job that ran out of time is `Stopped`, and its step has failed.
  if (end.status === 'Stopped' && end.reason === undefined) return { status: 'Stopped', metadata };
  return {
    status: 'Failed',
    metadata,
    ...(end.reason === undefined ? {} : { reason: end.reason }),
    ...(end.exception === undefined ? {} : { exception: end.exception }),
  };
}

/** A job without a role of its own runs with the pipeline's. */
function roleOf(step: StepDefinition, { roleArn }: Execution): { RoleArn?: string } {
  return isRecord(step.arguments) && step.arguments.RoleArn !== undefined ? {} : { RoleArn: roleArn };
}

function withJobName(context: StepContext, variable: string, name: string): StepContext {
  const { scope } = context;
  return { ...context, scope: { ...scope, variables: { ...scope.variables, [variable]: name } } };
}

function tagsOf(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[],
): { Key: string; Value: string }[] {
  return tags.map(({ Key = '', Value = '' }) => ({ Key, Value }));
}
