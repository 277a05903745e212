import type { HyperParameterTuningJobStrategyType, ParameterRanges } from '@aws-sdk/client-sagemaker';

/** Values that were tried, and what they came to. */
export interface Trial {
  values: Readonly<Record<string, string>>;
  value: number;
}

/** Chooses hyperparameters. */
export interface Search {
  /** How many different choices there are. */
  size: number;
  /** The next values as texts, by what is known of those before; undefined where there are no more. */
  next(trials: readonly Trial[], isMinimized: boolean): Record<string, string> | undefined;
}

/** One hyperparameter: a place between 0 and 1 stands for a value. */
interface Dimension {
  name: string;
  /** The number of its values, where they are few. */
  count: number;
  textAt(place: number): string;
  placeOf(text: string): number;
}

/** Trials at random before what was learnt counts. */
const explored = 5;
/** Candidates that the estimate is asked for. */
const candidates = 24;
/** The share of the trials that counts as good. */
const best = 0.25;

/**
 * A search by a strategy of SageMaker:
 * - `Random`, and `Hyperband` without its early stops: each value at random, in its scale.
 * - `Grid`: all combinations of categorical values, one after another.
 * - `Bayesian`: the tree-structured Parzen estimator of Bergstra et al., "Algorithms for Hyper-Parameter Optimization"
 *   (2011): of some candidates near good trials the one that is likeliest among the good and unlikeliest among the rest.
 * @param seed makes the same choices again
 */
export function searchOf(
  strategy: HyperParameterTuningJobStrategyType,
  ranges: ParameterRanges,
  seed?: number,
): Search {
  const random = seed === undefined ? Math.random : seeded(seed);
  const dimensions = dimensionsOf(ranges);
  const anyPlaces = (): number[] => dimensions.map(() => random());
  const textsAt = (places: readonly number[]): Record<string, string> =>
    Object.fromEntries(dimensions.map((dimension, index) => [dimension.name, dimension.textAt(places[index] ?? 0)]));
  if (strategy === 'Grid') return gridOf(dimensions, textsAt);
  return {
    size: Number.POSITIVE_INFINITY,
    next(trials, isMinimized) {
      if (strategy !== 'Bayesian' || trials.length < explored) return textsAt(anyPlaces());
      const ordered = trials.toSorted((a, b) => (isMinimized ? a.value - b.value : b.value - a.value));
      const cut = Math.max(1, Math.ceil(best * ordered.length));
      const [good, rest] = [ordered.slice(0, cut), ordered.slice(cut)].map((list) =>
        list.map(({ values }) => dimensions.map((dimension) => dimension.placeOf(values[dimension.name] ?? ''))),
      );
      return textsAt(likeliest(dimensions, good ?? [], rest ?? [], random));
    },
  };
}

function gridOf(
  dimensions: readonly Dimension[],
  textsAt: (places: readonly number[]) => Record<string, string>,
): Search {
  const size = dimensions.reduce((product, { count }) => product * count, 1);
  let given = 0;
  return {
    size,
    next() {
      if (given >= size) return undefined;
      let rest = given++;
      return textsAt(
        dimensions.map(({ count }) => {
          const place = (rest % count) / count;
          rest = Math.floor(rest / count);
          return place;
        }),
      );
    },
  };
}

/** The candidate with the largest ratio of densities. */
function likeliest(
  dimensions: readonly Dimension[],
  good: readonly number[][],
  rest: readonly number[][],
  random: () => number,
): number[] {
  const width = 1 / Math.max(2, Math.sqrt(good.length + rest.length));
  let chosen: { places: number[]; score: number } | undefined;
  for (let index = 0; index < candidates; index++) {
    const near = good[Math.floor(random() * good.length)] ?? [];
    const places = dimensions.map((_, at) => inside((near[at] ?? random()) + width * gaussian(random)));
    const score = Math.log(density(places, good, width)) - Math.log(density(places, rest, width));
    if (!chosen || score > chosen.score) chosen = { places, score };
  }
  return chosen?.places ?? dimensions.map(() => random());
}

/** The mean of bells around some points, with a little everywhere. */
function density(at: readonly number[], points: readonly number[][], width: number): number {
  const bells = points.map((point) =>
    Math.exp(-at.reduce((sum, place, index) => sum + ((place - (point[index] ?? 0)) / width) ** 2, 0) / 2),
  );
  return (bells.reduce((sum, bell) => sum + bell, 0) + 1e-3) / (points.length + 1);
}

function inside(place: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(0, place));
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function dimensionsOf(ranges: ParameterRanges): Dimension[] {
  const { IntegerParameterRanges: whole, ContinuousParameterRanges: real, CategoricalParameterRanges: words } = ranges;
  return [
    ...(whole ?? []).map((range) => numeric(range, true)),
    ...(real ?? []).map((range) => numeric(range, false)),
    ...(words ?? []).map(({ Name = '', Values = [] }): Dimension => {
      const count = Math.max(1, Values.length);
      return {
        name: Name,
        count,
        textAt: (place) => Values[Math.min(count - 1, Math.floor(place * count))] ?? '',
        placeOf: (text) => (Math.max(0, Values.indexOf(text)) + 0.5) / count,
      };
    }),
  ];
}

interface Range {
  Name?: string | undefined;
  MinValue?: string | undefined;
  MaxValue?: string | undefined;
  ScalingType?: string | undefined;
}

function numeric(
  { Name = '', MinValue = '0', MaxValue = '1', ScalingType = 'Auto' }: Range,
  isWhole: boolean,
): Dimension {
  const [low, high] = [Number(MinValue), Number(MaxValue)];
  // The service chooses by itself where it is told Auto: by the logarithm, where the range covers some powers of ten.
  const isLog = ScalingType === 'Logarithmic' || (ScalingType === 'Auto' && low > 0 && high / low >= 1000);
  const isReverse = ScalingType === 'ReverseLogarithmic';
  const to = (value: number): number => (isLog ? Math.log(value) : isReverse ? -Math.log(1 - value) : value);
  const from = (value: number): number => (isLog ? Math.exp(value) : isReverse ? 1 - Math.exp(-value) : value);
  // A whole number stands for all that is nearer to it than to any other.
  const [start, end] = isWhole && !isLog ? [low - 0.5, high + 0.5] : [to(low), to(high)];
  return {
    name: Name,
    count: isWhole ? high - low + 1 : Number.POSITIVE_INFINITY,
    textAt(place) {
      const value = Math.min(high, Math.max(low, from(start + place * (end - start))));
      return String(isWhole ? Math.min(high, Math.max(low, Math.round(value))) : value);
    },
    placeOf: (text) => (end === start ? 0 : inside((to(Number(text)) - start) / (end - start))),
  };
}

/** Numbers between 0 and 1 that come again with the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
