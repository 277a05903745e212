import { createReadStream, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bus, type BusEvent } from '../../../src/local/domain/bus';
import {
  type ActionRun,
  actionRuns,
  deliveries as records,
  deliveryArn,
  type DeliveryExecution,
  deliveryExecutions,
  deliveryVersions,
  type RuleRun,
  ruleRuns,
} from '../../../src/local/domain/deliveries';
import { functions } from '../../../src/local/domain/functions';
import { objects } from '../../../src/local/domain/objects';
import { tags } from '../../../src/local/domain/tags';
import { Deliveries } from '../../../src/local/engine/codepipeline/deliveries';
import { SourceWatch } from '../../../src/local/engine/codepipeline/watch';
import { changedFiles, commonFolder, refsOf, RepositoryError } from '../../../src/local/jobs/build/repository';
import { invokeFunction } from '../../../src/local/jobs/run/function';
import { ServiceError } from '../../../src/local/wire/errors';
import { openStore } from './engine-bed';
import { ask, manual, stage } from './machine-board';

/* Deliveries that run without processes: sources in S3, builds and functions that end as they are told. */

vi.mock(import('../../../src/local/jobs/run/function'), () => ({ invokeFunction: vi.fn() }));
vi.mock(import('../../../src/local/jobs/build/repository'), async (original) => ({
  ...(await original()),
  commonFolder: vi.fn(),
  refsOf: vi.fn(),
  changedFiles: vi.fn(),
}));
const invoke = vi.mocked(invokeFunction);
const [folderOf, refs, changed] = [vi.mocked(commonFolder), vi.mocked(refsOf), vi.mocked(changedFiles)];
beforeEach(() => {
  for (const mock of [invoke, folderOf, refs, changed]) mock.mockReset();
});

const store = openStore();
const broken: unknown[] = [];
const opened: Deliveries[] = [];

function anew(builds: object = {}): Deliveries {
  const made = new Deliveries({ store, folder: store.folder } as never, builds as never, (error) => broken.push(error));
  opened.push(made);
  return made;
}

const engine = anew();
afterAll(async () => {
  for (const one of opened) await one.shutDown();
  expect(broken).toEqual([]);
});

const heard: BusEvent[] = [];
bus(store).listen((event) => heard.push(event));

async function turns(): Promise<void> {
  for (let count = 0; count < 60; count++) await setImmediate();
}

async function put(bucket: string, key: string): Promise<void> {
  const file = join(store.folder, 'content');
  writeFileSync(file, key);
  objects(store).createBucket(bucket);
  await objects(store).put(bucket, key, createReadStream(file));
}

const type = (category: string, provider: string, owner = 'AWS'): ActionDeclaration['actionTypeId'] =>
  ({ category, owner, provider, version: '1' }) as ActionDeclaration['actionTypeId'];
const get = (more: Partial<ActionDeclaration> = {}): ActionDeclaration => ({
  name: 'Get',
  actionTypeId: type('Source', 'S3'),
  configuration: { S3Bucket: 'seed', S3ObjectKey: 'code.zip' },
  outputArtifacts: [{ name: 'CodeOfThePipeline' }],
  ...more,
});
const act = (category: string, provider: string, configuration: Record<string, string> = {}): ActionDeclaration => ({
  name: 'Act',
  actionTypeId: type(category, provider),
  configuration,
});

let count = 0;
/** A pipeline of its own, made and not started. */
function make(stages: StageDeclaration[], more: Partial<PipelineDeclaration> = {}): string {
  const name = `delivery-${++count}`;
  engine.create({
    name,
    roleArn: 'r',
    artifactStore: { type: 'S3', location: `artifacts-of-${name}` },
    stages,
    ...more,
  });
  return name;
}

async function started(name: string, one = engine): Promise<string> {
  await put('seed', 'code.zip');
  const id = one.start(name, { trigger: manual, variables: {}, overrides: [] });
  // A source is copied through streams.
  await expect
    .poll(() =>
      actionRuns(store)
        .list('execution = ? AND status = ?', id, 'InProgress')
        .filter(({ action }) => action === 'Get'),
    )
    .toEqual([]);
  await turns();
  return id;
}

const executionOf = (name: string, id: string): DeliveryExecution => {
  const found = deliveryExecutions(store).get(`${name}/${id}`);
  if (!found) throw new Error('There is no execution.');
  return found;
};
const actionOf = (id: string, name: string): ActionRun => {
  const found = actionRuns(store)
    .list('execution = ?', id)
    .findLast(({ action }) => action === name);
  if (!found) throw new Error(`There is no action ${name}.`);
  return found;
};

describe('a pipeline', () => {
  test('is made with its buckets, once', () => {
    const name = make([stage('Source', get())], {
      artifactStores: { 'eu-west-1': { type: 'S3', location: 'in-europe' }, 'us-east-1': {} as never },
    });
    expect(engine.find(name)).toMatchObject({
      name,
      arn: deliveryArn(name),
      version: 1,
      declaration: { version: 1 },
      started: 0,
      seen: {},
      stages: { Source: { inbound: [], transition: { enabled: true }, actions: {} } },
    });
    expect(deliveryVersions(store).get(`${name}/1`)?.declaration.name).toBe(name);
    expect(objects(store).hasBucket(`artifacts-of-${name}`)).toBe(true);
    expect(objects(store).hasBucket('in-europe')).toBe(true);
    expect(() => engine.create({ name, roleArn: 'r', stages: [] })).toThrow(
      expect.objectContaining({
        type: 'PipelineNameInUseException',
        message: `A pipeline with the name '${name}' already exists.`,
      }),
    );
    expect(() => engine.find('nobody')).toThrow(
      expect.objectContaining({
        type: 'PipelineNotFoundException',
        message: "This account has no pipeline named 'nobody'.",
      }),
    );
  });

  test('is changed, with the buckets that it needs then', () => {
    const name = make([stage('Source', get())]);
    const declaration = {
      ...engine.find(name).declaration,
      artifactStore: { type: 'S3' as const, location: 'another' },
    };
    expect(engine.update(declaration).version).toBe(2);
    expect(objects(store).hasBucket('another')).toBe(true);
    expect(records(store).get(name)?.version).toBe(2);
    expect(deliveryVersions(store).get(`${name}/2`)).toBeDefined();
  });

  test('is deleted with all that it has', async () => {
    const name = make([stage('Source', get()), stage('Deploy', ask)]);
    tags(store).add(deliveryArn(name), [{ Key: 'k', Value: 'v' }]);
    const id = await started(name);
    engine.delete(name);
    engine.delete(name);
    expect(records(store).get(name)).toBeUndefined();
    for (const table of [deliveryVersions, deliveryExecutions, actionRuns, ruleRuns])
      expect(table(store).list('pipeline = ?', name)).toEqual([]);
    expect(tags(store).of(deliveryArn(name))).toEqual([]);
    expect(actionRuns(store).list('execution = ?', id)).toEqual([]);
    expect(() => engine.find(name)).toThrow(ServiceError);
  });

  test('keeps what its sources were seen at', () => {
    const name = make([stage('Source', get())]);
    engine.saw(name, { a: '1' });
    expect(records(store).get(name)?.seen).toEqual({ a: '1' });
  });

  test('is as it was where something is refused half way', () => {
    const name = make([stage('Source', get())]);
    const work = (): void =>
      engine.do(name, (machine) => {
        machine.start({ trigger: manual, variables: {}, overrides: [] });
        throw new ServiceError('Refused', 'no');
      });
    expect(work).toThrow('no');
    expect(deliveryExecutions(store).list('pipeline = ?', name)).toEqual([]);
    expect(engine.find(name).started).toBe(0);
  });

  test('is started with the values of its variables', () => {
    const variables = [{ name: 'A', defaultValue: 'a' }];
    const name = make([stage('Deploy', ask)], { pipelineType: 'V2', variables });
    const id = engine.startBy(name, { trigger: manual, overrides: [] });
    expect(executionOf(name, id).variables).toEqual({ A: 'a' });
    const poor = make([stage('Deploy', ask)], { variables: [{ name: 'B' }] });
    expect(() => engine.startBy(poor, { trigger: manual, overrides: [] })).toThrow(
      'The variable B has no default value',
    );
  });
});

describe('an execution', () => {
  test('runs its actions, tells of them, and waits for an approval', async () => {
    const name = make([
      stage('Source', get()),
      stage('Deploy', { ...ask, configuration: { CustomData: '#{codepipeline.PipelineExecutionId}' } }),
    ]);
    heard.length = 0;
    const id = await started(name);
    const approval = actionOf(id, 'Ask');
    expect(approval).toMatchObject({ status: 'InProgress', resolved: { CustomData: id } });
    const source = actionOf(id, 'Get');
    expect(source).toMatchObject({
      status: 'Succeeded',
      resolved: { S3Bucket: 'seed', S3ObjectKey: 'code.zip' },
      outputs: { CodeOfThePipeline: { bucket: `artifacts-of-${name}` } },
    });
    expect(source.outputs['CodeOfThePipeline']?.key).toMatch(new RegExp(`^${name}/CodeOfTheP/[A-Za-z0-9]{7}$`));
    engine.do(name, (machine) => machine.actionEnded(approval.id, { status: 'Succeeded' }));
    expect(executionOf(name, id).status).toBe('Succeeded');
    const told = heard.map(({ source: from, resources, 'detail-type': kind, detail }) => {
      expect([from, resources]).toEqual(['aws.codepipeline', [deliveryArn(name)]]);
      return { kind, ...detail };
    });
    const pipeline = {
      kind: 'CodePipeline Pipeline Execution State Change',
      pipeline: name,
      'execution-id': id,
      version: 1,
      'execution-trigger': { 'trigger-type': 'StartPipelineExecution', 'trigger-detail': undefined },
    };
    const inStage = (stageName: string, state: string): object => ({
      kind: 'CodePipeline Stage Execution State Change',
      pipeline: name,
      'execution-id': id,
      stage: stageName,
      state,
      version: 1,
    });
    const ofAction = (stageName: string, action: string, state: string): object => ({
      kind: 'CodePipeline Action Execution State Change',
      pipeline: name,
      'execution-id': id,
      stage: stageName,
      action,
      state,
      type: action === 'Get' ? type('Source', 'S3') : ask.actionTypeId,
      version: 1,
    });
    expect(told).toEqual([
      { ...pipeline, state: 'STARTED' },
      inStage('Source', 'STARTED'),
      ofAction('Source', 'Get', 'STARTED'),
      ofAction('Source', 'Get', 'SUCCEEDED'),
      inStage('Source', 'SUCCEEDED'),
      inStage('Deploy', 'STARTED'),
      ofAction('Deploy', 'Ask', 'STARTED'),
      ofAction('Deploy', 'Ask', 'SUCCEEDED'),
      inStage('Deploy', 'SUCCEEDED'),
      { ...pipeline, state: 'SUCCEEDED' },
    ]);
  });

  test('takes the first of several artifact stores, and does without one', async () => {
    const several = {
      artifactStore: undefined,
      artifactStores: { 'us-east-1': { type: 'S3' as const, location: 'of-a-region' } },
    };
    const name = make([stage('Source', get())], several);
    const id = await started(name);
    expect(actionOf(id, 'Get').outputs['CodeOfThePipeline']?.bucket).toBe('of-a-region');
  });

  test.each<[what: string, action: ActionDeclaration, code: string, message: string]>([
    [
      'of a type that Local does not run',
      act('Deploy', 'ECS'),
      'ConfigurationError',
      'Local does not run actions of the type Deploy/AWS/ECS. Use an AWS account for this pipeline.',
    ],
    [
      'of no type',
      { name: 'Act', actionTypeId: undefined },
      'ConfigurationError',
      'Local does not run actions of the type //. Use an AWS account for this pipeline.',
    ],
    [
      'with a variable that has no value',
      act('Deploy', 'S3', { BucketName: '#{Nope.x}' }),
      'ConfigurationError',
      'The variable #{Nope.x} has no value in this execution.',
    ],
    ['without its input', act('Deploy', 'S3'), 'InternalError', 'The input artifact is not there.'],
    [
      'that is an approval with a variable that has no value',
      { ...ask, name: 'Act', configuration: { CustomData: '#{Nope.x}' } },
      'ConfigurationError',
      'The variable #{Nope.x} has no value in this execution.',
    ],
  ])('fails with an action %s', async (_, action, code, message) => {
    const name = make([stage('Source', get()), stage('Next', action)]);
    heard.length = 0;
    const id = await started(name);
    expect(actionOf(id, 'Act')).toMatchObject({ status: 'Failed', summary: message, error: { code, message } });
    expect(executionOf(name, id).status).toBe('Failed');
    expect(heard.map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({
        action: 'Act',
        state: 'FAILED',
        'execution-result': { 'error-code': code, 'external-execution-summary': message },
      }),
    );
  });

  const withRule = (provider: string, configuration: Record<string, string> = {}): StageDeclaration => ({
    ...stage('Judged', ask),
    beforeEntry: {
      conditions: [
        { result: 'FAIL', rules: [{ name: 'R', ruleTypeId: { category: 'Rule', provider }, configuration }] },
      ],
    },
  });
  test.each<[what: string, stage: StageDeclaration, run: Partial<RuleRun>, condition: string]>([
    [
      'is met',
      withRule('VariableCheck', { Variable: 'a', Operator: 'EQ', Value: 'a' }),
      { status: 'Succeeded', resolved: { Variable: 'a', Operator: 'EQ', Value: 'a' } },
      'Succeeded',
    ],
    [
      'is not met',
      withRule('VariableCheck', { Variable: 'a', Operator: 'EQ', Value: 'b' }),
      { status: 'Failed', summary: 'The value a does not meet EQ b.' },
      'Failed',
    ],
    [
      'cannot be judged for want of a variable',
      withRule('VariableCheck', { Variable: '#{Nope.x}' }),
      {
        status: 'Failed',
        isError: true,
        summary: 'The variable #{Nope.x} has no value in this execution.',
        error: { code: 'ConfigurationError', message: 'The variable #{Nope.x} has no value in this execution.' },
      },
      'Errored',
    ],
  ])('with a rule that %s', async (_, judged, run, status) => {
    const name = make([stage('Source', get()), judged]);
    const id = await started(name);
    const [one] = ruleRuns(store).list('execution = ?', id);
    expect(one).toMatchObject(run);
    expect(executionOf(name, id).stages['Judged']?.conditions.beforeEntry?.status).toBe(status);
  });
});

describe('jobs of functions', () => {
  functions(store).put({ name: 'f', arn: 'arn:f', createdAt: new Date(0), configuration: {}, statements: [] });
  const lambda = { ...act('Invoke', 'Lambda', { FunctionName: 'f' }), namespace: 'Fn' };

  test('end as they are told, once', async () => {
    invoke.mockResolvedValue({ payload: 'null', failed: false, log: '' });
    const name = make([stage('Source', get()), stage('Call', lambda)]);
    const id = await started(name);
    const job = actionOf(id, 'Act');
    expect(job.status).toBe('InProgress');
    expect(() => engine.jobEnded('none', { ok: true, outputVariables: {} })).toThrow(
      expect.objectContaining({
        type: 'JobNotFoundException',
        message: 'There is no job none that waits for its result.',
      }),
    );
    engine.jobEnded(job.id, { ok: true, outputVariables: { V: '1' } });
    expect(() => engine.jobEnded(job.id, { ok: true, outputVariables: {} })).toThrow(ServiceError);
    await turns();
    expect(executionOf(name, id)).toMatchObject({ status: 'Succeeded', outputs: { Fn: { V: '1' } } });
  });

  test('are not waited for where the execution is stopped at once', async () => {
    invoke.mockResolvedValue({ payload: 'null', failed: false, log: '' });
    const name = make([stage('Source', get()), stage('Call', lambda)]);
    const id = await started(name);
    engine.do(name, (machine) => machine.stop(id, true, undefined));
    await turns();
    const job = actionOf(id, 'Act');
    expect(job.status).toBe('Abandoned');
    expect(() => engine.jobEnded(job.id, { ok: true, outputVariables: {} })).toThrow(ServiceError);
  });

  test('of a pipeline that was deleted meanwhile leave nothing', async () => {
    let end = (): void => undefined;
    invoke.mockImplementation(
      () =>
        new Promise((resolve) => {
          end = () => resolve({ payload: 'null', failed: true, log: '' });
        }),
    );
    const name = make([stage('Source', get()), stage('Call', lambda)]);
    await started(name);
    engine.delete(name);
    expect(invoke.mock.calls[0]?.[3]?.aborted).toBe(true);
    end();
    await turns();
    expect(actionRuns(store).list('pipeline = ?', name)).toEqual([]);
  });
});

describe('the end of Local', () => {
  const cut = 'Local stopped while this action was running.';

  test('cuts short what runs, and says so', async () => {
    const other = anew();
    const reasons: unknown[] = [];
    invoke.mockImplementation(
      (_function, _event, _surroundings, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(new Error('aborted'));
          });
        }),
    );
    const lambda = act('Invoke', 'Lambda', { FunctionName: 'f' });
    const name = make([stage('Source', get()), stage('Call', lambda)]);
    const id = await started(name, other);
    await other.shutDown();
    expect(reasons).toEqual([expect.objectContaining({ name: 'Interrupted', message: cut })]);
    expect(actionOf(id, 'Act')).toMatchObject({
      status: 'Failed',
      summary: cut,
      error: { code: 'JobFailed', message: cut },
    });
    expect(executionOf(name, id).status).toBe('Failed');
  });

  /** Makes records as a process has left them that died. */
  async function left(
    stages: StageDeclaration[],
    change: (run: ActionRun) => Partial<ActionRun> = () => ({}),
  ): Promise<[string, string]> {
    const name = make(stages);
    const id = await started(name);
    for (const run of actionRuns(store).list('execution = ?', id)) actionRuns(store).put({ ...run, ...change(run) });
    return [name, id];
  }

  test('after a start what was running has failed, and approvals wait', async () => {
    const neither = { ...ask, name: 'Other' };
    const [name, id] = await left([stage('Source', get()), stage('Deploy', ask, neither)], ({ action, declaration }) =>
      action === 'Other' ? { declaration: { ...declaration, actionTypeId: type('Build', 'CodeBuild') } } : {},
    );
    anew().recover();
    expect(actionOf(id, 'Ask').status).toBe('InProgress');
    expect(actionOf(id, 'Other')).toMatchObject({ status: 'Failed', error: { code: 'JobFailed', message: cut } });
    expect(executionOf(name, id).status).toBe('InProgress');
  });

  test('after a start rules that were judged could not be, and approvals whose time is over have failed', async () => {
    const [, id] = await left([stage('Source', get()), stage('Deploy', ask)], ({ action }) =>
      action === 'Ask' ? { expiresAt: new Date(Date.now() - 1000) } : {},
    );
    const name = make([
      {
        ...stage('Judged', ask),
        beforeEntry: {
          conditions: [{ rules: [{ name: 'R', ruleTypeId: { category: 'Rule', provider: 'VariableCheck' } }] }],
        },
      },
    ]);
    const judging = engine.start(name, { trigger: manual, variables: {}, overrides: [] });
    anew().recover();
    expect(ruleRuns(store).list('execution = ?', judging)[0]).toMatchObject({
      status: 'Failed',
      isError: true,
      summary: cut,
    });
    expect(executionOf(name, judging).stages['Judged']?.conditions.beforeEntry?.status).toBe('Errored');
    expect(actionOf(id, 'Ask')).toMatchObject({
      status: 'Failed',
      error: { message: 'Nobody has approved or rejected in time.' },
    });
    await turns();
  });
});

describe('the watch of sources', () => {
  /** What the watch has asked of the engine. */
  interface Asked {
    saw: Record<string, string>[];
    starts: { trigger: object; overrides: object[] }[];
  }
  const git = (more: Record<string, string> = {}): ActionDeclaration => ({
    name: 'Get',
    actionTypeId: type('Source', 'CodeStarSourceConnection'),
    configuration: { FullRepositoryId: 'o/n', BranchName: 'main', ConnectionArn: 'arn:c', ...more },
  });
  const repository = join(store.folder, 'clone');
  const common = join(store.folder, 'common');
  let clock = 1;
  /** A ref is written: the times of its file tell. */
  const touched = (): void => {
    const file = join(common, 'refs', 'heads', 'main');
    writeFileSync(file, '');
    utimesSync(file, ++clock, clock);
  };

  function watched(
    action: ActionDeclaration,
    more: Partial<PipelineDeclaration> = {},
    startBy: () => void = () => undefined,
  ): { asked: Asked; watch: SourceWatch; look: (now?: Record<string, string>) => Promise<void>; name: string } {
    for (const { name: known } of records(store).list('1 = 1')) records(store).delete('id = ?', known);
    for (const folder of [repository, join(common, 'refs', 'heads', 'feature'), join(common, 'refs', 'tags')])
      mkdirSync(folder, { recursive: true });
    const asked: Asked = { saw: [], starts: [] };
    const name = `watched-${++count}`;
    const one = anew();
    one.create({ name, roleArn: 'r', stages: [stage('Source', action), stage('Deploy', ask)], ...more });
    tags(store).add(deliveryArn(name), [{ Key: 'mlops-flow:repository', Value: repository }]);
    const fake = {
      find: (of: string) => one.find(of),
      saw: (of: string, seen: Record<string, string>) => {
        asked.saw.push(seen);
        one.saw(of, seen);
      },
      startBy: (_of: string, start: Asked['starts'][number]) => {
        startBy();
        asked.starts.push(start);
      },
    };
    const watch = new SourceWatch(store, fake as never, (error) => broken.push(error));
    folderOf.mockResolvedValue(common);
    const look = async (now?: Record<string, string>): Promise<void> => {
      if (now) {
        touched();
        refs.mockResolvedValue(new Map(Object.entries(now)));
      }
      await watch.look();
    };
    return { asked, watch, look, name };
  }

  const seen = (entries: Record<string, string>): Record<string, string> =>
    Object.fromEntries([
      [`Get ${repository}`, ''],
      ...Object.entries(entries).map(([ref, sha]) => [`Get ${repository} ${ref}`, sha]),
    ]);
  const start = (sha: string, more: object = {}): object => ({
    trigger: { triggerType: 'WebhookV2', triggerDetail: 'arn:c', ...more },
    overrides: [{ actionName: 'Get', revisionType: 'COMMIT_ID', revisionValue: sha }],
  });

  test('starts what a push to the branch should, and nothing at the first sight', async () => {
    const { asked, look } = watched(git());
    await look({ 'refs/heads/main': 'a', 'refs/heads/dev': 'x' });
    expect(asked).toEqual({ saw: [seen({ 'refs/heads/main': 'a' })], starts: [] });
    await look({ 'refs/heads/main': 'a', 'refs/heads/dev': 'y' });
    expect(asked.saw).toHaveLength(1);
    await look({ 'refs/heads/main': 'b', 'refs/heads/dev': 'y' });
    expect(asked.starts).toEqual([start('b')]);
    expect(asked.saw.at(-1)).toEqual(seen({ 'refs/heads/main': 'b' }));
    // The branch goes, and comes again.
    await look({});
    expect(asked.saw.at(-1)).toEqual(seen({}));
    expect(asked.starts).toHaveLength(1);
    await look({ 'refs/heads/main': 'c' });
    expect(asked.starts.at(-1)).toEqual(start('c'));
  });

  test('asks git only where the files of the refs have changed', async () => {
    const { look } = watched(git());
    await look({ 'refs/heads/main': 'a' });
    await look();
    expect(refs).toHaveBeenCalledTimes(1);
    for (const [index, name] of [
      'packed-refs',
      'refs/heads/feature/x',
      'refs/tags/v1',
      'refs/heads/feature/x',
    ].entries()) {
      const file = join(common, name);
      writeFileSync(file, '');
      utimesSync(file, 1000 + index, 1000 + index);
      await look();
      expect(refs).toHaveBeenCalledTimes(2 + index);
    }
    expect(folderOf).toHaveBeenCalledTimes(1);
    rmSync(join(common, 'refs', 'tags'), { recursive: true });
    await expect(look()).resolves.toBeUndefined();
  });

  test('tells the provider, and the action where there is no connection', async () => {
    const { asked, look } = watched({
      ...git(),
      actionTypeId: type('Source', 'GitHub', 'ThirdParty'),
      configuration: { Owner: 'o', Repo: 'n', Branch: 'main' },
    });
    await look({ 'refs/heads/main': 'a' });
    await look({ 'refs/heads/main': 'b' });
    expect(asked.starts).toEqual([start('b', { triggerType: 'Webhook', triggerDetail: 'Get' })]);
  });

  test('asks the trigger of the action, where there is one', async () => {
    const triggers = [
      {
        providerType: 'CodeStarSourceConnection' as const,
        gitConfiguration: {
          sourceActionName: 'Get',
          push: [
            { branches: { includes: ['dev', 'main'] }, filePaths: { includes: ['src/**'] } },
            { tags: { includes: ['v*'] } },
          ],
        },
      },
    ];
    const { asked, look } = watched(git(), { triggers });
    await look({ 'refs/heads/dev': 'a' });
    changed.mockResolvedValue(['src/a.py']);
    await look({ 'refs/heads/dev': 'b' });
    expect(changed).toHaveBeenLastCalledWith(repository, 'a', 'b');
    expect(asked.starts).toEqual([start('b')]);
    changed.mockResolvedValue(['docs/a.md']);
    await look({ 'refs/heads/dev': 'c', 'refs/tags/v1': 't' });
    expect(asked.starts.slice(1)).toEqual([start('t')]);
    changed.mockRejectedValue(new RepositoryError('gone'));
    await look({ 'refs/heads/dev': 'd', 'refs/tags/v1': 't' });
    expect(asked.starts).toHaveLength(2);
    expect(asked.saw.at(-1)).toEqual(seen({ 'refs/heads/dev': 'd', 'refs/tags/v1': 't' }));
    changed.mockRejectedValue(new RangeError('a bug'));
    await expect(look({ 'refs/heads/dev': 'e' })).rejects.toThrow(RangeError);
  });

  test.each<[what: string, action: ActionDeclaration]>([
    ['does not want it', git({ DetectChanges: 'false' })],
    ['is not in git', get()],
    ['has no configuration', { ...get(), configuration: undefined }],
  ])('leaves alone a source that %s', async (_, action) => {
    const { asked, look } = watched(action);
    await look({ 'refs/heads/main': 'a' });
    expect(refs).not.toHaveBeenCalled();
    expect(asked.saw).toEqual([]);
  });

  test('leaves alone a source whose repository nobody has named, or that is away', async () => {
    const { asked, look, name } = watched(git());
    tags(store).remove(deliveryArn(name));
    await look({ 'refs/heads/main': 'a' });
    expect(asked.saw).toEqual([]);
    tags(store).add(deliveryArn(name), [{ Key: 'mlops-flow:repository', Value: repository }]);
    folderOf.mockRejectedValueOnce(new RepositoryError('away'));
    await look();
    expect(asked.saw).toEqual([]);
    await look();
    expect(asked.saw).toHaveLength(1);
    touched();
    refs.mockRejectedValueOnce(new RangeError('a bug'));
    await expect(look()).rejects.toThrow(RangeError);
  });

  test('keeps what other actions were seen at, not what this one was elsewhere', async () => {
    const { asked, look, name } = watched(git());
    const record = records(store).get(name);
    if (!record) throw new Error('There is no pipeline.');
    const others = { 'Other /x refs/heads/main': '1', 'Getter /x': '' };
    records(store).put({ ...record, seen: { ...others, 'Get /elsewhere': '', 'Get /elsewhere refs/heads/main': '0' } });
    await look({ 'refs/heads/main': 'a' });
    expect(asked.saw).toHaveLength(1);
    expect(asked.starts).toEqual([]);
  });

  test('a start that is refused is none; a bug is told', async () => {
    const refused = watched(git(), {}, () => {
      throw new ServiceError('ConcurrentPipelineExecutionsLimitExceededException', 'too many');
    });
    await refused.look({ 'refs/heads/main': 'a' });
    await expect(refused.look({ 'refs/heads/main': 'b' })).resolves.toBeUndefined();
    const bug = watched(git(), {}, () => {
      throw new RangeError('a bug');
    });
    await bug.look({ 'refs/heads/main': 'a' });
    await expect(bug.look({ 'refs/heads/main': 'b' })).rejects.toThrow(RangeError);
  });

  test('ends with Local', async () => {
    const { asked, watch, look } = watched(git());
    refs.mockResolvedValue(new Map([['refs/heads/main', 'a']]));
    watch.start();
    await expect.poll(() => asked.saw.length).toBe(1);
    await watch.stop();
    await look({ 'refs/heads/main': 'b' });
    expect(asked.starts).toEqual([]);
  });
});
