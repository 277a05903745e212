import { expect, it } from 'vitest';
import { tellingRun } from '../../../src/pipelines/latest';
import type { Execution } from '../../../src/pipelines/model';

const run = (id: string, digest?: string): Execution => ({
  arn: id,
  id,
  pipeline: 'penguins',
  name: id,
  status: 'Succeeded',
  ...(digest === undefined ? {} : { provenance: { digest } }),
});

it('tells the newest run of this very definition, whatever ran since', () => {
  const runs = [run('3', 'other'), run('2', 'same'), run('1', 'same')];
  expect(tellingRun(runs, 'same')).toMatchObject({ run: { id: '2' }, words: 'Last run of this content' });
});

it('tells the newest of the pipeline where this definition has not run, and that it ran another', () => {
  expect(tellingRun([run('3', 'other'), run('2')], 'same')).toMatchObject({
    run: { id: '3' },
    words: 'Last run, of other content',
  });
  expect(tellingRun([run('3'), run('2', 'other')], 'same')).toMatchObject({ run: { id: '3' }, words: 'Last run' });
  expect(tellingRun([], 'same')).toBeUndefined();
});
