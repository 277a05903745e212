import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { ControlPlane } from '../../src/local';
import type { Ready } from '../../src/local/ready';
import { signedHeaders } from '../unit/local/signed';
import { type Bench, median } from './harness';

const bucket = 'sagemaker-us-east-1-000000000000';
const role = 'arn:aws:iam::000000000000:role/local';
const name = 'bench';
/** Where the programs of images lie; the bundle of a benchmark has no place of its own to find them by. */
const programs = join(process.cwd(), 'media', 'python', 'algorithms');
const sleep = async (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const path = `/endpoints/${name}/invocations`;
const json = { 'content-type': 'application/json' };

/** Requests a second during the canary, and for how many seconds. */
const rate = 200;
const seconds = 8;

/** Seconds of the canary's bake: more than the load takes on a busy machine. */
const bake = 30;

/** What an endpoint on Local adds to a model, and how true a canary's share is under load. */
export default async function serving(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
  const plane = await ControlPlane.start({ data: join(folder, 'data'), programs });
  const { endpoint, region, accessKeyId, secretAccessKey } = plane.ready;
  const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const client = new SageMakerClient(configuration);
  try {
    for (const model of ['old', 'new']) await deployable(client, new S3Client(configuration), folder, model);
    await client.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: 'old' }));
    await settled(client);
    const caller = await Caller.make(plane.ready);
    await overhead(bench, caller);
    await canary(bench, client, caller);
    caller.close();
  } finally {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function overhead(bench: Bench, caller: Caller): Promise<void> {
  const socket = sockets()[0] ?? '';
  const agent = new Agent({ keepAlive: true });
  const [direct, routed]: [number[], number[]] = [[], []];
  for (let k = 0; k < 400; k++) {
    direct.push(await timed(async () => askWorker(socket, agent)));
    routed.push(await timed(async () => caller.invoke()));
  }
  agent.destroy();
  const base = bench.add({ name: 'ask a worker directly, p50', value: median(direct.slice(100)), unit: 'ms' });
  const whole = median(routed.slice(100));
  bench.add({ name: 'InvokeEndpoint, signed already, p50', value: whole, unit: 'ms' });
  bench.add({
    name: 'what wire, signature check and router add, p50',
    value: whole - base,
    unit: 'ms',
    target: '≤ 2 ms',
  });
}

async function canary(bench: Bench, client: SageMakerClient, caller: Caller): Promise<void> {
  await client.send(
    new UpdateEndpointCommand({
      EndpointName: name,
      EndpointConfigName: 'new',
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: 'CANARY',
            WaitIntervalInSeconds: bake,
            CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
          },
          TerminationWaitInSeconds: 2,
        },
      },
    }),
  );
  while ((await phase(client)) !== 'Baking') await sleep(20);
  const counts: Record<string, number> = {};
  const times: number[] = [];
  let failed = 0;
  const asked: Promise<void>[] = [];
  const begun = performance.now();
  const ask = async (): Promise<void> => {
    const start = performance.now();
    try {
      const model = await caller.invoke();
      counts[model] = (counts[model] ?? 0) + 1;
      times.push(performance.now() - start);
    } catch {
      failed++;
    }
  };
  // On, through the shift of all traffic and the end of the old fleet; only what came in the canary is counted.
  for (let k = 0; k < rate * seconds; k++) {
    const rest = begun + (k * 1000) / rate - performance.now();
    if (rest > 0) await sleep(rest);
    asked.push(ask());
  }
  await Promise.all(asked);
  const share = (100 * (counts['new'] ?? 0)) / Math.max(1, (counts['new'] ?? 0) + (counts['old'] ?? 0));
  const reached = (rate * seconds) / ((performance.now() - begun) / 1000);
  bench.add({ name: `requests a second during the canary (${rate} asked)`, value: reached, unit: '/s' });
  bench.add({ name: 'latency during the canary, p50', value: median(times), unit: 'ms' });
  bench.add({ name: 'distance of the share from 50 %', value: Math.abs(share - 50), unit: 'points', target: '≤ 3' });
  const late: Promise<void>[] = [];
  while ((await phase(client)) !== undefined) {
    late.push(ask());
    await sleep(1000 / rate);
  }
  await Promise.all(late);
  bench.add({ name: 'requests lost during the whole update', value: failed, unit: '', target: '0' });
}

/** Asks the endpoint with one signed request, again and again: what a client spends on signing is not measured. */
class Caller {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly endpoint: URL,
    private readonly headers: Record<string, string>,
  ) {}

  static async make(keys: Ready): Promise<Caller> {
    const headers = await signedHeaders(keys, { service: 'sagemaker', path, headers: json, body: '[1]' });
    return new Caller(new URL(keys.endpoint), headers);
  }

  /** @returns the name of the model that has answered */
  async invoke(): Promise<string> {
    const { hostname, port } = this.endpoint;
    const { agent, headers } = this;
    return new Promise((resolve, reject) => {
      const message = httpRequest({ hostname, port, method: 'POST', path, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.once('end', () => {
          if (answer.statusCode === 200) resolve((JSON.parse(text) as { model: string }).model);
          else reject(new Error(text));
        });
      });
      message.once('error', reject);
      message.end('[1]');
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

async function askWorker(socketPath: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': '3' };
    const message = httpRequest({ socketPath, method: 'POST', path: '/invocations', agent, headers }, (answer) => {
      answer.resume().once('end', resolve);
    });
    message.once('error', reject);
    message.end('[1]');
  });
}

/** The sockets of the workers of this process. */
function sockets(): string[] {
  const found = execFileSync('sh', ['-c', `ls -d ${tmpdir()}/mlops-flow-serving-${process.pid}-*/*`], {
    encoding: 'utf8',
  });
  return found.trim().split('\n');
}

async function deployable(client: SageMakerClient, s3: S3Client, folder: string, model: string): Promise<void> {
  const files = join(folder, model);
  mkdirSync(join(files, 'code'), { recursive: true });
  const script = `def model_fn(model_dir):\n    return None\n\ndef predict_fn(data, model):\n    return {"model": "${model}"}\n`;
  writeFileSync(join(files, 'code', 'inference.py'), script);
  execFileSync('tar', ['-czf', `${files}.tar.gz`, '-C', files, '.']);
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: `${model}.tar.gz`, Body: readFileSync(`${files}.tar.gz`) }),
  );
  const PrimaryContainer = { Image: 'sagemaker-scikit-learn', ModelDataUrl: `s3://${bucket}/${model}.tar.gz` };
  await client.send(new CreateModelCommand({ ModelName: model, ExecutionRoleArn: role, PrimaryContainer }));
  await client.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: model,
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName: model, InitialInstanceCount: 2, InstanceType: 'ml.m5.large' },
      ],
    }),
  );
}

async function settled(client: SageMakerClient): Promise<void> {
  for (;;) {
    const { EndpointStatus } = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
    if (EndpointStatus === 'InService') return;
    if (EndpointStatus === 'Failed') throw new Error('The endpoint failed.');
    await sleep(20);
  }
}

async function phase(client: SageMakerClient): Promise<string | undefined> {
  const { PendingDeploymentSummary: pending } = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
  return pending?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
