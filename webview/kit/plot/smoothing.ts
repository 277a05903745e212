/**
 * An exponential moving average that does not lean to its start, as TensorBoard draws it: each value is divided by the
 * weight that has come together until then.
 *
 * @param weight of what came before, from 0 (none) to less than 1
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  let [sum, total] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = sum * weight + (1 - weight) * value;
    total = total * weight + (1 - weight);
    return sum / total;
  });
}
