import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointConfigCommand,
  CreateInferenceComponentCommand,
  CreateModelCommand,
  type DeploymentConfig,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalHandle, launchLocal } from '../../../src/local/launch';
import { archive, ask, deploy, deployable, echo, image, runtimeOf, settled } from './serving';
import { bucket, buildServer, clientsOf, eventually, makeTemp, role } from './support';

let folder: string;
let serverPath: string;
beforeAll(async () => {
  folder = makeTemp();
  serverPath = await buildServer(join(folder, 'dist'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A bake of ten minutes takes ten seconds. */
const speed = 60;

const launch = async (data: string): Promise<LocalHandle> =>
  launchLocal({ dataDir: join(folder, data), execPath: process.execPath, serverPath, speed });

/** The processes that serve models of a data folder. */
function workers(data: string): number {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  const programs = ['serving', 'components'].map((part) => join(folder, data, part, 'serving.py'));
  return all.filter((line) => /^\S*python\S* /.test(line) && programs.some((program) => line.includes(program))).length;
}

async function phase(handle: LocalHandle, EndpointName: string): Promise<string | undefined> {
  const found = await clientsOf(handle).sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  const status = found.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0];
  return status && `${status.Status} ${/canary|full/.exec(status.StatusMessage ?? '')?.[0] ?? ''}`.trim();
}

const policy = (seconds: number): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: 'CANARY' as const,
      WaitIntervalInSeconds: seconds,
      CanarySize: { Type: 'INSTANCE_COUNT' as const, Value: 1 },
    },
    TerminationWaitInSeconds: 180,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'abort' }] },
});

const windows = process.platform === 'win32';

/** Makes an endpoint with two instances, begins a canary of another model, and kills Local in a phase. */
async function killedIn(
  data: string,
  wanted: string,
  before?: (handle: LocalHandle) => Promise<void>,
): Promise<LocalHandle> {
  const first = await launch(data);
  const clients = clientsOf(first);
  const two = { variant: { InitialInstanceCount: 2 } };
  await deployable(clients, 'old', echo('old'), two);
  // Slow enough to be killed while it starts.
  await deployable(clients, 'new', echo('new', 'import time\ntime.sleep(1)'), two);
  await deploy(clients, 'old');
  await clients.sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName: 'old',
      EndpointConfigName: 'new',
      DeploymentConfig: policy(before ? 3600 : 180),
    }),
  );
  await eventually(async () => (await phase(first, 'old')) === wanted);
  await before?.(first);
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  await eventually(async () => workers(data) === 0);
  return launch(data);
}

test.skipIf(windows).each(['Creating', 'Baking canary', 'Baking full'])(
  'killed in the phase %s of a canary: no process is left, the endpoint serves again, the update goes on',
  { timeout: 120_000 },
  async (wanted) => {
    const data = wanted.replace(' ', '-');
    const handle = await killedIn(data, wanted);
    const clients = clientsOf(handle);
    const runtime = runtimeOf({ plane: { ready: handle } } as never);
    // The first request waits until the endpoint serves again.
    expect((await ask(runtime, 'old', [])).value).toHaveProperty('model');
    expect(await settled(clients, 'old')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'new' });
    expect((await ask(runtime, 'old', [])).value).toMatchObject({ model: 'new' });
    await eventually(async () => workers(data) === 2);
    await handle.stop();
    expect(workers(data)).toBe(0);
  },
);

test.skipIf(windows)('killed in a rollback: it ends with the old config', { timeout: 120_000 }, async () => {
  const handle = await killedIn(
    'rollback',
    'Baking canary',
    async ({ endpoint, region, accessKeyId, secretAccessKey }) => {
      const watch = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
      await watch.send(
        new PutMetricAlarmCommand({
          AlarmName: 'abort',
          Namespace: 'N',
          MetricName: 'M',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      );
      await watch.send(new SetAlarmStateCommand({ AlarmName: 'abort', StateValue: 'ALARM', StateReason: 'abort' }));
    },
  );
  const clients = clientsOf(handle);
  expect(await settled(clients, 'old')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'old' });
  const runtime = runtimeOf({ plane: { ready: handle } } as never);
  expect((await eventually(async () => ask(runtime, 'old', []).catch(() => undefined))).value).toMatchObject({
    model: 'old',
  });
  await eventually(async () => workers('rollback') === 2);
  await handle.stop();
});

test.skipIf(windows)(
  'killed with models that share instances: each is asked again afterwards',
  { timeout: 120_000 },
  async () => {
    const first = await launch('shared');
    const clients = clientsOf(first);
    const { sagemaker, s3 } = clients;
    await deployable(clients, 'cat', echo('cat'));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'many/dog.tar.gz', Body: archive(echo('dog')) }));
    const container = { Image: image, Mode: 'MultiModel' as const, ModelDataUrl: `s3://${bucket}/many/` };
    await sagemaker.send(
      new CreateModelCommand({ ModelName: 'many', ExecutionRoleArn: role, PrimaryContainer: container }),
    );
    const variant = { VariantName: 'v', InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 };
    for (const [name, more] of [
      ['many', { ModelName: 'many' }],
      ['zoo', {}],
    ] as const) {
      const ProductionVariants = [{ ...variant, ...more }];
      await sagemaker.send(
        new CreateEndpointConfigCommand({ EndpointConfigName: name, ExecutionRoleArn: role, ProductionVariants }),
      );
      await deploy(clients, name);
    }
    await sagemaker.send(
      new CreateInferenceComponentCommand({
        InferenceComponentName: 'cats',
        EndpointName: 'zoo',
        VariantName: 'v',
        Specification: { ModelName: 'cat' },
      }),
    );
    const both = async (handle: LocalHandle): Promise<unknown[]> => {
      const runtime = runtimeOf({ plane: { ready: handle } } as never);
      const ways = [
        ['many', { TargetModel: 'dog.tar.gz' }],
        ['zoo', { InferenceComponentName: 'cats' }],
      ] as const;
      return Promise.all(
        ways.map(async ([name, more]) => {
          const answer = await eventually(async () => ask(runtime, name, [], more).catch(() => undefined));
          return (answer.value as { model: string }).model;
        }),
      );
    };
    expect(await both(first)).toEqual(['dog', 'cat']);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await eventually(async () => workers('shared') === 0);
    const second = await launch('shared');
    const asked = { plane: { ready: second } } as never;
    const { value } = await ask(runtimeOf(asked), 'zoo', [], { InferenceComponentName: 'cats' });
    expect(value).toMatchObject({ model: 'cat' });
    expect(await both(second)).toEqual(['dog', 'cat']);
    expect(workers('shared')).toBe(2);
    await second.stop();
    expect(workers('shared')).toBe(0);
  },
);
