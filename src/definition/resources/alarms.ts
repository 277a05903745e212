/**
 * Alarms on what SageMaker publishes: those that CloudWatch refuses, that see no data, or that read a unit wrongly.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
import { isIntrinsic } from '../codepipeline/model';
import { metrics } from '../generated/events.json';
import { nearest, oneOf } from '../near';
import type { Report, Rule } from '../rule';
import { table } from '../table';
import type { Node } from '../tree';
import { alarmType, type Check, endpointOf, numberOf, placeOf, type Resources, rule, variantsOf } from './tools';

const source = 'https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html';
const dimensions = (names: readonly string[]): string =>
  names.map((name) => `{"Name": "${name}", "Value": "churn"}`).join(', ');
const alarm = (metric: string, more: string, names: readonly string[] = ['EndpointName', 'VariantName']): string =>
  `{"Namespace": "AWS/SageMaker", "MetricName": "${metric}", "Dimensions": [${dimensions(names)}], "Statistic": "Average", "ComparisonOperator": "GreaterThanThreshold", "Period": 60, ${more}}`;

export const alarmRules: readonly Rule[] = [
  rule(
    'alarm',
    'error',
    'An alarm that CloudWatch refuses',
    'DatapointsToAlarm is at most EvaluationPeriods. A period is 10, 20, 30 or a multiple of 60 seconds, and all periods together are at most a day; a week where a period is an hour or longer. An alarm has a Statistic or an ExtendedStatistic, and not both.',
    [
      alarmType,
      alarm('Invocation5XXErrors', '"Threshold": 0.05, "EvaluationPeriods": 2, "DatapointsToAlarm": 3'),
      alarm('Invocation5XXErrors', '"Threshold": 0.05, "EvaluationPeriods": 3, "DatapointsToAlarm": 2'),
    ],
    { source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html' },
  ),
  rule(
    'alarm-unit',
    'warning',
    'A latency in another unit than the threshold',
    'ModelLatency, OverheadLatency and ModelSetupTime are in microseconds: half a second is 500000. Their data have the unit Microseconds, so that an alarm with another Unit sees none.',
    [
      alarmType,
      alarm('ModelLatency', '"Threshold": 500, "EvaluationPeriods": 1'),
      alarm('ModelLatency', '"Threshold": 500000, "EvaluationPeriods": 1'),
    ],
    { source },
  ),
  rule(
    'alarm-without-data',
    'warning',
    'An alarm that sees no data',
    'A metric is found by its namespace and by all of its dimensions: those of an endpoint are published by EndpointName and VariantName together. An alarm without one of them, or with the ARN of the endpoint, waits for data for ever.',
    [
      alarmType,
      alarm('Invocation5XXErrors', '"Threshold": 0.05, "EvaluationPeriods": 1', ['EndpointName']),
      alarm('Invocation5XXErrors', '"Threshold": 0.05, "EvaluationPeriods": 1'),
    ],
    { source },
  ),
];

/** Namespaces of what an endpoint publishes, by metric. What its instances use stands apart from its requests. */
const instances = '/aws/sagemaker/Endpoints';
const ofInstances = [
  'CPUUtilization',
  'CPUUtilizationNormalized',
  'MemoryUtilization',
  'DiskUtilization',
  'GPUUtilization',
  'GPUMemoryUtilization',
  'LoadedModelCount',
];
const requests = 'AWS/SageMaker';
const published = table(metrics[requests]);

const inMicroseconds = ['ModelLatency', 'OverheadLatency', 'ModelSetupTime'];

export const checkAlarms: Check = ({ type, properties }, all, report) => {
  if (type !== alarmType) return;
  checkPeriods(properties, report);
  checkStatistics(properties, report);
  checkUnit(properties, report);
  checkData(properties, all, report);
};

function checkPeriods(alarmNode: Node, report: Report): void {
  const tell = (node: Node, message: string): void => report({ rule: 'cfn/alarm', node, message });
  const datapoints = alarmNode.get('DatapointsToAlarm');
  const [most, period, periods] = [
    numberOf(datapoints),
    numberOf(alarmNode.get('Period')),
    numberOf(alarmNode.get('EvaluationPeriods')),
  ];
  if (datapoints && most !== undefined && periods !== undefined && most > periods) {
    report({
      rule: 'cfn/alarm',
      node: datapoints,
      message: `Of ${periods} evaluation ${periods === 1 ? 'period' : 'periods'} there cannot be ${most} that breach.`,
      fixes: (edit) => [edit.fix(`Change to ${periods}`, [edit.value(datapoints, periods)])],
    });
  }
  const place = alarmNode.get('Period');
  if (!place || period === undefined) return;
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
    tell(place, `A period is 10, 20, 30 or a multiple of 60 seconds, and not ${period}.`);
  } else if (periods !== undefined && period * periods > (period < 3600 ? 86_400 : 604_800)) {
    tell(place, `${periods} periods of ${period} seconds are more than ${period < 3600 ? 'a day' : 'a week'}.`);
  }
}

function checkStatistics(alarmNode: Node, report: Report): void {
  const statistic = alarmNode.get('Statistic');
  const extended = alarmNode.get('ExtendedStatistic');
  if (statistic && extended && !isIntrinsic(statistic) && !isIntrinsic(extended)) {
    report({
      rule: 'cfn/alarm',
      node: extended,
      mark: 'key',
      message: 'Statistic and ExtendedStatistic cannot both be given.',
      fixes: (edit) => [statistic, extended].map((one) => edit.fix(`Remove ${String(one.key)}`, [edit.remove(one)])),
    });
  }
  const metric = alarmNode.get('MetricName');
  if (metric && !statistic && !extended) {
    report({
      rule: 'cfn/alarm',
      node: alarmNode,
      mark: 'opening',
      message: 'Statistic is missing.',
      fixes: (edit) => [edit.fix('Add Statistic', [edit.insert(alarmNode, 'Statistic', 'Average')])],
    });
  }
}

function checkUnit(alarmNode: Node, report: Report): void {
  const metric = alarmNode.get('MetricName')?.text;
  if (metric === undefined || !inMicroseconds.includes(metric)) return;
  if (!alarmNode.get('Namespace')?.text?.startsWith('AWS/SageMaker')) return;
  const unit = alarmNode.get('Unit');
  if (unit?.text !== undefined && unit.text !== 'Microseconds' && !unit.text.includes('${')) {
    report({
      rule: 'cfn/alarm-unit',
      node: unit,
      message: `${metric} is published in Microseconds, and with the unit '${unit.text}' the alarm sees nothing.`,
      fixes: (edit) => [edit.fix("Change to 'Microseconds'", [edit.value(unit, 'Microseconds')], true)],
    });
  }
  const threshold = alarmNode.get('Threshold');
  const value = numberOf(threshold);
  if (!threshold || value === undefined || value <= 0 || value >= 10_000) return;
  const meant = value < 60 ? value * 1_000_000 : value * 1000;
  report({
    rule: 'cfn/alarm-unit',
    node: threshold,
    message: `${metric} is in microseconds, and ${value} of them are ${value / 1000} ms. ${value < 60 ? `${value} s` : `${value} ms`} would be ${meant}.`,
    // A few milliseconds may be meant.
    ...(value < 1000 ? {} : { atMost: 'information' as const }),
    fixes: (edit) => [edit.fix(`Change to ${meant}`, [edit.value(threshold, meant)])],
  });
}

function checkData(alarmNode: Node, all: Resources, report: Report): void {
  const metric = alarmNode.get('MetricName')?.text;
  const namespace = alarmNode.get('Namespace');
  if (metric === undefined || namespace?.text === undefined) return;
  const known = published[metric];
  const right = ofInstances.includes(metric) ? instances : known ? requests : undefined;
  if (right === undefined || !/^(AWS\/|\/aws\/)sagemaker(\/Endpoints)?$/i.test(namespace.text)) return;
  if (namespace.text !== right) {
    report({
      rule: 'cfn/alarm-without-data',
      node: namespace,
      message: `${metric} is published in '${right}'.`,
      fixes: (edit) => [edit.fix(`Change to '${right}'`, [edit.value(namespace, right)], true)],
    });
    return;
  }
  const listed = alarmNode.get('Dimensions');
  if (listed && (listed.kind !== 'array' || listed.items.some(isIntrinsic))) return;
  checkDimensions(alarmNode, metric, listed, known ?? ['EndpointName VariantName'], report);
  checkPlaces(listed, all, report);
}

function checkDimensions(
  alarmNode: Node,
  metric: string,
  listed: Node | undefined,
  sets: readonly string[],
  report: Report,
): void {
  const given = listed?.items.map((item) => item.get('Name')?.text) ?? [];
  if (given.includes(undefined) || given.includes('InferenceComponentName')) return;
  const missing = sets.map((set) => set.split(' ').filter((name) => !given.includes(name)));
  const fewest = missing.toSorted((a, b) => a.length - b.length)[0] ?? [];
  if (fewest.length === 0) return;
  report({
    rule: 'cfn/alarm-without-data',
    node: listed ?? alarmNode,
    mark: listed ? 'key' : 'opening',
    message: `${metric} is published by ${oneOf(sets[0]?.split(' ') ?? []).replace(' or ', ' and ')} together. ${fewest.join(' and ')} ${fewest.length === 1 ? 'is' : 'are'} missing.`,
  });
}

/** The endpoint and the variant that the dimensions name, beside those of the template. */
function checkPlaces(listed: Node | undefined, all: Resources, report: Report): void {
  const valueOf = (name: string): Node | undefined =>
    listed?.items.find((item) => item.get('Name')?.text === name)?.get('Value');
  const endpoint = valueOf('EndpointName');
  const found = endpointOf(endpoint, all);
  if (endpoint && found && placeOf(endpoint) === found.name) {
    report({
      rule: 'cfn/alarm-without-data',
      node: endpoint,
      message: `Ref gives the ARN of an endpoint. Its name is ${found.name}.EndpointName.`,
      fixes: (edit) => [
        edit.fix('Change to Fn::GetAtt', [edit.value(endpoint, { 'Fn::GetAtt': [found.name, 'EndpointName'] })], true),
      ],
    });
  }
  const variant = valueOf('VariantName');
  const names = found && variantsOf(found, all)?.map((one) => one.get('VariantName')?.text);
  if (!variant?.text || variant.text.includes('${') || !names?.length) return;
  if (names.some((name) => name === undefined || name.includes('${')) || names.includes(variant.text)) return;
  const written = names.filter((name) => name !== undefined);
  const near = written.length === 1 ? written[0] : nearest(variant.text, written);
  report({
    rule: 'cfn/alarm-without-data',
    node: variant,
    message: `The endpoint has no variant '${variant.text}'. It has ${oneOf(written)}.`,
    fixes: (edit) => [
      near === undefined ? undefined : edit.fix(`Change to '${near}'`, [edit.value(variant, near)], true),
    ],
  });
}
