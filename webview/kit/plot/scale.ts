/** Axes of plots: from values to places and back, with the marks that read well. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { formatNumber } from '../../../src/shared/format';

export interface Axis {
  label: string;
  /** A logarithmic axis has no place for zero and less. */
  log?: boolean;
  /** There is nothing between two whole numbers: epochs. */
  whole?: boolean;
  /** Always shows these, whatever the values are. */
  domain?: readonly [number, number];
  /** Leaves some room at both ends. */
  roomy?: boolean;
}

export interface Scale {
  /** The place of a value; undefined where it has none. */
  at: (value: number) => number | undefined;
  valueAt: (place: number) => number;
  marks: readonly { at: number; text: string }[];
  domain: readonly [number, number];
}

/** The axis over all values, from `start` to `end` pixels. @param view only this part of it */
export function scaleOf(
  axis: Axis,
  values: Iterable<number>,
  [start, end]: readonly [number, number],
  view?: readonly [number, number],
): Scale {
  const [low, high] = view ?? axis.domain ?? withRoom(extentOf(values, axis.log ?? false), axis);
  const isLog = (axis.log ?? false) && low > 0;
  const count = Math.max(2, Math.floor(Math.abs(end - start) / (start < end ? 80 : 40)));
  const scale = (isLog ? scaleLog() : scaleLinear()).domain([low, high]).range([start, end]);
  const ticks = isLog ? logTicks(low, high, scale.ticks(count)) : scale.ticks(count);
  return {
    at: (value) => (isLog && value <= 0 ? undefined : scale(value)),
    valueAt: (place) => scale.invert(place),
    marks: ticks
      .filter((tick) => !axis.whole || Number.isInteger(tick))
      .map((tick) => ({ at: scale(tick), text: formatNumber(tick) })),
    domain: [low, high],
  };
}

/** A share of the axis at each end. */
const room = 0.04;

function withRoom([low, high]: readonly [number, number], { log, roomy }: Axis): readonly [number, number] {
  if (!roomy) return [low, high];
  if (log) return [low / (high / low) ** room, high * (high / low) ** room];
  return [low - (high - low) * room, high + (high - low) * room];
}

/** The smallest and the largest value, with some room where they are the same. */
export function extentOf(values: Iterable<number>, isLog = false): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return isLog ? [1, 10] : [0, 1];
  if (low < high) return [low, high];
  if (isLog) return [low / 2, low * 2];
  const around = Math.abs(low) / 2 || 1;
  return [low - around, high + around];
}

/** Powers of ten over several decades, with twice and five times them over fewer, and what the library has within one. */
function logTicks(low: number, high: number, ticks: readonly number[]): readonly number[] {
  const decades = Math.log10(high / low);
  if (decades < 1 && ticks.length <= 6) return ticks;
  const leading = decades > 3 ? [1] : [1, 2, 5];
  return ticks.filter((tick) => leading.includes(Number(tick.toExponential().split('e')[0])));
}
