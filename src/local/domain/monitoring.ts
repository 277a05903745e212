import type {
  ExecutionStatus,
  MonitoringExecutionSummary,
  MonitoringScheduleConfig,
  MonitoringType,
  ScheduleStatus,
} from '@aws-sdk/client-sagemaker';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import { sagemakerArn } from './arns';

/** The kinds of job definitions, as their operations are called. */
export type MonitoringKind = MonitoringType;

export const monitoringKinds: readonly MonitoringKind[] = [
  'DataQuality',
  'ModelQuality',
  'ModelBias',
  'ModelExplainability',
];

/** What a monitoring job reads, compares with and writes. */
export interface JobDefinition {
  kind: MonitoringKind;
  name: string;
  arn: string;
  /** The endpoint that is monitored; none where it is the input of batch transforms. */
  endpoint: string;
  createdAt: Date;
  /** The answer of its Describe operation. */
  doc: Record<string, unknown>;
}

export interface MonitoringSchedule {
  name: string;
  arn: string;
  kind: MonitoringKind;
  status: ScheduleStatus;
  endpoint: string;
  /** The name of its definition; none where the definition stands in the schedule. */
  definition?: string;
  createdAt: Date;
  modifiedAt: Date;
  config: MonitoringScheduleConfig;
  /** When its next execution is due; none where it is stopped, or was to run once and has. */
  due?: Date;
}

export interface MonitoringExecution {
  /** Its schedule's name and the time that it was due. */
  id: string;
  schedule: string;
  status: ExecutionStatus;
  /** The entry of ListMonitoringExecutions. */
  summary: MonitoringExecutionSummary & { ScheduledTime: Date; CreationTime: Date; LastModifiedTime: Date };
}

export const jobDefinitions = recordsOf<JobDefinition>(
  'monitoring_definitions',
  { columns: 'kind TEXT NOT NULL, name TEXT NOT NULL, endpoint TEXT NOT NULL, created REAL NOT NULL' },
  ({ kind, name, endpoint, createdAt }) => ({ id: `${kind}/${name}`, kind, name, endpoint, created: +createdAt }),
);

export const monitoringSchedules = recordsOf<MonitoringSchedule>(
  'monitoring_schedules',
  {
    columns: `kind TEXT NOT NULL, status TEXT NOT NULL, endpoint TEXT NOT NULL, definition TEXT NOT NULL,
      created REAL NOT NULL, modified REAL NOT NULL`,
  },
  ({ name, kind, status, endpoint, definition = '', createdAt, modifiedAt }) => ({
    id: name,
    kind,
    status,
    endpoint,
    definition,
    created: +createdAt,
    modified: +modifiedAt,
  }),
);

export const monitoringExecutions = recordsOf<MonitoringExecution>(
  'monitoring_executions',
  {
    columns: `schedule TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, endpoint TEXT NOT NULL,
      definition TEXT NOT NULL, scheduled REAL NOT NULL, created REAL NOT NULL, modified REAL NOT NULL`,
    indexes: 'CREATE INDEX IF NOT EXISTS monitoring_executions_of ON monitoring_executions (schedule, scheduled)',
  },
  ({ id, schedule, status, summary }) => ({
    id,
    schedule,
    kind: summary.MonitoringType ?? '',
    status,
    endpoint: summary.EndpointName ?? '',
    definition: summary.MonitoringJobDefinitionName ?? '',
    scheduled: +summary.ScheduledTime,
    created: +summary.CreationTime,
    modified: +summary.LastModifiedTime,
  }),
);

/** `ModelQuality` as `model-quality-job-definition`. */
export function definitionArn(kind: MonitoringKind, name: string): string {
  const words = kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return sagemakerArn(`${words}-job-definition`, name);
}

export function scheduleArn(name: string): string {
  return sagemakerArn('monitoring-schedule', name);
}

/** @throws {ServiceError} `ResourceNotFound` */
export function findDefinition(store: Store, kind: MonitoringKind, name: string): JobDefinition {
  const found = jobDefinitions(store).get(`${kind}/${name}`);
  if (!found)
    throw new ServiceError('ResourceNotFound', `Could not find job definition "${definitionArn(kind, name)}".`);
  return found;
}

/** @throws {ServiceError} `ResourceNotFound` */
export function findSchedule(store: Store, name: string): MonitoringSchedule {
  const found = monitoringSchedules(store).get(name);
  if (!found) throw new ServiceError('ResourceNotFound', `Could not find monitoring schedule "${scheduleArn(name)}".`);
  return found;
}

/** The execution of a schedule that was due last. */
export function lastExecution(store: Store, schedule: string): MonitoringExecution | undefined {
  return monitoringExecutions(store)
    .list('schedule = ?', schedule)
    .sort((a, b) => +a.summary.ScheduledTime - +b.summary.ScheduledTime)
    .at(-1);
}
