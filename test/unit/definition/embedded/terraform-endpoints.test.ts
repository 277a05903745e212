/** Endpoints of Terraform are checked as those of CloudFormation are, in either of its languages. */
import { describe, expect, it } from 'vitest';
import { validateFully } from '../../../../src/definition';
import { edited } from '../marked';

interface Parts {
  variant?: string;
  more?: string;
  deployment?: string;
  alarm?: string;
  alarmMore?: string;
  target?: string;
  metric?: string;
  resourceId?: string;
}

const canary = `traffic_routing_configuration {
        type                     = "CANARY"
        wait_interval_in_seconds = 600
        canary_size {
          type  = "CAPACITY_PERCENT"
          value = 30
        }
      }
      termination_wait_in_seconds          = 600
      maximum_execution_timeout_in_seconds = 1800`;
const blueGreen = (policy: string): string => `blue_green_update_policy {\n      ${policy}\n    }`;
const instances = 'instance_type          = "ml.m5.large"\n    initial_instance_count = 2';
const dimensions = (variant = 'main', endpoint = 'aws_sagemaker_endpoint.churn.name'): string =>
  `dimensions = {\n    EndpointName = ${endpoint}\n    VariantName  = "${variant}"\n  }`;

/** An endpoint with a guarded deployment that scales. */
function endpoint(parts: Parts = {}): string {
  return `resource "aws_sagemaker_endpoint_configuration" "churn" {
  name = "churn-\${var.version}"
  production_variants {
    variant_name           = "main"
    model_name             = aws_sagemaker_model.churn.name
    initial_variant_weight = 1
    ${parts.variant ?? instances}
  }
${parts.more ?? ''}}

resource "aws_sagemaker_endpoint" "churn" {
  name                 = "churn"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.churn.name
  deployment_config {
    ${parts.deployment ?? blueGreen(canary)}
    auto_rollback_configuration {
      alarms {
        alarm_name = aws_cloudwatch_metric_alarm.errors.alarm_name
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "churn-errors"
  namespace           = "AWS/SageMaker"
  metric_name         = "Invocation5XXErrors"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = ${parts.alarm ?? '0.05'}
  period              = 60
  evaluation_periods  = 1
  ${parts.alarmMore ?? dimensions()}
}

resource "aws_appautoscaling_target" "churn" {
  service_namespace  = "sagemaker"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  resource_id        = "${parts.resourceId ?? 'endpoint/${aws_sagemaker_endpoint.churn.name}/variant/main'}"
  ${parts.target ?? 'min_capacity = 1\n  max_capacity = 4'}
}

resource "aws_appautoscaling_policy" "churn" {
  name               = "churn"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.churn.service_namespace
  resource_id        = aws_appautoscaling_target.churn.resource_id
  scalable_dimension = aws_appautoscaling_target.churn.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 70
    predefined_metric_specification {
      predefined_metric_type = "${parts.metric ?? 'SageMakerVariantInvocationsPerInstance'}"
    }
  }
}
`;
}

const path = 'main.tf';

/** `rule at what is marked: message`, in the order of the text. */
async function told(text: string): Promise<string[]> {
  const lines = text.split('\n');
  return (await validateFully(text, { path })).map(({ rule, message, range: { start, end } }) => {
    const marked = (lines[start.line] ?? '').slice(
      start.character,
      start.line === end.line ? end.character : undefined,
    );
    return `${rule} at ${marked}: ${message}`;
  });
}

it('says nothing of an endpoint that is right', async () => {
  expect(await told(endpoint())).toEqual([]);
});

const size = (value: number): string => canary.replace('= 30', `= ${value}`);
const rolling = (value: number, timeout = 1800): string => `rolling_update_policy {
      maximum_batch_size {
        type  = "CAPACITY_PERCENT"
        value = ${value}
      }
      wait_interval_in_seconds             = 60
      maximum_execution_timeout_in_seconds = ${timeout}
    }`;
const serverless = (memory: number): string =>
  `serverless_config {\n      max_concurrency   = 5\n      memory_size_in_mb = ${memory}\n    }`;

describe('an endpoint that is wrong', () => {
  it.each<[string, Parts, string]>([
    [
      'a canary without its size',
      { deployment: blueGreen(canary.replace(/canary_size \{[^}]*\}/, '')) },
      'cfn/deployment-policy at traffic_routing_configuration: canary_size is missing, which CANARY needs.',
    ],
    [
      'a canary that is too large',
      { deployment: blueGreen(size(60)) },
      'cfn/deployment-size at 60: canary_size is 1 to 50 % of the fleet, and not 60 %.',
    ],
    [
      'a timeout that is too short',
      { deployment: blueGreen(canary.replace('1800', '900')) },
      'cfn/deployment-timeout at 900: The waits alone take 1200 seconds, and instances have to start too.',
    ],
    [
      'a batch that is too large',
      { deployment: rolling(60) },
      'cfn/deployment-size at 60: maximum_batch_size is 5 to 50 % of the fleet, and not 60 %.',
    ],
    [
      'two policies',
      { deployment: `${blueGreen(canary)}\n    ${rolling(50)}` },
      'cfn/deployment-policy at rolling_update_policy: A deployment is blue/green or rolling, and not both. Remove one of the policies.',
    ],
    [
      'batches of a serverless endpoint',
      { deployment: rolling(50), variant: serverless(1024) },
      'cfn/rolling-variants at rolling_update_policy: A serverless endpoint is not updated in batches.',
    ],
    [
      'a memory that there is not',
      { variant: serverless(1000), target: 'min_capacity = 1\n  max_capacity = 4' },
      'cfn/serverless-variant at 1000: memory_size_in_mb is 1024, 2048, 3072, 4096, 5120 or 6144.',
    ],
    [
      'instances of a serverless variant',
      { variant: `${instances}\n    ${serverless(1024)}` },
      'cfn/serverless-variant at initial_instance_count: A serverless variant has no initial_instance_count.',
    ],
    [
      'an alarm that never fires',
      { alarm: '1' },
      'cfn/alarm-never-fires at 1: The average of Invocation5XXErrors is never above 1, so this alarm never fires. 0.05 is 5 % of the requests.',
    ],
    [
      'an alarm of a variant that there is not',
      { alarmMore: dimensions('mian') },
      "cfn/alarm-without-data at \"mian\": The endpoint has no variant 'mian'. It has 'main'.",
    ],
    [
      'an alarm by the ARN of the endpoint',
      { alarmMore: dimensions('main', 'aws_sagemaker_endpoint.churn.arn') },
      'cfn/alarm-without-data at aws_sagemaker_endpoint.churn.arn: This is the ARN of an endpoint. Its name is aws_sagemaker_endpoint.churn.name.',
    ],
    [
      'an alarm without its variant',
      { alarmMore: 'dimensions = {\n    EndpointName = aws_sagemaker_endpoint.churn.name\n  }' },
      "cfn/alarm-without-data at dimensions: Invocation5XXErrors is published by 'EndpointName' and 'VariantName' together. VariantName is missing.",
    ],
    [
      'a breaching alarm',
      { alarmMore: `${dimensions()}\n  treat_missing_data = "breaching"` },
      'cfn/rollback-without-traffic at "breaching": Where no requests come while the deployment waits, data are missing, and it is rolled back.',
    ],
    [
      'limits the wrong way round',
      { target: 'min_capacity = 5\n  max_capacity = 4' },
      'cfn/scalable-target at 4: max_capacity is less than min_capacity, which is 5.',
    ],
    [
      'an update that falls below the scaling',
      { target: 'min_capacity = 3\n  max_capacity = 4' },
      'cfn/scaling-lost at 2: Each update of the endpoint sets the number of instances back to 2, below the min_capacity of 3.',
    ],
    [
      'a scaled variant that there is not',
      { resourceId: 'endpoint/${aws_sagemaker_endpoint.churn.name}/variant/mian' },
      "cfn/scalable-target at \"endpoint/${aws_sagemaker_endpoint.churn.name}/variant/mian\": The endpoint has no variant 'mian'. It has 'main'.",
    ],
    [
      'a target before its endpoint',
      { resourceId: 'endpoint/churn/variant/main' },
      'cfn/scalable-target at "endpoint/churn/variant/main": This is registered before the endpoint is there. Name it by ${aws_sagemaker_endpoint.churn.name}, or add depends_on.',
    ],
    [
      'a metric that does not fit',
      { metric: 'DynamoDBReadCapacityUtilization' },
      'cfn/scaling-metric at "DynamoDBReadCapacityUtilization": \'DynamoDBReadCapacityUtilization\' does not tell how much sagemaker:variant:DesiredInstanceCount is needed.',
    ],
    [
      'an asynchronous endpoint by its requests',
      { more: '  async_inference_config {\n    output_config {\n      s3_output_path = "s3://b/out"\n    }\n  }\n' },
      'cfn/scaling-metric at "SageMakerVariantInvocationsPerInstance": An asynchronous endpoint does not publish this. It scales by ApproximateBacklogSizePerInstance.',
    ],
  ])('%s', async (_, parts, expected) => {
    expect((await told(endpoint(parts))).join('\n')).toContain(expected);
  });
});

describe('what Terraform works out', () => {
  it.each<[string, Parts]>([
    [
      'values',
      {
        deployment: blueGreen(canary.replace('= 30', '= var.canary').replace('1800', 'var.timeout')),
        alarm: 'var.threshold',
        target: 'min_capacity = var.least\n  max_capacity = local.most',
      },
    ],
    [
      'the endpoint',
      { resourceId: 'endpoint/${module.serving.endpoint}/variant/mian', alarmMore: dimensions('mian', 'var.endpoint') },
    ],
    ['variants', { variant: 'instance_type = var.type\n    initial_instance_count = var.count' }],
    ['a resource of another file', { resourceId: 'endpoint/${aws_sagemaker_endpoint.other.name}/variant/blue' }],
  ])('is left alone: %s', async (_, parts) => {
    expect(await told(endpoint(parts))).toEqual([]);
  });

  it('as blocks', async () => {
    const text = endpoint({ alarmMore: dimensions('other') }).replace(
      '  production_variants {',
      '  dynamic "production_variants" {\n    for_each = var.variants\n    content {\n    }\n  }\n  production_variants {',
    );
    expect(await told(text)).toEqual([]);
  });
});

it('has the fixes that give values, and none in the words of CloudFormation', async () => {
  const text = endpoint({ deployment: blueGreen(size(60)) });
  const [found] = await validateFully(text, { path });
  expect(edited(text, found?.fixes[0]?.edits ?? [])).toBe(endpoint({ deployment: blueGreen(size(50)) }));
  const missing = endpoint({ deployment: blueGreen(canary.replace(/canary_size \{[^}]*\}/, '')) });
  expect((await validateFully(missing, { path })).flatMap(({ fixes }) => fixes)).toEqual([]);
});

it('is read as JSON too', async () => {
  const text = (variant: string): string =>
    JSON.stringify({
      resource: {
        aws_sagemaker_endpoint_configuration: {
          c: {
            production_variants: [{ variant_name: 'main', instance_type: 'ml.m5.large', initial_instance_count: 1 }],
          },
        },
        aws_sagemaker_endpoint: {
          e: { name: 'e', endpoint_config_name: '${aws_sagemaker_endpoint_configuration.c.name}' },
        },
        aws_appautoscaling_target: {
          t: {
            service_namespace: 'sagemaker',
            scalable_dimension: 'sagemaker:variant:DesiredInstanceCount',
            resource_id: `endpoint/\${aws_sagemaker_endpoint.e.name}/variant/${variant}`,
            min_capacity: 1,
            max_capacity: 2,
          },
        },
      },
    });
  const rules = async (one: string): Promise<string[]> =>
    (await validateFully(one, { path: 'main.tf.json' })).map(({ rule }) => rule);
  expect(await rules(text('main'))).toEqual([]);
  expect(await rules(text('mian'))).toEqual(['cfn/scalable-target']);
});
