/** What the table shows, as files. */
import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import { csvLine } from '../../../src/shared/csv';
import type { Column } from './columns';

/** Comma-separated values, with numbers in full. */
export function csvOf(columns: readonly Column[], runs: readonly MetricsRun[], now: number): string {
  const lines = [columns.map(titleOf), ...runs.map((run) => columns.map((column) => column.raw(run, now)))];
  return lines.map((line) => `${csvLine(line)}\r\n`).join('');
}

/** A table in Markdown, as it reads. */
export function markdownOf(columns: readonly Column[], runs: readonly MetricsRun[], now: number): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replace(/\s+/g, ' ')).join(' | ')} |\n`;
  return [
    line(columns.map(({ label }) => label)),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...runs.map((run) => line(columns.map((column) => column.text(run, now) ?? '–'))),
  ].join('');
}

function titleOf(column: Column): string {
  return column.id === 'duration' ? 'Duration (s)' : column.label;
}
