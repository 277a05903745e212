/**
 * Each call of each view denied in turn by the policy of Local: what is still shown, and whether the view says what is
 * missing. The matrix is printed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Connection, type Connections, local, type Session } from '../../../src/aws';
import { policyOf } from '../../../src/aws/permissions';
import type { PipelineArguments, PipelineToPanel } from '../../../src/delivery/panels/pipeline/contract';
import { FakeClock, settle } from '../../fixtures/clock';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { FakePanel } from '../../fixtures/panel';
import { inView } from '../../fixtures/view';
import { views as trees } from '../../fixtures/vscode';
import { bucket, eventually, role, root } from '../local/support';

const desk = vi.hoisted(() => ({ clipboard: '' }));
vi.mock('vscode', async () => ({
  ...(await import('../../fixtures/vscode')),
  env: { clipboard: { writeText: (text: string) => Promise.resolve(void (desk.clipboard = text)) } },
}));

// Loaded now, so that no view waits for the transformation of its files.
const Delivery = await import('../../../src/aws/delivery-sdk.bundle');
await import('../../../src/aws/serving-sdk.bundle');
await import('../../../src/aws/audit-sdk.bundle');
await import('../../../src/rooms.bundle');
await import('../../../src/definition/definition.bundle');
const { EndpointsTree } = await import('../../../src/deployment/tree');
await import('../../../src/deployment/deployment.bundle');
const { LivePlaces } = await import('../../../src/deployment/live-places');
const { EndpointController } = await import('../../../src/deployment/panels/endpoint/controller');
const { PipelinesTree } = await import('../../../src/pipelines/tree');
const { ModelsTree } = await import('../../../src/registry/tree');
const { RunGraph } = await import('../../../src/pipelines/panels/run-graph/controller');
const { MetricsPanel } = await import('../../../src/pipelines/panels/metrics/controller');
const { MeasurementReader, readAllMetrics, readConfusion, readMakingRun, readNumbers } =
  await import('../../../src/pipelines/reading');
const { startRun } = await import('../../../src/pipelines/commands/start');
const { describeExecution, listSteps, registeredModels } = await import('../../../src/pipelines/service');
const { setApproval } = await import('../../../src/registry/service');
const { VersionController } = await import('../../../src/registry/panels/version/controller');
const { overviewRows } = await import('../../../src/delivery/rows');
const { readOverview } = await import('../../../src/delivery/overview');
const { PipelinePanel } = await import('../../../src/delivery/panels/pipeline/controller');
const { copyPolicy } = await import('../../../src/aws/copy-policy');
const { isSettled } = await import('../../../src/pipelines/model');
const { Watcher } = await import('../../../src/workbench/watcher');

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-denied-'));
const file = join(folder, 'policy.json');
const statements = (...Statement: object[]): void =>
  writeFileSync(file, JSON.stringify({ Version: '2012-10-17', Statement }));
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

let bed: LocalSession;
let run: string;
let version: string;

beforeAll(async () => {
  statements(everything);
  bed = await startLocalSession('denied', { policy: file });
  const { session } = bed;
  const { sdk, s3, sagemaker } = session;
  const sample = join(root, 'media', 'sample');
  const put = async (key: string, Body: Uint8Array) =>
    s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  for (const name of await readdir(join(sample, 'src'))) {
    if (name.endsWith('.py')) await put(`penguins/code/${name}`, await readFile(join(sample, 'src', name)));
  }
  await put('penguins/data/penguins.csv', await readFile(join(sample, 'data', 'penguins.csv')));
  run = await startRun(session, {
    pipeline: 'penguins',
    definition: await readFile(join(sample, 'pipelines', 'penguins.pipeline.json'), 'utf8'),
    provenance: { commit: 'a'.repeat(40), branch: 'main', dirty: false },
    values: { Epochs: '5', MinAccuracy: '0' },
    displayName: 'first',
  });
  await eventually(async () => isSettled((await describeExecution(session, run)).status));
  [version = ''] = registeredModels(await listSteps(session, run));
  await setApproval(session, version, 'Approved', 'Good');
  const ModelName = 'penguins-1';
  await sagemaker.send(
    new sdk.CreateModelCommand({
      ModelName,
      ExecutionRoleArn: role,
      PrimaryContainer: { ModelPackageName: version },
    }),
  );
  const EndpointConfigName = 'penguins-1';
  const variant = {
    VariantName: 'AllTraffic',
    ModelName,
    InstanceType: 'ml.m5.large' as const,
    InitialInstanceCount: 1,
  };
  await sagemaker.send(new sdk.CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [variant] }));
  await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: 'penguins', EndpointConfigName }));
  await eventually(async () => {
    const { EndpointStatus } = await sagemaker.send(new sdk.DescribeEndpointCommand({ EndpointName: 'penguins' }));
    return EndpointStatus !== 'Creating';
  });
  await put('source.zip', new Uint8Array([80, 75, 5, 6, ...Array<number>(18).fill(0)]));
  const client = session.client('codepipeline', (configuration) => new Delivery.CodePipelineClient(configuration));
  const action = (name: string, category: 'Source' | 'Approval', provider: string, more: object = {}) => ({
    name,
    actionTypeId: { category, owner: 'AWS' as const, provider, version: '1' },
    ...more,
  });
  await client.send(
    new Delivery.CreatePipelineCommand({
      pipeline: {
        name: 'release',
        roleArn: role,
        artifactStore: { type: 'S3', location: bucket },
        stages: [
          {
            name: 'Source',
            actions: [
              action('Bucket', 'Source', 'S3', {
                configuration: { S3Bucket: bucket, S3ObjectKey: 'source.zip' },
                outputArtifacts: [{ name: 'source' }],
              }),
            ],
          },
          { name: 'Approve', actions: [action('Decision', 'Approval', 'Manual')] },
        ],
      },
    }),
  );
  await eventually(async () => {
    const { stageStates = [] } = await client.send(new Delivery.GetPipelineStateCommand({ name: 'release' }));
    return stageStates.at(-1)?.actionStates?.[0]?.latestExecution?.status === 'InProgress';
  });
}, 240_000);

afterAll(async () => {
  await bed.end();
  rmSync(folder, { recursive: true, force: true });
});

/** What a view is opened with: connections that count the calls under way. */
class Desk {
  readonly watcher = new Watcher(new FakeClock());
  private underWay = 0;
  private begun = 0;

  constructor(private readonly connections: Connections) {}

  /** The connections as views use them. */
  get counted() {
    return {
      active: local,
      shown: [local],
      isPinned: () => false,
      marks: () => ({ production: [], readOnly: [] }),
      onDidChange: () => ({ dispose: () => undefined }),
      session: async (connection: Connection, signal?: AbortSignal) =>
        this.count(async () => this.countedSession(await this.connections.session(connection, signal))),
    };
  }

  async count<T>(work: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    this.begun += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }

  /** Waits until nothing is asked, and nothing more follows from the last answers. */
  async quiet(): Promise<void> {
    for (let calm = 0; calm < 5; calm += 1) {
      const { begun } = this;
      await new Promise((resolve) => setTimeout(resolve, 10));
      await settle();
      if (this.underWay > 0 || this.begun > begun) calm = -1;
    }
  }

  private countedSession(session: Session): Session {
    return new Proxy(session, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const method = member.bind(target) as (...given: unknown[]) => unknown;
        if (name === 'until') return (signal: AbortSignal) => this.countedSession(target.until(signal));
        if (name !== 'call' && name !== 'change' && name !== 'identity') return method;
        return (...given: unknown[]) => this.count(() => method(...given) as Promise<unknown>);
      },
    });
  }
}

/** Opens a view, waits until it has read all, and tells what it shows, line by line. */
type View = (desk: Desk) => Promise<string[]>;

const roomOf = (desk: Desk) =>
  ({
    connections: desk.counted,
    watcher: desk.watcher,
    pollInterval: () => 60_000,
    definitions: { list: () => Promise.resolve([]), onDidChange: () => ({ dispose: () => undefined }) },
    sources: { list: () => Promise.resolve([]), onDidChange: () => ({ dispose: () => undefined }) },
    changed: () => undefined,
    journal: () =>
      Promise.resolve({
        history: () => Promise.resolve([]),
        records: () => Promise.resolve([]),
        latest: () => Promise.resolve(undefined),
      }),
    livePlaces: (session: Session) => new LivePlaces(() => undefined).of(session),
    reportNumbers: readNumbers,
    reportConfusion: readConfusion,
    runOf: readMakingRun,
    metricsOfRun: readAllMetrics,
    gatesOf: () => Promise.resolve([]),
    releasesOf: () => Promise.resolve([]),
  }) as never;

async function drawn(desk: Desk, id: string, open: readonly RegExp[]): Promise<string[]> {
  const view = trees.get(id);
  if (!view) throw new Error(`There is no view ${id}.`);
  await view.draw();
  await desk.quiet();
  for (const label of open) {
    const row = (await view.draw()).find((each) => label.test(each.label));
    if (row) await view.toggle(row.label, true);
    await view.draw();
    await desk.quiet();
  }
  await view.draw();
  await desk.quiet();
  const rows = await view.draw();
  const tips = rows.map(
    ({ element }) => (element as { resolveTooltip?: () => Promise<{ value: string }> }).resolveTooltip,
  );
  const told = ['mlopsFlow.models', 'mlopsFlow.endpoints'].includes(id)
    ? await Promise.all(tips.map(async (tip) => (await tip?.())?.value ?? ''))
    : [];
  return [
    ...rows.map(({ label, description }) => `${label} ${description}`.trim()),
    ...told.flatMap((tip) => tip.split('\n').filter((line) => line !== '')),
  ];
}

/** Texts anywhere in what a panel was told, without what changes by itself. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(texts);
}

const views: Record<string, View> = {
  Pipelines: async (desk) => {
    const tree = inView('mlopsFlow.pipelines', (view) => new PipelinesTree(roomOf(desk), view));
    const lines = await drawn(desk, 'mlopsFlow.pipelines', [/^penguins$/, /^first$/]);
    tree.dispose();
    return lines;
  },
  Models: async (desk) => {
    const tree = inView('mlopsFlow.models', (view) => new ModelsTree(roomOf(desk), view));
    const lines = await drawn(desk, 'mlopsFlow.models', []);
    tree.dispose();
    return lines;
  },
  'Run graph': async (desk) => {
    const panel = new FakePanel({ connection: local.id, executionArn: run });
    const controller = new RunGraph(roomOf(desk), new MeasurementReader(), panel);
    await desk.quiet();
    await controller.receive({ type: 'select', step: 'Train' });
    await controller.receive({ type: 'follow', step: 'Train' });
    await controller.receive({ type: 'timeline', open: true });
    await desk.quiet();
    const lines = texts(controller.state());
    controller.dispose();
    return lines;
  },
  Metrics: async (desk) => {
    const panel = new FakePanel({ connection: local.id, pipeline: 'penguins' });
    const remembered = { layout: () => undefined, marks: () => ({}) };
    const controller = new MetricsPanel(roomOf(desk), new MeasurementReader(), remembered as never, panel);
    await desk.quiet();
    await controller.receive({ type: 'need', runs: [run] });
    await desk.quiet();
    const lines = controller.state().flatMap((message) => {
      if (message.type !== 'runs') return texts(message);
      return message.runs.flatMap(({ id, metrics, parameters }) => [
        id,
        ...Object.keys(metrics).map((name) => `metric ${name}`),
        ...Object.keys(parameters).map((name) => `parameter ${name}`),
      ]);
    });
    controller.dispose();
    return lines;
  },
  Endpoints: async (desk) => {
    const tree = inView('mlopsFlow.endpoints', (view) => new EndpointsTree(roomOf(desk), view));
    const lines = await drawn(desk, 'mlopsFlow.endpoints', []);
    tree.dispose();
    return lines;
  },
  Endpoint: async (desk) => {
    const panel = new FakePanel({ connection: local.id, endpoint: 'penguins' });
    const controller = new EndpointController(roomOf(desk), panel);
    await desk.quiet();
    // What is being measured comes by itself.
    await controller.receive({ type: 'readMonitoring' });
    await desk.quiet();
    const lines = texts(controller.state());
    controller.dispose();
    return lines;
  },
  'Model version': async (desk) => {
    const panel = new FakePanel({ connection: local.id, arn: version });
    const controller = new VersionController(roomOf(desk), () => undefined, panel);
    await desk.quiet();
    const lines = texts(controller.state());
    controller.dispose();
    return lines;
  },
  Delivery: async (desk) => {
    const { signal } = new AbortController();
    const services = {
      checkouts: () => Promise.resolve([]),
      declared: () => Promise.resolve(new Set(['release'])),
      pins: () => [],
      session: (connection: Connection, until: AbortSignal) => desk.counted.session(connection, until),
      pollInterval: () => 60_000,
    };
    const session = await desk.counted.session(local);
    const overview = await readOverview(services, session, signal, undefined).catch((error: unknown) => error);
    if (overview instanceof Error) return [overview.message];
    const lines: string[] = [];
    const add = (rows: readonly { label: string; description?: string; below?: unknown }[]): void => {
      for (const { label, description = '', below } of rows) {
        lines.push(`${label} ${description}`.trim());
        if (Array.isArray(below)) add(below as never);
      }
    };
    add(overviewRows({ commit: '', pollInterval: () => 1, builds: () => [] } as never, local, overview as never));
    return lines;
  },
  'Delivery board': async (desk) => {
    const args = { connection: local.id, pipeline: 'release' };
    const panel = new FakePanel<PipelineArguments, PipelineToPanel>(args);
    const services = {
      connections: desk.counted,
      watcher: desk.watcher,
      checkouts: () => Promise.resolve([]),
      onDidChangeCheckouts: () => ({ dispose: () => undefined }),
    };
    const room = { parts: { services }, watchInterval: () => 60_000 };
    const controller = new PipelinePanel(room as never, panel);
    await desk.quiet();
    const [first] = panel.of('runs').flatMap(({ runs }) => runs);
    if (first) await controller.receive({ type: 'need', run: first.id });
    await desk.quiet();
    const lines = texts(controller.state());
    controller.dispose();
    return lines;
  },
};

/** Ages change by themselves. */
const ageless = (line: string): string => line.replace(/\b(just now|\d+ (s|min|h|d|mo|yr)( ago)?)\b/g, 'T');

async function look(view: View): Promise<{ lines: string[]; used: readonly string[]; connections: Connections }> {
  const connections = bed.connect();
  const desk = new Desk(connections);
  const lines = (await view(desk)).map(ageless);
  desk.watcher.dispose();
  return { lines, used: connections.actionsUsed(local), connections };
}

interface Cell {
  view: string;
  denied: string;
  shown: string;
  said: string;
}

it('says what is missing, and shows the rest', async () => {
  const cells: Cell[] = [];
  const faults: string[] = [];
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  for (const [name, view] of Object.entries(views)) {
    statements(everything);
    const whole = await look(view);
    await whole.connections.dispose();
    expect(whole.used.length, name).toBeGreaterThan(0);
    for (const action of whole.used) {
      statements(everything, { Effect: 'Deny', Action: action, Resource: '*' });
      const part = await look(view);
      await part.connections.dispose();
      const left = [...part.lines];
      const kept = whole.lines.filter((line) => {
        const at = left.indexOf(line);
        return at >= 0 && left.splice(at, 1).length > 0;
      });
      const said = part.lines.find((line) => line.includes(action)) ?? '';
      cells.push({ view: name, denied: action, shown: `${kept.length} of ${whole.lines.length}`, said });
      // Whoever is denied something is told so; the rows of what was not asked for stay as they were.
      if (said === '') faults.push(`${name} without ${action}: ${part.lines.join(' | ')}`);
      const isAll = action === 'sagemaker:DescribeEndpoint';
      if (name === 'Endpoint' && !isAll && kept.length * 5 < whole.lines.length * 4)
        faults.push(`${name} without ${action} shows ${kept.length} of ${whole.lines.length}`);
      if (name.startsWith('Delivery') && kept.length * 3 < whole.lines.length)
        faults.push(`${name} without ${action} shows ${kept.length} of ${whole.lines.length}`);
    }
  }
  process.off('unhandledRejection', note);
  const width = (key: keyof Cell): number => Math.max(...cells.map((cell) => cell[key].length));
  const lines = cells.map(({ view, denied, shown, said }) =>
    [
      view.padEnd(width('view')),
      denied.padEnd(width('denied')),
      shown.padStart(width('shown')),
      said.slice(0, 110),
    ].join('  '),
  );
  process.stdout.write(`\nDenied call × view: lines that are still shown, and what is said\n${lines.join('\n')}\n\n`);
  expect(faults).toEqual([]);
  expect(unhandled).toEqual([]);
}, 300_000);

it('the copied policy of what was used makes the same use work again', async () => {
  statements(everything);
  const before: Record<string, string[]> = {};
  const connections = bed.connect();
  for (const [name, view] of Object.entries(views)) {
    const desk = new Desk(connections);
    before[name] = (await view(desk)).map(ageless);
    desk.watcher.dispose();
  }
  await copyPolicy(connections, local);
  await connections.dispose();
  const copied = JSON.parse(desk.clipboard) as { Statement: object[] };
  expect(copied).toEqual(policyOf(connections.actionsUsed(local)));
  statements(...copied.Statement);
  const after: Record<string, string[]> = {};
  for (const [name, view] of Object.entries(views)) {
    const again = await look(view);
    await again.connections.dispose();
    after[name] = again.lines;
  }
  expect(after).toEqual(before);
  // And nothing else does.
  const { sagemaker, sdk } = bed.session;
  const StopPipeline = new sdk.StopPipelineExecutionCommand({
    PipelineExecutionArn: run,
    ClientRequestToken: crypto.randomUUID(),
  });
  await expect(sagemaker.send(StopPipeline)).rejects.toThrow('sagemaker:StopPipelineExecution');
}, 120_000);
