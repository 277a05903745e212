import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Database, Value } from '../store/database';
import { part } from '../store/part';

export interface Dimension {
  Name: string;
  Value: string;
}

/** What a metric is known by. */
export interface MetricKey {
  namespace: string;
  name: string;
  dimensions: readonly Dimension[];
}

/** Values of a metric in one second. */
export interface Sample {
  /** Milliseconds since the epoch. */
  at: number;
  unit: StandardUnit;
  count: number;
  sum: number;
  min: number;
  max: number;
  /** The values themselves and how often each was, as far as they are known: percentiles are taken of them. */
  values: ReadonlyMap<number, number>;
}

interface Row extends Record<string, unknown> {
  at: number;
  unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  vals: string;
}

/** Values kept apart in one second; of more, those that are nearly the same count as one. */
const mostValues = 200;

/** Milliseconds between two writes of what has come in. */
const flushInterval = 1000;

/** Days that values are kept, as the service keeps those of a minute. */
const keptDays = 15;

/**
 * The metrics of CloudWatch. Values are added up by the second in memory and written once a second, since a busy
 * endpoint gives thousands; whoever reads sees all of them.
 */
export class MetricStore {
  private readonly pending = new Map<string, { key: MetricKey; samples: Map<string, Summed> }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {
    database.run('DELETE FROM metric_samples WHERE at < ?', Date.now() - keptDays * 86_400_000);
  }

  /** Adds one value. */
  add(key: MetricKey, value: number, unit: StandardUnit, at = Date.now()): void {
    this.put(key, { at, unit, count: 1, sum: value, min: value, max: value, values: new Map([[value, 1]]) });
  }

  /** Adds what is known of some values. */
  put(key: MetricKey, sample: Sample): void {
    const id = JSON.stringify([key.namespace, key.name, sorted(key.dimensions)]);
    let metric = this.pending.get(id);
    if (!metric) this.pending.set(id, (metric = { key, samples: new Map() }));
    const second = Math.floor(sample.at / 1000) * 1000;
    const place = `${second} ${sample.unit}`;
    let summed = metric.samples.get(place);
    if (!summed) metric.samples.set(place, (summed = new Summed(second, sample.unit)));
    summed.add(sample);
    this.timer ??= setTimeout(() => this.flush(), flushInterval).unref();
  }

  /** Writes what has come in since the last time. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.size === 0) return;
    this.database.transaction(() => {
      for (const { key, samples } of this.pending.values()) {
        const metric = this.metric(key);
        for (const summed of samples.values()) this.write(metric, summed);
      }
    });
    this.pending.clear();
  }

  /** All metrics that fit. A dimension without a value fits any of its name. */
  list(
    filter: { namespace?: string | undefined; name?: string | undefined; dimensions?: readonly Partial<Dimension>[] },
    since = 0,
  ): MetricKey[] {
    this.flush();
    const rows = this.database.all<{ namespace: string; name: string; dimensions: string }>(
      `SELECT namespace, name, dimensions FROM metrics
       WHERE (? IS NULL OR namespace = ?) AND (? IS NULL OR name = ?) AND last >= ? ORDER BY namespace, name, dimensions`,
      ...([
        filter.namespace ?? null,
        filter.namespace ?? null,
        filter.name ?? null,
        filter.name ?? null,
      ] satisfies Value[]),
      since,
    );
    return rows
      .map(({ namespace, name, dimensions }) => ({
        namespace,
        name,
        dimensions: JSON.parse(dimensions) as Dimension[],
      }))
      .filter(({ dimensions }) =>
        (filter.dimensions ?? []).every(({ Name, Value: wanted }) =>
          dimensions.some((each) => each.Name === Name && (wanted === undefined || each.Value === wanted)),
        ),
      );
  }

  /** The samples of a metric from `start` to before `end`, oldest first. @param unit of this unit only */
  samples({ namespace, name, dimensions }: MetricKey, start: number, end: number, unit?: string): Sample[] {
    this.flush();
    return this.database
      .all<Row>(
        `SELECT s.at, s.unit, s.count, s.sum, s.min, s.max, s.vals FROM metric_samples s JOIN metrics m ON m.seq = s.metric
         WHERE m.namespace = ? AND m.name = ? AND m.dimensions = ? AND s.at >= ? AND s.at < ? AND (? IS NULL OR s.unit = ?)
         ORDER BY s.at`,
        namespace,
        name,
        JSON.stringify(sorted(dimensions)),
        start,
        end,
        unit ?? null,
        unit ?? null,
      )
      .map(sampleOf);
  }

  private metric({ namespace, name, dimensions }: MetricKey): number {
    const text = JSON.stringify(sorted(dimensions));
    const now = Date.now();
    this.database.run(
      `INSERT INTO metrics (namespace, name, dimensions, last) VALUES (?, ?, ?, ?)
       ON CONFLICT (namespace, name, dimensions) DO UPDATE SET last = excluded.last`,
      namespace,
      name,
      text,
      now,
    );
    const found = this.database.get<{ seq: number }>(
      'SELECT seq FROM metrics WHERE namespace = ? AND name = ? AND dimensions = ?',
      namespace,
      name,
      text,
    );
    return found?.seq ?? 0;
  }

  private write(metric: number, summed: Summed): void {
    const known = this.database.get<Row>(
      'SELECT at, unit, count, sum, min, max, vals FROM metric_samples WHERE metric = ? AND at = ? AND unit = ?',
      metric,
      summed.at,
      summed.unit,
    );
    if (known) summed.add(sampleOf(known));
    this.database.run(
      'INSERT OR REPLACE INTO metric_samples (metric, at, unit, count, sum, min, max, vals) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      metric,
      summed.at,
      summed.unit,
      summed.count,
      summed.sum,
      summed.min,
      summed.max,
      JSON.stringify([...summed.values]),
    );
  }
}

/** Samples of one second, added up. */
class Summed {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  readonly values = new Map<number, number>();

  constructor(
    readonly at: number,
    readonly unit: StandardUnit,
  ) {}

  add({ count, sum, min, max, values }: Sample): void {
    this.count += count;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    for (const [value, times] of values) {
      const kept = this.values.size < mostValues || this.values.has(value) ? value : Number(value.toPrecision(2));
      this.values.set(kept, (this.values.get(kept) ?? 0) + times);
    }
  }
}

function sampleOf({ at, unit, count, sum, min, max, vals }: Row): Sample {
  const values = new Map(JSON.parse(vals) as [number, number][]);
  return { at, unit: unit as StandardUnit, count, sum, min, max, values };
}

function sorted(dimensions: readonly Dimension[]): Dimension[] {
  return dimensions
    .map(({ Name, Value: value }) => ({ Name, Value: value }))
    .toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
}

const tables = `
  CREATE TABLE IF NOT EXISTS metrics (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL,
    last REAL NOT NULL, UNIQUE (namespace, name, dimensions)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS metric_samples (
    metric INTEGER NOT NULL, at REAL NOT NULL, unit TEXT NOT NULL, count REAL NOT NULL, sum REAL NOT NULL,
    min REAL NOT NULL, max REAL NOT NULL, vals TEXT NOT NULL, PRIMARY KEY (metric, at, unit)
  ) STRICT`;

export const metrics = part({ name: 'metrics', migrations: [tables] }, ({ database }) => new MetricStore(database));
