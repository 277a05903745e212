import type { Evaluation } from '../../../../src/pipelines/panels/metrics/contract';
export interface ClassScore {
  label: string;
  /** How many examples are of this class. */
  support: number;
  /** Undefined where nothing was predicted as, or is of, this class: no share of nothing. */
  precision: number | undefined;
  recall: number | undefined;
  f1: number | undefined;
}

/** The share of examples that were classified as what they are; undefined where there are none. */
export function accuracyOf({ labels, matrix }: Evaluation): number | undefined {
  const right = sum(labels.map((_, index) => matrix[index]?.[index] ?? 0));
  return ratio(right, sum(matrix.map(sum)));
}

export function classScores({ labels, matrix }: Evaluation): ClassScore[] {
  return labels.map((label, index) => {
    const hits = matrix[index]?.[index] ?? 0;
    const support = sum(matrix[index] ?? []);
    const predicted = sum(matrix.map((row) => row[index] ?? 0));
    return {
      label,
      support,
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, predicted + support),
    };
  });
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
