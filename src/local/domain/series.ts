import { iterationsOf } from '../../shared/metric-lines';
import type { Database } from '../store/database';
import { part } from '../store/part';

/** One value of a metric that a job has measured. */
export interface Measured {
  name: string;
  value: number;
  at: Date;
  /** The iteration that it belongs to: as it was put, or the epoch that its log line names. */
  step?: number | undefined;
}

/** Where a value came from: what a program puts has the iterations that it says, lines of logs are counted. */
export type Origin = 'put' | 'log';

/** One value with its place on the axis of iterations; none where a program put it without. */
export interface Placed {
  value: number;
  /** Milliseconds since the epoch. */
  at: number;
  iteration: number | undefined;
}

interface Row extends Record<string, unknown> {
  step: number | null;
  at: number;
  value: number;
  origin: string;
}

/** Values of one metric of one job that are kept. */
export const mostValues = 100_000;

/** The metrics of jobs over time, in the order in which they came. */
class SeriesStore {
  constructor(private readonly database: Database) {}

  /** @returns the indexes of the values that there was no more room for */
  add(job: string, values: readonly Measured[], origin: Origin): number[] {
    return this.database.transaction(() => {
      const full: number[] = [];
      const room = new Map<string, number>();
      for (const [index, { name, value, at, step }] of values.entries()) {
        const left = room.get(name) ?? mostValues - this.count(job, name);
        room.set(name, left - 1);
        if (left <= 0) {
          full.push(index);
          continue;
        }
        this.database.run(
          'INSERT INTO job_series (job, name, step, at, value, origin) VALUES (?, ?, ?, ?, ?, ?)',
          job,
          name,
          step ?? null,
          at.getTime(),
          value,
          origin,
        );
      }
      return full;
    });
  }

  /** The values of a metric of a job, oldest first. */
  of(job: string, name: string): Placed[] {
    const rows = this.database.all<Row>(
      'SELECT step, at, value, origin FROM job_series WHERE job = ? AND name = ? ORDER BY at, seq',
      job,
      name,
    );
    const { x } = iterationsOf(rows.map(({ step }) => step ?? undefined));
    const isPut = rows.some(({ origin }) => origin === 'put');
    return rows.map(({ step, at, value }, index) => ({
      value,
      at,
      iteration: isPut ? (step ?? undefined) : x[index],
    }));
  }

  remove(job: string): void {
    this.database.run('DELETE FROM job_series WHERE job = ?', job);
  }

  private count(job: string, name: string): number {
    const sql = 'SELECT COUNT(*) AS count FROM job_series WHERE job = ? AND name = ?';
    return this.database.get<{ count: number }>(sql, job, name)?.count ?? 0;
  }
}

const table = `
  CREATE TABLE IF NOT EXISTS job_series (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, name TEXT NOT NULL, step INTEGER, at REAL NOT NULL,
    value REAL NOT NULL, origin TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS job_series_of ON job_series (job, name, at, seq)`;

/** The metrics of jobs over time, by the ARN of the job. */
export const series = part({ name: 'job series', migrations: [table] }, ({ database }) => new SeriesStore(database));

/** What is asked of a series. */
export interface SeriesQuery {
  statistic: 'Min' | 'Max' | 'Avg' | 'Count' | 'StdDev' | 'Last';
  /** Milliseconds, or by iterations. */
  period: number | 'iteration';
  axis: 'IterationNumber' | 'Timestamp';
  /** Of the axis: seconds since the epoch, or iterations. */
  start?: number | undefined;
  end?: number | undefined;
}

/** The points that a query finds: times in seconds since the epoch. Values without an iteration have none. */
export function pointsOf(values: readonly Placed[], query: SeriesQuery): { x: number[]; y: number[] } {
  const groups = new Map<number, Placed[]>();
  for (const value of values) {
    const by = query.period === 'iteration' ? value.iteration : Math.floor(value.at / query.period) * query.period;
    if (by === undefined) continue;
    const group = groups.get(by);
    if (group) group.push(value);
    else groups.set(by, [value]);
  }
  const points = [...groups]
    .map(([by, group]) => ({ x: placeOf(by, group, query), y: statisticOf(group, query.statistic) }))
    .filter(({ x }) => x !== undefined && x >= (query.start ?? -Infinity) && x <= (query.end ?? Infinity))
    .sort((a, b) => (a.x ?? 0) - (b.x ?? 0));
  return { x: points.map(({ x }) => x ?? 0), y: points.map(({ y }) => y) };
}

function placeOf(by: number, group: readonly Placed[], { period, axis }: SeriesQuery): number | undefined {
  const last = group.at(-1);
  if (axis === 'IterationNumber') return last?.iteration;
  return Math.floor((period === 'iteration' ? (last?.at ?? 0) : by) / 1000);
}

function statisticOf(group: readonly Placed[], statistic: SeriesQuery['statistic']): number {
  const values = group.map(({ value }) => value);
  const mean = (): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  switch (statistic) {
    case 'Min':
      return values.reduce((a, b) => Math.min(a, b));
    case 'Max':
      return values.reduce((a, b) => Math.max(a, b));
    case 'Avg':
      return mean();
    case 'Count':
      return values.length;
    case 'StdDev': {
      const middle = mean();
      return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
    }
    case 'Last':
      return values.at(-1) ?? Number.NaN;
  }
}
