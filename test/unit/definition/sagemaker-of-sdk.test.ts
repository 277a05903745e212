/** What the SageMaker SDK writes by itself is not told of as what the author of a pipeline has written. */
import { expect, it } from 'vitest';
import { validate } from '../../../src/definition';

function told(step: object, ...rules: string[]): (string | undefined)[] {
  const definition = { Version: '2020-12-01', Steps: [{ Name: 'Train', Type: 'Training', ...step }] };
  return validate(JSON.stringify(definition), { path: 'a.pipeline.json' })
    .filter(({ rule }) => rules.includes(rule))
    .map(({ pointer }) => pointer);
}

it('the name of a job is what the names of its jobs begin with: the SDK writes the same one each time for use_custom_job_prefix', () => {
  const found = validate(
    JSON.stringify({
      Version: '2020-12-01',
      Steps: [{ Name: 'Train', Type: 'Training', Arguments: { TrainingJobName: 'nightly' } }],
    }),
    { path: 'a.pipeline.json' },
  );
  expect(found.filter(({ message }) => message.includes('nightly'))).toEqual([]);
});

it('times in names of the SDK are told once of a cached step, those of an author each', () => {
  const sdk = 's3://b/rows-2026-11-29-21-24-00-638/source/sourcedir.tar.gz';
  const author = 's3://b/2026-11-29T21:24:00/rows.csv';
  const step = (values: Record<string, string>): object => ({
    CacheConfig: { Enabled: true, ExpireAfter: 'P7D' },
    Arguments: { HyperParameters: values },
  });
  const at = (name: string): string => `/Steps/0/Arguments/HyperParameters/${name}`;
  expect(told(step({ a: sdk, b: sdk, c: author, d: author }), 'sm/cache-defeating-timestamp')).toEqual(
    ['a', 'c', 'd'].map(at),
  );
});
