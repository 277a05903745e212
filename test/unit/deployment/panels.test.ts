/** The form of a deployment and the panel of an endpoint, as the window has them, over Local. */
import { CreateInferenceComponentCommand, CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Session } from '../../../src/aws';
import { Journal } from '../../../src/deployment/journal';
import type { DeploymentArguments, DeploymentToPanel } from '../../../src/deployment/panels/deployment/contract';
import type { EndpointArguments, EndpointToPanel } from '../../../src/deployment/panels/endpoint/contract';
import type { TransformArguments, TransformToPanel } from '../../../src/deployment/panels/transform/contract';
import type { RoomServices } from '../../../src/deployment/services';
import { readDeletion, removeParts } from '../../../src/deployment/remove';
import { isWakePolicy } from '../../../src/deployment/model/wake';
import { describeAlarms, describeEndpoint, makeCall, putObject, readScaling } from '../../../src/deployment/service';
import { Watcher } from '../../../src/workbench/watcher';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { FakePanel } from '../../fixtures/panel';
import { archive, deployable, echo, image } from '../local/serving';
import { bucket } from '../local/support';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { DeploymentController } = await import('../../../src/deployment/panels/deployment/controller');
const { TransformController } = await import('../../../src/deployment/panels/transform/controller');
const { TransformJobController } = await import('../../../src/deployment/panels/transform/job');
const { deleteEndpoint } = await import('../../../src/deployment/commands/delete');
const { answers, asked, copied, files } = await import('../../fixtures/vscode');
const { EndpointController } = await import('../../../src/deployment/panels/endpoint/controller');
const { Followers } = await import('../../../src/deployment/follow');

const patience = { timeout: 60_000 };
const model = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/echo/1';

let local: LocalSession;
let session: Session;
let room: RoomServices;
let opened: string[];
const ends: { dispose(): void }[] = [];

beforeAll(async () => {
  local = await startLocalSession('deploy-panels', { speed: 60 });
  ({ session } = local);
  const data = `s3://${bucket}/models/one/model.tar.gz`;
  await putObject(session, data, archive(echo('one')));
  const { sagemaker, sdk } = session;
  await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'echo' }));
  await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'echo',
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: {
        Containers: [{ Image: image, ModelDataUrl: data }],
        SupportedContentTypes: ['application/json'],
        SupportedResponseMIMETypes: ['application/json'],
      },
    }),
  );
  opened = [];
  const watcher = new Watcher();
  const journal = new Journal(`${local.folder}/deployments`);
  room = {
    connections: { session: () => Promise.resolve(session), onDidChange: () => ({ dispose: () => undefined }) },
    watcher,
    pollInterval: () => 100,
    tried: new Set<string>(),
    journal: () => Promise.resolve(journal),
    changed: () => undefined,
    openEndpoint: (endpoint: string) => void opened.push(endpoint),
    openForm: (target: { model: string; reuse?: string }) => void opened.push(`${target.model} ${target.reuse ?? ''}`),
    openTransform: ({ job }: { job?: string }) => void opened.push(job ?? ''),
    follow: (endpoint: string, connection: Session['connection']) => followers.follow(endpoint, connection),
  } as unknown as RoomServices;
  const followers = new Followers(room);
  ends.push(followers, watcher);
});

afterAll(async () => {
  for (const end of ends) end.dispose();
  await local.end();
});

function openForm(): {
  panel: FakePanel<DeploymentArguments, DeploymentToPanel>;
  controller: InstanceType<typeof DeploymentController>;
} {
  const panel = new FakePanel<DeploymentArguments, DeploymentToPanel>({ connection: 'local', model });
  const controller = new DeploymentController(room, panel);
  ends.push(controller);
  return { panel, controller };
}

function openEndpoint(endpoint: string): {
  panel: FakePanel<EndpointArguments, EndpointToPanel>;
  controller: InstanceType<typeof EndpointController>;
} {
  const panel = new FakePanel<EndpointArguments, EndpointToPanel>({ connection: 'local', endpoint });
  const controller = new EndpointController(room, panel);
  ends.push(controller);
  return { panel, controller };
}

describe('the form of a deployment', () => {
  test('tells what it would do, and refuses what is wrong with the reason', async () => {
    const { panel, controller } = openForm();
    await vi.waitFor(() => expect(panel.of('preview')).not.toHaveLength(0), patience);
    expect(panel.of('preview').at(-1)?.preview).toMatchObject({
      noGuardrails: 'A new endpoint has no traffic to shift. The next deployment has.',
      calls: [{ operation: 'CreateModel' }, { operation: 'CreateEndpointConfig' }, { operation: 'CreateEndpoint' }],
    });
    const draft = panel.of('form').at(-1)?.form.draft ?? {};
    await controller.receive({ type: 'draft', environment: '', draft: { ...draft, instances: '0' } });
    expect(panel.of('preview').at(-1)?.preview.problems[0]?.field).toBe('instances');
    await controller.receive({ type: 'deploy' });
    expect(panel.of('progress').at(-1)?.problem).toMatch(/number of instances/);
    expect(panel.closed).toBe(false);
    expect(opened).toEqual([]);
  });

  test('is rebuilt from its state when the page was hidden', async () => {
    const { panel, controller } = openForm();
    await vi.waitFor(() => expect(panel.of('checks').at(-1)?.checks).toBeDefined(), patience);
    expect(controller.state().map(({ type }) => type)).toEqual(['form', 'preview', 'checks', 'dryRun', 'progress']);
    // The quota takes the longest to read, and is one of the checks then.
    const quota = () =>
      panel
        .of('checks')
        .at(-1)
        ?.checks?.find(({ id }) => id === 'quota');
    await vi.waitFor(() => expect(quota()).toMatchObject({ state: 'passed' }), patience);
  });

  test('deploys, closes and opens the endpoint', async () => {
    const { panel, controller } = openForm();
    await vi.waitFor(() => expect(panel.of('preview')).not.toHaveLength(0), patience);
    await controller.receive({ type: 'deploy' });
    expect(panel.of('progress').at(-1)?.problem).toBeUndefined();
    expect(panel.closed).toBe(true);
    expect(opened).toEqual(['echo']);
  });

  test('is followed to its verdict, also when nobody looks; the next form is one of an update', async () => {
    const journal = await room.journal(session);
    await vi.waitFor(async () => expect((await journal.latest('echo'))?.verdict?.outcome).toBe('deployed'), patience);
    const { panel } = openForm();
    await vi.waitFor(() => expect(panel.of('preview')).not.toHaveLength(0), patience);
    expect(panel.of('preview').at(-1)?.preview).toMatchObject({ now: { label: 'v1', instances: 2 } });
    expect(panel.of('preview').at(-1)?.preview.calls.at(-1)?.operation).toBe('UpdateEndpoint');
    expect(panel.of('preview').at(-1)?.preview.changes.slice(0, 2)).toEqual([
      { what: 'Version', now: 'v1', after: 'v1' },
      { what: 'Instances', now: '2', after: '2' },
    ]);
    // Nobody has asked this endpoint: its alarms would watch nothing.
    const alarms = () =>
      panel
        .of('checks')
        .at(-1)
        ?.checks?.find(({ id }) => id === 'alarms');
    await vi.waitFor(() => expect(alarms()).toMatchObject({ state: 'warning' }), patience);
    expect(alarms()?.text).toMatch(/^Invocation5XXErrors, ModelLatency had no data in the last day/);
    const layout = panel
      .of('checks')
      .at(-1)
      ?.checks?.find(({ id }) => id === 'layout');
    expect(layout?.files?.map(({ name }) => name).sort()).toEqual(['code/inference.py', 'weights.txt']);
  });
});

describe('the panel of an endpoint', () => {
  test('shows what serves, its deployment and its history, and sends a request', async () => {
    const { panel, controller } = openEndpoint('echo');
    await vi.waitFor(() => expect(panel.of('endpoint').at(-1)?.view.deployment?.title).toBe('Deployed v1'), patience);
    const view = panel.of('endpoint').at(-1)?.view;
    expect(view).toMatchObject({
      tone: 'good',
      serving: { label: 'v1', model },
      history: [{ label: 'v1', outcome: 'Deployed', isCurrent: true }],
      missing: [],
    });
    await controller.receive({ type: 'invoke', body: '[1]', contentType: 'application/json', mode: 'once' });
    expect(panel.of('trials').at(-1)?.trials[0]).toMatchObject({ state: 'answered', variant: 'AllTraffic' });
    await controller.receive({ type: 'load', body: '[1]', contentType: 'application/json', requests: 20, atOnce: 2 });
    expect(panel.of('load').at(-1)?.load).toMatchObject({ isRunning: false, sent: 20, failed: 0 });
    await controller.receive({ type: 'deployAgain', model, config: view?.serving?.config ?? '' });
    expect(opened.at(-1)).toBe(`${model} ${view?.serving?.config}`);
    await vi.waitFor(() => expect(asked).toContainEqual(expect.stringMatching(/^echo: Deployed v1/)), patience);
    files.set('/rows/request.json', '[7]');
    answers.push('/rows/request.json');
    await controller.receive({ type: 'chooseFile' });
    expect(panel.of('file').at(-1)?.file).toEqual({
      name: 'request.json',
      size: 3,
      contentType: 'application/json',
    });
    const request = { type: 'invoke', body: '', contentType: 'application/json', mode: 'once' } as const;
    await controller.receive({ ...request, withFile: true });
    expect(panel.of('trials').at(-1)?.trials[0]).toMatchObject({ answer: '{"model": "one", "data": [7]}' });
    await controller.receive({ type: 'dropFile' });
    await expect(controller.receive({ ...request, withFile: true })).resolves.toBeUndefined();
    expect(panel.of('trials').at(-1)?.trials[0]?.problem).toMatch(/Choose it again/);
    await controller.receive({ type: 'copyReport' });
    expect(copied.at(-1)).toMatch(
      /^Deployment of v1 to the endpoint echo, Local, us-east-1\nModel: .*\nConfig: echo-v1-.*\nBegun .*, ended .*\nDeployed v1/,
    );
    await expect(controller.receive({ type: 'abort' })).rejects.toThrow('No deployment of this endpoint is under way.');
  });

  test('plans and makes a shadow, promotes it by the form, and takes it away', async () => {
    const { sagemaker } = session;
    const data = `s3://${bucket}/models/two/model.tar.gz`;
    await putObject(session, data, archive(echo('two')));
    const { ModelPackageArn: second = '' } = await sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'echo',
        ModelApprovalStatus: 'Approved',
        InferenceSpecification: {
          Containers: [{ Image: image, ModelDataUrl: data }],
          SupportedContentTypes: ['application/json'],
          SupportedResponseMIMETypes: ['application/json'],
        },
      }),
    );
    const { panel, controller } = openEndpoint('echo');
    const view = () => panel.of('endpoint').at(-1)?.view;
    const settled = async (): Promise<void> =>
      vi.waitFor(() => expect(view()).toMatchObject({ status: 'InService', isBusy: false }), patience);
    await settled();
    await controller.receive({ type: 'readVersions' });
    expect(panel.of('versions').at(-1)?.versions).toEqual([
      { arn: second, label: 'v2', text: 'echo version 2, Approved' },
    ]);
    const shadow = { type: 'planShadow', label: 'v2', percent: '100', instances: '1' } as const;
    await expect(controller.receive({ ...shadow, version: '' })).rejects.toThrow('Choose the version');
    await expect(controller.receive({ ...shadow, version: second, percent: '0' })).rejects.toThrow(/percent/);
    await controller.receive({ ...shadow, version: second });
    const change = panel.of('change').at(-1)?.change;
    expect(change?.calls.map(({ operation }) => operation)).toEqual([
      'CreateModel',
      'CreateEndpointConfig',
      'UpdateEndpoint',
    ]);
    await controller.receive({ type: 'dropChange' });
    expect(panel.of('change').at(-1)).toEqual({ type: 'change' });
    await controller.receive({ type: 'makeChange' });
    expect(view()?.shadow).toBeUndefined();
    await controller.receive({ ...shadow, version: second });
    await controller.receive({ type: 'makeChange' });
    expect(panel.of('change').at(-1)).toEqual({ type: 'change' });
    await vi.waitFor(() => expect(view()?.shadow).toMatchObject({ label: 'v2', share: 1 }), patience);
    await settled();
    await controller.receive({ type: 'promoteShadow' });
    expect(opened.at(-1)).toBe(`${second} `);
    await controller.receive({ type: 'planNoShadow' });
    await controller.receive({ type: 'makeChange' });
    await vi.waitFor(() => expect(view()).toMatchObject({ status: 'InService', serving: { label: 'v1' } }), patience);
    await vi.waitFor(() => expect(view()?.shadow).toBeUndefined(), patience);
    await settled();
    // Whoever follows has told of all three deployments: no message comes later.
    await vi.waitFor(() => expect(asked.filter((text) => text.startsWith('echo: '))).toHaveLength(3), patience);
    await expect(controller.receive({ type: 'promoteShadow' })).rejects.toThrow(/not made of a registered version/);
    await expect(controller.receive({ type: 'planWeights', weights: { AllTraffic: 'much' } })).rejects.toThrow();
  });

  test('asks an inference component, or an archive of a multi-model endpoint, that was chosen; components go first', async () => {
    const { sagemaker, sdk } = session;
    await putObject(session, `s3://${bucket}/many/one.tar.gz`, archive(echo('one')));
    const role = 'arn:aws:iam::000000000000:role/x';
    const container = { Image: image, Mode: 'MultiModel' as const, ModelDataUrl: `s3://${bucket}/many/` };
    await sagemaker.send(
      new sdk.CreateModelCommand({ ModelName: 'many', ExecutionRoleArn: role, PrimaryContainer: container }),
    );
    const variant = { VariantName: 'v', InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 };
    for (const [name, more] of [
      ['many', { ModelName: 'many' }],
      ['zoo', {}],
    ] as const) {
      await sagemaker.send(
        new sdk.CreateEndpointConfigCommand({
          EndpointConfigName: name,
          ExecutionRoleArn: role,
          ProductionVariants: [{ ...variant, ...more }],
        }),
      );
      await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    }
    const open = async (endpoint: string): Promise<ReturnType<typeof openEndpoint>> => {
      const made = openEndpoint(endpoint);
      await vi.waitFor(() => expect(made.panel.of('endpoint').at(-1)?.view.status).toBe('InService'), patience);
      return made;
    };
    const many = await open('many');
    expect(many.panel.of('endpoint').at(-1)?.view.sharing).toBe('archives');
    await many.controller.receive({ type: 'readTargets' });
    expect(many.panel.of('targets').at(-1)?.names).toEqual(['one.tar.gz']);
    const request = { type: 'invoke', body: '[1]', contentType: 'application/json', mode: 'once' } as const;
    await many.controller.receive({ ...request, target: 'one.tar.gz' });
    expect(many.panel.of('trials').at(-1)?.trials[0]).toMatchObject({ state: 'answered' });
    await many.controller.receive({ ...request, target: 'two.tar.gz' });
    expect(many.panel.of('trials').at(-1)?.trials[0]).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('Failed to download model data') as string,
    });

    const zoo = await open('zoo');
    await sagemaker.send(
      new CreateInferenceComponentCommand({
        InferenceComponentName: 'cats',
        EndpointName: 'zoo',
        VariantName: 'v',
        Specification: { Container: { Image: image, ArtifactUrl: `s3://${bucket}/many/one.tar.gz` } },
      }),
    );
    await zoo.controller.receive({ type: 'readTargets' });
    expect(zoo.panel.of('targets').at(-1)?.names).toEqual(['cats']);
    await vi.waitFor(async () => {
      await zoo.controller.receive({ ...request, target: 'cats' });
      expect(zoo.panel.of('trials').at(-1)?.trials[0]).toMatchObject({ state: 'answered', variant: 'v' });
    }, patience);
    const state = await describeEndpoint(session, 'zoo');
    if (!state) throw new Error('It is there.');
    const { goes } = await readDeletion(session, 'zoo', state);
    const told: unknown[] = [];
    for await (const each of removeParts(session, 'zoo', goes)) told.push(each);
    expect(told).toEqual([{ label: 'inference component cats' }, { label: 'endpoint zoo' }]);
  });

  test('a queue that waits with no instance gets what wakes it, and a request its id', async () => {
    const { sagemaker, s3, sdk } = session;
    const output = `s3://${bucket}/answers`;
    await deployable({ sagemaker, s3 }, 'queue', echo('queue', 'import time\ntime.sleep(1)'), {
      config: { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: output } } },
    });
    await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: 'queue', EndpointConfigName: 'queue' }));
    const { panel, controller } = openEndpoint('queue');
    const view = () => panel.of('endpoint').at(-1)?.view;
    await vi.waitFor(() => expect(view()?.status).toBe('InService'), patience);
    expect(view()?.queue).toEqual({ waiting: 0, isStuck: false });
    await controller.receive({ type: 'invoke', body: '[1]', contentType: 'application/json', mode: 'async' });
    expect(panel.of('trials').at(-1)?.trials[0]).toMatchObject({
      state: 'answered',
      inference: { id: expect.stringMatching(/./) as string, output: expect.stringContaining(output) as string },
    });
    await expect(controller.receive({ type: 'wake' })).rejects.toThrow('queue has no autoscaling');
    const resource = 'endpoint/queue/variant/AllTraffic';
    const place = {
      ServiceNamespace: 'sagemaker',
      ResourceId: resource,
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    };
    await makeCall(session, {
      service: 'application-autoscaling',
      operation: 'RegisterScalableTarget',
      input: { ...place, MinCapacity: 0, MaxCapacity: 2 },
      purpose: 'Let it be scaled',
    });
    await sagemaker.send(
      new sdk.UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'queue',
        DesiredWeightsAndCapacities: [{ VariantName: 'AllTraffic', DesiredInstanceCount: 0 }],
      }),
    );
    await vi.waitFor(() => expect(view()).toMatchObject({ status: 'InService', isBusy: false }), patience);
    await vi.waitFor(() => expect(view()?.fleets[0]?.current).toBe(0), patience);
    void controller.receive({ type: 'invoke', body: '[1]', contentType: 'application/json', mode: 'async' });
    await vi.waitFor(() => expect(view()?.queue).toMatchObject({ waiting: 1, isStuck: true }), patience);
    answers.push('Add Policy');
    await controller.receive({ type: 'wake' });
    const [scaling] = await readScaling(session, 'queue', ['AllTraffic']);
    expect(scaling?.policies.map(isWakePolicy)).toEqual([true]);
    const [alarm] = await describeAlarms(session, ['queue-wake']);
    expect(alarm).toMatchObject({ MetricName: 'HasBacklogWithoutCapacity' });
    expect(alarm?.AlarmActions?.[0]).toMatch(/^arn:.*:scalingPolicy:/);
    const state = await describeEndpoint(session, 'queue');
    if (!state) throw new Error('It is there.');
    const { goes } = await readDeletion(session, 'queue', state);
    expect(goes.map(({ label }) => label)).toContain('alarms queue-wake');
    controller.dispose();
  });

  test('is deleted as soon as it has settled, where the service still works on it', async () => {
    const { sagemaker, s3, sdk } = session;
    await deployable({ sagemaker, s3 }, 'late', echo('late', 'import time\ntime.sleep(2)'));
    await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: 'late', EndpointConfigName: 'late' }));
    answers.push('Delete Endpoint');
    expect(await deleteEndpoint(room, 'late', session.connection)).toBe(true);
    expect(asked.slice(-2)).toEqual(['Delete the endpoint late?', 'late is deleted when it has settled.']);
    await vi.waitFor(async () => expect(await describeEndpoint(session, 'late')).toBeUndefined(), patience);
  });

  test('says that there is no such endpoint', async () => {
    const { panel } = openEndpoint('nothing');
    await vi.waitFor(
      () => expect(panel.of('gone').at(-1)?.text).toBe('There is no endpoint nothing on Local.'),
      patience,
    );
  });
});

describe('a batch transform', () => {
  test('counts what it would send, follows a record, starts, and shows results beside records', async () => {
    await putObject(session, `s3://${bucket}/rows/a.jsonl`, Buffer.from('{"x": [1]}\n{"x": [2]}\n'));
    const form = new FakePanel<TransformArguments, TransformToPanel>({ connection: 'local', model });
    const controller = new TransformController(room, form, model);
    ends.push(controller);
    await vi.waitFor(() => expect(form.of('form')).not.toHaveLength(0), patience);
    expect(form.of('form').at(-1)?.form).toMatchObject({ version: 'echo version 1', approval: 'Approved', jobs: [] });
    const { draft } = form.of('form').at(-1)?.form ?? { draft: {} };
    const preview = () => form.of('preview').at(-1)?.preview;
    await controller.receive({ type: 'start' });
    expect(form.of('progress').at(-1)).toMatchObject({
      busy: false,
      problem: 'Name the input: an S3 object or folder, or a file of this folder.',
    });
    const output = `s3://${bucket}/written`;
    await controller.receive({
      type: 'draft',
      draft: { ...draft, input: `s3://${bucket}/rows/`, output, inputFilter: '$.x', strategy: 'SingleRecord' },
    });
    expect(preview()?.problems).toEqual([]);
    expect(preview()?.facts).toMatchObject([
      { label: 'Files', value: expect.stringMatching(/^1 file/) as string },
      { label: 'Records', value: '2 records' },
      { label: 'Requests', value: expect.stringMatching(/^2 requests/) as string },
      { label: 'At a time' },
    ]);
    await controller.receive({ type: 'record', number: 2 });
    expect(preview()?.record).toEqual({ number: 2, total: 2, input: '{"x": [2]}', sent: '[2]' });
    expect(preview()?.calls.map(({ operation }) => operation)).toEqual(['CreateModel', 'CreateTransformJob']);
    await controller.receive({ type: 'dryRun' });
    expect(form.of('dryRun').at(-1)?.dryRun).toMatchObject({ state: 'passed' });
    expect(preview()?.record?.written).toBe('{"model": "one", "data": [2]}');
    await controller.receive({ type: 'start' });
    expect(form.of('progress').at(-1)?.problem).toBeUndefined();
    expect(form.closed).toBe(true);
    const name = opened.at(-1) ?? '';
    expect(name).toMatch(/^echo-v1-/);

    const page = new FakePanel<TransformArguments, TransformToPanel>({ connection: 'local', job: name });
    const job = new TransformJobController(room, page, name);
    ends.push(job);
    const shown = () => page.of('job').at(-1)?.job;
    await vi.waitFor(() => expect(shown()).toMatchObject({ status: 'Completed', total: 2 }), patience);
    expect(shown()).toMatchObject({
      tone: 'good',
      isUnderWay: false,
      file: 'a.jsonl',
      files: [{ name: 'a.jsonl', isWritten: true }],
      rows: [
        { number: 1, input: '{"x": [1]}', output: '{"model": "one", "data": [1]}' },
        { number: 2, input: '{"x": [2]}', output: '{"model": "one", "data": [2]}' },
      ],
      log: [],
    });
    expect(job.state().map(({ type }) => type)).toEqual(['job', 'freshness']);
    await expect(job.receive({ type: 'stop' })).rejects.toThrow();
  });

  test('of a job that is not there, the page says so', async () => {
    const page = new FakePanel<TransformArguments, TransformToPanel>({ connection: 'local', job: 'nothing' });
    ends.push(new TransformJobController(room, page, 'nothing'));
    await vi.waitFor(() => expect(page.of('freshness').at(-1)?.problem).toBeDefined(), patience);
  });
});
