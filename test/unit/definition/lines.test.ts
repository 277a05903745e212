import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineIndex } from '../../../src/definition/lines';

const text = fc.array(fc.constantFrom('a', 'bc', '\r', '\n', '\r\n'), { maxLength: 30 }).map((parts) => parts.join(''));

/** The position of an offset, found the slow way. */
function counted(source: string, offset: number): { line: number; character: number } {
  let [line, start] = [0, 0];
  for (const end of source.matchAll(/\r\n|\r|\n/g)) {
    const next = end.index + end[0].length;
    if (next > offset) break;
    line++;
    start = next;
  }
  return { line, character: offset - start };
}

describe('lines', () => {
  test('lines end with LF, CRLF or CR, whatever is asked first', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }), (source, places) => {
        const lines = new LineIndex(source);
        for (const place of places) {
          const offset = Math.min(place, source.length);
          const position = counted(source, offset);
          expect(lines.position(place)).toEqual(position);
          expect(lines.offset(position)).toBe(offset);
          expect(new LineIndex(source).offset(position)).toBe(offset);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are those of the new text after edits', () => {
    const edit = fc.record({ start: fc.nat(40), length: fc.nat(8), newText: text, asked: fc.nat(60) });
    fc.assert(
      fc.property(text, fc.nat(60), fc.array(edit, { minLength: 1, maxLength: 4 }), (first, asked, edits) => {
        let source = first;
        let lines = new LineIndex(source);
        lines.position(asked);
        for (const { start: wanted, length, newText, asked: next } of edits) {
          const start = Math.min(wanted, source.length);
          const end = Math.min(start + length, source.length);
          source = source.slice(0, start) + newText + source.slice(end);
          lines = lines.edited(source, { start, end, newText });
          lines.position(next);
        }
        for (let at = 0; at <= source.length; at++) expect(lines.position(at)).toEqual(counted(source, at));
      }),
      { numRuns: 1000 },
    );
  });

  test('places outside of the text are moved to its ends', () => {
    const lines = new LineIndex('a\nbc');
    expect(lines.position(9)).toEqual({ line: 1, character: 2 });
    expect(lines.offset({ line: -1, character: 5 })).toBe(0);
    expect(lines.offset({ line: 0, character: 7 })).toBe(2);
    expect(lines.offset({ line: 7, character: 0 })).toBe(4);
  });
});
