/** Values that reach a place by a parameter or a join, and texts in the place of values. */
import { describe, expect, test } from 'vitest';
import { type Diagnostic, validate } from '../../../src/definition';
import { EditedDocument } from '../../fixtures/edited-document';

const member = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

/** A step that takes `P` as one of its values; `place` is where. */
function definition(parameter: object, place: Record<string, unknown> = {}): string {
  const { role, image, count, mode, uri } = place;
  return JSON.stringify({
    Version: '2020-12-01',
    Parameters: [{ Name: 'P', ...parameter }],
    Steps: [1, 2].map((number) => ({
      Name: `Step${number}`,
      Type: 'Processing',
      Arguments: {
        ProcessingResources: {
          ClusterConfig: {
            InstanceType: place['type'] ?? 'ml.m5.large',
            InstanceCount: count ?? 1,
            VolumeSizeInGB: 30,
          },
        },
        AppSpecification: {
          ImageUri: image ?? `111122223333.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:${'a'.repeat(64)}`,
        },
        RoleArn: role ?? 'arn:aws:iam::111122223333:role/a',
        ProcessingInputs: [
          {
            InputName: 'in',
            S3Input: {
              S3Uri: uri ?? 's3://bkt/in',
              LocalPath: '/opt/ml/processing/in',
              S3DataType: 'S3Prefix',
              ...member('S3InputMode', mode),
            },
          },
        ],
      },
    })),
  });
}

const use = { Get: 'Parameters.P' };
const at = (text: string, place: RegExp): Diagnostic[] =>
  validate(text).filter(({ pointer, severity }) => place.test(pointer) && /error|warning/.test(severity));

describe("a parameter's default is checked where it is used", () => {
  test.each<[string, object, Record<string, unknown>, string | undefined]>([
    [
      'a type without its prefix',
      { Type: 'String', DefaultValue: 'm5.large' },
      { type: use },
      'sm/instance-type-invalid',
    ],
    ['a known type', { Type: 'String', DefaultValue: 'ml.m5.large' }, { type: use }, undefined],
    [
      'a type that may be newer',
      { Type: 'String', DefaultValue: 'ml.x99.huge' },
      { type: use },
      'sm/instance-type-invalid',
    ],
    ['one slash', { Type: 'String', DefaultValue: 's3:/bucket/x' }, { uri: use }, 'sm/s3-uri-invalid'],
    ['an address', { Type: 'String', DefaultValue: 's3://bucket/x' }, { uri: use }, undefined],
    ['nothing yet', { Type: 'String', DefaultValue: '' }, { uri: use }, undefined],
    ['a placeholder', { Type: 'String', DefaultValue: '<your bucket>' }, { uri: use }, undefined],
    ['no default', { Type: 'String' }, { uri: use }, undefined],
    ['a name of a role', { Type: 'String', DefaultValue: 'SageMakerRole' }, { role: use }, 'sm/role-arn-invalid'],
    ['none of them', { Type: 'Integer', DefaultValue: 0 }, { count: use }, 'sm/number-out-of-range'],
    ['one', { Type: 'Integer', DefaultValue: 1 }, { count: use }, undefined],
    ['a mode of training', { Type: 'String', DefaultValue: 'FastFile' }, { mode: use }, 'sm/enum-invalid'],
    ['a mode', { Type: 'String', DefaultValue: 'Pipe' }, { mode: use }, undefined],
  ])('%s', (_, parameter, place, rule) => {
    const found = at(definition(parameter, place), /^\/Parameters\/0\/DefaultValue$/);
    // Both steps use it; it is told once, as what a run may still set right.
    expect(found.map((diagnostic) => [diagnostic.rule, diagnostic.severity])).toEqual(rule ? [[rule, 'warning']] : []);
    if (rule) expect(found[0]?.related?.[0]?.pointer).toMatch(/^\/Steps\/0\/Arguments\//);
  });

  test('and so is each value that it may take', () => {
    const parameter = {
      Type: 'String',
      DefaultValue: 'ml.m5.large',
      EnumValues: ['ml.m5.large', 'm5.xlarge', 'c5.large'],
    };
    expect(at(definition(parameter, { type: use }), /EnumValues/).map(({ pointer }) => pointer)).toEqual([
      '/Parameters/0/EnumValues/1',
      '/Parameters/0/EnumValues/2',
    ]);
  });

  test('again when a use comes and goes while the text is edited', () => {
    const text = definition({ Type: 'String', DefaultValue: 'm5.large' }, { type: use });
    const document = new EditedDocument(text);
    const told = (): number => document.diagnostics().filter(({ rule }) => rule === 'sm/instance-type-invalid').length;
    expect(told()).toBe(1);
    for (const expected of [1, 0]) {
      const start = document.text.indexOf('{"Get":"Parameters.P"}');
      document.edit({ start, end: start + '{"Get":"Parameters.P"}'.length, newText: '"ml.m5.large"' });
      expect(told()).toBe(expected);
    }
  });
});

describe('joined texts', () => {
  const join = (On: string, ...Values: unknown[]): object => ({ 'Std:Join': { On, Values } });
  test.each<[string, object, number]>([
    ['a whole address', join('/', 's3:/', use, 'x'), 0],
    ['a bucket without its scheme', join('/', use, 'x'), 2],
    ['one slash too few', join('', 's3:/', use, '/x'), 2],
    ['nothing known', join('/', { Get: 'Execution.PipelineName' }, 'x'), 0],
    ['a beginning that is known', join('/', 'bucket-of-ours', { Get: 'Execution.PipelineName' }), 2],
    ['a beginning too short to tell', join('', 's3', { Get: 'Execution.PipelineName' }), 0],
    ['a placeholder', join('/', '${bucket}-of-ours', 'x'), 0],
  ])('%s', (_, uri, expected) => {
    const found = at(definition({ Type: 'String', DefaultValue: 'bucket' }, { uri }), /S3Uri/);
    expect(found.filter(({ rule }) => rule === 'sm/s3-uri-invalid')).toHaveLength(expected);
  });
});

describe('the text of a variable', () => {
  const leaks = (text: string): number =>
    validate(
      JSON.stringify({
        Version: '2020-12-01',
        Steps: [{ Name: 'A', Type: 'Fail', Arguments: { ErrorMessage: text } }],
      }),
    ).filter(({ rule }) => rule === 'sm/leaked-variable').length;

  test.each([
    "ParameterInteger(name='Folds', default_value=3)",
    "s3://b/{'Get': 'Execution.StartDateTime'}/x",
    "--join {'Std:Join': {'On': '/'}}",
    '<sagemaker.workflow.properties.Properties object at 0x7f00deadbeef>',
    "Join(on='/', values=['a'])",
  ])('%s', (text) => expect(leaks(text)).toBe(1));

  test.each([
    'ParameterInteger (name of a class)',
    "a mapping {'Gets': 1}",
    'an object at 0x',
    'Join(us)',
    'name=x',
    "python -c 'print(name=1)'",
  ])('is not %s', (text) => expect(leaks(text)).toBe(0));
});

describe('steps that the SDK makes', () => {
  const steps = (get: string): string =>
    JSON.stringify({
      Version: '2020-12-01',
      Steps: [
        { Name: 'Model-RegisterModel', Type: 'RegisterModel', Arguments: {} },
        { Name: 'A', Type: 'Fail', Arguments: { ErrorMessage: { Get: get } } },
      ],
    });

  test('are named by the name of the step that was written', () => {
    const [found] = validate(steps('Steps.Model.ModelPackageArn')).filter(
      ({ rule }) => rule === 'sm/unknown-step-reference',
    );
    expect(found?.message).toContain("Did you mean 'Model-RegisterModel'?");
    expect(found?.fixes.map(({ title }) => title)).toEqual(["Change to 'Model-RegisterModel'"]);
  });
});

test.each([
  ['P30M', 1],
  ['P6M', 1],
  ['30m', 1],
  ['P5M', 0],
  ['PT30M', 0],
  ['P1Y6M', 0],
  ['P30D', 0],
])('a cache for %s: %i remarks on months', (ExpireAfter, expected) => {
  const text = JSON.stringify({
    Version: '2020-12-01',
    Steps: [
      { Name: 'A', Type: 'Lambda', CacheConfig: { Enabled: true, ExpireAfter }, FunctionArn: 'f', Arguments: {} },
    ],
  });
  expect(validate(text).filter(({ rule }) => rule === 'sm/cache-months')).toHaveLength(expected);
});
