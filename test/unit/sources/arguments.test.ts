import { expect, test } from 'vitest';
import { argumentsFor, openArguments, type Surroundings } from '../../../src/sources/arguments';

const local: Surroundings = {
  region: 'eu-west-1',
  account: '000000000000',
  role: 'arn:aws:iam::000000000000:role/execution',
  bucket: 'sagemaker-eu-west-1-000000000000',
  project: 'my churn',
};

test('what the connection knows, a caller says, and a user saved', () => {
  const parameters = [
    { name: 'region' },
    { name: 'role', default: 'None' },
    { name: 'default_bucket', default: 'None' },
    { name: 'pipeline_name', default: '"Mine"' },
    { name: 'base_job_prefix', default: 'None' },
    { name: 'kms_key', default: 'None' },
    { name: 'data_uri' },
    { name: 'sm_session' },
    { name: 'depth' },
  ];
  const caller = { arguments: { region: '${AWS_REGION}', role: '${SAGEMAKER_PIPELINE_ROLE_ARN}', kms_key: null } };
  expect(argumentsFor(parameters, caller, { depth: 4 }, local)).toEqual([
    { name: 'region', value: 'eu-west-1', origin: 'caller' },
    { name: 'role', value: local.role, origin: 'caller' },
    { name: 'default_bucket', value: local.bucket, origin: 'connection' },
    { name: 'base_job_prefix', value: 'my-churn', origin: 'assumed' },
    { name: 'data_uri', value: `s3://${local.bucket}/data-uri`, origin: 'assumed' },
    { name: 'sm_session', value: { $session: 'sagemaker' }, origin: 'connection' },
    { name: 'depth', value: 4, origin: 'saved' },
  ]);
});

test('an image and the variables of a container are no texts with their names', () => {
  const parameters = [{ name: 'processing_image_uri' }, { name: 'container_env' }, { name: 'environment' }];
  expect(argumentsFor(parameters, undefined, {}, local).map(({ value }) => value)).toEqual([
    '683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
    {},
    'my-churn-environment',
  ]);
});

test('an annotation tells what kind of value stands for what nobody tells', () => {
  const parameters = [
    { name: 'depth', annotation: 'int' },
    { name: 'rate', annotation: 'Optional[float]' },
    { name: 'is_dry', annotation: 'bool' },
    { name: 'stage', annotation: 'typing.Literal["dev", "prod"]' },
    { name: 'labels', annotation: 'dict[str, str]' },
    { name: 'team', annotation: 'str | None' },
  ];
  expect(argumentsFor(parameters, undefined, {}, local).map(({ value }) => value)).toEqual([
    1,
    1,
    false,
    'dev',
    {},
    'my-churn-team',
  ]);
});

test('what an option of the command line gives is neither open nor assumed', () => {
  const parameters = [{ name: 'threshold', option: true as const }, { name: 'team' }];
  const given = argumentsFor(parameters, undefined, {}, local);
  expect(given.map(({ origin }) => origin)).toEqual(['option', 'assumed']);
  expect(openArguments(parameters, undefined, given).map(({ name }) => name)).toEqual(['team']);
});

test('a caller that joins variables', () => {
  const caller = { arguments: { pipeline_name: '${SAGEMAKER_PROJECT_NAME}-${SAGEMAKER_PROJECT_ID}', n: 2 } };
  expect(argumentsFor([{ name: 'pipeline_name', default: '"P"' }, { name: 'n' }], caller, {}, local)).toEqual([
    { name: 'pipeline_name', value: 'my-churn-local', origin: 'caller' },
    { name: 'n', value: 2, origin: 'caller' },
  ]);
});

test('what nothing tells is open, unless it has a default or is computed by a call', () => {
  const parameters = [{ name: 'region' }, { name: 'depth' }, { name: 'base_prefix', default: 'None' }];
  const given = argumentsFor(parameters, undefined, {}, local);
  expect(openArguments(parameters, undefined, given).map(({ name }) => name)).toEqual(['depth']);
  expect(openArguments(parameters, { arguments: {}, function: 'get_pipeline' }, given)).toEqual([]);
  const saved = argumentsFor(parameters, undefined, { depth: 2 }, local);
  expect(openArguments(parameters, undefined, saved)).toEqual([]);
});

test('of a dictionary whose keys are read, each key has what its name says', () => {
  const keys = ['bucketName', 'jobRoleArn', 'instanceType', 'rawPrefix', 'processingImageUri', 'team'];
  expect(argumentsFor([{ name: 'cfg', keys }], undefined, {}, local)).toEqual([
    {
      name: 'cfg',
      value: {
        bucketName: local.bucket,
        jobRoleArn: local.role,
        instanceType: 'ml.m5.large',
        rawPrefix: 'my-churn',
        processingImageUri: expect.stringContaining('.dkr.ecr.eu-west-1.'),
        team: 'my-churn-team',
      },
      origin: 'assumed',
    },
  ]);
});
