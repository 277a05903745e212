import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/aws';
import { signedHeaders } from '../../../src/aws/metrics-sdk.bundle';
import type { Definition } from '../../../src/pipelines/definition';
import {
  type Marks,
  namingIn,
  ownRuns,
  runIdsIn,
  serverId,
  serverOf,
  type TrackedRun,
  valuesInArguments,
  valuesInTags,
} from '../../../src/pipelines/mlflow/model';
import { secretOf, type Tracked, type TrackingDesk, TrackingReader } from '../../../src/pipelines/mlflow/tracking';
import { trackingSections } from '../../../src/pipelines/panels/run-graph/tracked';
import type { Job } from '../../../src/pipelines/service';

const arn = 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/penguins/execution/abcdef123456';
const managed = 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team';

describe('a run names its tracking server', () => {
  it.each([
    [{ MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000/' }, 'http://127.0.0.1:5000'],
    [{ tracking_uri: '"https://mlflow.example.com/base"' }, 'https://mlflow.example.com/base'],
    [{ 'mlflow.tracking-uri': 'https://mlflow.example.com' }, 'https://mlflow.example.com'],
    [{ whatever: managed }, managed],
    [{ mlflow_arn: 'arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:mlflow-app/app-1' }, undefined],
  ])('by %o', (values, id) => {
    const named = namingIn(values);
    expect(named && serverId(named.server)).toBe(id ?? Object.values(values)[0]);
  });

  it.each([
    [{ endpoint: 'https://example.com' }],
    [{ MLFLOW_TRACKING_URI: 'file:///tmp/mlruns' }],
    [{ MLFLOW_TRACKING_URI: 'databricks' }],
    [{ MLFLOW_TRACKING_URI: '' }],
    [{ model: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/team/1' }],
    [{ TRACKING_ID: 'https://example.com' }],
  ])('but not by %o', (values) => expect(namingIn(values)).toBeUndefined());

  it('with its experiment, also in arguments and tags', () => {
    const words = ['python3', 'train.py', '--mlflow-tracking-uri', 'http://a:1', '--mlflow-experiment-name=penguins'];
    expect(namingIn(valuesInArguments(words))).toMatchObject({ server: { url: 'http://a:1' }, experiment: 'penguins' });
    const tags = [
      { Key: 'mlflow:server', Value: 'http://b:2' },
      { Key: 'team', Value: { Get: 'Parameters.Team' } },
    ];
    expect(namingIn(valuesInTags(tags))).toMatchObject({ server: { url: 'http://b:2' } });
  });

  it('and runs of it by their ids', () => {
    const id = '0123456789abcdef0123456789abcdef';
    expect(runIdsIn({ MLFLOW_RUN_ID: id, mlflow_parent_run_id: `"${id}"`, run_id: id, MLFLOW_RUN_ID_2: 'x' })).toEqual([
      id,
      id,
    ]);
  });

  it('without its password where it is told', () => {
    const server = serverOf('https://me:secret@mlflow.example.com/a/');
    expect(server && serverId(server)).toBe('https://mlflow.example.com/a');
  });
});

describe('runs of an execution', () => {
  const marks: Marks = { execution: arn, id: 'abcdef123456', jobs: ['penguins-train-1'], runs: [], spans: [] };
  const run = (id: string, more: Partial<TrackedRun> = {}): TrackedRun => ({
    id,
    name: id,
    experimentId: '0',
    status: 'FINISHED',
    started: 100_000,
    ended: 110_000,
    metrics: {},
    parameters: {},
    tags: {},
    ...more,
  });
  const found = (candidates: TrackedRun[], more: Partial<Marks> = {}) => {
    const { runs, ground } = ownRuns(candidates, { ...marks, ...more });
    return [ground, ...runs.map(({ id }) => id)];
  };

  it('say so in name, tag or parameter; those below them belong too', () => {
    const candidates = [
      run('other'),
      run('named', { name: 'train-abcdef123456' }),
      run('tagged', { tags: { execution: arn } }),
      run('job', { parameters: { job: 'penguins-train-1' } }),
      run('below', { tags: { 'mlflow.parentRunId': 'named' }, started: 200_000 }),
      run('deeper', { tags: { 'mlflow.parentRunId': 'below' }, started: 300_000 }),
    ];
    expect(found(candidates)).toEqual(['name', 'named', 'tagged', 'job', 'below', 'deeper']);
  });

  it('of a job whose name goes on are not its own', () => {
    expect(found([run('a', { name: 'penguins-train-12' })])).toEqual(['time']);
  });

  it('are known by their time where exactly one fits', () => {
    const spans = [{ from: 99_000, to: 111_000 }];
    expect(found([run('a')], { spans })).toEqual(['time', 'a']);
    expect(found([run('a'), run('b')], { spans })).toEqual(['time']);
    expect(found([run('a', { ended: 200_000 })], { spans })).toEqual(['time']);
    expect(found([run('a', { started: 10_000 })], { spans })).toEqual(['time']);
  });

  it('by their time stand in the experiment that the job names', () => {
    const spans = [{ from: 99_000, to: 111_000, experimentId: '7' }];
    expect(found([run('a'), run('b', { experimentId: '7' })], { spans })).toEqual(['time', 'b']);
  });
});

describe('a tracking server', () => {
  let server: Server;
  let url: string;
  let asked: { path: string; authorization: string | undefined; body: Record<string, unknown> }[];
  let answer: (path: string, request: IncomingMessage) => [status: number, body: unknown];

  beforeEach(async () => {
    asked = [];
    answer = answerOf;
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const [path = ''] = (request.url ?? '').split('?');
        const text = Buffer.concat(parts).toString();
        asked.push({
          path,
          authorization: request.headers.authorization,
          body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
        });
        const [status, body] = answer(path, request);
        response.writeHead(status, { 'content-type': 'application/json', location: 'http://elsewhere.example' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const info = { run_id: 'r1', run_name: 'abcdef123456', experiment_id: '1', status: 'FINISHED', start_time: '1000' };
  function answerOf(path: string, request: IncomingMessage): [number, unknown] {
    switch (path) {
      case '/api/2.0/mlflow/experiments/search':
        return [200, { experiments: [{ experiment_id: '1', name: 'penguins' }] }];
      case '/api/2.0/mlflow/runs/search': {
        const metrics = [
          { key: 'loss', value: 0.25, timestamp: 2000, step: 2 },
          { key: 'bad', value: 'NaN', timestamp: 2000, step: 0 },
          { key: 'system/cpu', value: 12, timestamp: 2000, step: 0 },
        ];
        const params = [{ key: 'rate', value: '0.5' }];
        return [200, { runs: [{ info, data: { metrics, params, tags: [] } }] }];
      }
      default: {
        const page = new URL(request.url ?? '', url).searchParams.get('page_token');
        const point = (step: number, value: number) => ({
          key: 'loss',
          value,
          timestamp: 1000 * step,
          step: String(step),
        });
        return page === null
          ? [200, { metrics: [point(2, 0.25), point(1, 0.5)], next_page_token: 'more' }]
          : [200, { metrics: [point(3, 0.125)] }];
      }
    }
  }

  const session = { connection: { kind: 'local', id: 'local' } } as unknown as Session;
  const desk = (more: Partial<TrackingDesk> = {}): TrackingDesk => ({
    isTrusted: () => true,
    configured: () => Promise.resolve(undefined),
    secret: () => Promise.resolve(undefined),
    environment: {},
    ...more,
  });
  const tracked = (address: string): Tracked => ({
    arn,
    definition: undefined,
    steps: [{ StepName: 'Train', StartTime: new Date(1000), EndTime: new Date(9000) }],
    jobs: [{ kind: 'Training', name: 'job', job: { Environment: { MLFLOW_TRACKING_URI: address } } } as unknown as Job],
  });

  it('tells metrics, parameters and curves of the run', async () => {
    const read = await new TrackingReader(desk()).read(session, tracked(url), true);
    expect(read).toMatchObject({
      ground: 'name',
      runs: [{ experiment: 'penguins', parameters: { rate: '0.5' }, metrics: { loss: 0.25 } }],
      series: [{ name: 'mlflow.loss', axis: 'step', x: [1, 2, 3], y: [0.5, 0.25, 0.125] }],
    });
    expect(read?.runs[0]?.link).toBe(`${url}/#/experiments/1/runs/r1`);
    expect(read?.runs[0]?.metrics).not.toHaveProperty('bad');
    const told = read ? trackingSections(read) : [];
    expect(told.map(({ title }) => title)).toEqual(['MLflow', 'MLflow run abcdef123456']);
    expect(told[1]?.rows).toContainEqual({ label: 'loss', value: '0.25', kind: 'number' });
    expect(told[1]?.rows.map(({ label }) => label)).not.toContain('system/cpu');
    const search = asked.find(({ path }) => path.endsWith('runs/search'));
    expect(search?.body['filter']).toBe('attributes.start_time >= -599000 AND attributes.start_time <= 609000');
  });

  it('is asked nothing in a workspace that is not trusted', async () => {
    const reader = new TrackingReader(desk({ isTrusted: () => false }));
    expect(await reader.read(session, tracked(url), true)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is that of the configuration where the run names none', async () => {
    const named = serverOf(url);
    const configured = () => Promise.resolve(named && { server: named });
    const none = { ...tracked(url), jobs: [] };
    expect(await new TrackingReader(desk()).read(session, none, false)).toBeUndefined();
    expect(await new TrackingReader(desk({ configured })).read(session, none, false)).toMatchObject({ ground: 'name' });
  });

  it('hears of the user what is kept for it, else what the environment has for it, and nothing else', async () => {
    const heard = async (more: Partial<TrackingDesk>, address = url) => {
      asked = [];
      await new TrackingReader(desk(more)).read(session, tracked(address), false);
      return asked[0]?.authorization;
    };
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const key = secretOf(serverOf(url) ?? { kind: 'address', url: '' });
    const secret = (text: string) => ({ secret: (of: string) => Promise.resolve(of === key ? text : undefined) });
    expect(await heard({})).toBeUndefined();
    expect(await heard(secret('{"user":"me","secret":"pw"}'))).toBe(basic('me:pw'));
    expect(await heard(secret('{"user":"","secret":"tk"}'))).toBe('Bearer tk');
    const environment = { MLFLOW_TRACKING_URI: `${url}/`, MLFLOW_TRACKING_TOKEN: 'tk' };
    expect(await heard({ environment })).toBe('Bearer tk');
    expect(
      await heard({ environment: { ...environment, MLFLOW_TRACKING_URI: 'https://other.example' } }),
    ).toBeUndefined();
    const withUser = url.replace('//', '//you:p%40w@');
    expect(await heard({}, withUser)).toBe(basic('you:p@w'));
  });

  it.each([
    [
      401,
      { message: 'You are not authenticated.' },
      /does not let you read it \(You are not authenticated\.\)\. Sign in/,
    ],
    [500, { error_code: 'INTERNAL_ERROR', message: 'broken\nstack' }, /answered "broken"\. /],
    [302, '', /sends requests elsewhere/],
    [200, '<html>', /does not answer as MLflow does/],
  ])('that answers %i is told in a sentence', async (status, body, sentence) => {
    answer = () => [status, body];
    await expect(new TrackingReader(desk()).read(session, tracked(url), false)).rejects.toThrow(sentence);
  });

  it('that is not there is told, and asked again after the user has signed in', async () => {
    const reader = new TrackingReader(desk());
    answer = () => [401, {}];
    await expect(reader.read(session, tracked(url), false)).rejects.toThrow(/Sign in/);
    answer = answerOf;
    await expect(reader.read(session, tracked(url), false)).rejects.toThrow(/Sign in/);
    reader.forget();
    expect(await reader.read(session, tracked(url), false)).toMatchObject({ ground: 'name' });
    await expect(reader.read(session, tracked('http://127.0.0.1:9'), false)).rejects.toThrow(/was not reached/);
  });

  it('that AWS manages gets requests that are signed for its region', async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    const signing = {
      client: (_: string, make: (configuration: object) => unknown) => make({ region: 'us-east-1', credentials }),
      call: (_: string, work: () => unknown) => work(),
    } as unknown as Session;
    const request = { method: 'POST', url: new URL('https://eu-west-1.experiments.sagemaker.aws/api') } as const;
    const headers = await signedHeaders(signing, 'sagemaker-mlflow', 'eu-west-1', {
      ...request,
      headers: { 'x-mlflow-sm-tracking-server-arn': managed },
      body: '{}',
    });
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sagemaker-mlflow\/aws4_request, SignedHeaders=[^,]*x-mlflow-sm-tracking-server-arn/,
    );
  });

  it('that AWS manages is read over a connection to its account', async () => {
    const team = serverOf(managed);
    const definition = { mlflow: team && { server: team }, steps: new Map() } as unknown as Definition;
    const run = { ...tracked(url), definition };
    await expect(new TrackingReader(desk()).read(session, run, false)).rejects.toThrow(
      'The tracking server team is in AWS. Its runs are read over a connection to its account.',
    );
  });
});
