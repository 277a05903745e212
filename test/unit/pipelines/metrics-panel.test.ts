/** The table of a pipeline's runs over a server that fails as it is told, through the real SDK. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import type { MetricsArguments, MetricsRun, MetricsToPanel } from '../../../src/pipelines/panels/metrics/contract';
import { Watcher } from '../../../src/workbench/watcher';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { type Answer, FakeService } from '../../fixtures/aws/service';
import { FakeClock, settle } from '../../fixtures/clock';
import { FakePanel } from '../../fixtures/panel';

vi.mock('vscode', () => import('../../fixtures/vscode'));

await import('../../../src/definition/definition.bundle');
await import('../../../src/aws/sdk.bundle');
const { MetricsPanel } = await import('../../../src/pipelines/panels/metrics/controller');
const { MeasurementReader } = await import('../../../src/pipelines/reading');

const denied: Answer = {
  error: 'AccessDeniedException',
  message: 'User: x is not authorized to perform: sagemaker:This on resource: *',
};
const arnOf = (id: number | string) => `arn:aws:sagemaker:eu-west-1:1:pipeline/penguins/execution/run${id}`;
const idOf = (arn: unknown) => Number(/run(\d+)$/.exec(String(arn))?.[1]);

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
let clock: FakeClock;
let panel: FakePanel<MetricsArguments, MetricsToPanel>;
let controller: InstanceType<typeof MetricsPanel>;
let runs: number;
/** The loss of a run's training, and when it came to rest. */
let loss: number;
let rested: number;
let status: string;

beforeEach(async () => {
  [runs, loss, rested, status] = [3, 0.5, 1_700_000_000, 'Succeeded'];
  profiles = await Profiles.use('', keysFor('dev'));
  service = await FakeService.start({
    ListPipelineExecutions: () => ({
      body: {
        PipelineExecutionSummaries: Array.from({ length: runs }, (_, index) => ({
          PipelineExecutionArn: arnOf(runs - index),
          PipelineExecutionStatus: status,
        })),
      },
    }),
    DescribePipelineExecution: ({ input }) => ({
      body: {
        PipelineExecutionArn: input['PipelineExecutionArn'],
        PipelineExecutionStatus: status,
        LastModifiedTime: rested,
      },
    }),
    ListPipelineParametersForExecution: ({ input }) => ({
      body: { PipelineParameters: [{ Name: 'Seed', Value: String(idOf(input['PipelineExecutionArn'])) }] },
    }),
    DescribePipelineDefinitionForExecution: () => ({
      body: {
        PipelineDefinition: JSON.stringify({
          Version: '2020-12-01',
          Steps: [{ Name: 'Train', Type: 'Training', Arguments: {} }],
        }),
      },
    }),
    ListPipelineExecutionSteps: ({ input }) => ({
      body: {
        PipelineExecutionSteps: [
          {
            StepName: 'Train',
            StepStatus: 'Succeeded',
            Metadata: { TrainingJob: { Arn: `arn:x:training-job/job${idOf(input['PipelineExecutionArn'])}` } },
          },
        ],
      },
    }),
    DescribeTrainingJob: () => ({
      body: { TrainingJobStatus: 'Completed', FinalMetricDataList: [{ MetricName: 'loss', Value: loss }] },
    }),
  });
  connections = connectionsTo(service.url);
  clock = new FakeClock();
});

afterEach(async () => {
  controller.dispose();
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

async function quiet(): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    const { length } = service.asked;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await settle();
    if (service.busy || service.asked.length > length) calm = -1;
  }
}

async function open(): Promise<void> {
  panel = new FakePanel({ connection: profileConnection('dev').id, pipeline: 'penguins' });
  controller = new MetricsPanel(
    { connections, watcher: new Watcher(clock), pollInterval: () => 5000 } as never,
    new MeasurementReader(),
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
  await vi.waitFor(() => expect(panel.of('runs').length + panel.of('freshness').length).toBeGreaterThan(0), {
    timeout: 20_000,
  });
  await quiet();
}

/** The table as the messages to the page build it. */
function table(): MetricsRun[] {
  let rows: MetricsRun[] = [];
  for (const message of panel.sent) {
    if (message.type === 'runs') rows = message.runs;
    if (message.type === 'patch') {
      const changed = new Map(message.runs.map((run) => [run.id, run]));
      rows = rows.map((run) => changed.get(run.id) ?? run);
    }
  }
  return rows;
}

describe('the table of runs', () => {
  it('is shown as far as it has been read, and the rest is read piece by piece', async () => {
    runs = 60;
    await open();
    expect(panel.of('runs').at(-1)).toMatchObject({ loading: true });
    expect(table()).toHaveLength(60);
    expect(table().filter(({ metrics }) => 'loss' in metrics)).toHaveLength(24);
    await clock.advance(0, quiet);
    expect(panel.of('runs').at(-1)).toMatchObject({ loading: false });
    expect(
      table().every(
        ({ metrics, parameters, id }) => metrics['loss'] === 0.5 && parameters['Seed'] === String(idOf(id)),
      ),
    ).toBe(true);
    const described = service.count('DescribePipelineExecution');
    expect(described).toBe(60);
    await clock.advance(20_000, quiet);
    expect(service.count('DescribePipelineExecution')).toBe(described);
  });

  it('reads a run anew that was retried, with what it measured the second time', async () => {
    runs = 1;
    await open();
    expect(table()[0]?.metrics).toEqual({ loss: 0.5 });
    status = 'Executing';
    await clock.advance(5000, quiet);
    [status, rested, loss] = ['Succeeded', rested + 100, 0.25];
    await clock.advance(5000, quiet);
    expect(table()[0]).toMatchObject({ status: 'Succeeded', metrics: { loss: 0.25 } });
  });

  it.each([
    ['DescribePipelineExecution', (run: MetricsRun) => run.metrics['loss'] === 0.5],
    ['ListPipelineParametersForExecution', (run: MetricsRun) => run.metrics['loss'] === 0.5],
    ['DescribePipelineDefinitionForExecution', (run: MetricsRun) => run.metrics['loss'] === 0.5],
    ['ListPipelineExecutionSteps', (run: MetricsRun) => run.parameters['Seed'] !== undefined],
    ['DescribeTrainingJob', (run: MetricsRun) => run.parameters['Seed'] !== undefined],
  ])('keeps what could be read of each run where %s is denied, and says so', async (operation, holds) => {
    service.operations[operation] = () => denied;
    await open();
    expect(table()).toHaveLength(3);
    expect(table().every(holds)).toBe(true);
    expect(panel.of('freshness').at(-1)?.problem).toMatch(/^Some values could not be read\. dev lacks/);
  });

  it('says why there is nothing, keeps what there was, and recovers', async () => {
    const list = service.operations['ListPipelineExecutions'];
    service.operations['ListPipelineExecutions'] = () => denied;
    await open();
    expect(panel.of('freshness').at(-1)?.problem).toMatch(/sagemaker:This/);
    if (list) service.operations['ListPipelineExecutions'] = list;
    await clock.advance(60_000, quiet);
    expect(table()).toHaveLength(3);
    service.operations['ListPipelineExecutions'] = () => denied;
    await clock.advance(5000, quiet);
    expect(table()).toHaveLength(3);
    expect(panel.of('freshness').at(-1)?.problem).toMatch(/sagemaker:This/);
  });
});
