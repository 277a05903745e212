import { rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Step, steps } from '../../../src/local/domain/executions';
import { cachedStep } from '../../../src/local/engine/cache';
import { holdAll } from '../../../src/local/engine/conditions';
import { type Json, type StepDefinition, parseDefinition } from '../../../src/local/engine/definition';
import { bindParameters, parameterText } from '../../../src/local/engine/parameters';
import { type Scope, parsePath, resolve } from '../../../src/local/engine/references';
import { retryDelay } from '../../../src/local/engine/retries';
import { Schedule } from '../../../src/local/engine/schedule';
import { Store } from '../../../src/local/store/store';
import { makeTemp } from './support';

function scopeOf(
  parameters: Record<
    string,
    { type: 'String' | 'Integer' | 'Float' | 'Boolean'; value: string | number | boolean }
  > = {},
): Scope {
  return {
    parameters: new Map(Object.entries(parameters)),
    variables: { PipelineName: 'p', PipelineExecutionId: 'abc' },
    result: (step) =>
      step === 'Train' ? { Outputs: [{ OutputName: 'a.b', Uri: 's3://x' }], Nested: { Value: 3 } } : undefined,
    propertyFile: () => ({ metrics: { accuracy: { value: 0.97 } }, list: [{ v: true }] }),
    object: (uri) => ({ uri }),
  };
}

const scalar = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string(), fc.boolean());
const condition = (value: object): boolean => holdAll([value as Json], scopeOf());

describe('conditions', () => {
  test('order of numbers and texts agrees with the six comparisons', () => {
    const pair = fc.oneof(
      fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })),
      fc.tuple(fc.string(), fc.string()),
    );
    fc.assert(
      fc.property(pair, ([LeftValue, RightValue]) => {
        const holds = (Type: string): boolean => condition({ Type, LeftValue, RightValue });
        expect(holds('LessThan')).toBe(LeftValue < RightValue);
        expect(holds('GreaterThan')).toBe(LeftValue > RightValue);
        expect(holds('LessThanOrEqualTo')).toBe(!holds('GreaterThan'));
        expect(holds('GreaterThanOrEqualTo')).toBe(!holds('LessThan'));
        expect(holds('NotEquals')).toBe(!holds('Equals'));
      }),
    );
  });

  test('Equals holds of a value and itself; In is Equals to one of them; NotIn is its opposite', () => {
    fc.assert(
      fc.property(scalar, fc.array(scalar), (QueryValue, Values) => {
        expect(condition({ Type: 'Equals', LeftValue: QueryValue, RightValue: QueryValue })).toBe(true);
        const found = Values.some((value) => condition({ Type: 'Equals', LeftValue: QueryValue, RightValue: value }));
        expect(condition({ Type: 'In', QueryValue, Values })).toBe(found);
        expect(condition({ Type: 'NotIn', QueryValue, Values })).toBe(!found);
      }),
    );
  });

  test('Not, Or and the conjunction of all obey De Morgan', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (truths) => {
        const all = truths.map((truth) => ({ Type: 'Equals', LeftValue: truth, RightValue: true }));
        expect(holdAll(all, scopeOf())).toBe(truths.every(Boolean));
        expect(condition({ Type: 'Or', Conditions: all })).toBe(truths.some(Boolean));
        const none = all.map((inner) => ({ Type: 'Not', Condition: inner }));
        expect(condition({ Type: 'Not', Condition: { Type: 'Or', Conditions: all } })).toBe(holdAll(none, scopeOf()));
      }),
    );
  });

  test('what has no order and what is no condition is told', () => {
    expect(() => condition({ Type: 'LessThan', LeftValue: 1, RightValue: '2' })).toThrow(/cannot be compared/);
    expect(() => condition({ Type: 'Equal', LeftValue: 1, RightValue: 1 })).toThrow(/no condition type "Equal"/);
  });
});

describe('references', () => {
  test('a value without functions stays as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('"Get"') && !JSON.stringify(value).includes('"Std:'));
        expect(resolve(value as Json, scopeOf())).toEqual(value);
      }),
    );
  });

  test('Std:Join is the join of its values, and joins nest', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean())), (On, Values) => {
        const joined = Values.map(String).join(On);
        expect(resolve({ 'Std:Join': { On, Values } }, scopeOf())).toBe(joined);
        expect(resolve({ 'Std:Join': { On: '', Values: ['<', { 'Std:Join': { On, Values } }, '>'] } }, scopeOf())).toBe(
          `<${joined}>`,
        );
      }),
    );
  });

  test('parameters keep their type; in a text, a Float keeps its decimal point', () => {
    const scope = scopeOf({
      F: { type: 'Float', value: 1 },
      I: { type: 'Integer', value: 2 },
      B: { type: 'Boolean', value: true },
    });
    expect(resolve([{ Get: 'Parameters.F' }, { Get: 'Parameters.I' }, { Get: 'Parameters.B' }], scope)).toEqual([
      1,
      2,
      true,
    ]);
    const Values = ['F', 'I', 'B'].map((name) => ({ Get: `Parameters.${name}` }));
    expect(resolve({ 'Std:Join': { On: ' ', Values } }, scope)).toBe('1.0 2 true');
  });

  test('paths go through members, indexes and names', () => {
    expect(resolve({ Get: "Steps.Train.Outputs['a.b'].Uri" }, scopeOf())).toBe('s3://x');
    expect(resolve({ Get: 'Steps.Train.Outputs[0].Uri' }, scopeOf())).toBe('s3://x');
    expect(
      resolve(
        { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.R' }, Path: 'metrics.accuracy.value' } },
        scopeOf(),
      ),
    ).toBe(0.97);
    expect(
      resolve(
        { 'Std:JsonGet': { S3Uri: { 'Std:Join': { On: '/', Values: ['s3:/', 'b', 'k'] } }, Path: 'uri' } },
        scopeOf(),
      ),
    ).toBe('s3://b/k');
    expect(parsePath(`$.a[0]['b c']["d.e"].f`)).toEqual(['a', '0', 'b c', 'd.e', 'f']);
  });

  test.each([
    ['Steps.Train.Missing', /leads nowhere: there is no 'Missing'/],
    ['Steps.Train.Nested', /an object, not to a value/],
    ['Steps.Other.X', /'Other' has no result/],
    ['Parameters.X', /no parameter 'X'/],
    ['Execution.X', /no execution variable 'X'/],
    ['Steps.Train.constructor', /there is no 'constructor'/],
    ['Else.X', /begins with none of/],
  ])('%s is told to lead nowhere', (Get, message) => {
    expect(() => resolve({ Get }, scopeOf())).toThrow(message);
  });
});

describe('parameters', () => {
  test('a value given as text has the value and text that it came from', () => {
    const bound = (type: 'Integer' | 'Float' | 'String' | 'Boolean', Value: string): unknown =>
      bindParameters([{ name: 'X', type }], [{ Name: 'X', Value }]).get('X')?.value;
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ minLength: 1 }),
        (integer, float, text) => {
          expect(bound('Integer', String(integer))).toBe(integer);
          expect(bound('Float', String(float))).toBe(Number(String(float)));
          expect(bound('String', text)).toBe(text);
        },
      ),
    );
    expect(bound('Boolean', 'True')).toBe(true);
    for (const [type, text] of [
      ['Integer', '1.0'],
      ['Integer', ''],
      ['Float', 'x'],
      ['Float', 'Infinity'],
      ['Boolean', '1'],
      ['String', ''],
    ] as const) {
      expect(() => bound(type, text)).toThrow();
    }
    expect(parameterText({ type: 'Float', value: 0.25 })).toBe('0.25');
  });
});

/** A random pipeline: each step needs some of those before it. */
const pipelines = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 }).map((needs) =>
  needs.map((list, index): StepDefinition => ({
    name: `S${index}`,
    type: 'Processing',
    arguments: {},
    dependsOn: [],
    needs: [...new Set(list.map((need) => `S${index === 0 ? 0 : need % index}`))].filter(() => index > 0),
    propertyFiles: [],
    retries: [],
    members: {},
    outputParameters: [],
  })),
);

describe('schedule', () => {
  test('a step starts once, after all that it needs has succeeded; after a failure nothing that needs it starts', () => {
    fc.assert(
      fc.property(
        pipelines,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        fc.nat(3),
        (steps, succeeds, width) => {
          const schedule = new Schedule(steps);
          const [started, done, failed] = [new Set<string>(), new Set<string>(), new Set<string>()];
          const running: StepDefinition[] = [];
          for (;;) {
            while (running.length <= width) {
              const step = schedule.take();
              if (!step) break;
              expect(started.has(step.name)).toBe(false);
              expect(step.needs.every((need) => done.has(need))).toBe(true);
              started.add(step.name);
              running.push(step);
            }
            const ended = running.shift();
            if (!ended) break;
            const good = succeeds[Number(ended.name.slice(1))] ?? true;
            (good ? done : failed).add(ended.name);
            schedule.settle(ended.name, good ? 'Succeeded' : 'Failed');
          }
          // What has not started has a failure somewhere before it.
          const byName = new Map(steps.map((step) => [step.name, step]));
          const blocked = (name: string): boolean => failed.has(name) || (byName.get(name)?.needs ?? []).some(blocked);
          for (const { name } of steps) expect(started.has(name)).toBe(failed.has(name) || !blocked(name));
        },
      ),
    );
  });
});

describe('definitions', () => {
  const step = (Name: string, more: object = {}): object => ({ Name, Type: 'Processing', Arguments: {}, ...more });
  const parse = (steps: object[]): unknown => parseDefinition(JSON.stringify({ Steps: steps }));

  test.each([
    ['not json', /Unable to parse pipeline definition/],
    ['[]', /Expecting start of Json Object/],
    ['{"Steps": {}}', /Steps must be an array/],
  ])('%s is refused', (text, message) => {
    expect(() => parseDefinition(text)).toThrow(message);
  });

  test('duplicate names, unknown needs and cycles are refused, also through branches and references', () => {
    expect(() => parse([step('A'), step('A')])).toThrow(/Two steps are named 'A'/);
    expect(() => parse([step('A', { DependsOn: ['B'] })])).toThrow(/needs 'B', which is not a step/);
    expect(() =>
      parse([step('A', { Arguments: { X: { Get: 'Steps.B.Y' } } }), step('B', { DependsOn: ['A'] })]),
    ).toThrow(/cycle/);
    const inner = {
      Name: 'C',
      Type: 'Condition',
      DependsOn: ['In'],
      Arguments: { Conditions: [], IfSteps: [step('In')] },
    };
    expect(() => parse([inner])).toThrow(/cycle/);
  });

  test('a pipeline of two thousand steps in a row is read in no time', () => {
    const steps = Array.from({ length: 2000 }, (_, index) =>
      step(`S${index}`, index > 0 ? { DependsOn: [`S${index - 1}`] } : {}),
    );
    expect(parseDefinition(JSON.stringify({ Steps: steps })).steps).toHaveLength(2000);
  });
});

test('retry policies wait longer each time, and end', () => {
  const policies = [{ exceptions: ['Step.THROTTLING'], intervalSeconds: 2, backoffRate: 3, maxAttempts: 3 }];
  const delays = [1, 2, 3, 4].map((attempts) => retryDelay(policies, 'Step.THROTTLING', attempts));
  expect(delays).toEqual([2000, 6000, 18_000, undefined]);
  expect(retryDelay(policies, 'SageMaker.JOB_INTERNAL_ERROR', 1)).toBeUndefined();
  expect(retryDelay(policies, undefined, 1)).toBeUndefined();
});

test('the cache takes the newest success that is young enough, and a copy does not prolong it', () => {
  const folder = makeTemp();
  const store = new Store(folder, [steps]);
  const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
  const put = (execution: string, ended: Date, more: Partial<Step> = {}): void =>
    steps(store).put({
      execution,
      name: 'S',
      type: 'Processing',
      status: 'Succeeded',
      startedAt: ended,
      endedAt: ended,
      attempts: 1,
      cacheKey: 'k',
      ...more,
    });
  const find = (expireAfter?: string): string | undefined => {
    const cache = expireAfter === undefined ? {} : { expireAfter };
    const definition = parseDefinition('{"Steps":[{"Name":"S","Type":"Processing"}]}').steps[0];
    return definition && cachedStep(store, 'k', { ...definition, cache })?.execution;
  };
  try {
    expect(find()).toBeUndefined();
    put('original', days(10));
    put('failed', days(1), { status: 'Failed' });
    put('copy', days(1), { cacheSource: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/original' });
    put('other', days(1), { cacheKey: 'l' });
    expect(find()).toBe('original');
    expect(find('P11D')).toBe('original');
    // The copy is young, what it was copied from is not.
    expect(find('P9D')).toBeUndefined();
    put('again', days(2));
    expect(find('P9D')).toBe('again');
    expect(find('P1D')).toBeUndefined();
    expect(find('nonsense')).toBeUndefined();
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
});
