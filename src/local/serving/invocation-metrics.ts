import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Dimension, MetricStore } from '../domain/metrics';
import type { Invoked } from './invoke';

const namespace = 'AWS/SageMaker';

/**
 * Publishes what an invocation came to, by endpoint and variant, and by config too, so that the fleets of a deployment
 * can be told apart.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export function publishInvocation(metrics: MetricStore, invoked: Invoked): void {
  const { endpoint, variant, config, status, instances, modelLatency, overheadLatency } = invoked;
  const own: Dimension[] = [
    { Name: 'EndpointName', Value: endpoint },
    { Name: 'VariantName', Value: variant },
  ];
  const values: [name: string, value: number, unit: StandardUnit][] = [
    ['Invocations', 1, 'None'],
    ['InvocationsPerInstance', 1 / Math.max(1, instances), 'None'],
    ['Invocation4XXErrors', Number(status >= 400 && status < 500), 'None'],
    ['Invocation5XXErrors', Number(status >= 500 || status === 0), 'None'],
    ['InvocationModelErrors', Number(status < 200 || status > 299), 'None'],
    ['ModelLatency', modelLatency, 'Microseconds'],
    ['OverheadLatency', overheadLatency, 'Microseconds'],
  ];
  for (const dimensions of [own, [...own, { Name: 'EndpointConfigName', Value: config }]]) {
    for (const [name, value, unit] of values) metrics.add({ namespace, name, dimensions }, value, unit);
  }
}
