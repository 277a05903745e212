import type {
  DescribeAutoMLJobV2Response,
  DescribeHyperParameterTuningJobResponse,
  DescribeModelPackageOutput,
  DescribePipelineExecutionResponse,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  DescribeTransformJobResponse,
  PipelineExecutionStep,
  PipelineExecutionSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, type Paged, readPages, type Session } from '../aws';
import type { LogPlace } from '../aws/logs';
import { type Execution, type ExecutionDetails, nameIn, pipelineIn } from './model';
import { readProvenance } from './provenance';
import { splitS3Uri } from '../shared/s3-uri';

/** How many executions a list shows at first; older ones are a request away. */
export const recent = 25;
/** The most that the service gives on a page. */
const pageSize = 100;

/** The pipelines whose names begin with `prefix`, by name and by pages. */
export function pagePipelines(
  session: Session,
  prefix: string,
  pages: number,
  before: Paged<string> | undefined,
): Promise<Paged<string>> {
  const { sdk, sagemaker } = session;
  const page = async (token: string | undefined) => {
    const { PipelineSummaries = [], NextToken } = await sagemaker.send(
      new sdk.ListPipelinesCommand({
        SortBy: 'Name',
        SortOrder: 'Ascending',
        MaxResults: pageSize,
        ...(prefix === '' ? {} : { PipelineNamePrefix: prefix }),
        NextToken: token,
      }),
    );
    const items = PipelineSummaries.flatMap(({ PipelineName }) => PipelineName ?? []);
    return { items, next: NextToken };
  };
  return session.call('list the pipelines', () => readPages(page, (name) => name, pages, before));
}

/** The newest executions of a pipeline first, by pages; none of one that was never created. */
export function pageExecutions(
  session: Session,
  pipeline: string,
  pages: number,
  before: Paged<Execution> | undefined,
): Promise<Paged<Execution>> {
  const { sdk, sagemaker } = session;
  const page = async (token: string | undefined) => {
    const { PipelineExecutionSummaries = [], NextToken } = await sagemaker.send(
      new sdk.ListPipelineExecutionsCommand({
        PipelineName: pipeline,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: token === undefined ? recent : pageSize,
        NextToken: token,
      }),
    );
    const items = PipelineExecutionSummaries.map((summary) => fromSummary(pipeline, summary));
    return { items, next: NextToken };
  };
  return session.call(`list the runs of ${pipeline}`, async () => {
    try {
      return await readPages(page, ({ arn }) => arn, pages, before);
    } catch (error) {
      if (error instanceof sdk.ResourceNotFound) return { items: [], next: undefined, pages: 1 };
      throw error;
    }
  });
}

/** A version of a pipeline: each update makes one. */
export interface PipelineVersion {
  id: number;
  displayName?: string;
  description?: string;
  created?: Date;
  /** The execution that was the last to run it. */
  lastRun?: string;
}

/** The versions of a pipeline, the newest first. */
export function listPipelineVersions(session: Session, pipeline: string, limit: number): Promise<PipelineVersion[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the versions of ${pipeline}`, async () => {
    const pages = sdk.paginateListPipelineVersions(
      { client: sagemaker },
      { PipelineName: pipeline, SortOrder: 'Descending', MaxResults: Math.min(limit, pageSize) },
    );
    const summaries = await collect(pages, (page) => page.PipelineVersionSummaries, limit);
    return summaries.map((summary) => ({
      id: summary.PipelineVersionId ?? 0,
      ...(summary.PipelineVersionDisplayName ? { displayName: summary.PipelineVersionDisplayName } : {}),
      ...(summary.PipelineVersionDescription ? { description: summary.PipelineVersionDescription } : {}),
      ...(summary.CreationTime ? { created: summary.CreationTime } : {}),
      ...(summary.LastExecutionPipelineExecutionArn ? { lastRun: summary.LastExecutionPipelineExecutionArn } : {}),
    }));
  });
}

/** The text of a pipeline's definition: that of a version, or the newest. */
export function deployedDefinition(session: Session, pipeline: string, version?: number): Promise<string> {
  const { sdk, sagemaker } = session;
  return session.call(`read the definition of ${pipeline}`, async () => {
    const command = new sdk.DescribePipelineCommand({
      PipelineName: pipeline,
      ...(version === undefined ? {} : { PipelineVersionId: version }),
    });
    return (await sagemaker.send(command)).PipelineDefinition ?? '{}';
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
  | { kind: 'Processing'; name: string; job: DescribeProcessingJobResponse }
  | { kind: 'Transform'; name: string; job: DescribeTransformJobResponse }
  | { kind: 'Tuning'; name: string; job: DescribeHyperParameterTuningJobResponse }
  | { kind: 'AutoML'; name: string; job: DescribeAutoMLJobV2Response };

/** The job of a step that has started one; undefined for other steps. The checks of quality are processing jobs. */
export async function jobOf(session: Session, { Metadata = {} }: PipelineExecutionStep): Promise<Job | undefined> {
  const { sdk, sagemaker } = session;
  const describe = async <K extends Job['kind'], T>(
    kind: K,
    arn: string | undefined,
    send: (name: string) => Promise<T>,
  ): Promise<{ kind: K; name: string; job: T } | undefined> => {
    const name = nameIn(arn);
    return name ? { kind, name, job: await session.call(`read the job ${name}`, () => send(name)) } : undefined;
  };
  const processing =
    Metadata.ProcessingJob?.Arn ?? Metadata.QualityCheck?.CheckJobArn ?? Metadata.ClarifyCheck?.CheckJobArn;
  return (
    (await describe('Training', Metadata.TrainingJob?.Arn, (TrainingJobName) =>
      sagemaker.send(new sdk.DescribeTrainingJobCommand({ TrainingJobName })),
    )) ??
    (await describe('Processing', processing, (ProcessingJobName) =>
      sagemaker.send(new sdk.DescribeProcessingJobCommand({ ProcessingJobName })),
    )) ??
    (await describe('Transform', Metadata.TransformJob?.Arn, (TransformJobName) =>
      sagemaker.send(new sdk.DescribeTransformJobCommand({ TransformJobName })),
    )) ??
    (await describe('Tuning', Metadata.TuningJob?.Arn, (HyperParameterTuningJobName) =>
      sagemaker.send(new sdk.DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
    )) ??
    describe('AutoML', Metadata.AutoMLJob?.Arn, (AutoMLJobName) =>
      sagemaker.send(new sdk.DescribeAutoMLJobV2Command({ AutoMLJobName })),
    )
  );
}

/** A training job by its name. */
export async function describeTraining(session: Session, name: string): Promise<Extract<Job, { kind: 'Training' }>> {
  const { sdk, sagemaker } = session;
  const job = await session.call(`read the job ${name}`, () =>
    sagemaker.send(new sdk.DescribeTrainingJobCommand({ TrainingJobName: name })),
  );
  return { kind: 'Training', name, job };
}

/** True when a job will not change by itself. */
export function hasEnded(job: Job): boolean {
  const status = statusOf(job);
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

function statusOf(job: Job): string | undefined {
  switch (job.kind) {
    case 'Training':
      return job.job.TrainingJobStatus;
    case 'Processing':
      return job.job.ProcessingJobStatus;
    case 'Transform':
      return job.job.TransformJobStatus;
    case 'Tuning':
      return job.job.HyperParameterTuningJobStatus;
    case 'AutoML':
      return job.job.AutoMLJobStatus;
  }
}

/**
 * The log group and stream prefix of a job. The log of a tuning job is that of its training jobs, whose names begin
 * with its own; that of an AutoML job is not known here.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
 */
export function logPlaceOf({ kind, name }: Job): LogPlace | undefined {
  if (kind === 'AutoML') return undefined;
  if (kind === 'Tuning') return { group: '/aws/sagemaker/TrainingJobs', prefix: `${name}-` };
  return { group: `/aws/sagemaker/${kind}Jobs`, prefix: `${name}/` };
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

/** The bytes of an S3 object, or its first `most` of them. */
export function readBytes(session: Session, uri: string, most?: number): Promise<Uint8Array> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  return session.call(`read ${uri}`, async () => {
    const range = most === undefined ? {} : { Range: `bytes=0-${most - 1}` };
    const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...range }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
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
    ...originOf(described, provenance !== undefined),
  };
}

/** Who started a run and from what, as far as the service says. A description of our own is told as provenance. */
function originOf(described: DescribePipelineExecutionResponse, isOurs: boolean): Pick<ExecutionDetails, 'origin'> {
  const { CreatedBy, PipelineVersionId, SelectiveExecutionConfig, PipelineExecutionDescription } = described;
  const by = CreatedBy?.UserProfileName ?? CreatedBy?.IamIdentity?.Arn;
  const source = SelectiveExecutionConfig?.SourcePipelineExecutionArn;
  const origin = {
    ...(by ? { by } : {}),
    ...(PipelineVersionId === undefined ? {} : { version: PipelineVersionId }),
    ...(source ? { source } : {}),
    ...(PipelineExecutionDescription && !isOurs ? { description: PipelineExecutionDescription } : {}),
  };
  return Object.keys(origin).length > 0 ? { origin } : {};
}
