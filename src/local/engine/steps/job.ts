import type { PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { RequestTags } from '../../domain/tags';
import type { JobEnd, JobKind } from '../../jobs/kind';
import { nameOf } from './names';
import { type StepEnd, type StepKind, requestOf, roleOf } from './step';

/** A step that runs a job of `kind` from its arguments. */
export function jobStep(type: string, kind: JobKind): StepKind {
  const nameMember = `${kind.resource}Name`;
  return {
    type,
    cacheKey: kind.cacheKey,
    refuse: (known) => kind.refuse(known),
    async run(step, { execution, scope, jobs, signal, started }) {
      const name = nameOf(execution, step.name);
      const named = { ...scope, variables: { ...scope.variables, [nameMember]: name } };
      const own = { [nameMember]: name, ...roleOf(step, 'RoleArn', execution) };
      const request = requestOf(step, named, `Create${kind.resource}`, own) as { Tags?: RequestTags };
      const job = jobs.create(kind, name, request);
      const metadata: PipelineExecutionStepMetadata = { [kind.resource]: { Arn: job.arn } };
      started(metadata);
      const end = await jobs.run(kind, job, request, signal);
      return endOf(end, metadata, { ...job.doc }, signal);
    },
  };
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
