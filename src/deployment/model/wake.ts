/**
 * What brings an asynchronous endpoint up from 0 instances. A target of requests per instance never does: without an
 * instance there is nothing to divide by.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
 */
import { alarmName } from './alarms';
import type { Call, Scaling } from './plan';

const policyName = 'mlops-flow-wake';

/** Whether a policy adds instances by steps, as one from 0 must. */
export function isWakePolicy(policy: Readonly<Record<string, unknown>>): boolean {
  return policy['PolicyType'] === 'StepScaling';
}

/** The policy that starts an instance. */
export function putWakePolicy({ target }: Scaling): Call {
  return {
    service: 'application-autoscaling',
    operation: 'PutScalingPolicy',
    purpose: 'Start an instance when requests wait and there is none',
    input: {
      PolicyName: policyName,
      ServiceNamespace: 'sagemaker',
      ResourceId: target['ResourceId'],
      ScalableDimension: target['ScalableDimension'],
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Average',
        Cooldown: 300,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    },
  };
}

/** The alarm that sets it off. @param policy the ARN that the service has given the policy */
export function putWakeAlarm(endpoint: string, policy: string): Call {
  return {
    service: 'cloudwatch',
    operation: 'PutMetricAlarm',
    purpose: 'Watch for requests that wait with no instance there',
    input: {
      AlarmName: alarmName(endpoint, 'wake'),
      AlarmDescription: `Starts an instance of ${endpoint} when requests wait and there is none.`,
      Namespace: 'AWS/SageMaker',
      MetricName: 'HasBacklogWithoutCapacity',
      Dimensions: [{ Name: 'EndpointName', Value: endpoint }],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'missing',
      AlarmActions: [policy],
    },
  };
}
