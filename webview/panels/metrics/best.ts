import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import { type Goal, goalOf } from '../../../src/shared/goal';

/** The best value of the metric, undefined where no goal is known or fewer than two runs have it. */
export function bestOf(
  runs: readonly MetricsRun[],
  metric: string,
  goals: Readonly<Record<string, Goal>>,
): number | undefined {
  const goal = goals[metric] ?? goalOf(metric);
  const values = runs
    .map((run) => run.metrics[metric])
    .filter((value) => value !== undefined && Number.isFinite(value));
  if (!goal || values.length < 2) return undefined;
  return values.reduce<number | undefined>((best, value) => {
    if (value === undefined) return best;
    if (best === undefined) return value;
    return goal === 'max' ? Math.max(best, value) : Math.min(best, value);
  }, undefined);
}
