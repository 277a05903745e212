import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/definition';
import { type PlaceCase, testPlaces } from '../places';

const template = (resources: string): string => `{"Resources": {${resources}}}`;
const resource = (name: string, type: string, properties: string, more = ''): string =>
  `"${name}": {"Type": "${type}"${more}, "Properties": ${properties}}`;
const endpoint = (more = ''): string =>
  resource(
    'E',
    'AWS::SageMaker::Endpoint',
    `{"EndpointName": "churn", "EndpointConfigName": {"Fn::GetAtt": ["C", "EndpointConfigName"]}${more}}`,
  );
const config = (variant = '"InstanceType": "ml.m5.large", "InitialInstanceCount": 2', more = ''): string =>
  resource(
    'C',
    'AWS::SageMaker::EndpointConfig',
    `{"ProductionVariants": [{"VariantName": "main", "ModelName": "m", ${variant}}]${more}}`,
  );
const kept = ', "RetainAllVariantProperties": true';
const named = '{"Fn::Sub": "endpoint/${E.EndpointName}/variant/main"}';
const scalable = (
  id = named,
  more = '"MinCapacity": 1, "MaxCapacity": 4',
  dimension = '"sagemaker:variant:DesiredInstanceCount"',
): string =>
  resource(
    'T',
    'AWS::ApplicationAutoScaling::ScalableTarget',
    `{"ServiceNamespace": "sagemaker", "ResourceId": ${id}, "ScalableDimension": ${dimension}, ${more}}`,
  );
const scaled = (target: string, ours = endpoint(kept), configuration = config()): string =>
  template([ours, configuration, target].join(', '));
const tracked = (metric: string): string =>
  resource(
    'P',
    'AWS::ApplicationAutoScaling::ScalingPolicy',
    `{"PolicyName": "p", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": {"Ref": "T"}, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70, "PredefinedMetricSpecification": {"PredefinedMetricType": ${metric}}}}`,
  );

const both = '[{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "main"}]';
const alarm = (more: string, dimensions = both, metric = 'Invocation5XXErrors'): string =>
  resource(
    'A',
    'AWS::CloudWatch::Alarm',
    `{"AlarmName": "errors", "Namespace": "AWS/SageMaker", "MetricName": "${metric}", "Dimensions": ${dimensions}, "Statistic": "Average", "ComparisonOperator": "GreaterThanThreshold", ${more}}`,
  );
const some = '"Threshold": 0.05, "Period": 60, "EvaluationPeriods": 3';
const latency = (more: string, metric = 'ModelLatency'): string =>
  template(alarm(`${more}, "Period": 60, "EvaluationPeriods": 1`, both, metric));
const guarded = (name: string, alarms: string, parameters = ''): string =>
  `{${parameters}"Resources": {${endpoint(
    `, "DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600}}, "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": ${name}}]}}`,
  )}, ${alarms}}}`;

/** Rule, a text with the marked place, and one like it with nothing wrong of this kind. */
const cases: PlaceCase[] = [
  [
    'cfn/scalable-target',
    scaled(scalable(undefined, undefined, '|"sagemaker:variant:DesiredInstancesCount"|')),
    scaled(scalable(undefined, undefined, '"sagemaker:cluster:NodeCount"')),
  ],
  [
    'cfn/scalable-target',
    template(scalable('|"endpoint/churn"|')),
    template(
      scalable(
        '"inference-component/churn"',
        '"MinCapacity": 0, "MaxCapacity": 2',
        '"sagemaker:inference-component:DesiredCopyCount"',
      ),
    ),
  ],
  [
    'cfn/scalable-target',
    template(scalable('"endpoint/x/variant/y"', '"MinCapacity": 5, "MaxCapacity": |4|')),
    template(scalable('"endpoint/x/variant/y"', '"MinCapacity": 4, "MaxCapacity": 4')),
  ],
  [
    'cfn/scalable-target',
    scaled(scalable('|{"Fn::Sub": "endpoint/${E.EndpointName}/variant/AllTraffic"}|')),
    scaled(scalable('{"Fn::Sub": "endpoint/${E.EndpointName}/variant/${Variant}"}')),
  ],
  [
    'cfn/scalable-target',
    scaled(scalable('|{"Fn::Sub": "endpoint/${E}/variant/main"}|')),
    scaled(scalable('{"Fn::Join": ["/", ["endpoint", {"Fn::GetAtt": ["E", "EndpointName"]}, "variant/main"]]}')),
  ],
  [
    'cfn/scalable-target',
    scaled(scalable('|"endpoint/churn/variant/main"|')),
    scaled(scalable('"endpoint/churn/variant/main"').replace('"Properties"', '"DependsOn": ["E"], "Properties"')),
  ],
  [
    'cfn/scalable-target',
    scaled(scalable(named, '"MinCapacity": |0|, "MaxCapacity": 2')),
    scaled(
      scalable(named, '"MinCapacity": 0, "MaxCapacity": 2'),
      endpoint(kept),
      config(undefined, ', "AsyncInferenceConfig": {}'),
    ),
  ],
  [
    'cfn/scalable-target',
    scaled(
      scalable(undefined, undefined, '|"sagemaker:variant:DesiredInstanceCount"|'),
      endpoint(kept),
      config('"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}'),
    ),
    scaled(
      scalable(undefined, undefined, '"sagemaker:variant:DesiredProvisionedConcurrency"'),
      endpoint(kept),
      config('"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}'),
    ),
  ],
  [
    'cfn/scalable-target',
    scaled(scalable(`|${named}|`), endpoint(kept), config('"InstanceType": "ml.t2.medium", "InitialInstanceCount": 1')),
    scaled(scalable(), endpoint(kept), config('"InstanceType": {"Ref": "Type"}, "InitialInstanceCount": 1')),
  ],
  [
    'cfn/scaling-lost',
    scaled(scalable(), endpoint(', "RetainAllVariantProperties": |false|')),
    scaled(
      scalable(),
      endpoint(`${kept}, "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}]`),
    ),
  ],
  [
    'cfn/scaling-lost',
    scaled(
      scalable(),
      endpoint(`${kept}, "ExcludeRetainedVariantProperties": [|{"VariantPropertyType": "DesiredInstanceCount"}|]`),
    ),
    scaled(scalable('"endpoint/other/variant/main"'), endpoint()),
  ],
  [
    'cfn/scaling-metric',
    scaled(`${scalable()}, ${tracked('|"SageMakerVariantProvisionedConcurrencyUtilization"|')}`),
    scaled(`${scalable()}, ${tracked('{"Ref": "Metric"}')}`),
  ],
  [
    'cfn/scaling-metric',
    scaled(
      `${scalable()}, ${tracked('|"SageMakerVariantInvocationsPerInstance"|')}`,
      endpoint(kept),
      config(undefined, ', "AsyncInferenceConfig": {}'),
    ),
    scaled(`${scalable()}, ${tracked('"SageMakerVariantInvocationsPerInstance"')}`),
  ],
  [
    'cfn/alarm',
    template(alarm(`${some}, "DatapointsToAlarm": |4|`)),
    template(alarm(`${some}, "DatapointsToAlarm": 3`)),
  ],
  [
    'cfn/alarm',
    template(alarm('"Threshold": 0.05, "Period": |45|, "EvaluationPeriods": 1')),
    template(alarm('"Threshold": 0.05, "Period": {"Ref": "Period"}, "EvaluationPeriods": 1')),
  ],
  [
    'cfn/alarm',
    template(alarm('"Threshold": 0.05, "Period": |300|, "EvaluationPeriods": 289')),
    template(alarm('"Threshold": 0.05, "Period": 3600, "EvaluationPeriods": 48')),
  ],
  [
    'cfn/alarm',
    template(alarm(`${some}, |"ExtendedStatistic"|: "p99"`)),
    template(alarm(`${some}, "ExtendedStatistic": "p99"`).replace('"Statistic": "Average", ', '')),
  ],
  ['cfn/alarm-unit', latency('"Threshold": |500|'), latency('"Threshold": 500000')],
  ['cfn/alarm-unit', latency('"Threshold": |0.5|', 'OverheadLatency'), latency('"Threshold": 500', 'TimeInBacklog')],
  [
    'cfn/alarm-unit',
    latency('"Threshold": 500000, "Unit": |"Milliseconds"|'),
    latency('"Threshold": 500000, "Unit": "Microseconds"'),
  ],
  [
    'cfn/alarm-without-data',
    template(alarm(some, '[{"Name": "EndpointName", "Value": "churn"}]').replace('"Dimensions"', '|"Dimensions"|')),
    template(alarm(some, '[{"Name": "InferenceComponentName", "Value": "churn"}]')),
  ],
  [
    'cfn/alarm-without-data',
    template(alarm(some).replace('"AWS/SageMaker"', '|"AWS/Sagemaker"|')),
    template(alarm(some).replace('"AWS/SageMaker"', '"Custom/Sagemaker"')),
  ],
  [
    'cfn/alarm-without-data',
    template(alarm(some, both, 'CPUUtilization').replace('"AWS/SageMaker"', '|"AWS/SageMaker"|')),
    template(alarm(some, both, 'CPUUtilization').replace('"AWS/SageMaker"', '"/aws/sagemaker/Endpoints"')),
  ],
  [
    'cfn/alarm-without-data',
    scaled(alarm(some, both.replace('"churn"', '|{"Ref": "E"}|'))),
    scaled(alarm(some, both.replace('"churn"', '{"Fn::GetAtt": ["E", "EndpointName"]}'))),
  ],
  [
    'cfn/alarm-without-data',
    scaled(alarm(some, both.replace('"main"', '|"AllTraffic"|'))),
    scaled(alarm(some, both.replace('"churn"', '{"Ref": "Endpoint"}').replace('"main"', '"AllTraffic"'))),
  ],
  [
    'cfn/unknown-alarm',
    guarded('|{"Ref": "Errors"}|', alarm(some)),
    guarded('{"Ref": "Errors"}', alarm(some), '"Parameters": {"Errors": {"Type": "String"}}, '),
  ],
  ['cfn/unknown-alarm', guarded('|"error"|', alarm(some)), guarded('"made-elsewhere"', alarm(some))],
  [
    'cfn/rollback-without-traffic',
    guarded('"errors"', alarm(`${some}, "TreatMissingData": |"breaching"|`)),
    guarded('"other"', alarm(`${some}, "TreatMissingData": "breaching"`)),
  ],
];

testPlaces('template.json', cases);

describe('an endpoint that is scaled', () => {
  const problems = (text: string): string[] => validate(text, { path: 'template.json' }).map(({ rule }) => rule);

  it('is told once where nothing is retained, and is mended by the fix', () => {
    const text = scaled(scalable(), endpoint());
    expect(problems(text)).toEqual(['cfn/scaling-lost']);
    const [fix] = validate(text, { path: 'template.json' })[0]?.fixes ?? [];
    expect(fix?.edits[0]?.newText).toBe(', "RetainAllVariantProperties": true');
    expect(problems(scaled(scalable(), endpoint(kept)))).toEqual([]);
  });

  it('is told of requests too', () => {
    expect(
      problems(
        '{"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/a/variant/b", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "MinCapacity": 3, "MaxCapacity": 2}',
      ),
    ).toEqual(['cfn/scalable-target']);
    expect(
      problems(
        '{"AlarmName": "a", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "DatapointsToAlarm": 2, "Threshold": 1, "MetricName": "M", "Namespace": "N", "Statistic": "Sum", "Period": 60}',
      ),
    ).toEqual(['cfn/alarm']);
  });
});
