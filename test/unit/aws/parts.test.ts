/** The parts on which rooms build: questions before a change, heads of trees, pages, logs, curves, policies. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { window as realWindow } from 'vscode';
import { Connections, local, profileConnection, type Session } from '../../../src/aws';
import { confirmChange, placeOf } from '../../../src/aws/confirm';
import { environmentConnection } from '../../../src/aws/connection';
import { copyPolicy } from '../../../src/aws/copy-policy';
import { connectionHead } from '../../../src/aws/head';
import { readLog } from '../../../src/aws/logs';
import type { metricsClient } from '../../../src/aws/metrics-sdk.bundle';
import { collect, type Paged, readPages } from '../../../src/aws/paging';
import { actionsAround, features, passing, policyOf } from '../../../src/aws/permissions';
import { isMarked } from '../../../src/aws/protection';
import { askRegion } from '../../../src/aws/regions';
import { connectionServices } from '../../fixtures/aws/connection-services';
import { answers, asked, copied } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

beforeEach(() => {
  for (const list of [answers, asked, copied]) list.length = 0;
});
afterEach(() => void vi.restoreAllMocks());

const dev = profileConnection('dev');
const me = { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/me' };

function session(production: boolean, connection = dev): Session {
  return {
    connection,
    region: 'eu-west-1',
    identity: () => Promise.resolve(me),
    isProduction: () => Promise.resolve(production),
  } as Partial<Session> as Session;
}

describe('a change', () => {
  const place = 'dev: account 111122223333, region eu-west-1, as arn:aws:iam::111122223333:user/me.';

  test.each<[string, boolean, boolean | undefined, typeof dev, boolean]>([
    ['in production', true, undefined, dev, true],
    ['elsewhere', false, undefined, dev, false],
    ['elsewhere, always', false, true, dev, true],
    ['on this machine, always', true, true, local, false],
  ])('is asked for %s', async (_what, production, always, connection, isAsked) => {
    const question = { text: 'Stop it?', action: 'Stop', ...(always === undefined ? {} : { always }) };
    for (const [answer, goesOn] of [
      ['Stop', true],
      [undefined, false],
    ] as const) {
      asked.length = 0;
      answers.splice(0, answers.length, answer);
      expect(await confirmChange(session(production, connection), question)).toBe(isAsked ? goesOn : true);
      expect(asked).toEqual(isAsked ? ['Stop it?'] : []);
    }
  });

  test('is asked for in a dialog that says where', async () => {
    const show = vi.spyOn(realWindow, 'showWarningMessage').mockResolvedValue('Stop' as never);
    expect(await confirmChange(session(true), { text: 'Stop it?', action: 'Stop' })).toBe(true);
    expect(show.mock.calls).toEqual([['Stop it?', { modal: true, detail: `Production. ${place}` }, 'Stop']]);
    expect(await placeOf(session(false))).toBe(place);
  });
});

describe('the head of a connection', () => {
  const prod = profileConnection('prod');
  const pinned = [profileConnection('one'), profileConnection('two'), prod];

  function connections(marks: { production?: string[]; readOnly?: string[] } = {}, pins = pinned): Connections {
    return new Connections(
      connectionServices({
        marks: () => ({ production: marks.production ?? [], readOnly: marks.readOnly ?? [] }),
        pinned: () => pins.map(({ id }) => id),
        remembered: () => dev.id,
      }),
    );
  }

  test('has a colour by its pin, and words for what else it is', () => {
    const all = connections();
    expect([...pinned, dev, local].map((each) => connectionHead(all, each))).toMatchObject([
      { label: 'one', description: '', icon: { icon: 'cloud', color: 'charts.blue' }, context: 'connection pinned' },
      { label: 'two', icon: { icon: 'cloud', color: 'charts.green' }, accessibleLabel: 'Connection, two' },
      { label: 'prod', icon: { color: 'charts.purple' }, connection: prod },
      {
        label: 'dev',
        description: 'active',
        icon: { icon: 'cloud', color: 'charts.orange' },
        context: 'connection unpinned active',
        accessibleLabel: 'Connection, dev, active',
      },
      { label: 'Local', icon: { icon: 'vm', color: 'charts.orange' }, context: 'connection unpinned' },
    ]);
    const many = Array.from({ length: 6 }, (_, index) => profileConnection(`p${index}`));
    expect(many.map((each) => connectionHead(connections({}, many), each).icon)).toMatchObject(
      ['blue', 'green', 'purple', 'orange', 'yellow', 'blue'].map((color) => ({ color: `charts.${color}` })),
    );
  });

  test('keeps its colour, whichever is active', () => {
    const all = connections();
    const before = pinned.map((each) => connectionHead(all, each).icon);
    all.switchTo(prod);
    expect(pinned.map((each) => connectionHead(all, each).icon)).toEqual(before);
    expect(connectionHead(all, prod)).toMatchObject({ description: 'active', context: 'connection pinned active' });
  });

  test('says what it is marked as', () => {
    const all = connections({ production: ['prod', 'dev'], readOnly: ['prod'] });
    expect(connectionHead(all, prod)).toMatchObject({
      description: 'production · read-only',
      icon: { icon: 'cloud', color: 'charts.red' },
      context: 'connection pinned production read-only',
      accessibleLabel: 'Connection, prod, production, read-only',
    });
    expect(connectionHead(all, dev).description).toBe('active · production');
    expect(connectionHead(all, local)).toMatchObject({ description: '' });
  });

  test('says who one is where it is pointed at', async () => {
    const all = connections();
    const asking = vi.spyOn(all, 'session').mockResolvedValue(session(false));
    expect(await connectionHead(all, prod).resolveTooltip?.()).toBe(
      'prod: account 111122223333, region eu-west-1, as arn:aws:iam::111122223333:user/me',
    );
    expect(asking).toHaveBeenCalledWith(prod);
  });
});

describe('pages', () => {
  /** Pages of ten numbers, as far as there are any. */
  const numbers = (last: number, asked: (string | undefined)[], from = 0) => {
    return (token: string | undefined): Promise<{ items: number[]; next: string | undefined }> => {
      asked.push(token);
      const first = token === undefined ? from : Number(token);
      const items = Array.from({ length: Math.min(10, last - first) }, (_, index) => first + index);
      return Promise.resolve({ items, next: first + 10 < last ? String(first + 10) : undefined });
    };
  };
  const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
  const read = (last: number, pages: number, before?: Paged<number>, from = 0) => {
    const asked: (string | undefined)[] = [];
    return readPages(numbers(last, asked, from), String, pages, before).then((paged) => ({ ...paged, asked }));
  };

  test('are read as many as are wanted, as far as there are any', async () => {
    expect(await read(25, 1)).toEqual({ items: upTo(0, 10), next: '10', pages: 1, asked: [undefined] });
    expect(await read(25, 2)).toEqual({ items: upTo(0, 20), next: '20', pages: 2, asked: [undefined, '10'] });
    expect(await read(25, 9)).toEqual({
      items: upTo(0, 25),
      next: undefined,
      pages: 3,
      asked: [undefined, '10', '20'],
    });
    expect(await read(0, 2)).toMatchObject({ items: [], pages: 1 });
  });

  test('that are known are not read again where the first one meets them', async () => {
    const before: Paged<number> = { items: upTo(3, 33), next: '33', pages: 3 };
    expect(await read(50, 3, before)).toEqual({ items: upTo(0, 33), next: '33', pages: 3, asked: [undefined] });
    expect(await read(50, 4, before)).toMatchObject({
      items: upTo(0, 43),
      next: '43',
      pages: 4,
      asked: [undefined, '33'],
    });
    // Of what was in the first page and is gone, nothing is left.
    expect(await read(50, 3, { ...before, items: [3, 5, 100, 101] })).toMatchObject({
      items: [...upTo(0, 10), 100, 101],
    });
  });

  test('that are known are read again where they do not meet, and where they were one', async () => {
    const far: Paged<number> = { items: upTo(20, 40), next: '40', pages: 2 };
    expect(await read(50, 2, far)).toEqual({ items: upTo(0, 20), next: '20', pages: 2, asked: [undefined, '10'] });
    const one: Paged<number> = { items: upTo(2, 12), next: '12', pages: 1 };
    expect(await read(50, 1, one)).toEqual({ items: upTo(0, 10), next: '10', pages: 1, asked: [undefined] });
  });

  test('have each item once, though a list has moved meanwhile', async () => {
    const pages = [
      { items: [3, 2], next: 'b' },
      { items: [2, 1], next: undefined },
    ];
    expect(await readPages(() => Promise.resolve(pages.shift() ?? expect.fail()), String, 5, undefined)).toEqual({
      items: [3, 2, 1],
      next: undefined,
      pages: 2,
    });
  });

  test('of a paginator are read until there are enough', async () => {
    let read = 0;
    async function* pages(): AsyncGenerator<{ items?: number[] }> {
      for (const items of [[1, 2], undefined, [3, 4], [5]]) {
        read += 1;
        yield items ? { items } : {};
      }
    }
    const items = (page: { items?: number[] }): number[] | undefined => page.items;
    expect([await collect(pages(), items), read]).toEqual([[1, 2, 3, 4, 5], 4]);
    expect([await collect(pages(), items, 4), read]).toEqual([[1, 2, 3, 4], 7]);
    expect([await collect(pages(), items, 3), read]).toEqual([[1, 2, 3], 10]);
    expect([await collect(pages(), items, 2), read]).toEqual([[1, 2], 11]);
  });
});

describe('a log', () => {
  class ResourceNotFoundException extends Error {}
  class GetLogEventsCommand {
    constructor(readonly input: { logStreamName: string; nextToken?: string }) {}
  }
  const place = { group: '/jobs', prefix: 'job/' };
  interface Stored {
    message: string;
  }

  /** Streams whose pages are these; after the last one the service answers with the token that it was given. */
  function logs(streams: Record<string, (Stored[] | undefined)[]> | Error) {
    const sent: object[] = [];
    const doing: string[] = [];
    const tried = {
      region: 'x',
      connection: dev,
      logs: {
        send: ({ input }: GetLogEventsCommand) => {
          sent.push(input);
          const pages = streams instanceof Error ? [] : (streams[input.logStreamName] ?? []);
          const at = Number(input.nextToken ?? 0);
          const events = pages[at];
          const nextForwardToken = pages.length === 0 ? undefined : String(Math.min(at + 1, pages.length));
          return Promise.resolve({ ...(events ? { events } : {}), nextForwardToken });
        },
      },
      sdk: {
        ResourceNotFoundException,
        GetLogEventsCommand,
        paginateDescribeLogStreams: async function* (with_: object, input: object) {
          sent.push(input);
          expect(Object.keys(with_)).toEqual(['client']);
          await Promise.resolve();
          if (streams instanceof Error) throw streams;
          yield { logStreams: Object.keys(streams).map((logStreamName) => ({ logStreamName })) };
          yield { logStreams: [{}] };
          yield {};
        },
      },
      call: (what: string, work: () => Promise<unknown>) => {
        doing.push(what);
        return work();
      },
    };
    return { session: tried as unknown as Session, sent, doing };
  }
  const said = (...messages: string[]): Stored[] => messages.map((message) => ({ message }));

  test('is read over all its streams and pages to the end', async () => {
    const {
      session: open,
      sent,
      doing,
    } = logs({ 'job/a': [said('1'), undefined, said('2', '3')], 'job/b': [said('4')] });
    const { events, cursor } = await readLog(open, place);
    expect(events.map(({ message }) => message)).toEqual(['1', '2', '3', '4']);
    expect([...cursor]).toEqual([
      ['job/a', '3'],
      ['job/b', '1'],
    ]);
    const common = { logGroupName: '/jobs', logStreamName: 'job/a', startFromHead: true };
    expect(sent.slice(0, 3)).toEqual([
      { logGroupName: '/jobs', logStreamNamePrefix: 'job/' },
      common,
      { ...common, nextToken: '1' },
    ]);
    expect(new Set(doing)).toEqual(new Set(['find the log', 'read the log']));
  });

  test('is read on from where it was', async () => {
    const from = new Map([['job/a', '1']]);
    const { session: open } = logs({ 'job/a': [said('1'), said('2')] });
    const { events, cursor } = await readLog(open, place, from);
    expect(events.map(({ message }) => message)).toEqual(['2']);
    expect([...cursor, ...from]).toEqual([
      ['job/a', '2'],
      ['job/a', '1'],
    ]);
  });

  test('is empty where there is none yet', async () => {
    expect(await readLog(logs(new ResourceNotFoundException()).session, place)).toEqual({
      events: [],
      cursor: new Map(),
    });
    expect(await readLog(logs({ 'job/a': [] }).session, place)).toEqual({ events: [], cursor: new Map() });
    await expect(readLog(logs(new Error('no')).session, place)).rejects.toThrow('no');
  });
});

describe('curves', () => {
  const load = () => import('../../../src/aws/metrics-sdk.bundle');
  const configuration = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'KEY', secretAccessKey: 's' },
  };
  interface Sent {
    hostname: string;
    path: string;
    method: string;
    body: Uint8Array;
    headers: Record<string, string>;
  }

  async function client(
    more: object,
    answer: object,
  ): Promise<{ client: ReturnType<typeof metricsClient>; sent: Sent[] }> {
    const sdk = await load();
    const sent: Sent[] = [];
    const handle = (request: Sent): Promise<object> => {
      sent.push(request);
      const body = new TextEncoder().encode(JSON.stringify(answer));
      const headers = { 'content-type': 'application/json' };
      return Promise.resolve({ response: { statusCode: 200, headers, body } });
    };
    const requestHandler = { handle, destroy: () => undefined } as never;
    return { client: sdk.metricsClient({ ...configuration, requestHandler, ...more }), sent };
  }
  const query = {
    MetricName: 'loss',
    ResourceArn: 'arn:job',
    MetricStat: 'Last',
    Period: 'IterationNumber',
    XAxisType: 'IterationNumber',
  } as const;

  test('are asked of the service of metrics, signed for SageMaker', async () => {
    const result = { Status: 'Complete', Message: 'm', XAxisValues: [1, 2], MetricValues: [0.5, 0.25] };
    const { client: metrics, sent } = await client({}, { MetricQueryResults: [result] });
    expect(await (await load()).batchGetMetrics(metrics, [query, query])).toEqual([result]);
    expect(sent).toMatchObject([
      { hostname: 'metrics.sagemaker.eu-west-1.amazonaws.com', path: '/BatchGetMetrics', method: 'POST' },
    ]);
    expect(JSON.parse(new TextDecoder().decode(sent[0]?.body))).toEqual({ MetricQueries: [query, query] });
    expect(sent[0]?.headers['authorization']).toContain('/eu-west-1/sagemaker/aws4_request');
  });

  test('are asked where an endpoint is set, and none are no failure', async () => {
    const { client: metrics, sent } = await client({ endpoint: 'http://runtime.here' }, {});
    expect(await (await load()).batchGetMetrics(metrics, [])).toEqual([]);
    expect(sent).toMatchObject([{ hostname: 'runtime.here' }]);
  });

  test('a request to a service without a client is signed by whom the session is', async () => {
    const calls: string[] = [];
    const open = {
      client: (service: string, make: (given: typeof configuration) => unknown) => {
        calls.push(service);
        return make(configuration);
      },
      call: (doing: string, work: () => Promise<unknown>) => {
        calls.push(doing);
        return work();
      },
    } as unknown as Session;
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 29), toFake: ['Date'] });
    const { signedHeaders } = await load();
    const sign = (more: object) =>
      signedHeaders(open, 'sagemaker-mlflow', 'eu-west-1', {
        method: 'GET',
        url: new URL('https://mlflow.here/api/2.0?a=1'),
        headers: { accept: 'x' },
        ...more,
      });
    const signatures = [
      await sign({}),
      await sign({ method: 'POST' }),
      await sign({ method: 'POST', body: '{}' }),
      await sign({ url: new URL('https://mlflow.here/api/2.0?a=2') }),
      await sign({ url: new URL('https://mlflow.here/api/2.1?a=1') }),
      await sign({ url: new URL('https://mlflow.here:8443/api/2.0?a=1') }),
    ];
    vi.useRealTimers();
    expect(signatures[0]).toMatchObject({
      accept: 'x',
      host: 'mlflow.here',
      'x-amz-date': '20261129T000000Z',
      authorization: expect.stringContaining(
        'Credential=KEY/20261129/eu-west-1/sagemaker-mlflow/aws4_request',
      ) as string,
    });
    expect(signatures.map(({ host }) => host).at(-1)).toBe('mlflow.here:8443');
    expect(new Set(signatures.map(({ authorization }) => authorization)).size).toBe(signatures.length);
    expect(calls.slice(0, 2)).toEqual(['signer', 'sign the request']);
  });
});

describe('a policy', () => {
  const passes = {
    Sid: 'MlopsFlowPassRole',
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: 'arn:aws:iam::*:role/*',
    Condition: { StringEquals: { 'iam:PassedToService': ['sagemaker.amazonaws.com', 'codepipeline.amazonaws.com'] } },
  };

  test('has each action once, in order, and roles by themselves', () => {
    expect(policyOf(['s3:B', 'iam:PassRole', 's3:A', 's3:B'])).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'MlopsFlow', Effect: 'Allow', Action: ['s3:A', 's3:B'], Resource: '*' }, passes],
    });
    expect(policyOf(['iam:PassRole'])).toEqual({ Version: '2012-10-17', Statement: [passes] });
    expect(policyOf([])).toEqual({ Version: '2012-10-17', Statement: [] });
  });

  test('for a missing action is that of the smallest feature with it', () => {
    expect(actionsAround('sagemaker:InvokeEndpoint')).toEqual([
      'sagemaker:InvokeEndpoint',
      'sagemaker:InvokeEndpointAsync',
    ]);
    const around = features.filter(({ actions }) => actions.includes('s3:GetObject'));
    const least = Math.min(...around.map(({ actions }) => actions.length));
    expect(around.length).toBeGreaterThan(2);
    expect(actionsAround('s3:GetObject')).toHaveLength(least);
    expect(actionsAround('s3:GetObject')).toEqual([...actionsAround('s3:GetObject')].sort());
  });

  test('is copied: for what is missing, or for all that was used in this window', async () => {
    const connections = new Connections(connectionServices());
    const used = vi.spyOn(connections, 'actionsUsed');
    const actions = (): string[] =>
      (JSON.parse(copied.pop() ?? '') as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
        ({ Action }) => Action,
      );
    used.mockReturnValue([]);
    await expect(copyPolicy(connections, dev)).rejects.toThrow(
      'Nothing was asked of dev in this window yet. Do what the policy is to allow first.',
    );
    await copyPolicy(connections, dev, 'glue:GetTable');
    expect(copied[0]).toMatch(/^\{\n {2}"Version": "2012-10-17",\n[^]*\}\n$/);
    expect(actions()).toEqual(['glue:GetTable']);
    used.mockReturnValue(['s3:GetObject', 'sagemaker:ListPipelines']);
    await copyPolicy(connections, dev);
    expect(actions()).toEqual(['s3:GetObject', 'sagemaker:ListPipelines']);
    await copyPolicy(connections, dev, 'glue:GetTable');
    expect(actions()).toEqual(['glue:GetTable']);
    for (const action of passing) {
      used.mockReturnValue([action]);
      await copyPolicy(connections, dev);
      expect(actions()).toEqual([action, 'iam:PassRole']);
    }
    expect(asked.slice(0, 4)).toEqual([
      'A policy for glue:GetTable and what is used with it (1 actions) is on the clipboard.',
      'A policy for what was used in this window (2 actions) is on the clipboard.',
      'A policy for glue:GetTable and what is used with it (1 actions) is on the clipboard.',
      'A policy for what was used in this window (2 actions) is on the clipboard.',
    ]);
    expect(used).toHaveBeenCalledWith(dev);
    expect(passing.size).toBeGreaterThan(5);
  });
});

describe('a pattern', () => {
  test.each([
    ['a.b', 'aXb', false],
    ['a.b', 'a.b', true],
    ['a*', 'a', true],
    ['*a*', 'bab', true],
    ['a', 'ba', false],
    ['a', 'ab', false],
    ['a*c', 'a/b/c', true],
    ['(a)[b]{c}+?^$|\\', '(a)[b]{c}+?^$|\\', true],
    ['a+', 'aa', false],
  ])('%s names %s: %s', (pattern, name, names) => {
    expect(isMarked([pattern], profileConnection(name), '')).toBe(names);
  });

  test('names the environment by a word, and nothing by an empty account', () => {
    expect(isMarked(['environment'], environmentConnection(), '')).toBe(true);
    expect(isMarked(['profile'], environmentConnection(), '')).toBe(false);
    expect(isMarked(['Local'], local, '')).toBe(false);
  });
});

test('a region is picked from all, by its code or its place', async () => {
  const show = vi
    .spyOn(realWindow, 'showQuickPick')
    .mockImplementation((items) =>
      Promise.resolve(
        (items as unknown as { description: string }[]).find(({ description }) =>
          description.includes('Frankfurt'),
        ) as never,
      ),
    );
  expect(await askRegion('Region?')).toBe('eu-central-1');
  expect(show.mock.calls[0]?.[1]).toEqual({ title: 'Region?', matchOnDescription: true, ignoreFocusOut: true });
  show.mockResolvedValue(undefined);
  expect(await askRegion('Region?')).toBeUndefined();
});
