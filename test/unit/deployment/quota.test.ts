/** The quotas that a deployment counts against: what a plan needs, and what Local's Service Quotas and endpoints say. */
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
  type UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import {
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  paginateListServiceQuotas,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/aws';
import { type Standing, planOf, type Wish } from '../../../src/deployment/model/plan';
import { changesOf } from '../../../src/deployment/model/changes';
import { needOf, quotaFinding, type Usage } from '../../../src/deployment/model/quota';
import { concurrencyQuota, memoryQuota } from '../../../src/shared/quota-names';
import type { Strategy } from '../../../src/deployment/model/strategy';
import { QuotaCheck } from '../../../src/deployment/quotas';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { deployable, echo, settled } from '../local/serving';

const strategy: Strategy = {
  kind: 'canary',
  size: { unit: 'percent', value: 33 },
  interval: 60,
  bake: 60,
  timeout: 3600,
};

function wish(over: Partial<Wish> = {}): Wish {
  return {
    endpoint: 'echo',
    model: { arn: 'arn:aws:sagemaker:us-east-1:000000000000:model-package/echo/1', group: 'echo', version: 1 },
    kind: 'real-time',
    variant: 'AllTraffic',
    instanceType: 'ml.m5.large',
    instances: 4,
    serverless: { memory: 2048, concurrency: 5 },
    asynchronous: { output: '' },
    strategy,
    alarms: [],
    role: 'arn:aws:iam::000000000000:role/execution',
    ...over,
  };
}

const standing: Standing = {
  arn: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/echo',
  config: 'echo-v0',
  label: 'v0',
  base: {
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: 'v0', InstanceType: 'ml.m5.large', InitialInstanceCount: 4 },
    ],
  },
  surroundings: {},
  instances: 4,
  scaling: [],
  tripped: [],
};

const need = (wanted: Wish, now?: Standing) => needOf(planOf(wanted, now, new Date()), wanted, now);
const quota = (value: number, name = 'ml.m5.large for endpoint usage') => ({ name, code: 'L-1', value });
const runs = (instances: number, over: Partial<Usage> = {}): Usage => ({
  instances: new Map([['ml.m5.large', instances]]),
  concurrency: new Map(),
  isPartial: false,
  ...over,
});

describe('what a deployment needs', () => {
  test('is its fleet for a new endpoint, a second fleet for blue/green, and a batch for a rolling update', () => {
    expect(need(wish())).toMatchObject({ more: 4, isUpdate: false });
    expect(need(wish(), standing)).toMatchObject({ more: 4, isUpdate: true, rolling: 1 });
    const rolling: Strategy = { ...strategy, kind: 'rolling', size: { unit: 'percent', value: 50 }, bake: 0 };
    expect(need(wish({ strategy: rolling }), standing)).toEqual({
      kind: 'instances',
      type: 'ml.m5.large',
      more: 2,
      isUpdate: true,
    });
  });

  test('grows with the fleet, and a rolling update to more instances needs at least those', () => {
    expect(need(wish({ instances: 6 }), standing)).toMatchObject({ more: 6 });
    const rolling: Strategy = { ...strategy, kind: 'rolling', size: { unit: 'instances', value: 1 }, bake: 0 };
    expect(need(wish({ instances: 9, strategy: rolling }), standing)).toMatchObject({ more: 5 });
  });
});

describe('before and after', () => {
  const rows = (wanted: Wish, now: Standing | undefined) =>
    Object.fromEntries(
      changesOf(planOf(wanted, now, new Date()), wanted, now).map(({ what, ...each }) => [what, Object.values(each)]),
    );

  test('counts that autoscaling has set are kept, and told beside those of the config', () => {
    const scaled = {
      ...standing,
      instances: 7,
      scaling: [{ target: { ResourceId: 'x', MinCapacity: 2, MaxCapacity: 9 }, policies: [] }],
    };
    expect(rows(wish({ instances: 7 }), scaled)).toEqual({
      Version: ['v0', 'v1'],
      Instances: ['7 (4 in the config: it was scaled since)', '7'],
      'Instance type': ['ml.m5.large', 'ml.m5.large'],
      Weight: ['as set (1 in the config)', 'kept'],
      Autoscaling: ['2 to 9', 'kept'],
      'Data capture': ['none', 'none'],
    });
  });

  test('what is asked for otherwise is told; a new endpoint has no before', () => {
    const capture = { percent: 20, destination: 's3://b/c' };
    expect(rows(wish({ instances: 2, instanceType: 'ml.c5.xlarge', capture }), standing)).toMatchObject({
      Instances: ['4', '2'],
      'Instance type': ['ml.m5.large', 'ml.c5.xlarge'],
      'Data capture': ['none', '20 %'],
    });
    expect(rows(wish(), undefined)).toEqual({});
  });
});

describe('what is found', () => {
  const update = need(wish(), standing);

  test.each([
    [8, 'passed', /^8 of 8 ml\.m5\.large at the peak: 4 now, 4 more while both versions are there\.$/],
    [7, 'failed', /is 7\. 4 run now, and this needs 4 more .* to 8 or more, or choose a rolling update, which needs 1/],
    [4, 'failed', /increase to 8 or more\.$/],
    [0, 'failed', /is 0/],
  ] as const)('with a quota of %i: %s', (value, state, text) => {
    const found = quotaFinding(update, [quota(value)], runs(4));
    expect(found.state).toBe(state);
    expect(found.text).toMatch(text);
  });

  test('autoscaling beyond the quota is a warning', () => {
    const scaled = need(wish({ scaling: { min: 1, max: 12, target: 70 } }), standing);
    expect(quotaFinding(scaled, [quota(10)], runs(4)).state).toBe('warning');
    expect(quotaFinding(scaled, [quota(16)], runs(4)).state).toBe('passed');
  });

  test('a quota that is not listed is not known, and a partial count says so', () => {
    expect(quotaFinding(update, [], runs(4))).toMatchObject({ state: 'unknown' });
    expect(quotaFinding(update, [quota(20)], runs(4, { isPartial: true })).text).toMatch(/at least 4 now/);
  });

  test('serverless counts memory alone, and concurrency over all endpoints but its own', () => {
    const serverless = need(wish({ kind: 'serverless' }), standing);
    const usage = runs(0, { concurrency: new Map(Object.entries({ echo: 50, other: 6 })) });
    const quotas = (memory: number, concurrency: number) => [
      quota(memory, memoryQuota),
      quota(concurrency, concurrencyQuota),
    ];
    expect(quotaFinding(serverless, quotas(3072, 11), usage)).toMatchObject({ state: 'passed' });
    expect(quotaFinding(serverless, quotas(3072, 10), usage)).toMatchObject({
      state: 'failed',
      quota: { name: concurrencyQuota },
    });
    expect(quotaFinding(serverless, quotas(1024, 11), usage)).toMatchObject({
      state: 'failed',
      quota: { name: memoryQuota },
    });
  });
});

describe('over Local', () => {
  let local: LocalSession;
  let session: Session;
  let client: ServiceQuotasClient;
  const name = 'ml.m5.large for endpoint usage';
  let code = '';

  beforeAll(async () => {
    local = await startLocalSession('quotas', { speed: 60 });
    ({ session } = local);
    const { endpoint, region, accessKeyId, secretAccessKey } = local.controlPlane.ready;
    client = new ServiceQuotasClient({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
    for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode: 'sagemaker' })) {
      code = Quotas.find(({ QuotaName }) => QuotaName === name)?.QuotaCode ?? code;
    }
    const variant = { InitialInstanceCount: 2 };
    await deployable(session, 'blue', echo('blue'), { variant });
    await deployable(session, 'green', echo('green'), { variant });
  });
  afterAll(() => local.end());

  const set = (DesiredValue: number, QuotaCode = code) =>
    client.send(new RequestServiceQuotaIncreaseCommand({ ServiceCode: 'sagemaker', QuotaCode, DesiredValue }));
  const create = (EndpointName: string) =>
    session.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: 'blue' }));
  const update = (DeploymentConfig: UpdateEndpointInput['DeploymentConfig']) =>
    session.sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: 'one', EndpointConfigName: 'green', DeploymentConfig }),
    );
  const check = (wanted: Wish, now?: Standing) => new QuotaCheck(() => Promise.resolve(session)).of(need(wanted, now));

  test('quotas are listed by pages, and one that is not there is refused as by the service', async () => {
    const first = await client.send(new ListServiceQuotasCommand({ ServiceCode: 'sagemaker', MaxResults: 10 }));
    expect(first.Quotas).toHaveLength(10);
    expect(first.NextToken).toBeDefined();
    await expect(
      client.send(new GetServiceQuotaCommand({ ServiceCode: 'sagemaker', QuotaCode: 'L-00000000' })),
    ).rejects.toMatchObject({ name: 'NoSuchResourceException' });
    await expect(client.send(new ListServiceQuotasCommand({ ServiceCode: 'nothing' }))).rejects.toMatchObject({
      name: 'NoSuchResourceException',
    });
  });

  test('a limit that was set refuses an endpoint, as the check has said before', async () => {
    expect(await check(wish({ instances: 2 }))).toMatchObject({
      state: 'passed',
      text: expect.stringContaining('2 of 20') as string,
    });
    await set(1);
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode: 'sagemaker', QuotaCode: code }));
    expect(Quota).toMatchObject({ QuotaName: name, Value: 1 });
    expect(await check(wish({ instances: 2 }))).toMatchObject({ id: 'quota', state: 'failed' });
    await expect(create('one')).rejects.toMatchObject({
      name: 'ResourceLimitExceeded',
      message: expect.stringMatching(
        /'ml\.m5\.large for endpoint usage' is 1 Instances, with current utilization of 0 Instances and a request delta of 2 Instances/,
      ) as string,
    });
  });

  test('an update needs both fleets, and a rolling one a batch', async () => {
    await set(3);
    await create('one');
    expect((await settled(session, 'one')).EndpointStatus).toBe('InService');
    const now = { ...standing, instances: 2 };
    expect(await check(wish({ instances: 2 }), now)).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('2 run now, and this needs 2 more') as string,
    });
    await expect(update(undefined)).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
    const rolling: Strategy = { ...strategy, kind: 'rolling', size: { unit: 'instances', value: 1 }, bake: 0 };
    expect(await check(wish({ instances: 2, strategy: rolling }), now)).toMatchObject({ state: 'passed' });
    await update({
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
    });
    expect((await settled(session, 'one')).EndpointConfigName).toBe('green');
    await session.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'one' }));
  });

  test('quotas that cannot be read are not known, and no more', async () => {
    const broken = new Proxy(session, {
      get: (target, key) =>
        key === 'client'
          ? () => {
              throw new Error('not allowed');
            }
          : (Reflect.get(target, key) as unknown),
    });
    const found = await new QuotaCheck(() => Promise.resolve(broken)).of(need(wish()));
    expect(found).toMatchObject({ id: 'quota', state: 'unknown' });
    expect(found.text).toMatch(/quotas of SageMaker/);
  });
});
