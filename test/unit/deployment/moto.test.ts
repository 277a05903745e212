/**
 * The calls of deployments over moto, a server of AWS's protocols that others wrote: what it keeps is read back as AWS
 * says it, and what it does not know ends in a sentence. It moves no traffic: its endpoints are in service at once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageCommand, ListModelExplainabilityJobDefinitionsCommand } from '@aws-sdk/client-sagemaker';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Session } from '../../../src/aws';
import { begin, observe } from '../../../src/deployment/deploy';
import { Journal } from '../../../src/deployment/journal';
import { planOf, type Wish } from '../../../src/deployment/model/plan';
import { needOf } from '../../../src/deployment/model/quota';
import { firstTransform, readTransform, transformCalls } from '../../../src/deployment/model/transform/draft';
import { createMonitor, listSchedules } from '../../../src/deployment/monitor';
import { preflight } from '../../../src/deployment/preflight';
import { readStanding, readVersion } from '../../../src/deployment/prepare';
import { QuotaCheck } from '../../../src/deployment/quotas';
import { readEndpoint } from '../../../src/deployment/reading';
import { readDeletion, removeParts } from '../../../src/deployment/remove';
import {
  describeAlarms,
  describeEndpoint,
  getObject,
  headObject,
  invoke,
  listComponents,
  listConfigsOf,
  listEndpoints,
  listVersions,
  putObject,
  readScaling,
  setTag,
  tagsOf,
} from '../../../src/deployment/service';
import { beginTransform, describeTransform, listTransforms } from '../../../src/deployment/transforms';
import { hasMoto, type Moto, startMoto } from '../../fixtures/aws/moto';
import { archive, echo } from '../local/serving';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const isThere = hasMoto();
const role = 'arn:aws:iam::123456789012:role/execution';
const image = '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
const data = 's3://models/one/model.tar.gz';

let moto: Moto;
let session: Session;
let journal: Journal;
let folder: string;
let version: string;

const wish = async (over: Partial<Wish> = {}): Promise<Wish> => ({
  endpoint: 'live',
  model: await readVersion(session, version),
  kind: 'real-time',
  variant: 'AllTraffic',
  instanceType: 'ml.m5.large',
  instances: 2,
  serverless: { memory: 2048, concurrency: 5 },
  asynchronous: { output: '' },
  strategy: { kind: 'canary', size: { unit: 'percent', value: 50 }, interval: 60, bake: 60, timeout: 3600 },
  alarms: [{ metric: 'errors', threshold: 1, period: 60, evaluations: 1, datapoints: 1 }],
  scaling: { min: 1, max: 4, target: 100 },
  role,
  ...over,
});
const read = () => readEndpoint(session, 'live', () => journal.latest('live'), undefined);

describe.skipIf(!isThere)('over moto', () => {
  beforeAll(async () => {
    moto = await startMoto();
    ({ session } = moto);
    folder = await mkdtemp(join(tmpdir(), 'mlops-flow-moto-'));
    journal = new Journal(folder);
    const { sdk, sagemaker, s3 } = session;
    await s3.send(
      new CreateBucketCommand({ Bucket: 'models', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
    await putObject(session, data, archive(echo('one')));
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'sagemaker.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    await session
      .client('iam', (configuration) => new IAMClient(configuration))
      .send(
        new CreateRoleCommand({
          RoleName: 'execution',
          AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
        }),
      );
    await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'echo' }));
    const made = await sagemaker.send(
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
    version = made.ModelPackageArn ?? '';
  }, 180_000);
  afterAll(async () => {
    await moto.end();
    await rm(folder, { recursive: true, force: true });
  });

  test('the checks before a deployment', async () => {
    const checks = await preflight(session, await readVersion(session, version), role);
    expect(Object.fromEntries(checks.map(({ id, state }) => [id, state]))).toEqual({
      approval: 'passed',
      archive: 'passed',
      layout: 'passed',
      image: 'passed',
      role: 'passed',
    });
    // It has no quotas of SageMaker: that is said, and stops nothing.
    const asked = await wish();
    const quota = await new QuotaCheck(() => Promise.resolve(session)).of(
      needOf(planOf(asked, undefined, new Date()), asked, undefined),
    );
    expect(quota).toMatchObject({ id: 'quota', state: 'unknown' });
    expect(quota.text).not.toBe('');
  });

  test('a first deployment is carried out, followed to its verdict and read back', async () => {
    const plan = planOf(await wish(), undefined, new Date());
    await begin(session, journal, plan, { model: version, standing: undefined });
    const ended = await observe(session, journal, await read());
    expect(ended?.verdict).toMatchObject({ outcome: 'deployed' });
    expect(await listEndpoints(session)).toMatchObject([{ name: 'live', status: 'InService' }]);
    const reading = await read();
    expect(reading).toMatchObject({ state: { config: plan.config }, serving: { label: 'v1' } });
    expect([reading.alarms, reading.charts, reading.counts, reading.scaling].map(({ problem }) => problem)).toEqual(
      Array.from({ length: 4 }),
    );
    expect(await listVersions(session)).toMatchObject([{ group: 'echo', version: 1 }]);
    const [scaling] = await readScaling(session, 'live', ['AllTraffic']);
    expect(scaling).toMatchObject({ target: { MinCapacity: 1, MaxCapacity: 4 }, policies: [{}] });
    const standing = await readStanding(session, 'live');
    expect(standing?.standing).toMatchObject({ instances: 2, model: version, config: plan.config });
    expect(standing?.unknown).toEqual([]);
  });

  test('tags and configs of an endpoint; objects; an answer', async () => {
    const { arn = '' } = (await describeEndpoint(session, 'live')) ?? {};
    await setTag(session, arn, 'team', 'penguins');
    expect(await tagsOf(session, arn)).toMatchObject({ team: 'penguins' });
    await setTag(session, arn, 'team', undefined);
    expect(await tagsOf(session, arn)).not.toHaveProperty('team');
    expect(await listConfigsOf(session, 'live')).toMatchObject([{ model: version }]);
    expect((await headObject(session, data))?.size).toBe((await getObject(session, data)).length);
    expect(await headObject(session, 's3://models/none')).toBeUndefined();
    const request = { endpoint: 'live', body: Buffer.from('[1]'), contentType: 'application/json' };
    expect(await invoke(session, request)).toMatchObject({ contentType: expect.any(String) as string });
    expect(await describeEndpoint(session, 'none')).toBeUndefined();
  });

  test('an update is refused with a sentence, and alarms and record say so', async () => {
    const standing = (await readStanding(session, 'live'))?.standing;
    const plan = planOf(await wish(), standing, new Date(Date.now() + 1000));
    await expect(begin(session, journal, plan, { model: version, standing })).rejects.toThrow(
      /^Could not begin the update: /,
    );
    expect((await journal.latest('live'))?.verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/Nothing has changed for callers\.$/) as string,
    });
    const alarms = await describeAlarms(session, plan.alarms);
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName))).toEqual(new Set(plan.alarms));
    expect((await describeEndpoint(session, 'live'))?.status).toBe('InService');
  });

  test('a transform is begun, listed and described', async () => {
    const draft = firstTransform({ output: 's3://models/out', role });
    const { wish: transform, problems } = readTransform({ ...draft, input: 's3://models/in/' });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const calls = transformCalls(transform, await readVersion(session, version), 'all', transform.input);
    await beginTransform(session, calls, 'all');
    expect(await listTransforms(session, '', 10)).toMatchObject([{ name: 'all' }]);
    expect(await describeTransform(session, 'all')).toMatchObject({ TransformJobStatus: 'Completed' });
  });

  test('what it does not know ends in a sentence: schedules and components', async () => {
    await expect(listSchedules(session, 'live')).rejects.toThrow(
      /^Could not list the monitoring schedules: .*may not know this call/,
    );
    await expect(listComponents(session, 'live')).rejects.toThrow(/^Could not list the inference components/);
    const source = { kind: 'ModelExplainability' as const, config: 's3://models/analysis_config.json' };
    // The definition is kept, the schedule is not known.
    const monitor = { endpoint: 'live', image, role, source, folder: 's3://models/monitoring' };
    await expect(
      createMonitor(session, { ...monitor, expression: 'cron(0 * ? * * *)' }, () => undefined),
    ).rejects.toThrow(/^Could not make the monitoring schedule: /);
    const kept = await session.sagemaker.send(new ListModelExplainabilityJobDefinitionsCommand({}));
    expect(kept.JobDefinitionSummaries).toHaveLength(1);
  });

  test('the endpoint goes with all that is around it', async () => {
    const state = await describeEndpoint(session, 'live');
    if (!state) throw new Error('It is not there.');
    const { goes, stays } = await readDeletion(session, 'live', state);
    const ends = [];
    for await (const end of removeParts(session, 'live', [...goes, ...stays])) ends.push(end);
    expect(ends.length).toBeGreaterThan(3);
    expect(ends.filter(({ problem }) => problem)).toEqual([]);
    expect(await listEndpoints(session)).toEqual([]);
  });
});
