import type {
  DescribeModelPackageOutput,
  DescribePipelineExecutionResponse,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  PipelineExecutionStep,
  PipelineExecutionSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, type Session } from '../aws';
import { type Execution, type ExecutionDetails, nameIn, pipelineIn, splitS3Uri } from './model';
import { readProvenance } from './provenance';

/** How many executions a list shows at first; older ones are a request away. */
export const recent = 25;
/** The most that the service gives on a page. */
const pageSize = 100;

/** The names of the connection's pipelines, in their order. */
export function listPipelines(session: Session): Promise<string[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the pipelines', async () => {
    const pages = sdk.paginateListPipelines(
      { client: sagemaker },
      { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: pageSize },
    );
    return (await collect(pages, (page) => page.PipelineSummaries)).flatMap(({ PipelineName }) => PipelineName ?? []);
  });
}

/** The newest executions of a pipeline first; none of one that was never created. */
export function listExecutions(session: Session, pipeline: string, limit = recent): Promise<Execution[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the runs of ${pipeline}`, async () => {
    try {
      const pages = sdk.paginateListPipelineExecutions(
        { client: sagemaker },
        {
          PipelineName: pipeline,
          SortBy: 'CreationTime',
          SortOrder: 'Descending',
          MaxResults: Math.min(limit, pageSize),
        },
      );
      const summaries = await collect(pages, (page) => page.PipelineExecutionSummaries, limit);
      return summaries.map((summary) => fromSummary(pipeline, summary));
    } catch (error) {
      if (error instanceof sdk.ResourceNotFound) return [];
      throw error;
    }
  });
}

/** One execution, without its parameters. */
export function describeExecution(session: Session, arn: string): Promise<Omit<ExecutionDetails, 'parameters'>> {
  const { sdk, sagemaker } = session;
  return session.call('read the run', async () => {
    const command = new sdk.DescribePipelineExecutionCommand({ PipelineExecutionArn: arn });
    return fromDescription(arn, await sagemaker.send(command));
  });
}

/** The values that an execution was started with. */
export function listParameters(session: Session, arn: string): Promise<ExecutionDetails['parameters']> {
  const { sdk, sagemaker } = session;
  return session.call('list the parameters of the run', async () => {
    const pages = sdk.paginateListPipelineParametersForExecution(
      { client: sagemaker },
      { PipelineExecutionArn: arn, MaxResults: pageSize },
    );
    const parameters = await collect(pages, (page) => page.PipelineParameters);
    return parameters.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }));
  });
}

/** The steps of an execution that have been reached, in the order in which they started. */
export function listSteps(session: Session, arn: string): Promise<PipelineExecutionStep[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the steps of the run', () =>
    collect(
      sdk.paginateListPipelineExecutionSteps(
        { client: sagemaker },
        { PipelineExecutionArn: arn, SortOrder: 'Ascending', MaxResults: pageSize },
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
  return session.change('stop the run', () =>
    sagemaker.send(new sdk.StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() })),
  );
}

/** Resumes a failed or stopped execution from the steps that did not succeed. */
export function retryExecution(session: Session, arn: string): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.change('retry the run', () =>
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

/** A fresh idempotency token: 32 characters at least, as the service asks. */
export function token(): string {
  return crypto.randomUUID();
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
