/** Sessions whose calls end with a signal, over a server that never answers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connections, profileConnection, type Session } from '../../../src/aws';
import { listExecutions, pagePipelines, readObject } from '../../../src/pipelines/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService } from '../../fixtures/aws/service';

let profiles: Profiles;
let service: FakeService;
let connections: Connections;

beforeEach(async () => {
  profiles = await Profiles.use('', keysFor('dev'));
  service = await FakeService.start({
    ListPipelines: () => 'silence',
    ListPipelineExecutions: () => ({ error: 'ResourceNotFound', message: 'Pipeline x does not exist.' }),
    GET: () => 'silence',
  });
  connections = connectionsTo(service.url);
});

afterEach(async () => {
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

describe('a session with a signal', () => {
  const open = (signal: AbortSignal): Promise<Session> => connections.session(profileConnection('dev'), signal);

  it('ends what is under way, and begins nothing afterwards', async () => {
    const abort = new AbortController();
    const session = await open(abort.signal);
    const listing = pagePipelines(session, '', 1, undefined);
    await service.until(() => service.count() === 1);
    abort.abort();
    await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
    await expect(pagePipelines(session, '', 1, undefined)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readObject(session, 's3://bucket/key')).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.count()).toBe(1);
  });

  it('leaves the session of others as it is', async () => {
    const abort = new AbortController();
    const bound = await open(abort.signal);
    const free = await connections.session(profileConnection('dev'));
    abort.abort();
    service.operations['ListPipelines'] = () => ({ body: { PipelineSummaries: [{ PipelineName: 'a' }] } });
    expect((await pagePipelines(free, '', 1, undefined)).items).toEqual(['a']);
    await expect(pagePipelines(bound, '', 1, undefined)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('ends with each of two signals', async () => {
    const outer = new AbortController();
    const inner = new AbortController();
    const session = (await open(outer.signal)).until(inner.signal);
    const listing = pagePipelines(session, '', 1, undefined);
    await service.until(() => service.count() === 1);
    outer.abort();
    await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is of no use to wait for when the signal has ended', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(open(abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a request that is not answered', () => {
  it('is given up after the time of the settings, three times, with a sentence', async () => {
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 1000, request: 100 }) });
    const session = await connections.session(profileConnection('dev'));
    await expect(pagePipelines(session, '', 1, undefined)).rejects.toThrow(
      /^Could not list the pipelines: dev cannot be reached/,
    );
    expect(service.count()).toBe(3);
  });

  it('is not one whose answer takes its time while bytes come', async () => {
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 1000, request: 150 }) });
    service.slowly = { bytes: 12, pause: 50 };
    service.operations['ListPipelines'] = () => ({ body: { PipelineSummaries: [{ PipelineName: 'a' }] } });
    const session = await connections.session(profileConnection('dev'));
    expect((await pagePipelines(session, '', 1, undefined)).items).toEqual(['a']);
  });
});

describe('an account without the pipeline', () => {
  it('has no runs of it', async () => {
    expect(await listExecutions(await connections.session(profileConnection('dev')), 'x')).toEqual([]);
  });
});
