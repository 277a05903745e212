import type { PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { Stub } from '../../../shared/stubs';
import type { RequestTags } from '../../domain/tags';
import type { Job } from '../../jobs/job';
import type { JobEnd, JobKind } from '../../jobs/kind';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import { isRecord } from '../../wire/validate';
import type { StepDefinition } from '../definition';
import { UnresolvedReference } from '../references';
import { withOutputs } from '../stubs';
import { nameOf } from './names';
import { type StepContext, type StepEnd, type StepKind, requestOf, roleOf } from './step';
import { endAsStub } from './stubbed';

/**
 * A step that runs a job of `kind` from its arguments.
 * @param resultOf what references read beside the answer of its Describe operation
 */
export function jobStep(
  type: string,
  kind: JobKind,
  resultOf?: (store: Store, job: Job) => Record<string, unknown>,
): StepKind {
  const nameMember = `${kind.resource}Name`;
  return {
    type,
    cacheKey: kind.cacheKey,
    refuse: (known) => kind.refuse(known),
    script: async (known, objects) => ('script' in kind ? kind.script?.(known, objects) : undefined),
    async run(step, context) {
      const { store, jobs, signal, started } = context;
      const { name, request } = requested(step, context);
      const job = jobs.create(kind, name, request);
      const metadata: PipelineExecutionStepMetadata = { [kind.metadata]: { Arn: job.arn } };
      started(metadata);
      const end = await jobs.run(kind, job, request, signal);
      const result = { ...job.doc, ...resultOf?.(store, job) };
      return endOf(end, metadata, result, signal);
    },

    async stub(step, stub, context) {
      const { jobs, signal, started } = context;
      const asked = 'conduct' in kind ? undefined : askedAnyway(stub, () => requested(step, context));
      if ('conduct' in kind || !asked) return endAsStub(step, stub);
      const job = jobs.create(kind, asked.name, asked.request);
      const metadata: PipelineExecutionStepMetadata = { [kind.metadata]: { Arn: job.arn } };
      started(metadata);
      const end = await jobs.stub(kind, job, asked.request, stub);
      return endOf(end, metadata, withOutputs(job.doc, stub), signal);
    },
  };

  function requested(
    step: StepDefinition,
    { execution, scope }: StepContext,
  ): { name: string; request: { Tags?: RequestTags } } {
    const prefix = isRecord(step.arguments) ? step.arguments[nameMember] : undefined;
    const name = nameOf(execution, step.name, kind.longestName, typeof prefix === 'string' ? prefix : undefined);
    const named = { ...scope, variables: { ...scope.variables, [nameMember]: name } };
    const own = { [nameMember]: name, ...roleOf(step, 'RoleArn', execution) };
    return { name, request: requestOf(step, named, `Create${kind.resource}`, own) };
  }
}

/** A step's request; undefined for one that cannot be made, and that its stub does not need. */
function askedAnyway<T>(stub: Stub, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    const isKnown = error instanceof UnresolvedReference || error instanceof ServiceError;
    if (!isKnown || Object.keys(stub.artifacts).length > 0) throw error;
    return undefined;
  }
}

function endOf(
  end: JobEnd,
  metadata: PipelineExecutionStepMetadata,
  result: Record<string, unknown>,
  signal: AbortSignal,
): StepEnd {
  if (end.status === 'Completed') return { status: 'Succeeded', metadata, result };
  if (end.status === 'Stopped' && signal.aborted) return { status: 'Stopped', metadata };
  // A job that ran out of time, or that someone stopped beside its pipeline, is `Stopped`; its step has failed.
  const reason = end.reason ?? (end.status === 'Stopped' ? 'ClientError: The job was stopped.' : undefined);
  return {
    status: 'Failed',
    metadata,
    ...(reason === undefined ? {} : { reason }),
    ...(end.exception === undefined ? {} : { exception: end.exception }),
  };
}
