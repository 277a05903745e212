import { describe, expect, test } from 'vitest';
import { defaultAlarms } from '../../../src/deployment/model/alarms';
import { formatPlan } from '../../../src/deployment/model/formats';
import { callsOf, planOf, type Standing, type Wish } from '../../../src/deployment/model/plan';
import { defaultStrategy } from '../../../src/deployment/model/strategy';

const now = new Date('2026-03-04T05:06:07Z');
const wish: Wish = {
  endpoint: 'penguins',
  model: {
    arn: 'arn:aws:sagemaker:eu-west-1:1:model-package/penguins/7',
    group: 'penguins',
    version: 7,
    commit: 'abc',
  },
  kind: 'real-time',
  variant: 'AllTraffic',
  instanceType: 'ml.m5.large',
  instances: 3,
  serverless: { memory: 2048, concurrency: 5 },
  asynchronous: { output: 's3://out' },
  strategy: defaultStrategy,
  alarms: defaultAlarms,
  role: 'arn:aws:iam::1:role/execution',
};
const scaling = {
  target: {
    ServiceNamespace: 'sagemaker',
    ResourceId: 'endpoint/penguins/variant/AllTraffic',
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    MinCapacity: 1,
    MaxCapacity: 4,
  },
  policies: [{ PolicyName: 'p', PolicyType: 'TargetTrackingScaling' }],
};
const standing: Standing = {
  arn: 'arn:aws:sagemaker:eu-west-1:111122223333:endpoint/penguins',
  config: 'penguins-v6',
  label: 'v6',
  base: {
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        ModelName: 'm6',
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 1,
        VolumeSizeInGB: 30,
      },
    ],
    KmsKeyId: 'key',
  },
  surroundings: { EnableNetworkIsolation: true },
  instances: 3,
  scaling: [],
  tripped: [],
};
const operations = (over: Partial<Wish> = {}, at: Standing | undefined = standing) =>
  callsOf(planOf({ ...wish, ...over }, at, now)).map(({ operation }) => operation);

test('an expiry is a tag: of a new endpoint at once, of one that is there when the update is over', () => {
  const expires = Date.UTC(2026, 11, 24);
  const tag = { Key: 'mlops-flow:expires', Value: '2026-12-24T00:00:00.000Z' };
  expect(planOf({ ...wish, expires }, undefined, now).update.input['Tags']).toContainEqual(tag);
  expect(planOf({ ...wish, expires }, standing, now).finish).toEqual([
    {
      service: 'sagemaker',
      operation: 'AddTags',
      purpose: 'Say when the endpoint is to be gone',
      input: { ResourceArn: standing.arn, Tags: [tag] },
    },
  ]);
  expect(operations()).not.toContain('AddTags');
});

describe('an update', () => {
  const plan = planOf(wish, standing, now);

  test('makes model and config, its alarms, and begins', () => {
    expect(operations()).toEqual([
      'CreateModel',
      'CreateEndpointConfig',
      'PutMetricAlarm',
      'PutMetricAlarm',
      'PutMetricAlarm',
      'UpdateEndpoint',
    ]);
    expect(plan.alarms).toEqual(['penguins-errors', 'penguins-latency', 'penguins-abort']);
  });

  test('has names that tell version and time', () => {
    expect(plan.config).toBe('penguins-v7-20260304-050607');
    expect(planOf({ ...wish, endpoint: 'a'.repeat(63) }, standing, now).config).toHaveLength(63);
  });

  test('keeps all of the config before but the model, and where the model runs', () => {
    expect(plan.prepare[1]?.input).toMatchObject({
      KmsKeyId: 'key',
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName: plan.config, VolumeSizeInGB: 30, InitialInstanceCount: 3 },
      ],
    });
    expect(plan.prepare[0]?.input).toMatchObject({ EnableNetworkIsolation: true, ExecutionRoleArn: wish.role });
  });

  test('says in tags what it serves and what it followed', () => {
    expect(plan.prepare[1]?.input['Tags']).toEqual([
      { Key: 'mlops-flow:endpoint', Value: 'penguins' },
      { Key: 'mlops-flow:model-package', Value: wish.model.arn },
      { Key: 'mlops-flow:commit', Value: 'abc' },
      { Key: 'mlops-flow:previous-config', Value: 'penguins-v6' },
    ]);
  });

  test('keeps the counts that the endpoint has, unless others are asked for', () => {
    expect(plan.update.input).toMatchObject({ RetainAllVariantProperties: true });
    expect(plan.update.input).not.toHaveProperty('ExcludeRetainedVariantProperties');
    const more = planOf({ ...wish, instances: 5 }, standing, now);
    expect(more.update.input['ExcludeRetainedVariantProperties']).toEqual([
      { VariantPropertyType: 'DesiredInstanceCount' },
    ]);
    expect(more.fleet).toBe(5);
    expect(more.notes).toContain('The endpoint has 3 instances now and will have 5.');
  });

  test('resets an alarm that is in ALARM, which would roll it back at once', () => {
    const again = planOf(wish, { ...standing, tripped: ['penguins-abort'] }, now);
    expect(again.prepare.at(-1)).toMatchObject({
      operation: 'SetAlarmState',
      input: { AlarmName: 'penguins-abort', StateValue: 'OK' },
    });
  });

  test('leaves autoscaling alone while the instance type stays', () => {
    expect(operations({}, { ...standing, scaling: [scaling] })).not.toContain('DeregisterScalableTarget');
  });

  test('takes autoscaling away for another instance type and puts it back, also when nothing was updated', () => {
    const moved = planOf({ ...wish, instanceType: 'ml.m5.xlarge' }, { ...standing, scaling: [scaling] }, now);
    expect(moved.prepare.slice(-2).map(({ operation }) => operation)).toEqual([
      'DeleteScalingPolicy',
      'DeregisterScalableTarget',
    ]);
    expect(moved.finish.map(({ operation }) => operation)).toEqual(['RegisterScalableTarget', 'PutScalingPolicy']);
    expect(moved.finish[0]?.input).toEqual(scaling.target);
    expect(moved.restore).toEqual(moved.finish);
  });

  test('back to a config of before makes no new one', () => {
    const back = planOf({ ...wish, reuse: 'penguins-v5' }, standing, now);
    expect(callsOf(back).map(({ operation }) => operation)).not.toContain('CreateEndpointConfig');
    expect(back.update.input['EndpointConfigName']).toBe('penguins-v5');
  });

  test('of one of several variants leaves the others as they are', () => {
    const other = { VariantName: 'other', ModelName: 'm1', InstanceType: 'ml.c5.large', InitialInstanceCount: 1 };
    const both = { ...standing, base: { ProductionVariants: [...standing.base.ProductionVariants, other] } };
    expect(planOf(wish, both, now).prepare[1]?.input['ProductionVariants']).toEqual([expect.anything(), other]);
  });

  test('of a serverless endpoint has no policy and no counts', () => {
    const serverless = planOf({ ...wish, kind: 'serverless' }, standing, now);
    expect(serverless.update.input).toEqual({ EndpointName: 'penguins', EndpointConfigName: serverless.config });
    expect(serverless.alarms).toEqual([]);
    expect(serverless.strategy.kind).toBe('all-at-once');
  });

  test('warns of a rolling update and of one that nothing watches', () => {
    expect(planOf({ ...wish, strategy: { ...defaultStrategy, kind: 'rolling' } }, standing, now).notes[0]).toMatch(
      /removes old/,
    );
    expect(planOf({ ...wish, alarms: [] }, standing, now).notes[0]).toMatch(/No alarm/);
    expect(planOf({ ...wish, strategy: { ...defaultStrategy, interval: 0, bake: 0 } }, standing, now).notes[0]).toMatch(
      /has none/,
    );
  });
});

describe('a new endpoint', () => {
  const plan = planOf(wish, undefined, now);

  test('needs no policy and no alarm', () => {
    expect(callsOf(plan).map(({ operation }) => operation)).toEqual([
      'CreateModel',
      'CreateEndpointConfig',
      'CreateEndpoint',
    ]);
    expect(plan.timeline.phases).toHaveLength(1);
  });

  test('is captured, queued and scaled where it is asked for', () => {
    const all = planOf(
      {
        ...wish,
        kind: 'asynchronous',
        capture: { percent: 50, destination: 's3://capture' },
        scaling: { min: 0, max: 3, target: 5 },
      },
      undefined,
      now,
    );
    expect(all.prepare[1]?.input).toMatchObject({
      AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://out' } },
      DataCaptureConfig: { InitialSamplingPercentage: 50 },
    });
    expect(JSON.stringify(all.finish[1]?.input)).toContain('ApproximateBacklogSizePerInstance');
  });
});

describe('a plan to copy', () => {
  const plan = planOf({ ...wish, role: "arn:aws:iam::1:role/it's" }, standing, now);

  test('as commands of the AWS command line, quoted for a shell', () => {
    const lines = formatPlan(plan, 'cli').split('\n');
    expect(lines[0]).toMatch(/^aws sagemaker create-model --cli-input-json '\{"ModelName":/);
    expect(lines[0]).toContain(String.raw`it'\''s`);
    expect(lines.find((line) => line.includes('update-endpoint'))).toContain('"RetainAllVariantProperties":true');
    expect(lines.at(-2)).toContain('# penguins-v7');
  });

  test('as JSON, call by call', () => {
    expect(JSON.parse(formatPlan(plan, 'json'))).toHaveLength(6);
  });

  test('as a template whose endpoint waits for what it needs', () => {
    const template = JSON.parse(formatPlan(plan, 'cloudformation')) as { Resources: Record<string, { Type: string }> };
    expect(Object.values(template.Resources).map(({ Type }) => Type)).toEqual([
      'AWS::SageMaker::Model',
      'AWS::SageMaker::EndpointConfig',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Alarm',
      'AWS::SageMaker::Endpoint',
    ]);
    expect(template.Resources['Endpoint']).toMatchObject({
      DependsOn: ['EndpointConfig', 'PenguinsErrors', 'PenguinsLatency', 'PenguinsAbort'],
    });
  });
});
