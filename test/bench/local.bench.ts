import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { ControlPlane } from '../../src/local';
import { type Bench, median } from './harness';

const run = promisify(execFile);
const count = 100;
/** What Local runs of its own; benchmarks run at the top of the project. */
const programs = join('media', 'python', 'algorithms');

/** What the control plane adds to each step, beside spawning the same processes directly. */
export default async function local(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
  const plane = await ControlPlane.start({ data: join(folder, 'data'), programs });
  const { endpoint, region, accessKeyId, secretAccessKey } = plane.ready;
  const client = new SageMakerClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  try {
    for (const [shape, parallel] of [
      ['one after another', 1],
      ['four at a time', 4],
    ] as const) {
      const direct: number[] = [];
      const pipeline: number[] = [];
      for (let round = 0; round < 5; round++) {
        direct.push(await timed(() => spawnAll(parallel)));
        pipeline.push(await timed(() => execute(client, `${shape.replaceAll(' ', '-')}-${round}`, parallel)));
      }
      const base = bench.add({ name: `spawn ${count} no-op processes, ${shape}`, value: median(direct), unit: 'ms' });
      const whole = median(pipeline);
      bench.add({
        name: `run a pipeline of ${count} no-op steps, ${shape}`,
        value: whole,
        unit: 'ms',
        ratio: whole / base,
        against: 'spawning the processes',
      });
      bench.add({ name: `control plane's own time a step, ${shape}`, value: (whole - base) / count, unit: 'ms' });
    }
    const empty = join(folder, 'other');
    const starts: number[] = [];
    for (let round = 0; round < 5; round++) {
      starts.push(
        await timed(async () => {
          const other = await ControlPlane.start({ data: empty, programs });
          await other.stop();
        }),
      );
    }
    bench.add({ name: 'open and close the store, and listen', value: median(starts), unit: 'ms' });
  } finally {
    client.destroy();
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function spawnAll(parallel: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await run('/bin/sh', ['-c', 'exec true']);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

async function execute(client: SageMakerClient, name: string, parallel: number): Promise<void> {
  const Steps = Array.from({ length: count }, (_, index) => ({
    Name: `Step${index}`,
    Type: 'Processing',
    Arguments: {
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      AppSpecification: { ImageUri: 'none', ContainerEntrypoint: ['true'] },
    },
  }));
  await client.send(
    new CreatePipelineCommand({
      PipelineName: name,
      RoleArn: 'arn:aws:iam::000000000000:role/local',
      PipelineDefinition: JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: [], Steps }),
      ParallelismConfiguration: { MaxParallelExecutionSteps: parallel },
      ClientRequestToken: crypto.randomUUID(),
    }),
  );
  const { PipelineExecutionArn } = await client.send(
    new StartPipelineExecutionCommand({ PipelineName: name, ClientRequestToken: crypto.randomUUID() }),
  );
  for (;;) {
    const { PipelineExecutionStatus: status } = await client.send(
      new DescribePipelineExecutionCommand({ PipelineExecutionArn }),
    );
    if (status === 'Succeeded') return;
    if (status !== 'Executing') throw new Error(`The benchmark's pipeline is ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
