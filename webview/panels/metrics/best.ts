import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
export type Goal = 'max' | 'min';

const smallIsGood = /(loss|error|err|rmse|mse|mae|mape|perplexity|latency|seconds|duration|divergence)\b/i;
const largeIsGood = /(accuracy|acc|auc|auroc|f1|f-?score|precision|recall|r2|score|bleu|rouge|iou|map|kappa|mcc)\b/i;

/** What is good by the metric's name; undefined where it says nothing. */
export function goalOf(name: string): Goal | undefined {
  const words = name.replace(/[_:./-]+/g, ' ');
  if (smallIsGood.test(words)) return 'min';
  return largeIsGood.test(words) ? 'max' : undefined;
}

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
