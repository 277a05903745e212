import { describe, expect, test } from 'vitest';
import { detectLanguage, validate, type ValidateOptions } from '../../../src/definition';

const definition = (metadata: string): string =>
  `{"Version": "2020-12-01", "Metadata": {${metadata}}, "Parameters": [{"Name": "P", "Type": "String"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.Q"}}}]}`;
const found = (text: string, options?: ValidateOptions): string[] =>
  validate(text, options).map(({ rule, severity }) => `${severity} ${rule}`);
const all = ['information sm/param-unused', 'error sm/unknown-parameter-reference'];

describe('rules are turned off', () => {
  test('by level', () => {
    expect(found(definition(''))).toEqual(all);
    expect(found(definition(''), { levels: { 'sm/param-unused': 'off' } })).toEqual([all[1]]);
    expect(found(definition(''), { levels: { 'sm/param-unused': 'error' } })).toEqual([
      'error sm/param-unused',
      all[1],
    ]);
  });

  test('for the files that a glob matches, relative or absolute', () => {
    const overrides = [
      { files: ['legacy/**/*.json'], levels: { 'sm/unknown-parameter-reference': 'warning' as const } },
    ];
    expect(found(definition(''), { path: '/home/ada/project/legacy/a/b.json', overrides })[1]).toMatch(/^warning/);
    expect(found(definition(''), { path: 'legacy/b.json', overrides })[1]).toMatch(/^warning/);
    expect(found(definition(''), { path: '/home/ada/project/new/b.json', overrides })).toEqual(all);
  });

  test('by the Metadata of the definition, with and without prefix', () => {
    expect(found(definition('"mlops-flow-ignore": "param-unused"'))).toEqual([all[1]]);
    expect(found(definition('"mlops-flow-ignore": "sm/param-unused, unknown-parameter-reference"'))).toEqual([]);
    expect(found(definition('"mlops-flow-ignore": "*"'))).toEqual([]);
    expect(found(definition('"mlops-flow-ignore": "unused"'))).toEqual(all);
  });
});

describe('what is a definition', () => {
  test.each([
    ['by name, however empty', '', 'x.pipeline.json'],
    ['by its version', '{"Version": "2020-12-01"}', 'x.json'],
    ['by its steps', '{"Steps": [{"Name": "A", "Type": "Fail", "Arguments": {}}]}', 'x.json'],
    ['however broken', '{"Version": "2020-12-01", "Steps": [{"Name": "A",', undefined],
  ])('%s', (_, text, path) => {
    expect(detectLanguage(text, path)).toBe('sagemaker');
  });

  test.each([
    ['an IAM policy', '{"Version": "2012-10-17", "Statement": []}', 'policy.json'],
    ['a state machine', '{"StartAt": "A", "Version": "1.0", "States": {}}', 'x.json'],
    ['an ingest pipeline of the same name', '{"description": "d", "processors": []}', 'x.pipeline.json'],
    ['a recipe with steps', '{"Version": "2", "Steps": ["mix", "bake"]}', 'recipe.json'],
    ['nothing at all', '', 'x.json'],
  ])('not %s', (_, text, path) => {
    expect(detectLanguage(text, path)).not.toBe('sagemaker');
    expect(validate(text, { path }).filter(({ rule }) => rule.startsWith('sm/'))).toEqual([]);
  });
});
