import type { Sample } from './metrics';

/** Samples of one period, added up. */
export interface Period {
  /** Where it begins, in milliseconds since the epoch. */
  at: number;
  unit: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  values: Map<number, number>;
}

/** Adds samples up by periods of a length, one of which begins at `anchor`: unless it is given, at the epoch. */
export function byPeriod(samples: readonly Sample[], milliseconds: number, anchor = 0): Period[] {
  const periods = new Map<number, Period>();
  for (const sample of samples) {
    const at = anchor + Math.floor((sample.at - anchor) / milliseconds) * milliseconds;
    periods.set(at, joined(periods.get(at), sample, at));
  }
  return [...periods.values()].toSorted((a, b) => a.at - b.at);
}

function joined(sum: Period | undefined, { unit, count, sum: added, min, max, values }: Sample, at: number): Period {
  const all = sum?.values ?? new Map<number, number>();
  for (const [value, times] of values) all.set(value, (all.get(value) ?? 0) + times);
  return {
    at,
    unit: sum?.unit ?? unit,
    count: (sum?.count ?? 0) + count,
    sum: (sum?.sum ?? 0) + added,
    min: Math.min(sum?.min ?? min, min),
    max: Math.max(sum?.max ?? max, max),
    values: all,
  };
}

/** `p99.9`, `tm95`: a percentile, or the mean of the values up to one. */
const ranked = /^(p|tm)(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Whether the service knows a statistic of this name. */
export function isStatistic(name: string): boolean {
  return /^(?:SampleCount|Average|Sum|Minimum|Maximum|IQM)$/.test(name) || ranked.test(name);
}

/**
 * A statistic of a period; undefined where it cannot be told: percentiles need the values.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function statistic({ count, sum, min, max, values }: Period, name: string): number | undefined {
  switch (name) {
    case 'SampleCount':
      return count;
    case 'Average':
      return count === 0 ? undefined : sum / count;
    case 'Sum':
      return sum;
    case 'Minimum':
      return min;
    case 'Maximum':
      return max;
    case 'IQM':
      return trimmedMean(values, 25, 75);
    default: {
      const [, kind, text] = ranked.exec(name) ?? [];
      const percent = Number(text);
      return kind === 'p' ? percentile(values, percent) : kind === 'tm' ? trimmedMean(values, 0, percent) : undefined;
    }
  }
}

/** The least value that so many percent of the values do not exceed. */
function percentile(values: ReadonlyMap<number, number>, percent: number): number | undefined {
  const ordered = [...values].toSorted(([a], [b]) => a - b);
  const total = ordered.reduce((sum, [, times]) => sum + times, 0);
  const rank = Math.max(1, Math.ceil((percent / 100) * total - 1e-9));
  let passed = 0;
  for (const [value, times] of ordered) {
    passed += times;
    if (passed >= rank) return value;
  }
  return undefined;
}

function trimmedMean(values: ReadonlyMap<number, number>, from: number, to: number): number | undefined {
  const ordered = [...values].toSorted(([a], [b]) => a - b);
  const total = ordered.reduce((sum, [, times]) => sum + times, 0);
  const [first, last] = [(from / 100) * total, (to / 100) * total];
  let [passed, count, sum] = [0, 0, 0];
  for (const [value, times] of ordered) {
    const part = Math.max(0, Math.min(passed + times, last) - Math.max(passed, first));
    count += part;
    sum += part * value;
    passed += times;
  }
  return count === 0 ? undefined : sum / count;
}
