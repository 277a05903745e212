/** A session by itself, over clients that only say what they are given. */
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { local, profileConnection } from '../../../src/aws';
import { environmentConnection } from '../../../src/aws/connection';
import type { Credentials } from '../../../src/aws/credentials';
import { OpenSession, requestHandler, type SessionSetup } from '../../../src/aws/session';
import { UserError } from '../../../src/workbench/errors';

type Wrap = (next: unknown, context: object) => unknown;

/** A client that keeps what it was made with and what stands around its calls. */
class FakeClient {
  destroyed = 0;
  readonly sent: [command: unknown, options: unknown][] = [];
  readonly around = new Map<string, Wrap>();
  readonly middlewareStack = {
    add: (wrap: never, { name, step }: { name: string; step: string }) => {
      expect(step).toBe('initialize');
      this.around.set(name, wrap);
    },
  };

  constructor(readonly given: Record<string, unknown>) {}

  send(command: unknown, options?: unknown): Promise<unknown> {
    this.sent.push([command, options]);
    return Promise.resolve(answers.shift() ?? {});
  }

  destroy(): void {
    this.destroyed += 1;
  }
}

/** What the clients answer, one after the other; a rejection where it is an error. */
const answers: unknown[] = [];
afterEach(() => void (answers.length = 0));

class SageMakerClient extends FakeClient {}
class CloudWatchLogsClient extends FakeClient {}
class S3Client extends FakeClient {}
class STSClient extends FakeClient {}
class GetCallerIdentityCommand {
  readonly asks = 'who';
}
const sdk = { SageMakerClient, CloudWatchLogsClient, S3Client, STSClient, GetCallerIdentityCommand };

const dev = profileConnection('dev');

function session(more: Partial<SessionSetup> = {}): OpenSession {
  return new OpenSession({
    connection: dev,
    region: 'eu-west-1',
    sdk: sdk as never,
    configuration: { region: 'eu-west-1' },
    endpoint: () => undefined,
    marks: () => ({ production: [], readOnly: [] }),
    ...more,
  });
}
const asFake = (client: unknown): FakeClient => client as FakeClient;
const me = { Account: '111122223333', Arn: 'arn:me' };
const failed = (name: string): Error => Object.assign(new Error('no'), { name });

describe('the clients of a session', () => {
  test('are made once each, of what all have', () => {
    const open = session({ endpoint: (service) => (service === 's3' ? 'http://s3' : '') });
    expect(open.sagemaker).toBe(open.sagemaker);
    expect([open.sagemaker, open.logs, open.s3].map((each) => each.constructor.name)).toEqual([
      'SageMakerClient',
      'CloudWatchLogsClient',
      'S3Client',
    ]);
    expect(asFake(open.sagemaker).given).toEqual({ region: 'eu-west-1' });
    expect(asFake(open.s3).given).toEqual({ region: 'eu-west-1', endpoint: 'http://s3', forcePathStyle: false });
    expect([open.connection, open.region, open.sdk]).toEqual([dev, 'eu-west-1', sdk]);
  });

  test('have the endpoint of their service', () => {
    const asked: string[] = [];
    const open = session({ endpoint: (service) => void asked.push(service) });
    void [open.sagemaker, open.logs, open.s3, open.client('codebuild', (given) => new FakeClient(given) as never)];
    expect(asked).toEqual(['sagemaker', 'cloudwatch_logs', 's3', 'codebuild']);
  });

  test('of Local find buckets by their path', () => {
    const exited = new Promise<never>(() => undefined);
    const open = session({ connection: local, server: { exited, stop: () => Promise.resolve() } });
    expect(asFake(open.s3).given).toMatchObject({ forcePathStyle: true });
  });

  test('wait in a lane, but for those that carry data, and for Local', async () => {
    const open = session();
    const laned = (each: OpenSession, service: string): boolean => {
      const client = each.client(service, (given) => new FakeClient(given) as never);
      return asFake(client).around.has('mlopsFlowLane');
    };
    expect(['sagemaker', 'codebuild', 's3', 'sagemaker_runtime', 'sts'].map((each) => laned(open, each))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(laned(session({ connection: local }), 'sagemaker')).toBe(false);
    // Two at a time.
    const ends: (() => void)[] = [];
    const wait = asFake(open.sagemaker).around.get('mlopsFlowLane');
    const next = (given: unknown): Promise<unknown> => new Promise((resolve) => ends.push(() => resolve(given)));
    const calling = wait?.(next, {}) as (given: unknown) => Promise<unknown>;
    const calls = [1, 2, 3].map((each) => calling(each));
    await Promise.resolve();
    expect(ends).toHaveLength(2);
    ends[0]?.();
    expect(await calls[0]).toBe(1);
    await vi.waitFor(() => expect(ends).toHaveLength(3));
    for (const end of ends) end();
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
  });

  test('tell the permission that each call takes, where anybody hears it', () => {
    const asked: string[] = [];
    const open = session({ asks: (action) => void asked.push(action) });
    const listen = asFake(open.sagemaker).around.get('mlopsFlowActions');
    const next = (): void => undefined;
    expect(listen?.(next, { clientName: 'SageMakerClient', commandName: 'ListPipelinesCommand' })).toBe(next);
    listen?.(next, { clientName: 'STSClient', commandName: 'GetCallerIdentityCommand' });
    listen?.(next, {});
    expect(asked).toEqual(['sagemaker:ListPipelines', ':']);
    expect(asFake(session().sagemaker).around.has('mlopsFlowActions')).toBe(false);
  });

  test('end with it, and so does the control plane that was started for it', async () => {
    const stop = vi.fn(() => Promise.resolve());
    const exited = Promise.resolve({ code: 3, message: 'gone' });
    const open = session({ server: { exited, stop } });
    const [one, two] = [asFake(open.sagemaker), asFake(open.s3)];
    expect(await open.ended).toEqual({ code: 3, message: 'gone' });
    await open.close();
    expect([one.destroyed, two.destroyed, stop.mock.calls.length]).toEqual([1, 1, 1]);
    expect(open.sagemaker).not.toBe(one);
    await session().close();
  });
});

describe('who a session is', () => {
  test('is asked once for all, and again after a failure or a change of the files', async () => {
    const open = session();
    answers.push(me);
    const [one, two] = await Promise.all([open.identity(), open.identity()]);
    expect([one, two]).toEqual([
      { account: '111122223333', arn: 'arn:me' },
      { account: '111122223333', arn: 'arn:me' },
    ]);
    const sts = asFake(open.client('sts', () => expect.fail('It is there.')));
    expect(sts.sent.map(([command]) => command)).toEqual([new GetCallerIdentityCommand()]);
    open.filesChanged();
    answers.push({});
    expect(await open.identity()).toEqual({ account: '', arn: '' });
    const other = session();
    answers.push(Promise.reject(failed('AccessDenied')));
    await expect(other.identity()).rejects.toThrow('Could not get the caller identity: dev is not allowed to.');
    answers.push(me);
    expect((await other.identity()).arn).toBe('arn:me');
  });

  test('is forgotten by its credentials where the files have changed', () => {
    const forget = vi.fn();
    session({ credentials: { forget } as never }).filesChanged();
    expect(forget).toHaveBeenCalledTimes(1);
    session().filesChanged();
  });
});

describe('a call', () => {
  test('is heard of: that it was answered, or what is wrong with the connection as a whole', async () => {
    const heard: (string | undefined)[] = [];
    const open = session({ heard: (problem) => void heard.push(problem?.message) });
    expect(await open.call('look', () => Promise.resolve(1))).toBe(1);
    await expect(open.call('look', () => Promise.reject(failed('ENOTFOUND')))).rejects.toBeInstanceOf(UserError);
    await expect(open.call('look', () => Promise.reject(failed('ValidationException')))).rejects.toThrow(
      'Could not look: no.',
    );
    expect(heard).toEqual([undefined, expect.stringContaining('Could not look: dev cannot be reached in eu-west-1.')]);
    await session().call('look', () => Promise.resolve(1));
  });

  /** Credentials that say whether there are others now, and what they were asked about. */
  function renewable(inUse: (object | undefined)[], others: boolean): { credentials: Credentials; asked: unknown[] } {
    const asked: unknown[] = [];
    const credentials = {
      get inUse() {
        return inUse.shift();
      },
      replaced: (used: unknown) => {
        asked.push(used);
        return Promise.resolve(others);
      },
      forget: () => undefined,
    };
    return { credentials: credentials as never, asked };
  }
  const [old, now] = [{ accessKeyId: 'OLD' }, { accessKeyId: 'NOW' }];
  /** Fails so often with an error of this name. */
  const failing = (times: number, name = 'ExpiredToken'): (() => Promise<number>) => {
    let tries = 0;
    return () => (++tries <= times ? Promise.reject(failed(name)) : Promise.resolve(tries));
  };

  test('is made once more where the credentials have ended and there are others', async () => {
    const { credentials, asked } = renewable([old, now], true);
    const open = session({ credentials });
    answers.push(me, { Account: 'other' });
    await open.identity();
    const { credentials: more, asked: later } = renewable([undefined, now], true);
    expect(await session({ credentials: more }).call('look', failing(1))).toBe(2);
    // Those that were read during the call are the ones that were refused.
    expect(later).toEqual([now]);
    expect(asked).toEqual([]);
  });

  test('knows whom it is for anew after that', async () => {
    const { credentials, asked } = renewable([old, old, old], true);
    const open = session({ credentials });
    answers.push(me, { Account: 'other', Arn: 'arn:other' });
    expect((await open.identity()).account).toBe('111122223333');
    expect(await open.call('look', failing(1))).toBe(2);
    expect(asked).toEqual([old]);
    expect((await open.identity()).account).toBe('other');
  });

  test.each<[string, string, boolean, number]>([
    ['the same credentials', 'ExpiredToken', false, 1],
    ['another failure', 'ValidationException', true, 1],
    ['a second failure', 'ExpiredToken', true, 2],
  ])('is not made for ever: %s', async (_what, name, others, calls) => {
    const work = vi.fn(failing(5, name));
    const { credentials } = renewable([old, old], others);
    await expect(session({ credentials }).call('look', work)).rejects.toThrow('Could not look: ');
    expect(work).toHaveBeenCalledTimes(calls);
  });

  test('is not made again where credentials never change', async () => {
    const work = vi.fn(failing(1));
    await expect(session().call('look', work)).rejects.toThrow('have expired');
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('a mark', () => {
  const readOnly = ['dev'];

  test('refuses changes before anything is sent, in a sentence with its setting', async () => {
    const open = session({ marks: () => ({ production: [], readOnly }) });
    const work = vi.fn(() => Promise.resolve(1));
    const refusal: unknown = await open.change('stop the run', work).catch((error: unknown) => error);
    const reason = 'dev is read-only. Change mlopsFlow.aws.readOnly, or use another connection.';
    expect(refusal).toMatchObject({
      message: `Could not stop the run: ${reason}`,
      reason,
      next: { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['mlopsFlow.aws.readOnly'] },
    });
    expect(work).not.toHaveBeenCalled();
    expect(await session().change('stop the run', work)).toBe(1);
  });

  test.each<[string, Partial<SessionSetup>, string[], boolean, number]>([
    ['none', {}, [], false, 0],
    ['one of the name', {}, ['x', 'de*'], true, 0],
    ['one of the account', {}, ['1111*'], true, 1],
    ['one of another', {}, ['prod'], false, 1],
    ['one for all, of Local', { connection: local }, ['*'], false, 0],
    ['one of the environment', { connection: environmentConnection() }, ['environment'], true, 0],
  ])(
    'is looked for by name, and by the account where that does not tell: %s',
    async (_what, more, marks, is, asked) => {
      const open = session({ ...more, marks: () => ({ production: marks, readOnly: [] }) });
      answers.push(me);
      expect(await open.isProduction()).toBe(is);
      expect(1 - answers.length).toBe(asked);
      await open.permit('change it');
    },
  );
});

describe('a session with a signal', () => {
  test('is the same one, with the signal among the options of each call', async () => {
    const open = session({ marks: () => ({ production: ['dev'], readOnly: [] }) });
    const { signal } = new AbortController();
    const bound = open.until(signal);
    expect([bound.connection, bound.region, bound.sdk]).toEqual([dev, 'eu-west-1', sdk]);
    expect(bound.sagemaker).toBe(bound.sagemaker);
    expect(bound.sagemaker).toBeInstanceOf(SageMakerClient);
    expect(bound.sagemaker).not.toBe(open.sagemaker);
    for (const [client, own] of [
      [bound.sagemaker, open.sagemaker],
      [bound.logs, open.logs],
      [bound.s3, open.s3],
    ] as const) {
      await asFake(client).send('command', { requestTimeout: 1 });
      await asFake(client).send('command');
      expect(asFake(own).sent).toEqual([
        ['command', { requestTimeout: 1, abortSignal: signal }],
        ['command', { abortSignal: signal }],
      ]);
    }
    const made = bound.client('codebuild', (given) => new FakeClient(given) as never);
    await asFake(made).send('c');
    expect(asFake(open.client('codebuild', () => expect.fail('It is there.'))).sent).toHaveLength(1);
    answers.push(me);
    expect((await bound.identity()).arn).toBe('arn:me');
    expect(await bound.call('x', () => Promise.resolve(2))).toBe(2);
    expect(await bound.change('x', () => Promise.resolve(3))).toBe(3);
    expect(await bound.isProduction()).toBe(true);
    await bound.permit('x');
  });

  test('ends whatever is waited for', async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const abort = new AbortController();
    const open = session({ marks: () => ({ production: ['x'], readOnly: ['x'] }) });
    answers.push(never());
    const bound = open.until(abort.signal);
    const waiting = [
      bound.identity(),
      bound.call('x', never),
      bound.change('x', never),
      bound.permit('x'),
      bound.isProduction(),
      bound.until(new AbortController().signal).call('x', never),
    ];
    abort.abort();
    for (const each of await Promise.allSettled(waiting)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
  });
});

describe('how requests are sent', () => {
  const timeouts = { connect: 1, request: 2 };
  const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-session-'));
  const bundle = join(folder, 'ca.pem');
  writeFileSync(bundle, 'MINE');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('by default with nothing but the times of the settings', async () => {
    expect(await requestHandler(timeouts)).toEqual({ connectionTimeout: 1, socketTimeout: 2 });
  });

  test('with the certificates of a file beside those of this machine', async () => {
    const handler = (await requestHandler(timeouts, bundle)) as { httpsAgent: Agent; httpAgent?: unknown };
    expect(handler.httpsAgent.options).toMatchObject({ ca: [...rootCertificates, 'MINE'], keepAlive: true });
    expect(handler.httpsAgent.maxSockets).toBe(50);
    expect(handler.httpAgent).toBeUndefined();
    await expect(requestHandler(timeouts, join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'localhost,127.0.0.1,[::1],::1'],
    ['hosts', { NO_PROXY: '.corp' }, '.corp,localhost,127.0.0.1,[::1],::1'],
    ['hosts in small letters', { no_proxy: '.corp' }, '.corp,localhost,127.0.0.1,[::1],::1'],
    ['hosts in both', { no_proxy: '.small', NO_PROXY: '.big' }, '.big,localhost,127.0.0.1,[::1],::1'],
    ['none', { NO_PROXY: '', no_proxy: '.small' }, 'localhost,127.0.0.1,[::1],::1'],
  ])('over proxies, but never to this machine: %s', async (_what, proxies, direct) => {
    const handler = (await requestHandler(timeouts, undefined, { HTTP_PROXY: 'p', ...proxies })) as {
      httpsAgent: Agent;
      httpAgent: PlainAgent;
    };
    for (const agent of [handler.httpsAgent, handler.httpAgent]) {
      const { proxyEnv, keepAlive } = (agent as Agent).options as { proxyEnv: object; keepAlive: boolean };
      expect([proxyEnv, keepAlive, agent.maxSockets]).toEqual([{ HTTP_PROXY: 'p', NO_PROXY: direct }, true, 50]);
    }
    expect(handler.httpsAgent).toBeInstanceOf(Agent);
    expect(handler.httpAgent).toBeInstanceOf(PlainAgent);
    expect(handler.httpsAgent.options).not.toHaveProperty('ca');
  });
});
