import { describe, expect, test } from 'vitest';
import { formatCalls } from '../../../src/deployment/model/formats';
import {
  countRequests,
  firstTransform,
  inputProblems,
  readTransform,
  transformCalls,
  type TransformDraft,
} from '../../../src/deployment/model/transform/draft';
import {
  batchesOf,
  link,
  linesOf,
  type Processing,
  type Requests,
  sentOf,
  writtenOf,
} from '../../../src/deployment/model/transform/records';
import { parsePath, select } from '../../../src/deployment/model/transform/select';
import { nameBelow } from '../../../src/deployment/transforms';
import { csvCells, csvLine } from '../../../src/shared/csv';

const role = 'arn:aws:iam::111122223333:role/penguins';
const model = { arn: 'arn:aws:sagemaker:eu-west-1:1:model-package/penguins/7', group: 'penguins', version: 7 };
const draft = (over: Partial<TransformDraft> = {}): TransformDraft => ({
  ...firstTransform({ output: 's3://bucket/out', role }),
  input: 's3://bucket/in/',
  ...over,
});
const problemsOf = (over: Partial<TransformDraft>) =>
  readTransform(draft(over)).problems.map(({ severity, field, text }) => `${severity} ${field}: ${text}`);
const byLine = (over: Partial<Requests> = {}): Requests => ({
  split: 'Line',
  strategy: 'MultiRecord',
  payload: 1024,
  ...over,
});

describe('cells of CSV', () => {
  test.each([
    ['a,b', ['a', 'b']],
    ['', ['']],
    ['a,', ['a', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",2', ['say "hi"', '2']],
    ['"",x', ['', 'x']],
    ['"never closed, 1', ['never closed, 1']],
  ])('%s', (line, cells) => {
    expect(csvCells(line)).toEqual(cells);
  });

  test('are what was written', () => {
    const cells = ['plain', 'with, comma', 'with "quotes"', '', '1.5'];
    expect(csvCells(csvLine(cells))).toEqual(cells);
  });
});

describe('a filter', () => {
  const record = { a: 1, b: { c: [10, 20, 30, 40] }, list: [5, 6, 7] };
  test.each([
    ['$', record],
    ['$.a', 1],
    ["$['a','list']", { a: 1, list: [5, 6, 7] }],
    ["$['a']", 1],
    ['$.b.c[1]', 20],
    ['$.b.c[-1]', 40],
    ['$.b.c[1,3]', [20, 40]],
    ['$.b.c[1:3]', [20, 30]],
    ['$.b.c[1:]', [20, 30, 40]],
    ['$.b.c[:-1]', [10, 20, 30]],
    ['$.b.*', [[10, 20, 30, 40]]],
    ['$.list[*]', [5, 6, 7]],
  ])('%s', (path, selected) => {
    expect(select(path, record)).toEqual(selected);
  });

  test.each([
    ['a', 'A filter begins with $.'],
    ['$[a]', 'The filter cannot be read at [a].'],
    ['$..a', 'The filter cannot be read at ..a.'],
    ['$[?(@.a)]', 'The filter cannot be read at [?(@.a)].'],
    [`$.${'a'.repeat(70)}`, 'A filter has at most 63 characters.'],
  ])('%s cannot be read', (path, message) => {
    expect(() => parsePath(path)).toThrow(message);
  });

  test.each([
    ['$.x', 'The record has no member x.'],
    ['$.list[9]', 'The record has 3 elements, and none at 9.'],
    ['$.a[0]', 'The record is no list'],
    ['$.list.x', 'The record is no object'],
  ])('%s does not fit', (path, message) => {
    expect(() => select(path, record)).toThrow(message);
  });
});

describe('requests', () => {
  test('hold as many records as fit, with the line ends', () => {
    const records = ['aaaa', 'bbbb', 'cccc', 'd'];
    expect(batchesOf(records, byLine({ payload: 10 }))).toEqual([2, 2]);
    expect(batchesOf(records, byLine({ payload: 12 }))).toEqual([2, 2]);
    expect(batchesOf(records, byLine({ payload: 17 }))).toEqual([4]);
    expect(batchesOf(records, byLine({ payload: 10, strategy: 'SingleRecord' }))).toEqual([1, 1, 1, 1]);
    expect(batchesOf(records, byLine({ payload: 0 }))).toEqual([4]);
    expect(batchesOf([], byLine())).toEqual([]);
  });

  test('count bytes, not characters', () => {
    expect(batchesOf(['ééé', 'ééé'], byLine({ payload: 7 }))).toEqual([1, 1]);
  });

  test('cannot hold a record that is larger than they may be', () => {
    expect(() => batchesOf(['ok', 'x'.repeat(20)], byLine({ payload: 10 }))).toThrow('Record 2 has 21 bytes');
  });

  test('are counted over the files', () => {
    const files = [
      { key: 'a.csv', bytes: 10, records: ['aaaa', 'bbbb'] },
      { key: 'b.csv', bytes: 5, records: ['cccc'] },
    ];
    expect(countRequests({ files, hasMore: false }, byLine())).toEqual({
      files: 2,
      bytes: 15,
      records: 3,
      requests: 2,
      isExact: true,
    });
    expect(countRequests({ files, hasMore: false }, byLine({ strategy: 'SingleRecord' }))).toMatchObject({
      requests: 3,
    });
    expect(countRequests({ files, hasMore: false }, byLine({ split: 'None' }))).toMatchObject({ requests: 2 });
    expect(countRequests({ files, hasMore: false }, byLine({ split: 'TFRecord' })).requests).toBeUndefined();
  });

  test('are estimated where files are too large to be read', () => {
    const files = [
      { key: 'a.csv', bytes: 10, records: ['aaaa', 'bbbb'] },
      { key: 'huge.csv', bytes: 10_000 },
    ];
    expect(countRequests({ files, hasMore: false }, byLine())).toMatchObject({
      records: 2002,
      requests: 11,
      isExact: false,
    });
  });

  test('a file that is not split may be too large', () => {
    const files = [{ key: 'a.csv', bytes: 5000, records: [] }];
    expect(countRequests({ files, hasMore: false }, byLine({ split: 'None' })).problem).toMatch(/a\.csv is larger/);
  });
});

describe('a record on its way', () => {
  const csv: Processing = {
    contentType: 'text/csv',
    accept: 'text/csv',
    inputFilter: '$[1:]',
    outputFilter: '$[0,-1]',
    joinsInput: true,
  };
  test('of CSV: filtered, joined as columns, filtered', () => {
    expect(sentOf('id-7,1.5,2', csv)).toBe('1.5,2');
    expect(writtenOf('id-7,1.5,2', 'Adelie,0.9', csv)).toBe('id-7,0.9');
  });

  test('of JSON: joined as a member', () => {
    const json = { ...csv, contentType: 'application/json', accept: 'application/json' };
    const record = '{"id": 7, "features": [1, 2]}';
    expect(sentOf(record, { ...json, inputFilter: '$.features' })).toBe('[1,2]');
    expect(writtenOf(record, '"Adelie"', { ...json, outputFilter: "$['id','SageMakerOutput']" })).toBe(
      '{"id":7,"SageMakerOutput":"Adelie"}',
    );
    expect(writtenOf('[1, 2]', '0.5', { ...json, outputFilter: '$' })).toBe(
      '{"SageMakerInput":[1,2],"SageMakerOutput":0.5}',
    );
  });

  test('is left as it is without a filter, also where it is no CSV and no JSON', () => {
    const plain = { ...csv, contentType: 'text/plain', accept: 'text/plain', joinsInput: false };
    const none = { ...plain, inputFilter: '$', outputFilter: '$' };
    expect(sentOf('Hello, "you"', none)).toBe('Hello, "you"');
    expect(writtenOf('Hello', '{broken', none)).toBe('{broken');
    expect(() => sentOf('{broken', { ...none, inputFilter: '$.a' })).toThrow('It is not JSON');
  });
});

describe('results', () => {
  const records = linesOf('1,2\r\n3,4\n5,6\n');
  test('line by line', () => {
    expect(records).toEqual(['1,2', '3,4', '5,6']);
    expect(link(records, 'a\nb\nc\n', byLine()).rows).toEqual([
      { number: 1, input: '1,2', output: 'a' },
      { number: 2, input: '3,4', output: 'b' },
      { number: 3, input: '5,6', output: 'c' },
    ]);
  });

  test('by the list that each request was answered with', () => {
    const requests = byLine({ payload: 8 });
    expect(link(records, '[1, 2]\n[3]\n', requests).rows?.map(({ output }) => output)).toEqual(['1', '2', '3']);
    expect(link(records, '{"predictions": [[1], [2], [3]]}', byLine()).rows?.map(({ output }) => output)).toEqual([
      '[1]',
      '[2]',
      '[3]',
    ]);
  });

  test('of which it cannot be told which belongs to which are not linked', () => {
    expect(link(records, 'a\nb\n', byLine()).problem).toMatch(/3 records were sent, and the output has 2 lines/);
    expect(link(records, 'abc', byLine()).problem).toBeDefined();
  });

  test('of a file that is not split are one', () => {
    expect(link(['{', '}'], '[1]\n', byLine({ split: 'None' })).rows).toEqual([
      { number: 1, input: '{\n}', output: '[1]' },
    ]);
  });

  test.each([
    ['s3://b/in/', 'in/day/a.csv', 'day/a.csv'],
    ['s3://b/in', 'in/a.csv', 'a.csv'],
    ['s3://b/in/a.csv', 'in/a.csv', 'a.csv'],
    ['s3://b/in/part-', 'in/part-1.csv', 'part-1.csv'],
    ['s3://b', 'a.csv', 'a.csv'],
  ])('below %s', (uri, key, name) => {
    expect(nameBelow(uri, key)).toBe(name);
  });
});

describe('a draft', () => {
  test('as it stands first lacks the input alone', () => {
    expect(readTransform(draft({ input: '' })).problems.map(({ field }) => field)).toEqual(['input']);
    expect(problemsOf({})).toEqual([]);
  });

  test.each<[Partial<TransformDraft>, RegExp]>([
    [{ concurrency: '50', payload: '6' }, /error concurrency: .*100 at most/],
    [{ assemble: 'None' }, /warning assemble: .*without a line break/],
    [{ inputFilter: '$.age' }, /error inputFilter: A row of CSV has places/],
    [{ inputFilter: 'age' }, /error inputFilter: A filter begins with/],
    [{ join: 'Input', accept: 'application/json' }, /error accept: A join asks/],
    [{ join: 'Input', split: 'None' }, /error assemble: A join asks/],
    [{ join: 'Input', contentType: 'image/png', accept: 'image/png' }, /error contentType: Filters and joins/],
    [{ output: 's3://bucket/in' }, /error output: .*lie in the input/],
    [{ output: 's3://bucket/in/out/' }, /error output: .*lie in the input/],
    [{ payload: '0' }, /error payload: .*streamed whole/],
    [{ payload: '101' }, /error payload: .*0 to 100/],
    [{ retries: '4' }, /error retries: .*0 to 3/],
    [{ instances: '0' }, /error instances: .*1 to 100/],
    [{ instanceType: 'm5.large' }, /error instanceType/],
    [{ split: 'None', strategy: 'SingleRecord', assemble: 'None' }, /warning strategy: .*one request/],
  ])('%j', (over, problem) => {
    expect(problemsOf(over)).toEqual([expect.stringMatching(problem)]);
  });

  test('answers that are not put together by line are told twice where they are joined', () => {
    expect(problemsOf({ join: 'Input', assemble: 'None' })).toHaveLength(2);
  });

  test('a place that only begins like the input is another place', () => {
    expect(problemsOf({ output: 's3://bucket/in-results' })).toEqual([]);
  });

  test('what lies in the input is looked at', () => {
    const { wish } = readTransform(draft({ instances: '3' }));
    const found = { files: [{ key: 'in/model.tar.gz', bytes: 1, records: ['a,b', '1,2'] }], hasMore: false };
    expect(inputProblems(found, wish, ['a,b', '1,2']).map(({ field }) => field)).toEqual([
      'input',
      'compression',
      'instances',
      'input',
    ]);
    const good = {
      files: [
        { key: 'in/a.csv', bytes: 1 },
        { key: 'in/b.csv', bytes: 1 },
        { key: 'c', bytes: 1 },
      ],
      hasMore: false,
    };
    expect(inputProblems(good, wish, ['1,2', '3,4'])).toEqual([]);
    expect(inputProblems({ files: [], hasMore: false }, wish, [])[0]?.severity).toBe('error');
  });
});

describe('the calls', () => {
  const callsOf = (over: Partial<TransformDraft>) =>
    transformCalls(readTransform(draft(over)).wish, model, 'penguins-v7-1', 's3://bucket/in/');

  test('name only what was filled in', () => {
    const [create, job] = callsOf({});
    expect(create?.input).toEqual({
      ModelName: 'penguins-v7-1',
      Containers: [{ ModelPackageName: model.arn }],
      ExecutionRoleArn: role,
    });
    expect(job?.input).toEqual({
      TransformJobName: 'penguins-v7-1',
      ModelName: 'penguins-v7-1',
      BatchStrategy: 'MultiRecord',
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/in/' } },
        ContentType: 'text/csv',
        CompressionType: 'None',
        SplitType: 'Line',
      },
      TransformOutput: { S3OutputPath: 's3://bucket/out', Accept: 'text/csv', AssembleWith: 'Line' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      Tags: [{ Key: 'mlops-flow:model-package', Value: model.arn }],
    });
  });

  test('have no strategy where nothing is split', () => {
    expect(callsOf({ split: 'None', assemble: 'None' })[1]?.input).not.toHaveProperty('BatchStrategy');
  });

  test('have filters, limits and retries', () => {
    const input = callsOf({
      inputFilter: '$[1:]',
      join: 'Input',
      payload: '2',
      concurrency: '4',
      timeout: '60',
      retries: '0',
    })[1]?.input;
    expect(input).toMatchObject({
      MaxConcurrentTransforms: 4,
      MaxPayloadInMB: 2,
      ModelClientConfig: { InvocationsTimeoutInSeconds: 60, InvocationsMaxRetries: 0 },
      DataProcessing: { InputFilter: '$[1:]', OutputFilter: '$', JoinSource: 'Input' },
    });
  });

  test('are copied as commands', () => {
    expect(formatCalls(callsOf({}), 'cli')).toMatch(
      /^aws sagemaker create-model --cli-input-json '.*'\naws sagemaker create-transform-job --cli-input-json '.*'\n$/,
    );
  });
});
