/** Which way a metric is good. */
export type Goal = 'max' | 'min';

const smallIsGood = /(loss|error|err|rmse|mse|mae|mape|perplexity|latency|seconds|duration|divergence)\b/i;
const largeIsGood = /(accuracy|acc|auc|auroc|f1|f-?score|precision|recall|r2|score|bleu|rouge|iou|map|kappa|mcc)\b/i;

/** What is good by the metric's name; undefined where it says nothing. */
export function goalOf(name: string): Goal | undefined {
  const words = name.replace(/[_:./-]+/g, ' ');
  if (smallIsGood.test(words)) return 'min';
  return largeIsGood.test(words) ? 'max' : undefined;
}
