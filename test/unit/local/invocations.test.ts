import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateEndpointConfigCommand, CreateModelCommand } from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointWithResponseStreamCommand,
  type SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archive, ask, deploy, deployable, echo, image, runtimeOf } from './serving';
import { Bed, bucket, eventually, role } from './support';

let bed: Bed;
let runtime: SageMakerRuntimeClient;
beforeAll(async () => {
  bed = await Bed.start();
  runtime = runtimeOf(bed);
});
afterAll(() => bed.stop());

const textAt = async (uri: string): Promise<string | undefined> =>
  bed.clients.s3
    .send(new GetObjectCommand({ Bucket: bucket, Key: uri.replace(`s3://${bucket}/`, '') }))
    .then(async ({ Body }) => Body?.transformToString())
    .catch(() => undefined);

/** The sum of a metric of a variant in the last hour. */
async function sumOf(MetricName: string, endpointName: string, variant: string): Promise<number> {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const watch = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { Datapoints = [] } = await watch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/SageMaker',
      MetricName,
      Dimensions: [
        { Name: 'EndpointName', Value: endpointName },
        { Name: 'VariantName', Value: variant },
      ],
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 3600,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

test('captured data: requests and answers as JSON lines, by endpoint, variant and hour', async () => {
  const capture = {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${bucket}/captured`,
      CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
      CaptureContentTypeHeader: { JsonContentTypes: ['application/json'], CsvContentTypes: ['text/csv'] },
    },
  };
  await deployable(bed.clients, 'captured', echo('captured'), { config: capture });
  expect(await deploy(bed.clients, 'captured')).toMatchObject({
    DataCaptureConfig: { EnableCapture: true, CaptureStatus: 'Started', CurrentSamplingPercentage: 100 },
  });
  await ask(runtime, 'captured', [1], { InferenceId: 'first' });
  await ask(runtime, 'captured', null, { Body: '1,2', ContentType: 'text/csv' });
  const lines = await eventually(async () => {
    const { Contents = [] } = await bed.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'captured/' }),
    );
    const texts = await Promise.all(Contents.map(async ({ Key }) => textAt(`s3://${bucket}/${Key}`)));
    for (const { Key } of Contents) {
      expect(Key).toMatch(/^captured\/captured\/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[\w-]+\.jsonl$/);
    }
    const found = texts.join('').trim().split('\n');
    return found.length === 2 && found;
  });
  const [first, second] = lines.map((line) => JSON.parse(line) as object);
  expect(first).toMatchObject({
    captureData: {
      endpointInput: { observedContentType: 'application/json', mode: 'INPUT', data: '[1]', encoding: 'JSON' },
      endpointOutput: { observedContentType: 'application/json', mode: 'OUTPUT', encoding: 'JSON' },
    },
    eventMetadata: { inferenceId: 'first' },
    eventVersion: '0',
  });
  expect(second).toMatchObject({ captureData: { endpointInput: { data: '1,2', encoding: 'CSV' } } });
});

test('a shadow variant gets a copy of the traffic, and its answers nobody', async () => {
  await deployable(bed.clients, 'shown', echo('shown'));
  await deployable(bed.clients, 'hidden', echo('hidden'));
  const variant = (name: string): object => ({
    VariantName: name,
    ModelName: name,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large',
    InitialVariantWeight: 1,
  });
  await bed.clients.sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'shadowed',
      ProductionVariants: [variant('shown')],
      ShadowProductionVariants: [variant('hidden')],
    } as never),
  );
  expect(await deploy(bed.clients, 'shadowed')).toMatchObject({
    ProductionVariants: [{ VariantName: 'shown' }],
    ShadowProductionVariants: [{ VariantName: 'hidden', CurrentInstanceCount: 1 }],
  });
  for (let k = 0; k < 5; k++) {
    expect(await ask(runtime, 'shadowed', [])).toMatchObject({ value: { model: 'shown' }, variant: 'shown' });
  }
  await eventually(async () => (await sumOf('Invocations', 'shadowed', 'hidden')) === 5);
});

test('an asynchronous endpoint: outputs and failures in S3, by the locations that it answers', async () => {
  await deployable(
    bed.clients,
    'queued',
    {
      'code/inference.py':
        'def model_fn(model_dir):\n    return None\n\ndef predict_fn(data, model):\n    if data == {"fail": True}:\n        raise ValueError("asked to fail")\n    return {"seen": data}\n',
    },
    {
      config: {
        AsyncInferenceConfig: {
          OutputConfig: { S3OutputPath: `s3://${bucket}/answers`, S3FailurePath: `s3://${bucket}/failures` },
        },
      },
    },
  );
  expect(await deploy(bed.clients, 'queued')).toMatchObject({ AsyncInferenceConfig: { OutputConfig: {} } });
  await expect(ask(runtime, 'queued', {})).rejects.toThrow(/is asynchronous. Use InvokeEndpointAsync/);
  await bed.clients.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'request.json', Body: '{"x": 1}', ContentType: 'application/json' }),
  );
  const invoke = async (more: object): Promise<{ output: string; failure: string; id: string | undefined }> => {
    const answer = await runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'queued', ...more }));
    expect(answer.$metadata.httpStatusCode).toBe(202);
    return { output: answer.OutputLocation ?? '', failure: answer.FailureLocation ?? '', id: answer.InferenceId };
  };
  const first = await invoke({ InputLocation: `s3://${bucket}/request.json`, InferenceId: 'mine' });
  expect(first.id).toBe('mine');
  expect(first.output).toMatch(/^s3:\/\/[\w-]+\/answers\/[\w-]+\.out$/);
  expect(await eventually(async () => textAt(first.output))).toBe('{"seen": {"x": 1}}');
  const second = await invoke({ Body: '{"fail": true}', ContentType: 'application/json' });
  expect(await eventually(async () => textAt(second.failure))).toContain('asked to fail');
  expect(await textAt(second.output)).toBeUndefined();
  const third = await invoke({ InputLocation: `s3://${bucket}/nothing.json` });
  expect(await eventually(async () => textAt(third.failure))).toContain('could not be read');
  await expect(invoke({})).rejects.toThrow(/either InputLocation or Body/);
  await eventually(async () => (await sumOf('InvocationsProcessed', 'queued', 'AllTraffic')) === 3);
  expect(await sumOf('Invocations', 'queued', 'AllTraffic')).toBe(0);
});

test('an answer in parts, as the model makes them', async () => {
  await deployable(bed.clients, 'parts', {
    'code/inference.py':
      'def model_fn(model_dir):\n    return None\n\ndef transform_fn(model, data, content_type, accept):\n    def parts():\n        for word in data.split():\n            if word == "break":\n                raise ValueError("broken off")\n            yield word + " "\n    return parts(), "text/plain"\n',
  });
  await deploy(bed.clients, 'parts');
  const stream = async (text: string): Promise<string[]> => {
    const { Body, ContentType, InvokedProductionVariant } = await runtime.send(
      new InvokeEndpointWithResponseStreamCommand({
        EndpointName: 'parts',
        Body: Buffer.from(text),
        ContentType: 'text/plain',
      }),
    );
    expect([ContentType, InvokedProductionVariant]).toEqual(['text/plain', 'AllTraffic']);
    const parts: string[] = [];
    for await (const event of Body ?? []) parts.push(Buffer.from(event.PayloadPart?.Bytes ?? []).toString());
    return parts;
  };
  expect((await stream('one two three')).join('')).toBe('one two three ');
  await expect(stream('one break')).rejects.toMatchObject({ name: 'ModelStreamError', ErrorCode: 'StreamBroken' });
});

test('a serverless variant has no instances, and limits of its own', async () => {
  // Slow enough to be met at work.
  const slow = 'import time\ndef input_fn(body, kind):\n    time.sleep(0.5)\n    return 1\n';
  await deployable(bed.clients, 'less', echo('less', slow), {
    variant: {
      InitialInstanceCount: undefined,
      InstanceType: undefined,
      ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 1 },
    },
  });
  expect(await deploy(bed.clients, 'less')).toMatchObject({
    ProductionVariants: [{ CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 1 } }],
  });
  expect((await ask(runtime, 'less', [])).value).toMatchObject({ model: 'less' });
  await expect(ask(runtime, 'less', null, { Body: Buffer.alloc(5 * 1024 * 1024) })).rejects.toMatchObject({
    name: 'ValidationError',
  });
  const many = await Promise.allSettled(Array.from({ length: 8 }, async () => ask(runtime, 'less', [])));
  const refused = many.flatMap((each) => (each.status === 'rejected' ? [(each.reason as Error).name] : []));
  expect(new Set(refused)).toEqual(new Set(['ThrottlingException']));
});

test('a request of more than the older limit of six megabytes is taken', async () => {
  await deployable(bed.clients, 'wide', {
    'code/inference.py':
      'def model_fn(model_dir):\n    return None\n\ndef transform_fn(model, data, content_type, accept):\n    return str(len(data)), "text/plain"\n',
  });
  await deploy(bed.clients, 'wide');
  const body = { Body: Buffer.alloc(9 * 1024 * 1024, 'a'), ContentType: 'application/octet-stream' };
  expect((await ask(runtime, 'wide', null, body)).value).toBe(9 * 1024 * 1024);
  await expect(ask(runtime, 'wide', null, { ...body, TargetModel: 'other.tar.gz' })).rejects.toThrow(
    'Endpoint wide is not a multi-model endpoint and does not support target model header.',
  );
});

test('a multi-model endpoint: archives are loaded when they are asked for, kept, and go when there are too many', async () => {
  const { sagemaker, s3 } = bed.clients;
  const put = async (name: string, files: Record<string, string>): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: `many/${name}`, Body: archive(files) }));
  await put('one.tar.gz', echo('one'));
  await put('deep/two.tar.gz', echo('two'));
  await put('three.tar.gz', echo('three'));
  await put('broken.tar.gz', { 'weights.txt': 'no code' });
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: 'many',
      ExecutionRoleArn: role,
      PrimaryContainer: {
        Image: image,
        Mode: 'MultiModel',
        ModelDataUrl: `s3://${bucket}/many/`,
        Environment: { MLOPS_FLOW_FAULT: 'models=2' },
      },
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'many',
      ProductionVariants: [
        { VariantName: 'v', ModelName: 'many', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' },
      ],
    }),
  );
  expect(await deploy(bed.clients, 'many')).toMatchObject({ EndpointStatus: 'InService' });
  const by = async (TargetModel: string): Promise<unknown> =>
    ask(runtime, 'many', [1], { TargetModel }).then(({ value }) => (value as { model: string }).model);
  expect([await by('one.tar.gz'), await by('/deep/two.tar.gz'), await by('one.tar.gz')]).toEqual(['one', 'two', 'one']);
  // A new archive under the same key is not seen while the old one is loaded; the third model pushes `two` out.
  await put('one.tar.gz', echo('one again'));
  await put('deep/two.tar.gz', echo('two again'));
  expect([await by('three.tar.gz'), await by('one.tar.gz'), await by('deep/two.tar.gz')]).toEqual([
    'three',
    'one',
    'two again',
  ]);
  // Both at once, of which one is not loaded: each gets its own model.
  expect(await Promise.all([by('three.tar.gz'), by('deep/two.tar.gz'), by('three.tar.gz')])).toEqual([
    'three',
    'two again',
    'three',
  ]);
  await expect(ask(runtime, 'many', [1])).rejects.toThrow(/is a multi-model endpoint. Name the archive/);
  await expect(by('nobody.tar.gz')).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringContaining(
      `Failed to download model data(bucket: ${bucket}, key: many/nobody.tar.gz)`,
    ) as string,
  });
  await expect(by('broken.tar.gz')).rejects.toMatchObject({
    name: 'ModelError',
    OriginalStatusCode: 500,
    OriginalMessage: expect.stringContaining('no code/inference.py with model_fn') as string,
  });
  await eventually(async () => (await sumOf('ModelCacheHit', 'many', 'v')) >= 3);
});
