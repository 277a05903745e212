import { describe, expect, it } from 'vitest';
import { bestFirst, conditionOf, inOrder, meets, type Metrics } from '../../../src/registry/order';

describe('a condition', () => {
  it.each([
    ['accuracy >= 0.9', { metric: 'accuracy', operator: '>=', limit: 0.9 }],
    ['metrics.rmse<1e-3', { metric: 'metrics.rmse', operator: '<', limit: 0.001 }],
    ['validation:loss > -2', { metric: 'validation:loss', operator: '>', limit: -2 }],
  ])('%s', (text, condition) => expect(conditionOf(text)).toEqual(condition));

  it.each(['', 'accuracy', 'accuracy >', '> 3', 'accuracy >= high', 'a b > 3', 'accuracy = 3', 'loss < NaN'])(
    '%j is none',
    (text) => expect(conditionOf(text)).toBeUndefined(),
  );

  it('holds for the metric of that name, else for one that ends with it; never for what was not measured', () => {
    const metrics: Metrics = [
      ['balanced_accuracy', 0.5],
      ['Accuracy', 0.9],
    ];
    expect(meets(metrics, { metric: 'accuracy', operator: '>=', limit: 0.9 })).toBe(true);
    expect(meets(metrics, { metric: 'accuracy', operator: '>', limit: 0.9 })).toBe(false);
    expect(meets(metrics.slice(0, 1), { metric: 'accuracy', operator: '<', limit: 0.9 })).toBe(true);
    expect(meets(metrics, { metric: 'loss', operator: '<', limit: 1 })).toBe(false);
  });
});

describe('the order', () => {
  const items: { name: string; metrics: Metrics }[] = [
    { name: 'none', metrics: [] },
    { name: 'worse', metrics: [['loss', 2]] },
    { name: 'zero', metrics: [['loss', 0]] },
    { name: 'same', metrics: [['loss', 2]] },
  ];
  const names = (first: 'highest' | 'lowest') =>
    inOrder(items, ({ metrics }) => metrics, { metric: 'loss', first }).map(({ name }) => name);

  it('keeps what is equal as it stood, and puts what has no value last', () => {
    expect(names('lowest')).toEqual(['zero', 'worse', 'same', 'none']);
    expect(names('highest')).toEqual(['worse', 'same', 'zero', 'none']);
  });

  it('offers the better end first', () => {
    expect(bestFirst('validation:rmse')).toBe('lowest');
    expect(bestFirst('accuracy')).toBe('highest');
    expect(bestFirst('rows')).toBe('highest');
  });
});
