import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type Bed, type Clients, bucket, role, sleep } from './support';

export const image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';

/** A model that answers every request with its name and what it was asked. */
export const echo = (name: string, more = ''): Record<string, string> => ({
  'weights.txt': name,
  'code/inference.py': `import os
${more}
def model_fn(model_dir):
    with open(os.path.join(model_dir, "weights.txt")) as file:
        return file.read()

def predict_fn(data, model):
    return {"model": model, "data": data.tolist() if hasattr(data, "tolist") else data}
`,
});

export function runtimeOf({ plane }: Pick<Bed, 'plane'>): SageMakerRuntimeClient {
  const { endpoint, region, accessKeyId, secretAccessKey } = plane.ready;
  return new SageMakerRuntimeClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
}

/** A `.tar.gz` of some files. */
export function archive(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-model-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'files', name)), { recursive: true });
      writeFileSync(join(folder, 'files', name), text);
    }
    execFileSync('tar', ['-czf', join(folder, 'model.tar.gz'), '-C', join(folder, 'files'), '.']);
    return readFileSync(join(folder, 'model.tar.gz'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Uploads an archive and makes a model and an endpoint config of the same name with it. */
export async function deployable(
  { sagemaker, s3 }: Pick<Clients, 'sagemaker' | 's3'>,
  name: string,
  files: Record<string, string>,
  more: { environment?: Record<string, string>; variant?: Partial<ProductionVariant>; config?: object } = {},
): Promise<void> {
  const Key = `models/${name}/model.tar.gz`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: archive(files) }));
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: role,
      PrimaryContainer: { Image: image, ModelDataUrl: `s3://${bucket}/${Key}`, Environment: more.environment ?? {} },
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: name,
          InitialInstanceCount: 1,
          InstanceType: 'ml.m5.large',
          InitialVariantWeight: 1,
          ...more.variant,
        },
      ],
      ...more.config,
    }),
  );
}

/** Waits until nothing is done to an endpoint any more. */
export async function settled(
  { sagemaker }: Pick<Clients, 'sagemaker'>,
  EndpointName: string,
  limit = 60_000,
): Promise<DescribeEndpointCommandOutput> {
  for (const end = Date.now() + limit; ; await sleep(25)) {
    const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (!/^(Creating|Updating|RollingBack|Deleting)$/.test(found.EndpointStatus ?? '')) return found;
    if (Date.now() > end) throw new Error(`${EndpointName} is still ${found.EndpointStatus}.`);
  }
}

/** Makes an endpoint with the config of the same name and waits for it. */
export async function deploy(
  clients: Pick<Clients, 'sagemaker'>,
  name: string,
): Promise<DescribeEndpointCommandOutput> {
  await clients.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  return settled(clients, name);
}

/** Asks an endpoint for JSON. */
export async function ask(
  runtime: SageMakerRuntimeClient,
  EndpointName: string,
  value: unknown,
  more: object = {},
): Promise<{ value: unknown; variant: string | undefined; type: string | undefined }> {
  const { Body, InvokedProductionVariant, ContentType } = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName,
      Body: Buffer.from(JSON.stringify(value)),
      ContentType: 'application/json',
      ...more,
    }),
  );
  const text = Buffer.from(Body ?? []).toString();
  return { value: parsed(text), variant: InvokedProductionVariant, type: ContentType };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
