import { describe, expect, test } from 'vitest';
import { planOf, type Standing, type Wish } from '../../../src/deployment/model/plan';
import { defaultStrategy } from '../../../src/deployment/model/strategy';
import {
  shadowChange,
  shadowRefusal,
  type ShadowWish,
  sharesOf,
  weightChange,
  withoutShadow,
} from '../../../src/deployment/model/variants';

const role = 'arn:aws:iam::111122223333:role/penguins';
const arn = (version: number) => `arn:aws:sagemaker:eu-west-1:1:model-package/penguins/${version}`;
const production = {
  VariantName: 'AllTraffic',
  ModelName: 'penguins-v6',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 2,
  InitialVariantWeight: 2,
};
const standing: Standing = {
  arn: 'arn:aws:sagemaker:eu-west-1:111122223333:endpoint/penguins',
  config: 'penguins-v6-config',
  label: 'v6',
  model: arn(6),
  base: { ProductionVariants: [production], DataCaptureConfig: { EnableCapture: true } },
  surroundings: { VpcConfig: { Subnets: ['a'] } },
  instances: 2,
  scaling: [],
  tripped: [],
};
const wish: ShadowWish = {
  endpoint: 'penguins',
  version: { arn: arn(7), label: 'v7' },
  percent: 25,
  instances: 1,
  role,
  name: 'penguins-v6-shadow-v7-1',
};
const shadowed: Standing = {
  ...standing,
  base: { ...standing.base, ShadowProductionVariants: [{ VariantName: 'AllTraffic-shadow', ModelName: 'm7' }] },
};

describe('weights', () => {
  const before = sharesOf([
    { variant: 'a', weight: 3 },
    { variant: 'b', weight: 1 },
  ]);

  test('are parts of their sum', () => {
    expect(before.map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(sharesOf([{ variant: 'a', weight: 0 }]).map(({ share }) => share)).toEqual([0]);
  });

  test('of all variants are set in one call, those that were not typed as they are', () => {
    const change = weightChange('penguins', before, { b: '3' });
    expect(change).toMatchObject({
      title: 'Share out the requests anew: 50 % to a, 50 % to b',
      calls: [
        {
          operation: 'UpdateEndpointWeightsAndCapacities',
          input: {
            EndpointName: 'penguins',
            DesiredWeightsAndCapacities: [
              { VariantName: 'a', DesiredWeight: 3 },
              { VariantName: 'b', DesiredWeight: 3 },
            ],
          },
        },
      ],
    });
  });

  test('of 0 leave a variant to those who name it', () => {
    expect(weightChange('penguins', before, { b: '0' })).toMatchObject({
      notes: [expect.stringMatching(/no bake, no alarm/), expect.stringMatching(/^b gets requests only/)],
    });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ a: '' }, /weight of a is a number/],
    [{ a: '-1' }, /weight of a is a number/],
    [{ a: 'x' }, /weight of a is a number/],
    [{ a: '0', b: '0' }, /One variant at least/],
    [{}, /that they have/],
    [{ a: '3', b: '1' }, /that they have/],
  ])('%j cannot be set', (texts, problem) => {
    expect(weightChange('penguins', before, texts).problem).toMatch(problem);
  });
});

describe('a shadow', () => {
  test('stands beside production, and counts by its weight', () => {
    const change = shadowChange(wish, standing);
    if (change.problem !== undefined) throw new Error(change.problem);
    const [model, config, update] = change.calls;
    expect(model?.input).toMatchObject({ ModelName: wish.name, VpcConfig: { Subnets: ['a'] } });
    expect(config?.input).toEqual({
      EndpointConfigName: wish.name,
      ProductionVariants: [production],
      DataCaptureConfig: { EnableCapture: true },
      ShadowProductionVariants: [
        {
          VariantName: 'AllTraffic-shadow',
          ModelName: wish.name,
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 0.5,
        },
      ],
      Tags: [
        { Key: 'mlops-flow:endpoint', Value: 'penguins' },
        { Key: 'mlops-flow:model-package', Value: arn(6) },
        { Key: 'mlops-flow:previous-config', Value: 'penguins-v6-config' },
      ],
    });
    expect(update?.input).toEqual({
      EndpointName: 'penguins',
      EndpointConfigName: wish.name,
      RetainAllVariantProperties: true,
    });
  });

  test.each<[Partial<ShadowWish>, RegExp]>([
    [{ percent: 0 }, /above 0/],
    [{ percent: 101 }, /at most 100/],
    [{ percent: Number.NaN }, /above 0/],
    [{ instances: 0 }, /1 or more/],
    [{ instances: 1.5 }, /1 or more/],
  ])('%j cannot be had', (over, problem) => {
    expect(shadowChange({ ...wish, ...over }, standing).problem).toMatch(problem);
  });

  test.each<[object, RegExp]>([
    [{ ProductionVariants: [production, { ...production, VariantName: 'b' }] }, /one variant/],
    [{ ProductionVariants: [{ VariantName: 'a', ModelName: 'm', ServerlessConfig: {} }] }, /serverless/],
    [{ ProductionVariants: [{ VariantName: 'a' }] }, /inference components/],
    [{ ProductionVariants: [production], AsyncInferenceConfig: {} }, /asynchronous/],
  ])('is not for %j', (base, problem) => {
    expect(shadowRefusal(base)).toMatch(problem);
  });

  test('goes, and what serves stays', () => {
    const change = withoutShadow('penguins', 'penguins-v6-2', shadowed);
    if (change.problem !== undefined) throw new Error(change.problem);
    expect(change.calls.map(({ operation }) => operation)).toEqual(['CreateEndpointConfig', 'UpdateEndpoint']);
    expect(change.calls[0]?.input).not.toHaveProperty('ShadowProductionVariants');
    expect(change.calls[0]?.input).toMatchObject({ ProductionVariants: [production] });
    expect(withoutShadow('penguins', 'x', standing).problem).toMatch(/no shadow/);
  });

  test('is kept by a deployment, and goes with its promotion', () => {
    const deployed: Wish = {
      endpoint: 'penguins',
      model: { arn: arn(7), group: 'penguins', version: 7 },
      kind: 'real-time',
      variant: 'AllTraffic',
      instanceType: 'ml.m5.large',
      instances: 2,
      serverless: { memory: 0, concurrency: 0 },
      asynchronous: { output: '' },
      strategy: defaultStrategy,
      alarms: [],
      role,
    };
    const configOf = (over: Partial<Wish>) =>
      planOf({ ...deployed, ...over }, shadowed, new Date()).prepare.find(
        ({ operation }) => operation === 'CreateEndpointConfig',
      )?.input;
    expect(configOf({})).toHaveProperty('ShadowProductionVariants');
    expect(planOf({ ...deployed, isPromotion: true }, shadowed, new Date()).update.input).not.toHaveProperty(
      'DeploymentConfig',
    );
    expect(configOf({ isPromotion: true })).not.toHaveProperty('ShadowProductionVariants');
  });
});
