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
import type { Constraints, Statistics } from './model/drift';
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
  /** The image of Model Monitor's analyzer, in the region of the connection. */
  image: string;
  role: string;
  /** The baseline: a CSV file with a header, in S3. */
  dataset: string;
  /** Where the baseline and the results go. */
  folder: string;
  /** `cron(0 * ? * * *)` */
  expression: string;
}

/** Milliseconds between two looks at a baselining job. */
const pause = 1000;

/**
 * Computes a baseline, and makes a schedule that compares captured data with it.
 * @returns the schedule's name
 */
export async function createMonitor(session: Session, wish: NewMonitor, said: (text: string) => void): Promise<string> {
  const { sdk, sagemaker, connection } = session;
  const name = timedName(wish.endpoint);
  const folder = `${wish.folder.replace(/\/$/, '')}/${name}`;
  const [dataset, output] = ['/opt/ml/processing/input/baseline', '/opt/ml/processing/output'];
  const cluster = { InstanceCount: 1, InstanceType: 'ml.m5.xlarge' as const, VolumeSizeInGB: 20 };
  await session.change('compute the baseline', () =>
    sagemaker.send(
      new sdk.CreateProcessingJobCommand({
        ProcessingJobName: name,
        RoleArn: wish.role,
        AppSpecification: { ImageUri: wish.image },
        ProcessingResources: { ClusterConfig: cluster },
        ProcessingInputs: [
          {
            InputName: 'baseline_dataset_input',
            S3Input: { S3Uri: wish.dataset, LocalPath: dataset, S3DataType: 'S3Prefix', S3InputMode: 'File' },
          },
        ],
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: 'monitoring_output',
              S3Output: { S3Uri: `${folder}/baseline`, LocalPath: output, S3UploadMode: 'EndOfJob' },
            },
          ],
        },
        Environment: {
          dataset_format: JSON.stringify({ csv: { header: true } }),
          dataset_source: dataset,
          output_path: output,
          publish_cloudwatch_metrics: 'Disabled',
        },
      }),
    ),
  );
  said('The baseline is being computed.');
  for (;;) {
    const job = await session.call('read the baselining job', () =>
      sagemaker.send(new sdk.DescribeProcessingJobCommand({ ProcessingJobName: name })),
    );
    if (job.ProcessingJobStatus === 'Completed') break;
    if (job.ProcessingJobStatus === 'Failed' || job.ProcessingJobStatus === 'Stopped') {
      throw new UserError(`The baseline could not be computed: ${job.FailureReason ?? 'the job was stopped.'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, connection.kind === 'local' ? pause / 4 : 10 * pause));
  }
  await session.change('make the monitoring schedule', async () => {
    await sagemaker.send(
      new sdk.CreateDataQualityJobDefinitionCommand({
        JobDefinitionName: name,
        RoleArn: wish.role,
        JobResources: { ClusterConfig: cluster },
        DataQualityAppSpecification: { ImageUri: wish.image },
        DataQualityBaselineConfig: {
          ConstraintsResource: { S3Uri: `${folder}/baseline/constraints.json` },
          StatisticsResource: { S3Uri: `${folder}/baseline/statistics.json` },
        },
        DataQualityJobInput: {
          EndpointInput: { EndpointName: wish.endpoint, LocalPath: '/opt/ml/processing/input/endpoint' },
        },
        DataQualityJobOutputConfig: {
          MonitoringOutputs: [
            { S3Output: { S3Uri: `${folder}/results`, LocalPath: output, S3UploadMode: 'EndOfJob' } },
          ],
        },
      }),
    );
    await schedule(session, name, { name, kind: 'DataQuality' }, { ScheduleExpression: wish.expression });
  });
  return name;
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
