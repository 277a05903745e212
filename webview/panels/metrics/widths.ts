import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import { type Column, sampled } from './columns';

const letter = 7.4;
const padding = 22;
const minWidth = 64;
const maxWidth = 260;

/** The width in pixels that shows the longest text of the column, within limits. */
export function widthOf(column: Column, runs: readonly MetricsRun[], now: number): number {
  // Room for the arrow of a sorted column beside its label.
  let longest = column.label.length + 2;
  for (const run of runs.slice(0, sampled)) longest = Math.max(longest, column.text(run, now)?.length ?? 0);
  const extra = column.id === 'status' ? 22 : 0;
  return Math.round(Math.min(maxWidth, Math.max(minWidth, longest * letter + padding + extra)));
}
