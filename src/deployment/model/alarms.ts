/**
 * The alarms that roll an update back: what they measure, the calls that make them, and whether they can fire at all.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
import type { Strategy } from './strategy';

export const alarmMetrics = ['errors', 'model-errors', 'latency'] as const;
export type AlarmMetric = (typeof alarmMetrics)[number];

/** An alarm that a deployment asks for. */
export interface AlarmRequest {
  metric: AlarmMetric;
  /** Errors: the share of the requests, from 0 to 1. Latency: milliseconds at the 99th percentile. */
  threshold: number;
  /** Seconds that one value covers. */
  period: number;
  /** So many values are looked at, and so many of them must be over the threshold. */
  evaluations: number;
  datapoints: number;
}

/** What each metric is called, and how. */
export const metricFaces: Readonly<Record<AlarmMetric, { label: string; unit: string; metric: string }>> = {
  errors: { label: '5xx errors', unit: 'share of requests', metric: 'Invocation5XXErrors' },
  'model-errors': { label: 'Errors of the model', unit: 'share of requests', metric: 'InvocationModelErrors' },
  latency: { label: 'Latency p99', unit: 'ms', metric: 'ModelLatency' },
};

/** What is offered first: a twentieth of the requests in error, and a second of latency. */
export const defaultAlarms: readonly AlarmRequest[] = [
  { metric: 'errors', threshold: 0.05, period: 60, evaluations: 1, datapoints: 1 },
  { metric: 'latency', threshold: 1000, period: 60, evaluations: 2, datapoints: 2 },
];

/** Which fleet an alarm watches. */
export interface AlarmTarget {
  endpoint: string;
  variant: string;
  /** Only the fleet of this config: what the old one does then trips nothing, and dilutes nothing. */
  config?: string;
}

/** The alarms that may be there of an endpoint, by the ends of their names. */
export const alarmKinds = [...alarmMetrics, 'abort', 'wake'] as const;

export function alarmName(endpoint: string, metric: (typeof alarmKinds)[number]): string {
  return `${endpoint}-${metric}`;
}

/** The input of `PutMetricAlarm` for a request. */
export function putAlarm(request: AlarmRequest, { endpoint, variant, config }: AlarmTarget): Record<string, unknown> {
  const isLatency = request.metric === 'latency';
  return {
    AlarmName: alarmName(endpoint, request.metric),
    AlarmDescription: `Rolls deployments of ${endpoint} back.`,
    Namespace: 'AWS/SageMaker',
    MetricName: metricFaces[request.metric].metric,
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
      ...(config === undefined ? [] : [{ Name: 'EndpointConfigName', Value: config }]),
    ],
    ...(isLatency ? { ExtendedStatistic: 'p99' } : { Statistic: 'Average' }),
    Period: request.period,
    EvaluationPeriods: request.evaluations,
    DatapointsToAlarm: request.datapoints,
    // Errors are 0 or 1 a request, so their average is a share; latency is published in microseconds.
    Threshold: isLatency ? request.threshold * 1000 : request.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ActionsEnabled: false,
  };
}

/**
 * The input of `PutMetricAlarm` for the alarm that only a person trips. AWS has no call that ends an update; an alarm
 * of the update in ALARM does. Nothing publishes its metric, and without data it stays as it was set.
 */
export function putAbortAlarm(endpoint: string): Record<string, unknown> {
  return {
    AlarmName: alarmName(endpoint, 'abort'),
    AlarmDescription: `Set this alarm to ALARM to roll the running deployment of ${endpoint} back.`,
    Namespace: 'MLOpsFlow',
    MetricName: 'Abort',
    Dimensions: [{ Name: 'EndpointName', Value: endpoint }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'ignore',
    ActionsEnabled: false,
  };
}

/** Something about an alarm that keeps it from doing its work, or may. */
export interface AlarmFinding {
  severity: 'error' | 'warning';
  text: string;
}

/** Whether an alarm can roll an update back: its threshold can be passed, and in time. */
export function lintRequest(request: AlarmRequest, strategy: Strategy): AlarmFinding[] {
  const { metric, threshold, period, evaluations, datapoints } = request;
  const { label } = metricFaces[metric];
  const findings: AlarmFinding[] = [];
  const say = (severity: AlarmFinding['severity'], text: string): void => void findings.push({ severity, text });
  if (!Number.isFinite(threshold) || threshold < 0)
    say('error', `${label}: the threshold must be a number of 0 or more.`);
  if (metric !== 'latency' && threshold >= 1) {
    say('error', `${label}: the average of errors is at most 1, so a threshold of ${threshold} is never passed.`);
  }
  if (!isPeriod(period)) say('error', `${label}: a period is 10, 20 or 30 seconds, or a multiple of 60.`);
  if (!isCount(evaluations) || !isCount(datapoints) || datapoints > evaluations) {
    say('error', `${label}: so many of so many values must be whole numbers, the first not above the second.`);
  }
  const reaction = period * datapoints;
  const shortest = shortestBake(strategy);
  if (shortest > 0 && reaction > shortest) {
    say('error', `${label}: the alarm needs ${reaction} s to fire, and a bake lasts ${shortest} s.`);
  } else if (shortest > 0 && reaction > shortest / 2) {
    say('warning', `${label}: the alarm needs ${reaction} s of a bake of ${shortest} s to fire.`);
  }
  return findings;
}

/** An alarm as CloudWatch describes it; the parts that are judged. */
export interface AlarmLike {
  MetricName?: string | undefined;
  Namespace?: string | undefined;
  Statistic?: string | undefined;
  Threshold?: number | undefined;
  Period?: number | undefined;
  EvaluationPeriods?: number | undefined;
  DatapointsToAlarm?: number | undefined;
  TreatMissingData?: string | undefined;
  Dimensions?: { Name?: string | undefined; Value?: string | undefined }[] | undefined;
}

/**
 * What is wrong with an alarm of somebody's for an endpoint: whether it can fire, in which unit, and for which fleet.
 *
 * @param config the config that serves now
 */
export function lintAlarm(alarm: AlarmLike, target: Required<AlarmTarget>): AlarmFinding[] {
  const findings: AlarmFinding[] = [];
  const { MetricName: metric = '', Threshold: threshold = 0, Dimensions: dimensions = [] } = alarm;
  const dimension = (name: string): string | undefined => dimensions.find(({ Name }) => Name === name)?.Value;
  const variant = dimension('VariantName');
  const config = dimension('EndpointConfigName');
  if (alarm.Namespace !== 'AWS/SageMaker') return findings;
  if (metric.endsWith('Errors') && alarm.Statistic === 'Average' && threshold >= 1) {
    findings.push({
      severity: 'error',
      text: `The average of ${metric} is at most 1: a threshold of ${threshold} is never passed.`,
    });
  }
  if (metric.endsWith('Latency') && threshold > 0 && threshold < 10_000) {
    findings.push({
      severity: 'warning',
      text: `${metric} is in microseconds: the threshold of ${threshold} is ${threshold / 1000} ms.`,
    });
  }
  if (variant !== undefined && variant !== target.variant) {
    findings.push({
      severity: 'error',
      text: `It watches the variant ${variant}; this endpoint has ${target.variant}.`,
    });
  }
  if (config !== undefined && config !== target.config) {
    findings.push({ severity: 'warning', text: `It watches only the fleet of ${config}, which does not serve now.` });
  }
  if (alarm.TreatMissingData === 'breaching') {
    findings.push({ severity: 'warning', text: 'It fires when there is no traffic.' });
  }
  return findings;
}

function shortestBake({ kind, interval, bake }: Strategy): number {
  if (kind === 'all-at-once') return bake;
  if (kind === 'rolling') return interval;
  const times = [interval, bake].filter((seconds) => seconds > 0);
  return times.length === 0 ? 0 : Math.min(...times);
}

function isPeriod(period: number): boolean {
  return [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);
}

function isCount(number: number): boolean {
  return Number.isInteger(number) && number >= 1;
}
