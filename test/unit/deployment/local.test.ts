/** Deployments over the product's own client code against Local, from the registry to answers of a model. */
import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/aws';
import { readSince } from '../../../src/aws/logs';
import { abort, begin, observe } from '../../../src/deployment/deploy';
import { dryRun } from '../../../src/deployment/dry-run';
import { Journal } from '../../../src/deployment/journal';
import { defaultAlarms } from '../../../src/deployment/model/alarms';
import { LivePlaces } from '../../../src/deployment/live-places';
import { liveVersions } from '../../../src/deployment/live-versions.bundle';
import { deletionOf } from '../../../src/deployment/model/deletion';
import { planOf, type Wish } from '../../../src/deployment/model/plan';
import type { DeploymentRecord } from '../../../src/deployment/model/record';
import type { Verdict } from '../../../src/deployment/model/verdict';
import {
  countRequests,
  firstTransform,
  readTransform,
  transformCalls,
} from '../../../src/deployment/model/transform/draft';
import { shadowChange, sharesOf, weightChange } from '../../../src/deployment/model/variants';
import { readFigures } from '../../../src/deployment/metrics';
import { preflight } from '../../../src/deployment/preflight';
import { readStanding, readVersion } from '../../../src/deployment/prepare';
import { smoke } from '../../../src/deployment/smoke';
import { type EndpointReading, readEndpoint } from '../../../src/deployment/reading';
import {
  describeEndpoint,
  invoke,
  listEndpoints,
  makeCall,
  putObject,
  transformLog,
} from '../../../src/deployment/service';
import {
  describeTransform,
  findInput,
  isUnderWay,
  listResults,
  listTransforms,
  readRows,
} from '../../../src/deployment/transforms';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { archive, echo, image } from '../local/serving';
import { bucket, role } from '../local/support';

/** What is looked at of an event. */
interface Told {
  EndpointName: string;
  EndpointArn: string;
  EndpointConfigName: string;
  EndpointStatus: string;
  CreationTime: number;
  Tags: Record<string, string>;
  PendingDeploymentSummary?: {
    EndpointConfigName: string;
    ProductionVariants: { VariantStatus?: { Status: string }[] }[];
  };
}

let local: LocalSession;
let session: Session;
let journal: Journal;
const versions: string[] = [];

/** A version of the group `echo` whose model answers with its name. */
async function register(name: string, more = ''): Promise<string> {
  const data = `s3://${bucket}/models/${name}/model.tar.gz`;
  await putObject(session, data, archive(echo(name, more)));
  const { sagemaker, sdk } = session;
  if (versions.length === 0) {
    await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'echo' }));
  }
  const { ModelPackageArn = '' } = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'echo',
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: {
        Containers: [{ Image: image, ModelDataUrl: data }],
        SupportedContentTypes: ['application/json'],
        SupportedResponseMIMETypes: ['application/json'],
      },
    }),
  );
  versions.push(ModelPackageArn);
  return ModelPackageArn;
}

async function wishFor(arn: string, over: Partial<Wish> = {}): Promise<Wish> {
  return {
    endpoint: 'echo',
    model: await readVersion(session, arn),
    kind: 'real-time',
    variant: 'AllTraffic',
    instanceType: 'ml.m5.large',
    instances: 2,
    serverless: { memory: 2048, concurrency: 5 },
    asynchronous: { output: '' },
    strategy: { kind: 'canary', size: { unit: 'percent', value: 50 }, interval: 60, bake: 60, timeout: 3600 },
    alarms: [],
    role,
    ...over,
  };
}

const read = (before?: EndpointReading): Promise<EndpointReading> =>
  readEndpoint(session, 'echo', () => journal.latest('echo'), before);

/** Follows a deployment to its verdict. */
async function follow(
  seen: (reading: EndpointReading) => Promise<void> | void = () => undefined,
): Promise<{ record: DeploymentRecord; verdict: Verdict }> {
  let reading: EndpointReading | undefined;
  for (;;) {
    reading = await read(reading);
    await seen(reading);
    const ended = await observe(session, journal, reading);
    if (ended) return ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function deploy(wish: Wish): Promise<string> {
  const found = await readStanding(session, wish.endpoint);
  const standing = found?.standing;
  return begin(session, journal, planOf(wish, standing, new Date()), { model: wish.model.arn, standing });
}

async function answer(): Promise<unknown> {
  const answered = await invoke(session, {
    endpoint: 'echo',
    body: Buffer.from('[1]'),
    contentType: 'application/json',
  });
  if (answered.fault) throw new Error(answered.fault.message);
  return (JSON.parse(Buffer.from(answered.body).toString('utf8')) as { model: string }).model;
}

beforeAll(async () => {
  local = await startLocalSession('deploy', { speed: 60 });
  ({ session } = local);
  journal = new Journal(`${local.folder}/deployments`);
  await register('one');
  await register('two');
});

afterAll(() => local.end());

describe('deployments on Local', () => {
  test('checks look at the archive, the image and the role', async () => {
    const checks = await preflight(session, await readVersion(session, versions[0] ?? ''), role);
    expect(Object.fromEntries(checks.map(({ id, state }) => [id, state]))).toEqual({
      approval: 'passed',
      archive: 'passed',
      layout: 'passed',
      image: 'passed',
      role: 'passed',
      access: 'passed',
    });
  });

  test('a dry run serves the very archive, asks it, and leaves nothing behind', async () => {
    const version = await readVersion(session, versions[0] ?? '');
    const sample = { body: '[1, 2]', contentType: 'application/json' };
    const result = await dryRun(session, session, version, sample, new AbortController().signal);
    expect(result).toMatchObject({ isGood: true });
    expect(result.answer).toContain('one');
    await expect.poll(() => listEndpoints(session), { timeout: 30_000 }).toEqual([]);
  });

  test('a dry run of an archive that does not load says why', async () => {
    const arn = await register('broken', 'raise ValueError("no such luck")');
    const version = await readVersion(session, arn);
    const result = await dryRun(session, session, version, undefined, new AbortController().signal);
    expect(result.isGood).toBe(false);
    expect(result.text).toMatch(/ping|script/i);
    expect(result.log?.join('\n')).toContain('no such luck');
  });

  test('a batch transform links each record to its result, and says which file has none', async () => {
    const uri = `s3://${bucket}/batch/in/`;
    await putObject(session, `${uri}a.json`, Buffer.from('[1]\n[2]\n[3]\n'));
    await putObject(session, `${uri}day/b.json`, Buffer.from('[4]\n'));
    await putObject(session, `${uri}c.json`, Buffer.from('not JSON\n'));
    const { wish, problems } = readTransform({
      ...firstTransform({ output: `s3://${bucket}/batch/out`, role, contentType: 'application/json' }),
      input: uri,
      strategy: 'SingleRecord',
      join: 'Input',
    });
    expect(problems).toEqual([]);
    const found = await findInput(session, uri, false);
    expect(countRequests(found, wish.requests)).toMatchObject({ files: 3, records: 5, requests: 5, isExact: true });
    const name = `echo-batch-${crypto.randomUUID().slice(0, 8)}`;
    const version = await readVersion(session, versions[0] ?? '');
    for (const call of transformCalls(wish, version, name, uri)) await makeCall(session, call);
    await expect.poll(async () => isUnderWay(await describeTransform(session, name)), { timeout: 60_000 }).toBe(false);
    const job = await describeTransform(session, name);
    expect(job.TransformJobStatus).toBe('Failed');
    const files = await listResults(session, job);
    expect(files.map((file) => [file.name, file.output !== undefined])).toEqual([
      ['a.json', true],
      ['c.json', false],
      ['day/b.json', true],
    ]);
    const [first, failed] = files;
    if (!first || !failed) throw new Error('There are no files.');
    const { rows } = await readRows(session, job, first);
    expect(rows.map(({ number, input }) => [number, input])).toEqual([
      [1, '[1]'],
      [2, '[2]'],
      [3, '[3]'],
    ]);
    expect(JSON.parse(rows[1]?.output ?? '')).toMatchObject({ SageMakerInput: [2], SageMakerOutput: { model: 'one' } });
    expect(await readRows(session, job, failed)).toMatchObject({ rows: [], problem: expect.stringMatching(/failed/) });
    expect((await transformLog(session, name, 60, 0)).join('\n')).toContain('JSON');
    expect((await listTransforms(session, 'echo-batch', 5)).map((each) => each.name)).toEqual([name]);
    // The same folder again: what the first job has written is not what this one has.
    await putObject(session, `${uri}a.json`, Buffer.from('broken\n'));
    const ended = job.TransformEndTime?.getTime() ?? 0;
    // S3 tells whole seconds, so a job in the same one could not be told apart.
    await expect
      .poll(() => Math.floor(Date.now() / 1000), { timeout: 30_000 })
      .toBeGreaterThan(Math.ceil(ended / 1000));
    const again = `${name}-2`;
    for (const call of transformCalls(wish, version, again, uri)) await makeCall(session, call);
    await expect.poll(async () => isUnderWay(await describeTransform(session, again)), { timeout: 60_000 }).toBe(false);
    const second = await listResults(session, await describeTransform(session, again));
    expect(second.map((file) => file.output !== undefined)).toEqual([false, false, true]);
  });

  test('a new endpoint is created and judged by its config', async () => {
    await deploy(await wishFor(versions[0] ?? ''));
    const { verdict, record } = await follow();
    expect(verdict).toEqual({ outcome: 'deployed', title: 'Deployed v1' });
    expect(record.events.map(({ text }) => text)).toContain('Endpoint: Creating');
    expect(await answer()).toBe('one');
  });

  test('a canary goes through its phases and is deployed', async () => {
    await deploy(await wishFor(versions[1] ?? '', { alarms: defaultAlarms }));
    const { verdict, record } = await follow();
    expect(verdict.outcome).toBe('deployed');
    expect([...record.phases.keys()]).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(await answer()).toBe('two');
  });

  test('a sample shows who answers, and what does not; the record keeps both', async () => {
    const record = await journal.latest('echo');
    if (!record) throw new Error('It was deployed.');
    const json = { contentType: 'application/json' };
    expect(await smoke(session, journal, record, { ...json, body: '[1]' })).toMatch(
      /^The sample was answered by AllTraffic in \d+ ms$/,
    );
    expect(await smoke(session, journal, record, { ...json, body: 'no JSON' })).toMatch(
      /^The sample was not answered: the model answered 500/,
    );
    const events = (await journal.latest('echo'))?.events.slice(-2);
    expect(events?.map(({ tone }) => tone)).toEqual(['good', 'bad']);
  });

  test('EventBridge hears of each status and each phase, in the shapes that are published', async () => {
    const place = { group: '/aws/events/default', prefix: 'aws.sagemaker' };
    const { events } = await readSince(session, place, { since: 0, read: new Set() });
    const told = events
      .map(({ message = '' }) => JSON.parse(message) as { 'detail-type': string; resources: string[]; detail: Told })
      .filter(({ detail }) => detail.EndpointName === 'echo');
    const states = told.filter((each) => each['detail-type'] === 'SageMaker Endpoint State Change');
    expect(states.map(({ detail }) => detail.EndpointStatus)).toEqual([
      'CREATING',
      'IN_SERVICE',
      'UPDATING',
      'IN_SERVICE',
    ]);
    expect(states[0]?.resources).toEqual([states[0]?.detail.EndpointArn]);
    expect(states[0]?.detail.Tags['mlops-flow:endpoint']).toBe('echo');
    expect(states[0]?.detail.CreationTime).toBeTypeOf('number');
    const phases = told.filter((each) => each['detail-type'] === 'SageMaker Endpoint Deployment State Change');
    const seen = phases.flatMap(
      ({ detail }) => detail.PendingDeploymentSummary?.ProductionVariants[0]?.VariantStatus?.[0]?.Status ?? [],
    );
    expect(seen[0]).toBe('Creating');
    expect(seen).toContain('Baking');
    expect(phases[0]?.detail.PendingDeploymentSummary?.EndpointConfigName).not.toBe(
      phases[0]?.detail.EndpointConfigName,
    );
  });

  test('an abort during the canary takes all traffic back, and is told as one', async () => {
    const before = await describeEndpoint(session, 'echo');
    await deploy(
      await wishFor(versions[0] ?? '', {
        strategy: { kind: 'canary', size: { unit: 'percent', value: 50 }, interval: 3600, bake: 0, timeout: 14_400 },
      }),
    );
    let isAborted = false;
    const { verdict } = await follow(async (reading) => {
      const isBaking = reading.state?.pending?.fleets.some(({ status }) => status?.status === 'Baking') ?? false;
      if (!isBaking || isAborted || !reading.record) return;
      isAborted = true;
      await abort(session, journal, reading.record);
    });
    expect(verdict).toEqual({ outcome: 'rolled-back', title: 'Rolled back to v2', reason: 'It was aborted.' });
    expect((await describeEndpoint(session, 'echo'))?.config).toBe(before?.config);
    expect(await answer()).toBe('two');
  });

  test('back to a version of before by its config, after the abort: the alarm is reset', async () => {
    const [, , first] = await journal.records('echo');
    const reuse = first?.asked.config;
    await deploy(await wishFor(versions[0] ?? '', reuse ? { reuse } : {}));
    expect((await follow()).verdict).toEqual({ outcome: 'deployed', title: 'Deployed v1' });
    expect(await answer()).toBe('one');
  });

  test('a deployment that is refused changes nothing and says so', async () => {
    await expect(
      deploy(await wishFor('arn:aws:sagemaker:us-east-1:000000000000:model-package/echo/1', { role: 'nonsense' })),
    ).rejects.toThrow(/role/i);
    const [record] = await journal.records('echo');
    expect(record?.verdict).toMatchObject({ outcome: 'failed' });
    expect(record?.verdict?.reason).toContain('Nothing has changed for callers.');
    expect((await describeEndpoint(session, 'echo'))?.status).toBe('InService');
  });

  test('other rooms hear where a version is live', async () => {
    const { places, served } = await liveVersions(session);
    expect([...places]).toEqual([[versions[0], [expect.objectContaining({ endpoint: 'echo' })]]]);
    expect((await liveVersions(session, { places, served })).places).toEqual(places);
    const heard: number[] = [];
    const live = new LivePlaces(() => heard.push(live.seen(session.connection.id).size));
    expect(live.seen(session.connection.id).size).toBe(0);
    await live.of(session);
    expect(live.seen(session.connection.id)).toEqual(places);
    // What is read again and is the same is no news.
    live.forget();
    await live.of(session);
    expect(heard).toEqual([places.size]);
  });

  test('a shadow gets copies of the requests, is promoted, and goes', async () => {
    const name = `echo-shadow-${crypto.randomUUID().slice(0, 8)}`;
    const before = await readStanding(session, 'echo');
    if (!before) throw new Error('There is no endpoint.');
    const served = await answer();
    const other = served === 'one' ? versions[1] : versions[0];
    const change = shadowChange(
      { endpoint: 'echo', version: { arn: other ?? '', label: 'shadow' }, percent: 100, instances: 1, role, name },
      before.standing,
    );
    if (change.problem !== undefined) throw new Error(change.problem);
    for (const call of change.calls) await makeCall(session, call);
    await expect.poll(async () => (await describeEndpoint(session, 'echo'))?.config, { timeout: 60_000 }).toBe(name);
    expect(await answer()).toBe(served);
    const reading = await read();
    expect(reading.serving?.shadows.map(({ version }) => version)).toEqual([other]);
    expect(reading.state?.shadows.map(({ current }) => current)).toEqual([1]);
    await expect
      .poll(async () => (await readFigures(session, 'echo', [reading.state?.shadows[0]?.variant ?? '']))[0]?.requests, {
        timeout: 30_000,
      })
      .toBeGreaterThan(0);
    await deploy(await wishFor(other ?? '', { isPromotion: true }));
    const { verdict } = await follow();
    expect(verdict.outcome).toBe('deployed');
    expect(await answer()).not.toBe(served);
    expect((await describeEndpoint(session, 'echo'))?.shadows).toEqual([]);
  });

  test('weights share the requests out among variants', async () => {
    const { sagemaker, sdk } = session;
    const variants = ['one', 'two'].map((variant, index) => ({ variant, arn: versions[index] ?? '' }));
    for (const { variant, arn } of variants) {
      const model = { ModelName: `split-${variant}`, Containers: [{ ModelPackageName: arn }], ExecutionRoleArn: role };
      await sagemaker.send(new sdk.CreateModelCommand(model));
    }
    await sagemaker.send(
      new sdk.CreateEndpointConfigCommand({
        EndpointConfigName: 'split',
        ProductionVariants: variants.map(({ variant }) => ({
          VariantName: variant,
          ModelName: `split-${variant}`,
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
        })),
      }),
    );
    await sagemaker.send(new sdk.CreateEndpointCommand({ EndpointName: 'split', EndpointConfigName: 'split' }));
    const state = () => describeEndpoint(session, 'split');
    await expect.poll(async () => (await state())?.status, { timeout: 60_000 }).toBe('InService');
    const before = sharesOf((await state())?.fleets ?? []);
    expect(before.map(({ share }) => share)).toEqual([0.5, 0.5]);
    const change = weightChange('split', before, { one: '0' });
    if (change.problem !== undefined) throw new Error(change.problem);
    for (const call of change.calls) await makeCall(session, call);
    await expect.poll(async () => (await state())?.status, { timeout: 60_000 }).toBe('InService');
    expect(sharesOf((await state())?.fleets ?? []).map(({ share }) => share)).toEqual([0, 1]);
    await sagemaker.send(new sdk.DeleteEndpointCommand({ EndpointName: 'split' }));
  });

  test('all of an endpoint is deleted by its plan', async () => {
    const found = await readStanding(session, 'echo');
    const plan = deletionOf({
      endpoint: 'echo',
      config: found?.standing.config,
      models: found?.served.models.map(({ name }) => name) ?? [],
      scaling: [],
      alarms: ['echo-abort'],
    });
    for (const { call } of [...plan.goes, ...plan.stays]) await makeCall(session, call);
    await expect.poll(() => listEndpoints(session), { timeout: 30_000 }).toEqual([]);
  });
});
