import type { MetricDefinition } from '@aws-sdk/client-sagemaker';
import { isRecord } from '../shared/guards';
import { epochIn, iterationsOf, metricPattern } from '../shared/metric-lines';
import type { Evaluation, RateCurve, Series } from './panels/metrics/contract';

/** Fewer values than these make no curve. */
const fewest = 2;

/**
 * The metrics that a training job's `MetricDefinitions` find in its log, as the service finds them: the first
 * group of the regular expression is the value. The x axis is the epoch where the lines name them, else the
 * number of the value.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export function seriesInLog(lines: readonly string[], definitions: readonly MetricDefinition[]): Series[] {
  return definitions.flatMap(({ Name, Regex }) => {
    const pattern = compile(Regex);
    if (Name === undefined || !pattern) return [];
    const found = lines.flatMap((line) => {
      const value = Number.parseFloat(pattern.exec(line)?.[1] ?? '');
      return Number.isNaN(value) ? [] : [{ value, epoch: epochIn(line) }];
    });
    if (found.length < fewest) return [];
    const { axis, x } = iterationsOf(found.map(({ epoch }) => epoch));
    return [{ name: Name, axis, x, y: found.map(({ value }) => value) }];
  });
}

function compile(source: string | undefined): RegExp | undefined {
  try {
    return source === undefined ? undefined : metricPattern(source);
  } catch {
    // The service takes Python's syntax; what JavaScript cannot read has no curve.
    return undefined;
  }
}

/** A metric over time as the service keeps it: by iterations, or by times in seconds. */
export interface KeptSeries {
  name: string;
  by: 'iteration' | 'time';
  x: readonly number[];
  y: readonly number[];
}

/** Whether a metric is kept by its iterations, and so with every value. */
export function isWhole(kept: readonly KeptSeries[], name: string): boolean {
  return kept.some((each) => each.name === name && each.by === 'iteration' && each.x.length >= fewest);
}

/**
 * The curves of a job: of each metric what tells most of it. The service's own series by iterations has every value; so
 * has the log; by time the service keeps a value a minute.
 */
export function curvesOf(kept: readonly KeptSeries[], logged: readonly Series[]): Series[] {
  const names = new Set([...kept, ...logged].map(({ name }) => name));
  return [...names].flatMap((name): Series[] => {
    const of = (by: KeptSeries['by']) =>
      kept.find((each) => each.name === name && each.by === by && each.x.length >= fewest);
    const iterations = of('iteration');
    if (iterations) return [{ name, axis: 'step', x: [...iterations.x], y: [...iterations.y] }];
    const line = logged.find((each) => each.name === name);
    if (line) return [line];
    const times = of('time');
    if (!times) return [];
    const [start = 0] = times.x;
    return [{ name, axis: 'minute', x: times.x.map((at) => (at - start) / 60), y: [...times.y] }];
  });
}

/**
 * The numbers of an evaluation report by a short name: `multiclass_classification_metrics.accuracy.value`
 * and `metrics.accuracy` become `accuracy`, `….per_class.Adelie.recall` becomes `per_class.Adelie.recall`. Matrices, curves, deviations
 * and the version of the report's format are no metrics of the table.
 */
export function numbersInReport(report: unknown): Record<string, number> {
  const found: Record<string, number> = {};
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'number' && Number.isFinite(value)) {
      found[path.join('.')] = value;
    } else if (isRecord(value)) {
      for (const [key, below] of Object.entries(value)) {
        if (key === 'standard_deviation' || key === 'confusion_matrix') continue;
        const silent = key === 'value' || (path.length === 0 && /(^|_)metrics$/.test(key));
        visit(below, silent ? path : [...path, key]);
      }
    }
  };
  if (!isRecord(report)) return found;
  visit(Object.fromEntries(Object.entries(report).filter(([key]) => key !== 'version')), []);
  delete found[''];
  return found;
}

/**
 * The confusion matrix of an evaluation report: `confusion_matrix`, at any depth, as counts by actual and
 * predicted class (`{actual: {predicted: count}}`) or as rows of numbers.
 */
export function confusionInReport(report: unknown): Evaluation | undefined {
  if (!isRecord(report)) return undefined;
  const matrix = report['confusion_matrix'];
  if (Array.isArray(matrix)) {
    const rows = matrix.map((row: unknown) => (Array.isArray(row) ? row.map(Number) : []));
    const labels = report['labels'];
    return {
      labels: Array.isArray(labels) ? labels.map(String) : rows.map((_, index) => String(index)),
      matrix: rows,
    };
  }
  if (isRecord(matrix)) {
    const labels = Object.keys(matrix);
    const cell = (actual: string, predicted: string): number => {
      const row = matrix[actual];
      return isRecord(row) ? Number(row[predicted] ?? 0) : 0;
    };
    return { labels, matrix: labels.map((actual) => labels.map((predicted) => cell(actual, predicted))) };
  }
  for (const below of Object.values(report)) {
    const found = confusionInReport(below);
    if (found) return found;
  }
  return undefined;
}

/** The names that reports have for the two lists of a curve of rates. */
const rateNames: Readonly<Record<RateCurve['kind'], readonly [x: readonly string[], y: readonly string[]]>> = {
  roc: [
    ['false_positive_rates', 'false_positive_rate', 'fpr'],
    ['true_positive_rates', 'true_positive_rate', 'tpr'],
  ],
  pr: [
    ['recalls', 'recall'],
    ['precisions', 'precision'],
  ],
};

/** Names of objects around a curve that say nothing of what it is of. */
const silentName =
  /^(receiver_operating_characteristic(_curve)?|precision_recall(_curve)?|roc(_curve)?|pr(_curve)?|curves?|value|.*_metrics)$/;

/**
 * The curves of rates of an evaluation report, at any depth: `receiver_operating_characteristic_curve` and
 * `precision_recall_curve` as model quality reports have them, and what scikit-learn's functions give.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
 */
export function ratesInReport(report: unknown): RateCurve[] {
  const found: RateCurve[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (!isRecord(value)) return;
    for (const [kind, [xNames, yNames]] of Object.entries(rateNames)) {
      const [x, y] = [xNames, yNames].map((names) => names.map((name) => numbersIn(value[name])).find(Boolean));
      if (x && y && x.length === y.length && x.length >= fewest) {
        const name = path.filter((part) => !silentName.test(part)).join('.');
        found.push({ kind: kind as RateCurve['kind'], name, x, y });
      }
    }
    for (const [key, below] of Object.entries(value)) visit(below, [...path, key]);
  };
  visit(report, []);
  return found;
}

function numbersIn(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map(Number);
  return numbers.every(Number.isFinite) ? numbers : undefined;
}
