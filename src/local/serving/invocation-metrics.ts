import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Dimension, MetricStore } from '../domain/metrics';
import type { Invoked } from './invoke';
import type { HostMetric } from './model-host';

const namespace = 'AWS/SageMaker';
const instanceNamespace = '/aws/sagemaker/Endpoints';

/**
 * Publishes what an invocation came to, by endpoint and variant, and by config too, so that the fleets of a deployment
 * can be told apart.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export function publishInvocation(metrics: MetricStore, invoked: Invoked): void {
  const { endpoint, variant, config, component, isAsync, status, instances, modelLatency, overheadLatency } = invoked;
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
  const ofComponent: Dimension[] =
    component === undefined ? [] : [{ Name: 'InferenceComponentName', Value: component }];
  const all = [own, [...own, { Name: 'EndpointConfigName', Value: config }], ofComponent];
  for (const dimensions of all.filter(({ length }) => length > 0)) {
    for (const [name, value, unit] of values.filter(([name]) => !isAsync || !notOfQueues.has(name)))
      metrics.add({ namespace, name, dimensions }, value, unit);
  }
  if (component === undefined) return;
  metrics.add({ namespace, name: 'InvocationsPerCopy', dimensions: ofComponent }, 1 / Math.max(1, instances), 'None');
}

/** What the service does not publish of asynchronous endpoints. */
const notOfQueues = new Set(['Invocations', 'InvocationsPerInstance', 'OverheadLatency']);

/** Publishes what instances of a multi-model container tell of the models that they load. */
export function publishModels(
  metrics: MetricStore,
  metric: HostMetric,
  value: number,
  where: { name: string; variant: string },
): void {
  const dimensions: Dimension[] = [
    { Name: 'EndpointName', Value: where.name },
    { Name: 'VariantName', Value: where.variant },
  ];
  const key = { namespace: metric === 'LoadedModelCount' ? instanceNamespace : namespace, name: metric, dimensions };
  metrics.add(key, value, metric.endsWith('Time') ? 'Microseconds' : 'None');
}
