/** The views over moto. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Connections, Session } from '../../../src/aws';
import { Watcher } from '../../../src/workbench/watcher';
import { hasMoto, type Moto, startMoto } from '../../fixtures/aws/moto';
import { inView } from '../../fixtures/view';
import { views } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const isThere = hasMoto();

const role = 'arn:aws:iam::123456789012:role/sagemaker';
const definition = JSON.stringify({
  Version: '2020-12-01',
  Steps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'no' } }],
});
const { signal } = new AbortController();

let moto: Moto;
let connections: Connections;
let session: Session;
let run: string;

/** What others have made in the account. */
async function fill(): Promise<void> {
  const Delivery = await import('../../../src/aws/delivery-sdk.bundle');
  const { sdk, sagemaker } = session;
  await sagemaker.send(
    new sdk.CreatePipelineCommand({
      PipelineName: 'train',
      ClientRequestToken: 'x'.repeat(32),
      RoleArn: role,
      PipelineDefinition: definition,
    }),
  );
  const started = await sagemaker.send(new sdk.StartPipelineExecutionCommand({ PipelineName: 'train' }));
  run = started.PipelineExecutionArn ?? '';
  await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'penguins' }));
  await sagemaker.send(
    new sdk.CreateModelCommand({
      ModelName: 'm',
      ExecutionRoleArn: role,
      PrimaryContainer: {
        Image: '1.dkr.ecr.eu-west-1.amazonaws.com/i:1',
        ModelDataUrl: 's3://b/m.tar.gz',
      },
    }),
  );
  const variant = {
    VariantName: 'v',
    ModelName: 'm',
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large',
  } as const;
  await sagemaker.send(new sdk.CreateEndpointConfigCommand({ EndpointConfigName: 'c', ProductionVariants: [variant] }));
  await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'c' }));
  await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'penguins',
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: { Containers: [{ Image: 'i', ModelDataUrl: 's3://b/m.tar.gz' }] },
    }),
  );
  const action = (name: string, category: 'Source' | 'Approval', provider: string, more: object = {}) => ({
    name,
    actionTypeId: { category, owner: 'AWS' as const, provider, version: '1' },
    ...more,
  });
  const source = {
    configuration: { S3Bucket: 'b', S3ObjectKey: 'k' },
    outputArtifacts: [{ name: 'source' }],
  };
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'codepipeline.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  await session
    .client('iam', (configuration) => new IAMClient(configuration))
    .send(
      new CreateRoleCommand({
        RoleName: 'sagemaker',
        AssumeRolePolicyDocument: JSON.stringify({ Statement: [trust] }),
      }),
    );
  await session
    .client('codepipeline', (configuration) => new Delivery.CodePipelineClient(configuration))
    .send(
      new Delivery.CreatePipelineCommand({
        pipeline: {
          name: 'release',
          roleArn: role,
          artifactStore: { type: 'S3', location: 'b' },
          stages: [
            { name: 'Source', actions: [action('Bucket', 'Source', 'S3', source)] },
            { name: 'Approve', actions: [action('Decision', 'Approval', 'Manual')] },
          ],
        },
      }),
    );
}

beforeAll(async () => {
  if (!isThere) return;
  moto = await startMoto();
  ({ connections, session } = moto);
  await fill();
}, 180_000);

afterAll(async () => {
  if (isThere) await moto.end();
});

/** What a view shows once its rows have come to rest. */
async function shown(id: string, wanted: RegExp, open?: string): Promise<string[]> {
  const view = views.get(id);
  if (!view) throw new Error(`There is no view ${id}.`);
  return vi.waitFor(async () => {
    const rows = await view.draw();
    const closed = rows.find(({ label }) => label === open);
    if (closed) await view.toggle(closed.label, true);
    const lines = (await view.draw()).map(({ label, description }) => `${label} ${description}`.trim());
    expect(lines.join('\n')).toMatch(wanted);
    return lines;
  });
}

it.skipIf(!isThere)('every view ends right or explained over moto', async () => {
  await import('../../../src/rooms.bundle');
  await import('../../../src/deployment/deployment.bundle');
  const { PipelinesTree } = await import('../../../src/pipelines/tree');
  const { ModelsTree } = await import('../../../src/registry/tree');
  const { EndpointsTree } = await import('../../../src/deployment/tree');
  const { readOverview } = await import('../../../src/delivery/overview');
  const { readRun } = await import('../../../src/pipelines/reading');
  const watcher = new Watcher();
  const nothing = {
    list: () => Promise.resolve([]),
    onDidChange: () => ({ dispose: () => undefined }),
  };
  const services = {
    connections,
    watcher,
    definitions: nothing,
    sources: nothing,
    pollInterval: () => 5_000,
    livePlaces: () => Promise.resolve({ places: new Map() }),
    releasesOf: () => Promise.resolve([]),
    reportNumbers: () => Promise.resolve([]),
  } as never;
  const trees = [
    inView('mlopsFlow.pipelines', (view) => new PipelinesTree(services, view)),
    inView('mlopsFlow.models', (view) => new ModelsTree(services, view)),
    inView('mlopsFlow.endpoints', (view) => new EndpointsTree(services, view)),
  ];
  try {
    const pipelines = await shown('mlopsFlow.pipelines', /Executing|Succeeded/, 'train');
    const models = await shown('mlopsFlow.models', /Version 1 /, 'penguins');
    const endpoints = await shown('mlopsFlow.endpoints', /live ./);
    // Its times of CodePipeline are texts where the model has numbers: that is told, and hides nothing else.
    const overview = readOverview(
      {
        checkouts: () => Promise.resolve([]),
        declared: () => Promise.resolve(new Set(['release'])),
        pins: () => [],
        session: (connection, until) => connections.session(connection, until),
        pollInterval: () => 5_000,
      },
      session,
      signal,
      undefined,
    );
    const delivery = await overview.then(
      ({ followed }) => followed.map(({ name }) => name),
      (error: unknown) => [String(error)],
    );
    expect(delivery.join()).toMatch(/^release$|the answer is not as the service's model says/);
    const reading = await readRun(session, run);
    const graph = [
      reading.execution.status,
      ...reading.definition.graph.nodes.map(({ id }) => id),
      ...reading.missing.map(({ what, problem }) => `${what}: ${problem.message}`),
    ];
    expect(graph.slice(0, 2)).toEqual(['Succeeded', 'Stop']);
    // It does not know the steps of a run.
    for (const problem of graph.slice(2)) expect(problem).toMatch(/^Steps: Could not list the steps of the run: .+\.$/);
    console.info({ pipelines, models, endpoints, delivery, graph });
  } finally {
    for (const tree of trees) tree.dispose();
    watcher.dispose();
  }
});
