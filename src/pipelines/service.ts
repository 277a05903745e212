import type {
  DescribeModelPackageOutput,
  DescribePipelineExecutionResponse,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  PipelineExecutionStatus,
  PipelineExecutionStep,
  PipelineExecutionSummary,
  PipelineSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, type Session } from '../aws';
import type { Provenance } from './model';
import { readProvenance } from './provenance';

/** One execution of a pipeline, as lists show it. */
export interface Execution {
  arn: string;
  /** The last part of the ARN: twelve lower-case letters and digits. */
  id: string;
  /** The pipeline's name. */
  pipeline: string;
  name: string;
  status: PipelineExecutionStatus;
  start?: Date;
  failureReason?: string;
  provenance?: Provenance;
}

/** An execution with what only its description tells. */
export interface ExecutionDetails extends Execution {
  /** When it came to rest, or was last touched. */
  changed?: Date;
  parameters: { name: string; value: string }[];
}

/** How many executions a list shows at first; older ones are a request away. */
export const RECENT = 25;

/** True when an execution in `status` will not change by itself. */
export function isSettled(status: string): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}

/** The pipelines of the connection by name. */
export function listPipelines(session: Session): Promise<PipelineSummary[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the pipelines', () =>
    collect(
      sdk.paginateListPipelines({ client: sagemaker }, { SortBy: 'Name', SortOrder: 'Ascending' }),
      (page) => page.PipelineSummaries,
    ),
  );
}

/** The newest executions of a pipeline first. */
export function listExecutions(session: Session, pipeline: string, limit = RECENT): Promise<Execution[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the runs of ${pipeline}`, async () => {
    const summaries = await collect(
      sdk.paginateListPipelineExecutions(
        { client: sagemaker },
        { PipelineName: pipeline, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: Math.min(limit, 100) },
      ),
      (page) => page.PipelineExecutionSummaries,
      limit,
    );
    return summaries.map((summary) => fromSummary(pipeline, summary));
  });
}

/** One execution with its parameters. */
export function describeExecution(session: Session, arn: string): Promise<ExecutionDetails> {
  const { sdk, sagemaker } = session;
  return session.call('read the run', async () => {
    const [described, parameters] = await Promise.all([
      sagemaker.send(new sdk.DescribePipelineExecutionCommand({ PipelineExecutionArn: arn })),
      collect(
        sdk.paginateListPipelineParametersForExecution({ client: sagemaker }, { PipelineExecutionArn: arn }),
        (page) => page.PipelineParameters,
      ),
    ]);
    return {
      ...fromDescription(arn, described),
      parameters: parameters.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value })),
    };
  });
}

/** The steps of an execution that have been reached, in the order in which they started. */
export function listSteps(session: Session, arn: string): Promise<PipelineExecutionStep[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the steps of the run', () =>
    collect(
      sdk.paginateListPipelineExecutionSteps(
        { client: sagemaker },
        { PipelineExecutionArn: arn, SortOrder: 'Ascending', MaxResults: 100 },
      ),
      (page) => page.PipelineExecutionSteps,
    ),
  );
}

/** The text of the definition that an execution runs. */
export function definitionOf(session: Session, arn: string): Promise<string> {
  const { sdk, sagemaker } = session;
  return session.call('read the definition of the run', async () => {
    const command = new sdk.DescribePipelineDefinitionForExecutionCommand({ PipelineExecutionArn: arn });
    return (await sagemaker.send(command)).PipelineDefinition ?? '{}';
  });
}

/** Asks the service to stop an execution; running steps are stopped with it. */
export function stopExecution(session: Session, arn: string): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.call('stop the run', () =>
    sagemaker.send(new sdk.StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() })),
  );
}

/** Resumes a failed or stopped execution from the steps that did not succeed. */
export function retryExecution(session: Session, arn: string): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.call('retry the run', () =>
    sagemaker.send(new sdk.RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() })),
  );
}

/** The ARNs of the model packages that steps have registered. */
export function registeredModels(steps: readonly PipelineExecutionStep[]): string[] {
  return steps.flatMap(({ Metadata }) => Metadata?.RegisterModel?.Arn ?? []);
}

/** A registered model package. */
export function describeModel(session: Session, arn: string): Promise<DescribeModelPackageOutput> {
  const { sdk, sagemaker } = session;
  return session.call('read the model version', () =>
    sagemaker.send(new sdk.DescribeModelPackageCommand({ ModelPackageName: arn })),
  );
}

/** The job behind a step, as its Describe operation tells it. */
export type Job =
  | { kind: 'Training'; name: string; job: DescribeTrainingJobResponse }
  | { kind: 'Processing'; name: string; job: DescribeProcessingJobResponse };

/** The job of a Training or Processing step that has started one; undefined for other steps. */
export async function jobOf(session: Session, step: PipelineExecutionStep): Promise<Job | undefined> {
  const { sdk, sagemaker } = session;
  const training = nameIn(step.Metadata?.TrainingJob?.Arn);
  if (training) {
    const command = new sdk.DescribeTrainingJobCommand({ TrainingJobName: training });
    const job = await session.call(`read the training job ${training}`, () => sagemaker.send(command));
    return { kind: 'Training', name: training, job };
  }
  const processing = nameIn(step.Metadata?.ProcessingJob?.Arn);
  if (processing) {
    const command = new sdk.DescribeProcessingJobCommand({ ProcessingJobName: processing });
    const job = await session.call(`read the processing job ${processing}`, () => sagemaker.send(command));
    return { kind: 'Processing', name: processing, job };
  }
  return undefined;
}

/** Where a job's log is kept. */
export interface LogPlace {
  group: string;
  /** The streams' names begin with this. */
  prefix: string;
}

/** The log group and stream prefix of a job. */
export function logPlaceOf(job: Job): LogPlace {
  return { group: `/aws/sagemaker/${job.kind}Jobs`, prefix: `${job.name}/` };
}

/** The whole text of an S3 object. */
export function readObject(session: Session, uri: string): Promise<string> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  return session.call(`read ${uri}`, async () => {
    const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString('utf-8')) ?? '';
  });
}

/** Bucket and key of an `s3://` URI. */
export function splitS3Uri(uri: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, key };
}

/** The pipeline's name in the ARN of an execution: `…:pipeline/NAME/execution/ID`. */
export function pipelineIn(arn: string): string {
  return arn.split('/').at(-3) ?? '';
}

/** A fresh idempotency token: 32 characters at least, as the service asks. */
export function token(): string {
  return crypto.randomUUID();
}

function nameIn(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf('/') + 1);
}

function fromSummary(pipeline: string, summary: PipelineExecutionSummary): Execution {
  const arn = summary.PipelineExecutionArn ?? '';
  const provenance = readProvenance(summary.PipelineExecutionDescription);
  return {
    arn,
    id: nameIn(arn) ?? '',
    pipeline,
    name: summary.PipelineExecutionDisplayName ?? nameIn(arn) ?? '',
    status: summary.PipelineExecutionStatus ?? 'Executing',
    ...(summary.StartTime ? { start: summary.StartTime } : {}),
    ...(summary.PipelineExecutionFailureReason ? { failureReason: summary.PipelineExecutionFailureReason } : {}),
    ...(provenance ? { provenance } : {}),
  };
}

function fromDescription(
  arn: string,
  described: DescribePipelineExecutionResponse,
): Omit<ExecutionDetails, 'parameters'> {
  const provenance = readProvenance(described.PipelineExecutionDescription);
  return {
    arn,
    id: nameIn(arn) ?? '',
    pipeline: pipelineIn(arn),
    name: described.PipelineExecutionDisplayName ?? nameIn(arn) ?? '',
    status: described.PipelineExecutionStatus ?? 'Executing',
    ...(described.CreationTime ? { start: described.CreationTime } : {}),
    ...(described.LastModifiedTime ? { changed: described.LastModifiedTime } : {}),
    ...(described.FailureReason ? { failureReason: described.FailureReason } : {}),
    ...(provenance ? { provenance } : {}),
  };
}
