/** Which runs a sweep has. */
import { describe, expect, it } from 'vitest';
import { mostSweepRuns, planSweep, readRange, type Varied } from '../../../src/shared/sweep';

const float = (name: string, text: string): Varied => ({ name, type: 'Float', text });
const integer = (name: string, text: string): Varied => ({ name, type: 'Integer', text });
const criterion = (text: string): Varied => ({ name: 'x', type: 'String', text, allowed: ['gini', 'entropy'] });
const grid = (...varied: Varied[]) => planSweep(varied, { kind: 'grid' });

function valuesOf(varied: Varied): string[] {
  const plan = grid(varied);
  if (plan.problem !== undefined) throw new Error(plan.problem);
  return plan.runs.map((run) => run[varied.name] ?? '');
}

describe('a grid', () => {
  it.each<[Varied, string[]]>([
    [float('x', '0.1, 0.2,0.2 , 1e-3'), ['0.1', '0.2', '1e-3']],
    [integer('x', '1..4'), ['1', '2', '3', '4']],
    [integer('x', '10..100 step 30'), ['10', '40', '70', '100']],
    [float('x', '0.1..0.5 step 0.1'), ['0.1', '0.2', '0.3', '0.4', '0.5']],
    [float('x', '0.001..1 log 4'), ['0.001', '0.01', '0.1', '1']],
    [float('x', '0..1 points 3'), ['0', '0.5', '1']],
    [integer('x', '1..1000 log 4'), ['1', '10', '100', '1000']],
    [float('x', '-1..1 step 1'), ['-1', '0', '1']],
    [{ name: 'x', type: 'String', text: 'ml.m5.large, 1..3' }, ['ml.m5.large', '1..3']],
    [{ name: 'x', type: 'Boolean', text: 'true,false' }, ['true', 'false']],
    [criterion('gini'), ['gini']],
  ])('has the values of %j', (varied, values) => expect(valuesOf(varied)).toEqual(values));

  it('has every combination, the last parameter fastest', () => {
    expect(grid(float('a', '1, 2'), integer('b', '3..5'))).toEqual({
      runs: ['1', '2'].flatMap((a) => ['3', '4', '5'].map((b) => ({ a, b }))),
    });
  });

  it.each([
    [float('x', '0.1..0.5'), 'a grid needs a step'],
    [float('x', '0.5..0.1 step 0.1'), '0.1 is not more than 0.5'],
    [float('x', '0..1 log 4'), 'begins above 0'],
    [integer('x', '1.5..3'), 'takes whole numbers'],
    [integer('x', '1, two'), 'two is not valid as Integer'],
    [float('x', ' , '), 'needs values'],
    [criterion('gini, entrpy'), 'entrpy is not one of gini, entropy'],
    [{ ...integer('x', '1..3'), allowed: ['1', '3'] }, '1..3 is not one of 1, 3'],
    [float('x', '1..2 step 0'), 'a step is more than 0'],
    [integer('x', `1..${mostSweepRuns + 1}`), `at most ${mostSweepRuns} runs`],
  ])('refuses %j in a sentence', (varied, part) => expect(grid(varied).problem).toContain(part));

  it('refuses more combinations than can be meant, and nothing to vary', () => {
    expect(grid(integer('a', '1..100'), integer('b', '1..100')).problem).toContain('at most');
    expect(grid().problem).toBe('Choose a parameter to vary.');
  });
});

describe('draws', () => {
  const draw = (varied: Varied[], runs: number, seed: number) => planSweep(varied, { kind: 'random', runs, seed });

  it('are the same for the same seed, and others for another', () => {
    const varied = [float('rate', '0.001..1 log'), integer('epochs', '10..100')];
    const first = draw(varied, 20, 7);
    expect(draw(varied, 20, 7)).toEqual(first);
    expect(draw(varied, 20, 8)).not.toEqual(first);
  });

  it('lie in their ranges, and a logarithmic one has as many in each decade', () => {
    const plan = draw([float('rate', '0.001..1 log'), integer('epochs', '10..12')], 300, 1);
    if (plan.problem !== undefined) throw new Error(plan.problem);
    const rates = plan.runs.map((run) => Number(run['rate']));
    expect(rates.every((rate) => rate >= 0.001 && rate <= 1)).toBe(true);
    for (const decade of [0.001, 0.01, 0.1]) {
      const within = rates.filter((rate) => rate >= decade && rate < decade * 10).length;
      expect(within).toBeGreaterThan(60);
    }
    expect(new Set(plan.runs.map((run) => run['epochs']))).toEqual(new Set(['10', '11', '12']));
  });

  it('take each combination of a small space once', () => {
    const plan = draw([integer('a', '1..2'), float('b', '1, 2')], 50, 3);
    expect(plan.problem === undefined && plan.runs).toHaveLength(4);
  });

  it('keep to the steps of a range', () => {
    const plan = draw([float('a', '0..1 step 0.25')], 5, 3);
    expect(
      plan.problem === undefined && plan.runs.map((run) => run['a']).toSorted((a = '', b = '') => a.localeCompare(b)),
    ).toEqual(['0', '0.25', '0.5', '0.75', '1']);
  });
});

it('a range that is not valid says so before anything else is filled in', () => {
  expect(readRange(integer('Epochs', '1..'))).toBe('Epochs: 1.. is not valid as Integer.');
});
