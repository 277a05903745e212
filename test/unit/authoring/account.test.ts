import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/aws';
import { AccountValues } from '../../../src/authoring/account';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { role } from '../local/support';

describe('values of the account', () => {
  let bed: LocalSession;

  beforeAll(async () => {
    bed = await startLocalSession('account-values');
    const { sagemaker, sdk, s3 } = bed.session;
    await s3.send(new sdk.CreateBucketCommand({ Bucket: 'account-values' }));
    await sagemaker.send(
      new sdk.CreatePipelineCommand({
        PipelineName: 'train',
        PipelineDefinition: '{"Version": "2020-12-01", "Steps": []}',
        RoleArn: role,
        ClientRequestToken: 'a'.repeat(32),
      }),
    );
    await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'churn' }));
    await sagemaker.send(
      new sdk.CreateModelCommand({
        ModelName: 'churn-1',
        ExecutionRoleArn: role,
        PrimaryContainer: { Image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1' },
      }),
    );
  });
  afterAll(() => bed.end());

  it.each([
    ['bucket', 's3://account-values/'],
    ['pipeline', 'train'],
    ['modelGroup', 'churn'],
    ['image', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1'],
  ] as const)('are read: %s', async (kind, value) => {
    const { values, isComplete } = await new AccountValues(undefined, undefined, 60_000).of(kind, bed.session);
    expect(isComplete).toBe(true);
    expect(values.map((one) => one.value)).toContain(value);
  });

  it('are the connections of delivery pipelines and the projects of their builds', async () => {
    const { session } = bed;
    const delivery = await import('../../../src/aws/delivery-sdk.bundle');
    const arn = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/a1b2c3d4-1111-2222-3333-444455556666';
    const action = (category: 'Source' | 'Build', provider: string, more: object): ActionDeclaration => ({
      name: category,
      actionTypeId: { category, owner: 'AWS', provider, version: '1' },
      ...more,
    });
    const builds = session.client('codebuild', (options) => new delivery.CodeBuildClient(options));
    await builds.send(
      new delivery.CreateProjectCommand({
        name: 'package',
        source: { type: 'CODEPIPELINE' },
        artifacts: { type: 'CODEPIPELINE' },
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'aws/codebuild/standard:7.0',
          computeType: 'BUILD_GENERAL1_SMALL',
        },
        serviceRole: role,
      }),
    );
    const pipelines = session.client('codepipeline', (options) => new delivery.CodePipelineClient(options));
    await pipelines.send(
      new delivery.CreatePipelineCommand({
        pipeline: {
          name: 'deliver',
          roleArn: role,
          artifactStore: { type: 'S3', location: 'account-values' },
          stages: [
            {
              name: 'Source',
              actions: [
                action('Source', 'CodeStarSourceConnection', {
                  configuration: { ConnectionArn: arn, FullRepositoryId: 'team/models', BranchName: 'main' },
                  outputArtifacts: [{ name: 'source' }],
                }),
              ],
            },
            {
              name: 'Build',
              actions: [
                action('Build', 'CodeBuild', {
                  configuration: { ProjectName: 'package' },
                  inputArtifacts: [{ name: 'source' }],
                }),
              ],
            },
          ],
        },
      }),
    );
    const values = new AccountValues(undefined, undefined, 60_000);
    expect((await values.of('connection', session)).values.map((one) => one.value)).toEqual([arn]);
    expect((await values.of('project', session)).values.map((one) => one.value)).toEqual(['package']);
  });

  it('are the roles that SageMaker may take', async () => {
    const { values } = await new AccountValues(undefined, undefined, 60_000).of('role', bed.session);
    expect(values.length).toBeGreaterThan(0);
    for (const { value } of values) expect(value).toMatch(/^arn:aws:iam::\d{12}:role\//);
  });
});

describe('values that are kept', () => {
  const session = { connection: { id: 'profile:a' }, region: 'eu-west-1' } as Session;
  const other = { connection: { id: 'profile:b' }, region: 'eu-west-1' } as Session;

  it('are asked for once in five minutes, by connection and kind', async () => {
    let now = 0;
    let asked = 0;
    const read = (): Promise<{ value: string; detail: string }[]> =>
      Promise.resolve([{ value: String(++asked), detail: 'role' }]);
    const values = new AccountValues(read, () => now);
    const first = async (one: Session, kind: 'role' | 'bucket' = 'role'): Promise<string | undefined> =>
      (await values.of(kind, one)).values[0]?.value;
    expect([await first(session), await first(session)]).toEqual(['1', '1']);
    expect([await first(other), await first(session, 'bucket')]).toEqual(['2', '3']);
    now = 300_001;
    expect(await first(session)).toBe('4');
  });

  it('are none where the account refuses, which is asked again after a minute', async () => {
    let now = 0;
    let asked = 0;
    const read = (): Promise<never> => {
      asked++;
      return Promise.reject(new Error('AccessDenied'));
    };
    const values = new AccountValues(read, () => now);
    expect(await values.of('role', session)).toEqual({ values: [], isComplete: true });
    expect(await values.of('role', session)).toEqual({ values: [], isComplete: true });
    expect(asked).toBe(1);
    now = 60_001;
    await values.of('role', session);
    expect(asked).toBe(2);
  });

  it('that come late are there the next time', async () => {
    let answer = (_values: { value: string; detail: string }[]): void => undefined;
    const read = (): Promise<{ value: string; detail: string }[]> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const values = new AccountValues(read, undefined, 1);
    expect(await values.of('role', session)).toEqual({ values: [], isComplete: false });
    answer([{ value: 'a', detail: 'role' }]);
    expect((await values.of('role', session)).values).toEqual([{ value: 'a', detail: 'role' }]);
  });
});
