/**
 * How an endpoint is updated: blue/green and rolling policies, and the alarms that guard them.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
 */
import { isIntrinsic } from '../codepipeline/model';
import type { Report, Rule } from '../rule';
import type { Node } from '../tree';
import { nearestName } from '../near';
import {
  alarmType,
  type Check,
  configOf,
  configType as config,
  endpointType as endpoint,
  named,
  numberOf,
  type Resource,
  type Resources,
  rule,
} from './tools';

const policy = (routing: string, more = '', rollback = ''): string =>
  `{"EndpointConfigName": "c", "DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {${routing}}${more}}${rollback}}}`;
const canary =
  '"Type": "CANARY", "WaitIntervalInSeconds": 600, "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 30}';
const rolling = (size: number, name = '"c"'): string =>
  `{"EndpointConfigName": ${name}, "DeploymentConfig": {"RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": ${size}}, "WaitIntervalInSeconds": 60}}}`;
const guarded = policy(
  canary,
  ', "TerminationWaitInSeconds": 600',
  ', "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": {"Ref": "Errors"}}]}',
);
const alarm = (threshold: number, period = 60): string =>
  `"Errors": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Invocation5XXErrors", "Namespace": "AWS/SageMaker", "Dimensions": [{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "main"}], "Statistic": "Average", "ComparisonOperator": "GreaterThanThreshold", "Threshold": ${threshold}, "Period": ${period}, "EvaluationPeriods": 1}}`;
const treating = (missing: string): string =>
  alarm(0.05).replace('"Period"', `"TreatMissingData": "${missing}", "Period"`);
const variants = (count: number): string =>
  `"Config": {"Type": "${config}", "Properties": {"ProductionVariants": [${Array.from({ length: count }, (_, index) => `{"VariantName": "v${index}", "ModelName": "m", "InitialInstanceCount": 2, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1}`).join(', ')}]}}`;

const guardrails = 'https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html';

export const deploymentRules: readonly Rule[] = [
  rule(
    'deployment-policy',
    'error',
    'A deployment policy whose parts do not go together',
    'A deployment is either blue/green or rolling. CANARY has a CanarySize and LINEAR a LinearStepSize; the other types have neither.',
    [endpoint, policy('"Type": "CANARY", "WaitIntervalInSeconds": 600'), policy(canary)],
    { source: guardrails },
  ),
  rule(
    'deployment-size',
    'error',
    'A step of a deployment that is too large or too small',
    'A canary is at most 50 % of the fleet, a linear step 10 to 50 %, a rolling batch 5 to 50 %.',
    [endpoint, rolling(60), rolling(50)],
    { source: guardrails },
  ),
  rule(
    'deployment-timeout',
    'error',
    'A deployment that times out before its waits have ended',
    'MaximumExecutionTimeoutInSeconds (600 to 28,800) must be longer than all waits together: a wait after each step, and TerminationWaitInSeconds.',
    [
      endpoint,
      policy(canary, ', "TerminationWaitInSeconds": 600, "MaximumExecutionTimeoutInSeconds": 900'),
      policy(canary, ', "TerminationWaitInSeconds": 600, "MaximumExecutionTimeoutInSeconds": 1800'),
    ],
    { source: guardrails },
  ),
  rule(
    'rolling-variants',
    'error',
    'A rolling deployment of an endpoint that cannot have one',
    'Endpoints with several variants and serverless endpoints are not updated in batches. Use a blue/green policy.',
    [endpoint, rolling(50, '{"Ref": "Config"}'), policy(canary).replace('"c"', '{"Ref": "Config"}')],
    { source: guardrails, others: variants(2) },
  ),
  {
    ...rule(
      'alarm-never-fires',
      'warning',
      'An alarm that cannot end a bad deployment',
      'Invocation4XXErrors and Invocation5XXErrors say 0 or 1 for each request, so their average is never above 1; latencies are in microseconds; and an alarm that needs longer than the deployment waits speaks when all is over.',
      [endpoint, guarded, guarded],
      { source: guardrails },
    ),
    example: {
      frame: 'document',
      bad: `{"Resources": {"It": {"Type": "${endpoint}", "Properties": ${guarded}}, ${alarm(1)}}}`,
      good: `{"Resources": {"It": {"Type": "${endpoint}", "Properties": ${guarded}}, ${alarm(0.05)}}}`,
      file: 'template.json',
    },
  },
  rule(
    'unknown-alarm',
    'error',
    'A deployment guarded by an alarm that is not there',
    'SageMaker refuses a deployment whose alarms do not exist. An alarm that is named by a text may be made elsewhere, so only what is nearly the name of one of the template is told.',
    [endpoint, guarded, guarded.replace('"Errors"', '"Error"')],
    { source: guardrails, others: alarm(0.05).replace('"Errors"', '"Error"') },
  ),
  {
    ...rule(
      'rollback-without-traffic',
      'warning',
      'An alarm that ends a deployment when nobody asks',
      'An endpoint publishes nothing while it gets no requests. With `breaching` the alarm takes that for a failure, and a deployment at a quiet hour is rolled back. With `notBreaching` it passes unseen: send requests while the deployment waits.',
      [endpoint, guarded, guarded],
      { source: guardrails },
    ),
    example: {
      frame: 'document',
      bad: `{"Resources": {"It": {"Type": "${endpoint}", "Properties": ${guarded}}, ${treating('breaching')}}}`,
      good: `{"Resources": {"It": {"Type": "${endpoint}", "Properties": ${guarded}}, ${treating('notBreaching')}}}`,
      file: 'template.json',
    },
  },
  rule(
    'serverless-variant',
    'error',
    'A serverless variant with what it cannot have',
    'A variant with ServerlessConfig has no instances, its MemorySizeInMB is 1024, 2048, … 6144, its MaxConcurrency at most 200, and its endpoint neither captures data nor is asynchronous.',
    [
      config,
      '{"ProductionVariants": [{"VariantName": "v", "ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 1000, "MaxConcurrency": 5}}]}',
      '{"ProductionVariants": [{"VariantName": "v", "ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}]}',
    ],
    { source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html' },
  ),
];

export const checkDeployment: Check = (resource, all, report) => {
  if (resource.type === config) checkConfig(resource.properties, report);
  if (resource.type !== endpoint) return;
  const deployment = resource.properties.get('DeploymentConfig');
  if (deployment?.kind !== 'object' || isIntrinsic(deployment)) return;
  const blueGreen = deployment.get('BlueGreenUpdatePolicy');
  const batches = deployment.get('RollingUpdatePolicy');
  if (blueGreen && batches) {
    report({
      rule: 'cfn/deployment-policy',
      node: batches,
      mark: 'key',
      message: 'A deployment is blue/green or rolling, and not both. Remove one of the policies.',
      fixes: (edit) => [
        edit.fix('Remove RollingUpdatePolicy', [edit.remove(batches)]),
        edit.fix('Remove BlueGreenUpdatePolicy', [edit.remove(blueGreen)]),
      ],
    });
    return;
  }
  if (blueGreen) checkBlueGreen(blueGreen, report);
  if (batches) checkRolling(batches, resource, all, report);
  checkAlarms(deployment, all, report);
};

function checkBlueGreen(policyNode: Node, report: Report): void {
  const routing = policyNode.get('TrafficRoutingConfiguration');
  const type = routing?.get('Type');
  if (!routing || type?.text === undefined || type.text.includes('${')) return;
  for (const [name, of] of [
    ['CanarySize', 'CANARY'],
    ['LinearStepSize', 'LINEAR'],
  ] as const) {
    const size = routing.get(name);
    if (type.text === of && !size) {
      report({
        rule: 'cfn/deployment-policy',
        node: routing,
        mark: 'opening',
        message: `${name} is missing, which ${of} needs.`,
        fixes: (edit) => [
          edit.fix(`Add ${name}`, [
            edit.insert(routing, name, { Type: 'CAPACITY_PERCENT', Value: of === 'CANARY' ? 10 : 20 }),
          ]),
        ],
      });
    } else if (type.text !== of && size && /^(ALL_AT_ONCE|CANARY|LINEAR)$/.test(type.text)) {
      report({
        rule: 'cfn/deployment-policy',
        node: size,
        mark: 'key',
        message: `${name} belongs to ${of}, and this is ${type.text}.`,
        fixes: (edit) => [edit.fix(`Remove ${name}`, [edit.remove(size)])],
      });
    } else checkSize(size, of === 'CANARY' ? 1 : 10, 50, report);
  }
  const step = percent(routing.get('LinearStepSize'));
  const steps =
    type.text === 'CANARY'
      ? 1
      : type.text === 'LINEAR'
        ? step === undefined
          ? undefined
          : Math.ceil(100 / step) - 1
        : 0;
  const wait = numberOf(routing.get('WaitIntervalInSeconds')) ?? 0;
  const last = numberOf(policyNode.get('TerminationWaitInSeconds')) ?? 0;
  if (steps !== undefined)
    checkTimeout(policyNode.get('MaximumExecutionTimeoutInSeconds'), steps * wait + last, report);
}

function percent(size: Node | undefined): number | undefined {
  return size?.get('Type')?.text === 'CAPACITY_PERCENT' ? numberOf(size.get('Value')) : undefined;
}

function checkSize(size: Node | undefined, least: number, most: number, report: Report): void {
  const value = percent(size);
  const node = size?.get('Value');
  if (value === undefined || !node || (value >= least && value <= most)) return;
  report({
    rule: 'cfn/deployment-size',
    node,
    message: `${String(size?.key)} is ${least} to ${most} % of the fleet, and not ${value} %.`,
    fixes: (edit) => [
      edit.fix(`Change to ${value < least ? least : most}`, [edit.value(node, value < least ? least : most)]),
    ],
  });
}

function checkTimeout(node: Node | undefined, waits: number, report: Report): void {
  const timeout = numberOf(node);
  if (!node || timeout === undefined) return;
  if (timeout < 600 || timeout > 28_800) {
    report({ rule: 'cfn/deployment-timeout', node, message: 'The timeout is 600 to 28,800 seconds.' });
  } else if (timeout <= waits) {
    report({
      rule: 'cfn/deployment-timeout',
      node,
      message: `The waits alone take ${waits} seconds, and instances have to start too.`,
    });
  }
}

function checkRolling(policyNode: Node, { properties }: Resource, all: Resources, report: Report): void {
  const size = policyNode.get('MaximumBatchSize');
  checkSize(size, 5, 50, report);
  const batch = percent(size);
  const wait = numberOf(policyNode.get('WaitIntervalInSeconds')) ?? 0;
  if (batch !== undefined && batch > 0) {
    checkTimeout(policyNode.get('MaximumExecutionTimeoutInSeconds'), Math.ceil(100 / batch) * wait, report);
  }
  const used = configOf(properties, all);
  const variantList = used?.get('ProductionVariants')?.items ?? [];
  // A list or a member that depends on a condition may be otherwise.
  if (variantList.some(isIntrinsic)) return;
  const isServerless = variantList.some((variant) => {
    const serverless = variant.get('ServerlessConfig');
    return serverless !== undefined && !isIntrinsic(serverless);
  });
  if (variantList.length < 2 && !isServerless) return;
  report({
    rule: 'cfn/rolling-variants',
    node: policyNode,
    mark: 'key',
    message: isServerless
      ? 'A serverless endpoint is not updated in batches.'
      : `The endpoint has ${variantList.length} variants, and only one with a single variant is updated in batches.`,
    ...(used ? { related: [{ node: used, mark: 'key' as const, message: 'The endpoint configuration.' }] } : {}),
  });
}

function checkAlarms(deployment: Node, all: Resources, report: Report): void {
  const listed = deployment.get('AutoRollbackConfiguration')?.get('Alarms');
  if (listed && listed.items.length > 10) {
    report({ rule: 'cfn/deployment-policy', node: listed, message: 'A deployment has at most 10 alarms.' });
  }
  for (const item of listed?.items ?? []) {
    const name = item.get('AlarmName');
    const { reference, text } = named(name);
    const found =
      reference === undefined
        ? text === undefined
          ? undefined
          : all.byProperty(alarmType, 'AlarmName', text)
        : all.byName(alarmType, reference);
    if (found) checkAlarm(found.properties, deployment, report);
    else if (name) checkThere(name, all, report);
  }
}

/** Tells of an alarm that the template does not have. One that is only named may be made elsewhere. */
function checkThere(name: Node, all: Resources, report: Report): void {
  const { reference, text } = named(name);
  const isUnknown = reference !== undefined && all.declared && !all.declared.has(reference);
  const near = isUnknown
    ? nearestName(reference, all.names(alarmType))
    : text === undefined
      ? undefined
      : nearestName(text, all.texts(alarmType, 'AlarmName'));
  if (!isUnknown && near === undefined) return;
  report({
    rule: 'cfn/unknown-alarm',
    node: name,
    message: `The template has no alarm '${String(reference ?? text)}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    ...(isUnknown ? {} : { atMost: 'warning' as const }),
    fixes: (edit) => [
      near === undefined
        ? undefined
        : edit.fix(`Change to '${near}'`, [edit.value(name, isUnknown ? { Ref: near } : near)], isUnknown === true),
    ],
  });
}

function checkAlarm(alarmNode: Node, deployment: Node, report: Report): void {
  const metric = alarmNode.get('MetricName')?.text;
  const threshold = alarmNode.get('Threshold');
  const value = numberOf(threshold);
  const missing = alarmNode.get('TreatMissingData');
  if (missing?.text === 'breaching' && metric !== 'Invocations') {
    report({
      rule: 'cfn/rollback-without-traffic',
      node: missing,
      message: 'Where no requests come while the deployment waits, data are missing, and it is rolled back.',
      fixes: (edit) => [edit.fix("Change to 'notBreaching'", [edit.value(missing, 'notBreaching')])],
    });
  }
  const comparison = alarmNode.get('ComparisonOperator')?.text;
  const tell = (node: Node, message: string): void => report({ rule: 'cfn/alarm-never-fires', node, message });
  const isShare = /^Invocation[45]XXErrors$/.test(metric ?? '') && alarmNode.get('Statistic')?.text === 'Average';
  if (threshold && value !== undefined) {
    const isNever =
      (comparison === 'GreaterThanThreshold' && value >= 1) ||
      (comparison === 'GreaterThanOrEqualToThreshold' && value > 1);
    if (isShare && isNever)
      tell(
        threshold,
        `The average of ${metric} is never above 1, so this alarm never fires. 0.05 is 5 % of the requests.`,
      );
    else if (isShare && comparison === 'GreaterThanOrEqualToThreshold' && value === 1) {
      tell(threshold, `The average of ${metric} is 1 only where every request fails. 0.05 is 5 % of the requests.`);
    }
  }
  const period = numberOf(alarmNode.get('Period'));
  const periods = numberOf(alarmNode.get('EvaluationPeriods'));
  const bakes = bakeTimes(deployment);
  if (period === undefined || periods === undefined || bakes.length === 0) return;
  const longest = Math.max(...bakes);
  const needs = period * periods;
  const place = alarmNode.get('Period');
  if (place && longest > 0 && needs > longest) {
    tell(place, `The alarm needs ${needs} seconds to fire, and the deployment waits ${longest} at most.`);
  }
}

/** The times during which alarms are watched. */
function bakeTimes(deployment: Node): number[] {
  const blueGreen = deployment.get('BlueGreenUpdatePolicy');
  const nodes = [
    blueGreen?.get('TrafficRoutingConfiguration')?.get('WaitIntervalInSeconds'),
    blueGreen?.get('TerminationWaitInSeconds'),
    deployment.get('RollingUpdatePolicy')?.get('WaitIntervalInSeconds'),
  ];
  return nodes.flatMap((node) => numberOf(node) ?? []);
}

function checkConfig(properties: Node, report: Report): void {
  const tell = (node: Node, message: string, mark: 'key' | 'value' = 'key'): void =>
    report({ rule: 'cfn/serverless-variant', node, mark, message });
  for (const variant of properties.get('ProductionVariants')?.items ?? []) {
    const serverless = variant.get('ServerlessConfig');
    if (serverless?.kind !== 'object' || isIntrinsic(serverless)) continue;
    for (const name of ['InitialInstanceCount', 'InstanceType']) {
      const member = variant.get(name);
      if (member && !isIntrinsic(member)) tell(member, `A serverless variant has no ${name}.`);
    }
    const memory = serverless.get('MemorySizeInMB');
    const size = numberOf(memory);
    if (memory && size !== undefined && (size % 1024 !== 0 || size < 1024 || size > 6144)) {
      tell(memory, 'MemorySizeInMB is 1024, 2048, 3072, 4096, 5120 or 6144.', 'value');
    }
    const most = serverless.get('MaxConcurrency');
    const count = numberOf(most);
    if (most && count !== undefined && (count < 1 || count > 200)) tell(most, 'MaxConcurrency is 1 to 200.', 'value');
    for (const name of ['DataCaptureConfig', 'AsyncInferenceConfig']) {
      const member = properties.get(name);
      const isOff = member?.get('EnableCapture')?.value === false;
      if (member && !isOff && !isIntrinsic(member)) tell(member, `A serverless endpoint has no ${name}.`);
    }
  }
}
