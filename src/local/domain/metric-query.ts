import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type Series, MathError, evaluate } from './metric-math';
import type { Dimension, MetricStore } from './metrics';
import { byPeriod, statistic } from './statistics';

/** The time that is looked at, in milliseconds. */
export interface Range {
  start: number;
  end: number;
  /** A period begins here. */
  anchor: number;
  /** The true length of a period of so many seconds. */
  readonly lengthOf: (seconds: number) => number;
}

/** Seconds of a period that is not given. */
const defaultPeriod = 60;

/** Evaluates queries for metrics and expressions over them. @returns the series by their ids @throws {MathError} */
export function evaluateQueries(
  store: MetricStore,
  queries: readonly MetricDataQuery[],
  range: Range,
): Map<string, Series> {
  const series = new Map<string, Series>();
  const metrics: [string, Series][] = [];
  const period = Math.max(1, ...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 0));
  for (const { Id = '', MetricStat: stat } of queries) {
    if (!stat) continue;
    const found = metricSeries(store, stat, range);
    series.set(Id, found);
    metrics.push([Id, found]);
  }
  const times = timesOf(range, period);
  // An expression may refer to one that stands behind it.
  let waiting = queries.filter(({ Expression }) => Expression !== undefined);
  while (waiting.length > 0) {
    const unknown = new Set(waiting.map(({ Id }) => Id));
    const ready = waiting.filter(({ Id, Expression = '' }) =>
      [...unknown].every((id) => id === Id || !new RegExp(`\\b${id}\\b`).test(Expression)),
    );
    if (ready.length === 0) throw new MathError('The expressions refer to each other in a circle.');
    for (const { Id = '', Expression = '' } of ready) {
      series.set(Id, evaluate(Expression, { series, metrics, times, period }));
    }
    waiting = waiting.filter((query) => !ready.includes(query));
  }
  return series;
}

/** A statistic of a metric by period. */
export function metricSeries(
  store: MetricStore,
  { Metric, Period, Stat = 'Average', Unit }: NonNullable<MetricDataQuery['MetricStat']>,
  { start, end, anchor, lengthOf }: Range,
): Series {
  const key = {
    namespace: Metric?.Namespace ?? '',
    name: Metric?.MetricName ?? '',
    dimensions: (Metric?.Dimensions ?? []) as Dimension[],
  };
  const periods = byPeriod(store.samples(key, start, end, Unit), lengthOf(Period ?? defaultPeriod), anchor);
  return new Map(
    periods.flatMap((period) => {
      const value = statistic(period, Stat);
      return value === undefined ? [] : [[period.at, value] as const];
    }),
  );
}

/** The most periods that are filled for an expression. */
const mostTimes = 100_800;

function timesOf({ start, end, anchor, lengthOf }: Range, period: number): number[] {
  const length = lengthOf(period);
  const first = anchor + Math.floor((start - anchor) / length) * length;
  const count = Math.min(mostTimes, Math.max(0, Math.ceil((end - first) / length)));
  return Array.from({ length: count }, (_, index) => first + index * length);
}
