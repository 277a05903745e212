import type { MetricAlarm, MetricDataQuery, StateValue } from '@aws-sdk/client-cloudwatch';
import { RuleError, holds } from '../domain/alarm-rule';
import { type Alarm, alarms } from '../domain/alarms';
import { MathError } from '../domain/metric-math';
import { evaluateQueries } from '../domain/metric-query';
import { metrics } from '../domain/metrics';
import type { Store } from '../store/store';
import { type Clock, lengthOf } from './clock';

/** Milliseconds between two looks at all alarms. */
const interval = 500;

/** The shortest period in milliseconds: values are kept by the second, and each must be seen at least once. */
const shortest = 2000;

/** Seconds that a state which was set by hand stays, unless the alarm's period is shorter. */
const heldFor = 60;

/** What an evaluation comes to; no state where the alarm keeps the one it has. */
export interface Verdict {
  state: StateValue | undefined;
  reason: string;
  data: object;
}

/** Evaluates alarms as long as there are any. */
export class AlarmEvaluation {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly broken: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      try {
        this.look();
      } catch (error) {
        this.stop();
        this.broken(error);
      }
    }, interval).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Evaluates every alarm once: first those of metrics, then those that are made of others. */
  look(): void {
    const all = alarms(this.store).records.list('1');
    for (const alarm of all.filter(({ doc }) => doc.kind === 'metric')) this.evaluate(alarm);
    for (const alarm of all.filter(({ doc }) => doc.kind === 'composite')) this.evaluate(alarm);
  }

  private evaluate(alarm: Alarm): void {
    const { doc, heldSince } = alarm;
    const now = this.clock.now();
    const period = doc.kind === 'metric' ? (doc.alarm.Period ?? heldFor) : heldFor;
    if (heldSince !== undefined && now < heldSince.getTime() + lengthOf(Math.min(period, heldFor), this.clock)) return;
    const verdict = doc.kind === 'metric' ? this.metric(doc.alarm, now) : this.composite(doc.alarm.AlarmRule ?? '');
    const state = verdict.state ?? alarm.state;
    if (state === alarm.state && heldSince === undefined) return;
    alarms(this.store).setState(alarm, state, verdict.reason, JSON.stringify(verdict.data));
  }

  private metric(alarm: MetricAlarm, now: number): Verdict {
    const count = alarm.EvaluationPeriods ?? 1;
    const period =
      alarm.Period ?? Math.max(1, ...(alarm.Metrics ?? []).map((each) => each.MetricStat?.Period ?? each.Period ?? 1));
    const length = Math.max(shortest, lengthOf(period, this.clock));
    const start = Math.floor(now / 1000) * 1000 + 1000 - count * length;
    const range = { start, end: start + count * length, anchor: start, lengthOf: () => length };
    const single: MetricDataQuery = {
      Id: 'm',
      MetricStat: {
        Metric: { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions ?? [] },
        Period: period,
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic ?? 'Average',
        Unit: alarm.Unit,
      },
    };
    const queries = alarm.Metrics && alarm.Metrics.length > 0 ? alarm.Metrics : [single];
    const wanted = queries.find(({ ReturnData = true }) => ReturnData)?.Id ?? 'm';
    try {
      const series = evaluateQueries(metrics(this.store), queries, range).get(wanted);
      const values = Array.from({ length: count }, (_, index) => series?.get(start + index * length));
      return judge(alarm, values, new Date(start));
    } catch (error) {
      if (!(error instanceof MathError)) throw error;
      return { state: 'INSUFFICIENT_DATA', reason: error.message, data: {} };
    }
  }

  private composite(rule: string): Verdict {
    try {
      const isOn = holds(rule, (name) => alarms(this.store).records.get(name)?.state);
      return { state: isOn ? 'ALARM' : 'OK', reason: `The rule ${rule} is ${isOn}.`, data: {} };
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      return { state: 'INSUFFICIENT_DATA', reason: error.message, data: {} };
    }
  }
}

/**
 * The state of an alarm by its last values, the oldest first; undefined for a period without data.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export function judge(alarm: MetricAlarm, values: readonly (number | undefined)[], start: Date): Verdict {
  const { Threshold: threshold = 0, TreatMissingData: missing = 'missing', ComparisonOperator: comparison } = alarm;
  const needed = alarm.DatapointsToAlarm ?? values.length;
  const known = values.filter((value) => value !== undefined);
  const absent = values.length - known.length;
  const breaching = known.filter((value) => isBreaching(value, comparison, threshold));
  const data = {
    version: '1.0',
    queryDate: new Date().toISOString(),
    startDate: start.toISOString(),
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic,
    period: alarm.Period,
    recentDatapoints: known,
    threshold,
  };
  const points = `${needed} out of the last ${values.length} datapoints`;
  if (breaching.length + (missing === 'breaching' ? absent : 0) >= needed) {
    const shown = breaching.length > 0 ? ` [${breaching.join(', ')}]` : '';
    const reason = `Threshold Crossed: ${points}${shown} were ${inWords(comparison)} the threshold (${threshold}).`;
    return { state: 'ALARM', reason, data };
  }
  if (missing === 'ignore' && known.length < needed) return { state: undefined, reason: 'Data is missing.', data };
  if (missing === 'missing' && known.length === 0) {
    return { state: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no datapoints were received.', data };
  }
  const reason = `Threshold Crossed: fewer than ${points} were ${inWords(comparison)} the threshold (${threshold}).`;
  return { state: 'OK', reason, data };
}

function isBreaching(value: number, comparison: string | undefined, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    default:
      return value > threshold;
  }
}

/** `GreaterThanOrEqualToThreshold` as `greater than or equal to`. */
function inWords(comparison = ''): string {
  return comparison
    .replace('Threshold', '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}
