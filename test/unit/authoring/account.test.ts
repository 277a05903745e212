import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

  it('are no images of a registry on Local, which says so', async () => {
    const { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } =
      await import('../../../src/aws/images-sdk.bundle');
    const client = bed.session.client('ecr', (options) => new ECRClient(options));
    expect((await client.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
    await expect(client.send(new DescribeImagesCommand({ repositoryName: 'churn' }))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
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

describe('images of the registry', () => {
  let server: Server;
  let asked: string[] = [];
  /** What is answered by operation: a status and members. */
  let answers: Record<string, (input: Record<string, unknown>) => [status: number, body: object]> = {};

  beforeAll(async () => {
    server = createServer((request, response) => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        asked.push(operation);
        const [status, answer] = answers[operation]?.(JSON.parse(body) as Record<string, unknown>) ?? [404, {}];
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    asked = [];
  });

  const uri = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
  const repository = (name: string, createdAt: number): object => ({
    repositoryName: name,
    repositoryUri: `${uri}/${name}`,
    createdAt,
  });
  const image = (at: number, ...imageTags: string[]): object => ({ imageTags, imagePushedAt: at });

  /** An account whose models cannot be read, so that the registry alone answers. */
  function session(model: () => Promise<object> = () => Promise.resolve({ Models: [] })): Session {
    const { port } = server.address() as AddressInfo;
    return {
      connection: { id: 'profile:a' },
      region: 'eu-west-1',
      sdk: { ListModelsCommand: Object, DescribeModelCommand: Object },
      sagemaker: { send: model },
      client: (_: string, make: (options: object) => unknown) =>
        make({
          endpoint: `http://127.0.0.1:${port}`,
          region: 'eu-west-1',
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
          maxAttempts: 1,
        }),
    } as unknown as Session;
  }
  const read = async (one = session()): Promise<string[]> =>
    (await new AccountValues(undefined, undefined, 60_000).of('image', one)).values.map(({ value }) => value);
  const denied = (): [number, object] => [400, { __type: 'AccessDeniedException', message: 'not authorized' }];

  it('are those of the newest repositories, the newest first', async () => {
    answers = {
      DescribeRepositories: () => [200, { repositories: [repository('old', 1), repository('new', 2)] }],
      DescribeImages: ({ repositoryName, filter }) => {
        expect(filter).toEqual({ tagStatus: 'TAGGED' });
        return [
          200,
          { imageDetails: repositoryName === 'new' ? [image(1, 'v1'), image(2, 'v2', 'latest')] : [image(3, 'v0')] },
        ];
      },
    };
    expect(await read()).toEqual([`${uri}/new:v2`, `${uri}/new:latest`, `${uri}/new:v1`, `${uri}/old:v0`]);
    expect(asked).toEqual(['DescribeRepositories', 'DescribeImages', 'DescribeImages']);
  });

  it('take few requests of an account that has many', async () => {
    answers = {
      DescribeRepositories: () => [
        200,
        { repositories: Array.from({ length: 900 }, (_, at) => repository(`r${at}`, at)) },
      ],
      DescribeImages: () => [200, { imageDetails: Array.from({ length: 900 }, (_, at) => image(at, `v${at}`)) }],
    };
    expect(await read()).toHaveLength(100);
    expect(asked).toHaveLength(11);
  });

  it('are left out where the registry may not be read, and models where these may not', async () => {
    answers = { DescribeRepositories: denied };
    const model = (): Promise<object> =>
      Promise.resolve({ Models: [{ ModelName: 'm' }], PrimaryContainer: { Image: 'i' } });
    expect(await read(session(model))).toEqual(['i']);
    answers = {
      DescribeRepositories: () => [200, { repositories: [repository('a', 1)] }],
      DescribeImages: () => [200, { imageDetails: [image(1, 'x')] }],
    };
    expect(await read(session(() => Promise.reject(new Error('denied'))))).toEqual([`${uri}/a:x`]);
  });

  it('are asked for again a minute after both were refused', async () => {
    answers = { DescribeRepositories: denied };
    let now = 0;
    const values = new AccountValues(undefined, () => now, 60_000);
    const refused = session(() => Promise.reject(new Error('denied')));
    for (const [at, requests] of [
      [0, 1],
      [59_000, 1],
      [61_000, 2],
    ] as const) {
      now = at;
      expect((await values.of('image', refused)).values).toEqual([]);
      expect(asked).toHaveLength(requests);
    }
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
