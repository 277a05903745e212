import { describe, expect, test } from 'vitest';
import {
  defaultStrategy,
  deploymentConfig,
  guardrailsRefusal,
  instancesIn,
  offersFor,
  problemsOf,
  type Strategy,
  strategyIn,
  alarmsIn,
  type Traits,
} from '../../../src/deployment/model/strategy';

const traits: Traits = { kind: 'real-time', isUpdate: true, instances: 3, variants: 1, instanceType: 'ml.m5.large' };
const offered = (over: Partial<Traits>) =>
  offersFor({ ...traits, ...over })
    .filter(({ refusal }) => refusal === undefined)
    .map(({ kind }) => kind);
const strategy = (over: Partial<Strategy>): Strategy => ({ ...defaultStrategy, ...over });

describe('the combination matrix', () => {
  test.each<[string, Partial<Traits>, string[]]>([
    ['real-time', {}, ['all-at-once', 'canary', 'linear', 'rolling']],
    ['asynchronous', { kind: 'asynchronous' }, ['all-at-once', 'canary', 'linear', 'rolling']],
    ['serverless', { kind: 'serverless', instances: 0 }, ['all-at-once']],
    ['several variants', { variants: 2 }, ['all-at-once', 'canary', 'linear']],
    ['inference components', { hasComponents: true }, ['all-at-once']],
    ['Inf1', { instanceType: 'ml.inf1.xlarge' }, ['all-at-once']],
    ['Inf2, which is another', { instanceType: 'ml.inf2.xlarge' }, ['all-at-once', 'canary', 'linear', 'rolling']],
    ['a new endpoint', { isUpdate: false }, ['all-at-once']],
    ['one instance', { instances: 1 }, ['all-at-once']],
    ['two instances', { instances: 2 }, ['all-at-once', 'canary', 'linear', 'rolling']],
  ])('%s', (_, over, kinds) => {
    expect(offered(over)).toEqual(kinds);
  });

  test('gives a reason for all that is not offered', () => {
    const refused = offersFor({ ...traits, variants: 2 }).find(({ kind }) => kind === 'rolling');
    expect(refused?.refusal).toBe('A rolling update needs an endpoint with one variant.');
  });

  test('one instance can still be watched all at once', () => {
    expect(guardrailsRefusal({ ...traits, instances: 1 })).toBeUndefined();
    expect(guardrailsRefusal({ ...traits, kind: 'serverless' })).toMatch(/serverless/);
  });
});

describe('sizes', () => {
  test.each([
    [33, 3, 1],
    [50, 3, 1],
    [50, 4, 2],
    [10, 3, 1],
    [100, 3, 3],
    [20, 10, 2],
  ])('%i %% of %i instances are %i', (value, fleet, instances) => {
    expect(instancesIn({ unit: 'percent', value }, fleet)).toBe(instances);
  });

  test('instances are never more than there are', () => {
    expect(instancesIn({ unit: 'instances', value: 5 }, 3)).toBe(3);
  });
});

describe('limits', () => {
  test.each<[Partial<Strategy>, string | undefined]>([
    [{}, undefined],
    [{ size: { unit: 'percent', value: 51 } }, 'The canary must be a whole number from 1 to 50 percent.'],
    [{ kind: 'linear', size: { unit: 'percent', value: 9 } }, 'A step must be a whole number from 10 to 50 percent.'],
    [{ kind: 'rolling', size: { unit: 'percent', value: 5 } }, undefined],
    [{ kind: 'rolling', size: { unit: 'percent', value: 4 } }, 'A batch must be a whole number from 5 to 50 percent.'],
    [{ size: { unit: 'instances', value: 2 } }, 'The canary must be at least 1 instance and at most half of 3.'],
    [{ size: { unit: 'instances', value: 1 } }, undefined],
    [{ interval: 3601 }, 'The time between steps must be a whole number from 0 to 3600 seconds.'],
    [{ bake: 1.5 }, 'The last bake must be a whole number from 0 to 3600 seconds.'],
    [{ kind: 'rolling', bake: -1 }, undefined],
    [{ timeout: 599 }, 'The longest time must be a whole number from 600 to 28800 seconds.'],
    [{ kind: 'all-at-once', size: { unit: 'percent', value: 0 } }, undefined],
  ])('%j', (over, problem) => {
    expect(problemsOf(strategy(over), 3)[0]).toBe(problem);
  });
});

describe('in the form of the service', () => {
  test.each<Partial<Strategy>>([
    { kind: 'all-at-once', interval: 0, size: { unit: 'percent', value: 100 } },
    { kind: 'canary' },
    { kind: 'linear', size: { unit: 'instances', value: 1 } },
    { kind: 'rolling', bake: 0 },
  ])('%j comes back as it was', (over) => {
    const config = deploymentConfig(strategy(over), ['a', 'b']);
    expect(strategyIn(config)).toEqual(strategy(over));
    expect(alarmsIn(config)).toEqual(['a', 'b']);
  });

  test('all at once says its interval too, since the service requires it', () => {
    const config = deploymentConfig(strategy({ kind: 'all-at-once' }), []);
    expect(config).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
        TerminationWaitInSeconds: 300,
        MaximumExecutionTimeoutInSeconds: 3600,
      },
    });
  });

  test('no policy is all at once without a bake', () => {
    expect(strategyIn(undefined)).toMatchObject({ kind: 'all-at-once', bake: 0 });
  });
});
