import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ActionTypeId,
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ControlPlane } from '../../src/local';
import { type Bench, median } from './harness';

const bucket = 'sagemaker-us-east-1-000000000000';
const count = 40;
const rounds = 5;
/** What Local runs of its own; benchmarks run at the top of the project. */
const programs = join('media', 'python', 'algorithms');

/** What the engine of CodePipeline adds to each action: actions that copy an object of a few bytes. */
export default async function delivery(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-bench-'));
  const plane = await ControlPlane.start({ data: join(folder, 'data'), programs });
  const { endpoint, region, accessKeyId, secretAccessKey } = plane.ready;
  const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const client = new CodePipelineClient(configuration);
  const s3 = new S3Client(configuration);
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'source', Body: 'x' }));
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await execute(client, `p${round}`));
    bench.add({
      name: `an action of CodePipeline, of ${count} one after another`,
      value: median(times) / (count + 1),
      unit: 'ms',
      target: '≤ 15 ms',
    });
  } finally {
    client.destroy();
    s3.destroy();
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function execute(client: CodePipelineClient, name: string): Promise<number> {
  const type = (category: 'Source' | 'Deploy'): ActionTypeId => ({
    category,
    owner: 'AWS',
    provider: 'S3',
    version: '1',
  });
  const begin = performance.now();
  await client.send(
    new CreatePipelineCommand({
      pipeline: {
        name,
        roleArn: 'arn:aws:iam::000000000000:role/r',
        artifactStore: { type: 'S3', location: bucket },
        stages: [
          {
            name: 'Source',
            actions: [
              {
                name: 'Get',
                actionTypeId: type('Source'),
                configuration: { S3Bucket: bucket, S3ObjectKey: 'source' },
                outputArtifacts: [{ name: 'Code' }],
              },
            ],
          },
          {
            name: 'Put',
            actions: Array.from({ length: count }, (_, index) => ({
              name: `put-${index}`,
              runOrder: index + 1,
              actionTypeId: type('Deploy'),
              configuration: { BucketName: bucket, Extract: 'false', ObjectKey: `out/${index}` },
              inputArtifacts: [{ name: 'Code' }],
            })),
          },
        ],
      },
    }),
  );
  const { pipelineExecutionSummaries: [run] = [] } = await client.send(
    new ListPipelineExecutionsCommand({ pipelineName: name }),
  );
  const pipelineExecutionId = run?.pipelineExecutionId;
  for (;;) {
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName: name, pipelineExecutionId }),
    );
    if (pipelineExecution?.status === 'Succeeded') return performance.now() - begin;
    if (pipelineExecution?.status !== 'InProgress')
      throw new Error(`${name} is ${pipelineExecution?.status ?? 'gone'}.`);
    await sleep(5);
  }
}
