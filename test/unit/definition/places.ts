import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/definition';
import { stretch } from './marked';

/** A rule, a text with the marked place, and one like it with nothing wrong of this kind. */
export type PlaceCase = readonly [rule: string, marked: string, clean: string];

/** Tests that each rule marks the very place, and leaves alone what only looks like it. */
export function testPlaces(path: string, cases: readonly PlaceCase[]): void {
  const found = (text: string, rule: string): [number, number][] => {
    const lines = text.split('\n');
    const offset = ({ line, character }: { line: number; character: number }): number =>
      lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
    return validate(text, { path })
      .filter((diagnostic) => diagnostic.rule === rule)
      .map(({ range }) => [offset(range.start), offset(range.end)]);
  };

  describe.each(cases)('%s', (rule, marked, clean) => {
    it('marks the very place', () => {
      const { text, start, end } = stretch(marked);
      expect(found(text, rule)).toContainEqual([start, end]);
    });
    it('leaves alone what only looks like it', () => {
      expect(found(clean, rule)).toEqual([]);
    });
  });
}
