import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pointsOf } from '../../../src/local/domain/series';
import { openLocal } from '../../../src/aws/open';
import { SeriesReader } from '../../../src/pipelines/series';
import { askSeries } from './answers-series';
import { Bed, bucket, eventually, role } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

/** Trains by a shell script. @returns the ARN of the job, which has ended */
async function train(name: string, script: string): Promise<string> {
  const { TrainingJobArn = '' } = await bed.clients.sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: role,
      AlgorithmSpecification: {
        TrainingInputMode: 'File',
        TrainingImage: 'image',
        ContainerEntrypoint: ['sh', '-c', script],
        MetricDefinitions: [
          { Name: 'loss', Regex: String.raw`loss=([0-9.]+)` },
          { Name: 'batch', Regex: String.raw`batch=(?P<batch>[0-9.]+)` },
        ],
      },
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    }),
  );
  const command = new DescribeTrainingJobCommand({ TrainingJobName: name });
  const status = await eventually(async () => {
    const { TrainingJobStatus } = await bed.clients.sagemaker.send(command);
    return TrainingJobStatus !== 'InProgress' && TrainingJobStatus;
  });
  expect(status).toBe('Completed');
  return TrainingJobArn;
}

const byIteration = { MetricStat: 'Last', Period: 'IterationNumber', XAxisType: 'IterationNumber' };

async function get(queries: object[]): Promise<unknown> {
  return (await askSeries(bed, 'BatchGetMetrics', { MetricQueries: queries }))['MetricQueryResults'];
}

test('a training job has the series that its definitions find in its log, by epochs where each has one value', async () => {
  const job = await train(
    'Curves-1',
    'for e in 1 2 4; do echo "epoch=$e loss=0.$e"; echo "epoch=$e batch=$e"; echo batch=9; done',
  );
  const component = 'arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/curves-1-aws-training-job';
  const found = await get([
    { MetricName: 'loss', ResourceArn: job, ...byIteration },
    { MetricName: 'batch', ResourceArn: job, ...byIteration },
    { MetricName: 'loss', ResourceArn: component, ...byIteration, Start: 2, End: 3 },
    { MetricName: 'other', ResourceArn: job, ...byIteration },
    { MetricName: 'loss', ResourceArn: job, MetricStat: 'Count', Period: 'OneHour', XAxisType: 'Timestamp' },
  ]);
  expect(found).toMatchObject([
    { Status: 'Complete', XAxisValues: [1, 2, 4], MetricValues: [0.1, 0.2, 0.4] },
    { XAxisValues: [1, 2, 3, 4, 5, 6], MetricValues: [1, 9, 2, 9, 4, 9] },
    { XAxisValues: [2], MetricValues: [0.2] },
    { Status: 'Complete', XAxisValues: [], MetricValues: [] },
    { XAxisValues: [expect.any(Number)] },
  ]);
});

test('CloudWatch has the values too, as it has those of training jobs', async () => {
  await train('Watched', 'for e in 1 2 3; do echo "loss=$e"; done');
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const client = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: '/aws/sagemaker/TrainingJobs',
      MetricName: 'loss',
      Dimensions: [{ Name: 'TrainingJobName', Value: 'Watched' }],
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 3_600_000),
      Period: 86_400,
      Statistics: ['Maximum', 'SampleCount'],
    }),
  );
  expect(Datapoints).toMatchObject([{ Maximum: 3, SampleCount: 3 }]);
  client.destroy();
});

test('a program puts metrics of its own, with the steps that it says; the editor reads them', async () => {
  const job = await train('Own', 'true');
  const put = (data: object[]) =>
    askSeries(bed, 'BatchPutMetrics', { TrialComponentName: 'own-aws-training-job', MetricData: data });
  const at = Math.floor(Date.now() / 1000);
  expect(
    await put([30, 10, 20].map((Step) => ({ MetricName: 'f1', Timestamp: at + Step, Step, Value: Step / 100 }))),
  ).toEqual({});
  // The second value of a step stands in place of the first; what has no step is known by its time alone.
  await put([
    { MetricName: 'f1', Timestamp: at + 40, Step: 30, Value: 0.5 },
    { MetricName: 'f1', Timestamp: at + 50, Value: 0.9 },
  ]);
  const options = { endpoint: '', region: 'us-east-1', accessKeyId: '', secretAccessKey: '' };
  const server = {
    ...options,
    ...bed.plane.ready,
    exited: new Promise<never>(() => undefined),
    stop: async () => undefined,
  };
  const session = await openLocal(server, { connect: 5000, request: 5000 }, {});
  const { series: read } = await new SeriesReader().read(session, job, ['f1', 'none']);
  expect(read.find(({ by }) => by === 'iteration')).toEqual({
    name: 'f1',
    by: 'iteration',
    x: [10, 20, 30],
    y: [0.1, 0.2, 0.5],
  });
  expect(read.find(({ by }) => by === 'time')?.y.length).toBeGreaterThan(0);
  expect(read.every(({ name }) => name === 'f1')).toBe(true);
  await session.close();
});

test.each([
  ['does not answer', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), undefined],
  [
    'denies it',
    Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }),
    'Could not read the curves',
  ],
])('a service that %s is asked once', async (_what, error, said) => {
  let asked = 0;
  const session = {
    connection: { id: 'aws', label: 'AWS' },
    region: 'eu-west-1',
    client: () => ({
      send: () => {
        asked += 1;
        return Promise.reject(error);
      },
    }),
  };
  const reader = new SeriesReader();
  for (const _ of [1, 2]) {
    const { series, problem } = await reader.read(session as never, 'arn', ['loss']);
    expect(series).toEqual([]);
    if (said === undefined) expect(problem).toBeUndefined();
    else expect(problem?.message).toContain(said);
  }
  expect(asked).toBe(1);
});

test('statistics are taken of what falls into one period', () => {
  const values = [1, 2, 4, 9].map((value, index) => ({ value, at: index * 60_000, iteration: Math.floor(index / 2) }));
  const of = (
    statistic: 'Min' | 'Max' | 'Avg' | 'Count' | 'StdDev' | 'Last',
    period: number | 'iteration' = 'iteration',
  ) => pointsOf(values, { statistic, period, axis: period === 'iteration' ? 'IterationNumber' : 'Timestamp' });
  expect(of('Min')).toEqual({ x: [0, 1], y: [1, 4] });
  expect(of('Max')).toEqual({ x: [0, 1], y: [2, 9] });
  expect(of('Avg')).toEqual({ x: [0, 1], y: [1.5, 6.5] });
  expect(of('StdDev')).toEqual({ x: [0, 1], y: [0.5, 2.5] });
  expect(of('Count', 300_000)).toEqual({ x: [0], y: [4] });
  expect(of('Last', 60_000)).toEqual({ x: [0, 60, 120, 180], y: [1, 2, 4, 9] });
});
