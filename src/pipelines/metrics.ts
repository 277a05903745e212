import type { MetricDefinition } from '@aws-sdk/client-sagemaker';
import type { Evaluation, Series } from './panels/metrics/contract';
const epochIn = /\bepoch\b\s*[=: ]\s*(\d+)/i;

/**
 * The metrics that a training job's `MetricDefinitions` find in its log, as the service finds them: the first
 * group of the regular expression is the value. The x axis is the epoch where the line names one, else the
 * number of the value.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export function seriesInLog(lines: readonly string[], definitions: readonly MetricDefinition[]): Series[] {
  return definitions.flatMap(({ Name, Regex }) => {
    const pattern = compile(Regex);
    if (Name === undefined || !pattern) return [];
    const x: number[] = [];
    const y: number[] = [];
    let epochs = 0;
    for (const line of lines) {
      const value = Number.parseFloat(pattern.exec(line)?.[1] ?? '');
      if (Number.isNaN(value)) continue;
      const epoch = epochIn.exec(line)?.[1];
      if (epoch !== undefined) epochs += 1;
      x.push(epoch === undefined ? x.length + 1 : Number(epoch));
      y.push(value);
    }
    if (y.length < 2) return [];
    return [{ name: Name, axis: epochs === y.length ? 'epoch' : 'value', x, y }];
  });
}

function compile(source: string | undefined): RegExp | undefined {
  try {
    return source === undefined ? undefined : new RegExp(source);
  } catch {
    // The service takes Python's syntax; what JavaScript cannot read has no curve.
    return undefined;
  }
}

/**
 * The numbers of an evaluation report by a short name: `multiclass_classification_metrics.accuracy.value`
 * becomes `accuracy`, `….per_class.Adelie.recall` becomes `per_class.Adelie.recall`. Matrices, curves and
 * deviations are no metrics of the table.
 */
export function numbersInReport(report: unknown): Record<string, number> {
  const found: Record<string, number> = {};
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'number' && Number.isFinite(value)) {
      found[path.join('.')] = value;
    } else if (isObject(value)) {
      for (const [key, below] of Object.entries(value)) {
        if (key === 'standard_deviation' || key === 'confusion_matrix') continue;
        const silent = key === 'value' || (path.length === 0 && key.endsWith('_metrics'));
        visit(below, silent ? path : [...path, key]);
      }
    }
  };
  visit(report, []);
  delete found[''];
  return found;
}

/**
 * The confusion matrix of an evaluation report: `confusion_matrix`, at any depth, as counts by actual and
 * predicted class (`{actual: {predicted: count}}`) or as rows of numbers.
 */
export function confusionInReport(report: unknown): Evaluation | undefined {
  if (!isObject(report)) return undefined;
  const matrix = report['confusion_matrix'];
  if (Array.isArray(matrix)) {
    const rows = matrix.map((row: unknown) => (Array.isArray(row) ? row.map(Number) : []));
    const labels = report['labels'];
    return {
      labels: Array.isArray(labels) ? labels.map(String) : rows.map((_, index) => String(index)),
      matrix: rows,
    };
  }
  if (isObject(matrix)) {
    const labels = Object.keys(matrix);
    const cell = (actual: string, predicted: string): number => {
      const row = matrix[actual];
      return isObject(row) ? Number(row[predicted] ?? 0) : 0;
    };
    return { labels, matrix: labels.map((actual) => labels.map((predicted) => cell(actual, predicted))) };
  }
  for (const below of Object.values(report)) {
    const found = confusionInReport(below);
    if (found) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
