/** The metrics of an endpoint: its charts, and what each fleet of an update has answered. */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Session } from '../aws';
import type { EndpointKind } from './model/strategy';
import { readMetrics } from './service';

export type ChartId = 'requests' | 'errors' | 'latency' | 'queue';

export interface ChartSeries {
  chart: ChartId;
  /** `p99` */
  name: string;
  /** Milliseconds since the epoch. */
  times: number[];
  /** Requests a period, requests in error, or milliseconds. */
  values: number[];
}

export interface ChartData {
  series: ChartSeries[];
}

/** How a line of the charts is read. */
interface Line {
  id: string;
  chart: ChartId;
  name: string;
  metric: string;
  stat: string;
  scale: number;
  /** It is published of the endpoint, and of no variant. */
  ofEndpoint?: true;
}

/** Latency is published in microseconds. */
const lines: readonly Line[] = [
  { id: 'requests', chart: 'requests', name: 'requests', metric: 'Invocations', stat: 'Sum', scale: 1 },
  { id: 'e4', chart: 'errors', name: '4xx', metric: 'Invocation4XXErrors', stat: 'Sum', scale: 1 },
  { id: 'e5', chart: 'errors', name: '5xx', metric: 'Invocation5XXErrors', stat: 'Sum', scale: 1 },
  { id: 'p50', chart: 'latency', name: 'p50', metric: 'ModelLatency', stat: 'p50', scale: 0.001 },
  { id: 'p90', chart: 'latency', name: 'p90', metric: 'ModelLatency', stat: 'p90', scale: 0.001 },
  { id: 'p99', chart: 'latency', name: 'p99', metric: 'ModelLatency', stat: 'p99', scale: 0.001 },
];

/** How long the container of a serverless variant took to come up, where it had to. */
const setup: Line = {
  id: 'setup',
  chart: 'latency',
  name: 'setup',
  metric: 'ModelSetupTime',
  stat: 'Maximum',
  scale: 0.001,
};

/** What asynchronous endpoints publish in place of invocations; times are milliseconds. */
const queueLines: readonly Line[] = [
  {
    id: 'waiting',
    chart: 'requests',
    name: 'waiting',
    metric: 'ApproximateBacklogSize',
    stat: 'Maximum',
    scale: 1,
    ofEndpoint: true,
  },
  {
    id: 'oldest',
    chart: 'queue',
    name: 'oldest',
    metric: 'ApproximateAgeOfOldestRequest',
    stat: 'Maximum',
    scale: 1,
    ofEndpoint: true,
  },
  { id: 'processed', chart: 'requests', name: 'processed', metric: 'InvocationsProcessed', stat: 'Sum', scale: 1 },
  { id: 'failed', chart: 'errors', name: 'failed', metric: 'InvocationFailures', stat: 'Sum', scale: 1 },
  { id: 'expired', chart: 'errors', name: 'expired', metric: 'ExpiredRequests', stat: 'Sum', scale: 1 },
  { id: 'p50', chart: 'latency', name: 'p50', metric: 'TotalProcessingTime', stat: 'p50', scale: 1 },
  { id: 'p90', chart: 'latency', name: 'p90', metric: 'TotalProcessingTime', stat: 'p90', scale: 1 },
  { id: 'p99', chart: 'latency', name: 'p99', metric: 'TotalProcessingTime', stat: 'p99', scale: 1 },
];

function linesOf(kind: EndpointKind): readonly Line[] {
  if (kind === 'asynchronous') return queueLines;
  return kind === 'serverless' ? [...lines, setup] : lines;
}

/** Seconds of one value: endpoints publish once a minute, Local each request with its own time. */
function periodOf({ connection }: Session): number {
  return connection.kind === 'local' ? 10 : 60;
}

/** The lines of the charts of one variant. */
export async function readCharts(
  session: Session,
  { endpoint, variant, kind }: { endpoint: string; variant: string; kind: EndpointKind },
  { from, to }: { from: Date; to: Date },
): Promise<ChartData> {
  const shown = linesOf(kind);
  const queries = shown.map(({ id, metric, stat, ofEndpoint }) =>
    query(id, metric, stat, periodOf(session), {
      EndpointName: endpoint,
      ...(ofEndpoint ? {} : { VariantName: variant }),
    }),
  );
  const found = await readMetrics(session, queries, from, to);
  return {
    series: shown.map(({ id, chart, name, scale }) => ({
      chart,
      name,
      times: found[id]?.times ?? [],
      values: (found[id]?.values ?? []).map((value) => value * scale),
    })),
  };
}

/** What a variant has answered lately. */
export interface VariantFigures {
  variant: string;
  requests: number;
  errors: number;
  /** The 90th percentile, in milliseconds; absent where nothing was answered. */
  p90?: number;
}

/** How long figures of variants look back, in milliseconds. */
const figuresWindow = 15 * 60_000;

/** Requests, errors of the model and latency of variants in the last minutes, in the order of the variants. */
export async function readFigures(
  session: Session,
  endpoint: string,
  variants: readonly string[],
): Promise<VariantFigures[]> {
  const period = figuresWindow / 1000;
  const queries = variants.flatMap((VariantName, index) => {
    const of = { EndpointName: endpoint, VariantName };
    return [
      query(`r${index}`, 'Invocations', 'Sum', period, of),
      query(`e${index}`, 'Invocation5XXErrors', 'Sum', period, of),
      query(`l${index}`, 'ModelLatency', 'p90', period, of),
    ];
  });
  const now = Date.now();
  const found = await readMetrics(session, queries, new Date(now - figuresWindow), new Date(now + 1000));
  const sum = (id: string): number => (found[id]?.values ?? []).reduce((total, value) => total + value, 0);
  return variants.map((variant, index) => {
    const latency = found[`l${index}`]?.values.at(-1);
    return {
      variant,
      requests: sum(`r${index}`),
      errors: sum(`e${index}`),
      ...(latency === undefined ? {} : { p90: latency / 1000 }),
    };
  });
}

/** How many values metrics of a variant have had in the last day, by their names. */
export async function countData(
  session: Session,
  { endpoint, variant }: { endpoint: string; variant: string },
  metrics: readonly string[],
): Promise<Map<string, number>> {
  const of = { EndpointName: endpoint, VariantName: variant };
  const queries = metrics.map((metric, index) => query(`m${index}`, metric, 'SampleCount', 3600, of));
  const now = Date.now();
  const found = await readMetrics(session, queries, new Date(now - 86_400_000), new Date(now + 1000));
  return new Map(
    metrics.map((metric, index) => [
      metric,
      (found[`m${index}`]?.values ?? []).reduce((total, value) => total + value, 0),
    ]),
  );
}

/** How long the measured share looks back at most, in milliseconds. */
const shareWindow = 3 * 60_000;

/** The requests that the fleets of two configs have had lately, `since` the traffic last moved. */
export async function readCounts(
  session: Session,
  endpoint: string,
  variant: string,
  configs: { old: string; new: string },
  since: number,
): Promise<{ old: number; new: number }> {
  const now = Date.now();
  const period = session.connection.kind === 'local' ? 1 : 60;
  const of = (config: string) => ({ EndpointName: endpoint, VariantName: variant, EndpointConfigName: config });
  const queries = [
    query('old', 'Invocations', 'Sum', period, of(configs.old)),
    query('new', 'Invocations', 'Sum', period, of(configs.new)),
  ];
  const found = await readMetrics(session, queries, new Date(Math.max(since, now - shareWindow)), new Date(now + 1000));
  const sum = (id: string): number => (found[id]?.values ?? []).reduce((total, value) => total + value, 0);
  return { old: sum('old'), new: sum('new') };
}

/** How long an endpoint is looked at for its last request, in days: metrics by the hour are kept longer than that. */
const idleDays = 14;

/**
 * When the last request came, in milliseconds since the epoch: the hour that it was in.
 *
 * @returns undefined where none came in the last two weeks
 */
export async function lastRequest(
  session: Session,
  endpoint: string,
  variants: readonly string[],
): Promise<number | undefined> {
  const now = Date.now();
  // An asynchronous endpoint publishes no invocations.
  const queries = variants.flatMap((variant, index) =>
    ['Invocations', 'InvocationsProcessed'].map((metric) =>
      query(`${uncapitalised(metric)}${index}`, metric, 'Sum', 3600, { EndpointName: endpoint, VariantName: variant }),
    ),
  );
  if (queries.length === 0) return undefined;
  const found = await readMetrics(session, queries, new Date(now - idleDays * 86_400_000), new Date(now));
  const times = Object.values(found).flatMap(({ times: at, values }) =>
    at.filter((_, index) => (values[index] ?? 0) > 0),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The id of a query begins with a small letter. */
function uncapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function query(
  Id: string,
  MetricName: string,
  Stat: string,
  Period: number,
  dimensions: Record<string, string>,
): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/SageMaker',
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat,
    },
  };
}
