/** The order of the runs. A missing value stands last, whichever way a column is sorted. */
import { collator, type CellValue } from './columns';

export interface SortKey {
  column: string;
  descending: boolean;
}

/** A number that is no number is as good as missing. */
function isMissing(value: CellValue): boolean {
  return value === undefined || value === '' || Number.isNaN(value);
}

/** Compares two values of one column. */
export function compareCells(a: CellValue, b: CellValue, descending: boolean): number {
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  const order =
    typeof a === 'number' && typeof b === 'number' ? Math.sign(a - b) || 0 : collator.compare(String(a), String(b));
  return descending ? -order : order;
}

/** Sorts by the first key, what is equal by the next, and so on; what is equal by all stays as it was. */
export function sortRows<Row>(
  rows: readonly Row[],
  keys: readonly SortKey[],
  cell: (row: Row, column: string) => CellValue,
): Row[] {
  return [...rows].sort((a, b) => {
    for (const { column, descending } of keys) {
      const order = compareCells(cell(a, column), cell(b, column), descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/**
 * The keys after a click on a column's head: one way, the other way, not sorted by it. `add` (with Shift) keeps
 * the other columns.
 */
export function nextKeys(keys: readonly SortKey[], column: string, add: boolean, descendingFirst = false): SortKey[] {
  const index = keys.findIndex((key) => key.column === column);
  const current = keys[index];
  const next: SortKey | undefined = !current
    ? { column, descending: descendingFirst }
    : current.descending === descendingFirst
      ? { column, descending: !descendingFirst }
      : undefined;
  if (!add) return next ? [next] : [];
  if (!current) return next ? [...keys, next] : [...keys];
  return keys.flatMap((key, at) => (at === index ? (next ? [next] : []) : [key]));
}
