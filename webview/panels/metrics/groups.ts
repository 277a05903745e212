/** Rows of the table: runs, and the heads of the groups that they stand in. */
import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import type { Column } from './columns';

export type Item =
  | { kind: 'run'; run: MetricsRun }
  | { kind: 'group'; key: string; label: string; runs: readonly MetricsRun[]; isOpen: boolean };

/**
 * The runs in their order, below the head of their group where there are groups. Groups stand in the order of their
 * first run; runs that have no value stand last, under a head of their own.
 */
export function itemsOf(
  rows: readonly MetricsRun[],
  by: Column | undefined,
  closed: ReadonlySet<string>,
  now: number,
): Item[] {
  if (!by) return rows.map((run) => ({ kind: 'run', run }));
  const groups = new Map<string, MetricsRun[]>();
  const rest: MetricsRun[] = [];
  for (const run of rows) {
    const text = by.text(run, now);
    if (text === undefined) rest.push(run);
    else groups.set(text, [...(groups.get(text) ?? []), run]);
  }
  const named = [...groups].map(([key, runs]) => ({ key, label: `${by.label} ${key}`, runs }));
  const all = rest.length > 0 ? [...named, { key: '', label: `No ${by.label.toLowerCase()}`, runs: rest }] : named;
  return all.flatMap(({ key, label, runs }): Item[] => {
    const isOpen = !closed.has(key);
    return [
      { kind: 'group', key, label, runs, isOpen },
      ...(isOpen ? runs.map((run) => ({ kind: 'run' as const, run })) : []),
    ];
  });
}

/** The columns that runs can be grouped by. */
export function groupColumns(columns: readonly Column[]): Column[] {
  return columns.filter(
    ({ id, group }) => ['branch', 'commit', 'sweep', 'status'].includes(id) || group === 'Parameters',
  );
}
