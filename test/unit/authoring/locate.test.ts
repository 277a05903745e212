import { describe, expect, it } from 'vitest';
import { locateStep, wholeLine } from '../../../src/authoring/python/locate';

describe('locating a step in its script', () => {
  const lines = ['a = 1', '  step = Step(', "    name='Train',", '  )', 'Train'];

  it('finds the name in quotes in the call', () => {
    expect(locateStep(lines, 'Train', { file: '', line: 1, end: 3 })).toEqual({ line: 2, from: 10, to: 15 });
  });
  it('marks the call where the name is computed', () => {
    expect(locateStep(lines, 'Evaluate', { file: '', line: 1, end: 3 })).toEqual({ line: 1, from: 2, to: 14 });
  });
  it('looks no further than the call', () => {
    const more = ['step(f"{x}")', "other('Train')"];
    expect(locateStep(more, 'Train', { file: '', line: 0, end: 0 })).toEqual({ line: 0, from: 0, to: 12 });
    expect(locateStep(more, 'Evaluate', { file: '', line: 1, end: 9 })).toEqual({ line: 1, from: 0, to: 14 });
  });
  it('stays inside the file', () => {
    expect(wholeLine(lines, 99)).toEqual({ line: 4, from: 0, to: 5 });
    expect(wholeLine([], 3)).toEqual({ line: 0, from: 0, to: 0 });
  });
});
