import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/definition/json';
import { readRunnable, valueOf } from '../../../src/definition/sagemaker/runnable';

const step = (Name: string, rest: object = {}): object => ({ Name, Type: 'Processing', Arguments: {}, ...rest });
const read = (definition: object): ReturnType<typeof readRunnable> => readRunnable(JSON.stringify(definition));

describe('a pipeline that can be run', () => {
  test('values are those of JSON.parse, whatever the names of the members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(valueOf(parseJson(text).root)).toEqual(JSON.parse(text));
      }),
    );
    const text = '{"__proto__": {"a": 1}, "b": 1, "b": 2}';
    expect(Object.entries(valueOf(parseJson(text).root) as object)).toEqual(Object.entries(JSON.parse(text) as object));
  });

  test('a step needs what DependsOn names, what it references and the step it stands in', () => {
    const { steps } = read({
      Steps: [
        step('A'),
        step('B', { DependsOn: ['A'], Arguments: { X: { Get: 'Steps.A.Y' } } }),
        {
          Name: 'If',
          Type: 'Condition',
          DependsOn: [{ Step: 'B', Trigger: 'Any' }],
          Arguments: {
            Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Steps.A.Z' }, RightValue: 1 }],
            IfSteps: [step('C', { Arguments: { X: { Get: 'Steps.B.Y' } } })],
            ElseSteps: [],
          },
        },
      ],
    });
    expect(steps.map(({ name, needs }) => [name, needs])).toEqual([
      ['A', []],
      ['B', ['A']],
      ['If', ['B', 'A']],
      ['C', ['B', 'If']],
    ]);
    expect(steps[3]?.branch).toEqual({ step: 'If', outcome: 'True' });
    expect(steps[1]?.dependsOn).toEqual(['A']);
    expect(Object.keys(steps[2]?.arguments ?? {})).toEqual(['Conditions']);
  });

  test('steps in the body of a ForEach step know it, those in branches within it too', () => {
    const inner = { Name: 'If', Type: 'Condition', Arguments: { Conditions: [], IfSteps: [step('Deep')] } };
    const { steps } = read({
      Steps: [{ Name: 'Each', Type: 'ForEach', Arguments: { IterableItems: [], ForEachBody: [inner] } }, step('After')],
    });
    expect(steps.map(({ name, loop }) => [name, loop])).toEqual([
      ['Each', undefined],
      ['If', 'Each'],
      ['Deep', 'Each'],
      ['After', undefined],
    ]);
  });

  test('parameters, caches, retries and property files are read with the defaults of the service', () => {
    const { parameters, steps } = read({
      Parameters: [
        { Name: 'Count', Type: 'Integer', DefaultValue: 0 },
        { Name: 'Newer', Type: 'Secret', EnumValues: ['a', 1] },
        { Type: 'String' },
      ],
      Steps: [
        step('A', {
          CacheConfig: { Enabled: true, ExpireAfter: 'P30D' },
          RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], MaxAttempts: 2 }],
          PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'out', FilePath: 'a/b.json' }],
        }),
        step('B', { CacheConfig: { Enabled: false } }),
      ],
    });
    expect(parameters).toEqual([
      { name: 'Count', type: 'Integer', default: 0 },
      { name: 'Newer', type: 'String', allowed: ['a'] },
    ]);
    expect(steps[0]).toMatchObject({
      cache: { expireAfter: 'P30D' },
      retries: [{ exceptions: ['Step.THROTTLING'], intervalSeconds: 1, backoffRate: 2, maxAttempts: 2 }],
      propertyFiles: [{ name: 'Report', output: 'out', path: 'a/b.json' }],
    });
    expect(steps[1]).not.toHaveProperty('cache');
  });

  test.each([
    ['{"Steps": [}', /^The definition is not valid JSON in line 1, column 12: /],
    ['{\n  "Steps": [],\n}', /^The definition is not valid JSON in line \d, column \d+: /],
    ['', /^The definition is not valid JSON/],
    ['[]', /must be a JSON object/],
    ['{"Steps": {}}', /Steps must be an array/],
    ['{"Steps": [{"Name": "A"}]}', /Every step needs a Name and a Type/],
  ])('%j is refused with a sentence', (text, message) => {
    expect(() => readRunnable(text)).toThrow(message);
  });
});
