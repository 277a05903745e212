/** A plan to copy: as JSON, as commands of the AWS command line, as a CloudFormation template. Pure. */
import { type Call, callsOf, type Plan } from './plan';

export const planFormats = ['json', 'cli', 'cloudformation'] as const;
export type PlanFormat = (typeof planFormats)[number];

/** The plan as a text. */
export function formatPlan(plan: Plan, format: PlanFormat): string {
  switch (format) {
    case 'json':
      return formatCalls(callsOf(plan), 'json');
    case 'cli':
      return commandsOf(plan);
    case 'cloudformation':
      return text(templateOf(plan));
  }
}

/** Calls to copy: as JSON, or as commands of the AWS command line. */
export function formatCalls(calls: readonly Call[], format: 'json' | 'cli'): string {
  if (format === 'cli') return `${calls.map(commandOf).join('\n')}\n`;
  return text(calls.map(({ service, operation, input }) => ({ service, operation, input })));
}

/** `aws sagemaker create-model --cli-input-json '{…}'`, with a wait where the calls after the update need one. */
function commandsOf(plan: Plan): string {
  const wait = `aws sagemaker wait endpoint-in-service --endpoint-name ${plan.endpoint}`;
  const lines = [
    ...plan.prepare.map(commandOf),
    commandOf(plan.update),
    wait,
    '# InService alone does not say that the update succeeded: an update that was rolled back ends so, too.',
    `aws sagemaker describe-endpoint --endpoint-name ${plan.endpoint} --query EndpointConfigName  # ${plan.config}`,
    ...plan.finish.map(commandOf),
  ];
  return `${lines.join('\n')}\n`;
}

function commandOf({ service, operation, input }: Call): string {
  const name = operation.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  return `aws ${service} ${name} --cli-input-json ${quote(JSON.stringify(input))}`;
}

/** As one word of a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The resources of the endpoint after the plan. What a stack holds, it updates by the policy of its endpoint. */
function templateOf(plan: Plan): object {
  const resources: [string, object][] = callsOf(plan).flatMap((call): [string, object][] => {
    const made = resourceOf(call, plan);
    return made ? [made] : [];
  });
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(resources) };
}

function resourceOf({ operation, input }: Call, plan: Plan): [string, object] | undefined {
  switch (operation) {
    case 'CreateModel':
      return ['Model', { Type: 'AWS::SageMaker::Model', Properties: input }];
    case 'CreateEndpointConfig':
      return ['EndpointConfig', { Type: 'AWS::SageMaker::EndpointConfig', DependsOn: 'Model', Properties: input }];
    case 'CreateEndpoint':
    case 'UpdateEndpoint': {
      const needs = plan.prepare.flatMap((call) => nameOfNeeded(call));
      return [
        'Endpoint',
        { Type: 'AWS::SageMaker::Endpoint', ...(needs.length > 0 ? { DependsOn: needs } : {}), Properties: input },
      ];
    }
    case 'PutMetricAlarm':
      return [logicalName(input['AlarmName']), { Type: 'AWS::CloudWatch::Alarm', Properties: input }];
    case 'RegisterScalableTarget':
      return [
        'ScalableTarget',
        { Type: 'AWS::ApplicationAutoScaling::ScalableTarget', DependsOn: 'Endpoint', Properties: input },
      ];
    case 'PutScalingPolicy':
      return [
        logicalName(input['PolicyName']),
        { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', DependsOn: 'ScalableTarget', Properties: input },
      ];
    default:
      return undefined;
  }
}

function nameOfNeeded({ operation, input }: Call): string[] {
  if (operation === 'CreateEndpointConfig') return ['EndpointConfig'];
  return operation === 'PutMetricAlarm' ? [logicalName(input['AlarmName'])] : [];
}

function logicalName(name: unknown): string {
  return String(name)
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function text(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
