import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeTrainingJobCommand,
  RetryPipelineExecutionCommand,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stubsKey } from '../../../src/shared/stubs';
import { Bed, bucket, shellStep } from './support';

/* Steps that end as they are told. */

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/any:1';
const train = {
  Name: 'Train',
  Type: 'Training',
  Arguments: {
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
    ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  },
};
const fail = (ErrorMessage: object): object => ({ Name: 'Tell', Type: 'Fail', Arguments: { ErrorMessage } });

async function start(steps: object[], stubs: object): Promise<string> {
  return bed.run(steps, { stubs });
}

test('a stubbed training leaves its record, its metrics, its model and a log that says so', async () => {
  await put('given/model.tar.gz', 'a model');
  const arn = await start([train, fail({ Get: "Steps.Train.FinalMetricDataList['loss'].Value" })], {
    Train: { metrics: { loss: 0.25 }, artifacts: { model: `s3://${bucket}/given/model.tar.gz` } },
  });
  expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: '0.25' });
  const { Train: step } = await bed.steps(arn);
  expect(step?.StepStatus).toBe('Succeeded');
  expect(step?.StepDescription).toBe('Stubbed: nothing was run.');
  const name = step?.Metadata?.TrainingJob?.Arn?.split('/')[1] ?? '';
  const job = await bed.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  expect(job).toMatchObject({
    TrainingJobStatus: 'Completed',
    FinalMetricDataList: [{ MetricName: 'loss', Value: 0.25 }],
  });
  expect(await get(job.ModelArtifacts?.S3ModelArtifacts ?? '')).toBe('a model');
  const log = await bed.clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: name }),
  );
  expect(log.events?.[0]?.message).toBe('Stubbed: nothing was run.');
});

test('a whole type can be stubbed, and a step by its name goes first', async () => {
  const callback = (Name: string): object => ({
    Name,
    Type: 'Callback',
    SqsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/q',
    OutputParameters: [{ OutputName: 'answer', OutputType: 'String' }],
    Arguments: {},
  });
  const message = {
    'Std:Join': { On: '+', Values: ['A', 'B'].map((name) => ({ Get: `Steps.${name}.OutputParameters['answer']` })) },
  };
  const arn = await start([callback('A'), callback('B'), fail(message)], {
    Callback: { outputs: { answer: 'all' } },
    B: { outputs: { answer: 'own' } },
  });
  expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: 'all+own' });
});

test('what Local does not know can be stubbed, with what references read; it can fail too', async () => {
  const emr = {
    Name: 'Spark',
    Type: 'EMR',
    Arguments: { ClusterId: 'j-1', StepConfig: { HadoopJarStep: { Jar: 'command-runner.jar' } } },
  };
  const reads = fail({ Get: 'Steps.Spark.Status.Timeline.EndDateTime' });
  const outputs = { 'Status.Timeline.EndDateTime': '2026-01-01' };
  expect(await bed.end(await start([emr, reads], { EMR: { outputs } }))).toMatchObject({ reason: '2026-01-01' });
  const failed = await start([emr], { Spark: { status: 'Failed', reason: 'No cluster today.' } });
  expect((await bed.end(failed)).status).toBe('Failed');
  expect((await bed.steps(failed)).Spark?.FailureReason).toBe('No cluster today.');
});

test('files for the outputs of a processing job are there for the next step', async () => {
  await put('given/rows/a.csv', '1');
  await put('given/rows/more/b.csv', '2');
  const output = {
    OutputName: 'rows',
    AppManaged: false,
    S3Output: { S3Uri: `s3://${bucket}/made`, LocalPath: '/opt/ml/processing/out', S3UploadMode: 'EndOfJob' },
  };
  const make = shellStep('Make', 'exit 1', { ProcessingOutputConfig: { Outputs: [output] } });
  const arn = await start([make], { Make: { artifacts: { rows: `s3://${bucket}/given/rows` } } });
  expect((await bed.end(arn)).status).toBe('Succeeded');
  expect(await get(`s3://${bucket}/made/more/b.csv`)).toBe('2');
  const wrong = await start([make], { Make: { artifacts: { cols: `s3://${bucket}/given/rows` } } });
  await bed.end(wrong);
  expect((await bed.steps(wrong)).Make?.FailureReason).toBe(
    "ClientError: The stub gives 'cols', which is not an output of the step. Its outputs: rows.",
  );
});

test('stubs hold for one start alone, and no result of theirs comes from the cache', async () => {
  const cached = { ...shellStep('Once', 'echo ran'), CacheConfig: { Enabled: true, ExpireAfter: 'P1D' } };
  const first = await bed.run([cached], { name: 'stubbed-once', stubs: { Once: {} } });
  expect((await bed.end(first)).status).toBe('Succeeded');
  const { PipelineExecutionArn: second = '' } = await bed.clients.sagemaker.send(
    new StartPipelineExecutionCommand({ PipelineName: 'stubbed-once', ClientRequestToken: crypto.randomUUID() }),
  );
  await bed.end(second);
  const { Once: step } = await bed.steps(second);
  expect(step?.StepDescription).toBeUndefined();
  expect(step?.CacheHitResult).toBeUndefined();
});

test('stubs that are not valid, or give too little, refuse the start and leave nothing behind', async () => {
  const lambda = {
    Name: 'L',
    Type: 'Lambda',
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    OutputParameters: [{ OutputName: 'code', OutputType: 'String' }],
    Arguments: {},
  };
  await expect(start([lambda], { L: {} })).rejects.toThrow("'L': its stub gives no value for the outputs code");
  await expect(start([lambda], { L: { outputs: { code: {} } } })).rejects.toThrow("The stub of 'L' is not valid.");
  const condition = { Name: 'If', Type: 'Condition', Arguments: { Conditions: [], IfSteps: [], ElseSteps: [] } };
  await expect(start([condition], { If: {} })).rejects.toThrow('its stub needs the output Outcome, True or False');
  const token = crypto.randomUUID();
  await put(stubsKey(token), '[]');
  const request = { PipelineName: 'stubbed-once', ClientRequestToken: token };
  const command = new StartPipelineExecutionCommand(request);
  await expect(bed.clients.sagemaker.send(command)).rejects.toThrow('Stubs must be a JSON object.');
  await expect(
    bed.clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: stubsKey(token) })),
  ).rejects.toMatchObject({ name: 'NotFound' });
});

test('a stubbed condition takes the branch that it is told, and a retry keeps the stubs', async () => {
  const branches = {
    Name: 'If',
    Type: 'Condition',
    Arguments: { Conditions: [], IfSteps: [shellStep('Yes', 'true')], ElseSteps: [shellStep('No', 'exit 3')] },
  };
  const arn = await start([branches], { If: { outputs: { Outcome: 'False' } } });
  expect((await bed.end(arn)).status).toBe('Failed');
  await bed.clients.sagemaker.send(
    new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: crypto.randomUUID() }),
  );
  expect((await bed.end(arn)).status).toBe('Failed');
  expect(Object.keys(await bed.steps(arn)).toSorted()).toEqual(['If', 'No']);
});

async function put(Key: string, Body: string): Promise<void> {
  await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

async function get(uri: string): Promise<string> {
  const Key = uri.replace(`s3://${bucket}/`, '');
  const { Body } = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}
