/**
 * A client of SageMaker Metrics, loaded with the first curves, and the signing of requests to managed MLflow. The SDK's package of that service is not in every registry;
 * since it shares its protocol and signing name with SageMaker Runtime, the client of the one speaks to the other.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Metrics_Service.html
 */
import {
  SageMakerRuntimeClient,
  type SageMakerRuntimeClientConfig,
  type SageMakerRuntimeClientResolvedConfig,
  type ServiceOutputTypes,
} from '@aws-sdk/client-sagemaker-runtime';
import { makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Session } from './session';

/** One metric of one job over time. */
export interface MetricQuery {
  MetricName: string;
  ResourceArn: string;
  MetricStat: 'Min' | 'Max' | 'Avg' | 'Count' | 'StdDev' | 'Last';
  Period: 'OneMinute' | 'FiveMinute' | 'OneHour' | 'IterationNumber';
  XAxisType: 'IterationNumber' | 'Timestamp';
}

export interface MetricQueryResult {
  Status?: 'Complete' | 'Truncated' | 'InternalError' | 'ValidationError';
  Message?: string;
  XAxisValues?: number[];
  MetricValues?: number[];
}

interface Request {
  MetricQueries: readonly MetricQuery[];
}
interface Response extends Answer {
  MetricQueryResults?: MetricQueryResult[];
}
interface Answer {
  $metadata: ServiceOutputTypes['$metadata'];
}

/** A client that speaks to SageMaker Metrics: at the endpoint that is configured, else at the service's own. */
export function metricsClient(configuration: SageMakerRuntimeClientConfig): SageMakerRuntimeClient {
  const client = new SageMakerRuntimeClient({ ...configuration, serviceId: 'SageMaker Metrics' });
  const { config } = client;
  const ofRuntime = config.endpointProvider;
  config.endpointProvider = (parameters, context) => {
    const found = ofRuntime(parameters, context);
    if (parameters.Endpoint !== undefined) return found;
    // The rules of both services differ in this word alone.
    return { ...found, url: new URL(found.url.href.replace('//runtime', '//metrics')) };
  };
  return client;
}

const [text, number, list] = [0, 1, 64] as const;
const namespace = 'com.amazonaws.sagemakermetrics';
const queryMembers = ['MetricName', 'ResourceArn', 'MetricStat', 'Period', 'XAxisType'];
const resultMembers = ['Status', 'Message', 'XAxisValues', 'MetricValues'];

const command = makeBuilder<SageMakerRuntimeClientResolvedConfig, object, Answer>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
    UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
  },
  'SageMakerMetrics',
  'SageMakerRuntimeClient',
  getEndpointPlugin,
);

class BatchGetMetricsCommand extends command<Request, Response>({}, () => [], 'BatchGetMetrics', [
  9,
  namespace,
  'BatchGetMetrics',
  { http: ['POST', '/BatchGetMetrics', 200] },
  [
    3,
    namespace,
    'BatchGetMetricsRequest',
    0,
    ['MetricQueries'],
    [
      [
        1,
        namespace,
        'MetricQueryList',
        0,
        [3, namespace, 'MetricQuery', 0, queryMembers, queryMembers.map(() => text)],
      ],
    ],
  ],
  [
    3,
    namespace,
    'BatchGetMetricsResponse',
    0,
    ['MetricQueryResults'],
    [
      [
        1,
        namespace,
        'MetricQueryResultList',
        0,
        [3, namespace, 'MetricQueryResult', 0, resultMembers, [text, text, list | number, list | number]],
      ],
    ],
  ],
]) {}

/** Reads metrics over time, 100 at most. @returns a result for each query, in their order */
export async function batchGetMetrics(
  client: Pick<SageMakerRuntimeClient, 'send'>,
  MetricQueries: readonly MetricQuery[],
): Promise<MetricQueryResult[]> {
  // The client's type knows the commands of its own service alone.
  const answer: Response = await client.send(new BatchGetMetricsCommand({ MetricQueries }) as never);
  return answer.MetricQueryResults ?? [];
}

/** A request to a service of AWS that the SDK has no client for. */
export interface UnsignedRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/**
 * The headers of a request with the signature of the session's identity.
 *
 * @param service the name that the service signs with: `sagemaker-mlflow`
 * @throws a sentence where the session has no credentials
 */
export function signedHeaders(
  session: Session,
  service: string,
  region: string,
  { method, url, headers, body }: UnsignedRequest,
): Promise<Record<string, string>> {
  // The session hands its credentials to clients alone. This one sends nothing.
  const { config } = session.client('signer', (configuration) => new SageMakerRuntimeClient(configuration));
  const signer = new SignatureV4({ service, region, credentials: config.credentials, sha256: config.sha256 });
  return session.call('sign the request', async () => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return signed.headers;
  });
}
