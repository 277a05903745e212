/** What a comparison says of runs, and the verdict on a reproduction. */
import { describe, expect, it } from 'vitest';
import { compareRuns, deltaText, explain } from '../../../src/pipelines/compare/compare';
import { changedFiles } from '../../../src/pipelines/compare/facts';
import { isSeed } from '../../../src/shared/seed';
import { verdictOf } from '../../../src/pipelines/compare/verdict';
import { otherRun, penguinFacts, seeds } from '../../fixtures/panels/compare';

const base = penguinFacts('first');
const options = { connection: 'Local', tolerance: 0 };

function row(comparison: ReturnType<typeof compareRuns>, label: string) {
  const found = comparison.sections.flatMap(({ rows }) => rows).find((each) => each.label === label);
  if (!found) throw new Error(`There is no row ${label}.`);
  return found;
}

describe('a comparison', () => {
  it('has metrics with deltas from the baseline, and says which are for the better', () => {
    const comparison = compareRuns([base, otherRun], options);
    expect(row(comparison, 'accuracy').cells).toEqual([
      { text: '0.9715', hint: '0.9715' },
      { text: '0.9573', hint: '0.9573', delta: '−0.0142 (−1.5 %)', tone: 'bad' },
    ]);
    expect(row(comparison, 'train:loss').cells[1]).toMatchObject({ delta: '−0.0021 (−5.1 %)', tone: 'good' });
    const turned = compareRuns([base, otherRun], { ...options, baseline: otherRun.arn });
    expect(turned.baseline).toBe(otherRun.arn);
    expect(row(turned, 'accuracy').cells[0]).toMatchObject({ delta: '+0.0142 (+1.5 %)', tone: 'good' });
  });

  it('says of equal runs that nothing differs', () => {
    const same = penguinFacts('again');
    const comparison = compareRuns([base, same], options);
    expect(comparison.explanations).toEqual([]);
    const differing = comparison.sections.flatMap(({ rows }) => rows).filter(({ differs }) => differs);
    expect(differing.map(({ label }) => label)).toEqual([]);
  });

  it('offers the differences of code, commit and definition where both sides are known', () => {
    const comparison = compareRuns([base, otherRun], options);
    expect(row(comparison, 'CodeUri').cells.map(({ show }) => show)).toEqual([undefined, 'files']);
    expect(row(comparison, 'Commit').cells.map(({ show }) => show)).toEqual([undefined, 'commit']);
    expect(row(comparison, 'Definition').cells.map(({ show }) => show)).toEqual([undefined, 'definition']);
    const unread = compareRuns([base, { ...otherRun, files: new Map() }], options);
    expect(row(unread, 'CodeUri').cells[1]).not.toHaveProperty('show');
  });

  it('tells mean and deviation of runs that differ in their seed alone', () => {
    const comparison = compareRuns([base, ...seeds, otherRun], options);
    expect(row(comparison, 'accuracy').spread).toBe('0.96717 ± 0.0063 (3 seeds)');
    expect(row(compareRuns([base, otherRun], options), 'accuracy')).not.toHaveProperty('spread');
  });

  it('keeps a metric that only one run has apart from zero', () => {
    const comparison = compareRuns([base, penguinFacts('none', { metrics: {} })], options);
    expect(row(comparison, 'accuracy').cells[1]).toEqual({});
    expect(row(comparison, 'accuracy').differs).toBe(true);
  });
});

describe('what explains the difference', () => {
  it('lists causes by name, and no result', () => {
    expect(explain([base, otherRun], base)).toEqual([
      { what: 'LearningRate', text: '0.5 → 0.1' },
      { what: 'Definition', text: expect.stringMatching(/^[0-9a-f]{8} → [0-9a-f]{8}$/) as string },
      { what: 'CodeUri', text: 'features.py (added), train.py' },
      { what: 'Data InputDataUri', text: '5d41402a → 7d793037' },
    ]);
  });

  it('is silent about a step that a run has not reached', () => {
    const stopped = penguinFacts('stopped', { status: 'Stopped', steps: base.steps.slice(0, 1), metrics: {} });
    expect(explain([base, stopped], base)).toEqual([]);
  });
});

describe('a verdict', () => {
  const reproduction = penguinFacts('reproduce-first', { provenance: { reproduces: base.arn } });

  it('comes with the end of the run', () => {
    expect(verdictOf(base, { ...reproduction, status: 'Executing', metrics: {} }, 0).state).toBe('running');
  });

  it('asks for the last digit, and for no more than the tolerance where there is one', () => {
    expect(verdictOf(base, reproduction, 0)).toEqual({
      state: 'same',
      text: 'Reproduced: 3 metrics the same to the last digit.',
      notes: [],
    });
    const near = { ...reproduction, metrics: { ...base.metrics, accuracy: 0.9715000000000001 } };
    expect(verdictOf(base, near, 0)).toMatchObject({
      state: 'differs',
      text: 'Not reproduced: accuracy 0.9715 → 0.9715000000000001.',
    });
    expect(verdictOf(base, near, 0.001)).toMatchObject({ state: 'within' });
    const far = { ...reproduction, metrics: { ...base.metrics, accuracy: 0.9 } };
    expect(verdictOf(base, far, 0.001).state).toBe('differs');
    expect(verdictOf(base, { ...reproduction, metrics: {} }, 0.5).state).toBe('differs');
  });

  it('says of another end that it is not reproduced, and of a run without metrics that it cannot tell', () => {
    expect(verdictOf(base, { ...reproduction, status: 'Failed' }, 0).state).toBe('differs');
    expect(verdictOf({ ...base, metrics: {} }, reproduction, 0).state).toBe('unknown');
  });

  it('names what it cannot speak for: the cache, and data that has changed', () => {
    const { notes } = verdictOf(
      base,
      {
        ...reproduction,
        provenance: { inputs: [{ name: 'InputDataUri', uri: 's3://penguins/data.csv', tag: 'other' }] },
        steps: [{ name: 'Train', status: 'Succeeded', cachedFrom: base.arn }],
      },
      0,
    );
    expect(notes).toEqual([
      'Train came from the cache and did not run again.',
      'The data of InputDataUri has changed since: s3://penguins/data.csv.',
    ]);
  });
});

describe('the parts of a comparison', () => {
  it.each([
    [0.5, 0.25, '−0.25 (−50 %)'],
    [0, 2, '+2'],
    [-1, 1, '+2 (+200 %)'],
  ])('write the way from %d to %d', (from, to, text) => expect(deltaText(from, to)).toBe(text));

  it.each(['Seed', 'seed', 'RandomSeed', 'random_state', 'random-seeds'])('take %s for a seed', (name) => {
    expect(isSeed(name)).toBe(true);
  });

  it.each(['Speed', 'SeedBucketUri', 'Reseeding', 'Epochs'])('do not take %s for a seed', (name) => {
    expect(isSeed(name)).toBe(false);
  });

  it('tell what happened to files', () => {
    const file = (path: string, sha256: string) => ({ path, sha256 });
    expect(changedFiles([file('a', '1'), file('b', '1')], [file('b', '2'), file('c', '1')])).toEqual([
      { path: 'a', change: 'removed' },
      { path: 'b', change: 'changed' },
      { path: 'c', change: 'added' },
    ]);
  });
});
