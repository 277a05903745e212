import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bed, bucket, root } from './support';

const run = promisify(execFile);
const cache = join(root, '.cache', 'python-clients');
const bin = join(cache, process.platform === 'win32' ? 'Scripts' : 'bin');

/** Installs the clients of others once. @returns why that cannot be done here, if so */
function installClients(): string | undefined {
  if (existsSync(join(bin, 'aws')) && existsSync(join(bin, 'complete'))) return undefined;
  try {
    execFileSync('python3', ['-m', 'venv', cache], { stdio: 'pipe', timeout: 60_000 });
    execFileSync(join(bin, 'pip'), ['install', '--quiet', '--retries', '0', '--timeout', '15', 'boto3', 'awscli'], {
      stdio: 'pipe',
      timeout: 240_000,
    });
    execFileSync('touch', [join(bin, 'complete')]);
    return undefined;
  } catch (error) {
    return `boto3 and the AWS CLI cannot be installed here: ${error instanceof Error ? error.message.split('\n')[0] : ''}`;
  }
}

const missing = installClients();
if (missing !== undefined) console.warn(`Skipped: ${missing}`);

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

test.skipIf(missing !== undefined)(
  'boto3 runs the sample and meets the errors of the service',
  { timeout: 120_000 },
  async () => {
    const script = join(root, 'test', 'fixtures', 'local', 'boto3_client.py');
    const { stdout } = await run(
      join(bin, 'python'),
      [script, join(root, 'media', 'sample'), join(bed.folder, 'big')],
      { env: bed.environment },
    );
    expect(JSON.parse(stdout)).toEqual({
      account: '000000000000',
      multipart: true,
      type: 'application/x-big',
      presigned: 'species',
      status: 'Succeeded',
      steps: ['Preprocess', 'Train', 'Evaluate', 'IsAccurate', 'Register'],
      metrics: ['train:loss', 'validation:loss'],
      pages: 50,
      approval: 'Approved',
      tags: [{ Key: 'team', Value: 'birds' }],
      stopped: 'Stopped',
      errors: {
        pipeline: 'ResourceNotFound',
        job: 'ValidationException',
        group: 'ValidationException',
        duplicate: 'ValidationException',
        broken: 'ValidationException',
        stop: 'ValidationException',
        stream: 'ResourceNotFoundException',
        key: 'NoSuchKey',
        bucket: 'NoSuchBucket',
        elsewhere: 'UnknownOperationException',
        unknown: 'UnknownOperationException',
        secret: 'InvalidSignatureException',
        'key id': 'InvalidAccessKeyId',
      },
    });
  },
);

test.skipIf(missing !== undefined)('the AWS CLI copies folders and lists', { timeout: 120_000 }, async () => {
  const aws = async (...words: string[]): Promise<string> =>
    (await run(join(bin, 'aws'), words, { env: bed.environment })).stdout;
  expect(JSON.parse(await aws('sts', 'get-caller-identity'))).toMatchObject({ Account: '000000000000' });
  const data = join(root, 'media', 'sample', 'data');
  await aws('s3', 'sync', data, `s3://${bucket}/cli/`);
  expect(await aws('s3', 'ls', `s3://${bucket}/cli/`)).toMatch(/penguins\.csv/);
  await aws('s3', 'cp', `s3://${bucket}/cli/`, join(bed.folder, 'copy'), '--recursive');
  expect(existsSync(join(bed.folder, 'copy', 'penguins.csv'))).toBe(true);
  await aws('s3', 'rm', `s3://${bucket}/cli/`, '--recursive');
  await expect(aws('s3', 'ls', `s3://${bucket}/cli/`)).rejects.toThrow();
  expect(JSON.parse(await aws('sagemaker', 'list-pipelines'))).toHaveProperty('PipelineSummaries');
});

test.skipIf(missing !== undefined)(
  'boto3 drives pipelines, builds, connections and the history of calls',
  { timeout: 120_000 },
  async () => {
    const script = join(root, 'test', 'fixtures', 'local', 'delivery_client.py');
    const { stdout } = await run(join(bin, 'python'), [script], { env: bed.environment });
    expect(JSON.parse(stdout)).toEqual({
      builds: ['SUCCEEDED'],
      listed: 3,
      projects: ['alone', 'boto3'],
      type: 'V1',
      errors: {
        again: 'ApprovalAlreadyCompletedException',
        stranger: 'InvalidApprovalTokenException',
        pipeline: 'PipelineNotFoundException',
        name: 'PipelineNameInUseException',
        structure: 'InvalidStructureException',
        stage: 'StageNotFoundException',
        project: 'ResourceNotFoundException',
        build: 'ResourceNotFoundException',
        taken: 'ResourceAlreadyExistsException',
      },
      actions: 6,
      connections: [],
      approvals: 4,
      left: [],
    });
  },
);

test.skipIf(missing !== undefined)(
  'boto3 calls every operation of pipelines, builds and connections, by pages where there are some; what Local has not is refused by its name',
  { timeout: 120_000 },
  async () => {
    const script = join(root, 'test', 'fixtures', 'local', 'delivery_operations.py');
    const tables = join(root, 'src', 'local', 'generated');
    const { stdout } = await run(join(bin, 'python'), [script, tables], { env: bed.environment });
    const none = (service: string): object => ({
      [`not called of ${service}`]: [],
      [`not paged of ${service}`]: [],
      [`waiters of ${service}`]: [],
      [`others of ${service}`]: ['UnknownOperationException'],
    });
    expect(JSON.parse(stdout)).toEqual({
      ...none('codepipeline'),
      ...none('codebuild'),
      ...none('codeconnections'),
      description: 'tried',
      projects: true,
      build: 'SUCCEEDED',
      stopped: 'STOPPED',
      builds: true,
      'of project': true,
      cases: ['FAILED', 'SUCCEEDED'],
      lines: [1],
      groups: true,
      group: 'operations-tests',
      'of group': true,
      trend: '50',
      batch: 'SUCCEEDED',
      'batch stopped': 'STOPPED',
      batches: true,
      'batches of project': 2,
      deleted: true,
      host: 'https://code.example.org',
      hosts: true,
      connection: 'AVAILABLE',
      connections: true,
      tags: [{ Key: 'c', Value: 'd' }],
      untagged: false,
      retried: true,
      actions: 4,
      rules: 2,
      targets: [],
      version: 2,
      pipelines: true,
      types: true,
      'pipeline tags': ['c'],
    });
  },
);

test.skipIf(missing !== undefined)(
  'the AWS CLI starts a build and reads a pipeline',
  { timeout: 120_000 },
  async () => {
    const aws = async (...words: string[]): Promise<string> =>
      (await run(join(bin, 'aws'), words, { env: bed.environment })).stdout;
    const buildspec = 'version: 0.2\nphases: {build: {commands: ["true"]}}\n';
    const environmentOf = 'type=LINUX_CONTAINER,image=i,computeType=BUILD_GENERAL1_SMALL';
    await aws(
      'codebuild',
      'create-project',
      '--name',
      'cli',
      '--source',
      JSON.stringify({ type: 'NO_SOURCE', buildspec }),
      '--artifacts',
      'type=NO_ARTIFACTS',
      '--environment',
      environmentOf,
      '--service-role',
      'arn:aws:iam::000000000000:role/r',
    );
    expect(JSON.parse(await aws('codebuild', 'start-build', '--project-name', 'cli'))).toMatchObject({
      build: { buildNumber: 1 },
    });
    const pipeline = {
      name: 'cli',
      roleArn: 'arn:aws:iam::000000000000:role/r',
      artifactStore: { type: 'S3', location: bucket },
      stages: [
        {
          name: 'Source',
          actions: [
            {
              name: 'Get',
              actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
              configuration: { S3Bucket: bucket, S3ObjectKey: 'cli.zip' },
              outputArtifacts: [{ name: 'Code' }],
            },
          ],
        },
        {
          name: 'Ask',
          actions: [
            {
              name: 'Ask',
              actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
            },
          ],
        },
      ],
    };
    await aws('codepipeline', 'create-pipeline', '--cli-input-json', JSON.stringify({ pipeline }));
    expect(JSON.parse(await aws('codepipeline', 'get-pipeline', '--name', 'cli'))).toMatchObject({ pipeline });
    const names = ['list-pipelines', '--page-size', '1', '--query', 'pipelines[].name', '--output', 'text'];
    expect((await aws('codepipeline', ...names)).trim()).toBe('cli');
    expect(JSON.parse(await aws('codepipeline', 'get-pipeline-state', '--name', 'cli'))).toMatchObject({
      stageStates: [{ stageName: 'Source' }, { stageName: 'Ask' }],
    });
    await expect(aws('codepipeline', 'get-pipeline', '--name', 'none')).rejects.toThrow('PipelineNotFoundException');
    await aws('codepipeline', 'delete-pipeline', '--name', 'cli');
    expect(JSON.parse(await aws('codepipeline', 'list-action-types'))).toHaveProperty('actionTypes');
    expect(JSON.parse(await aws('codeconnections', 'list-connections'))).toEqual({ Connections: [] });
    const query = {
      MetricName: 'loss',
      ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/none',
      MetricStat: 'Last',
      Period: 'IterationNumber',
      XAxisType: 'IterationNumber',
    };
    const queries = ['--metric-queries', JSON.stringify([query])];
    expect(JSON.parse(await aws('sagemaker-metrics', 'batch-get-metrics', ...queries))).toMatchObject({
      MetricQueryResults: [{ Status: 'ValidationError', XAxisValues: [], MetricValues: [] }],
    });
    expect(JSON.parse(await aws('cloudtrail', 'lookup-events', '--max-items', '1')).Events).toHaveLength(1);
    const quotas = ['list-service-quotas', '--service-code', 'sagemaker', '--max-items', '3'];
    expect(JSON.parse(await aws('service-quotas', ...quotas)).Quotas).toHaveLength(3);
  },
);
