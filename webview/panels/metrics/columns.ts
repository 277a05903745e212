import type { MetricsRun, RunMark } from '../../../src/pipelines/panels/metrics/contract';
import { formatDuration, formatNumber, formatTime, shortId } from '../../../src/shared/format';
import { statusLook } from '../../runs/status';

/** So many runs tell how wide a column is, and how its numbers are written. */
export const sampled = 500;

/** What a cell is compared by. Undefined: the run has no such value. */
export type CellValue = string | number | undefined;

export interface Column {
  /** `metric:train:loss` */
  id: string;
  group: 'Run' | 'Parameters' | 'Metrics';
  label: string;
  numeric: boolean;
  /** The metric's name, for a column that has a best value. */
  metric?: string;
  value(run: MetricsRun, now: number): CellValue;
  /** The cell's text; `undefined` reads as missing. */
  text(run: MetricsRun, now: number): string | undefined;
  /** The same for a file: without units, numbers in full. */
  raw(run: MetricsRun, now: number): string;
}

/** Columns that every table has, then one for each parameter and each metric that any run has. */
export function columnsOf(runs: readonly MetricsRun[], marks: Readonly<Record<string, RunMark>> = {}): Column[] {
  const parameters = namesOf(runs, (run) => run.parameters);
  const metrics = namesOf(runs, (run) => run.metrics);
  return [
    ...runColumns,
    textColumn('tags', 'Tags', ({ id }) => marks[id]?.tags?.join(', ')),
    textColumn('note', 'Note', ({ id }) => marks[id]?.note),
    ...parameters.map((name) => parameterColumn(name, runs)),
    ...metrics.map((name) => metricColumn(name, runs)),
  ];
}

/** What is shown of every run even where it is the same. */
const alwaysShown = new Set(['name', 'status', 'started']);

/**
 * The columns that say the same of every run, and so nothing to tell them apart. Runs that are not read yet have no
 * parameters and metrics, which makes no difference.
 */
export function sameInAll(columns: readonly Column[], runs: readonly MetricsRun[], now: number): string[] {
  if (runs.length < 2) return [];
  const read = runs.filter(({ parameters, metrics }) => !isEmpty(parameters) || !isEmpty(metrics));
  return columns
    .filter((column) => !alwaysShown.has(column.id) && !differs(column, column.group === 'Run' ? runs : read, now))
    .map(({ id }) => id);
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}

function differs(column: Column, runs: readonly MetricsRun[], now: number): boolean {
  const [first] = runs;
  const value = first && column.value(first, now);
  return runs.some((run) => !Object.is(column.value(run, now), value));
}

function namesOf(runs: readonly MetricsRun[], record: (run: MetricsRun) => Record<string, unknown>): string[] {
  const names = new Set<string>();
  for (const run of runs) for (const name of Object.keys(record(run))) names.add(name);
  return [...names].sort(collator.compare);
}

export const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function durationOf(run: MetricsRun, now: number): number | undefined {
  return run.startedAt === undefined ? undefined : Math.max(0, (run.endedAt ?? now) - run.startedAt);
}

function textColumn(id: string, label: string, value: (run: MetricsRun) => string | undefined): Column {
  return { id, group: 'Run', label, numeric: false, value, text: value, raw: (run) => value(run) ?? '' };
}

const runColumns: Column[] = [
  textColumn('name', 'Run', (run) => run.name),
  textColumn('status', 'Status', (run) => statusLook(run.status).word),
  {
    id: 'started',
    group: 'Run',
    label: 'Started',
    numeric: false,
    value: (run) => run.startedAt,
    text: (run) => (run.startedAt === undefined ? undefined : formatTime(run.startedAt).slice(0, 16)),
    raw: (run) => (run.startedAt === undefined ? '' : new Date(run.startedAt).toISOString()),
  },
  {
    id: 'duration',
    group: 'Run',
    label: 'Duration',
    numeric: true,
    value: durationOf,
    text: (run, now) => {
      const duration = durationOf(run, now);
      return duration === undefined ? undefined : formatDuration(duration);
    },
    raw: (run, now) => {
      const duration = durationOf(run, now);
      return duration === undefined ? '' : String(duration / 1000);
    },
  },
  textColumn('commit', 'Commit', (run) => {
    const { commit, dirty } = run.provenance ?? {};
    return commit === undefined ? undefined : `${shortId(commit)}${dirty ? '*' : ''}`;
  }),
  textColumn('branch', 'Branch', (run) => run.provenance?.branch),
  textColumn('sweep', 'Sweep', (run) => run.provenance?.sweep),
];

function metricColumn(name: string, runs: readonly MetricsRun[]): Column {
  const write = alignedFormat(runs.map((run) => run.metrics[name]));
  return {
    id: `metric:${name}`,
    group: 'Metrics',
    label: name,
    numeric: true,
    metric: name,
    value: (run) => run.metrics[name],
    text: (run) => {
      const value = run.metrics[name];
      return value === undefined ? undefined : write(value);
    },
    raw: (run) => String(run.metrics[name] ?? ''),
  };
}

/** Writes the numbers of a column with as many decimals each, so that they can be compared at a glance. */
function alignedFormat(values: (number | undefined)[]): (value: number) => string {
  // Numbers of a column are of one kind: some of them tell how all are written.
  const texts = values
    .slice(0, sampled)
    .filter((value) => value !== undefined && Number.isFinite(value))
    .map((value) => formatNumber(value ?? 0));
  if (texts.some((text) => text.includes('e'))) return formatNumber;
  const decimals = Math.max(0, ...texts.map((text) => text.split('.')[1]?.length ?? 0));
  return (value) => (Number.isFinite(value) ? value.toFixed(decimals).replace('-', '−') : formatNumber(value));
}

/** Parameters are strings; a column whose every value is a number is sorted as numbers. */
function parameterColumn(name: string, runs: readonly MetricsRun[]): Column {
  const values = runs.map((run) => run.parameters[name]).filter((value) => value !== undefined);
  const numeric = values.every((value) => value.trim() !== '' && Number.isFinite(Number(value)));
  return {
    id: `parameter:${name}`,
    group: 'Parameters',
    label: name,
    numeric,
    value: (run) => {
      const value = run.parameters[name];
      return value === undefined || !numeric ? value : Number(value);
    },
    text: (run) => run.parameters[name],
    raw: (run) => run.parameters[name] ?? '',
  };
}
