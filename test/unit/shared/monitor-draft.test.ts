import { expect, test } from 'vitest';
import { monitorKinds, readMonitor } from '../../../src/shared/monitor-draft';

const fields = {
  dataset: ' data.csv ',
  problem: 'Regression',
  label: 'y',
  prediction: 'p',
  answer: '',
  groundTruth: 's3://bucket/truth',
  config: 'analysis_config.json',
};

test('each kind takes what it needs, and nothing else', () => {
  expect(monitorKinds.map((kind) => readMonitor(kind, fields))).toEqual([
    { kind: 'DataQuality', dataset: 'data.csv' },
    {
      kind: 'ModelQuality',
      dataset: 'data.csv',
      problem: 'Regression',
      label: 'y',
      prediction: 'p',
      answer: '0',
      groundTruth: 's3://bucket/truth',
    },
    {
      kind: 'ModelBias',
      config: 'analysis_config.json',
      dataset: 'data.csv',
      answer: '0',
      groundTruth: 's3://bucket/truth',
    },
    { kind: 'ModelExplainability', config: 'analysis_config.json', dataset: 'data.csv' },
  ]);
});

test('what Clarify finds is compared with an analysis that is there, or with nothing', () => {
  const constraints = 's3://bucket/analysis.json';
  expect(readMonitor('ModelExplainability', { config: 'a.json', constraints })).toEqual({
    kind: 'ModelExplainability',
    config: 'a.json',
    constraints,
  });
  expect(readMonitor('ModelExplainability', { config: 'a.json' })).toEqual({
    kind: 'ModelExplainability',
    config: 'a.json',
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['DataQuality', { dataset: ' ' }, /data of the baseline/],
  ['ModelQuality', { label: '' }, /columns of the data set/],
  ['ModelQuality', { groundTruth: 'truth' }, /S3 folder that the truth/],
  ['ModelBias', { groundTruth: '' }, /S3 folder that the truth/],
  ['ModelBias', { config: 'config.yaml' }, /configuration of the analysis/],
  ['ModelExplainability', { config: '' }, /configuration of the analysis/],
  ['ModelExplainability', { constraints: 's3://bucket/analysis.json' }, /either the data of a new baseline or/],
  ['ModelBias', { dataset: '', constraints: 'analysis.json' }, /JSON file in S3/],
  ['Nonsense', {}, /no monitoring of the kind/],
])('%s with %j says what is missing', (kind, over, problem) => {
  expect(readMonitor(kind, { ...fields, ...over })).toEqual({ problem: expect.stringMatching(problem) as unknown });
});
