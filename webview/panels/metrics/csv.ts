import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import type { Column } from './columns';

export function csvOf(columns: readonly Column[], runs: readonly MetricsRun[], now: number): string {
  const lines = [
    columns.map((column) => (column.id === 'duration' ? 'Duration (s)' : column.label)),
    ...runs.map((run) => columns.map((column) => column.raw(run, now))),
  ];
  return lines.map((line) => `${line.map(quote).join(',')}\r\n`).join('');
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
