import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  type DescribeTransformJobCommandOutput,
  ListTransformJobsCommand,
  StopTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployable } from './serving';
import { Bed, bucket, sleep } from './support';

let bed: Bed;
const doubling = {
  'code/inference.py': `import json, os
def model_fn(model_dir):
    print("batch:", os.environ["SAGEMAKER_BATCH"])
    return 2

def input_fn(data, content_type):
    if content_type == "application/json":
        return [[json.loads(line)["x"]] for line in data.splitlines()]
    return [[float(cell) for cell in line.split(",")] for line in data.splitlines()]

def predict_fn(rows, model):
    print("request of", len(rows))
    return [sum(row) * model for row in rows]

def output_fn(values, accept):
    if accept == "application/json":
        return "\\n".join(json.dumps({"y": value}) for value in values)
    return "\\n".join(str(value) for value in values)
`,
};

beforeAll(async () => {
  bed = await Bed.start();
  await deployable(bed.clients, 'doubling', doubling);
});
afterAll(() => bed.stop());

let count = 0;

/** Runs a job over some objects. @returns its end, and its outputs by their keys */
async function run(
  objects: Record<string, string>,
  more: Partial<CreateTransformJobCommandInput> & { input?: object; output?: object } = {},
): Promise<{ job: DescribeTransformJobCommandOutput; outputs: Record<string, string> }> {
  const { sagemaker, s3 } = bed.clients;
  const name = `t${++count}`;
  for (const [key, Body] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `in/${name}/${key}`, Body }));
  }
  const { input, output, ...rest } = more;
  await sagemaker.send(
    new CreateTransformJobCommand({
      TransformJobName: name,
      ModelName: 'doubling',
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/in/${name}/` } },
        ContentType: 'text/csv',
        SplitType: 'Line',
        ...input,
      },
      TransformOutput: {
        S3OutputPath: `s3://${bucket}/out/${name}`,
        AssembleWith: 'Line',
        Accept: 'text/csv',
        ...output,
      },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      ...rest,
    }),
  );
  let job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
  while (job.TransformJobStatus === 'InProgress') {
    await sleep(25);
    job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
  }
  const prefix = `out/${name}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  const outputs: Record<string, string> = {};
  for (const { Key = '' } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    outputs[Key.slice(prefix.length)] = (await Body?.transformToString()) ?? '';
  }
  return { job, outputs };
}

test('each object has its output, by the same key below the prefix', async () => {
  const { job, outputs } = await run({ 'a.csv': '1,2\n3,4\n', 'more/b.csv': '5,6' });
  expect(job).toMatchObject({ TransformJobStatus: 'Completed', ModelName: 'doubling' });
  expect(outputs).toEqual({ 'a.csv.out': '6.0\n14.0\n', 'more/b.csv.out': '22.0\n' });
  const { TransformJobSummaries } = await bed.clients.sagemaker.send(
    new ListTransformJobsCommand({ NameContains: job.TransformJobName }),
  );
  expect(TransformJobSummaries).toMatchObject([{ TransformJobStatus: 'Completed' }]);
});

test('one record a request; without AssembleWith the answers stand as they are', async () => {
  const { outputs } = await run(
    { 'a.csv': '1\n2\n' },
    { BatchStrategy: 'SingleRecord', output: { AssembleWith: 'None' } },
  );
  expect(outputs).toEqual({ 'a.csv.out': '2.04.0' });
});

test.each<[what: string, data: string, more: Parameters<typeof run>[1], out: string]>([
  ['CSV joined', '1,2\n3,4', { DataProcessing: { JoinSource: 'Input' } }, '1,2,6.0\n3,4,14.0\n'],
  [
    'an id that the model does not see, and only it beside the answer',
    'a,1,2\nb,3,4',
    { DataProcessing: { JoinSource: 'Input', InputFilter: '$[1:]', OutputFilter: '$[0,-1]' } },
    'a,6.0\nb,14.0\n',
  ],
  [
    'JSON lines joined',
    '{"id": 7, "x": 1}\n{"id": 8, "x": 2}',
    {
      input: { ContentType: 'application/json' },
      output: { Accept: 'application/json' },
      DataProcessing: { JoinSource: 'Input', OutputFilter: "$['id','SageMakerOutput']" },
    },
    '{"id": 7, "SageMakerOutput": {"y": 2}}\n{"id": 8, "SageMakerOutput": {"y": 4}}\n',
  ],
  ['CSV without a content type', '1,2\n3,4', { input: { ContentType: undefined } }, '6.0\n14.0\n'],
  [
    'JSON without a content type',
    '{"id": 7, "x": 1}',
    { input: { ContentType: undefined }, output: { Accept: 'application/json' } },
    '{"y": 2}\n',
  ],
])('%s', async (_what, data, more, out) => {
  const { job, outputs } = await run({ 'a.csv': data }, more);
  expect(job.FailureReason).toBeUndefined();
  expect(outputs).toEqual({ 'a.csv.out': out });
});

describe('rows of libsvm', () => {
  /** A model as XGBoost leaves it, of three features; stand-ins for the libraries that it needs. */
  const booster = {
    'code/inference.py': `class Booster:
    def num_features(self):
        return 3

    def predict(self, rows):
        return [sum(cell for cell in row if cell == cell) for row in rows]

def model_fn(model_dir):
    return Booster()
`,
    'code/xgboost.py': 'def DMatrix(rows):\n    return rows\n',
    'code/numpy.py': `ndarray = tuple

class Rows(list):
    ndim = 2

def asarray(data, dtype):
    return Rows(data)
`,
  };
  const rows = '15.0 0:1 2:2.5\n7 1:4\n';
  const transform = (data: string, ContentType: string | undefined, ModelName = 'boosted'): ReturnType<typeof run> =>
    run({ 'a.libsvm': data }, { ModelName, input: { ContentType, SplitType: 'None' }, output: { Accept: undefined } });

  beforeAll(() => deployable(bed.clients, 'boosted', booster));

  test.each([[undefined], ['text/libsvm'], ['text/x-libsvm']])(
    'as %s go to XGBoost without their labels',
    async (type) => {
      const { job, outputs } = await transform(rows, type);
      expect(job.FailureReason).toBeUndefined();
      expect(outputs).toEqual({ 'a.libsvm.out': '3.5\n4.0\n' });
    },
  );

  test('an index from 1 is taken, a feature too many is not', async () => {
    expect((await transform('1 1:1 3:9\n', undefined)).outputs).toEqual({ 'a.libsvm.out': '1.0\n' });
    expect((await transform('1 1:1 4:9\n', undefined)).job.FailureReason).toContain(
      'Feature size of libsvm inference data 5 is larger than that of the model, 3.',
    );
  });

  test('numbers and colons of another kind are no such rows', async () => {
    const { job } = await transform('12:30 4\n', undefined);
    expect(job.TransformJobStatus).toBe('Failed');
    // It went to the reader of CSV, which this stand-in for NumPy has not.
    expect(job.FailureReason).toContain("no attribute 'array'");
  });
});

test('an object that cannot be transformed fails the job, and the others keep their outputs', async () => {
  const { job, outputs } = await run({ 'bad.csv': 'x\n', 'good.csv': '1\n' });
  expect(job).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: expect.stringContaining("bad.csv: could not convert string to float: 'x'") as string,
  });
  expect(outputs).toEqual({ 'good.csv.out': '2.0\n' });
});

test('a record that is larger than a request may be', async () => {
  const { job } = await run({ 'a.csv': `${'1,'.repeat(600_000)}1` }, { MaxPayloadInMB: 1 });
  expect(job).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: expect.stringContaining('MaxPayloadInMB') as string,
  });
});

test.each<[string, Parameters<typeof run>[1], RegExp]>([
  ['a model that is not there', { ModelName: 'nobody' }, /^Could not find model/],
  ['records of another format', { input: { SplitType: 'RecordIO' } }, /splits by Line/],
  ['more than one instance', { TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 2 } }, /2 instances/],
])('%s is refused', async (_what, more, message) => {
  await expect(run({ 'a.csv': '1' }, more)).rejects.toThrow(message);
});

test('a job is stopped, and leaves nothing of what it had begun', async () => {
  const { sagemaker } = bed.clients;
  await deployable(bed.clients, 'slow', {
    'code/inference.py': 'import time\ndef model_fn(model_dir):\n    print("loaded")\n    time.sleep(600)\n',
  });
  const running = run({ 'a.csv': '1' }, { ModelName: 'slow' });
  const TransformJobName = `t${count}`;
  for (;;) {
    const found = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName })).catch(() => undefined);
    if (found?.TransformStartTime) break;
    await sleep(25);
  }
  await sagemaker.send(new StopTransformJobCommand({ TransformJobName }));
  await running;
  for (;;) {
    const { TransformJobStatus } = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
    if (TransformJobStatus !== 'Stopping') {
      expect(TransformJobStatus).toBe('Stopped');
      break;
    }
    await sleep(25);
  }
});
