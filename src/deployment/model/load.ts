/** Percentiles of measured times. Pure. */

/** The percentiles 50, 90 and 99 by the nearest rank; `values` are not empty. */
export function percentilesOf(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return [at(0.5), at(0.9), at(0.99)];
}
