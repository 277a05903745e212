import { afterAll, describe, expect, test } from 'vitest';
import { type Diagnostic, validate } from '../../../src/definition';
import { type Mutant, mutants } from '../../fixtures/shared';

const all = mutants();
let found = 0;

function isAt(diagnostic: Diagnostic, { pointer, line = 0, column = 0 }: Mutant): boolean {
  if (pointer !== null) return diagnostic.pointer === pointer;
  const { start, end } = diagnostic.range;
  const at = [line - 1, column - 1] as const;
  const after = start.line < at[0] || (start.line === at[0] && start.character <= at[1]);
  const before = end.line > at[0] || (end.line === at[0] && end.character >= at[1]);
  return after && before;
}

describe.skipIf(all.length === 0)('definitions with one planted defect', () => {
  afterAll(() => {
    console.log(`${found} of ${all.length} planted defects found at their place.`);
  });

  test.each(all)('$mutant.file', ({ mutant, text, base }) => {
    const key = ({ rule, pointer, message }: Diagnostic): string => `${rule} ${pointer} ${message}`;
    const before = new Set(validate(base).map(key));
    const fresh = validate(text).filter((diagnostic) => !before.has(key(diagnostic)));
    const shown = fresh.map(
      ({ rule, severity, pointer, range }) =>
        `${severity} ${rule} ${pointer} ${range.start.line + 1}:${range.start.character + 1}`,
    );
    const hit = fresh.some((diagnostic) => isAt(diagnostic, mutant));
    expect({ place: mutant.pointer ?? `${mutant.line}:${mutant.column}`, shown, hit }).toMatchObject({ hit: true });
    found++;
  });
});
