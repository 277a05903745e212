import type {
  Datapoint,
  GetMetricDataInput,
  GetMetricDataOutput,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  ListMetricsInput,
  ListMetricsOutput,
  MetricDatum,
  PutMetricDataInput,
  Statistic,
} from '@aws-sdk/client-cloudwatch';
import { MathError } from '../../domain/metric-math';
import { evaluateQueries } from '../../domain/metric-query';
import { type Dimension, type Sample, metrics } from '../../domain/metrics';
import { byPeriod, isStatistic, statistic } from '../../domain/statistics';
import type { Context } from '../../engine/context';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { combination, parameter } from './errors';

/** Metrics a page. */
const page = 500;

/** The most values of one answer. */
const mostDatapoints = 1440;

/** Milliseconds in which a metric counts as recently active. */
const recently = 3 * 3_600_000;

/** Operations on metrics. */
export function metricOperations({ store }: Pick<Context, 'store'>): Operations {
  const all = metrics(store);
  return {
    PutMetricData({ Namespace, MetricData = [], EntityMetricData = [] }: Checked<PutMetricDataInput>): object {
      const data = [...MetricData, ...EntityMetricData.flatMap((each) => each.MetricData ?? [])];
      const samples = data.map((datum) => [datum, sampleOf(datum)] as const);
      for (const [{ MetricName: name = '', Dimensions = [] }, sample] of samples) {
        all.put({ namespace: Namespace, name, dimensions: Dimensions as Dimension[] }, sample);
      }
      return {};
    },

    GetMetricData(input: Checked<GetMetricDataInput>): GetMetricDataOutput {
      const { MetricDataQueries: queries, StartTime, EndTime, ScanBy } = input;
      if (StartTime >= EndTime) throw parameter('The parameter StartTime must be less than the parameter EndTime.');
      for (const { Id, MetricStat, Expression } of queries) {
        if ((MetricStat === undefined) === (Expression === undefined)) {
          throw parameter(`The query ${Id} must have either MetricStat or Expression.`);
        }
        refuseUnknown(MetricStat?.Stat);
      }
      const period = Math.max(1, ...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 60));
      const range = {
        start: floor(StartTime, Math.min(period, 60)),
        end: EndTime.getTime(),
        anchor: 0,
        lengthOf: (seconds: number) => seconds * 1000,
      };
      try {
        const series = evaluateQueries(all, queries, range);
        return {
          MetricDataResults: queries
            .filter(({ ReturnData = true }) => ReturnData)
            .map(({ Id = '', Label, MetricStat, Expression }) => {
              const values = [...(series.get(Id) ?? [])].toSorted(([a], [b]) =>
                ScanBy === 'TimestampAscending' ? a - b : b - a,
              );
              return {
                Id,
                Label: Label ?? MetricStat?.Metric?.MetricName ?? Expression ?? Id,
                Timestamps: values.map(([at]) => new Date(at)),
                Values: values.map(([, value]) => value),
                StatusCode: 'Complete' as const,
              };
            }),
          Messages: [],
        };
      } catch (error) {
        if (error instanceof MathError) throw parameter(error.message);
        throw error;
      }
    },

    GetMetricStatistics(input: Checked<GetMetricStatisticsInput>): GetMetricStatisticsOutput {
      const { StartTime, EndTime, Period, Statistics = [], ExtendedStatistics = [], Unit } = input;
      if (StartTime >= EndTime) throw parameter('The parameter StartTime must be less than the parameter EndTime.');
      if (Statistics.length + ExtendedStatistics.length === 0) {
        throw combination('At least one of the parameters Statistics and ExtendedStatistics must be given.');
      }
      for (const name of ExtendedStatistics) refuseUnknown(name);
      if ((EndTime.getTime() - StartTime.getTime()) / (Period * 1000) > mostDatapoints) {
        throw combination(
          `You have requested more than ${mostDatapoints} datapoints. Reduce the range, or give a longer Period.`,
        );
      }
      const dimensions = (input.Dimensions ?? []) as Dimension[];
      const samples = all.samples(
        { namespace: input.Namespace, name: input.MetricName, dimensions },
        floor(StartTime, Math.min(Period, 60)),
        EndTime.getTime(),
        Unit,
      );
      const Datapoints = byPeriod(samples, Period * 1000).map((each): Datapoint => {
        const plain = Object.fromEntries(Statistics.map((name: Statistic) => [name, statistic(each, name)])) as Partial<
          Record<Statistic, number>
        >;
        const extended = ExtendedStatistics.flatMap((name) => {
          const value = statistic(each, name);
          return value === undefined ? [] : [[name, value] as const];
        });
        return {
          Timestamp: new Date(each.at),
          ...plain,
          Unit: each.unit as NonNullable<Datapoint['Unit']>,
          ...(ExtendedStatistics.length > 0 ? { ExtendedStatistics: Object.fromEntries(extended) } : {}),
        };
      });
      return { Label: input.MetricName, Datapoints };
    },

    ListMetrics(input: ListMetricsInput): ListMetricsOutput {
      const { NextToken, ...question } = input;
      const after = Number(readPageToken(question, NextToken)?.value ?? 0);
      const found = all.list(
        {
          namespace: input.Namespace,
          name: input.MetricName,
          dimensions: (input.Dimensions ?? []).map(({ Name = '', Value }) =>
            Value === undefined ? { Name } : { Name, Value },
          ),
        },
        input.RecentlyActive === undefined ? 0 : Date.now() - recently,
      );
      const end = after + page;
      return {
        Metrics: found.slice(after, end).map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: [...dimensions],
        })),
        ...(found.length > end ? { NextToken: pageToken(question, { value: end, key: end }) } : {}),
      };
    },
  };
}

/** What a datum tells, as one sample. */
function sampleOf({
  MetricName,
  Timestamp,
  Value,
  StatisticValues,
  Values,
  Counts,
  Unit = 'None',
}: MetricDatum): Sample {
  const at = (Timestamp ?? new Date()).getTime();
  if (StatisticValues) {
    const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = StatisticValues;
    // One value many times is known; of anything else only the sums are.
    const values = new Map(min === max ? [[min, count]] : []);
    return { at, unit: Unit, count, sum, min, max, values };
  }
  const given = Values ?? (Value === undefined ? [] : [Value]);
  if (given.length === 0) {
    throw parameter(`The parameter MetricData of ${MetricName} must have Value, Values or StatisticValues.`);
  }
  if (Counts && Counts.length !== given.length) {
    throw parameter(`The parameters Values and Counts of ${MetricName} must have the same length.`);
  }
  const values = new Map<number, number>();
  let [count, sum] = [0, 0];
  for (const [index, value] of given.entries()) {
    const times = Counts?.[index] ?? 1;
    values.set(value, (values.get(value) ?? 0) + times);
    count += times;
    sum += times * value;
  }
  return { at, unit: Unit, count, sum, min: Math.min(...given), max: Math.max(...given), values };
}

function refuseUnknown(name: string | undefined): void {
  if (name !== undefined && !isStatistic(name)) {
    throw parameter(`The value ${name} for parameter Stat is not supported.`);
  }
}

/** A time rounded down to whole seconds of a number, in milliseconds since the epoch. */
function floor(time: Date, seconds: number): number {
  return Math.floor(time.getTime() / (seconds * 1000)) * seconds * 1000;
}
