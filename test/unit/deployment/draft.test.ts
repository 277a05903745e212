import { describe, expect, test } from 'vitest';
import { type Draft, firstDraft, gatesOf, readDraft } from '../../../src/deployment/model/draft';
import type { Standing } from '../../../src/deployment/model/plan';

const role = 'arn:aws:iam::111122223333:role/penguins';
const model = {
  arn: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/7',
  group: 'penguins',
  version: 7,
};
const standing: Standing = {
  arn: 'arn:aws:sagemaker:eu-west-1:111122223333:endpoint/penguins',
  config: 'penguins-v6',
  label: 'v6',
  base: { ProductionVariants: [{ VariantName: 'blue', ModelName: 'm', InstanceType: 'ml.m5.large' }] },
  surroundings: {},
  instances: 3,
  scaling: [],
  tripped: [],
};
const first = firstDraft('penguins', role, {}, { kind: 'real-time', instanceType: 'ml.m5.large', instances: 3 });
const errors = (over: Partial<Draft>, at: Standing | undefined = standing) =>
  readDraft({ ...first, ...over }, model, at)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ text }) => text);

describe('what the form begins with', () => {
  test('is how the endpoint is, and has nothing against it', () => {
    const { wish, problems } = readDraft(first, model, standing);
    expect(problems).toEqual([]);
    expect(wish).toMatchObject({ variant: 'blue', instances: 3, strategy: { kind: 'canary' } });
    expect(wish.alarms.map(({ metric }) => metric)).toEqual(['errors', 'latency']);
  });

  test('is what the environment says, before what the endpoint is', () => {
    const draft = firstDraft('penguins', role, {
      instances: 5,
      strategy: 'linear',
      percent: 20,
      alarms: { latency: 250 },
      capture: { percent: 10, destination: 's3://kept' },
      scaling: { min: 1, max: 4, target: 100 },
    });
    expect(draft).toMatchObject({ instances: '5', strategy: 'linear', size: '20', errors: '', latency: '250' });
    const { wish } = readDraft(draft, model, undefined);
    expect(wish).toMatchObject({
      capture: { percent: 10 },
      scaling: { min: 1, max: 4, target: 100 },
      variant: 'AllTraffic',
    });
  });
});

test('an expiry is a time to come, counted from now', () => {
  const at = Date.UTC(2026, 0, 1);
  expect(readDraft({ ...first, expires: '3d' }, model, standing, undefined, at).wish.expires).toBe(at + 3 * 86_400_000);
  expect(readDraft(first, model, standing, undefined, at).wish.expires).toBeUndefined();
});

describe('what is wrong with a draft', () => {
  test.each<[Partial<Draft>, RegExp]>([
    [{ endpoint: 'my_endpoint' }, /letters, digits and hyphens/],
    [{ endpoint: 'a'.repeat(64) }, /63 at most/],
    [{ role: 'execution' }, /The role is an ARN/],
    [{ instanceType: 'm5.large' }, /named like ml\.m5\.large/],
    [{ instances: '0' }, /whole number of 1 or more/],
    [{ instances: '' }, /whole number of 1 or more/],
    [{ size: '80' }, /whole number from 1 to 50 percent/],
    [{ kind: 'asynchronous' }, /does not change an endpoint from real-time to asynchronous/],
    [{ kind: 'serverless', memory: '1000' }, /steps of 1024/],
    [{ kind: 'serverless', concurrency: '201' }, /1 to 200/],
    [{ capturePercent: '10' }, /kept in an S3 folder/],
    [{ scaleMin: '0', scaleMax: '3', scaleTarget: '10' }, /only asynchronous endpoints scale to 0/],
    [{ scaleMin: '2', scaleMax: '1', scaleTarget: '10' }, /not fewer than the fewest/],
    [{ expires: 'soon' }, /not a time to come/],
    [{ expires: '2020-01-01' }, /not a time to come/],
    [{ errors: '1' }, /never passed/],
    [{ instances: '1' }, /no part of the fleet/],
  ])('%j', (over, text) => {
    expect(errors(over).join(' ')).toMatch(text);
  });

  test('a new asynchronous endpoint needs a folder for its results', () => {
    const draft = { ...firstDraft('penguins', role, { kind: 'asynchronous' }) };
    expect(readDraft(draft, model, undefined).problems[0]?.text).toMatch(/go to an S3 folder/);
    expect(readDraft({ ...draft, output: 's3://out/penguins' }, model, undefined).problems).toEqual([]);
  });

  test('a serverless endpoint may become a real-time one, not the other way round', () => {
    const serverless = { ...standing, base: { ProductionVariants: [{ VariantName: 'blue', ServerlessConfig: {} }] } };
    expect(errors({}, serverless)).toEqual([]);
    expect(errors({ kind: 'serverless' })[0]).toMatch(/from real-time to serverless/);
  });
});

describe('what an environment asks for', () => {
  const facts = { isApproved: true, hasDryRun: true, alarms: 1, isUpdate: true };
  const requires = { approval: true, dryRun: true, alarms: true };

  test('holds nothing back that is there', () => {
    expect(gatesOf({ requires }, facts)).toEqual([]);
    expect(gatesOf({}, { isApproved: false, hasDryRun: false, alarms: 0, isUpdate: true })).toEqual([]);
  });

  test.each([
    [{ isApproved: false }, /approved version/],
    [{ hasDryRun: false }, /dry run/],
    [{ alarms: 0 }, /alarm/],
  ])('%j holds it back', (over, text) => {
    expect(gatesOf({ requires }, { ...facts, ...over })).toEqual([expect.stringMatching(text)]);
  });

  test('a new endpoint needs no alarm', () => {
    expect(gatesOf({ requires }, { ...facts, alarms: 0, isUpdate: false })).toEqual([]);
  });
});
