/**
 * What goes wrong between here and AWS, over the three views of an account: each ends with its rows or with a row that
 * says why there are none, and goes on by itself when it is over. Nothing is signed by another, no rejection is lost.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { Watcher } from '../../../src/workbench/watcher';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { type Answer, type Asked, FakeService, type Operation } from '../../fixtures/aws/service';
import { FakeClock, settle } from '../../fixtures/clock';
import { inView } from '../../fixtures/view';
import { type FakeTreeView, views } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

// Loaded now, so that no view waits for the transformation of its files.
await import('../../../src/rooms.bundle');
const { pagePipelines } = await import('../../../src/pipelines/service');
const { PipelinesTree } = await import('../../../src/pipelines/tree');
const { ModelsTree } = await import('../../../src/registry/tree');
const { EndpointsTree } = await import('../../../src/deployment/tree');
await import('../../../src/deployment/deployment.bundle');
await import('../../../src/aws/serving-sdk.bundle');

const dev = profileConnection('dev');
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
let profiles: Profiles;

beforeAll(async () => {
  process.on('unhandledRejection', note);
  profiles = await Profiles.use('', keysFor('dev', 'renewed'));
});

afterAll(async () => {
  process.off('unhandledRejection', note);
  await profiles.restore();
  expect(unhandled).toEqual([]);
});

const endpoint = 'arn:aws:sagemaker:eu-west-1:1:endpoint/live';
const healthy: Record<string, Operation> = {
  ListPipelines: () => ({ body: { PipelineSummaries: [{ PipelineName: 'train' }] } }),
  ListModelPackageGroups: () => ({ body: { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'penguins' }] } }),
  ListModelPackages: () => ({ body: { ModelPackageSummaryList: [] } }),
  ListEndpoints: () => ({ body: { Endpoints: [{ EndpointName: 'live', EndpointStatus: 'InService' }] } }),
  DescribeEndpoint: () => ({
    body: { EndpointName: 'live', EndpointArn: endpoint, EndpointStatus: 'InService', EndpointConfigName: 'live-1' },
  }),
  DescribeEndpointConfig: () => ({ body: { EndpointConfigName: 'live-1', ProductionVariants: [] } }),
  ListTags: () => ({ body: { Tags: [] } }),
};
/** What the views show where all is well. */
const right = [['train'], ['penguins', 'No versions yet'], ['live']];

/** What is asked: the groups that other accounts share are asked for by a request of their own. */
const requestOf = ({ operation, input }: Asked): string =>
  'CrossAccountFilterOption' in input ? `${operation} of others` : operation;

/** The three views over a service that answers as `fault` says, and as it should where that says nothing. */
class Desk {
  fault: (asked: Asked, nth: number) => Answer | undefined = () => undefined;
  readonly trees: FakeTreeView[] = [];
  private readonly clock = new FakeClock();
  private readonly watcher = new Watcher(this.clock);
  private readonly counts = new Map<string, number>();
  private readonly ends: (() => void)[] = [];

  private constructor(
    readonly service: FakeService,
    readonly connections: Connections,
  ) {
    for (const [name, operation] of Object.entries(healthy)) {
      service.operations[name] = (asked) => {
        const request = requestOf(asked);
        const nth = this.counted(request) + 1;
        this.counts.set(request, nth);
        return this.fault(asked, nth) ?? operation(asked);
      };
    }
  }

  static async open(request = 30_000): Promise<Desk> {
    const service = await FakeService.start({});
    const connections = connectionsTo(service.url, { timeouts: () => ({ connect: 30_000, request }) });
    connections.switchTo(dev);
    return new Desk(service, connections);
  }

  /** How often a request was made. */
  counted(request: string): number {
    return this.counts.get(request) ?? 0;
  }

  /** Draws the views until they show something else than that they wait. */
  async shown(): Promise<string[][]> {
    if (this.trees.length === 0) this.show();
    return vi.waitFor(
      async () => {
        const all = await Promise.all(this.trees.map((tree) => tree.labels()));
        expect(all.flat().filter((label) => label.startsWith('Looking'))).toEqual([]);
        return all;
      },
      { timeout: 40_000, interval: 20 },
    );
  }

  /** Lets the time pass until the views look again, and waits until they show `lines`. */
  async later(lines: readonly (readonly string[])[]): Promise<void> {
    await this.clock.advance(120_000, settle);
    await vi.waitFor(async () => expect(await this.shown()).toEqual(lines), { timeout: 40_000, interval: 20 });
  }

  async close(): Promise<void> {
    for (const end of this.ends) end();
    this.watcher.dispose();
    await this.connections.dispose();
    await this.service.stop();
  }

  private show(): void {
    const nothing = { list: () => Promise.resolve([]), onDidChange: () => ({ dispose: () => undefined }) };
    const room = {
      connections: this.connections,
      watcher: this.watcher,
      pollInterval: () => 5_000,
      definitions: nothing,
      sources: nothing,
      livePlaces: () => Promise.resolve({ places: new Map() }),
      reportNumbers: () => Promise.resolve([]),
      releasesOf: () => Promise.resolve([]),
    } as never;
    for (const [Tree, id] of [
      [PipelinesTree, 'mlopsFlow.pipelines'],
      [ModelsTree, 'mlopsFlow.models'],
      [EndpointsTree, 'mlopsFlow.endpoints'],
    ] as const) {
      const tree = inView(id, (view) => new Tree(room, view));
      this.ends.push(() => tree.dispose());
      const view = views.get(id);
      if (view) this.trees.push(view);
    }
  }
}

const throttled: Answer = { error: 'ThrottlingException', message: 'Rate exceeded' };
const html = (status: number): Answer => ({ body: '<html><body>Sign in</body></html>', status, type: 'text/html' });
const lists = ['ListPipelines', 'ListModelPackageGroups', 'ListEndpoints'];
/** The fault meets what the views ask first. */
const ofLists =
  (answer: Answer) =>
  ({ operation }: Asked): Answer | undefined =>
    lists.includes(operation) ? answer : undefined;

describe.concurrent('a fault that passes', () => {
  it.each<[string, Answer, number]>([
    ['throttling', throttled, 1],
    ['a 500 without a body', { body: '', status: 500 }, 2],
    ['a 503 with a body', { error: 'ServiceUnavailable', message: 'Busy.', status: 503 }, 1],
    ['a reset connection', 'reset', 2],
    ['a truncated answer', 'truncated', 1],
  ])('is not seen: %s', async (_what, answer, times) => {
    const desk = await Desk.open();
    desk.fault = (asked, nth) => (nth <= times ? ofLists(answer)(asked) : undefined);
    expect(await desk.shown()).toEqual(right);
    expect(lists.map((name) => desk.counted(name))).toEqual(lists.map(() => times + 1));
    expect(desk.service.count(undefined, 'KEYDEV')).toBe(desk.service.count());
    await desk.close();
  });

  it('is waited for as the service asks: the client slows down by itself', async () => {
    const desk = await Desk.open();
    const session = await desk.connections.session(dev);
    expect(await session.sagemaker.config.retryStrategy()).toMatchObject({ mode: 'adaptive' });
    await desk.close();
  });
});

describe.concurrent('a fault that stays', () => {
  it('is told once the tries are used up: throttling', async () => {
    const desk = await Desk.open();
    desk.fault = ({ operation }) => (operation === 'ListPipelines' ? throttled : undefined);
    const [[label], ...others] = (await desk.shown()) as [string[], ...string[][]];
    expect(label).toMatch(/^AWS asks to slow down\./);
    expect(others).toEqual(right.slice(1));
    // Each try waits longer, by chance: nothing hammers.
    expect(desk.service.count('ListPipelines')).toBe(3);
    desk.fault = () => undefined;
    await desk.later(right);
    await desk.close();
  });

  it.each<[string, Answer, RegExp]>([
    ['a 500 without a body', { body: '', status: 500 }, /^AWS has a problem of its own \(500\)\./],
    ['a 503 with a body', { error: 'ServiceUnavailable', message: 'Busy.', status: 503 }, /problem of its own \(503\)/],
    ['a page with 200', html(200), /^What answered is not AWS/],
    ['a page with 503', html(503), /^(What answered is not AWS|AWS has a problem of its own \(503\))/],
    ['a reset connection', 'reset', /^Not reachable$/],
    ['a truncated answer', 'truncated', /^Not reachable$/],
    ['no answer', 'silence', /^Not reachable$/],
    ['a proxy that wants a password', { body: '', status: 407 }, /^The proxy wants a user name/],
    ['a gateway that says no', { body: '', status: 403 }, /^Not allowed$/],
  ])('is told in each view, and over by itself: %s', async (_what, answer, label) => {
    const desk = await Desk.open(answer === 'silence' ? 1_500 : 30_000);
    desk.fault = ofLists(answer);
    for (const labels of await desk.shown()) expect(labels).toEqual([expect.stringMatching(label)]);
    // Nothing hammers: three tries for each look.
    for (const name of lists) expect(desk.counted(name)).toBeLessThanOrEqual(3);
    desk.fault = () => undefined;
    await desk.later(right);
    expect(desk.service.count(undefined, 'KEYDEV')).toBe(desk.service.count());
    await desk.close();
  });
});

describe.concurrent('a clock that is 20 minutes wrong', () => {
  const ahead = 20 * 60_000;
  const expired: Answer = {
    error: 'InvalidSignatureException',
    message: 'Signature expired: 20261128T000000Z is now earlier than 20261128T001500Z',
  };

  it('is corrected by what the service says the time is', async () => {
    const desk = await Desk.open();
    desk.service.ahead = ahead;
    desk.fault = ({ signedAt }) => (Math.abs(Date.now() + ahead - signedAt) > 5 * 60_000 ? expired : undefined);
    expect(await desk.shown()).toEqual(right);
    await desk.close();
  });

  it('is told where the service does not say what the time is', async () => {
    const desk = await Desk.open();
    desk.fault = ofLists(expired);
    for (const labels of await desk.shown()) expect(labels).toEqual([expect.stringMatching(/^The clock of this/)]);
    desk.fault = () => undefined;
    await desk.later(right);
    await desk.close();
  });
});

describe.concurrent('in the middle of a list', () => {
  const names = Array.from({ length: 250 }, (_, index) => `p${String(index).padStart(3, '0')}`);
  /** A page of the names that there are at the time. */
  const page = ({ input }: Asked, there: readonly string[]): Answer => {
    const after = typeof input['NextToken'] === 'string' ? input['NextToken'] : '';
    const items = there.filter((name) => name > after).slice(0, Number(input['MaxResults']));
    const last = items.at(-1);
    const more = last !== undefined && last !== there.at(-1);
    return {
      body: {
        PipelineSummaries: items.map((PipelineName) => ({ PipelineName })),
        ...(more ? { NextToken: last } : {}),
      },
    };
  };

  it('keys that end are read again, and each name is there once', async () => {
    const own = await Desk.open();
    // A profile of its own: the others go on with their keys.
    const renewed = profileConnection('renewed');
    let valid = 'KEYRENEWED';
    own.service.operations['ListPipelines'] = async (asked) => {
      if (asked.signer !== valid) return { error: 'ExpiredTokenException', message: 'expired' };
      if (asked.input['NextToken'] === 'p099' && valid === 'KEYRENEWED') {
        valid = 'KEYNEW';
        await profiles.write('', keysFor('dev', 'renewed').replace('KEYRENEWED', 'KEYNEW'));
        return { error: 'ExpiredTokenException', message: 'expired' };
      }
      return page(asked, names);
    };
    const session = await own.connections.session(renewed);
    const { items, next } = await pagePipelines(session, '', 3, undefined);
    expect(items).toEqual(names);
    expect(next).toBeUndefined();
    expect(new Set(own.service.asked.map(({ signer }) => signer))).toEqual(new Set(['KEYRENEWED', 'KEYNEW']));
    await own.close();
  });

  it('what vanishes between two pages is not there, and nothing is missing or twice', async () => {
    const desk = await Desk.open();
    const session = await desk.connections.session(dev);
    const left = names.filter((_, index) => index % 7 !== 3);
    desk.service.operations['ListPipelines'] = (asked) =>
      page(asked, asked.input['NextToken'] === undefined ? names : left);
    const { items } = await pagePipelines(session, '', 3, undefined);
    expect(items).toEqual([...names.slice(0, 100), ...left.filter((name) => name > 'p099')]);
    await desk.close();
  });

  it('what vanishes between the list and its description is told in its row, and goes with the next list', async () => {
    const desk = await Desk.open();
    const gone: Answer = { error: 'ValidationException', message: 'Could not find endpoint "live".' };
    desk.fault = ({ operation }) => (operation === 'DescribeEndpoint' ? gone : undefined);
    expect(await desk.shown()).toEqual(right);
    const [, , endpoints] = desk.trees;
    const rows = async () => (await endpoints?.draw())?.map(({ description }) => description);
    await vi.waitFor(async () => expect(await rows()).toEqual(['It was deleted.']), { timeout: 60_000 });
    desk.fault = ({ operation }) => (operation === 'ListEndpoints' ? { body: { Endpoints: [] } } : undefined);
    await desk.later([['train'], ['penguins', 'No versions yet'], []]);
    await desk.close();
  });
});
