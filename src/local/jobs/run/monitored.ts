import { readFile } from 'node:fs/promises';
import type { CreateProcessingJobRequest, MonitoringType } from '@aws-sdk/client-sagemaker';
import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import { type Dimension, metrics } from '../../domain/metrics';
import type { Work } from '../kind';

/** The namespaces of what monitoring jobs publish, by the kind of their definition. */
export const monitoringNamespaces: Readonly<Record<MonitoringType, string>> = {
  DataQuality: 'aws/sagemaker/Endpoints/data-metrics',
  ModelQuality: 'aws/sagemaker/Endpoints/model-metrics',
  ModelBias: 'aws/sagemaker/Endpoints/bias-metrics',
  ModelExplainability: 'aws/sagemaker/Endpoints/explainability-metrics',
};

/** The kinds of definitions by the variable that says what a job computes. */
const kinds: Readonly<Record<string, MonitoringType>> = {
  MODEL_QUALITY: 'ModelQuality',
  MODEL_BIAS: 'ModelBias',
  MODEL_EXPLAINABILITY: 'ModelExplainability',
};

/** A line of the file: a value, or what is known of some. */
interface Line {
  MetricName: string;
  Timestamp: string;
  Dimensions?: Dimension[];
  Unit?: StandardUnit;
  Value?: number;
  StatisticValues?: { SampleCount: number; Sum: number; Minimum: number; Maximum: number };
}

/**
 * Publishes what a monitoring job, of Local's or of a container's own, has left for CloudWatch. A line that cannot be
 * read is left out, as the service does it.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html
 */
export async function publishMonitored({
  request,
  container,
  store,
}: Pick<Work<CreateProcessingJobRequest>, 'request' | 'container' | 'store'>): Promise<void> {
  const { Environment: variables = {} } = request;
  if (variables['sagemaker_monitoring_schedule_name'] === undefined) return;
  if (variables['publish_cloudwatch_metrics'] !== 'Enabled') return;
  const path = container.path('output', 'metrics', 'cloudwatch', 'cloudwatch_metrics.jsonl');
  const text = await readFile(path, 'utf8').catch(() => '');
  const { analysis_type: type = '' } = variables;
  const kind = kinds[type] ?? 'DataQuality';
  const namespace = monitoringNamespaces[kind];
  for (const line of text.split('\n')) {
    const told = lineOf(line);
    if (!told) continue;
    const {
      MetricName: name,
      Dimensions: dimensions = [],
      Unit: unit = 'None',
      Value: value,
      StatisticValues: known,
    } = told;
    const at = Date.parse(told.Timestamp);
    const key = { namespace, name, dimensions };
    if (typeof value === 'number') metrics(store).add(key, value, unit, at);
    else if (known) {
      const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = known;
      metrics(store).put(key, { at, unit, count, sum, min, max, values: new Map() });
    }
  }
}

function lineOf(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    return line.MetricName && !Number.isNaN(Date.parse(line.Timestamp)) ? line : undefined;
  } catch {
    return undefined;
  }
}
