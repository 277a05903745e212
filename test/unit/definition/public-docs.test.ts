/** Inputs written from the public documentation alone, each with what must be told of it: near misses, and what is right. */
import { describe, expect, it } from 'vitest';
import { validateFully } from '../../../src/definition';

type Case = readonly [what: string, definition: unknown, pointer?: string];

const fn = 'arn:aws:lambda:eu-west-1:111122223333:function:f';
const states = 'arn:aws:states:::';

const pipeline = (step: object, more: object = {}): object => ({ Version: '2020-12-01', Steps: [step], ...more });
const fail = (message: unknown): object => ({ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: message } });
const train = (more: object, step: object = {}): object =>
  pipeline({
    Name: 'Train',
    Type: 'Training',
    Arguments: {
      RoleArn: 'arn:aws:iam::111122223333:role/r',
      AlgorithmSpecification: {
        TrainingImage: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1',
        TrainingInputMode: 'File',
      },
      OutputDataConfig: { S3OutputPath: 's3://b/o' },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      ...more,
    },
    ...step,
  });

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html, …/dg/pipelines-define.html */
const pipelines: readonly Case[] = [
  ['spot without a time to wait', train({ EnableManagedSpotTraining: true }), '/Steps/0/Arguments'],
  [
    'spot that waits less than it runs',
    train({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 60 },
    }),
    '/Steps/0/Arguments/StoppingCondition',
  ],
  [
    'spot',
    train({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
    }),
  ],
  [
    'a retry with both ends',
    train({}, { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], MaxAttempts: 2, ExpireAfterMin: 10 }] }),
    '/Steps/0/RetryPolicies',
  ],
  [
    'a retry for want of capacity',
    train({}, { RetryPolicies: [{ ExceptionType: ['SageMaker.CAPACITY_ERROR'], MaxAttempts: 2 }] }),
  ],
  [
    'a default that is not among the values',
    pipeline(fail({ Get: 'Parameters.P' }), {
      Parameters: [{ Name: 'P', Type: 'String', DefaultValue: 'x', EnumValues: ['a', 'b'] }],
    }),
    '/Parameters/0',
  ],
  [
    'a variable of executions that there is not',
    pipeline(fail({ Get: 'Execution.PipelineExecutionArnn' })),
    '/Steps/0',
  ],
  [
    'variables of executions',
    pipeline(
      fail({
        'Std:Join': { On: '/', Values: [{ Get: 'Execution.PipelineName' }, { Get: 'Execution.StartDateTime' }] },
      }),
    ),
  ],
];

const one = (state: object, more: object = {}): object => ({ StartAt: 'A', ...more, States: { A: state } });
const choice = (rule: object): object => ({
  StartAt: 'A',
  States: { A: { Type: 'Choice', Choices: [{ ...rule, Next: 'B' }], Default: 'B' }, B: { Type: 'Succeed' } },
});
const retry = (more: object): object =>
  one({ Type: 'Task', Resource: fn, Retry: [{ ErrorEquals: ['States.ALL'], ...more }], End: true });
const items = { StartAt: 'X', States: { X: { Type: 'Pass', End: true } } };
const read = (reader: object): object =>
  one({
    Type: 'Map',
    ItemReader: {
      Resource: `${states}s3:getObject`,
      ReaderConfig: { InputType: 'CSV', ...reader },
      Parameters: { Bucket: 'b', Key: 'k' },
    },
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, ...items },
    End: true,
  });
const call = (resource: string, Parameters: object): object =>
  one({ Type: 'Task', Resource: states + resource, Parameters, End: true });
const jsonata = { QueryLanguage: 'JSONata' };

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html */
const machines: readonly Case[] = [
  ['a strategy of jitter in small letters', retry({ JitterStrategy: 'full' }), '/States/A/Retry'],
  ['a longest delay below the first', retry({ IntervalSeconds: 10, MaxDelaySeconds: 5 }), '/States/A/Retry'],
  [
    'retries',
    retry({ IntervalSeconds: 1, MaxDelaySeconds: 5, BackoffRate: 2, JitterStrategy: 'FULL', MaxAttempts: 0 }),
  ],
  ['a time without T', one({ Type: 'Wait', Timestamp: '2024-01-01 10:00', End: true }), '/States/A/Timestamp'],
  ['a wait by an expression', one({ Type: 'Wait', Seconds: '{% $states.input.s %}', End: true }, jsonata)],
  ['Next inside of Not', choice({ Not: { Variable: '$.a', IsNull: true, Next: 'B' } }), '/States/A/Choices'],
  ['two comparisons in one', choice({ Variable: '$.a', NumericEquals: 1, StringEquals: 'a' }), '/States/A/Choices'],
  ['a comparison with a path', choice({ Variable: '$.a', TimestampLessThanPath: '$.b' })],
  ['headers that are given and missing', read({ CSVHeaderLocation: 'GIVEN' }), '/States/A/ItemReader'],
  ['headers in the first row', read({ CSVHeaderLocation: 'FIRST_ROW' })],
  [
    'a token that nobody gets',
    call('sqs:sendMessage.waitForTaskToken', { QueueUrl: 'https://q', MessageBody: { a: 1 } }),
    '/States/A',
  ],
  [
    'a token in an expression',
    one(
      {
        Type: 'Task',
        Resource: `${states}sqs:sendMessage.waitForTaskToken`,
        Arguments: { QueueUrl: 'https://q', MessageBody: '{% {"t": $states.context.Task.Token} %}' },
        End: true,
      },
      jsonata,
    ),
  ],
  ['an integration in small letters', call('glue:startjobrun.sync', { JobName: 'j' }), '/States/A/Resource'],
  ['a task of ECS', call('ecs:runTask.sync', { Cluster: 'c', TaskDefinition: 't', LaunchType: 'FARGATE' })],
  [
    'a member of a request that is nearly one',
    call('batch:submitJob.sync', { JobName: 'j', JobQueue: 'q', JobDefinition: 'd', ContainerOverride: {} }),
    '/States/A/Parameters',
  ],
  ['a key of DynamoDB as a plain text', call('dynamodb:getItem', { TableName: 't', Key: { id: 'x' } })],
];

const action = (name: string, category: string, provider: string, more: object = {}): object => ({
  name,
  actionTypeId: { category, owner: 'AWS', provider, version: '1' },
  ...more,
});
const delivery = (last: object, more: object = {}): object => ({
  pipeline: {
    name: 'p',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    artifactStore: { type: 'S3', location: 'bucket' },
    version: 1,
    stages: [
      {
        name: 'Source',
        actions: [
          action('Get', 'Source', 'S3', {
            configuration: { S3Bucket: 'b', S3ObjectKey: 'a.zip', PollForSourceChanges: 'false' },
            outputArtifacts: [{ name: 'Src' }],
          }),
        ],
      },
      { name: 'Last', actions: [last] },
    ],
    ...more,
  },
});
const build = (configuration: object): object =>
  action('B', 'Build', 'CodeBuild', {
    configuration: { ProjectName: 'p', ...configuration },
    inputArtifacts: [{ name: 'Src' }],
  });
const last = '/pipeline/stages/1/actions/0';

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html */
const deliveries: readonly Case[] = [
  ['a build', delivery(build({}))],
  [
    'an approval that takes an artifact',
    delivery(action('Go', 'Approval', 'Manual', { inputArtifacts: [{ name: 'Src' }] })),
    last,
  ],
  [
    'an approval that waits too long',
    delivery(action('Go', 'Approval', 'Manual', { timeoutInMinutes: 100_000 })),
    last,
  ],
  ['variables that are no JSON', delivery(build({ EnvironmentVariables: '[{name: A}]' })), `${last}/configuration`],
  [
    'executions at once in a V1 pipeline',
    delivery(build({}), { pipelineType: 'V1', executionMode: 'PARALLEL' }),
    '/pipeline',
  ],
];

describe.each([
  ['pipelines', 'p.pipeline.json', pipelines],
  ['state machines', 'm.asl.json', machines],
  ['CodePipeline', 'pipeline.json', deliveries],
] as const)('%s', (_, path, cases) => {
  it.each(cases.map(([what, definition, pointer = '']) => ({ what, definition, pointer })))('$what', async (given) => {
    const { definition, pointer } = given;
    const found = await validateFully(JSON.stringify(definition, undefined, 2), { path });
    const loud = found.filter(({ severity }) => severity === 'error' || severity === 'warning');
    if (pointer === '') expect(loud).toEqual([]);
    else expect(loud.map((one) => one.pointer).filter((place) => place.startsWith(pointer))).not.toEqual([]);
  });
});
