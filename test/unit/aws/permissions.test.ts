import { globSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { pagePipelines, readObject } from '../../../src/pipelines/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { callerIdentity, FakeService } from '../../fixtures/aws/service';

/** The client's class and the operations that a bundle takes of a package of the SDK. */
function operationsOf(source: string): { client: string; operations: string[] }[] {
  return [...source.matchAll(/export \{([^}]*)\} from '@aws-sdk\/client-/g)].map(([, names = '']) => {
    const list = names.split(',').map((name) => name.trim().split(' as ')[0] ?? '');
    return {
      client: list.find((name) => name.endsWith('Client')) ?? '',
      operations: list.flatMap((name) => /^paginate(\w+)$/.exec(name)?.[1] ?? /^(\w+)Command$/.exec(name)?.[1] ?? []),
    };
  });
}

/** The table is read by the tests of it, not before them. */
const load = () => import('../../../src/aws/permissions');

describe('the table of permissions', () => {
  it('has the action of every operation that the product can ask for, and is the one of the documentation', async () => {
    const { actionOf, features } = await load();
    const known = new Set(features.flatMap(({ actions }) => actions));
    const needed = globSync('src/aws/{sdk,*-sdk.bundle}.ts').flatMap((file) =>
      operationsOf(readFileSync(file, 'utf8')).flatMap(({ client, operations }) =>
        operations.flatMap((operation) => actionOf(client, `${operation}Command`) ?? []),
      ),
    );
    expect(needed.length).toBeGreaterThan(60);
    expect(needed.filter((action) => !known.has(action))).toEqual([]);
    const rows = features.map(
      ({ name, actions }) => `| ${name} | ${actions.map((action) => `\`${action}\``).join(', ')} |`,
    );
    const text = readFileSync('docs/permissions.md', 'utf8');
    const table = `| To do | actions |\n|---|---|\n${rows.join('\n')}\n`;
    await expect(text.replace(/\| To do [^]*?\n(?!\|)/, table)).toMatchFileSnapshot('../../../docs/permissions.md');
  });

  it.each([
    ['SageMakerClient', 'ListPipelinesCommand', 'sagemaker:ListPipelines'],
    ['S3Client', 'ListObjectsV2Command', 's3:ListBucket'],
    ['S3Client', 'HeadObjectCommand', 's3:GetObject'],
    ['CloudWatchLogsClient', 'GetLogEventsCommand', 'logs:GetLogEvents'],
    ['SageMakerRuntimeClient', 'InvokeEndpointCommand', 'sagemaker:InvokeEndpoint'],
    ['STSClient', 'GetCallerIdentityCommand', undefined],
  ])('%s %s is %s', async (client, command, action) => {
    const { actionOf } = await load();
    expect(actionOf(client, command)).toBe(action);
  });
});

describe('a policy', () => {
  it('passes roles to the services that run pipelines alone', async () => {
    const { policyOf } = await load();
    expect(policyOf(['sagemaker:CreatePipeline', 'iam:PassRole', 'sagemaker:CreatePipeline'])).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'MlopsFlow', Effect: 'Allow', Action: ['sagemaker:CreatePipeline'], Resource: '*' },
        expect.objectContaining({ Action: 'iam:PassRole', Condition: expect.anything() as unknown }),
      ],
    });
  });

  it('for a missing action has what is used with it; for one of nobody’s it alone', async () => {
    const { actionsAround } = await load();
    expect(actionsAround('sagemaker:UpdateModelPackage')).toEqual([
      'sagemaker:CreateModelPackageGroup',
      'sagemaker:UpdateModelPackage',
    ]);
    expect(actionsAround('glue:GetTable')).toEqual(['glue:GetTable']);
  });
});

describe('what was asked for', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;

  beforeEach(async () => {
    profiles = await Profiles.use('', keysFor('dev', 'prod'));
    service = await FakeService.start({
      ListPipelines: () => ({ body: { PipelineSummaries: [] } }),
      GetCallerIdentity: ({ signer }) => callerIdentity(signer),
    });
    connections = connectionsTo(service.url);
  });
  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
  });

  it('is known by connection, also what was denied', async () => {
    const session = await connections.session(profileConnection('dev'));
    await session.identity();
    await pagePipelines(session, '', 1, undefined);
    await readObject(session, 's3://a/b').catch(() => undefined);
    expect(connections.actionsUsed(profileConnection('dev'))).toEqual(['s3:GetObject', 'sagemaker:ListPipelines']);
    expect(connections.actionsUsed(profileConnection('prod'))).toEqual([]);
  });
});
