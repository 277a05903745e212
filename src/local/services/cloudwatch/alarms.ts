import type {
  DeleteAlarmsInput,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput,
  DescribeAlarmsForMetricInput,
  DescribeAlarmsForMetricOutput,
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  DisableAlarmActionsInput,
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { RuleError, holds } from '../../domain/alarm-rule';
import { type Alarm, alarmArn, alarmHistory, alarms } from '../../domain/alarms';
import { isStatistic } from '../../domain/statistics';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { combination, missing, parameter } from './errors';

/** Alarms or events a page where the request names no number. */
const page = 100;

/** Operations on alarms. */
export function alarmOperations({ store }: Pick<Context, 'store'>): Operations {
  const all = alarms(store);
  const find = (name: string): Alarm => {
    const found = all.records.get(name);
    if (!found) throw missing(`Unknown alarm: ${name}`);
    return found;
  };

  function put(name: string, doc: Alarm['doc'], given: PutMetricAlarmInput['Tags']): object {
    return store.transaction(() => {
      const known = all.records.get(name);
      const arn = alarmArn(name);
      const now = new Date();
      const state = known?.state ?? 'INSUFFICIENT_DATA';
      const told = known?.doc.alarm;
      const complete = {
        ...doc.alarm,
        AlarmArn: arn,
        AlarmConfigurationUpdatedTimestamp: now,
        ActionsEnabled: doc.alarm.ActionsEnabled ?? true,
        OKActions: doc.alarm.OKActions ?? [],
        AlarmActions: doc.alarm.AlarmActions ?? [],
        InsufficientDataActions: doc.alarm.InsufficientDataActions ?? [],
        StateValue: state,
        StateReason: told?.StateReason ?? 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: told?.StateUpdatedTimestamp ?? now,
        StateTransitionedTimestamp: told?.StateTransitionedTimestamp ?? now,
      };
      const alarm = {
        name,
        createdAt: known?.createdAt ?? now,
        state,
        doc: { ...doc, alarm: complete } as Alarm['doc'],
      };
      all.records.put(alarm);
      if (!known) tags(store).add(arn, given);
      all.note(alarm, 'ConfigurationUpdate', `Alarm "${name}" ${known ? 'updated' : 'created'}`, {
        version: '1.0',
        type: known ? 'Update' : 'Create',
      });
      return {};
    });
  }

  const setActions =
    (enabled: boolean) =>
    ({ AlarmNames }: Checked<DisableAlarmActionsInput>): object =>
      store.transaction(() => {
        for (const name of AlarmNames) {
          const alarm = all.records.get(name);
          if (!alarm) continue;
          const doc = { ...alarm.doc, alarm: { ...alarm.doc.alarm, ActionsEnabled: enabled } } as Alarm['doc'];
          all.records.put({ ...alarm, doc });
        }
        return {};
      });

  return {
    PutMetricAlarm(input: Checked<PutMetricAlarmInput>): object {
      const { Tags, EvaluationCriteria: _, WarmUpConfiguration: __, ...alarm } = input;
      checkMetricAlarm(input);
      return put(input.AlarmName, { kind: 'metric', alarm }, Tags);
    },

    PutCompositeAlarm(input: Checked<PutCompositeAlarmInput>): object {
      const { Tags, ...alarm } = input;
      try {
        holds(input.AlarmRule, () => undefined);
      } catch (error) {
        throw error instanceof RuleError ? parameter(error.message) : error;
      }
      return put(input.AlarmName, { kind: 'composite', alarm }, Tags);
    },

    DescribeAlarms(input: DescribeAlarmsInput): DescribeAlarmsOutput {
      const { AlarmNames, AlarmNamePrefix: prefix, AlarmTypes: types = ['MetricAlarm'], StateValue } = input;
      if (AlarmNames && prefix !== undefined) throw combination('Give either AlarmNames or AlarmNamePrefix.');
      const filters: Filter[] = [];
      if (AlarmNames) filters.push(['id IN (SELECT value FROM json_each(?))', JSON.stringify(AlarmNames)]);
      if (prefix !== undefined) filters.push(['substr(id, 1, ?) = ?', prefix.length, prefix]);
      if (StateValue !== undefined) filters.push(['state = ?', StateValue]);
      const { NextToken, MaxRecords, ...question } = input;
      const { records, nextToken } = all.records.page(filters, {
        sort: 'id',
        descending: false,
        limit: MaxRecords ?? page,
        token: NextToken,
        question,
      });
      return {
        MetricAlarms: records.flatMap(({ doc }) =>
          doc.kind === 'metric' && types.includes('MetricAlarm') ? [doc.alarm] : [],
        ),
        CompositeAlarms: records.flatMap(({ doc }) =>
          doc.kind === 'composite' && types.includes('CompositeAlarm') ? [doc.alarm] : [],
        ),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },

    DescribeAlarmsForMetric(input: Checked<DescribeAlarmsForMetricInput>): DescribeAlarmsForMetricOutput {
      const dimensions = (given: { Name?: string | undefined; Value?: string | undefined }[] = []): string =>
        JSON.stringify(given.map(({ Name, Value }) => `${Name}=${Value}`).toSorted((a, b) => (a < b ? -1 : 1)));
      return {
        MetricAlarms: all.records
          .list('1')
          .flatMap(({ doc }) =>
            doc.kind === 'metric' &&
            doc.alarm.Namespace === input.Namespace &&
            doc.alarm.MetricName === input.MetricName &&
            (!input.Dimensions || dimensions(doc.alarm.Dimensions) === dimensions(input.Dimensions)) &&
            (input.Statistic === undefined || doc.alarm.Statistic === input.Statistic) &&
            (input.Period === undefined || doc.alarm.Period === input.Period)
              ? [doc.alarm]
              : [],
          ),
      };
    },

    DescribeAlarmHistory(input: DescribeAlarmHistoryInput): DescribeAlarmHistoryOutput {
      const filters: Filter[] = [];
      if (input.AlarmName !== undefined) filters.push(['alarm = ?', input.AlarmName]);
      if (input.HistoryItemType !== undefined) filters.push(['type = ?', input.HistoryItemType]);
      if (input.StartDate) filters.push(['at >= ?', input.StartDate.getTime()]);
      if (input.EndDate) filters.push(['at <= ?', input.EndDate.getTime()]);
      const { NextToken, MaxRecords, ...question } = input;
      const { records, nextToken } = alarmHistory(store).page(filters, {
        sort: 'at',
        descending: input.ScanBy !== 'TimestampAscending',
        limit: MaxRecords ?? page,
        token: NextToken,
        question,
      });
      return {
        AlarmHistoryItems: records.map(({ item }) => item),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },

    DeleteAlarms({ AlarmNames }: Checked<DeleteAlarmsInput>): object {
      return store.transaction(() => {
        for (const name of AlarmNames) find(name);
        for (const name of AlarmNames) {
          all.records.delete('id = ?', name);
          tags(store).remove(alarmArn(name));
        }
        return {};
      });
    },

    SetAlarmState(input: Checked<SetAlarmStateInput>): object {
      all.setState(find(input.AlarmName), input.StateValue, input.StateReason, input.StateReasonData, true);
      return {};
    },

    EnableAlarmActions: setActions(true),
    DisableAlarmActions: setActions(false),
  };
}

function checkMetricAlarm(input: Checked<PutMetricAlarmInput>): void {
  const { MetricName, Namespace, Metrics, Statistic, ExtendedStatistic, Period, ComparisonOperator } = input;
  if (input.ThresholdMetricId !== undefined || /UpperThreshold|LowerThreshold/.test(ComparisonOperator ?? '')) {
    throw parameter('Local does not evaluate anomaly detection. Use an alarm with a Threshold.');
  }
  if (input.Threshold === undefined) throw missingParameter('Threshold');
  if (ComparisonOperator === undefined) throw missingParameter('ComparisonOperator');
  if (input.EvaluationPeriods === undefined) throw missingParameter('EvaluationPeriods');
  if (input.DatapointsToAlarm !== undefined && input.DatapointsToAlarm > input.EvaluationPeriods) {
    throw parameter('DatapointsToAlarm must not be greater than EvaluationPeriods.');
  }
  const treatment = input.TreatMissingData;
  if (treatment !== undefined && !['breaching', 'notBreaching', 'ignore', 'missing'].includes(treatment)) {
    throw parameter(`The value '${treatment}' for TreatMissingData is not supported.`);
  }
  if (Metrics && Metrics.length > 0) {
    if (MetricName !== undefined || Statistic !== undefined || ExtendedStatistic !== undefined) {
      throw combination('Give either Metrics or a single MetricName with its Statistic.');
    }
    if (Metrics.filter(({ ReturnData = true }) => ReturnData).length !== 1) {
      throw parameter('Exactly one element of Metrics must have ReturnData true.');
    }
    return;
  }
  if (MetricName === undefined || Namespace === undefined)
    throw missingParameter('MetricName and Namespace, or Metrics');
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw combination('Give either Statistic or ExtendedStatistic.');
  }
  if (ExtendedStatistic !== undefined && !isStatistic(ExtendedStatistic)) {
    throw parameter(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  }
  if (Period === undefined) throw missingParameter('Period');
  if (Period !== 10 && Period !== 20 && Period !== 30 && Period % 60 !== 0 && Period !== 1 && Period !== 5) {
    throw parameter('Period must be 10, 20, 30 or a multiple of 60.');
  }
}

function missingParameter(what: string): Error {
  return parameter(`The parameter ${what} must be given.`);
}
