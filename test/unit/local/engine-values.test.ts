import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stubsKey, type Stub } from '../../../src/shared/stubs';
import { defaultBucket } from '../../../src/local/domain/arns';
import { type Execution, executions, type Step, steps as stepRecords } from '../../../src/local/domain/executions';
import { objects } from '../../../src/local/domain/objects';
import { cachedStep, cacheKeyOf } from '../../../src/local/engine/cache';
import { checkDefinition } from '../../../src/local/engine/check';
import { holdAll } from '../../../src/local/engine/conditions';
import { type Json, parseDefinition } from '../../../src/local/engine/definition';
import { Engine } from '../../../src/local/engine/engine';
import { forgetJobs } from '../../../src/local/engine/forget';
import { missingInputs } from '../../../src/local/engine/inputs';
import { bindParameters, parameterText } from '../../../src/local/engine/parameters';
import { memberOf, parsePath, resolve } from '../../../src/local/engine/references';
import { judgeScripts, refuseSteps, scopeBefore } from '../../../src/local/engine/refusals';
import { retryDelay } from '../../../src/local/engine/retries';
import { Schedule } from '../../../src/local/engine/schedule';
import { selectSteps } from '../../../src/local/engine/selection';
import { servedAlgorithm } from '../../../src/local/engine/served';
import { outcomeOf, stubProblem, takeStubs, withOutputs } from '../../../src/local/engine/stubs';
import { type Job, jobs as jobRecords } from '../../../src/local/jobs/job';
import type { Jobs } from '../../../src/local/jobs/jobs';
import { execution, openStore, scopeOf, stepOf, stepsOf } from './engine-bed';
import { shellStep } from './support';

/* Small parts of the engine, each by itself. */

const store = openStore();
const stub = (outputs: Stub['outputs'] = {}, status: Stub['status'] = 'Succeeded'): Stub => ({
  status,
  outputs,
  metrics: {},
  artifacts: {},
});

describe('conditions', () => {
  const parameters = new Map([['N', { type: 'Integer' as const, value: 5 }]]);
  const hold = (...conditions: unknown[]): boolean => holdAll(conditions as Json[], scopeOf({ parameters }));
  const n = { Get: 'Parameters.N' };
  const compare = (Type: string, LeftValue: unknown, RightValue: unknown): object => ({ Type, LeftValue, RightValue });

  test.each<[type: string, below: boolean, same: boolean, above: boolean]>([
    ['Equals', false, true, false],
    ['NotEquals', true, false, true],
    ['GreaterThan', false, false, true],
    ['GreaterThanOrEqualTo', false, true, true],
    ['LessThan', true, false, false],
    ['LessThanOrEqualTo', true, true, false],
  ])('%s', (type, below, same, above) => {
    expect([4, 5, 6].map((value) => hold(compare(type, value, n)))).toEqual([below, same, above]);
    expect(['4', '5', '6'].map((value) => hold(compare(type, value, '5')))).toEqual([below, same, above]);
    // The right side is resolved as the left one is.
    expect([4, 5, 6].map((value) => hold(compare(type, n, value)))).toEqual([above, same, below]);
  });

  test('values of two types are not equal, and have no order', () => {
    expect(hold(compare('Equals', 5, '5'))).toBe(false);
    expect(hold(compare('NotEquals', 5, '5'))).toBe(true);
    for (const [left, right, text] of [
      [5, '5', '5 and "5"'],
      ['5', 5, '"5" and 5'],
      [true, false, 'true and false'],
      [null, 1, 'null and 1'],
    ]) {
      expect(() => hold(compare('LessThan', left, right))).toThrow(
        expect.objectContaining({
          name: 'UndecidableCondition',
          message: `${String(text)} cannot be compared: both must be numbers or both texts.`,
        }),
      );
    }
  });

  test.each<[condition: object, holds: boolean]>([
    [{ Type: 'In', QueryValue: n, Values: [4, 5] }, true],
    [{ Type: 'In', QueryValue: 5, Values: [4, n] }, true],
    [{ Type: 'In', QueryValue: n, Values: ['5'] }, false],
    [{ Type: 'In', QueryValue: n }, false],
    [{ Type: 'NotIn', QueryValue: n, Values: [5] }, false],
    [{ Type: 'NotIn', QueryValue: n, Values: [] }, true],
    [{ Type: 'Not', Condition: compare('Equals', n, 5) }, false],
    [{ Type: 'Not', Condition: compare('Equals', n, 6) }, true],
    [{ Type: 'Or', Conditions: [compare('Equals', n, 6), compare('Equals', n, 5)] }, true],
    [{ Type: 'Or', Conditions: [compare('Equals', n, 6)] }, false],
    [{ Type: 'Or', Conditions: [] }, false],
    [{ Type: 'Or' }, false],
  ])('%j', (condition, holds) => {
    expect(hold(condition)).toBe(holds);
  });

  test('all have to hold', () => {
    expect(hold()).toBe(true);
    expect(hold(compare('Equals', 1, 1), compare('Equals', 1, 2))).toBe(false);
    expect(holdAll(undefined, scopeOf())).toBe(true);
  });

  test.each<[condition: unknown, message: string]>([
    ['yes', 'A condition must be an object with a Type.'],
    [{ Type: 'Not' }, 'A condition must be an object with a Type.'],
    [{ Type: 'Equal' }, 'There is no condition type "Equal".'],
    [{}, 'There is no condition type undefined.'],
  ])('%j cannot be decided', (condition, message) => {
    expect(() => hold(condition)).toThrow(expect.objectContaining({ name: 'UndecidableCondition', message }));
  });
});

describe('references', () => {
  const at = new Date('2026-01-02T03:04:05Z');
  const scope = scopeOf({
    parameters: new Map([
      ['F', { type: 'Float' as const, value: 1 }],
      ['S', { type: 'String' as const, value: 'x' }],
    ]),
    variables: { PipelineName: 'p', Empty: '' },
    result: (step) =>
      step === 'A'
        ? { At: at, Zero: 0, No: false, None: null, List: [{ OutputName: 'o', V: 1 }, { V: 2 }], In: { Deep: 'd' } }
        : undefined,
    propertyFile: (step, name) => ({ step, name }),
    object: (uri) => ({ uri, 'a b': [{ c: 1 }] }),
  });
  const value = (given: unknown): unknown => resolve(given as Json, scope);

  test.each<[given: unknown, resolved: unknown]>([
    [{ Get: 'Parameters.F' }, 1],
    [{ Get: 'Execution.PipelineName' }, 'p'],
    [{ Get: 'Execution.Empty' }, ''],
    [{ Get: 'Steps.A.At' }, '2026-01-02T03:04:05.000Z'],
    [{ Get: 'Steps.A.Zero' }, 0],
    [{ Get: 'Steps.A.No' }, false],
    [{ Get: 'Steps.A.In.Deep' }, 'd'],
    [{ Get: 'Steps.A.List[1].V' }, 2],
    [{ Get: "Steps.A.List['o'].V" }, 1],
    [{ Get: 7 }, { Get: 7 }],
    [
      { Get: 'Parameters.F', More: { Get: 'Parameters.S' } },
      { Get: 'Parameters.F', More: 'x' },
    ],
    [
      [{ Get: 'Parameters.S' }, null],
      ['x', null],
    ],
    [{}, {}],
    [{ 'Std:Join': 'text' }, { 'Std:Join': 'text' }],
    [{ 'Std:JsonGet': 'text' }, { 'Std:JsonGet': 'text' }],
    [{ 'Std:Other': {} }, { 'Std:Other': {} }],
    [{ 'Std:Join': { On: '/', Values: ['a', { Get: 'Parameters.F' }, 2, true, null] } }, 'a/1.0/2/true/null'],
    [{ 'Std:Join': { Values: ['a', { Get: 'Parameters.S' }] } }, 'ax'],
    [{ 'Std:Join': { On: '/', Values: 'ab' } }, ''],
    [{ 'Std:Join': { On: '+', Values: [{ Get: 'Steps.A.Zero' }, [1, 2]] } }, '0+[1,2]'],
    [{ 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.Report' }, Path: 'step' } }, 'E'],
    [{ 'Std:JsonGet': { PropertyFile: { Get: 'Steps.E.PropertyFiles.Report' }, Path: '$.name' } }, 'Report'],
    [{ 'Std:JsonGet': { S3Uri: 's3://b/k', Path: "['a b'][0].c" } }, 1],
    [{ 'Std:JsonGet': { PropertyFile: 'none', Path: 'uri' } }, ''],
    [{ 'Std:JsonGet': { PropertyFile: { Get: 1 }, S3Uri: { Get: 'Parameters.S' }, Path: 'uri' } }, 'x'],
  ])('%j', (given, resolved) => {
    expect(value(given)).toEqual(resolved);
  });

  test.each<[given: object, message: string]>([
    [{ Get: 'Parameters.X' }, "There is no parameter 'X' for the reference 'Parameters.X'."],
    [{ Get: 'Parameters' }, "There is no parameter '' for the reference 'Parameters'."],
    [{ Get: 'Execution.X' }, "There is no execution variable 'X'."],
    [{ Get: 'Steps.B.X' }, "The step 'B' has no result for the reference 'Steps.B.X'."],
    [{ Get: 'Steps.A.X' }, "'Steps.A.X' leads nowhere: there is no 'X'."],
    [{ Get: "Steps.A.List['n'].V" }, "'Steps.A.List['n'].V' leads nowhere: there is no 'n'."],
    [{ Get: 'Steps.A.List[2].V' }, "'Steps.A.List[2].V' leads nowhere: there is no '2'."],
    [{ Get: 'Steps.A.In' }, "'Steps.A.In' leads to an object, not to a value."],
    [{ Get: 'Steps.A.None' }, "'Steps.A.None' leads to an object, not to a value."],
    [{ Get: 'Steps.A.List' }, "'Steps.A.List' leads to a list, not to a value."],
    [{ Get: '' }, "The reference '' begins with none of Parameters, Steps and Execution."],
    [{ 'Std:JsonGet': { S3Uri: 's3://b/k' } }, "'' leads to an object, not to a value."],
  ])('%j is told', (given, message) => {
    expect(() => value(given)).toThrow(expect.objectContaining({ name: 'UnresolvedReference', message }));
  });

  test.each<[path: string, parts: string[]]>([
    ['a.b', ['a', 'b']],
    ['$.a', ['a']],
    ['$a', ['a']],
    ['a.$.b', ['a', '$', 'b']],
    ['$', []],
    ["a['']", ['a', '']],
    ['a["b.c"][12].d', ['a', 'b.c', '12', 'd']],
    ["['x']", ['x']],
  ])('the path %s', (path, parts) => {
    expect(parsePath(path)).toEqual(parts);
  });

  test('a member of an object is its own; an element of a list is found by its place or name', () => {
    expect(memberOf({ a: 1 }, 'a')).toBe(1);
    expect(memberOf({ a: 1 }, 'toString')).toBeUndefined();
    expect(memberOf('text', 'length')).toBeUndefined();
    expect(memberOf(undefined, 'a')).toBeUndefined();
    const list = [1, { Name: 'x' }, { MetricName: 'y', Value: 1 }, { Value: 'x' }];
    expect(memberOf(list, '0')).toBe(1);
    expect(memberOf(list, 'x')).toBe(list[1]);
    expect(memberOf(list, 'y')).toBe(list[2]);
    expect(memberOf(list, 'z')).toBeUndefined();
    expect(memberOf(list, '1x')).toBeUndefined();
    expect(memberOf(list, 'x1')).toBeUndefined();
  });
});

describe('values of parameters', () => {
  const one = (type: 'Integer' | 'Float' | 'Boolean', Value: string): unknown =>
    bindParameters([{ name: 'P', type }], [{ Name: 'P', Value }]).get('P')?.value;

  test.each([
    ['Integer', '7', 7],
    ['Integer', '-7', -7],
    ['Integer', '+12', 12],
    ['Float', '1', 1],
    ['Float', '1.', 1],
    ['Float', '-.25', -0.25],
    ['Float', '1E-2', 0.01],
    ['Float', '12.34e+2', 1234],
    ['Boolean', 'true', true],
    ['Boolean', 'False', false],
  ] as const)('%s %s', (type, text, value) => {
    expect(one(type, text)).toBe(value);
  });

  test.each([
    ['Integer', '7x'],
    ['Integer', 'x7'],
    ['Integer', '1e2'],
    ['Float', '1.2.3'],
    ['Float', '1e2x'],
    ['Float', 'NaN'],
    ['Boolean', 'truely'],
    ['Boolean', 'untrue'],
  ] as const)('%s %s is refused', (type, text) => {
    expect(() => one(type, text)).toThrow(`The value '${text}' of parameter 'P' is not of type ${type}.`);
  });

  test('a default has to be one of the values that are allowed, too', () => {
    const definition = { name: 'P', type: 'Integer' as const, default: 3, allowed: ['1', '2'] };
    expect(() => bindParameters([definition], [])).toThrow("The value '3' of parameter 'P' is not one of [1, 2].");
    expect(bindParameters([definition], [{ Name: 'P', Value: '2' }]).get('P')).toEqual({ type: 'Integer', value: 2 });
  });

  test('what has no name or value is told as such', () => {
    expect(() => bindParameters([], [{}])).toThrow("The value of parameter '' is empty");
    expect(() => bindParameters([], [{}], 'record')).toThrow('Unknown parameters: []. The definition declares no');
  });

  test.each([
    ['Float', 2, '2.0'],
    ['Float', 2.5, '2.5'],
    ['Integer', 2, '2'],
    ['Boolean', true, 'true'],
    ['String', 'x', 'x'],
  ] as const)('%s %s as text', (type, value, text) => {
    expect(parameterText({ type, value })).toBe(text);
  });
});

describe('inputs', () => {
  const told = (Arguments: object, has: (uri: string) => boolean = () => false, ...others: object[]): string[] => {
    const all = stepsOf({ Name: 'S', Type: 'Processing', Arguments }, ...others);
    const [step] = all;
    return step ? missingInputs(step, all, ({ arguments: own }) => own, has) : [];
  };
  const reads = (S3Uri: string): object => ({ ProcessingInputs: [{ S3Input: { S3Uri } }] });
  const missing = (...places: string[]): string[] => [
    `it reads ${places.join(' and ')}, which ${places.length === 1 ? 'is' : 'are'} not there`,
  ];

  test('places are told once each, all of them in one sentence', () => {
    const twice = { A: [{ S3Input: { S3Uri: 's3://b/x' } }, { S3Input: { S3Uri: 's3://b/x' } }] };
    expect(told(twice)).toEqual(missing('s3://b/x'));
    const two = { ...twice, B: { S3DataSource: { S3Uri: 's3://b/y' } } };
    expect(told(two)).toEqual(missing('s3://b/x', 's3://b/y'));
    expect(told(two, (uri) => uri === 's3://b/x')).toEqual(missing('s3://b/y'));
  });

  test('only what is read is looked for, and only in S3', () => {
    expect(told({ S3Output: { S3Uri: 's3://b/x' } })).toEqual([]);
    expect(told({ S3Inputs: { S3Uri: 's3://b/x' } })).toEqual([]);
    expect(told({ OfS3Input: { S3Uri: 's3://b/x' } })).toEqual([]);
    expect(told({ S3Input: { Uri: 's3://b/x' } })).toEqual([]);
    expect(told({ S3Input: { S3Uri: 7 } })).toEqual([]);
    expect(told(reads('https://b/x'))).toEqual([]);
  });

  const writes = (place: object): object => ({ Name: 'W', Type: 'Processing', Arguments: place });
  test.each<[what: string, place: object, uri: string, isAwaited: boolean]>([
    ['the same place', { S3Output: { S3Uri: 's3://b/x' } }, 's3://b/x', true],
    ['a place below', { S3Output: { S3Uri: 's3://b/x' } }, 's3://b/x/y.csv', true],
    ['a place above', { S3Output: { S3Uri: 's3://b/x/y/' } }, 's3://b/x', true],
    ['a place beside', { S3Output: { S3Uri: 's3://b/x' } }, 's3://b/xy', false],
    ['the output path of a transform', { TransformOutput: { S3OutputPath: 's3://b/x' } }, 's3://b/x/1.out', true],
    ['the folder of jobs', { OutputDataConfig: { S3OutputPath: 's3://b/x' } }, 's3://b/x', true],
    ['a file in the folder of jobs', { OutputDataConfig: { S3OutputPath: 's3://b/x' } }, 's3://b/x/1.csv', false],
    ['a list of places', { Outputs: [{ S3Output: { S3Uri: 's3://b/x//' } }] }, 's3://b/x', true],
    ['what is no place', { Elsewhere: { S3Uri: 's3://b/x' } }, 's3://b/x', false],
    ['what is no text', { S3Output: { S3Uri: 1 } }, 's3://b/x', false],
    ['another member', { S3Output: { LocalPath: 's3://b/x' } }, 's3://b/x', false],
  ])('another step writes %s', (_, place, uri, isAwaited) => {
    expect(told(reads(uri), undefined, writes(place))).toEqual(isAwaited ? [] : missing(uri));
  });

  test.each([
    ['--input', 's3://b/a.csv', true],
    ['--input-data', 's3://b/a.tsv', true],
    ['--input_file', 's3://b/a.txt', true],
    ['--train-input', 's3://b/a.jsonl', true],
    ['--train_input-file', 's3://b/a.parquet', true],
    ['--data-input', 's3://b/a.JSON', true],
    ['--input', 's3://b/a.zip', true],
    ['--input', 's3://b/d/a.gz', true],
    ['-input', 's3://b/a.csv', false],
    ['x--input', 's3://b/a.csv', false],
    ['--inputs', 's3://b/a.csv', false],
    ['--noinput', 's3://b/a.csv', false],
    ['--output', 's3://b/a.csv', false],
    ['--input', 's3://b/a.csv.bak', false],
    ['--input', 's3://b/csv', false],
    ['--input', 's3://a.csv', false],
    ['--input', 'see s3://b/a.csv', false],
    ['--input', 7, false],
    [7, 's3://b/a.csv', false],
  ])('arguments %s %s', (option, word, isRead) => {
    const found = told({ AppSpecification: { ContainerArguments: ['run', option, word] } });
    expect(found).toEqual(isRead ? missing(String(word)) : []);
  });

  test.each([
    ['a.py', true],
    ['a.SH', true],
    ['a.R', true],
    ['a.ipynb', true],
    ['a.pyc', false],
    ['a.py/b', false],
    ['apy', false],
  ])('of a step that waits for others %s is looked for: %s', (name, is) => {
    const step = { Name: 'S', Type: 'Processing', DependsOn: ['W'], Arguments: reads(`s3://b/${name}`) };
    const all = stepsOf(step, { Name: 'W', Type: 'Processing', Arguments: {} });
    const [first] = all;
    const found =
      first &&
      missingInputs(
        first,
        all,
        ({ arguments: own }) => own,
        () => false,
      );
    expect(found).toEqual(is ? missing(`s3://b/${name}`) : []);
  });

  test('what only looks like arguments is none', () => {
    expect(told({ ContainerArguments: '--input s3://b/a.csv' })).toEqual([]);
    expect(told({ ContainerEntrypoint: ['--input', 's3://b/a.csv'] })).toEqual([]);
  });

  test.each([
    ['<YOUR-BUCKET>', true],
    ['s3://<YOUR BUCKET>/x', true],
    ['INSERT THE ROLE HERE', true],
    ['please ADD A NAME HERE now', true],
    ['PUT 1 HERE', true],
    ['ENTER it HERE', true],
    ['<YO>', false],
    ['<YOU>', true],
    ['<your-bucket>', false],
    ['x<YOUR-BUCKET>', false],
    ['INSERT HERE', false],
    ['REINSERT THE ROLE HERE', false],
    ['INSERT THE ROLE HEREAFTER', false],
  ])('%s is a placeholder: %s', (text, is) => {
    expect(told({ A: [{ B: text }] })).toEqual(is ? [`it still has the placeholder '${text}'`] : []);
  });

  test('a long placeholder is cut, and what only names something may be any text', () => {
    const long = `<YOUR BUCKET>${'x'.repeat(100)}`;
    expect(told({ A: long })).toEqual([`it still has the placeholder '${long.slice(0, 80)}'`]);
    for (const name of ['ModelPackageGroupName', 'ModelPackageDescription', 'Tags'])
      expect(told({ [name]: '<YOUR-GROUP>' })).toEqual([]);
  });

  test('what was not known is named once, and is no place', () => {
    const step = {
      A: 'x-stand-in-for-role',
      B: 'stand-in-for-role',
      C: 'stand-in-for-key_1',
      ...reads('s3://b/stand-in-for-x'),
    };
    expect(told(step)).toEqual(['it needs what was not known when it was rendered (role, key_1, x)']);
  });
});

describe('models that a step serves', () => {
  const model = (PrimaryContainer: unknown): object => ({ Name: 'M', Type: 'Model', Arguments: { PrimaryContainer } });
  const transform = (ModelName: unknown, Type = 'Transform'): object => ({ Name: 'T', Type, Arguments: { ModelName } });
  const why = (maker: object, user: object): string | undefined => {
    const all = stepsOf(maker, user);
    const step = all[1];
    return step && servedAlgorithm(step, all, ({ arguments: own }) => own);
  };
  const served = { Get: 'Steps.M.ModelName' };
  const unknown = { Image: '174872318107.dkr.ecr.us-west-2.amazonaws.com/lda:1' };

  test('by an algorithm that nothing stands for cannot be asked', () => {
    expect(why(model(unknown), transform(served))).toMatch(/^Local does not serve models of the image .*lda/);
  });

  test.each<[what: string, maker: object, user: object]>([
    ['a step of another type', model(unknown), transform(served, 'Processing')],
    ['a name of its own', model(unknown), transform('m')],
    ['another member', model(unknown), transform({ Get: 'Steps.M.ModelArn' })],
    ['a longer path', model(unknown), transform({ Get: 'Steps.M.ModelName.X' })],
    ['no text', model(unknown), transform({ Get: 7 })],
    ['an image of its own', model({ Image: '111122223333.dkr.ecr.us-west-2.amazonaws.com/own:1' }), transform(served)],
    ['no image', model({}), transform(served)],
    ['no container', model('m'), transform(served)],
  ])('%s says nothing', (_, maker, user) => {
    expect(why(maker, user)).toBeUndefined();
  });
});

describe('stubs', () => {
  const lambda = stepOf({
    Type: 'Lambda',
    FunctionArn: 'f',
    Arguments: {},
    OutputParameters: [{ OutputName: 'a' }, { OutputName: 'b' }, { OutputName: 'toString' }],
  });
  const condition = stepOf({ Type: 'Condition', Arguments: { Conditions: [] } });

  test('have to give what is declared', () => {
    expect(stubProblem(lambda, stub({ b: 1 }))).toBe('its stub gives no value for the outputs a, toString');
    expect(stubProblem(lambda, stub({ a: 1, b: 2, toString: 'x' }))).toBeUndefined();
    expect(stubProblem(lambda, stub({}, 'Failed'))).toBeUndefined();
    expect(stubProblem(condition, stub())).toBe('its stub needs the output Outcome, True or False');
    expect(stubProblem(condition, stub({ Outcome: true }))).toBeUndefined();
    expect(stubProblem(stepOf({ Type: 'EMR', Arguments: {} }), stub())).toBeUndefined();
  });

  test.each([
    ['True', 'True'],
    ['true', 'True'],
    [true, 'True'],
    ['FALSE', 'False'],
    [false, 'False'],
    ['untrue', undefined],
    ['truely', undefined],
    ['falsely', undefined],
    ['a false', undefined],
    [1, undefined],
  ])('the outcome %s', (Outcome, wanted) => {
    expect(outcomeOf(stub({ Outcome }))).toBe(wanted);
  });

  test('values go where their paths lead; what is there stays, what is in the way gives way', () => {
    const base = { A: { B: 1 }, L: [{ Name: 'x', V: 1 }], T: 'text' };
    const outputs = { 'A.C': 2, "L['x'].V": 3, 'T.D': 4, 'N.E.F': 5, 'L[0].W': 6, $: 7 };
    expect(withOutputs(base, stub(outputs))).toEqual({
      A: { B: 1, C: 2 },
      L: [{ Name: 'x', V: 3, W: 6 }],
      T: { D: 4 },
      N: { E: { F: 5 } },
    });
    expect(base).toEqual({ A: { B: 1 }, L: [{ Name: 'x', V: 1 }], T: 'text' });
    const own = withOutputs({}, stub({ '__proto__.x': 1 }));
    expect(Object.keys(own)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('of a start are taken once, and have to be valid', async () => {
    objects(store).createBucket(defaultBucket);
    const put = async (text: string): Promise<void> => {
      const file = join(store.folder, 'stubs.json');
      writeFileSync(file, text);
      await objects(store).put(defaultBucket, stubsKey('t'), createReadStream(file));
    };
    expect(takeStubs(store, undefined)).toBeUndefined();
    expect(takeStubs(store, 't')).toBeUndefined();
    await put('{"A": {"outputs": {"x": 1}}}');
    expect(takeStubs(store, 't')).toEqual({ A: stub({ x: 1 }) });
    expect(takeStubs(store, 't')).toBeUndefined();
    await put('{"A": 1}');
    expect(() => takeStubs(store, 't')).toThrow(
      expect.objectContaining({ type: 'ValidationException', message: "The stub of 'A' is not valid." }),
    );
    expect(takeStubs(store, 't')).toBeUndefined();
  });
});

describe('retries', () => {
  const policy = (exception: string, more: object = {}): Parameters<typeof retryDelay>[0][number] => ({
    exceptions: [exception],
    intervalSeconds: 1,
    backoffRate: 2,
    maxAttempts: 2,
    ...more,
  });

  test('the first policy that names the exception decides', () => {
    const policies = [policy('A'), policy('B', { intervalSeconds: 5, maxAttempts: 1 }), policy('B')];
    expect(retryDelay(policies, 'B', 1)).toBe(5000);
    expect(retryDelay(policies, 'B', 2)).toBeUndefined();
    expect([1, 2, 3].map((attempts) => retryDelay(policies, 'A', attempts))).toEqual([1000, 2000, undefined]);
    expect(retryDelay([], 'A', 1)).toBeUndefined();
    expect(retryDelay([{ ...policy('A'), exceptions: ['A', 'C'] }], 'C', 1)).toBe(1000);
  });
});

describe('schedule', () => {
  const step = (Name: string, ...DependsOn: string[]): object => ({ Name, Type: 'Fail', Arguments: {}, DependsOn });
  const decides = (Name: string, IfSteps: object[], ElseSteps: object[]): object => ({
    Name,
    Type: 'Condition',
    Arguments: { Conditions: [], IfSteps, ElseSteps },
  });
  const taken = (schedule: Schedule): string[] => {
    const names: string[] = [];
    for (let next = schedule.take(); next; next = schedule.take()) names.push(next.name);
    return names;
  };

  test('the branch of the outcome goes on; the other, and what needs it, does not', () => {
    for (const [outcome, yes, no] of [
      ['True', 'Yes', 'No'],
      ['False', 'No', 'Yes'],
    ] as const) {
      const schedule = new Schedule(
        stepsOf(
          decides('If', [step('Yes')], [step('No')]),
          step('AfterYes', 'Yes'),
          step('AfterNo', 'No'),
          step('Other'),
        ),
      );
      expect(taken(schedule)).toEqual(['If', 'Other']);
      schedule.settle('If', 'Succeeded', outcome);
      expect(taken(schedule)).toEqual([yes]);
      schedule.settle(yes, 'Succeeded');
      schedule.settle(no, 'Succeeded');
      expect(taken(schedule)).toEqual([`After${yes}`]);
    }
  });

  test('all of a condition that failed is left out, and all that follows', () => {
    const schedule = new Schedule(
      stepsOf(decides('If', [step('Yes')], []), step('After', 'Yes'), step('Last', 'After')),
    );
    taken(schedule);
    schedule.settle('If', 'Failed');
    expect(taken(schedule)).toEqual([]);
    expect(schedule.takeThis('After')).toBeUndefined();
  });

  test('one that needs two waits for both, and is taken once', () => {
    const schedule = new Schedule(stepsOf(step('A'), step('B'), step('C', 'A', 'B')));
    expect(taken(schedule)).toEqual(['A', 'B']);
    schedule.settle('A', 'Succeeded');
    expect(taken(schedule)).toEqual([]);
    schedule.settle('B', 'Succeeded');
    expect(schedule.takeThis('C')?.name).toBe('C');
    expect(schedule.takeThis('C')).toBeUndefined();
    expect(taken(schedule)).toEqual([]);
    expect(schedule.takeThis('nobody')).toBeUndefined();
  });

  test('one that was taken out of the line is not taken again when its turn comes', () => {
    const schedule = new Schedule(stepsOf(step('A'), step('B')));
    expect(schedule.takeThis('A')?.name).toBe('A');
    expect(taken(schedule)).toEqual(['B']);
  });

  test('one that runs is not skipped by a failure before it', () => {
    const schedule = new Schedule(stepsOf(step('A'), step('B', 'A'), step('C', 'B')));
    expect(schedule.takeThis('B')?.name).toBe('B');
    schedule.settle('A', 'Failed');
    schedule.settle('B', 'Succeeded');
    expect(taken(schedule)).toEqual(['C']);
  });
});

test('a selection keeps the branch of a step whose condition is selected with it, and no other', () => {
  const all = stepsOf({
    Name: 'If',
    Type: 'Condition',
    Arguments: { Conditions: [], IfSteps: [shellStep('Yes', 'true')], ElseSteps: [] },
  });
  stepRecords(store).put({
    execution: 'branches',
    name: 'If',
    type: 'Condition',
    status: 'Succeeded',
    startedAt: new Date(),
    attempts: 1,
  });
  const select = (...names: string[]): unknown => {
    const SelectedSteps = names.map((StepName) => ({ StepName }));
    const SourcePipelineExecutionArn = 'arn:x/branches';
    const { steps, adopted } = selectSteps(all, { selective: { SelectedSteps, SourcePipelineExecutionArn } }, store);
    return [steps.map(({ name, branch, needs }) => [name, branch?.outcome, needs]), adopted.map(({ name }) => name)];
  };
  expect(select('Yes')).toEqual([[['Yes', undefined, []]], ['If']]);
  expect(select('If', 'Yes')).toEqual([
    [
      ['If', undefined, []],
      ['Yes', 'True', ['If']],
    ],
    [],
  ]);
  expect(selectSteps(all, { selective: { SelectedSteps: undefined } }, store)).toEqual({
    steps: [],
    adopted: [],
  });
});

describe('definitions', () => {
  test('what is wrong with one is told in the words of the editor, three findings at most', async () => {
    const refusal = async (text: string): Promise<string> =>
      checkDefinition(text).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    const failing = (count: number): string =>
      JSON.stringify({
        Version: '2020-12-01',
        Steps: Array.from({ length: count }, () => ({ Type: 'Fail', Arguments: {} })),
      });
    const told = (index: number): string => `/Steps/${index}: The step has no Name. Add one that no other step has.`;
    expect(await refusal('{')).toMatch(/^Unable to parse pipeline definition\. [^/:]/);
    const three = `Unable to parse pipeline definition. ${told(0)} ${told(1)} ${told(2)}`;
    expect(await refusal(failing(3))).toBe(three);
    expect(await refusal(failing(5))).toBe(`${three} (and 2 more)`);
    const fine = { Version: '2020-12-01', Steps: [{ Name: 'A', Type: 'Fail', Arguments: { ErrorMessage: 'x' } }] };
    expect((await checkDefinition(JSON.stringify(fine))).steps.map(({ name }) => name)).toEqual(['A']);
  });

  test('steps in the body of a ForEach step are not scheduled', () => {
    const { steps } = parseDefinition(
      JSON.stringify({
        Steps: [
          { Name: 'Each', Type: 'ForEach', Arguments: {}, Steps: [{ Name: 'In', Type: 'Fail', Arguments: {} }] },
          { Name: 'Out', Type: 'Fail', Arguments: {} },
        ],
      }),
    );
    expect(steps.map(({ name }) => name)).toContain('Out');
    expect(() => parseDefinition('{"Steps": [{"Name": "A"}]}')).toThrow(
      'Unable to parse pipeline definition. Every step needs a Name and a Type.',
    );
  });
});

describe('refusals', () => {
  const refusal = (...args: Parameters<typeof refuseSteps>): string => {
    try {
      refuseSteps(...args);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };

  test.each([
    ['AutoML', 'Local has no AutoML'],
    ['EMR', 'Local has no EMR clusters'],
    ['EMRServerless', 'Local has no EMR Serverless applications'],
    ['BedrockCustomModel', 'Local has no Amazon Bedrock'],
    ['BedrockCustomModelDeployment', 'Local has no Amazon Bedrock'],
    ['BedrockModelImport', 'Local has no Amazon Bedrock'],
    ['BedrockProvisionedModelThroughput', 'Local has no Amazon Bedrock'],
    ['Quantum', 'Local does not run steps of type Quantum'],
  ])('%s', (Type, reason) => {
    expect(refusal([stepOf({ Type, Arguments: {} })], new Map())).toBe(
      `Local cannot run 1 of the 1 steps: 'S': ${reason}. Use a connection to an AWS account for this pipeline, or say in .mlops/config.json what stands for data (fixtures) and for steps (stubs), and what functions are given (arguments).`,
    );
  });

  test('all reasons of a step are told; one that is stubbed needs to be able to end so, no more', () => {
    const emr = stepOf({ Type: 'EMR', Arguments: { S3Input: { S3Uri: 's3://b/x' } } });
    const places = { needed: ['s3://b/y'], listed: ['s3://b/z'] };
    const scripts = new Map([['S', { reasons: ['its script is wrong'], faults: ['main.py takes no --x'], places }]]);
    const faults = new Map([['S', 'its function is not there']]);
    const has = (): boolean => false;
    expect(refusal([emr], new Map(), { has, scripts, faults })).toContain(
      "'S': Local has no EMR clusters, and it reads s3://b/x, s3://b/y and s3://b/z, which are not there, and its script is wrong, and main.py takes no --x, and its function is not there. Use",
    );
    expect(refusal([emr], new Map(), { stubs: { EMR: stub() }, has, scripts, faults })).toBe('');
    const condition = stepOf({ Type: 'Condition', Arguments: { Conditions: [] } });
    expect(refusal([condition], new Map(), { stubs: { S: stub() } })).toContain(
      "'S': its stub needs the output Outcome",
    );
  });

  test.each([
    ['data', { faults: [], places: ['s3://b/y'] }, 'Give the data as fixtures'],
    ['their own faults', { faults: ['main.py takes no --x'], places: [] }, 'Correct the scripts'],
    ['both', { faults: ['main.py takes no --x'], places: ['s3://b/y'] }, 'Use a connection'],
  ])('what to do is told by what steps fail for: %s', (_what, { faults, places }, advice) => {
    const scripts = new Map([['S', { reasons: [], faults, places: { needed: places, listed: [] } }]]);
    expect(
      refusal(
        [shellStep('S', 'true')].flatMap((step) => stepsOf(step)),
        new Map(),
        { has: () => false, scripts },
      ),
    ).toContain(`. ${advice}`);
  });

  test('what a script only lists refuses nothing by itself, and is told where another step is refused', () => {
    const listing = { reasons: [], faults: [], places: { needed: [], listed: ['s3://b/z'] } };
    const reading = { reasons: [], faults: [], places: { needed: ['s3://b/y'], listed: [] } };
    const has = (): boolean => false;
    const steps = stepsOf(shellStep('A', 'true'), shellStep('B', 'true', { DependsOn: ['A'] }));
    expect(refusal(steps, new Map(), { has, scripts: new Map([['A', listing]]) })).toBe('');
    expect(refusal(steps, new Map(), { has, scripts: new Map([['B', reading]]) })).toBe('');
    expect(refusal(steps, new Map(), { has, scripts: new Map([['A', reading]]) })).toContain("1 of the 2 steps: 'A'");
    const refused = [...steps, stepOf({ Name: 'Q', Type: 'Quantum', Arguments: {} })];
    expect(refusal(refused, new Map(), { has, scripts: new Map([['A', listing]]) })).toContain(
      "'A': it reads s3://b/z, which is not there; 'Q': Local does not run",
    );
  });

  test('a fault of Local is no reason', () => {
    const parameters = {
      get: () => {
        throw new RangeError('a bug');
      },
    };
    const step = shellStep('A', 'true', { Environment: { A: { Get: 'Parameters.A' } } });
    expect(() => refuseSteps(stepsOf(step), parameters as never)).toThrow(RangeError);
  });

  test('before a run, references read parameters alone', () => {
    const scope = scopeBefore(new Map([['P', { type: 'String' as const, value: 'x' }]]));
    expect(resolve({ Get: 'Parameters.P' }, scope)).toBe('x');
    const message = 'This is known when the pipeline runs.';
    const file = { PropertyFile: { Get: 'Steps.A.PropertyFiles.F' }, Path: 'x' };
    expect(() => resolve({ 'Std:JsonGet': file }, scope)).toThrow(message);
    expect(() => resolve({ 'Std:JsonGet': { S3Uri: 's3://b/k', Path: 'x' } }, scope)).toThrow(message);
    expect(() => resolve({ Get: 'Steps.A.X' }, scope)).toThrow("The step 'A' has no result");
  });

  test('faults of scripts are told by the steps that run them', async () => {
    const uri = 's3://scripts/a.py';
    const python = shellStep('A', '', {
      AppSpecification: { ImageUri: 'i', ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/a.py'] },
      ProcessingInputs: [{ InputName: 'code', S3Input: { S3Uri: uri, LocalPath: '/opt/ml/processing/input/code' } }],
    });
    const file = join(store.folder, 'a.py');
    writeFileSync(file, 'print(1)\n');
    objects(store).createBucket('scripts');
    await objects(store).put('scripts', 'a.py', createReadStream(file));
    const steps = stepsOf({ Name: 'F', Type: 'Fail', Arguments: {} }, shellStep('B', 'true'), python);
    const judged: unknown[] = [];
    const scripts = {
      judge: (list: readonly unknown[]): Promise<unknown[]> => {
        judged.push(...list);
        return Promise.resolve(list.map(() => 'it is wrong'));
      },
    };
    const found = await judgeScripts(steps, new Map(), objects(store), scripts as never);
    expect(judged).toHaveLength(1);
    expect([...found]).toEqual([['A', 'it is wrong']]);
  });
});

describe('the cache', () => {
  const step = stepOf({ ...shellStep('S', 'true', { CacheConfig: { Enabled: true } }) });

  test('a fault of Local is none of the definition', () => {
    const scope = scopeOf({
      parameters: {
        get: () => {
          throw new RangeError('a bug');
        },
      } as unknown as ReadonlyMap<string, never>,
    });
    const asks = { ...step, arguments: { Environment: { A: { Get: 'Parameters.A' } } } };
    expect(() => cacheKeyOf(asks, 'p', scope)).toThrow(RangeError);
    expect(cacheKeyOf({ ...step, arguments: [] as never }, 'p', scopeOf())).toBeUndefined();
  });

  test('a result without an end is too old, unless age does not matter', () => {
    stepRecords(store).put({
      execution: 'endless',
      name: 'S',
      type: 'Processing',
      status: 'Succeeded',
      startedAt: new Date(),
      attempts: 1,
      cacheKey: 'endless',
    });
    expect(cachedStep(store, 'endless', { ...step, cache: {} })?.execution).toBe('endless');
    expect(cachedStep(store, 'endless', { ...step, cache: { expireAfter: 'P1D' } })).toBeUndefined();
    expect(cachedStep(store, 'none', { ...step, cache: {} })).toBeUndefined();
  });
});

describe('after the process has died', () => {
  const job = (name: string, status: Job['status']): void =>
    jobRecords(store).put({
      kind: 'processing',
      name,
      arn: `arn:x:processing-job/${name}`,
      status,
      createdAt: new Date(1),
      modifiedAt: new Date(2),
      doc: { ProcessingJobName: name },
    });
  const engine = (): Engine =>
    new Engine(
      store,
      {} as Jobs,
      (error) => {
        throw error;
      },
      () => Promise.reject(new Error('nothing is called')),
    );
  const put = (id: string, status: Execution['status'], ...list: Partial<Step>[]): void => {
    executions(store).put({ ...execution, id, arn: `arn:x/${id}`, status });
    for (const [index, one] of list.entries()) {
      stepRecords(store).put({
        execution: id,
        name: `S${index}`,
        type: 'Processing',
        status: 'Executing',
        startedAt: new Date(0),
        attempts: 1,
        ...one,
      });
    }
  };
  const told = (id: string): unknown => {
    const { status, failureReason } = executions(store).get(id) ?? {};
    const own = stepRecords(store).list('execution = ?', id);
    return [status, failureReason, ...own.map((one) => [one.status, one.failureReason])];
  };
  const cut = 'Local stopped while this execution was running. Retry it to continue from the interrupted step.';
  const cutStep = 'Local stopped while this step was running.';
  const waits: Partial<Step> = {
    type: 'Callback',
    metadata: { Callback: { CallbackToken: 't', SqsQueueUrl: 'q' } },
  };
  const ended = { endedAt: new Date(1) };

  test('what was running has failed, what had ended has ended, what was stopping is stopped', () => {
    put('running', 'Executing', { status: 'Succeeded', ...ended }, {}, { status: 'Starting' });
    put('stopping', 'Stopping', { status: 'Stopping' }, { status: 'Failed', failureReason: 'x', ...ended }, waits);
    put('over', 'Succeeded', {});
    engine().recover();
    expect(told('running')).toEqual([
      'Failed',
      cut,
      ['Succeeded', undefined],
      ['Failed', cutStep],
      ['Failed', cutStep],
    ]);
    expect(told('stopping')).toEqual([
      'Stopped',
      undefined,
      ['Stopped', undefined],
      ['Failed', 'x'],
      ['Stopped', undefined],
    ]);
    expect(told('over')).toEqual(['Succeeded', undefined, ['Executing', undefined]]);
    expect(executions(store).get('running')?.modifiedAt.getTime()).toBeGreaterThan(0);
    expect(stepRecords(store).get('running/S1')?.endedAt).toBeInstanceOf(Date);
  });

  test('a step whose job had ended has ended with it', () => {
    job('done', 'Completed');
    job('died', 'Failed');
    const made = (name: string): Partial<Step> => ({
      metadata: { ProcessingJob: { Arn: `arn:x:processing-job/${name}` } },
    });
    put('jobs', 'Executing', made('done'), made('died'), made('nothing'));
    engine().recover();
    expect(told('jobs')).toEqual(['Failed', cut, ['Succeeded', undefined], ['Failed', cutStep], ['Failed', cutStep]]);
    expect(stepRecords(store).get('jobs/S0')).toMatchObject({
      endedAt: new Date(2),
      result: { ProcessingJobName: 'done' },
    });
  });

  test('an execution in which a step waits for an answer goes on, but for what ran beside it and for a Fail step', () => {
    put('waiting', 'Executing', waits, {});
    put('failing', 'Executing', waits, { type: 'Fail', status: 'Failed', ...ended });
    put('asked', 'Executing', { type: 'Callback' });
    engine().recover();
    expect(told('waiting')).toEqual(['Executing', undefined, ['Executing', undefined], ['Failed', cutStep]]);
    expect(told('failing')).toEqual(['Failed', cut, ['Failed', cutStep], ['Failed', undefined]]);
    expect(told('asked')).toEqual(['Failed', cut, ['Failed', cutStep]]);
  });

  test('an execution whose definition is gone has failed when it is taken up', () => {
    engine().goOn();
    expect(executions(store).get('waiting')).toMatchObject({
      status: 'Failed',
      failureReason: 'Unable to parse pipeline definition. Expecting start of Json Object.',
    });
    expect(executions(store).get('running')?.failureReason).toBe(cut);
    expect(() => engine().start({ ...execution, parameters: undefined as never })).not.toThrow();
  });

  test('what a step has made is forgotten with it, unless it was that of another run', () => {
    job('kept', 'Completed');
    job('gone', 'Completed');
    const step = (name: string, more: Partial<Step> = {}): Step => ({
      execution: 'e',
      name: 'S',
      type: 'Processing',
      status: 'Failed',
      startedAt: new Date(0),
      attempts: 1,
      metadata: { ProcessingJob: { Arn: `arn:x:processing-job/${name}` } },
      ...more,
    });
    forgetJobs(store, step('kept', { cacheSource: 'arn:other' }));
    forgetJobs(store, { ...step('kept'), metadata: { TrainingJob: { Arn: 'arn:x:training-job/kept' } } });
    forgetJobs(store, { ...step('kept'), metadata: {} });
    forgetJobs(store, step('gone'));
    expect(jobRecords(store).get('processing/kept')).toBeDefined();
    expect(jobRecords(store).get('processing/gone')).toBeUndefined();
  });
});
