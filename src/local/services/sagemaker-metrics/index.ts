import { series, pointsOf } from '../../domain/series';
import model from '../../generated/sagemaker-metrics.json';
import { type Job, jobs } from '../../jobs/job';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Service } from '../service';

/** The request and answer of BatchPutMetrics: the SDK for JavaScript has no package of this service everywhere. */
interface PutRequest {
  TrialComponentName: string;
  MetricData: { MetricName: string; Timestamp: Date; Step?: number; Value: number }[];
}
interface PutResponse {
  Errors?: { Code: 'METRIC_LIMIT_EXCEEDED'; MetricIndex: number }[];
}

interface GetRequest {
  MetricQueries: {
    MetricName: string;
    ResourceArn: string;
    MetricStat: 'Min' | 'Max' | 'Avg' | 'Count' | 'StdDev' | 'Last';
    Period: 'OneMinute' | 'FiveMinute' | 'OneHour' | 'IterationNumber';
    XAxisType: 'IterationNumber' | 'Timestamp';
    Start?: number;
    End?: number;
  }[];
}
interface QueryResult {
  Status: 'Complete' | 'ValidationError';
  Message?: string;
  XAxisValues: number[];
  MetricValues: number[];
}

const periods = { OneMinute: 60_000, FiveMinute: 300_000, OneHour: 3_600_000, IterationNumber: 'iteration' } as const;

/** The kinds of jobs by the ends of the names of the trial components that the service makes for them. */
const components = /^(.+)-aws-(training|processing|transform)-job$/;

/**
 * The metrics of jobs over time: those that their `MetricDefinitions` find in their logs, and what their programs put.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Metrics_Service.html
 */
export const sagemakerMetrics: Service = {
  signingName: 'sagemaker',
  title: 'SageMaker Metrics',
  protocols: ['rest-json'],
  model: model as unknown as ServiceModel,
  tables: [series] as Service['tables'],
  operations: ({ store }) => ({
    BatchPutMetrics({ TrialComponentName: component, MetricData }: PutRequest): PutResponse {
      const job = jobOfComponent(store, component);
      if (!job) throw new ServiceError('ResourceNotFound', `Trial component '${component}' does not exist.`);
      const values = MetricData.map(({ MetricName: name, Timestamp: at, Step: step, Value: value }) => ({
        name,
        at,
        step,
        value,
      }));
      const full = series(store).add(job.arn, values, 'put');
      if (full.length === 0) return {};
      return { Errors: full.map((MetricIndex) => ({ Code: 'METRIC_LIMIT_EXCEEDED', MetricIndex })) };
    },

    BatchGetMetrics({ MetricQueries }: GetRequest): { MetricQueryResults: QueryResult[] } {
      return {
        MetricQueryResults: MetricQueries.map((query): QueryResult => {
          const job = jobOfArn(store, query.ResourceArn);
          if (!job) {
            const Message = `There is no job ${query.ResourceArn}.`;
            return { Status: 'ValidationError', Message, XAxisValues: [], MetricValues: [] };
          }
          const { x, y } = pointsOf(series(store).of(job.arn, query.MetricName), {
            statistic: query.MetricStat,
            period: periods[query.Period],
            axis: query.XAxisType,
            start: query.Start,
            end: query.End,
          });
          return { Status: 'Complete', XAxisValues: x, MetricValues: y };
        }),
      };
    },
  }),
};

/** The job with an ARN: its own, or that of its trial component. */
function jobOfArn(store: Store, arn: string): Job | undefined {
  const [, type = '', name = ''] = /:([a-z-]+)\/(.+)$/.exec(arn) ?? [];
  if (type === 'experiment-trial-component') return jobOfComponent(store, name);
  const kind = /^(training|processing|transform)-job$/.exec(type)?.[1];
  return kind === undefined ? undefined : jobs(store).get(`${kind}/${name}`);
}

/** The job of a trial component, whose name is in small letters. */
function jobOfComponent(store: Store, component: string): Job | undefined {
  const [, name = '', kind = ''] = components.exec(component.toLowerCase()) ?? [];
  return jobs(store).list('kind = ? AND lower(name) = ?', kind, name).at(-1);
}
