/** The panel of a run over a server that fails as it is told, through the real SDK. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import type { RunGraphArguments, RunGraphToPanel } from '../../../src/pipelines/panels/run-graph/contract';
import { Watcher } from '../../../src/workbench/watcher';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { type Answer, callerIdentity, FakeService, type Operation } from '../../fixtures/aws/service';
import { FakeClock, settle } from '../../fixtures/clock';
import { FakePanel } from '../../fixtures/panel';
import { answers } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

// Loaded now, so that no reading waits for the transformation of its files.
await import('../../../src/definition/definition.bundle');
await import('../../../src/aws/sdk.bundle');
const { RunGraph } = await import('../../../src/pipelines/panels/run-graph/controller');
const { MeasurementReader } = await import('../../../src/pipelines/reading');

const arn = 'arn:aws:sagemaker:eu-west-1:1:pipeline/penguins/execution/abc';
const denied: Answer = {
  error: 'AccessDeniedException',
  message: 'User: x is not authorized to perform: sagemaker:This on resource: *',
};
const definition = JSON.stringify({
  Version: '2020-12-01',
  Parameters: [{ Name: 'Seed', Type: 'Integer', DefaultValue: 7 }],
  Steps: [
    { Name: 'Train', Type: 'Training', Arguments: {} },
    { Name: 'Register', Type: 'RegisterModel', Arguments: {}, DependsOn: ['Train'] },
  ],
});
const job = 'arn:aws:sagemaker:eu-west-1:1:training-job/train-1';

/** What happens with the run: a test changes it. */
let run: { status: string; train: string; job: string; log: string[] };

const operations: Record<string, Operation> = {
  DescribePipelineExecution: () => ({
    body: { PipelineExecutionArn: arn, PipelineExecutionStatus: run.status, CreationTime: 1_700_000_000 },
  }),
  ListPipelineParametersForExecution: () => ({ body: { PipelineParameters: [{ Name: 'Seed', Value: '8' }] } }),
  ListPipelineExecutionSteps: () => ({
    body: {
      PipelineExecutionSteps: [
        { StepName: 'Train', StepStatus: run.train, StartTime: 1_700_000_000, Metadata: { TrainingJob: { Arn: job } } },
        {
          StepName: 'Register',
          StepStatus: 'Succeeded',
          Metadata: { RegisterModel: { Arn: 'arn:aws:sagemaker:eu-west-1:1:model-package/penguins/3' } },
        },
        { StepName: 'Alarm', StepStatus: 'Succeeded', Metadata: { Lambda: { Arn: 'arn:aws:lambda:x' } } },
      ],
    },
  }),
  DescribePipelineDefinitionForExecution: () => ({ body: { PipelineDefinition: definition } }),
  DescribeModelPackage: () => ({ body: { ModelApprovalStatus: 'Approved' } }),
  DescribeTrainingJob: () => ({
    body: { TrainingJobName: 'train-1', TrainingJobArn: job, TrainingJobStatus: run.job },
  }),
  DescribeLogStreams: () => ({ body: { logStreams: [{ logStreamName: 'train-1/algo-1' }] } }),
  StopPipelineExecution: () => ({ body: { PipelineExecutionArn: arn } }),
  GetCallerIdentity: () => callerIdentity('1'),
  // A page of one line, and an empty page before each of them.
  GetLogEvents: ({ input }) => {
    const at = Number(input['nextToken'] ?? 0);
    const line = at % 2 === 1 ? run.log[(at - 1) / 2] : undefined;
    const end = at >= run.log.length * 2;
    return {
      body: {
        events: line === undefined ? [] : [{ timestamp: at, message: line }],
        nextForwardToken: String(end ? at : at + 1),
      },
    };
  },
};

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
let clock: FakeClock;
let panel: FakePanel<RunGraphArguments, RunGraphToPanel>;
let graph: InstanceType<typeof RunGraph> | undefined;

beforeEach(async () => {
  run = { status: 'Executing', train: 'Executing', job: 'InProgress', log: ['one', 'two', 'three'] };
  profiles = await Profiles.use('', keysFor('dev', 'prod'));
  service = await FakeService.start({ ...operations });
  connections = connectionsTo(service.url);
  clock = new FakeClock();
});

afterEach(async () => {
  graph?.dispose();
  graph = undefined;
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

/** Opens the panel and waits until it shows something. */
async function open(): Promise<InstanceType<typeof RunGraph>> {
  panel = new FakePanel({ connection: profileConnection('dev').id, executionArn: arn });
  graph = new RunGraph(
    {
      connections,
      watcher: new Watcher(clock),
      pollInterval: () => 5000,
      changed: () => undefined,
    } as never,
    new MeasurementReader(),
    panel,
  );
  await vi.waitFor(() => expect(panel.sent.length).toBeGreaterThan(0), { timeout: 20_000 });
  await quiet();
  return graph;
}

async function quiet(): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    const { length } = service.asked;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await settle();
    if (service.busy || service.asked.length > length) calm = -1;
  }
}

/** All lines that the page shows, as its messages build them. */
function shownLines(): string[] {
  let lines: string[] = [];
  for (const message of panel.of('logs')) {
    lines = [...(message.reset ? [] : lines), ...message.lines.map(({ text }) => text)];
  }
  return lines;
}

describe('the log of a step', () => {
  it('is read over empty pages to its end, each line once, also when the step changes meanwhile', async () => {
    const controller = await open();
    await controller.receive({ type: 'follow', step: 'Train' });
    await vi.waitFor(() => expect(shownLines()).toEqual(['one', 'two', 'three']), { timeout: 20_000 });
    await quiet();
    // The step ends while its log is being read: the reading under way is given up and another begins.
    run.log = ['one', 'two', 'three', 'four', 'five'];
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const read = operations['GetLogEvents'] as Operation;
    service.operations['GetLogEvents'] = async (asked) => {
      await slow;
      return read(asked);
    };
    const before = service.count('GetLogEvents');
    const steps = service.count('ListPipelineExecutionSteps');
    run = { ...run, status: 'Succeeded', train: 'Succeeded', job: 'Completed' };
    await clock.advance(5000, settle);
    await service.until(
      () => service.count('GetLogEvents') > before && service.count('ListPipelineExecutionSteps') > steps,
    );
    await vi.waitFor(() => expect(panel.of('steps').length).toBeGreaterThan(0));
    release();
    await quiet();
    expect(shownLines()).toEqual(['one', 'two', 'three', 'four', 'five']);
    expect(panel.of('logs').at(-1)?.state).toBe('ended');
    const { length } = service.asked;
    await clock.advance(60_000, quiet);
    expect(service.asked.length).toBe(length);
  });

  it('is not read again from the start when the panel was hidden', async () => {
    const controller = await open();
    await controller.receive({ type: 'follow', step: 'Train' });
    await vi.waitFor(() => expect(shownLines()).toEqual(['one', 'two', 'three']), { timeout: 20_000 });
    await quiet();
    panel.show(false);
    run.log = [...run.log, 'four'];
    panel.show(true);
    await quiet();
    expect(shownLines()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('begins anew with the job of another attempt', async () => {
    const controller = await open();
    await controller.receive({ type: 'follow', step: 'Train' });
    await vi.waitFor(() => expect(shownLines()).toEqual(['one', 'two', 'three']), { timeout: 20_000 });
    await quiet();
    run = { ...run, train: 'Starting', log: ['again'] };
    const next = job.replace('train-1', 'train-2');
    service.operations['ListPipelineExecutionSteps'] = () => ({
      body: {
        PipelineExecutionSteps: [
          { StepName: 'Train', StepStatus: run.train, Metadata: { TrainingJob: { Arn: next } } },
        ],
      },
    });
    await clock.advance(5000, quiet);
    expect(shownLines()).toEqual(['again']);
  });
});

describe('a run of which one call is denied', () => {
  const places: [operation: string, what: string][] = [
    ['DescribeModelPackage', 'Model version'],
    ['ListPipelineParametersForExecution', 'Parameters'],
    ['DescribePipelineDefinitionForExecution', 'Definition'],
    ['ListPipelineExecutionSteps', 'Steps'],
  ];

  it.each(places)('%s: is shown all the same, and says what is missing', async (operation, what) => {
    service.operations[operation] = () => denied;
    await open();
    const [first] = panel.of('run');
    expect(first?.info).toMatchObject({ pipeline: 'penguins', status: 'Executing' });
    expect(first?.info.more).toEqual([
      {
        title: 'Could not be read',
        rows: [{ label: what, value: expect.stringContaining('sagemaker:This') as string }],
      },
    ]);
    const shown = first?.steps.map(({ id, status }) => `${id} ${status}`);
    if (what === 'Steps') expect(shown).toEqual(['Train Pending', 'Register Pending']);
    else expect(shown?.toSorted()).toEqual(['Alarm Succeeded', 'Register Succeeded', 'Train Executing']);
    if (what !== 'Definition' && what !== 'Steps') expect(first?.graph.edges).toHaveLength(1);
    if (what !== 'Parameters') expect(first?.info.parameters.map(({ value }) => value)).toEqual(['8']);
  });

  it('shows what was read before when a call is denied later', async () => {
    await open();
    for (const [operation] of places) service.operations[operation] = () => denied;
    await clock.advance(5000, quiet);
    const info = panel.of('info').at(-1)?.info;
    expect(info?.more?.[0]?.rows.map(({ label }) => label)).toEqual(['Steps']);
    expect(info?.parameters.map(({ value }) => value)).toEqual(['8']);
    expect(info?.model).toMatchObject({ approval: 'Approved' });
    expect(panel.of('steps')).toEqual([]);
  });

  it('says why there is nothing where the run itself is denied, and recovers', async () => {
    service.operations['DescribePipelineExecution'] = () => denied;
    await open();
    expect(panel.sent).toEqual([{ type: 'empty', text: expect.stringContaining('lacks the permission') as string }]);
    service.operations['DescribePipelineExecution'] = operations['DescribePipelineExecution'] as Operation;
    await clock.advance(60_000, quiet);
    expect(panel.of('run')).toHaveLength(1);
  });

  it('draws the steps of a definition that cannot be read, with a sentence', async () => {
    service.operations['DescribePipelineDefinitionForExecution'] = () => ({
      body: { PipelineDefinition: '{"Steps": [' },
    });
    await open();
    const [first] = panel.of('run');
    expect(first?.graph.nodes.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'Train Training',
      'Register RegisterModel',
      'Alarm Lambda',
    ]);
    expect(first?.info.more?.[0]?.rows[0]).toMatchObject({ label: 'Definition' });
    expect(first?.info.more?.[0]?.rows[0]?.value).toMatch(/\.$/);
  });
});

describe('what a run costs', () => {
  it('that goes on is 15 requests a minute at most beside its log, and is told at once when it has ended', async () => {
    await open();
    const { length } = service.asked;
    await clock.advance(60_000, quiet);
    expect(service.asked.length - length).toBeLessThanOrEqual(15);
    expect(service.asked.length - length).toBeGreaterThanOrEqual(12);
    run.status = 'Failed';
    run.train = 'Failed';
    await clock.advance(5_000, quiet);
    expect(panel.of('info').at(-1)?.info.status).toBe('Failed');
    const ended = service.asked.length;
    await clock.advance(600_000, quiet);
    expect(service.asked.length).toBe(ended);
  });

  it('that ended while its steps were listed has them listed again', async () => {
    await open();
    const list = operations['ListPipelineExecutionSteps'] as Operation;
    service.operations['ListPipelineExecutionSteps'] = (asked) => {
      const answer = list(asked);
      run = { ...run, status: 'Succeeded', train: 'Succeeded' };
      return answer;
    };
    await clock.advance(60_000, quiet);
    expect(panel.of('info').at(-1)?.info.status).toBe('Succeeded');
    expect(panel.of('steps').flatMap(({ steps }) => steps.map(({ id, status }) => `${id} ${status}`))).toContain(
      'Train Succeeded',
    );
  });

  it('does not hide what a person has done: Stopping is there after the next look', async () => {
    const controller = await open();
    run.status = 'Stopping';
    await controller.receive({ type: 'refresh' });
    expect(panel.of('info').at(-1)?.info.status).toBe('Stopping');
  });
});

describe('a step that tries several things', () => {
  const tuning = 'arn:aws:sagemaker:eu-west-1:1:hyper-parameter-tuning-job/tune';
  let jobs: { status: string; most: number };
  const child = (number: string, value?: number, status = 'Completed') => ({
    TrainingJobName: `tune-${number}`,
    TrainingJobStatus: status,
    CreationTime: 1_700_000_000,
    TunedHyperParameters: { eta: '0.1' },
    ...(value === undefined
      ? {}
      : {
          TrainingStartTime: 1_700_000_000,
          TrainingEndTime: 1_700_000_061,
          FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'loss', Value: value },
        }),
  });
  const metadata = (Metadata: object): void => {
    service.operations['ListPipelineExecutionSteps'] = () => ({
      body: {
        PipelineExecutionSteps: [{ StepName: 'Train', StepStatus: run.train, StartTime: 1_700_000_000, Metadata }],
      },
    });
  };
  const trials = () => panel.of('detail').at(-1)?.detail.trials;

  beforeEach(() => {
    jobs = { status: 'InProgress', most: 5 };
    metadata({ TuningJob: { Arn: tuning } });
    service.operations['DescribeHyperParameterTuningJob'] = () => ({
      body: {
        HyperParameterTuningJobName: 'tune',
        HyperParameterTuningJobArn: tuning,
        HyperParameterTuningJobStatus: jobs.status,
        HyperParameterTuningJobConfig: {
          Strategy: 'Random',
          HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
          ResourceLimits: { MaxNumberOfTrainingJobs: jobs.most, MaxParallelTrainingJobs: 1 },
        },
        BestTrainingJob: { TrainingJobName: 'tune-002' },
      },
    });
    service.operations['ListTrainingJobsForHyperParameterTuningJob'] = () => ({
      body: { TrainingJobSummaries: [child('001', 0.4), child('003', undefined, 'InProgress'), child('002', 0)] },
    });
  });

  it('shows them as a table, the best first, and follows a job that goes on', async () => {
    const controller = await open();
    await controller.receive({ type: 'select', step: 'Train' });
    expect(trials()?.columns.map(({ name }) => name)).toEqual(['Name', 'loss', 'eta', 'Status', 'Duration']);
    expect(trials()?.rows).toEqual([
      { cells: ['002', '0', '0.1', 'Completed', '1 min 1 s'], isBest: true, link: expect.any(String) as string },
      { cells: ['001', '0.4', '0.1', 'Completed', '1 min 1 s'], link: expect.any(String) as string },
      { cells: ['003', '–', '0.1', 'InProgress', ''], link: expect.any(String) as string },
    ]);
    service.operations['ListTrainingJobsForHyperParameterTuningJob'] = () => ({
      body: { TrainingJobSummaries: [child('001', 0.4), child('002', 0), child('003', 0.1)] },
    });
    for (let looks = 0; looks < 5; looks += 1) await clock.advance(7_500, quiet);
    expect(trials()?.rows.map(({ cells }) => cells[0])).toEqual(['002', '003', '001']);
    // At rest, nothing is listed again.
    jobs.status = 'Completed';
    for (let looks = 0; looks < 5; looks += 1) await clock.advance(7_500, quiet);
    const listed = service.count('ListTrainingJobsForHyperParameterTuningJob');
    for (let looks = 0; looks < 5; looks += 1) await clock.advance(7_500, quiet);
    expect(service.count('ListTrainingJobsForHyperParameterTuningJob')).toBe(listed);
  });

  it('costs, while it is selected, no more than any other run: 15 requests a minute', async () => {
    const controller = await open();
    await controller.receive({ type: 'select', step: 'Train' });
    await clock.advance(30_000, quiet);
    const { length } = service.asked;
    await clock.advance(120_000, quiet);
    expect((service.asked.length - length) / 2).toBeLessThanOrEqual(15);
    expect(service.asked.slice(length).map(({ operation }) => operation)).toContain(
      'ListTrainingJobsForHyperParameterTuningJob',
    );
  });

  it('asks for the best of a long list, and says that there are others', async () => {
    jobs.most = 500;
    service.operations['ListTrainingJobsForHyperParameterTuningJob'] = () => ({
      body: { TrainingJobSummaries: [child('002', 0)], NextToken: 'more' },
    });
    const controller = await open();
    await controller.receive({ type: 'select', step: 'Train' });
    const [asked] = service.asked.filter(({ operation }) => operation.startsWith('ListTrainingJobsFor'));
    expect(asked?.input).toMatchObject({
      SortBy: 'FinalObjectiveMetricValue',
      SortOrder: 'Ascending',
      MaxResults: 100,
    });
    expect(trials()?.note).toBe('1 are shown; the others are in the AWS console.');
  });

  it('says why they are not there where that is denied, beside all else of the job', async () => {
    service.operations['ListTrainingJobsForHyperParameterTuningJob'] = () => denied;
    const controller = await open();
    await controller.receive({ type: 'select', step: 'Train' });
    expect(trials()).toMatchObject({ rows: [], note: expect.stringContaining('sagemaker:This') as string });
    expect(panel.of('detail').at(-1)?.detail.input[0]?.title).toBe('Search');
  });

  it('shows the candidates of an AutoML job', async () => {
    metadata({ AutoMLJob: { Arn: 'arn:aws:sagemaker:eu-west-1:1:automl-job/auto' } });
    service.operations['DescribeAutoMLJobV2'] = () => ({
      body: { AutoMLJobName: 'auto', AutoMLJobStatus: 'Completed', BestCandidate: { CandidateName: 'b' } },
    });
    const candidate = (CandidateName: string, Value: number) => ({
      CandidateName,
      CandidateStatus: 'Completed',
      FinalAutoMLJobObjectiveMetric: { MetricName: 'validation:f1', Type: 'Maximize', Value },
    });
    service.operations['ListCandidatesForAutoMLJob'] = () => ({
      body: { Candidates: [candidate('a', 0.5), candidate('b', 0.75)] },
    });
    const controller = await open();
    await controller.receive({ type: 'select', step: 'Train' });
    expect(trials()).toMatchObject({
      title: 'Candidates',
      rows: [{ cells: ['b', '0.75', 'Completed', ''], isBest: true }, {}],
    });
  });
});

describe('the connection of a run', () => {
  it('is the one that the panel was opened for, whichever is active', async () => {
    connections.switchTo(profileConnection('prod'));
    const opened: unknown[] = [];
    panel = new FakePanel({ connection: profileConnection('dev').id, executionArn: arn });
    const note = (...args: unknown[]): void => void opened.push(args.at(-1));
    graph = new RunGraph(
      {
        connections,
        watcher: new Watcher(clock),
        pollInterval: () => 5000,
        changed: () => undefined,
        openObject: note,
        openStepLog: note,
        openMetrics: note,
        revealModel: note,
      } as never,
      new MeasurementReader(),
      panel,
    );
    await quiet();
    await graph.receive({ type: 'open', link: 's3://bucket/key' });
    await graph.receive({ type: 'open', link: 'arn:aws:sagemaker:eu-west-1:1:model-package/penguins/3' });
    await graph.receive({ type: 'openLog', step: 'Train' });
    await graph.receive({ type: 'openMetrics' });
    await graph.receive({ type: 'select', step: 'Train' });
    answers.push(undefined, 'Stop');
    await graph.receive({ type: 'stop' });
    expect(service.count('StopPipelineExecution')).toBe(0);
    await graph.receive({ type: 'stop' });
    expect(opened).toEqual(Array.from({ length: 4 }, () => profileConnection('dev')));
    expect(service.count('StopPipelineExecution')).toBe(1);
    expect(new Set(service.asked.map(({ signer }) => signer))).toEqual(new Set(['KEYDEV']));
  });
});
