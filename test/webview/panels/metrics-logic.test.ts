import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goalOf } from '../../../src/shared/goal';
import { bestOf } from '../../../webview/panels/metrics/best';
import { columnsOf } from '../../../webview/panels/metrics/columns';
import { csvOf, markdownOf } from '../../../webview/panels/metrics/export';
import { accuracyOf, classScores } from '../../../webview/panels/metrics/plots/evaluation';
import { filterOf } from '../../../webview/panels/metrics/filter';
import { Slots, maxSelected } from '../../../webview/kit/plot/palette';
import { compareCells, nextKeys, sortRows } from '../../../webview/panels/metrics/sort';
import { sliceOf } from '../../../webview/kit/table/virtual';
import { metricsRuns } from '../../fixtures/panels/metrics';
import { now } from '../../fixtures/panels/run-graph';

const runs = metricsRuns(24);
const columns = columnsOf(runs);

describe('sorting', () => {
  const number = fc.option(fc.oneof(fc.double(), fc.integer(), fc.constant(Number.NaN)), { nil: undefined });
  const rows = fc
    .array(fc.record({ a: number, b: fc.option(fc.string(), { nil: undefined }) }))
    .map((list) => list.map((row, index) => ({ ...row, index })));
  const cell = (row: { a: number | undefined; b: string | undefined }, column: string) =>
    column === 'a' ? row.a : row.b;
  const missing = (value: unknown): boolean => value === undefined || value === '' || Number.isNaN(value);

  test('a missing value stands last, whichever way', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom('a', 'b'), (list, descending, column) => {
        const sorted = sortRows(list, [{ column, descending }], cell);
        const firstMissing = sorted.findIndex((row) => missing(cell(row, column)));
        const rest = firstMissing < 0 ? [] : sorted.slice(firstMissing);
        expect(rest.every((row) => missing(cell(row, column)))).toBe(true);
      }),
    );
  });

  test('numbers are in the order of numbers, and descending is ascending turned round', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const up = sortRows(list, [{ column: 'a', descending: false }], cell).filter((row) => !missing(row.a));
        const down = sortRows(list, [{ column: 'a', descending: true }], cell).filter((row) => !missing(row.a));
        for (const [index, row] of up.entries()) {
          const next = up[index + 1];
          if (next) expect(Number(row.a)).toBeLessThanOrEqual(Number(next.a));
        }
        expect(down.map((row) => Number(row.a) || 0)).toEqual(up.map((row) => Number(row.a) || 0).reverse());
      }),
    );
  });

  test('what is equal stays as it was, and nothing is lost', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (list, descending) => {
        const sorted = sortRows(list, [{ column: 'a', descending }], cell);
        expect(new Set(sorted)).toEqual(new Set(list));
        for (const [index, row] of sorted.entries()) {
          const next = sorted[index + 1];
          if (next && compareCells(row.a, next.a, descending) === 0) expect(row.index).toBeLessThan(next.index);
        }
      }),
    );
  });

  test('the second key decides among equals', () => {
    const list = [
      { a: 1, b: 'x' },
      { a: 1, b: 'a' },
      { a: 0, b: 'z' },
    ];
    const sorted = sortRows(
      list,
      [
        { column: 'a', descending: true },
        { column: 'b', descending: false },
      ],
      cell,
    );
    expect(sorted.map(({ b }) => b)).toEqual(['a', 'x', 'z']);
  });

  test('texts with numbers are in the order of the numbers', () => {
    expect(compareCells('run-2', 'run-10', false)).toBeLessThan(0);
  });

  test('a click goes one way, the other, and off; Shift keeps the others', () => {
    const once = nextKeys([], 'a', false);
    const twice = nextKeys(once, 'a', false);
    expect([once, twice, nextKeys(twice, 'a', false)]).toEqual([
      [{ column: 'a', descending: false }],
      [{ column: 'a', descending: true }],
      [],
    ]);
    expect(nextKeys(once, 'b', true).map(({ column }) => column)).toEqual(['a', 'b']);
    expect(nextKeys(once, 'b', false).map(({ column }) => column)).toEqual(['b']);
    expect(nextKeys([], 'a', false, true)).toEqual([{ column: 'a', descending: true }]);
  });
});

describe('columns', () => {
  test('one for each metric and parameter that any run has', () => {
    expect(columns.map(({ id }) => id)).toEqual([
      'name',
      'status',
      'started',
      'duration',
      'commit',
      'branch',
      'sweep',
      'tags',
      'note',
      'parameter:Epochs',
      'parameter:InstanceType',
      'parameter:LearningRate',
      'metric:accuracy',
      'metric:train:loss',
      'metric:validation:loss',
    ]);
  });

  test('parameters that are all numbers are numbers, others are texts', () => {
    const numeric = Object.fromEntries(columns.map(({ id, numeric }) => [id, numeric]));
    expect(numeric).toMatchObject({
      'parameter:Epochs': true,
      'parameter:LearningRate': true,
      'parameter:InstanceType': false,
    });
  });

  test('a metric reads with the same decimals in every row', () => {
    const accuracy = columns.find(({ id }) => id === 'metric:accuracy');
    const texts = runs.map((run) => accuracy?.text(run, now)).filter((text) => text !== undefined);
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([5]));
    expect(texts[0]).toBe('0.967');
  });
});

describe('the best value', () => {
  test('is the largest accuracy and the smallest loss', () => {
    const values = (name: string) => runs.map((run) => run.metrics[name]).filter((value) => value !== undefined);
    expect(bestOf(runs, 'accuracy', {})).toBe(Math.max(...values('accuracy')));
    expect(bestOf(runs, 'train:loss', {})).toBe(Math.min(...values('train:loss')));
    expect(bestOf(runs, 'train:loss', { 'train:loss': 'max' })).toBe(Math.max(...values('train:loss')));
  });

  test('is not told where the name says nothing or one run has it', () => {
    expect(goalOf('temperature')).toBeUndefined();
    expect(goalOf('alphabet')).toBeUndefined();
    expect(bestOf(runs.slice(1, 2), 'accuracy', {})).toBeUndefined();
  });

  test.each([
    ['validation:accuracy', 'max'],
    ['val_loss', 'min'],
    ['test_f1', 'max'],
    ['RMSE', 'min'],
    ['roc.auc', 'max'],
  ])('%s is good when it is %s', (name, goal) => {
    expect(goalOf(name)).toBe(goal);
  });
});

describe('the filter', () => {
  const found = (text: string) => runs.filter(filterOf(text, columns, now));

  test('finds words in any cell', () => {
    expect(found('failed').every(({ status }) => status === 'Failed')).toBe(true);
    expect(found('failed').length).toBeGreaterThan(0);
    expect(found('develop failed')).toEqual(found('failed').filter((run) => run.provenance?.branch === 'develop'));
    expect(found('')).toEqual(runs);
  });

  test('compares numbers; a run without the value never passes', () => {
    const good = found('accuracy>0.97');
    expect(good.length).toBeGreaterThan(0);
    expect(good.every((run) => (run.metrics['accuracy'] ?? 0) > 0.97)).toBe(true);
    expect(found('accuracy<=0.97').length + good.length).toBe(runs.filter((run) => 'accuracy' in run.metrics).length);
    expect(found('epochs=200').every((run) => run.parameters['Epochs'] === '200')).toBe(true);
    expect(found('branch=develop').every((run) => run.provenance?.branch === 'develop')).toBe(true);
  });
});

test('CSV holds what a table holds, whatever is in a cell', () => {
  const [first, second] = runs;
  if (!first || !second) throw new Error('The fixture has no runs.');
  const odd = { ...second, name: 'a "quoted", name\nin two lines' };
  const csv = csvOf(columns, [first, odd], now);
  expect(csv.startsWith('Run,Status,Started,Duration (s),Commit,Branch,Sweep,Tags,Note,Epochs,')).toBe(true);
  expect(csv).toContain('"a ""quoted"", name\nin two lines",Succeeded,2026-11-22T14:11:00.000Z');
  expect(csv).toContain(String(second.metrics['accuracy']));
});

test('Markdown reads as the table does', () => {
  const text = markdownOf(columns, runs.slice(0, 2), now);
  expect(text.split('\n')[0]).toMatch(/^\| Run \| Status \| Started \| Duration \|/);
  expect(text.split('\n')).toHaveLength(5);
});

describe('a filter with operators', () => {
  const matching = (text: string): number => runs.filter(filterOf(text, columns, now)).length;
  const all = runs.length;

  test.each([
    ['branch=develop', 'branch!=develop'],
    ['branch~velop', '-branch~velop'],
    ['LearningRate>=0.1', '-LearningRate>=0.1'],
    ['succeeded', '-succeeded'],
    ['branch="develop"', 'branch!=develop'],
  ])('%s and %s divide the runs', (one, other) => {
    expect(matching(one)).toBeGreaterThan(0);
    expect(matching(one) + matching(other)).toBe(all);
  });

  test('a metric that is missing is not more, less or equal, but it is another', () => {
    expect(matching('accuracy>0') + matching('accuracy<=0')).toBeLessThan(all);
    expect(matching('accuracy!=2')).toBe(all);
  });
});

describe('a confusion matrix', () => {
  const evaluation = {
    labels: ['a', 'b', 'never'],
    matrix: [
      [8, 2, 0],
      [1, 9, 0],
      [0, 0, 0],
    ],
  };

  test('gives accuracy, precision and recall', () => {
    expect(accuracyOf(evaluation)).toBe(17 / 20);
    expect(classScores(evaluation)[0]).toMatchObject({ support: 10, precision: 8 / 9, recall: 0.8 });
  });

  test('gives no share of nothing', () => {
    expect(classScores(evaluation)[2]).toEqual({
      label: 'never',
      support: 0,
      precision: undefined,
      recall: undefined,
      f1: undefined,
    });
    expect(accuracyOf({ labels: ['a'], matrix: [[0]] })).toBeUndefined();
  });
});

test('the slice of a long table covers what is in view and adds up to the whole', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(200_000), fc.integer({ min: 0, max: 3000 }), (rows, top, height) => {
      const slice = sliceOf(rows, 28, top, height);
      expect(slice.above + (slice.end - slice.first) * 28 + slice.below).toBe(rows * 28);
      const firstSeen = Math.floor(top / 28);
      const lastSeen = Math.floor((top + height) / 28);
      for (const row of [firstSeen, lastSeen]) {
        if (row < rows) expect(row >= slice.first && row < slice.end).toBe(true);
      }
      expect(slice.end - slice.first).toBeLessThan(height / 28 + 20);
    }),
  );
});

test('a selected run keeps its colour while others come and go', () => {
  const slots = new Slots();
  for (const id of ['a', 'b', 'c']) slots.add(id);
  slots.delete('b');
  slots.add('d');
  expect([slots.of('a'), slots.of('c'), slots.of('d')]).toEqual([0, 2, 1]);
  for (let index = 0; index < 40; index += 1) slots.add(`more-${index}`);
  expect(slots.ids).toHaveLength(maxSelected);
});
