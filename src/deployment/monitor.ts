/** Model Monitor: what an endpoint has captured, its schedules, what their executions have found, and new ones. */
import type {
  DescribeProcessingJobResponse,
  MonitoringExecutionSummary,
  MonitoringScheduleSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, type Session } from '../aws';
import { UserError } from '../workbench';
import { timedName } from '../shared/names';
import { splitS3Uri } from '../shared/s3-uri';
import type { Constraints, Statistics } from '../shared/drift';
import type { MonitorSource } from '../shared/monitor-draft';
import { getObject, headObject, putObject } from './service';

const pageSize = 100;
/** So many executions are read for what a threshold would have done. */
export const mostExecutions = 24;
/** So many files of captured data are listed. */
const mostFiles = 200;

export interface Schedule {
  name: string;
  kind: string;
  status: string;
  definition?: string;
}

export interface Execution {
  schedule: string;
  /** When it was due, in milliseconds since the epoch. */
  at: number;
  status: string;
  reason?: string;
  /** The name of its processing job; none where it did not begin. */
  job?: string;
}

/** The schedules of an endpoint, the newest first. */
export function listSchedules(session: Session, endpoint: string): Promise<Schedule[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the monitoring schedules', async () => {
    const pages = sdk.paginateListMonitoringSchedules(
      { client: sagemaker },
      { EndpointName: endpoint, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: pageSize },
    );
    const found: MonitoringScheduleSummary[] = await collect(pages, (page) => page.MonitoringScheduleSummaries);
    return found.map((schedule) => ({
      name: schedule.MonitoringScheduleName ?? '',
      kind: schedule.MonitoringType ?? 'DataQuality',
      status: schedule.MonitoringScheduleStatus ?? '',
      ...(schedule.MonitoringJobDefinitionName ? { definition: schedule.MonitoringJobDefinitionName } : {}),
    }));
  });
}

/** The last executions of all schedules of an endpoint, the newest first. */
export function listExecutions(session: Session, endpoint: string): Promise<Execution[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the monitoring executions', async () => {
    const pages = sdk.paginateListMonitoringExecutions(
      { client: sagemaker },
      { EndpointName: endpoint, SortBy: 'ScheduledTime', SortOrder: 'Descending', MaxResults: pageSize },
    );
    const found: MonitoringExecutionSummary[] = await collect(
      pages,
      (page) => page.MonitoringExecutionSummaries,
      pageSize,
    );
    return found.map((execution) => ({
      schedule: execution.MonitoringScheduleName ?? '',
      at: execution.ScheduledTime?.getTime() ?? 0,
      status: execution.MonitoringExecutionStatus ?? '',
      ...(execution.FailureReason ? { reason: execution.FailureReason } : {}),
      ...(execution.ProcessingJobArn ? { job: execution.ProcessingJobArn.split('/').at(-1) ?? '' } : {}),
    }));
  });
}

/** One sentence of `constraint_violations.json`. */
export interface Violation {
  /** The feature or metric; empty for the whole data. */
  about: string;
  check: string;
  text: string;
}

/** What an execution has written, and what it has compared with. */
export interface Findings {
  place: string;
  violations: Violation[];
  statistics?: Statistics;
  baseline?: Statistics;
  constraints?: Constraints;
  constraintsUri?: string;
}

/** Reads what an execution has found. */
export async function readFindings(session: Session, job: string): Promise<Findings> {
  const { sdk, sagemaker } = session;
  const described: DescribeProcessingJobResponse = await session.call('read the monitoring job', () =>
    sagemaker.send(new sdk.DescribeProcessingJobCommand({ ProcessingJobName: job })),
  );
  const place = (described.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri ?? '').replace(/\/$/, '');
  const inputs = (described.ProcessingInputs ?? []).map(({ S3Input }) => S3Input?.S3Uri ?? '');
  const constraintsUri = inputs.find((uri) => /constraints[^/]*\.json$/.test(uri));
  const statisticsUri = inputs.find((uri) => /statistics[^/]*\.json$/.test(uri));
  const [report, statistics, baseline, constraints] = await Promise.all([
    readJson(session, `${place}/constraint_violations.json`),
    readJson(session, `${place}/statistics.json`),
    statisticsUri === undefined ? undefined : readJson(session, statisticsUri),
    constraintsUri === undefined ? undefined : readJson(session, constraintsUri),
  ]);
  const { violations = [] } = (report ?? {}) as { violations?: Record<string, string>[] };
  return {
    place,
    violations: violations.map((each) => ({
      about: (each['feature_name'] ?? each['metric_name'] ?? each['label'] ?? '').trim(),
      check: each['constraint_check_type'] ?? '',
      text: each['description'] ?? '',
    })),
    ...(statistics ? { statistics } : {}),
    ...(baseline ? { baseline } : {}),
    ...(constraints ? { constraints } : {}),
    ...(constraintsUri === undefined ? {} : { constraintsUri }),
  };
}

async function readJson(session: Session, uri: string): Promise<object | undefined> {
  if (!(await headObject(session, uri))) return undefined;
  return JSON.parse(Buffer.from(await getObject(session, uri)).toString()) as object;
}

/** Writes another threshold for all features into the constraints of a baseline: later executions compare by it. */
export async function setThreshold(
  session: Session,
  uri: string,
  before: Constraints,
  threshold: number,
): Promise<void> {
  const { monitoring_config: config } = before;
  const after: Constraints = {
    ...before,
    monitoring_config: {
      ...config,
      distribution_constraints: {
        ...config?.distribution_constraints,
        comparison_threshold: threshold,
        categorical_comparison_threshold: threshold,
      },
    },
  };
  await putObject(session, uri, Buffer.from(JSON.stringify(after, undefined, 1)));
}

/** Captured data of one hour. */
export interface CapturedHour {
  hour: string;
  files: string[];
  bytes: number;
}

/** What an endpoint has captured, by the hour, the newest first. */
export function listCaptured(session: Session, destination: string, endpoint: string): Promise<CapturedHour[]> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(destination);
  const prefix = `${key === '' ? '' : `${key.replace(/\/$/, '')}/`}${endpoint}/`;
  return session.call('list the captured data', async () => {
    const hours = new Map<string, CapturedHour>();
    const folders = await collect(
      sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' }),
      (page) => page.CommonPrefixes,
    );
    // Days that are long past come first in a listing: those of the last two are asked for.
    for (const day of [0, 1].map((ago) => new Date(Date.now() - ago * 86_400_000))) {
      for (const { Prefix: variant = '' } of folders) {
        const date = day.toISOString().slice(0, 10).replaceAll('-', '/');
        const pages = sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: `${variant}${date}/` });
        for (const { Key = '', Size = 0 } of await collect(pages, (page) => page.Contents, mostFiles)) {
          const hour = Key.slice(variant.length, variant.length + 13);
          const found = hours.get(hour) ?? { hour, files: [], bytes: 0 };
          found.files.push(`s3://${bucket}/${Key}`);
          found.bytes += Size;
          hours.set(hour, found);
        }
      }
    }
    return [...hours.values()].sort((a, b) => (a.hour < b.hour ? 1 : -1));
  });
}

/** A monitor that is to be made. */
export interface NewMonitor {
  endpoint: string;
  /** The image of Model Monitor's analyzer or of Clarify, in the region of the connection. */
  image: string;
  role: string;
  /** What it compares with; its files are in S3. */
  source: MonitorSource;
  /** Where the baseline and the results go. */
  folder: string;
  /** `cron(0 * ? * * *)` */
  expression: string;
}

/** Milliseconds between two looks at a baselining job. */
const pause = 1000;
const output = '/opt/ml/processing/output';
const cluster = { InstanceCount: 1, InstanceType: 'ml.m5.xlarge' as const, VolumeSizeInGB: 20 };

/**
 * Computes a baseline where the kind has one of data, and makes a schedule that compares captured data with it.
 * @returns the schedule's name
 */
export async function createMonitor(session: Session, wish: NewMonitor, said: (text: string) => void): Promise<string> {
  const { source } = wish;
  const name = timedName(wish.endpoint);
  const folder = `${wish.folder.replace(/\/$/, '')}/${name}`;
  const dataset = 'dataset' in source ? source.dataset : undefined;
  if (dataset !== undefined) await computeBaseline(session, wish, dataset, { name, folder }, said);
  await session.change('make the monitoring schedule', async () => {
    await defineJob(session, wish, name, folder);
    await schedule(session, name, { name, kind: source.kind }, { ScheduleExpression: wish.expression });
  });
  return name;
}

/** Runs the job that computes the statistics and constraints of a data set, and waits for it. */
async function computeBaseline(
  session: Session,
  wish: NewMonitor,
  dataset: string,
  { name, folder }: { name: string; folder: string },
  said: (text: string) => void,
): Promise<void> {
  const { sdk, sagemaker, connection } = session;
  const { inputs, environment } = baselining(wish.source, dataset);
  await session.change('compute the baseline', () =>
    sagemaker.send(
      new sdk.CreateProcessingJobCommand({
        ProcessingJobName: name,
        RoleArn: wish.role,
        AppSpecification: { ImageUri: wish.image },
        ProcessingResources: { ClusterConfig: cluster },
        ProcessingInputs: Object.entries(inputs).map(([InputName, { uri, path }]) => ({
          InputName,
          S3Input: { S3Uri: uri, LocalPath: path, S3DataType: 'S3Prefix', S3InputMode: 'File' },
        })),
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: 'monitoring_output',
              S3Output: { S3Uri: `${folder}/baseline`, LocalPath: output, S3UploadMode: 'EndOfJob' },
            },
          ],
        },
        Environment: environment,
      }),
    ),
  );
  said('The baseline is being computed.');
  for (;;) {
    const job = await session.call('read the baselining job', () =>
      sagemaker.send(new sdk.DescribeProcessingJobCommand({ ProcessingJobName: name })),
    );
    if (job.ProcessingJobStatus === 'Completed') return;
    if (job.ProcessingJobStatus === 'Failed' || job.ProcessingJobStatus === 'Stopped') {
      throw new UserError(`The baseline could not be computed: ${job.FailureReason ?? 'the job was stopped.'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, connection.kind === 'local' ? pause / 4 : 10 * pause));
  }
}

/**
 * What the job of a baseline is given: the analyzer of Model Monitor its data set and variables, Clarify its data set
 * and the configuration of the analysis.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html
 */
function baselining(
  source: MonitorSource,
  dataset: string,
): { inputs: Record<string, { uri: string; path: string }>; environment: Record<string, string> } {
  if ('config' in source) {
    const inputs = {
      analysis_config: { uri: source.config, path: '/opt/ml/processing/input/config' },
      dataset: { uri: dataset, path: '/opt/ml/processing/input/data' },
    };
    return { inputs, environment: {} };
  }
  const path = '/opt/ml/processing/input/baseline';
  return {
    inputs: { baseline_dataset_input: { uri: dataset, path } },
    environment: {
      dataset_format: JSON.stringify({ csv: { header: true } }),
      dataset_source: path,
      output_path: output,
      publish_cloudwatch_metrics: 'Disabled',
      ...(source.kind === 'ModelQuality'
        ? {
            analysis_type: 'MODEL_QUALITY',
            problem_type: source.problem,
            ground_truth_attribute: source.label,
            inference_attribute: source.prediction,
          }
        : {}),
    },
  };
}

/** Makes the definition of the job that a schedule runs. */
async function defineJob(session: Session, wish: NewMonitor, name: string, folder: string): Promise<void> {
  const { sdk, sagemaker } = session;
  const { source, image } = wish;
  const given = 'constraints' in source ? source.constraints : undefined;
  const statistics = 'statistics' in source ? source.statistics : `${folder}/baseline/statistics.json`;
  const computed = `${folder}/baseline/${'config' in source ? 'analysis' : 'constraints'}.json`;
  const constraints = { ConstraintsResource: { S3Uri: given ?? computed } };
  // Clarify compares with an analysis where there is one.
  const analysis = given === undefined && !('dataset' in source) ? undefined : constraints;
  const common = { JobDefinitionName: name, RoleArn: wish.role, JobResources: { ClusterConfig: cluster } };
  const EndpointInput = { EndpointName: wish.endpoint, LocalPath: '/opt/ml/processing/input/endpoint' };
  const results = {
    MonitoringOutputs: [
      { S3Output: { S3Uri: `${folder}/results`, LocalPath: output, S3UploadMode: 'EndOfJob' as const } },
    ],
  };
  switch (source.kind) {
    case 'DataQuality':
      await sagemaker.send(
        new sdk.CreateDataQualityJobDefinitionCommand({
          ...common,
          DataQualityAppSpecification: { ImageUri: image },
          DataQualityBaselineConfig: {
            ...constraints,
            StatisticsResource: { S3Uri: statistics },
          },
          DataQualityJobInput: { EndpointInput },
          DataQualityJobOutputConfig: results,
        }),
      );
      return;
    case 'ModelQuality':
      await sagemaker.send(
        new sdk.CreateModelQualityJobDefinitionCommand({
          ...common,
          ModelQualityAppSpecification: { ImageUri: image, ProblemType: source.problem },
          ModelQualityBaselineConfig: constraints,
          ModelQualityJobInput: {
            EndpointInput: { ...EndpointInput, InferenceAttribute: source.answer },
            GroundTruthS3Input: { S3Uri: source.groundTruth },
          },
          ModelQualityJobOutputConfig: results,
        }),
      );
      return;
    case 'ModelBias':
      await sagemaker.send(
        new sdk.CreateModelBiasJobDefinitionCommand({
          ...common,
          ModelBiasAppSpecification: { ImageUri: image, ConfigUri: source.config },
          ...(analysis ? { ModelBiasBaselineConfig: analysis } : {}),
          ModelBiasJobInput: {
            EndpointInput: { ...EndpointInput, InferenceAttribute: source.answer },
            GroundTruthS3Input: { S3Uri: source.groundTruth },
          },
          ModelBiasJobOutputConfig: results,
        }),
      );
      return;
    case 'ModelExplainability':
      await sagemaker.send(
        new sdk.CreateModelExplainabilityJobDefinitionCommand({
          ...common,
          ModelExplainabilityAppSpecification: { ImageUri: image, ConfigUri: source.config },
          ...(analysis ? { ModelExplainabilityBaselineConfig: analysis } : {}),
          ModelExplainabilityJobInput: { EndpointInput },
          ModelExplainabilityJobOutputConfig: results,
        }),
      );
  }
}

/** Runs the job of a schedule once, over the data of the last hours. */
export async function runNow(session: Session, { name, kind, definition }: Schedule, hours: number): Promise<void> {
  if (definition === undefined) throw new UserError(`The schedule ${name} has no job definition that could be run.`);
  const times = {
    ScheduleExpression: 'NOW',
    DataAnalysisStartTime: `-PT${Math.min(24, Math.max(1, Math.round(hours)))}H`,
    DataAnalysisEndTime: '-PT0H',
  };
  await session.change('run the monitoring job', () =>
    schedule(session, timedName(`${name.slice(0, 38)}-now`), { name: definition, kind }, times),
  );
}

async function schedule(
  { sdk, sagemaker }: Session,
  name: string,
  definition: { name: string; kind: string },
  ScheduleConfig: { ScheduleExpression: string; DataAnalysisStartTime?: string; DataAnalysisEndTime?: string },
): Promise<void> {
  await sagemaker.send(
    new sdk.CreateMonitoringScheduleCommand({
      MonitoringScheduleName: name,
      MonitoringScheduleConfig: {
        MonitoringJobDefinitionName: definition.name,
        MonitoringType: definition.kind as 'DataQuality',
        ScheduleConfig,
      },
    }),
  );
}

/** Starts, stops or deletes a schedule. Its definition and what it has found stay. */
export async function switchSchedule(session: Session, name: string, to: 'start' | 'stop' | 'delete'): Promise<void> {
  const { sdk, sagemaker } = session;
  const input = { MonitoringScheduleName: name };
  await session.change(`${to} the monitoring schedule`, async () => {
    if (to === 'start') await sagemaker.send(new sdk.StartMonitoringScheduleCommand(input));
    else if (to === 'stop') await sagemaker.send(new sdk.StopMonitoringScheduleCommand(input));
    else await sagemaker.send(new sdk.DeleteMonitoringScheduleCommand(input));
  });
}
