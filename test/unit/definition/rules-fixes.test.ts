import { describe, expect, test } from 'vitest';
import { type Diagnostic, type Fix, type Position, rules, validate } from '../../../src/definition';
import { frames } from '../../fixtures/frames';
import { mutants } from '../../fixtures/shared';

/** The text after all edits of a fix, which are positions in the text before it. */
function apply(text: string, fix: Fix): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
  return fix.edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (now, { range, newText }) => now.slice(0, offset(range.start)) + newText + now.slice(offset(range.end)),
      text,
    );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const count = (list: readonly Diagnostic[], rule: string): number =>
  list.filter((diagnostic) => diagnostic.rule === rule).length;

/** Every fix of every diagnostic leaves JSON, and one diagnostic of its rule less. */
function checkFixes(text: string, severe: boolean): void {
  const before = validate(text);
  for (const { rule, message, severity, fixes } of before) {
    if (severe && severity !== 'error' && severity !== 'warning') continue;
    for (const fix of fixes) {
      const after = apply(text, fix);
      const told = `${rule}: ${message} / ${fix.title}`;
      expect({ told, json: isJson(after) || !isJson(text) }).toEqual({ told, json: true });
      // A member that is added empty may be wrong in another way, and a choice of several may not be the right one.
      if (fix.preferred)
        expect({ told, left: count(validate(after), rule) < count(before, rule) }).toEqual({ told, left: true });
    }
  }
}

const own = [...rules.values()].filter(({ id }) => id.startsWith('sm/'));

describe('quick fixes', () => {
  test.each(own)('mend the bad example of $id', ({ example }) => {
    checkFixes(frames[example.frame]?.(example.bad) ?? '', false);
  });

  const all = mutants();
  test.skipIf(all.length === 0).each(all)('mend $mutant.file', ({ text }) => {
    checkFixes(text, true);
  });

  test('many rules have one that is sure', () => {
    const sure = own.filter(({ id, example }) => {
      const found = validate(frames[example.frame]?.(example.bad) ?? '', { levels: { [id]: 'error' } });
      return found.some(({ rule, fixes }) => rule === id && fixes.some(({ preferred }) => preferred));
    });
    expect(sure.length).toBeGreaterThan(50);
  });
});
