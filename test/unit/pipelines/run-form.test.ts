/** The form that starts a run, over a server that fails as it is told, through the real SDK. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, local, profileConnection } from '../../../src/aws';
import type { RunFormArguments, RunFormToPanel } from '../../../src/pipelines/panels/run-form/contract';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { type Answer, callerIdentity, FakeService } from '../../fixtures/aws/service';
import { FakePanel } from '../../fixtures/panel';
import { answers, asked, EventEmitter, files, Uri } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

await import('../../../src/definition/definition.bundle');
await import('../../../src/aws/sdk.bundle');
const { RunFormController } = await import('../../../src/pipelines/panels/run-form/controller');

const dev = profileConnection('dev');
const prod = profileConnection('prod');
const definition = JSON.stringify({
  Version: '2020-12-01',
  Parameters: [{ Name: 'DataUri', Type: 'String', DefaultValue: 's3://mine/data' }],
  Steps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'x' } }],
});
const arn = 'arn:aws:sagemaker:eu-west-1:1:pipeline/penguins/execution/abc';

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
let panel: FakePanel<RunFormArguments, RunFormToPanel>;
let controller: InstanceType<typeof RunFormController>;
let problem: string | undefined;
let opened: unknown[];
/** The definition that the pipeline has; undefined where it does not exist. */
let existing: string | undefined;

beforeEach(async () => {
  problem = undefined;
  existing = definition;
  opened = [];
  answers.length = 0;
  asked.length = 0;
  files.set('/nowhere/penguins.pipeline.json', definition);
  profiles = await Profiles.use('', keysFor('dev', 'prod'));
  service = await FakeService.start({
    GetCallerIdentity: ({ signer }) => callerIdentity(signer),
    DescribePipeline: () =>
      existing === undefined
        ? { error: 'ResourceNotFound', message: 'Pipeline does not exist' }
        : { body: { PipelineName: 'penguins', PipelineDefinition: existing } },
    UpdatePipeline: () => ({ body: {} }),
    CreatePipeline: () => ({ body: {} }),
    StartPipelineExecution: () => ({ body: { PipelineExecutionArn: arn } }),
    ListPipelineExecutions: () => ({ body: { PipelineExecutionSummaries: [] } }),
  });
  connections = connectionsTo(service.url, { marks: () => ({ production: ['prod'], readOnly: [] }) });
});

afterEach(async () => {
  controller.dispose();
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

async function open(connection = dev): Promise<void> {
  panel = new FakePanel({ connection: connection.id, pipeline: 'penguins' });
  const file = {
    uri: Uri.file('/nowhere/penguins.pipeline.json'),
    folder: { uri: Uri.file('/nowhere') },
    path: 'penguins.pipeline.json',
    pipeline: 'penguins',
  };
  const config = {
    environments: new Map([['production', { connection: { profile: 'prod' }, parameters: {} }]]),
    uploads: new Map(),
    fixtures: new Map(),
    stubs: new Map(),
  };
  controller = new RunFormController(
    {
      connections,
      definitions: {
        fileOf: () => Promise.resolve(file),
        configuration: () => Promise.resolve({ config, ...(problem ? { problem } : {}) }),
        onDidChange: new EventEmitter().event,
      },
      environmentName: () => Promise.resolve(undefined),
      changed: () => undefined,
      started: (...args: unknown[]) => opened.push(args),
      showDifference: (...args: unknown[]) => Promise.resolve(void opened.push(args)),
    } as never,
    {
      values: () => undefined,
      keepValues: () => undefined,
      layout: () => undefined,
      keepLayout: () => undefined,
      marks: () => ({}),
      keepMarks: () => undefined,
    },
    panel,
  );
  await vi.waitFor(() => expect(panel.sent.length).toBeGreaterThan(0), { timeout: 20_000 });
}

const run = (environment = '', values: Record<string, string> = {}): Promise<void> =>
  controller.receive({ type: 'run', environment, values });
const lastProblem = (): string | undefined => panel.of('progress').at(-1)?.problem;
const started = () => service.asked.filter(({ operation }) => operation === 'StartPipelineExecution');

describe('the connection of the form', () => {
  it('is the one that it was opened for; an environment is run in without a switch of the window', async () => {
    connections.switchTo(local);
    await open();
    expect(panel.of('form')[0]?.form.environments.map(({ label }) => label)).toEqual(['dev', 'production']);
    await run();
    expect(opened).toEqual([[arn, dev]]);
    expect(connections.active).toBe(local);

    await open();
    answers.push('Run');
    await run('production');
    expect(opened.at(-1)).toEqual([arn, prod]);
    expect(connections.active).toBe(local);
    expect(started().map(({ signer }) => signer)).toEqual(['KEYDEV', 'KEYPROD']);
  });

  it('does not change with the active one while the form stands open', async () => {
    await open();
    connections.switchTo(prod);
    await run();
    expect(opened).toEqual([[arn, dev]]);
    expect(service.count(undefined, 'KEYPROD')).toBe(0);
  });
});

describe('a configuration that is not valid', () => {
  it('is shown at each environment, and nothing is sent', async () => {
    problem = '.mlops/config.json is not valid in line 3: uploads must be an object.';
    await open();
    expect(panel.of('form')[0]?.form.environments.map((each) => each.problem)).toEqual([
      `${problem} Fix it before you run.`,
      `${problem} Fix it before you run.`,
    ]);
    await run();
    expect(lastProblem()).toBe(`${problem} Fix it before you run.`);
    expect(service.asked).toEqual([]);
  });
});

describe('data that Local has not', () => {
  const refusal =
    "Local cannot run 2 of the 3 steps: 'A': it reads s3://b/data/ and s3://b/prepare.py, which are not there; 'B': it" +
    ' reads s3://b/data/, which is not there. Use a connection to an AWS account for this pipeline.';
  const config = '/nowhere/.mlops/config.json';

  beforeEach(() => {
    files.delete(config);
    service.operations['StartPipelineExecution'] = () => ({ error: 'ValidationException', message: refusal });
  });

  it('is chosen from this machine, one location after another, and kept', async () => {
    await open();
    await run();
    expect(panel.of('progress').at(-1)?.missing).toEqual(['s3://b/data/', 's3://b/prepare.py']);
    answers.push('/nowhere/stand-in', '/elsewhere/prepare.py');
    await controller.receive({ type: 'useLocalData' });
    expect(asked.slice(-2)).toEqual([
      'Folder that stands for s3://b/data/ (1 of 2)',
      'File that stands for s3://b/prepare.py (2 of 2)',
    ]);
    expect(JSON.parse(files.get(config) ?? '')).toEqual({
      version: 1,
      fixtures: { 's3://b/data/': 'stand-in', 's3://b/prepare.py': '/elsewhere/prepare.py' },
    });
    expect(panel.of('progress').at(-1)).toEqual({ type: 'progress', busy: false });
  });

  it('stays missing, and nothing is written, where the user gives up', async () => {
    await open();
    await run();
    answers.push('/nowhere/stand-in', undefined);
    await controller.receive({ type: 'useLocalData' });
    expect(files.has(config)).toBe(false);
    expect(panel.of('progress').at(-1)?.missing).toHaveLength(2);
  });

  it('is not asked for where the start failed for another reason', async () => {
    service.operations['StartPipelineExecution'] = () => ({
      error: 'ValidationException',
      message: 'it reads too much',
    });
    await open();
    await run();
    expect(lastProblem()).toContain('it reads too much');
    expect(panel.of('progress').at(-1)?.missing).toBeUndefined();
  });
});

describe('a pipeline that others may use', () => {
  it('is asked for before it is created, with account and region', async () => {
    existing = undefined;
    await open();
    await run();
    expect(asked).toEqual(['penguins does not exist yet. Create it?']);
    expect(started()).toEqual([]);
    expect(panel.of('progress').at(-1)).toEqual({ type: 'progress', busy: false });
  });

  it('is updated when the user says so', async () => {
    existing = '{"Steps":[]}';
    await open();
    answers.push('Update and Run');
    await run();
    expect(asked).toEqual(['The definition of penguins is another than penguins.pipeline.json. Update it?']);
    expect(service.asked.find(({ operation }) => operation === 'UpdatePipeline')?.input).toMatchObject({
      PipelineDefinition: definition,
    });
    expect(started()).toHaveLength(1);
  });

  it('is left as it is by who may only start, and the run says which definition it runs', async () => {
    existing = '{"Steps":[]}';
    await open();
    answers.push('Show Changes', 'Run without Updating');
    await run();
    expect((opened[0] as unknown[]).slice(0, 2)).toEqual(['definitions/penguins.json', existing]);
    expect(started()).toEqual([]);
    await run();
    expect(service.count('UpdatePipeline')).toBe(0);
    const description = String(started()[0]?.input['PipelineExecutionDescription']);
    expect(description).toMatch(/^Definition: sha256:[0-9a-f]{64}$/);
    await open();
    existing = definition;
    await run();
    expect(String(started()[1]?.input['PipelineExecutionDescription'])).not.toBe(description);
  });

  it('never reads a bucket of Local on AWS', async () => {
    await open();
    await run('', { DataUri: 's3://sagemaker-us-east-1-000000000000/penguins' });
    expect(lastProblem()).toBe('DataUri names a bucket of Local. Enter a bucket of the account of dev.');
    expect(service.asked).toEqual([]);
  });
});

describe('one intention', () => {
  it.each<[string, Answer]>([
    ['a reset', 'reset'],
    ['half an answer', 'truncated'],
    ['a 500 without a body', { body: '', status: 500 }],
    ['a page in place of the answer', { body: '<html></html>', type: 'text/html' }],
    ['silence', 'silence'],
  ])('is one start: after %s the run is looked for before anything is started again', async (_what, lost) => {
    service.operations['StartPipelineExecution'] = () => lost;
    if (lost === 'silence') {
      await connections.dispose();
      connections = connectionsTo(service.url, { timeouts: () => ({ connect: 5_000, request: 1_000 }) });
    }
    await open();
    await run();
    expect(lastProblem()).toMatch(/cannot be reached|a problem of its own|is not AWS/);
    const sent = started().map(({ input }) => input['ClientRequestToken']);
    expect(new Set(sent).size).toBe(1);
    const name = started()[0]?.input['PipelineExecutionDisplayName'];
    service.operations['ListPipelineExecutions'] = () => ({
      body: { PipelineExecutionSummaries: [{ PipelineExecutionArn: arn, PipelineExecutionDisplayName: name }] },
    });
    const before = started().length;
    await run();
    expect([started().length, opened]).toEqual([before, [[arn, dev]]]);
  });

  it('is not looked for when the user wants another run', async () => {
    service.operations['StartPipelineExecution'] = () => 'reset';
    await open();
    await run();
    service.operations['StartPipelineExecution'] = () => ({ body: { PipelineExecutionArn: arn } });
    await run('', { DataUri: 's3://mine/other' });
    expect(service.count('ListPipelineExecutions')).toBe(0);
    expect(started().at(-1)?.input).toMatchObject({
      PipelineParameters: [{ Name: 'DataUri', Value: 's3://mine/other' }],
    });
  });

  it('has the same token and name when it was not started', async () => {
    service.operations['StartPipelineExecution'] = () => 'reset';
    await open();
    await run();
    service.operations['StartPipelineExecution'] = () => ({ body: { PipelineExecutionArn: arn } });
    await run();
    const inputs = started().map(({ input }) => [input['ClientRequestToken'], input['PipelineExecutionDisplayName']]);
    expect(new Set(inputs.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(opened).toEqual([[arn, dev]]);
  });

  it('ends with other values', async () => {
    service.operations['StartPipelineExecution'] = () => ({ error: 'ValidationException', message: 'no' });
    await open();
    await run();
    await run('', { DataUri: 's3://mine/other' });
    const tokens = started().map(({ input }) => input['ClientRequestToken']);
    expect(new Set(tokens).size).toBe(2);
  });
});
