/** The metrics of jobs over time, as the service itself keeps them. */
import type * as Sdk from '../aws/metrics-sdk.bundle';
import { isDenied, type Session } from '../aws';
import { explain } from '../aws/errors';
import type { KeptSeries } from './metrics';

/** So many queries go into one request. */
const queriesAtATime = 100;

/** Seconds since the epoch that no time reaches which is not in milliseconds. */
const latestSeconds = 1e11;

/**
 * Reads series over BatchGetMetrics. What it tells more than the log is a plus: where the service does not answer, it is not
 * asked again over that connection. Only that a permission is missing is said.
 */
export class SeriesReader {
  /** Why the service is not asked again, by connection. */
  private readonly unanswered = new Map<string, Error>();

  /** The series of a job's metrics, by iterations and by time, as far as there are any. */
  async read(
    session: Session,
    job: string,
    names: readonly string[],
  ): Promise<{ series: KeptSeries[]; problem?: Error }> {
    const known = this.unanswered.get(session.connection.id);
    if (names.length === 0 || known) return { series: [], ...(known && isDenied(known) ? { problem: known } : {}) };
    const sdk: typeof Sdk = await import('../aws/metrics-sdk.bundle');
    const client = session.client('sagemaker_metrics', (configuration) => sdk.metricsClient(configuration));
    const asked = names.flatMap((name) => [
      { name, by: 'iteration' as const, query: queryOf(job, name, 'iteration') },
      { name, by: 'time' as const, query: queryOf(job, name, 'time') },
    ]);
    const found: KeptSeries[] = [];
    for (let at = 0; at < asked.length; at += queriesAtATime) {
      const part = asked.slice(at, at + queriesAtATime);
      try {
        const results = await sdk.batchGetMetrics(
          client,
          part.map(({ query }) => query),
        );
        for (const [index, { name, by }] of part.entries()) {
          const { XAxisValues: x = [], MetricValues: y = [] } = results[index] ?? {};
          if (x.length === y.length && x.length > 0)
            found.push({ name, by, x: by === 'time' ? x.map(secondsOf) : x, y });
        }
      } catch (error) {
        if (error instanceof Error && error.name === 'AbortError') throw error;
        const problem = explain(error, 'read the curves', session);
        this.unanswered.set(session.connection.id, problem);
        return { series: found, ...(isDenied(problem) ? { problem } : {}) };
      }
    }
    return { series: found };
  }
}

function queryOf(job: string, name: string, by: KeptSeries['by']): Sdk.MetricQuery {
  return {
    MetricName: name,
    ResourceArn: job,
    ...(by === 'iteration'
      ? { MetricStat: 'Last', Period: 'IterationNumber', XAxisType: 'IterationNumber' }
      : { MetricStat: 'Avg', Period: 'OneMinute', XAxisType: 'Timestamp' }),
  };
}

function secondsOf(time: number): number {
  return time > latestSeconds ? time / 1000 : time;
}

/** Seconds of one value: the service publishes once a minute, Local each with its own time. */
const [minute, second] = [60, 1];

/**
 * The metrics of a training job that CloudWatch has, by time.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export async function readPublished(
  session: Session,
  job: string,
  names: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<KeptSeries[]> {
  const sdk = await import('../aws/serving-sdk.bundle');
  const client = session.client('cloudwatch', (configuration) => new sdk.CloudWatchClient(configuration));
  const asked = names.slice(0, queriesAtATime);
  const { MetricDataResults = [] } = await session.call('read the metrics of the training job', () =>
    client.send(
      new sdk.GetMetricDataCommand({
        StartTime: new Date(Math.floor(from.getTime() / 60_000) * 60_000),
        EndTime: new Date(to.getTime() + 60_000),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: asked.map((MetricName, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Stat: 'Average',
            Period: session.connection.kind === 'local' ? second : minute,
            Metric: {
              Namespace: '/aws/sagemaker/TrainingJobs',
              MetricName,
              Dimensions: [{ Name: 'TrainingJobName', Value: job }],
            },
          },
        })),
      }),
    ),
  );
  return MetricDataResults.flatMap(({ Id, Timestamps = [], Values = [] }): KeptSeries[] => {
    const name = asked[Number(Id?.slice(1))];
    return name === undefined || Timestamps.length === 0
      ? []
      : [{ name, by: 'time', x: Timestamps.map((time) => time.getTime() / 1000), y: Values }];
  });
}
