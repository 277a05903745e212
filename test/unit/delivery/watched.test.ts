/** What it costs to watch a run that never rests: requests, counted over a minute as its panel asks. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { PipelinePanel } from '../../../src/delivery/panels/pipeline/controller';
import type { PipelineArguments, PipelineToPanel } from '../../../src/delivery/panels/pipeline/contract';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService } from '../../fixtures/aws/service';
import { declaration } from '../../fixtures/delivery';
import { FakePanel } from '../../fixtures/panel';

vi.mock('vscode', () => import('../../fixtures/vscode'));

interface Watched {
  interval(): number;
  poll(signal: AbortSignal): Promise<unknown>;
}

const dev = profileConnection('dev');
const { signal } = new AbortController();
let profiles: Profiles;
let service: FakeService;
let connections: Connections;
let changes = 0;

beforeEach(async () => {
  profiles = await Profiles.use('', keysFor('dev'));
  const build = {
    id: 'penguins-test:1',
    buildStatus: 'IN_PROGRESS',
    logs: { groupName: '/aws/codebuild/penguins-test', streamName: '1' },
  };
  const states = {
    GetPipeline: () => ({ body: { pipeline: declaration } }),
    // Each look finds another state: nothing that was read before can be kept.
    GetPipelineState: () => ({
      body: {
        pipelineName: 'penguins-delivery',
        pipelineVersion: 3,
        stageStates: [
          {
            stageName: 'Test',
            latestExecution: { pipelineExecutionId: 'r1', status: 'InProgress' },
            actionStates: [
              { actionName: 'Unit', latestExecution: { status: 'InProgress', summary: `step ${++changes}` } },
            ],
          },
        ],
      },
    }),
    ListPipelineExecutions: () => ({
      body: { pipelineExecutionSummaries: [{ pipelineExecutionId: 'r1', status: 'InProgress', startTime: 1 }] },
    }),
    ListActionExecutions: () => ({ body: { actionExecutionDetails: [] } }),
    GetPipelineExecution: () => ({ body: { pipelineExecution: { variables: [] } } }),
    BatchGetBuilds: () => ({ body: { builds: [build] } }),
    DescribeLogStreams: () => ({ body: { logStreams: [{ logStreamName: '1' }] } }),
    GetLogEvents: () => ({ body: { events: [{ message: `line ${changes}`, timestamp: 1 }], nextForwardToken: 'f/1' } }),
  };
  service = await FakeService.start(states);
  connections = connectionsTo(service.url);
});

afterEach(async () => {
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

test.each([
  ['its actions shown', undefined],
  ['the log of its build open', 'penguins-test:1'],
])('a run that is watched with %s costs at most 36 requests a minute', async (_, build) => {
  let watched: (Watched & { hear(look: unknown): void }) | undefined;
  const watcher = {
    watch: (definition: Watched, heard: { value(look: unknown): void }) => {
      watched = Object.assign(definition, { hear: (look: unknown) => heard.value(look) });
      return { dispose: () => undefined };
    },
    refresh: () => Promise.resolve(),
  };
  const services = {
    connections,
    watcher,
    checkouts: () => Promise.resolve([]),
    onDidChangeCheckouts: () => ({ dispose: () => undefined }),
  };
  const panel = new FakePanel<PipelineArguments, PipelineToPanel>({
    connection: dev.id,
    pipeline: 'penguins-delivery',
  });
  // As often as the settings' default asks for.
  const controller = new PipelinePanel({ parts: { services }, watchInterval: () => 5_000 } as never, panel);
  await controller.receive({ type: 'need', run: 'r1' });
  if (build !== undefined) await controller.receive({ type: 'log', build });
  if (!watched) throw new Error('Nothing is watched.');
  // What is read once, when the panel opens.
  watched.hear(await watched.poll(signal));
  const before = service.asked.length;
  let looks = 0;
  for (let time = 0; time < 60_000; time += watched.interval()) {
    watched.hear(await watched.poll(signal));
    looks += 1;
  }
  expect(looks).toBe(build === undefined ? 12 : 6);
  expect(service.count('ListActionExecutions')).toBe(looks + 1);
  expect(service.asked.length - before).toBeLessThanOrEqual(36);
  controller.dispose();
});
