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
    ['cron(0 0 12 * * ?)', 'cron(0 12 * * ? *)'],
    ['cron(0 30 6 ? * MON-FRI)', 'cron(30 6 ? * MON-FRI *)'],
    ['cron(0 0 12 1 1 2030)', undefined],
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

describe('a rule for a named alarm in any state', () => {
  const severity = (arn: string): string[] =>
    validate(
      `{"Resources": {"It": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": {"alarmName": ["a"]}}${arn === '' ? '' : `, "Targets": [{"Id": "a", "Arn": "${arn}", "RoleArn": "r"}]`}}}}}`,
      { path: 'template.json' },
    ).map((one) => `${one.severity} ${one.rule}`);

  it.each([
    ['starts runs', 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/train', 'warning'],
    ['tells a function', 'arn:aws:lambda:eu-west-1:111122223333:function:tell', 'information'],
    ['has its targets elsewhere', '', 'warning'],
  ])('that %s', (_what, arn, expected) => {
    expect(severity(arn)).toEqual([`${expected} cfn/alarm-event`]);
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
    [
      '{"Name": "s", "ScheduleExpression": "at(2030-01-31T12:00:00)", "Target": {"Arn": "a", "RoleArn": "r"}}',
      ['cfn/flexible-window'],
    ],
    ['{"Rule": "r", "Targets": [{"Id": "a", "Arn": "a"}, {"Id": "a", "Arn": "b"}]}', ['cfn/target']],
    ['{"source": ["aws.s3"], "detail-type": ["Object created"]}', ['cfn/event-never-matches']],
    ['{"source": ["aws.sagmaker"], "detail-type": ["x"]}', ['cfn/event-never-matches']],
    ['{"source": ["aws.es"], "detail-type": ["Amazon ES Service Software Update Notification"]}', []],
    ['{"source": ["aws.appflow"], "detail-type": ["AppFlow End Flow Run Report"]}', []],
    [
      '{"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"], "detail": {"redriveStatus": ["REDRIVABLE"], "status": ["FAILED"]}}',
      [],
    ],
    ['{"source": ["ours.app"], "detail-type": ["Object created"]}', []],
    ['{"Name": "r", "ScheduleExpression": "at(2030-01-31T12:00:00)"}', ['cfn/schedule']],
    ['{"Name": "r", "Schedule": "at(2030-01-31T12:00:00)"}', []],
    [
      '{"Name": "r", "EventPattern": "{\\"source\\": [\\"aws.s3\\"], \\"detail-type\\": [\\"Object created\\"]}"}',
      ['cfn/event-never-matches'],
    ],
    ['{"Name": "r", "EventPattern": "{\\"source\\": [\\"aws.s3\\"], \\"detail-type\\": [\\"Object Created\\"]}"}', []],
    ['{"Name": "r", "EventPattern": "{\\"source\\": [\\"aws.s3\\"],}"}', ['cfn/event-pattern']],
    ['{"Name": "r", "EventPattern": "[1]"}', ['cfn/event-pattern']],
    ['{"EndpointConfigName": "c", "EndpointName": "e"}', []],
  ])('%s', (text, rules) => {
    expect(validate(text, { path: 'request.json' }).map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('an event pattern that is a string', () => {
  const at = (text: string): string[] =>
    validate(text, { path: 'request.json' }).map(({ rule, range, fixes }) =>
      [rule, range.start.character, ...fixes.flatMap(({ edits }) => edits.map(({ newText }) => newText))].join(' '),
    );

  it('is told at its own place, and mended there', () => {
    const text =
      '{"Name": "r", "EventPattern": "{\\"source\\": [\\"aws.sagemaker\\"], \\"detail-type\\": [\\"SageMaker Model Package State Change\\"], \\"detail\\": {\\"ModelApprovalStatus\\": [\\"Aproved\\"]}}"}';
    const place = text.indexOf(String.raw`\"Aproved`);
    expect(at(text)).toEqual([String.raw`cfn/event-never-matches ${place} \"Approved\"`]);
    expect(at(text.replace('Aproved', 'Approved'))).toEqual([]);
  });

  it('is read in a template, too', () => {
    const of = (type: string): string =>
      `{"Resources": {"It": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": "{\\"source\\": [\\"aws.s3\\"], \\"detail-type\\": [\\"${type}\\"]}"}}}}`;
    expect(at(of('Object created')).map((line) => line.split(' ')[0])).toEqual(['cfn/event-never-matches']);
    expect(at(of('Object Created'))).toEqual([]);
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
const captured = (settings: string): string =>
  template('AWS::SageMaker::EndpointConfig', `{"ProductionVariants": [${variant('')}], ${settings}}}`);
const serverless = (members: string, more = ''): string =>
  variant(`, "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5${members}}${more}`);
const guarded = (alarm: string): string =>
  endpoint(
    `${blueGreen(canary)}, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": {"Ref": "A"}}]}`,
    `, "A": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Invocation5XXErrors", "Statistic": "Average", ${alarm}}}`,
  );

const s3 = (detail: string, others = ''): string =>
  template(
    'AWS::Events::Rule',
    `{"EventPattern": {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": ${detail}}}`,
    others,
  );
const alarmEvent = (detail: string): string =>
  pattern(`{"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]${detail}}`);
const bucket = (more: string, others = ''): string =>
  `, "Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"${more}}}${others}`;
const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/train';
const targets = (inner: string, others = ''): string =>
  template('AWS::Events::Rule', `{"ScheduleExpression": "rate(1 day)", "Targets": [${inner}]}`, others);
const target = (more: string): string => targets(`{"Id": "a", "Arn": "a"${more}}`);
const schedule = (more: string, others = ''): string =>
  template(
    'AWS::Scheduler::Schedule',
    `{"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": "${arn}", "RoleArn": "r"${more}}}`,
    others,
  );
const passed = (parameters: string): string =>
  `, "SageMakerPipelineParameters": {"PipelineParameterList": [${parameters}]}`;
const steps = `[{"Name": "Fit", "Type": "Training", "Arguments": {"OutputDataConfig": {"S3OutputPath": "s3://data/models/new"}, "HyperParameters": {"rows": {"Get": "Parameters.Rows"}}}}, {"Name": "Register", "Type": "RegisterModel", "Arguments": {"ModelPackageGroupName": "churn"}}]`;
const definition = `{"Version": "2020-12-01", "Parameters": [{"Name": "Rows", "Type": "Integer"}], "Steps": ${steps}}`;
const train = (written = definition): string =>
  `, "Train": {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineName": "train", "PipelineDefinition": ${written}}}`;
const body = `{"PipelineDefinitionBody": ${JSON.stringify(definition)}}`;
const started = (source: string, kind: string, detail: string, place = `"${arn}"`): string =>
  template(
    'AWS::Events::Rule',
    `{"EventPattern": {"source": ["${source}"], "detail-type": ["${kind}"], "detail": {${detail}}}, "Targets": [{"Id": "a", "Arn": ${place}, "RoleArn": "r", "SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "Rows", "Value": "1"}]}}]}`,
    train(),
  );
const ended = 'SageMaker Model Building Pipeline Execution Status Change';

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
    'cfn/event-pattern',
    pattern('{"detail": {"size": [{"numeric": |["=>", 5]|}]}}'),
    pattern('{"detail": {"size": [{"numeric": [">=", 5, "<", 9]}]}}'),
  ],
  [
    'cfn/event-pattern',
    pattern('{"detail": {"key": [{"exists": |"true"|}]}}'),
    pattern('{"detail": {"key": [{"exists": false}]}}'),
  ],
  [
    'cfn/event-pattern',
    pattern('{"detail": {"key": [|{"prefix": "a", "suffix": "b"}|]}}'),
    pattern('{"detail": {"key": [{"prefix": {"equals-ignore-case": "a"}}]}}'),
  ],
  [
    'cfn/event-pattern',
    pattern('{"detail": {"key": [{"wildcard": |"a/**"|}]}}'),
    pattern('{"detail": {"key": [{"wildcard": "a/*/b*"}]}}'),
  ],
  [
    'cfn/event-never-matches',
    pattern('{|"detailType"|: ["a"]}'),
    pattern('{"detail-type": ["a"], "detail": {"detailType": ["a"]}}'),
  ],
  [
    'cfn/event-never-matches',
    pattern('{"source": ["aws.s3"], "detail-type": [|"ECR Image Action"|]}'),
    pattern('{"source": ["aws.s3", "aws.ecr"], "detail-type": ["ECR Image Action"]}'),
  ],
  [
    'cfn/event-never-matches',
    pattern('{"source": [|"aws.sagmaker"|]}'),
    pattern('{"source": ["ours.sagmaker", "aws.brand-new-service"]}'),
  ],
  [
    'cfn/event-never-matches',
    s3('{"bucket": {|"Name"|: ["data"]}}'),
    s3('{"bucket": {"name": ["data"]}, "$or": [{"object": {"size": [1]}}, {"reason": ["PutObject"]}]}'),
  ],
  ['cfn/event-never-matches', s3('{"$or": [{|"objekt"|: {"key": ["a"]}}]}'), s3('{"object": {"etag": ["e"]}}')],
  [
    'cfn/event-never-matches',
    s3('{"object": {"key": [{"prefix": |"s3://data/in"|}]}}'),
    s3('{"object": {"key": [{"prefix": "in/s3://"}]}}'),
  ],
  [
    'cfn/event-never-matches',
    s3('{"bucket": {"name": [|{"Fn::GetAtt": ["Data", "Arn"]}|]}}'),
    s3('{"bucket": {"name": [{"Ref": "Data"}, {"Fn::ImportValue": "Arn"}]}}'),
  ],
  [
    'cfn/event-never-matches',
    sageMaker(`"${ended}"`, '{"pipelineArn": [|"train"|]}'),
    sageMaker(
      `"${ended}"`,
      '{"pipelineArn": [{"suffix": "train"}, "arn:aws:sagemaker:eu-west-1:1:pipeline/train", {"Ref": "A"}]}',
    ),
  ],
  [
    'cfn/event-never-matches',
    sageMaker(`"${ended}"`, '{"currentPipelineExecutionStatus": [|"Success"|]}'),
    sageMaker(`"${ended}"`, '{"currentPipelineExecutionStatus": ["Succeeded"], "pipelineArn": [{"prefix": "arn:"}]}'),
  ],
  [
    'cfn/event-never-matches',
    alarmEvent(', "detail": {"alarmName": ["a"], "state": {"value": [|"Alarm"|]}}'),
    alarmEvent(', "detail": {"alarmName": ["a"], "state": {"value": ["ALARM"]}, "previousState": {"value": ["OK"]}}'),
  ],
  [
    'cfn/event-never-matches',
    pattern(
      '{"source": ["aws.codepipeline"], "detail-type": ["CodePipeline Pipeline Execution State Change"], "detail": {"state": [|"Failed"|]}}',
    ),
    pattern(
      '{"source": ["aws.codepipeline"], "detail-type": ["CodePipeline Pipeline Execution State Change"], "detail": {"state": ["FAILED"]}}',
    ),
  ],
  [
    'cfn/alarm-event',
    alarmEvent(', |"detail"|: {"alarmName": ["a"]}'),
    alarmEvent(', "detail": {"alarmName": ["a"], "state": {"value": ["ALARM"]}}'),
  ],
  [
    'cfn/alarm-event',
    alarmEvent(', |"detail"|: {"state": {"value": ["ALARM"]}}'),
    alarmEvent(', "resources": ["arn:aws:cloudwatch:eu-west-1:1:alarm:a"], "detail": {"state": {"value": ["ALARM"]}}'),
  ],
  [
    'cfn/prefix-or-suffix',
    s3('{"object": {"key": |[{"prefix": "in/"}, {"suffix": ".csv"}]|}}'),
    s3('{"object": {"key": [{"prefix": "in/"}, {"prefix": "more/"}, {"suffix": ".csv"}]}}'),
  ],
  [
    'cfn/schedule',
    template(
      'AWS::Events::Rule',
      '{"ScheduleExpression": "rate(1 day)", |"ScheduleExpressionTimezone"|: "Europe/Berlin"}',
    ),
    schedule('').replace('"Target"', '"ScheduleExpressionTimezone": "Europe/Berlin", "Target"'),
  ],
  [
    'cfn/schedule',
    schedule('').replace('"Target"', '"ScheduleExpressionTimezone": |"Europe/Berlinn"|, "Target"'),
    schedule('').replace('"Target"', '"ScheduleExpressionTimezone": {"Ref": "Zone"}, "Target"'),
  ],
  [
    'cfn/schedule',
    template('AWS::Events::Rule', '{"ScheduleExpression": "rate(1 day)", "EventBusName": |"ours"|}'),
    template('AWS::Events::Rule', '{"EventPattern": {"source": ["ours"]}, "EventBusName": "ours"}'),
  ],
  [
    'cfn/schedule',
    template(
      'AWS::Serverless::Function',
      '{"Events": {"A": {"Type": "Schedule", "Properties": {"Schedule": "|at(2030-01-31T12:00:00)|"}}}}',
    ),
    template(
      'AWS::Serverless::Function',
      '{"Events": {"A": {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "at(2030-01-31T12:00:00)"}}}}',
    ),
  ],
  [
    'cfn/event-never-matches',
    template(
      'AWS::Serverless::Function',
      '{"Events": {"A": {"Type": "EventBridgeRule", "Properties": {"Pattern": {|"detail_type"|: ["a"]}}}}}',
    ),
    template(
      'AWS::Serverless::Function',
      '{"Events": {"A": {"Type": "S3", "Properties": {"Pattern": {"detail_type": ["a"]}}}}}',
    ),
  ],
  [
    'cfn/flexible-window',
    schedule('').replace('"Mode": "OFF"', '"Mode": "FLEXIBLE", "MaximumWindowInMinutes": |2000|'),
    schedule('').replace('"Mode": "OFF"', '"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1440'),
  ],
  [
    'cfn/target',
    targets(`|{|"Id": "a", "Arn": "${arn}"}`),
    targets('{"Id": "a", "Arn": "arn:aws:lambda:eu-west-1:1:function:f"}'),
  ],
  [
    'cfn/target',
    targets(
      '|{|"Id": "a", "Arn": {"Fn::GetAtt": ["M", "Arn"]}}',
      ', "M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {}}',
    ),
    targets(
      '{"Id": "a", "Arn": {"Fn::GetAtt": ["M", "Arn"]}}',
      ', "M": {"Type": "AWS::Lambda::Function", "Properties": {}}',
    ),
  ],
  [
    'cfn/input-template',
    target(', "InputTransformer": {"InputPathsMap": {"model": "$.a"}, "InputTemplate": "<|modle|> <model>"}'),
    target(
      ', "InputTransformer": {"InputPathsMap": {"model": "$.a"}, "InputTemplate": "<model> <aws.events.rule-arn> < x >"}',
    ),
  ],
  [
    'cfn/input-template',
    target(', "InputTransformer": {"InputTemplate": "\\"<|model|>\\""}'),
    target(', "InputTransformer": {"InputPathsMap": {"Ref": "Paths"}, "InputTemplate": "<model>"}'),
  ],
  [
    'cfn/data-capture',
    captured('"DataCaptureConfig": {"InitialSamplingPercentage": |101|'),
    captured('"DataCaptureConfig": {"InitialSamplingPercentage": "100"'),
  ],
  [
    'cfn/data-capture',
    captured('"DataCaptureConfig": {"InitialSamplingPercentage": 0, "CaptureOptions": |[]|'),
    captured('"DataCaptureConfig": {"CaptureOptions": [{"CaptureMode": "Input"}]'),
  ],
  ['cfn/target', target('}, {"Id": |"a"|, "Arn": "b"'), target('}, {"Id": "b", "Arn": "a"')],
  ['cfn/target', target(', "Input": "{}", |"InputPath"|: "$.detail"'), target(', "InputPath": "$.detail"')],
  [
    'cfn/retry-policy',
    target(', "RetryPolicy": {"MaximumEventAgeInSeconds": |30|}'),
    target(', "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}'),
  ],
  [
    'cfn/retry-policy',
    schedule(', "RetryPolicy": {"MaximumRetryAttempts": |186|}'),
    schedule(', "RetryPolicy": {"MaximumRetryAttempts": {"Ref": "Most"}}'),
  ],
  [
    'cfn/target-parameter',
    target(passed('{"Name": |"max_rows"|, "Value": "1"}')),
    schedule(passed('{"Name": "max_rows", "Value": "1"}')),
  ],
  [
    'cfn/target-parameter',
    schedule(passed('{"Name": "rows", "Value": |""|}')),
    target(passed('{"Name": "rows", "Value": ""}')),
  ],
  [
    'cfn/pipeline-parameter',
    schedule(passed('{"Name": |"Row"|, "Value": "1"}'), train()),
    schedule(passed('{"Name": "Rows", "Value": "1"}'), train(body)),
  ],
  [
    'cfn/pipeline-parameter',
    schedule(passed('{"Name": |"Row"|, "Value": "1"}'), train(body)),
    schedule(
      passed('{"Name": "Row", "Value": "1"}'),
      train('{"PipelineDefinitionS3Location": {"Bucket": "b", "Key": "k"}}'),
    ),
  ],
  [
    'cfn/pipeline-parameter',
    schedule('', train()).replace('"Target": {', '"Target": |{|'),
    schedule('', train().replace('"Type": "Integer"', '"Type": "Integer", "DefaultValue": 5')),
  ],
  [
    'cfn/starts-itself',
    started('aws.sagemaker', ended, '"currentPipelineExecutionStatus": ["Failed"]', `|"${arn}"|`),
    started('aws.sagemaker', ended, '"pipelineArn": ["arn:aws:sagemaker:eu-west-1:1:pipeline/features"]'),
  ],
  [
    'cfn/starts-itself',
    started(
      'aws.sagemaker',
      ended,
      '"pipelineArn": [{"Fn::Sub": "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/train"}]',
      '|{"Fn::Sub": "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/train"}|',
    ),
    started('aws.sagemaker', ended, '"pipelineArn": [{"anything-but": "train"}]'),
  ],
  [
    'cfn/starts-itself',
    started(
      'aws.sagemaker',
      'SageMaker Model Package State Change',
      '"ModelPackageGroupName": ["churn"]',
      `|"${arn}"|`,
    ),
    started(
      'aws.sagemaker',
      'SageMaker Model Package State Change',
      '"ModelPackageGroupName": ["churn"], "ModelApprovalStatus": ["Approved"]',
    ),
  ],
  [
    'cfn/starts-itself',
    started(
      'aws.s3',
      'Object Created',
      '"bucket": {"name": ["data"]}, "object": {"key": [{"prefix": "models/"}]}',
      `|"${arn}"|`,
    ),
    started('aws.s3', 'Object Created', '"bucket": {"name": ["data"]}, "object": {"key": [{"prefix": "model-data/"}]}'),
  ],
  [
    'cfn/silent-bucket',
    s3('{"bucket": {"name": [|{"Ref": "Data"}|]}}', bucket('')),
    s3(
      '{"bucket": {"name": [{"Ref": "Data"}]}}',
      bucket(', "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": true}}'),
    ),
  ],
  [
    'cfn/silent-bucket',
    s3(
      '{"bucket": {"name": [|"data"|]}}',
      bucket(', "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": false}}'),
    ),
    s3(
      '{"bucket": {"name": ["data"]}}',
      bucket(
        '',
        ', "N": {"Type": "Custom::S3BucketNotifications", "Properties": {"BucketName": {"Ref": "Data"}, "NotificationConfiguration": {"EventBridgeConfiguration": {}}}}',
      ),
    ),
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
