import type {
  CreateMonitoringScheduleRequest,
  CreateMonitoringScheduleResponse,
  DescribeMonitoringScheduleResponse,
  ListDataQualityJobDefinitionsRequest,
  ListMonitoringExecutionsRequest,
  ListMonitoringExecutionsResponse,
  ListMonitoringSchedulesRequest,
  ListMonitoringSchedulesResponse,
  MonitoringScheduleConfig,
  MonitoringScheduleSummary,
  UpdateMonitoringScheduleRequest,
} from '@aws-sdk/client-sagemaker';
import {
  type MonitoringKind,
  type MonitoringSchedule,
  definitionArn,
  findDefinition,
  findSchedule,
  jobDefinitions,
  lastExecution,
  monitoringExecutions,
  monitoringKinds,
  monitoringSchedules,
  scheduleArn,
} from '../../domain/monitoring';
import { type RequestTags, tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import { taskOf } from '../../engine/monitoring/request';
import { faultOf } from '../../engine/monitoring/times';
import type { Store } from '../../store/store';
import type { Filter } from '../../store/records';
import { ServiceError, invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** Operations on monitoring schedules, their definitions and executions. */
export function monitoringOperations(context: Context): Operations {
  return Object.assign(
    {},
    ...monitoringKinds.map((kind) => definitionOperations(kind, context)),
    scheduleOperations(context),
  ) as Operations;
}

function taken(what: string, arn: string): ServiceError {
  return new ServiceError('ResourceInUse', `Cannot create already existing ${what} "${arn}".`);
}

interface DefinitionInput {
  JobDefinitionName: string;
  Tags?: RequestTags;
  [member: string]: unknown;
}

/** Create, Describe, List and Delete of one kind of definition. */
function definitionOperations(kind: MonitoringKind, { store }: Context): Operations {
  const resource = `${kind}JobDefinition`;
  return {
    [`Create${resource}`]({ Tags, ...given }: DefinitionInput) {
      const { JobDefinitionName: name } = given;
      const arn = definitionArn(kind, name);
      return store.transaction(() => {
        if (jobDefinitions(store).get(`${kind}/${name}`)) throw taken('job definition', arn);
        const createdAt = new Date();
        const input = given[`${kind}JobInput`] as { EndpointInput?: { EndpointName?: string } } | undefined;
        const endpoint = input?.EndpointInput?.EndpointName ?? '';
        const doc = { ...given, JobDefinitionArn: arn, CreationTime: createdAt };
        jobDefinitions(store).put({ kind, name, arn, endpoint, createdAt, doc });
        tags(store).add(arn, Tags);
        return { JobDefinitionArn: arn };
      });
    },

    [`Describe${resource}`]: (input: DefinitionInput) => findDefinition(store, kind, input.JobDefinitionName).doc,

    [`List${resource}s`](input: ListDataQualityJobDefinitionsRequest) {
      const { records, nextToken } = listRecords(jobDefinitions(store), resource, input, {
        sorts: { CreationTime: 'created', Name: 'name' },
        newestFirst: true,
        filters: [['kind = ?', kind], ...equal('endpoint', input.EndpointName)],
      });
      return {
        JobDefinitionSummaries: records.map(({ name, arn, createdAt, endpoint }) => ({
          MonitoringJobDefinitionName: name,
          MonitoringJobDefinitionArn: arn,
          CreationTime: createdAt,
          EndpointName: endpoint,
        })),
        NextToken: nextToken,
      };
    },

    [`Delete${resource}`](input: DefinitionInput) {
      return store.transaction(() => {
        const { arn, name } = findDefinition(store, kind, input.JobDefinitionName);
        jobDefinitions(store).delete('id = ?', `${kind}/${name}`);
        tags(store).remove(arn);
        return {};
      });
    },
  };
}

function scheduleOperations({ store, monitoring }: Context): Operations {
  const put = (schedule: MonitoringSchedule, status: 'Scheduled' | 'Stopped'): void => {
    const { due: _, ...rest } = schedule;
    const due = status === 'Scheduled' ? monitoring.dueFrom(schedule) : undefined;
    monitoringSchedules(store).put({ ...rest, status, modifiedAt: new Date(), ...(due ? { due } : {}) });
  };
  return {
    CreateMonitoringSchedule(input: Checked<CreateMonitoringScheduleRequest>): CreateMonitoringScheduleResponse {
      const name = input.MonitoringScheduleName;
      const arn = scheduleArn(name);
      return store.transaction(() => {
        if (monitoringSchedules(store).get(name)) throw taken('monitoring schedule', arn);
        const now = new Date();
        const parts = partsOf(store, input.MonitoringScheduleConfig);
        put({ name, arn, status: 'Scheduled', createdAt: now, modifiedAt: now, ...parts }, 'Scheduled');
        tags(store).add(arn, input.Tags);
        return { MonitoringScheduleArn: arn };
      });
    },

    UpdateMonitoringSchedule(input: Checked<UpdateMonitoringScheduleRequest>): CreateMonitoringScheduleResponse {
      return store.transaction(() => {
        const { definition: _, ...schedule } = findSchedule(store, input.MonitoringScheduleName);
        const status = schedule.status === 'Stopped' ? 'Stopped' : 'Scheduled';
        put({ ...schedule, ...partsOf(store, input.MonitoringScheduleConfig) }, status);
        return { MonitoringScheduleArn: schedule.arn };
      });
    },

    StartMonitoringSchedule({ MonitoringScheduleName: name }: { MonitoringScheduleName: string }): object {
      return store.transaction(() => {
        const schedule = findSchedule(store, name);
        if (schedule.status !== 'Scheduled' || !schedule.due) put(schedule, 'Scheduled');
        return {};
      });
    },

    StopMonitoringSchedule({ MonitoringScheduleName: name }: { MonitoringScheduleName: string }): object {
      return store.transaction(() => {
        put(findSchedule(store, name), 'Stopped');
        monitoring.stop(name);
        return {};
      });
    },

    DescribeMonitoringSchedule({
      MonitoringScheduleName,
    }: {
      MonitoringScheduleName: string;
    }): DescribeMonitoringScheduleResponse {
      const schedule = findSchedule(store, MonitoringScheduleName);
      const last = lastExecution(store, schedule.name)?.summary;
      const { MonitoringJobDefinitionName: _, ...summary } = summaryOf(schedule);
      return {
        ...summary,
        MonitoringScheduleConfig: schedule.config,
        ...(last ? { LastMonitoringExecutionSummary: last } : {}),
      };
    },

    ListMonitoringSchedules(input: ListMonitoringSchedulesRequest): ListMonitoringSchedulesResponse {
      const { records, nextToken } = listRecords(monitoringSchedules(store), 'ListMonitoringSchedules', input, {
        sorts: { CreationTime: 'created', Name: 'id', Status: 'status' },
        newestFirst: true,
        name: 'id',
        filters: [
          ...equal('endpoint', input.EndpointName),
          ...equal('definition', input.MonitoringJobDefinitionName),
          ...equal('kind', input.MonitoringTypeEquals),
        ],
      });
      return { MonitoringScheduleSummaries: records.map(summaryOf), NextToken: nextToken };
    },

    DeleteMonitoringSchedule({ MonitoringScheduleName }: { MonitoringScheduleName: string }): object {
      return store.transaction(() => {
        const { name, arn } = findSchedule(store, MonitoringScheduleName);
        monitoring.stop(name);
        monitoringSchedules(store).delete('id = ?', name);
        tags(store).remove(arn);
        return {};
      });
    },

    ListMonitoringExecutions(input: ListMonitoringExecutionsRequest): ListMonitoringExecutionsResponse {
      const times: Filter[] = [
        ...(input.ScheduledTimeAfter ? [['scheduled > ?', +input.ScheduledTimeAfter] satisfies Filter] : []),
        ...(input.ScheduledTimeBefore ? [['scheduled < ?', +input.ScheduledTimeBefore] satisfies Filter] : []),
      ];
      const { records, nextToken } = listRecords(monitoringExecutions(store), 'ListMonitoringExecutions', input, {
        sorts: { CreationTime: 'created', ScheduledTime: 'scheduled', Status: 'status' },
        newestFirst: true,
        filters: [
          ...equal('schedule', input.MonitoringScheduleName),
          ...equal('endpoint', input.EndpointName),
          ...equal('definition', input.MonitoringJobDefinitionName),
          ...equal('kind', input.MonitoringTypeEquals),
          ...times,
        ],
      });
      return { MonitoringExecutionSummaries: records.map(({ summary }) => summary), NextToken: nextToken };
    },
  };
}

function summaryOf({
  name,
  arn,
  status,
  kind,
  endpoint,
  definition,
  createdAt,
  modifiedAt,
}: MonitoringSchedule): Required<Omit<MonitoringScheduleSummary, 'EndpointName' | 'MonitoringJobDefinitionName'>> &
  MonitoringScheduleSummary {
  return {
    MonitoringScheduleName: name,
    MonitoringScheduleArn: arn,
    MonitoringScheduleStatus: status,
    MonitoringType: kind,
    CreationTime: createdAt,
    LastModifiedTime: modifiedAt,
    ...(endpoint === '' ? {} : { EndpointName: endpoint }),
    ...(definition === undefined ? {} : { MonitoringJobDefinitionName: definition }),
  };
}

/** What a config says of its schedule. @throws {ServiceError} where it cannot be followed */
function partsOf(
  store: Store,
  config: MonitoringScheduleConfig,
): Pick<MonitoringSchedule, 'kind' | 'endpoint' | 'definition' | 'config'> {
  const { MonitoringJobDefinitionName: definition, MonitoringJobDefinition: inline, ScheduleConfig: times } = config;
  if ((definition === undefined) === (inline === undefined)) {
    throw invalid('Give either MonitoringJobDefinitionName or MonitoringJobDefinition.');
  }
  const kind = config.MonitoringType ?? 'DataQuality';
  const fault = times && faultOf(times);
  if (fault !== undefined) throw invalid(fault);
  if (!times) throw invalid('A monitoring schedule needs a ScheduleConfig.');
  const parts = { kind, config, ...(definition === undefined ? {} : { definition }) };
  const { endpoint } = taskOf(store, parts);
  return { ...parts, endpoint: endpoint?.EndpointName ?? '' };
}

/** The filter of a request that asks for one value of a column. */
function equal(column: string, value: string | undefined): Filter[] {
  return value === undefined ? [] : [[`${column} = ?`, value]];
}
