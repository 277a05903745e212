/** The views over a server that counts requests and knows who signed them, through the real SDK. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connection, type Connections, profileConnection } from '../../../src/aws';
import type { Row } from '../../../src/workbench';
import { Watcher } from '../../../src/workbench/watcher';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { type Answer, type Asked, FakeService, type Operation } from '../../fixtures/aws/service';
import { FakeClock, settle } from '../../fixtures/clock';
import { inView } from '../../fixtures/view';
import { type FakeTreeView, Uri, views } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { PipelinesTree } = await import('../../../src/pipelines/tree');
const { ModelsTree } = await import('../../../src/registry/tree');
const { EndpointsTree } = await import('../../../src/deployment/tree');
await import('../../../src/deployment/deployment.bundle');
const { loadMore } = await import('../../../src/workbench');

const dev = profileConnection('dev');
const prod = profileConnection('prod');
const denied: Answer = {
  error: 'AccessDeniedException',
  message: 'User: x is not authorized to perform: sagemaker:This on resource: *',
};
/** What belongs to whom: the names of everything begin with the account's. */
const account = ({ signer }: Asked): string => signer.replace('KEY', '').toLowerCase();

const pipelines: Operation = (asked) => ({
  body: { PipelineSummaries: ['train', 'score'].map((name) => ({ PipelineName: `${account(asked)}-${name}` })) },
});
const executions: Operation = ({ input }) => ({
  body: {
    PipelineExecutionSummaries: [
      {
        PipelineExecutionArn: `arn:aws:sagemaker:eu-west-1:1:pipeline/${String(input['PipelineName'])}/execution/abc`,
        PipelineExecutionStatus: 'Executing',
        StartTime: 1_700_000_000,
      },
    ],
  },
});
const groups: Operation = (asked) => ({
  body: {
    ModelPackageGroupSummaryList: ['one', 'two', 'three'].map((name) => ({
      ModelPackageGroupName: `${account(asked)}-${name}`,
    })),
  },
});
const versions: Operation = ({ input }) => ({
  body: {
    ModelPackageSummaryList: (input['ModelPackageType'] === 'Unversioned' ? [] : [1, 2]).map((version) => ({
      ModelPackageArn: `arn:aws:sagemaker:eu-west-1:1:model-package/${String(input['ModelPackageGroupName'])}/${version}`,
      ModelPackageGroupName: input['ModelPackageGroupName'],
      ModelPackageVersion: version,
      ModelApprovalStatus: 'Approved',
    })),
  },
});
const version: Operation = ({ input }) => ({
  body: {
    ModelPackageGroupName: String(input['ModelPackageName']).split('/').at(-2),
    ModelPackageVersion: Number(String(input['ModelPackageName']).split('/').at(-1)),
    ModelApprovalStatus: 'Approved',
  },
});

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
let clock: FakeClock;
let watcher: Watcher;
let ends: (() => void)[];
/** The Pipelines view that was opened last. */
let opened: InstanceType<typeof PipelinesTree>;
/** What the button of the view does. */
let refresh: () => void;

beforeEach(async () => {
  profiles = await Profiles.use('', keysFor('dev', 'prod'));
  service = await FakeService.start({
    ListPipelines: pipelines,
    ListPipelineExecutions: executions,
    ListPipelineExecutionSteps: () => ({ body: { PipelineExecutionSteps: [] } }),
    ListModelPackageGroups: groups,
    ListModelPackages: versions,
    DescribeModelPackage: version,
  });
  connections = connectionsTo(service.url);
  clock = new FakeClock();
  watcher = new Watcher(clock);
  ends = [];
});

afterEach(async () => {
  for (const end of ends) end();
  watcher.dispose();
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

function view(id: string): FakeTreeView {
  const made = views.get(id);
  if (!made) throw new Error(`There is no view ${id}.`);
  return made;
}

function fileOf(pipeline: string, path: string): object {
  return { pipeline, path, uri: Uri.file(`/project/${path}`) };
}

/** The Pipelines view, with definitions of these pipelines in the workspace. */
function openPipelines(defined: readonly string[] = [], made: readonly object[] = []): FakeTreeView {
  const room = {
    connections,
    watcher,
    definitions: {
      list: () => Promise.resolve(defined.map((pipeline) => fileOf(pipeline, `${pipeline}.pipeline.json`))),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    sources: {
      list: () => Promise.resolve(made),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    pollInterval: ({ kind }: Connection) => (kind === 'local' ? 400 : 5000),
  } as never;
  const tree = inView('mlopsFlow.pipelines', (shown) => new PipelinesTree(room, shown));
  ends.push(() => tree.dispose());
  opened = tree;
  refresh = () => tree.refresh();
  return view('mlopsFlow.pipelines');
}

/** The Models view. */
function openModels(): FakeTreeView {
  return openModelsTree().view;
}

/** @param numbers what the report at a URI has */
function openModelsTree(numbers: (uri: string) => (readonly [string, number])[] = () => []) {
  const room = {
    connections,
    watcher,
    livePlaces: () => Promise.resolve({ places: new Map() }),
    reportNumbers: (_session: unknown, uri: string) => Promise.resolve(numbers(uri)),
    releasesOf: () => Promise.resolve([]),
    openRun: () => undefined,
  } as never;
  const tree = inView('mlopsFlow.models', (shown) => new ModelsTree(room, shown));
  ends.push(() => tree.dispose());
  return { tree, view: view('mlopsFlow.models') };
}

/** Waits until the service has answered all that was asked, and the answers were heard. */
async function quiet(): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    const { length } = service.asked;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await settle();
    if (service.busy || service.asked.length > length) calm = -1;
  }
}

/** Draws until the tree shows `label`. */
async function shows(tree: FakeTreeView, label: string | RegExp): Promise<string[]> {
  return vi.waitFor(
    async () => {
      const labels = await tree.labels();
      expect(labels.join('\n')).toMatch(label);
      return labels;
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** A click on the row with this label. */
async function press(tree: FakeTreeView, label: string): Promise<void> {
  const element = (await tree.draw()).find((row) => row.label === label)?.element;
  const [view = '', id = ''] = ((element as Row | undefined)?.command?.arguments ?? []) as string[];
  loadMore(view, id);
}

/** How many requests come in a minute, with nothing else going on. */
async function perMinute(): Promise<number> {
  await quiet();
  const before = service.asked.length;
  await clock.advance(60_000, quiet);
  return service.asked.length - before;
}

describe('pipelines of scripts', () => {
  it('are all listed, also two of one name and one without', async () => {
    connections.switchTo(dev);
    const maker = { kind: 'function', name: 'get_pipeline', parameters: [] };
    const script = (path: string, name?: string): object => {
      const uri = Uri.file(`/project/${path}`);
      return { maker, path, uri, line: 0, sdk: 2, ...(name && { name }) };
    };
    const tree = openPipelines(
      [],
      [script('a/pipeline.py', 'Abalone'), script('b/pipeline.py', 'Abalone'), script('c/own.py')],
    );
    const labels = await shows(tree, 'Abalone');
    expect(labels.filter((label) => label === 'Abalone')).toHaveLength(2);
    expect(labels).toContain('own.py');
  });
});

describe('after a switch', () => {
  it('no request with the old identity begins, and none of its rows is shown', async () => {
    connections.switchTo(dev);
    const tree = openPipelines();
    await shows(tree, 'dev-train');
    await tree.toggle('dev-train', true);
    await tree.toggle('dev-score', true);
    await quiet();

    // The answers of dev take their time: a reading is under way when the user switches.
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    service.operations['ListPipelines'] = async (asked) => {
      if (asked.signer === 'KEYDEV') await slow;
      return pipelines(asked);
    };
    await clock.advance(60_000, settle);
    await service.until(() => service.count('ListPipelines', 'KEYDEV') === 2);
    connections.switchTo(prod);
    const old = service.count(undefined, 'KEYDEV');
    expect(await tree.labels()).toEqual(['Looking for pipelines…']);
    await shows(tree, 'prod-train');
    release();
    await clock.advance(60_000, quiet);
    expect(await tree.labels()).toEqual(['prod-train', 'prod-score']);
    expect(service.count(undefined, 'KEYDEV')).toBe(old);
    expect(service.count(undefined, 'KEYPROD')).toBeGreaterThan(0);
  });

  it('nothing goes on between the pages of a list', async () => {
    connections.switchTo(dev);
    service.operations['ListPipelines'] = (asked) => ({
      body: {
        PipelineSummaries: [{ PipelineName: account(asked) }],
        ...(account(asked) === 'dev' ? { NextToken: 'more' } : {}),
      },
    });
    const tree = openPipelines();
    await shows(tree, 'Load More…');
    for (let pages = 0; pages < 1000; pages++) await press(tree, 'Load More…');
    await service.until(() => service.count('ListPipelines', 'KEYDEV') > 3);
    connections.switchTo(prod);
    await shows(tree, 'prod');
    const old = service.count(undefined, 'KEYDEV');
    await quiet();
    expect(service.count(undefined, 'KEYDEV')).toBe(old);
  });

  it('there are as many requests a minute as in a window that was opened on the connection', async () => {
    connections.switchTo(dev);
    const opened = openPipelines(['dev-train']);
    await shows(opened, 'dev-score');
    const whenOpened = await perMinute();
    for (const end of ends.splice(0)) end();

    connections.switchTo(prod);
    const switched = openPipelines(['dev-train']);
    await shows(switched, 'prod-score');
    connections.switchTo(dev);
    await shows(switched, 'dev-score');
    expect(await perMinute()).toBe(whenOpened);
    // The list of pipelines once, and four looks at the one that is open, since one of its runs moves.
    expect(whenOpened).toBe(5);
  });

  it('the rows of a command still belong to the connection that they were made for', async () => {
    connections.switchTo(dev);
    const tree = openPipelines();
    await shows(tree, 'dev-train');
    const [row] = await tree.draw();
    connections.switchTo(prod);
    await shows(tree, 'prod-train');
    expect(row?.element).toMatchObject({ label: 'dev-train', connection: dev });
  });
});

describe('a call that is never answered', () => {
  it('hangs neither a switch nor Refresh', async () => {
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 60_000, request: 600_000 }) });
    connections.switchTo(dev);
    service.operations['ListPipelines'] = (asked) => (asked.signer === 'KEYDEV' ? 'silence' : pipelines(asked));
    const tree = openPipelines();
    expect(await tree.labels()).toEqual(['Looking for pipelines…']);
    await service.until(() => service.count('ListPipelines', 'KEYDEV') === 1);
    connections.switchTo(prod);
    await shows(tree, 'prod-train');
    connections.switchTo(dev);
    await tree.labels();
    await service.until(() => service.count('ListPipelines', 'KEYDEV') === 2);
    service.operations['ListPipelines'] = pipelines;
    refresh();
    await shows(tree, 'dev-train');
  });

  it('ends in a row that says so and recovers by itself', async () => {
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 5_000, request: 300 }) });
    connections.switchTo(dev);
    service.operations['ListPipelines'] = () => 'silence';
    const tree = openPipelines(['mine']);
    expect(await tree.labels()).toEqual(['mine', 'Looking for runs…']);
    const labels = await shows(tree, /^Not reachable$/m);
    expect(labels).toContain('mine');
    service.operations['ListPipelines'] = pipelines;
    await clock.advance(60_000, quiet);
    await shows(tree, 'dev-train');
    expect((await tree.labels()).join()).not.toContain('reachable');
  });
});

describe('of several calls, one that is denied', () => {
  it('leaves the other pipelines and their runs', async () => {
    connections.switchTo(dev);
    service.operations['ListPipelineExecutions'] = (asked) =>
      asked.input['PipelineName'] === 'dev-train' ? denied : executions(asked);
    const tree = openPipelines(['dev-train', 'dev-score']);
    const labels = await shows(tree, /Denied: This[^]*abc/);
    expect(labels).toEqual(['dev-train', 'Denied: This', 'dev-score', expect.stringContaining('abc')]);
    service.operations['ListPipelines'] = () => denied;
    await clock.advance(60_000, quiet);
    const now = await tree.labels();
    expect(now[0]).toBe('Denied: This');
    expect(now).toEqual(expect.arrayContaining(['dev-train', 'dev-score', 'abc']));
  });

  it('leaves the other groups, and nothing is read again because of it', async () => {
    connections.switchTo(dev);
    service.operations['ListModelPackages'] = (asked) =>
      asked.input['ModelPackageGroupName'] === 'dev-two' ? denied : versions(asked);
    const tree = openModels();
    await shows(tree, /dev-one\nVersion 1\nVersion 2\ndev-two\nDenied: This\ndev-three\nVersion 1/);
    await quiet();
    const described = service.count('DescribeModelPackage');
    expect(described).toBe(4);
    const minute = await perMinute();
    expect(service.count('DescribeModelPackage')).toBe(described);
    // One list for the groups and one for each that is open.
    expect(minute).toBeLessThanOrEqual(4);
  });

  it('leaves the versions as the list tells them, and is not asked for again and again', async () => {
    connections.switchTo(dev);
    service.operations['DescribeModelPackage'] = (asked) =>
      String(asked.input['ModelPackageName']).endsWith('/1') ? denied : version(asked);
    const tree = openModels();
    await shows(tree, /dev-one\nVersion 1\nVersion 2/);
    await quiet();
    const rows = await tree.draw();
    expect(rows.find(({ label }) => label === 'Version 1')?.description).toMatch(/^Approved · .*Denied: This/);
    expect(rows.find(({ label }) => label === 'Version 2')?.description).toBe('Approved');
    const described = service.count('DescribeModelPackage');
    await clock.advance(120_000, quiet);
    expect(service.count('DescribeModelPackage')).toBe(described);
  });
});

describe('what was measured', () => {
  const bodyOf = (answer: Answer): unknown => (typeof answer === 'object' && 'body' in answer ? answer.body : {});
  const finished: Operation = async (asked) => {
    const { PipelineExecutionSummaries } = bodyOf(await executions(asked)) as { PipelineExecutionSummaries: object[] };
    const done = { ...PipelineExecutionSummaries[0], PipelineExecutionStatus: 'Succeeded' };
    return { body: { PipelineExecutionSummaries: [done] } };
  };
  const arn = 'arn:aws:sagemaker:eu-west-1:1:training-job/train';
  const measured: Readonly<Record<string, Operation>> = {
    ListPipelineExecutions: finished,
    DescribePipelineDefinitionForExecution: () => ({
      body: { PipelineDefinition: '{"Version":"2020-12-01","Steps":[]}' },
    }),
    ListPipelineExecutionSteps: () => ({
      body: {
        PipelineExecutionSteps: [
          { StepName: 'Train', StepStatus: 'Succeeded', Metadata: { TrainingJob: { Arn: arn } } },
        ],
      },
    }),
    DescribeTrainingJob: () => ({
      body: { TrainingJobName: 'train', FinalMetricDataList: [{ MetricName: 'accuracy', Value: 0.91, Timestamp: 1 }] },
    }),
  };

  it('by a run stands beside it, and is read once', async () => {
    Object.assign(service.operations, measured);
    connections.switchTo(dev);
    const tree = openPipelines(['dev-train']);
    const run = async () => (await tree.draw()).find(({ label }) => label === 'abc')?.description;
    await shows(tree, /dev-train\nabc/);
    await vi.waitFor(async () => expect(await run()).toMatch(/^accuracy 0\.91 · Succeeded · /));
    await quiet();
    const count = service.count('DescribeTrainingJob');
    expect(count).toBe(1);
    refresh();
    await quiet();
    expect(await run()).toMatch(/accuracy 0\.91/);
    expect(service.count('DescribeTrainingJob')).toBe(count);
  });

  it('but may not be read is said with the run, and asked for again by Refresh alone', async () => {
    Object.assign(service.operations, measured, { DescribeTrainingJob: () => denied });
    connections.switchTo(dev);
    const tree = openPipelines(['dev-train']);
    const run = async () => (await tree.draw()).find(({ label }) => label === 'abc')?.description;
    await shows(tree, /dev-train\nabc/);
    await vi.waitFor(async () => expect(await run()).toMatch(/^Succeeded · .*lacks the permission/));
    await quiet();
    const count = service.count('DescribeTrainingJob');
    await clock.advance(120_000, quiet);
    expect(service.count('DescribeTrainingJob')).toBe(count);
    service.operations['DescribeTrainingJob'] = measured['DescribeTrainingJob'] as Operation;
    refresh();
    await vi.waitFor(async () => expect(await run()).toMatch(/^accuracy 0\.91 · Succeeded/));
  });

  it('by versions puts them in order and leaves some out, without another request', async () => {
    const all = [4, 3, 2, 1];
    const accuracy: Readonly<Record<string, number>> = { '4': 0.8, '3': 0.95, '2': 0.9 };
    service.operations['ListModelPackageGroups'] = () => ({
      body: { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'one' }] },
    });
    service.operations['ListModelPackages'] = ({ input }) => ({
      body: {
        ModelPackageSummaryList: (input['ModelPackageType'] === 'Unversioned' ? [] : all).map((each) => ({
          ModelPackageArn: `arn:aws:sagemaker:eu-west-1:1:model-package/one/${each}`,
          ModelPackageGroupName: 'one',
          ModelPackageVersion: each,
          ModelApprovalStatus: 'Approved',
        })),
      },
    });
    service.operations['DescribeModelPackage'] = async (asked) => {
      const described = bodyOf(await version(asked)) as { ModelPackageVersion: number };
      const S3Uri = `s3://reports/${described.ModelPackageVersion}.json`;
      const ModelMetrics = { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri } } };
      return { body: { ...described, ModelMetrics } };
    };
    connections.switchTo(dev);
    const { tree, view: shown } = openModelsTree((uri) => {
      const value = accuracy[/(\d)\.json$/.exec(uri)?.[1] ?? ''];
      return value === undefined ? [] : [['metrics.accuracy', value]];
    });
    await shows(shown, /Version 4\nVersion 3\nVersion 2\nVersion 1$/);
    await vi.waitFor(async () => expect(tree.metricNames()).toEqual(['metrics.accuracy']));
    await quiet();
    const { length } = service.asked;
    tree.list({ name: '', order: { metric: 'accuracy', first: 'highest' } }, ['by accuracy']);
    await shows(shown, /Version 3\nVersion 2\nVersion 4\nVersion 1$/);
    expect(shown.description).toBe('by accuracy');
    const condition = { metric: 'accuracy', operator: '>=', limit: 0.9 } as const;
    tree.list({ name: '', condition, order: { metric: 'accuracy', first: 'lowest' } }, []);
    await shows(shown, /Version 2\nVersion 3\n2 of the newest 4 are not accuracy >= 0\.9$/);
    tree.list({ name: '' }, []);
    await shows(shown, /Version 4\nVersion 3\nVersion 2\nVersion 1$/);
    expect(service.asked.length).toBe(length);
  });
});

describe('at rest', () => {
  it('both views ask four times a minute at most', async () => {
    connections.switchTo(dev);
    service.operations['ListPipelineExecutions'] = async (asked) => {
      const answer = JSON.stringify(await executions(asked)).replace('Executing', 'Succeeded');
      return JSON.parse(answer) as Answer;
    };
    service.operations['ListModelPackageGroups'] = (asked) => ({
      body: { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: `${account(asked)}-one` }] },
    });
    const tree = openPipelines(['dev-train']);
    await shows(tree, /dev-train\nabc/);
    await shows(openModels(), 'Version 2');
    expect(await perMinute()).toBe(4);
    tree.show(false);
    view('mlopsFlow.models').show(false);
    expect(await perMinute()).toBe(0);
  });
});

/** Lists so many names by pages of the size that was asked for, and of those only what the question allows. */
const named =
  (count: number): Operation =>
  ({ input }) => {
    const { PipelineNamePrefix: prefix } = input;
    const all = Array.from({ length: count }, (_, index) => `p${String(index).padStart(5, '0')}`).filter((name) =>
      name.startsWith(typeof prefix === 'string' ? prefix : ''),
    );
    const from = Number(input['NextToken'] ?? 0);
    const to = from + Number(input['MaxResults']);
    return {
      body: {
        PipelineSummaries: all.slice(from, to).map((PipelineName) => ({ PipelineName })),
        ...(to < all.length ? { NextToken: String(to) } : {}),
      },
    };
  };

describe('thousands of pipelines', () => {
  it('are there after one request, and more of them with each click', async () => {
    service.operations['ListPipelines'] = named(5_000);
    connections.switchTo(dev);
    const tree = openPipelines();
    const labels = await shows(tree, 'p00099');
    expect(labels.slice(-2)).toEqual(['p00099', 'Load More…']);
    expect(service.count('ListPipelines')).toBe(1);
    await press(tree, 'Load More…');
    const more = await shows(tree, 'p00199');
    expect(more).toHaveLength(201);
    // A look at what may have changed reads the first page again, and what else was read stays.
    await quiet();
    const before = service.count('ListPipelines');
    await clock.advance(60_000, quiet);
    expect(service.count('ListPipelines') - before).toBe(1);
    expect(await tree.labels()).toEqual(more);
  });

  it('can be asked for by what their names begin with, also those of the workspace', async () => {
    service.operations['ListPipelines'] = named(5_000);
    connections.switchTo(dev);
    const shown = openPipelines(['p04999', 'other']);
    await shows(shown, 'p00099');
    opened.filterBy('p0499');
    const labels = await shows(shown, 'p04990');
    expect(labels.filter((label) => label.startsWith('p'))).toHaveLength(10);
    expect(labels).not.toContain('other');
    opened.filterBy('');
    expect(await shows(shown, 'p00099')).toContain('other');
  });
});

/** An answer that waits until it is let go. */
function held(answer: Operation): { operation: Operation; letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  return { operation: (asked) => gate.then(() => answer(asked)), letGo: () => letGo() };
}

describe('rows that take a request each', () => {
  // Answers wait until the test lets them go: nothing is given up meanwhile.
  beforeEach(() => {
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 60_000, request: 60_000 }) });
  });

  it('of versions are there after one request, and only those that are shown are described', async () => {
    const all = Array.from({ length: 20_000 }, (_, index) => 20_000 - index);
    service.operations['ListModelPackageGroups'] = () => ({
      body: { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'one' }] },
    });
    const lists = (): number =>
      service.asked.filter(({ input }) => input['ModelPackageGroupName'] === 'one' && 'SortBy' in input).length;
    service.operations['ListModelPackages'] = ({ input }) => {
      if (input['ModelPackageType'] === 'Unversioned') return { body: {} };
      const from = Number(input['NextToken'] ?? 0);
      const to = from + Number(input['MaxResults'] ?? 10);
      const listed = all.slice(from, to).map((each) => ({
        ModelPackageArn: `arn:aws:sagemaker:eu-west-1:1:model-package/one/${each}`,
        ModelPackageGroupName: 'one',
        ModelPackageVersion: each,
        ModelApprovalStatus: 'Approved',
      }));
      return { body: { ModelPackageSummaryList: listed, NextToken: String(to) } };
    };
    const { operation, letGo } = held(version);
    service.operations['DescribeModelPackage'] = operation;
    connections.switchTo(dev);
    const tree = openModels();
    const labels = await shows(tree, 'Version 19976');
    expect(labels.slice(-2)).toEqual(['Version 19976', 'Load More…']);
    expect(lists()).toBe(1);
    // What the page of the service has beside is shown without another request, whatever is under way.
    await press(tree, 'Load More…');
    expect((await shows(tree, 'Version 19951')).at(-2)).toBe('Version 19951');
    expect(lists()).toBe(1);
    letGo();
    await quiet();
    const described = service.asked.filter(({ operation: each }) => each === 'DescribeModelPackage');
    expect(new Set(described.map(({ input }) => input['ModelPackageName'])).size).toBe(50);
    await quiet();
    const before = service.asked.length;
    await clock.advance(60_000, quiet);
    // Nothing is described again.
    expect(service.asked.slice(before).map(({ operation: each }) => each)).toEqual([
      'ListModelPackageGroups',
      'ListModelPackages',
    ]);
  });

  it('of endpoints are there after one request, with what the list tells', async () => {
    service.operations['ListEndpoints'] = ({ input }) => ({
      body: {
        Endpoints: Array.from({ length: Number(input['MaxResults']) }, (_, index) => ({
          EndpointName: `e${String(index + Number(input['NextToken'] ?? 0)).padStart(3, '0')}`,
          EndpointStatus: 'InService',
        })),
        ...(input['NextToken'] === undefined ? { NextToken: '100' } : {}),
      },
    });
    const { operation, letGo } = held(() => denied);
    service.operations['DescribeEndpoint'] = operation;
    connections.switchTo(dev);
    const endpoints = inView(
      'mlopsFlow.endpoints',
      (shown) => new EndpointsTree({ connections, watcher, pollInterval: () => 5_000 } as never, shown),
    );
    ends.push(() => endpoints.dispose());
    const tree = view('mlopsFlow.endpoints');
    expect(await shows(tree, 'e000')).toHaveLength(101);
    expect(service.count('ListEndpoints')).toBe(1);
    await press(tree, 'Load More…');
    expect(await shows(tree, 'e100')).toHaveLength(200);
    letGo();
    await quiet();
    expect((await tree.draw()).map(({ description }) => description)).toEqual(
      Array.from({ length: 200 }, () => 'Denied: This'),
    );
  });
});

describe('several connections', () => {
  it('stand side by side, each with its own rows, and one that fails is alone with it', async () => {
    connections.switchTo(dev);
    connections.togglePin(prod);
    const tree = openPipelines();
    expect(
      (await shows(tree, /dev-train[^]*prod-train|prod-train[^]*dev-train/)).filter((label) =>
        /^(dev|prod)$/.test(label),
      ),
    ).toEqual(['dev', 'prod']);
    service.operations['ListPipelines'] = (asked) => (account(asked) === 'prod' ? denied : pipelines(asked));
    refresh();
    const labels = await shows(tree, /^Denied/m);
    expect(labels.slice(0, labels.indexOf('prod'))).toContain('dev-train');
    expect(labels[labels.indexOf('prod') + 1]).toBe('Denied: This');
    connections.togglePin(prod);
    const alone = await shows(tree, 'dev-train');
    expect(alone).not.toContain('prod');
  });

  it('ask for nothing more than each alone', async () => {
    connections.switchTo(dev);
    const tree = openPipelines();
    await shows(tree, 'dev-score');
    const alone = await perMinute();
    connections.togglePin(prod);
    await shows(tree, 'prod-score');
    expect(await perMinute()).toBe(2 * alone);
  });

  it('are remembered, with their region', async () => {
    const kept: string[][] = [];
    const other = connectionsTo(service.url, {
      pinned: () => ['profile:prod@eu-west-3'],
      pin: (ids) => kept.push([...ids]),
    });
    expect(other.shown.map(({ label }) => label)).toEqual(['Local', 'prod (eu-west-3)']);
    other.togglePin(dev);
    expect(kept).toEqual([['profile:prod@eu-west-3', 'profile:dev']]);
    await other.dispose();
  });
});
