/** How the versions of a group are put in order and left out by what they measured. */
import { goalOf } from '../shared/goal';

/** The numbers of a version's report, by name. */
export type Metrics = readonly (readonly [name: string, value: number])[];

const operators = {
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
} as const;

/** What a metric has to be. */
export interface MetricCondition {
  metric: string;
  operator: keyof typeof operators;
  limit: number;
}

/** The metric that leads, and which end of it. */
export interface ModelOrder {
  metric: string;
  first: 'highest' | 'lowest';
}

const conditionPattern = /^\s*(\S+?)\s*(<=|>=|<|>)\s*(\S+)\s*$/;

/** What a text like `accuracy >= 0.9` stands for; undefined where it is not of that form. */
export function conditionOf(text: string): MetricCondition | undefined {
  const [, metric, operator, limit = ''] = conditionPattern.exec(text) ?? [];
  if (metric === undefined || !isOperator(operator) || !Number.isFinite(Number(limit))) return undefined;
  return { metric, operator, limit: Number(limit) };
}

export function conditionText({ metric, operator, limit }: MetricCondition): string {
  return `${metric} ${operator} ${limit}`;
}

/** Whether the metrics are as they have to be; a metric that was not measured is not. */
export function meets(metrics: Metrics, { metric, operator, limit }: MetricCondition): boolean {
  const value = metricIn(metrics, metric);
  return value !== undefined && operators[operator](value, limit);
}

/** The items with the best first; those that did not measure it follow as they stood. */
export function inOrder<Item>(
  items: readonly Item[],
  metricsOf: (item: Item) => Metrics,
  { metric, first }: ModelOrder,
): Item[] {
  const turn = first === 'highest' ? -1 : 1;
  const valued = items.map((item) => ({ item, value: metricIn(metricsOf(item), metric) }));
  const has = (value: number | undefined): value is number => value !== undefined;
  return [
    ...valued
      .filter(({ value }) => has(value))
      .sort((a, b) => turn * ((a.value ?? 0) - (b.value ?? 0)))
      .map(({ item }) => item),
    ...valued.filter(({ value }) => !has(value)).map(({ item }) => item),
  ];
}

/** Which end of a metric is wanted first, as far as its name tells. */
export function bestFirst(metric: string): ModelOrder['first'] {
  return goalOf(metric) === 'min' ? 'lowest' : 'highest';
}

/** The value of a metric by its name or by the end of it: of `metrics.accuracy` it is `accuracy`. */
function metricIn(metrics: Metrics, wanted: string): number | undefined {
  const name = wanted.toLowerCase();
  const found =
    metrics.find(([each]) => each.toLowerCase() === name) ??
    metrics.find(([each]) => each.toLowerCase().endsWith(name));
  return found?.[1];
}

function isOperator(text: string | undefined): text is keyof typeof operators {
  return text !== undefined && text in operators;
}
