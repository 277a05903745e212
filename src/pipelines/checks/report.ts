/**
 * What a check of data or of a model has found, from the files that Model Monitor and Clarify leave. Pure.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html
 */
import { distributionsOf, driftsOf, type FeatureStatistics, type Statistics } from '../../shared/drift';
import type { CheckView, Importance, Table, Violation } from '../../shared/facts';
import { formatNumber } from '../../shared/format';
import { isRecord } from '../../shared/guards';
import { numbersInReport } from '../metrics';

/** The files of a check as values; what is not there is undefined. */
export interface CheckFiles {
  statistics?: unknown;
  constraints?: unknown;
  violations?: unknown;
  /** What it was compared with. */
  baselineStatistics?: unknown;
  baselineConstraints?: unknown;
}

/** The threshold of a baseline that names none. */
const defaultThreshold = 0.1;

/** What there is to see of a check; undefined where its files say nothing that is known. */
export function checkView(files: CheckFiles): CheckView | undefined {
  const { statistics, constraints, violations, baselineStatistics, baselineConstraints } = files;
  const found = violationsIn(violations);
  const analysis = isRecord(constraints) ? constraints : {};
  const before = isRecord(baselineConstraints) ? baselineConstraints : {};
  const asked = isRecord(baselineConstraints) ? baselineConstraints : analysis;
  const view: CheckView = {
    ...(found === undefined ? {} : { violations: found }),
    features: featuresOf(statistics, baselineStatistics, asked),
    importance: importanceIn(analysis),
    tables: [
      ...modelTables(statistics, baselineStatistics, asked),
      ...biasTables(analysis, before),
      ...statisticsTables(statistics),
      ...constraintTables(analysis),
    ],
  };
  const isEmpty = view.features.length === 0 && view.importance.length === 0 && view.tables.length === 0;
  return isEmpty && found === undefined ? undefined : view;
}

function violationsIn(report: unknown): Violation[] | undefined {
  const list = isRecord(report) ? report['violations'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.filter(isRecord).map((each) => ({
    about: [each['feature_name'], each['facet'], each['metric_name'], each['label']]
      .filter((part) => typeof part === 'string' && part.trim() !== '')
      .map(String)
      .join(' · '),
    check: textOf(each['constraint_check_type']),
    text: textOf(each['description']),
  }));
}

/** The distributions of features: both where there is a baseline, the farthest apart first. */
function featuresOf(after: unknown, earlier: unknown, constraints: object): CheckView['features'] {
  const [found, before] = [statisticsIn(after), statisticsIn(earlier)];
  if (!found) return [];
  if (!before) return distributionsOf(found).map(({ bars, ...rest }) => ({ ...rest, ...bars }));
  const rules = (constraints as Parameters<typeof driftsOf>[2])?.monitoring_config?.distribution_constraints;
  const { comparison_threshold: numbers, categorical_comparison_threshold: categories = numbers } = rules ?? {};
  return driftsOf(before, found, constraints)
    .toSorted((a, b) => b.distance - a.distance)
    .map(({ bars, ...rest }) => ({
      ...rest,
      threshold: (rest.kind === 'numbers' ? numbers : categories) ?? defaultThreshold,
      ...bars,
    }));
}

/** Statistics of features as far as a file has them. */
function statisticsIn(value: unknown): Statistics | undefined {
  const features = isRecord(value) ? value['features'] : undefined;
  if (!Array.isArray(features)) return undefined;
  const isFeature = (each: unknown): each is FeatureStatistics => isRecord(each) && typeof each['name'] === 'string';
  return { features: features.filter(isFeature) };
}

/** Statistics of each feature. */
function statisticsTables(statistics: unknown): Table[] {
  const { features = [] } = statisticsIn(statistics) ?? {};
  if (features.length === 0) return [];
  const rows = features.map((feature) => {
    const { common = {}, mean, std_dev: deviation, min, max, distinct } = summaryOf(feature);
    const { num_present: present, num_missing: missing } = common;
    return [feature.name, feature.inferred_type ?? '', present, missing, mean, deviation, min, max, distinct].map(cell);
  });
  const columns = ['Feature', 'Type', 'Present', 'Missing', 'Mean', 'Deviation', 'Min', 'Max', 'Distinct'];
  return [tableOf('Statistics', columns, rows, 2)];
}

interface Summary {
  common?: { num_present?: number; num_missing?: number };
  mean?: number;
  std_dev?: number;
  min?: number;
  max?: number;
  distinct?: number;
}

function summaryOf(feature: FeatureStatistics): Summary {
  const { numerical_statistics: numbers, string_statistics: strings } = feature as {
    numerical_statistics?: Summary;
    string_statistics?: { common?: Summary['common']; distinct_count?: number };
  };
  if (numbers) return numbers;
  const { common, distinct_count: distinct } = strings ?? {};
  return { ...(common ? { common } : {}), ...(distinct === undefined ? {} : { distinct }) };
}

/** What a check of data asks of each feature. */
function constraintTables(constraints: Readonly<Record<string, unknown>>): Table[] {
  const { features } = constraints;
  if (!Array.isArray(features)) return [];
  const rows = features.filter(isRecord).map((feature) => {
    const numbers = isRecord(feature['num_constraints']) ? feature['num_constraints'] : {};
    const strings = isRecord(feature['string_constraints']) ? feature['string_constraints'] : {};
    const { domains } = strings;
    return [
      textOf(feature['name']),
      textOf(feature['inferred_type']),
      cell(feature['completeness']),
      numbers['is_non_negative'] === true ? 'not negative' : Array.isArray(domains) ? domains.join(', ') : '',
    ];
  });
  return [tableOf('Constraints', ['Feature', 'Type', 'Completeness', 'Values'], rows, 2, 3)];
}

/** The metrics of a model, beside those of the baseline and what was asked of them. */
function modelTables(found: unknown, before: unknown, constraints: Readonly<Record<string, unknown>>): Table[] {
  if (!isRecord(found) || !Object.keys(found).some((key) => key.endsWith('_metrics'))) return [];
  const earlier = numbersInReport(before);
  const asked = new Map(
    Object.entries(constraints)
      .filter(([key]) => key.endsWith('_constraints'))
      .flatMap(([, rules]) => (isRecord(rules) ? Object.entries(rules) : []))
      .flatMap(([metric, rule]) => (isRecord(rule) ? [[metric, boundOf(rule)] as const] : [])),
  );
  const rows = Object.entries(numbersInReport(found))
    .filter(([name]) => !/(^|\.)(false_positive_rates|true_positive_rates|precisions|recalls)(\.|$)/.test(name))
    .map(([name, value]) => [name, cell(value), cell(earlier[name]), asked.get(name) ?? '']);
  return rows.length === 0
    ? []
    : [tableOf('Model quality', ['Metric', 'Value', 'Baseline', 'Violated if'], rows, 1, 3)];
}

/** `LessThanThreshold` 0.9: `below 0.9`. */
function boundOf({ comparison_operator: operator, threshold }: Readonly<Record<string, unknown>>): string {
  const word =
    operator === 'LessThanThreshold' ? 'below' : operator === 'GreaterThanThreshold' ? 'above' : textOf(operator);
  return `${word} ${cell(threshold)}`.trim();
}

const biasTitles: Readonly<Record<string, string>> = {
  pre_training_bias_metrics: 'Bias of the data',
  post_training_bias_metrics: 'Bias of the model',
};

/** Bias metrics of each group, beside those of the baseline. */
function biasTables(analysis: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>>): Table[] {
  return Object.entries(biasTitles).flatMap(([key, title]) => {
    const known = new Map(biasIn(before[key]).map(({ id, value }) => [id, value]));
    const found = biasIn(analysis[key]);
    if (found.length === 0) return [];
    const rows = found.map(({ id, facet, group, name, description, value }) => [
      `${facet} = ${group}`,
      name,
      description,
      cell(value),
      cell(known.get(id)),
    ]);
    return [tableOf(title, ['Group', 'Metric', 'Meaning', 'Value', 'Baseline'], rows, 3)];
  });
}

function biasIn(metrics: unknown) {
  const facets = isRecord(metrics) ? metrics['facets'] : undefined;
  if (!isRecord(facets)) return [];
  return Object.entries(facets).flatMap(([facet, groups]) =>
    (Array.isArray(groups) ? groups : []).filter(isRecord).flatMap((each) => {
      const group = textOf(each['value_or_threshold']);
      const list = Array.isArray(each['metrics']) ? each['metrics'] : [];
      return list.filter(isRecord).map((metric) => {
        const name = textOf(metric['name']);
        return {
          id: `${facet} ${group} ${name}`,
          facet,
          group,
          name,
          description: textOf(metric['description']),
          value: metric['value'] ?? metric['error'],
        };
      });
    }),
  );
}

/** How much each feature counts for the answers of a model, by label. */
function importanceIn({ explanations }: Readonly<Record<string, unknown>>): Importance[] {
  const shap = isRecord(explanations) ? explanations['kernel_shap'] : undefined;
  if (!isRecord(shap)) return [];
  return Object.entries(shap).flatMap(([label, about]) => {
    const values = isRecord(about) ? about['global_shap_values'] : undefined;
    if (!isRecord(values)) return [];
    const features = Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'number' && Number.isFinite(value) ? [{ name, value }] : [],
    );
    return [{ label, features: features.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)) }];
  });
}

function tableOf(title: string, names: readonly string[], rows: string[][], firstNumber: number, end = names.length) {
  const columns = names.map((name, at) => ({
    name,
    ...(at >= firstNumber && at < end ? { kind: 'number' as const } : {}),
  }));
  return { title, columns, rows: rows.map((cells) => ({ cells })) };
}

function cell(value: unknown): string {
  return typeof value === 'number' ? formatNumber(value) : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}
