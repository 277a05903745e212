import { expect } from 'vitest';
import { sendSigned } from './signed';
import type { Bed } from './support';

/** Asks SageMaker Metrics, as the wire has it: no package of the SDK for JavaScript speaks to it. */
export async function askSeries(
  bed: Bed,
  operation: 'BatchGetMetrics' | 'BatchPutMetrics',
  input: object,
): Promise<Record<string, unknown>> {
  const { body } = await sendSigned(bed.plane.ready, {
    service: 'sagemaker',
    method: operation === 'BatchGetMetrics' ? 'POST' : 'PUT',
    path: `/${operation}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

/** Has every operation of SageMaker Metrics answer once: of jobs that are not there. */
export async function seriesAnswers(bed: Bed): Promise<void> {
  const MetricData = [{ MetricName: 'loss', Timestamp: 1_700_000_000, Value: 1 }];
  const refused = await askSeries(bed, 'BatchPutMetrics', { TrialComponentName: 'none-aws-training-job', MetricData });
  expect(refused).toMatchObject({ __type: 'ResourceNotFound' });
  const query = {
    MetricName: 'loss',
    ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/none',
    MetricStat: 'Last',
    Period: 'IterationNumber',
    XAxisType: 'IterationNumber',
  };
  expect(await askSeries(bed, 'BatchGetMetrics', { MetricQueries: [query] })).toMatchObject({
    MetricQueryResults: [{ Status: 'ValidationError', XAxisValues: [], MetricValues: [] }],
  });
}
