import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateEndpointConfigCommand, DeleteEndpointCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploy, deployable, echo, settled } from './serving';
import { Bed } from './support';

let bed: Bed;
let client: ApplicationAutoScalingClient;
beforeAll(async () => {
  bed = await Bed.start();
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  client = new ApplicationAutoScalingClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
  await deployable(bed.clients, 'scaled', echo('scaled'));
  await deploy(bed.clients, 'scaled');
});
afterAll(() => bed.stop());

const target = {
  ServiceNamespace: 'sagemaker' as const,
  ResourceId: 'endpoint/scaled/variant/AllTraffic',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
};

const targets = async (): Promise<object[]> =>
  (await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }))).ScalableTargets ?? [];

test('targets, policies and scheduled actions are kept, changed and deleted', async () => {
  const { ScalableTargetARN } = await client.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 3 }),
  );
  await client.send(new RegisterScalableTargetCommand({ ...target, MaxCapacity: 4 }));
  expect(await targets()).toMatchObject([{ ...target, MinCapacity: 1, MaxCapacity: 4, ScalableTargetARN }]);
  const PolicyName = 'by-load';
  const policy = {
    ...target,
    PolicyName,
    PolicyType: 'TargetTrackingScaling' as const,
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' as const },
    },
  };
  const { PolicyARN } = await client.send(new PutScalingPolicyCommand(policy));
  expect((await client.send(new PutScalingPolicyCommand(policy))).PolicyARN).toBe(PolicyARN);
  const { ScalingPolicies } = await client.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker', ResourceId: target.ResourceId }),
  );
  expect(ScalingPolicies).toMatchObject([{ PolicyName, PolicyARN, PolicyType: 'TargetTrackingScaling' }]);
  const ScheduledActionName = 'night';
  await client.send(new PutScheduledActionCommand({ ...target, ScheduledActionName, Schedule: 'cron(0 1 * * ? *)' }));
  const { ScheduledActions } = await client.send(
    new DescribeScheduledActionsCommand({ ServiceNamespace: 'sagemaker' }),
  );
  expect(ScheduledActions).toMatchObject([{ ScheduledActionName, Schedule: 'cron(0 1 * * ? *)' }]);
  const activities = await client.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker' }));
  expect(activities.ScalingActivities).toEqual([]);
  await client.send(new DeleteScalingPolicyCommand({ ...target, PolicyName }));
  await client.send(new DeleteScheduledActionCommand({ ...target, ScheduledActionName }));
  await expect(client.send(new DeleteScalingPolicyCommand({ ...target, PolicyName }))).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
  });
  await client.send(new DeregisterScalableTargetCommand(target));
  expect(await targets()).toEqual([]);
  await expect(client.send(new PutScalingPolicyCommand(policy))).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
  });
});

test('a variant that is not there is no target', async () => {
  const register = new RegisterScalableTargetCommand({
    ...target,
    ResourceId: 'endpoint/scaled/variant/other',
    MinCapacity: 1,
    MaxCapacity: 2,
  });
  await expect(client.send(register)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('an update may not change the instance type of a target, and a deletion deregisters it', async () => {
  const { sagemaker } = bed.clients;
  await client.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 3 }));
  const config = async (name: string, InstanceType: 'ml.m5.large' | 'ml.c5.large'): Promise<unknown> =>
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: 'scaled', InitialInstanceCount: 1, InstanceType }],
      }),
    );
  await config('same', 'ml.m5.large');
  await config('other', 'ml.c5.large');
  const update = async (EndpointConfigName: string): Promise<unknown> =>
    sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'scaled', EndpointConfigName }));
  await expect(update('other')).rejects.toThrow(/Deregister endpoint\/scaled\/variant\/AllTraffic first/);
  await update('same');
  expect(await settled(bed.clients, 'scaled')).toMatchObject({ EndpointConfigName: 'same' });
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'scaled' }));
  expect(await targets()).toEqual([]);
});
