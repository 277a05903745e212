/**
 * How far the data of two times is apart, by the statistics of Model Monitor. A sketch keeps values by levels, and each
 * value of level `i` stands for `2^i`; counts of categories stand as they are.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
 */

/** `statistics.json`, as far as it is read. */
export interface Statistics {
  dataset?: { item_count?: number };
  features?: FeatureStatistics[];
}

export interface FeatureStatistics {
  name: string;
  inferred_type?: string;
  numerical_statistics?: { distribution?: { kll?: { sketch?: { data?: number[][] } } } };
  string_statistics?: { distribution?: { categorical?: { buckets?: { value: string; count: number }[] } } };
}

/** `constraints.json`, as far as it is read. */
export interface Constraints {
  monitoring_config?: {
    distribution_constraints?: {
      comparison_threshold?: number;
      comparison_method?: string;
      categorical_comparison_threshold?: number;
    };
  };
}

/** Bars of both distributions over the same places: shares from 0 to 1. */
export interface Bars {
  labels: string[];
  before: number[];
  found: number[];
}

/** A feature of a baseline beside the same one of later data. */
export interface FeatureDrift {
  name: string;
  kind: 'numbers' | 'categories';
  distance: number;
  bars: Bars;
}

/** So many bars a distribution of numbers has. */
const barCount = 20;
/** So many categories are drawn, the most frequent ones. */
const mostCategories = 12;

/** The features that both have, and how far they are apart. */
export function driftsOf(before: Statistics, found: Statistics, constraints: Constraints = {}): FeatureDrift[] {
  const { comparison_method: method = 'Robust' } = constraints.monitoring_config?.distribution_constraints ?? {};
  const known = new Map((before.features ?? []).map((feature) => [feature.name, feature]));
  return (found.features ?? []).flatMap((feature): FeatureDrift[] => {
    const base = known.get(feature.name);
    if (!base) return [];
    const { name } = feature;
    const [first, second] = [weighted(base), weighted(feature)];
    if (first && second) {
      const distance = corrected(largestGap(first, second), sum(first), sum(second), method);
      return [{ name, kind: 'numbers', distance, bars: histogram(first, second) }];
    }
    const [one, other] = [countsOf(base), countsOf(feature)];
    if (!one || !other) return [];
    const [n, m] = [total(one), total(other)];
    const names = [...new Set([...one.keys(), ...other.keys()])];
    const gap = Math.max(0, ...names.map((key) => Math.abs((one.get(key) ?? 0) / n - (other.get(key) ?? 0) / m)));
    return [{ name, kind: 'categories', distance: corrected(gap, n, m, method), bars: categories(one, other) }];
  });
}

/** The distributions of features by themselves. */
export function distributionsOf({ features = [] }: Statistics): Omit<FeatureDrift, 'distance'>[] {
  return features.flatMap((feature): Omit<FeatureDrift, 'distance'>[] => {
    const { name } = feature;
    const values = weighted(feature);
    if (values) return [{ name, kind: 'numbers', bars: { ...histogram(values, values), before: [] } }];
    const counts = countsOf(feature);
    return counts ? [{ name, kind: 'categories', bars: { ...categories(counts, counts), before: [] } }] : [];
  });
}

/**
 * `Robust` takes away what chance alone would give; `Simple` leaves the distance as it is. Both spellings of the guide
 * are known.
 */
export function corrected(distance: number, n: number, m: number, method: string): number {
  return /simple/i.test(method) ? distance : Math.max(0, distance - 1.8 * Math.sqrt((n + m) / (n * m)));
}

type Weighted = [value: number, weight: number][];

function weighted({ numerical_statistics: numbers }: FeatureStatistics): Weighted | undefined {
  const levels = numbers?.distribution?.kll?.sketch?.data;
  const values = levels?.flatMap((level, index) => level.map((value): [number, number] => [value, 2 ** index]));
  return values && values.length > 0 ? values.sort(([a], [b]) => a - b) : undefined;
}

function sum(values: Weighted): number {
  return values.reduce((all, [, weight]) => all + weight, 0);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0);
}

/** The largest difference of the cumulative distributions. */
function largestGap(first: Weighted, second: Weighted): number {
  const [n, m] = [sum(first), sum(second)];
  let [i, j, below, under, largest] = [0, 0, 0, 0, 0];
  while (i < first.length || j < second.length) {
    const value = Math.min(first[i]?.[0] ?? Infinity, second[j]?.[0] ?? Infinity);
    for (; first[i]?.[0] === value; i++) below += first[i]?.[1] ?? 0;
    for (; second[j]?.[0] === value; j++) under += second[j]?.[1] ?? 0;
    largest = Math.max(largest, Math.abs(below / n - under / m));
  }
  return largest;
}

function histogram(first: Weighted, second: Weighted): Bars {
  const all = [...first, ...second].map(([value]) => value);
  const low = all.reduce((least, value) => Math.min(least, value));
  const width = (all.reduce((most, value) => Math.max(most, value)) - low) / barCount || 1;
  const shares = (values: Weighted): number[] => {
    const bars = Array.from({ length: barCount }, () => 0);
    const whole = sum(values);
    for (const [value, weight] of values) {
      const place = Math.min(barCount - 1, Math.floor((value - low) / width));
      bars[place] = (bars[place] ?? 0) + weight / whole;
    }
    return bars;
  };
  const labels = Array.from({ length: barCount }, (_, index) => String(Number((low + index * width).toPrecision(4))));
  return { labels, before: shares(first), found: shares(second) };
}

function countsOf({ string_statistics: strings }: FeatureStatistics): Map<string, number> | undefined {
  const buckets = strings?.distribution?.categorical?.buckets;
  return buckets && buckets.length > 0 ? new Map(buckets.map(({ value, count }) => [value, count])) : undefined;
}

function categories(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Bars {
  const [n, m] = [total(one), total(other)];
  const share = (key: string): number => (one.get(key) ?? 0) / n + (other.get(key) ?? 0) / m;
  const labels = [...new Set([...one.keys(), ...other.keys()])]
    .sort((a, b) => share(b) - share(a))
    .slice(0, mostCategories);
  return {
    labels,
    before: labels.map((key) => (one.get(key) ?? 0) / n),
    found: labels.map((key) => (other.get(key) ?? 0) / m),
  };
}
