import {
  CloudWatchClient,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  type DeploymentConfig,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, deploy, deployable, echo, runtimeOf, settled } from './serving';
import { Bed, eventually, sleep } from './support';

let bed: Bed;
let runtime: SageMakerRuntimeClient;
let watch: CloudWatchClient;
const three = { variant: { InitialInstanceCount: 3 } };
beforeAll(async () => {
  bed = await Bed.start({ speed: 60 });
  runtime = runtimeOf(bed);
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  watch = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  await deployable(bed.clients, 'good', echo('good'), three);
  await deployable(bed.clients, 'better', echo('better'), three);
  await deployable(bed.clients, 'bad', echo('bad'), { ...three, environment: { MLOPS_FLOW_FAULT: 'fail' } });
});
afterAll(() => bed.stop());

const canary = (alarm: string, W = 600, T = 60): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: 'CANARY',
      WaitIntervalInSeconds: W,
      CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
    },
    TerminationWaitInSeconds: T,
    MaximumExecutionTimeoutInSeconds: 28_800,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: alarm }] },
});

async function errorAlarm(name: string, endpoint: string): Promise<void> {
  await watch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocation5XXErrors',
      Dimensions: [
        { Name: 'EndpointName', Value: endpoint },
        { Name: 'VariantName', Value: 'AllTraffic' },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0.1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
}

async function update(EndpointName: string, EndpointConfigName: string, config: DeploymentConfig): Promise<void> {
  await bed.clients.sagemaker.send(
    new UpdateEndpointCommand({ EndpointName, EndpointConfigName, DeploymentConfig: config }),
  );
}

const statusIs = (EndpointName: string, wanted: string) => async (): Promise<DescribeEndpointCommandOutput | false> => {
  const found = await bed.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  const status = found.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status;
  return status === wanted && found;
};

/** Asks until told otherwise. @returns how often which model answered, or failed */
function load(endpoint: string): () => Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const ending = new AbortController();
  const going = (async () => {
    while (!ending.signal.aborted) {
      const answer = await ask(runtime, endpoint, []).then(
        ({ value }) => (value as { model: string }).model,
        (error: unknown) => (error as { name: string }).name,
      );
      counts[answer] = (counts[answer] ?? 0) + 1;
      await sleep(5);
    }
  })();
  return async () => {
    ending.abort();
    await going;
    return counts;
  };
}

test('a canary of a good model ends with the new config; both fleets answered, and the metrics tell them apart', async () => {
  await deploy(bed.clients, 'good');
  await errorAlarm('good-errors', 'good');
  const stop = load('good');
  await update('good', 'better', canary('good-errors', 120));
  const baking = await eventually(statusIs('good', 'Baking'));
  expect(baking).toMatchObject({
    EndpointStatus: 'Updating',
    EndpointConfigName: 'good',
    ProductionVariants: [{ CurrentInstanceCount: 3 }],
    PendingDeploymentSummary: {
      EndpointConfigName: 'better',
      ProductionVariants: [{ CurrentInstanceCount: 1, DesiredInstanceCount: 3 }],
    },
  });
  const end = await settled(bed.clients, 'good');
  expect(end).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'better' });
  expect(end.FailureReason).toBeUndefined();
  const counts = await stop();
  expect(Object.keys(counts).toSorted()).toEqual(['better', 'good']);
  const sums = async (config: string): Promise<number> => {
    const { MetricDataResults } = await watch.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/SageMaker',
                MetricName: 'Invocations',
                Dimensions: [
                  { Name: 'EndpointName', Value: 'good' },
                  { Name: 'VariantName', Value: 'AllTraffic' },
                  { Name: 'EndpointConfigName', Value: config },
                ],
              },
              Period: 60,
              Stat: 'Sum',
            },
          },
        ],
      }),
    );
    return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
  };
  expect({ good: await sums('good'), better: await sums('better') }).toEqual(counts);
});

test('a canary of a failing model is rolled back by the alarm that its own errors raise', async () => {
  await deployable(bed.clients, 'guarded', echo('guarded'), three);
  await deploy(bed.clients, 'guarded');
  await errorAlarm('guarded-errors', 'guarded');
  const stop = load('guarded');
  await update('guarded', 'bad', canary('guarded-errors', 3600));
  const end = await settled(bed.clients, 'guarded');
  expect(end).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'guarded',
    FailureReason: 'The deployment was rolled back: the alarm guarded-errors was in ALARM while it baked.',
    ProductionVariants: [{ CurrentInstanceCount: 3 }],
  });
  expect(Object.keys(await stop()).toSorted()).toEqual(['ModelError', 'guarded']);
  // The next update begins anew.
  await update('guarded', 'better', canary('nobody', 0, 0));
  const again = await settled(bed.clients, 'guarded');
  expect(again).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'better' });
  expect(again.FailureReason).toBeUndefined();
});

test('an alarm that is set by hand aborts at once', async () => {
  await deployable(bed.clients, 'aborted', echo('aborted'), three);
  await deploy(bed.clients, 'aborted');
  await errorAlarm('abort', 'aborted');
  await update('aborted', 'better', canary('abort', 3600));
  await eventually(statusIs('aborted', 'Baking'));
  await watch.send(new SetAlarmStateCommand({ AlarmName: 'abort', StateValue: 'ALARM', StateReason: 'Abort' }));
  expect(await settled(bed.clients, 'aborted')).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'aborted',
  });
});

test.each<[string, DeploymentConfig, RegExp]>([
  [
    'a canary of more than half',
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          WaitIntervalInSeconds: 0,
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 60 },
        },
      },
    },
    /CanarySize must be between 1 and 50 percent/,
  ],
  [
    'a canary of no size',
    { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 0 } } },
    /needs a CanarySize/,
  ],
  [
    'both policies',
    {
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } },
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
    },
    /either BlueGreenUpdatePolicy or RollingUpdatePolicy/,
  ],
])('%s is refused', async (_what, config, message) => {
  await expect(update('good', 'better', config)).rejects.toThrow(message);
});
