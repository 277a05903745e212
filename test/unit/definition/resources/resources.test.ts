import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/definition';
import { cloudformation } from '../../../../src/definition/embedded';
import { scheduleFault } from '../../../../src/definition/resources/schedule';
import { testExamples } from '../examples';
import { type PlaceCase, testPlaces } from '../places';

testExamples(cloudformation);

describe('good examples', () => {
  it.each(cloudformation.rules.map((rule) => [rule.id, rule.example] as const))('%s', (_id, { good, file }) => {
    expect(validate(good, file === undefined ? {} : { path: file })).toEqual([]);
  });
});

describe('schedules', () => {
  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(12 hours)',
    'cron(0 12 * * ? *)',
    'cron(15 10 ? * 6L 2026-2030)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(0 8 1,15 JAN,JUL ? *)',
    'cron(0 10 ? * TUE#2 *)',
    'cron(0 10 LW * ? *)',
    'cron(0 18 L-3 * ? *)',
  ])('%s is one', (text) => {
    expect(scheduleFault(text, false)).toBeUndefined();
  });

  it.each([
    ['rate(5 minute)', 'rate(5 minutes)'],
    ['rate(1 days)', 'rate(1 day)'],
    ['cron(0 12 * * *)', 'cron(0 12 * * ? *)'],
    ['cron(0 12 * * 0)', 'cron(0 12 ? * 1 *)'],
    ['cron(30 6 * * 1-5)', 'cron(30 6 ? * 2-6 *)'],
    ['cron(0 12 * * * *)', 'cron(0 12 * * ? *)'],
    ['cron(0 12 ? * ? *)', 'cron(0 12 * * ? *)'],
    ['0 12 * * ? *', 'cron(0 12 * * ? *)'],
    ['cron(0 12 1 * MON *)', undefined],
    ['cron(0 24 * * ? *)', undefined],
    ['cron(60 12 * * ? *)', undefined],
    ['cron(0 12 ? * 0 *)', undefined],
    ['cron(0 12 ? * 8 *)', undefined],
    ['cron(0 0/0 * * ? *)', undefined],
    ['rate(0 days)', undefined],
    ['rate(5 weeks)', undefined],
    ['every day', undefined],
    ['at(2030-01-31T12:00:00)', undefined],
  ])('%s is none', (text, meant) => {
    const fault = scheduleFault(text, false);
    expect(fault?.message).toMatch(/\.$/);
    expect(fault?.meant).toBe(meant);
    if (meant !== undefined) expect(scheduleFault(meant, false)).toBeUndefined();
  });

  it('Scheduler runs once too, and takes either unit', () => {
    expect(scheduleFault('at(2030-01-31T12:00:00)', true)).toBeUndefined();
    expect(scheduleFault('at(2030-01-31)', true)?.message).toContain('at(2030-01-31T12:00:00)');
    expect(scheduleFault('rate(5 minute)', true)).toBeUndefined();
  });
});

describe('requests of the AWS command line', () => {
  it.each([
    [
      '{"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "v", "ServerlessConfig": {"MemorySizeInMB": 100, "MaxConcurrency": 1}}]}',
      ['cfn/serverless-variant'],
    ],
    [
      '{"EndpointName": "e", "EndpointConfigName": "c", "DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "LINEAR", "WaitIntervalInSeconds": 0}}}}',
      ['cfn/deployment-policy'],
    ],
    ['{"Name": "s", "ScheduleExpression": "at(2030-01-31T12:00:00)", "Target": {}}', ['cfn/flexible-window']],
    ['{"Name": "r", "ScheduleExpression": "at(2030-01-31T12:00:00)"}', ['cfn/schedule']],
    ['{"Name": "r", "Schedule": "at(2030-01-31T12:00:00)"}', []],
    ['{"EndpointConfigName": "c", "EndpointName": "e"}', []],
  ])('%s', (text, rules) => {
    expect(validate(text, { path: 'request.json' }).map(({ rule }) => rule)).toEqual(rules);
  });
});

const template = (type: string, properties: string, others = ''): string =>
  `{"Resources": {"It": {"Type": "${type}", "Properties": ${properties}}${others}}}`;
const pattern = (inner: string): string => template('AWS::Events::Rule', `{"EventPattern": ${inner}}`);
const sageMaker = (type: string, detail: string): string =>
  pattern(`{"source": ["aws.sagemaker"], "detail-type": [${type}], "detail": ${detail}}`);
const packages = '"SageMaker Model Package State Change"';
const endpoint = (deployment: string, others = '', name = '"c"'): string =>
  template('AWS::SageMaker::Endpoint', `{"EndpointConfigName": ${name}, "DeploymentConfig": {${deployment}}}`, others);
const blueGreen = (routing: string, more = ''): string =>
  `"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {${routing}}${more}}`;
const size = (value: string): string => `{"Type": "CAPACITY_PERCENT", "Value": ${value}}`;
const canary = `"Type": "CANARY", "WaitIntervalInSeconds": 300, "CanarySize": ${size('30')}`;
const rolling = (value: string): string =>
  `"RollingUpdatePolicy": {"MaximumBatchSize": ${size(value)}, "WaitIntervalInSeconds": 60}`;
const config = (variants: string, more = ''): string =>
  `, "C": {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [${variants}]${more}}}`;
const variant = (members: string): string => `{"VariantName": "v", "ModelName": "m"${members}}`;
const serverless = (members: string, more = ''): string =>
  variant(`, "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5${members}}${more}`);
const guarded = (alarm: string): string =>
  endpoint(
    `${blueGreen(canary)}, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": {"Ref": "A"}}]}`,
    `, "A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Invocation5XXErrors", "Statistic": "Average", ${alarm}}}`,
  );

/** Rule, a text with the marked place, and one like it with nothing wrong of this kind. */
const cases: PlaceCase[] = [
  [
    'cfn/schedule',
    template('AWS::Events::Rule', '{"ScheduleExpression": "cron(0 |24| * * ? *)"}'),
    template('AWS::Events::Rule', '{"ScheduleExpression": "cron(0 ${Hour} * * ? *)"}'),
  ],
  [
    'cfn/flexible-window',
    template('AWS::Scheduler::Schedule', '|{|"ScheduleExpression": "rate(1 day)"}'),
    template(
      'AWS::Scheduler::Schedule',
      '{"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}}',
    ),
  ],
  [
    'cfn/event-pattern',
    pattern('{"source": |"aws.s3"|}'),
    pattern('{"source": ["aws.s3"], "$or": [{"detail": {"a": [1]}}]}'),
  ],
  [
    'cfn/event-pattern',
    pattern('{"detail": {"key": [{|"prefx"|: "a"}]}}'),
    pattern('{"detail": {"key": [{"prefix": "a"}, {"anything-but": {"suffix": "b"}}]}}'),
  ],
  ['cfn/event-pattern', pattern('{"source": |[]|}'), pattern('{"source": {"Ref": "Sources"}}')],
  [
    'cfn/event-never-matches',
    sageMaker(packages, '{"ModelApprovalStatus": [|"Aproved"|]}'),
    sageMaker(packages, '{"ModelApprovalStatus": ["Approved", {"prefix": "R"}], "ModelPackageGroupName": ["g"]}'),
  ],
  [
    'cfn/event-never-matches',
    sageMaker('"SageMaker Endpoint State Change"', '{"EndpointStatus": [|"InService"|]}'),
    sageMaker('"SageMaker Endpoint State Change"', '{"EndpointStatus": ["IN_SERVICE"]}'),
  ],
  [
    'cfn/event-never-matches',
    sageMaker('|"SageMaker Model Package Status Change"|', '{}'),
    sageMaker('"SageMaker Feature Group State Change"', '{}'),
  ],
  [
    'cfn/event-never-matches',
    sageMaker(packages, '{|"modelApprovalStatus"|: ["Approved"]}'),
    sageMaker(packages, '{"ModelPackageName": ["x"]}'),
  ],
  [
    'cfn/event-too-wide',
    sageMaker(packages, '{"ModelApprovalStatus": [|{"anything-but": "PendingManualApproval"}|]}'),
    sageMaker(packages, '{"ModelApprovalStatus": [{"anything-but": ["PendingManualApproval", "Rejected"]}]}'),
  ],
  [
    'cfn/deployment-policy',
    endpoint(`${blueGreen(canary)}, |"RollingUpdatePolicy"|: {"WaitIntervalInSeconds": 1}`),
    endpoint(rolling('50')),
  ],
  [
    'cfn/deployment-policy',
    endpoint(
      blueGreen(
        `"Type": "LINEAR", "WaitIntervalInSeconds": 0, "LinearStepSize": ${size('20')}, |"CanarySize"|: ${size('20')}`,
      ),
    ),
    endpoint(blueGreen(`"Type": "LINEAR", "WaitIntervalInSeconds": 0, "LinearStepSize": ${size('20')}`)),
  ],
  [
    'cfn/deployment-size',
    endpoint(blueGreen(canary.replace('"Value": 30', '"Value": |51|'))),
    endpoint(blueGreen(canary.replace('"Value": 30', '"Value": 50'))),
  ],
  ['cfn/deployment-size', endpoint(rolling('|4|')), endpoint(rolling('{"Ref": "Batch"}'))],
  [
    'cfn/deployment-timeout',
    endpoint(blueGreen(canary, ', "TerminationWaitInSeconds": 300, "MaximumExecutionTimeoutInSeconds": |600|')),
    endpoint(blueGreen(canary, ', "TerminationWaitInSeconds": 299, "MaximumExecutionTimeoutInSeconds": 600')),
  ],
  [
    'cfn/rolling-variants',
    endpoint(
      rolling('50').replace('"RollingUpdatePolicy"', '|"RollingUpdatePolicy"|'),
      config(`${variant('')}, ${variant('')}`),
      '{"Fn::GetAtt": ["C", "EndpointConfigName"]}',
    ),
    endpoint(rolling('50'), config(variant('')), '{"Fn::GetAtt": ["C", "EndpointConfigName"]}'),
  ],
  [
    'cfn/alarm-never-fires',
    guarded('"ComparisonOperator": "GreaterThanThreshold", "Threshold": |1|, "Period": 60, "EvaluationPeriods": 1'),
    guarded('"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.99, "Period": 60, "EvaluationPeriods": 1'),
  ],
  [
    'cfn/alarm-never-fires',
    guarded('"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.1, "Period": |60|, "EvaluationPeriods": 6'),
    guarded('"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.1, "Period": 60, "EvaluationPeriods": 5'),
  ],
  [
    'cfn/serverless-variant',
    endpoint('"x": 1', config(serverless('', ', |"InstanceType"|: "ml.m5.large"'))),
    endpoint('"x": 1', config(serverless('', ', "InitialVariantWeight": 1'))),
  ],
  [
    'cfn/serverless-variant',
    endpoint('"x": 1', config(serverless(''), ', |"DataCaptureConfig"|: {"EnableCapture": true}')),
    endpoint(
      '"x": 1',
      config(serverless(''), ', "DataCaptureConfig": {"Fn::If": ["Capture", {}, {"Ref": "AWS::NoValue"}]}'),
    ),
  ],
];

testPlaces('template.json', cases);
