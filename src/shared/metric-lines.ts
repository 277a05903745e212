/** How training jobs' `MetricDefinitions` find metrics in log lines. Pure. */

const epochPattern = /\bepoch\b\s*[=: ]\s*(\d+)/i;

/**
 * The regular expression of a metric definition, whose first group is the value. Patterns for the service's logs have
 * `#011`, as which a tab stands there, and name groups as Python does.
 *
 * @throws {SyntaxError} where it cannot be read
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export function metricPattern(source: string): RegExp {
  return new RegExp(source.replaceAll('#011', String.raw`(?:#011|\t)`).replaceAll('(?P<', '(?<'));
}

/** The epoch that a line names. */
export function epochIn(line: string): number | undefined {
  const epoch = epochPattern.exec(line)?.[1];
  return epoch === undefined ? undefined : Number(epoch);
}

/**
 * Where the values of a metric stand on the axis of iterations: at their epochs where each has a later one than the
 * value before, else they are counted from one.
 */
export function iterationsOf(epochs: readonly (number | undefined)[]): { axis: 'epoch' | 'value'; x: number[] } {
  const named = epochs.filter((epoch) => epoch !== undefined);
  const isEpoch =
    named.length === epochs.length && named.every((epoch, at) => at === 0 || epoch > (named[at - 1] ?? 0));
  return isEpoch ? { axis: 'epoch', x: named } : { axis: 'value', x: epochs.map((_, at) => at + 1) };
}
