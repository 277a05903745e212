/** Somewhere that requests may go, and how many of all should. */
export interface Target<T> {
  value: T;
  weight: number;
}

/**
 * Splits requests by weight, so evenly that after any number of them each target has had its share to within one
 * request: each goes where most is missing. (A random split needs thousands of requests to come as near.)
 */
export class Split<T> {
  private readonly credit: number[];
  private readonly total: number;

  constructor(readonly targets: readonly Target<T>[]) {
    this.credit = targets.map(() => 0);
    this.total = targets.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** The next target; undefined where there is none with a weight. */
  next(): T | undefined {
    let best = -1;
    for (const [index, { weight }] of this.targets.entries()) {
      if (weight <= 0) continue;
      this.credit[index] = (this.credit[index] ?? 0) + weight;
      if (best < 0 || (this.credit[index] ?? 0) > (this.credit[best] ?? 0)) best = index;
    }
    if (best < 0) return undefined;
    this.credit[best] = (this.credit[best] ?? 0) - this.total;
    return this.targets[best]?.value;
  }
}
