import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/gitflow/lifecycle';
import { provideStandIns, type StandIns } from '../../../src/pipelines/commands/stand-ins';
import { startRun } from '../../../src/pipelines/commands/start';
import { readProvenance } from '../../../src/pipelines/provenance';
import { describeExecution, readObject } from '../../../src/pipelines/service';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';

const bucket = 'sagemaker-us-east-1-000000000000';
let local: LocalSession;
let root: string;

beforeAll(async () => {
  local = await startLocalSession('stand-ins');
});
afterAll(() => local.end());
beforeEach(() => {
  if (root) rmSync(root, { recursive: true, force: true });
  root = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  write('data/penguins.csv', 'a,b');
  write('data/more/x.csv', 'c');
  write('model.tar.gz', 'a model');
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Stand-ins as the configuration file has them. */
function from(file: object): StandIns {
  const { config, problems } = readConfig(JSON.stringify(file));
  expect(problems).toEqual([]);
  return { root, fixtures: config.fixtures, stubs: config.stubs };
}

const provide = (file: object): Promise<void> => provideStandIns(local.session, from(file), crypto.randomUUID());

async function modified(Bucket: string, Prefix: string): Promise<(Date | undefined)[]> {
  const { sdk, s3 } = local.session;
  const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.map(({ LastModified }) => LastModified);
}

describe('fixtures', () => {
  it('lie at the very place that they stand for, in a bucket that is made for them', async () => {
    await provide({
      fixtures: { 's3://public-data/sets/penguins.csv': 'data/penguins.csv', 's3://public-data/all/': 'data' },
    });
    expect(await readObject(local.session, 's3://public-data/sets/penguins.csv')).toBe('a,b');
    expect(await readObject(local.session, 's3://public-data/all/more/x.csv')).toBe('c');
  });

  it('are copied again only where they have changed', async () => {
    const file = { fixtures: { 's3://second-time/x.csv': 'data/penguins.csv' } };
    await provide(file);
    const [first] = await modified('second-time', 'x.csv');
    await expect.poll(() => Date.now() - (first?.getTime() ?? 0)).toBeGreaterThan(1000);
    await provide(file);
    expect(await modified('second-time', 'x.csv')).toEqual([first]);
    // Of the same size: only the digest tells.
    const { size } = statSync(join(root, 'data/penguins.csv'));
    write('data/penguins.csv', 'x,y');
    expect(statSync(join(root, 'data/penguins.csv')).size).toBe(size);
    await provide(file);
    expect(await readObject(local.session, 's3://second-time/x.csv')).toBe('x,y');
  });

  it('that are not there are told', async () => {
    const gone = provide({ fixtures: { 's3://public-data/gone.csv': 'data/gone.csv' } });
    await expect(gone).rejects.toThrow('data/gone.csv does not exist. Correct fixtures in .mlops/config.json.');
  });

  it('and stubs are nothing for an account', async () => {
    const connection = { ...local.session.connection, kind: 'profile' as const };
    const session = Object.create(local.session, { connection: { value: connection } }) as typeof local.session;
    await provideStandIns(session, from({ fixtures: { 's3://an-account/x.csv': 'data/penguins.csv' } }), 'token');
    await expect(modified('an-account', 'x')).rejects.toThrow('bucket');
  });
});

describe('stubs', () => {
  const training = (Name: string): object => ({
    Name,
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1',
        TrainingInputMode: 'File',
      },
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    },
  });
  const definition = JSON.stringify({ Version: '2020-12-01', Parameters: [], Steps: [training('Train')] });

  it('end the steps of a run, with files of the workspace, and its description says which', async () => {
    const standIns = from({
      stubs: {
        Train: { metrics: { loss: 1 }, artifacts: { model: 'model.tar.gz' } },
        Elsewhere: { status: 'Failed', reason: 'This is a step of another pipeline.' },
      },
    });
    const request = { pipeline: 'stubbed', definition, values: {}, displayName: 'stubbed', standIns };
    const arn = await startRun(local.session, { ...request, provenance: { digest: 'd' } });
    await expect.poll(async () => (await describeExecution(local.session, arn)).status).toBe('Succeeded');
    const { sdk, sagemaker } = local.session;
    const described = await sagemaker.send(new sdk.DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
    expect(readProvenance(described.PipelineExecutionDescription)).toEqual({ digest: 'd', stubs: ['Train'] });
    for await (const { PipelineExecutionSteps = [] } of sdk.paginateListPipelineExecutionSteps(
      { client: sagemaker },
      { PipelineExecutionArn: arn },
    )) {
      const TrainingJobName = PipelineExecutionSteps[0]?.Metadata?.TrainingJob?.Arn?.split('/')[1];
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      expect(await readObject(local.session, job.ModelArtifacts?.S3ModelArtifacts ?? '')).toBe('a model');
    }
  });

  it('are read from the file with their places', () => {
    const { problems } = readConfig(
      '{ "stubs": { "A": { "status": "Done" }, "B": { "metrics": { "x": "1" } } }, "fixtures": { "data": "x" } }',
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'fixtures.data must be an S3 URI.',
      'stubs.A.status must be "Succeeded" or "Failed".',
      'stubs.B.metrics.x must be a number.',
    ]);
  });
});
