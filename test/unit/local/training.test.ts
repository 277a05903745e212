import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { packTar, unpackTar } from 'modern-tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bed, bucket, role } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start({ environment: { ...process.env, AWS_PROFILE: 'mine', SM_CHANNEL_OLD: 'x', KEPT: 'kept' } });
});
afterAll(() => bed.stop());

const put = (Key: string, Body: string | Uint8Array): Promise<unknown> =>
  bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

async function entriesOf(uri: string): Promise<Map<string, string>> {
  const Key = uri.replace(`s3://${bucket}/`, '');
  const object = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const entries = await unpackTar(gunzipSync((await object.Body?.transformToByteArray()) ?? new Uint8Array()));
  return new Map(entries.map(({ header, data }) => [header.name, Buffer.from(data ?? []).toString()]));
}

function trainingStep(algorithm: object, more: object = {}): object {
  return {
    Name: 'Train_Me',
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File', ...algorithm },
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/models/` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      ...more,
    },
  };
}

async function jobOf(arn: string): Promise<DescribeTrainingJobResponse> {
  const job = (await bed.steps(arn)).Train_Me?.Metadata?.TrainingJob?.Arn?.split('/')[1];
  return bed.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));
}

const script = `
import argparse, json, os, sys
import helper
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--name")
a = parser.parse_args()
seen = {
    "epochs": a.epochs, "name": a.name, "helper": helper.VALUE,
    "hps": json.loads(os.environ["SM_HPS"]), "hp": os.environ["SM_HP_EPOCHS"],
    "channels": json.loads(os.environ["SM_CHANNELS"]), "train": os.listdir(os.environ["SM_CHANNEL_TRAIN"]),
    "fixed": open("/opt/ml/input/data/train/deep/b.csv").read(),
    "config": sorted(os.listdir("/opt/ml/input/config")),
    "host": json.load(open("/opt/ml/input/config/resourceconfig.json")),
    "same": json.loads(os.environ["SM_RESOURCE_CONFIG"]) == json.load(open("/opt/ml/input/config/resourceconfig.json")),
    "groups": [os.environ["SM_CURRENT_INSTANCE_GROUP"], os.environ["SM_CURRENT_INSTANCE_TYPE"], os.environ["SM_INSTANCE_GROUPS"]],
    "own": os.environ["MY_PATH"] == os.environ["SM_MODEL_DIR"],
    "aws": os.environ.get("AWS_PROFILE"), "old": os.environ.get("SM_CHANNEL_OLD"), "kept": os.environ.get("KEPT"),
    "endpoint": os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:"), "secret": "AWS_SECRET_ACCESS_KEY" in os.environ,
}
for loss in ("3.5", "1e-1", "0.25"):
    print("loss=" + loss)
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.json"), "w").write(json.dumps(seen))
open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "plot.txt"), "w").write("plot")
`;

test('script mode: sourcedir.tar.gz, hyperparameters, channels, variables, metrics, model and output', async () => {
  const source = await packTar([
    { header: { name: 'train.py', size: script.length }, body: script },
    { header: { name: 'helper.py', size: 10 }, body: 'VALUE = 42' },
  ]);
  await put('source/sourcedir.tar.gz', gzipSync(source));
  await put('input/a.csv', '1');
  await put('input/deep/b.csv', '2');
  const arn = await bed.run([
    trainingStep(
      {
        MetricDefinitions: [
          { Name: 'loss', Regex: 'loss=([0-9.e-]+)' },
          { Name: 'broken', Regex: '(' },
        ],
      },
      {
        Environment: { MY_PATH: '/opt/ml/model' },
        HyperParameters: {
          sagemaker_program: '"train.py"',
          sagemaker_submit_directory: `"s3://${bucket}/source/sourcedir.tar.gz"`,
          epochs: '3',
          name: '"a b"',
        },
        InputDataConfig: [
          {
            ChannelName: 'train',
            DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/input` } },
          },
        ],
      },
    ),
  ]);
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  const job = await jobOf(arn);
  expect(job.TrainingJobName).toMatch(/^pipelines-[a-z0-9]{12}-Train-Me-[a-z0-9]{10}$/);
  expect(job).toMatchObject({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
  expect(job.FinalMetricDataList?.map(({ MetricName, Value }) => [MetricName, Value])).toEqual([['loss', 0.25]]);
  const model = await entriesOf(job.ModelArtifacts?.S3ModelArtifacts ?? '');
  expect(JSON.parse(model.get('model.json') ?? '')).toEqual({
    epochs: 3,
    name: 'a b',
    helper: 42,
    hps: { epochs: 3, name: 'a b' },
    hp: '3',
    channels: ['train'],
    train: expect.arrayContaining(['a.csv', 'deep']) as string[],
    fixed: '2',
    config: ['hyperparameters.json', 'inputdataconfig.json', 'resourceconfig.json'],
    host: {
      current_host: 'algo-1',
      current_instance_type: 'ml.m5.large',
      current_group_name: 'homogeneousCluster',
      hosts: ['algo-1'],
      instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.large', hosts: ['algo-1'] }],
      network_interface_name: 'lo',
    },
    same: true,
    groups: ['homogeneousCluster', 'ml.m5.large', '["homogeneousCluster"]'],
    own: true,
    aws: null,
    old: null,
    kept: 'kept',
    endpoint: true,
    secret: false,
  });
  const output = await entriesOf(`s3://${bucket}/models/${job.TrainingJobName}/output/output.tar.gz`);
  expect(output.get('plot.txt')).toBe('plot');
  const { TrainingJobSummaries = [] } = await bed.clients.sagemaker.send(
    new ListTrainingJobsCommand({ StatusEquals: 'Completed', NameContains: 'train-me' }),
  );
  expect(TrainingJobSummaries.map(({ TrainingJobName }) => TrainingJobName)).toEqual([job.TrainingJobName]);
});

test('a tar made by the system is unpacked too', async () => {
  const folder = join(bed.folder, 'src');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.sh'), 'echo "args: $*"; test "$1" = -x\n');
  execFileSync('tar', ['czf', join(bed.folder, 's.tar.gz'), '-C', folder, '.']);
  const { readFileSync } = await import('node:fs');
  await put('system.tar.gz', readFileSync(join(bed.folder, 's.tar.gz')));
  const arn = await bed.run([
    trainingStep(
      {},
      {
        HyperParameters: {
          sagemaker_program: 'run.sh',
          sagemaker_submit_directory: `s3://${bucket}/system.tar.gz`,
          x: '1',
        },
      },
    ),
  ]);
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
});

test('a step that serves the model of an algorithm that is not here is refused with the one that trains it', async () => {
  const image = '522234722520.dkr.ecr.us-east-1.amazonaws.com/forecasting-deepar:1';
  const model = {
    Name: 'Model',
    Type: 'Model',
    Arguments: { PrimaryContainer: { Image: image, ModelDataUrl: 's3://b/m.tar.gz' }, ExecutionRoleArn: 'role' },
  };
  const forecast = (Name: string, uri: object): object => ({
    Name,
    Type: 'Transform',
    Arguments: {
      ModelName: { Get: 'Steps.Model.ModelName' },
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } } },
      TransformOutput: { S3OutputPath: 's3://b/out' },
      TransformResources: { InstanceCount: 1, InstanceType: 'ml.m5.large' },
    },
  });
  await expect(bed.run([model, forecast('Forecast', { Get: 'Steps.Model.ModelName' })])).rejects.toThrow(
    "Local cannot run 1 of the 2 steps: 'Forecast': Local does not serve models of the image forecasting-deepar.",
  );
});

test('all that stands against a training job is told at once', async () => {
  const source = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/rows/' } };
  const streamed = {
    InputDataConfig: [{ ChannelName: 'train', InputMode: 'Pipe', DataSource: source }],
    ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
  };
  await expect(bed.run([trainingStep({}, streamed)])).rejects.toThrow(
    /it asks for 2 instances, and Local has one, and it reads its data from pipes [^;]*, and Local does not run [^;]* without a script/,
  );
});

test('a training image without a script is told apart', async () => {
  await expect(bed.run([trainingStep({})])).rejects.toThrow(/'Train_Me': Local does not run [^;]* without a script/);
  const { sagemaker } = bed.clients;
  const { Arguments } = trainingStep({}) as { Arguments: CreateTrainingJobCommandInput };
  const job = new CreateTrainingJobCommand({ ...Arguments, RoleArn: role, TrainingJobName: 'image' });
  await expect(sagemaker.send(job)).rejects.toThrow('Local cannot run this job: Local does not run');
});

test('a script that dies leaves a failed job with its last lines and no model', async () => {
  const arn = await bed.run([trainingStep({ ContainerEntrypoint: ['/bin/sh', '-c', 'echo almost; kill -9 $$'] })]);
  expect((await bed.end(arn)).status).toBe('Failed');
  const job = await jobOf(arn);
  expect(job).toMatchObject({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' });
  expect(job.FailureReason).toMatch(/killed by SIGKILL[^]*almost/);
  await expect(entriesOf(job.ModelArtifacts?.S3ModelArtifacts ?? '')).rejects.toThrow(/does not exist/);
});
