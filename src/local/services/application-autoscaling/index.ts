import type {
  DeleteScalingPolicyRequest,
  DeleteScheduledActionRequest,
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  DescribeScalingActivitiesRequest,
  DescribeScalingActivitiesResponse,
  DescribeScalingPoliciesRequest,
  DescribeScalingPoliciesResponse,
  DescribeScheduledActionsRequest,
  DescribeScheduledActionsResponse,
  PutScalingPolicyRequest,
  PutScalingPolicyResponse,
  PutScheduledActionRequest,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
} from '@aws-sdk/client-application-auto-scaling';
import { account, executionRole, randomId, region } from '../../domain/arns';
import { endpoints } from '../../domain/endpoints';
import { inferenceComponents } from '../../domain/inference-components';
import {
  type Scalable,
  deregister,
  scalableId,
  scalableTargets,
  scalingPolicies,
  scheduledActions,
} from '../../domain/scaling';
import type { Context } from '../../engine/context';
import model from '../../generated/application-autoscaling.json';
import type { Filter, Records } from '../../store/records';
import { ServiceError, invalid } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Checked, Service } from '../service';

/** Records a page where the request names no number. */
const page = 50;

/**
 * Application Auto Scaling as far as deployments ask for it: targets, policies and scheduled actions are kept and
 * answered. Local itself scales nothing.
 */
export const applicationAutoscaling: Service = {
  signingName: 'application-autoscaling',
  title: 'Application Auto Scaling',
  protocols: ['json'],
  targetPrefix: 'AnyScaleFrontendService',
  model: model as unknown as ServiceModel,
  tables: [scalableTargets, scalingPolicies, scheduledActions],
  operations,
};

function operations({ store }: Context): Operations {
  const findTarget = (scalable: Scalable): void => {
    if (!scalableTargets(store).get(scalableId(scalable))) throw notFound('scalable target registered', scalable);
  };
  return {
    RegisterScalableTarget(input: Checked<RegisterScalableTargetRequest>): RegisterScalableTargetResponse {
      return store.transaction(() => {
        const known = scalableTargets(store).get(scalableId(input));
        const MinCapacity = input.MinCapacity ?? known?.MinCapacity;
        const MaxCapacity = input.MaxCapacity ?? known?.MaxCapacity;
        if (MinCapacity === undefined || MaxCapacity === undefined) {
          throw invalid('MinCapacity and MaxCapacity must be given when a scalable target is registered.');
        }
        if (MinCapacity > MaxCapacity) throw invalid('MinCapacity must not be greater than MaxCapacity.');
        if (!known) refuseMissing(input);
        const ScalableTargetARN = known?.ScalableTargetARN ?? arn(`scalable-target/${randomId(32)}`);
        scalableTargets(store).put({
          ServiceNamespace: input.ServiceNamespace,
          ResourceId: input.ResourceId,
          ScalableDimension: input.ScalableDimension,
          MinCapacity,
          MaxCapacity,
          RoleARN: input.RoleARN ?? known?.RoleARN ?? `arn:aws:iam::${account}:role/${executionRole}`,
          CreationTime: known?.CreationTime ?? new Date(),
          SuspendedState: input.SuspendedState ?? known?.SuspendedState ?? notSuspended,
          ScalableTargetARN,
        });
        return { ScalableTargetARN };
      });
    },

    DescribeScalableTargets(input: Checked<DescribeScalableTargetsRequest>): DescribeScalableTargetsResponse {
      const { records, nextToken } = pageOf(scalableTargets(store), input, input.ResourceIds);
      return { ScalableTargets: records, NextToken: nextToken };
    },

    DeregisterScalableTarget(input: Checked<DeregisterScalableTargetRequest>): object {
      return store.transaction(() => {
        if (!deregister(store, input)) throw notFound('scalable target registered', input);
        return {};
      });
    },

    PutScalingPolicy(input: Checked<PutScalingPolicyRequest>): PutScalingPolicyResponse {
      return store.transaction(() => {
        findTarget(input);
        const known = scalingPolicies(store).get(scalableId(input, input.PolicyName));
        const PolicyType = input.PolicyType ?? known?.PolicyType ?? 'StepScaling';
        const PolicyARN =
          known?.PolicyARN ?? arn(`scalingPolicy:${crypto.randomUUID()}:policyName/${input.PolicyName}`);
        scalingPolicies(store).put({
          ...known,
          ...input,
          PolicyType,
          PolicyARN,
          Alarms: [],
          CreationTime: known?.CreationTime ?? new Date(),
        });
        return { PolicyARN, Alarms: [] };
      });
    },

    DescribeScalingPolicies(input: Checked<DescribeScalingPoliciesRequest>): DescribeScalingPoliciesResponse {
      const { records, nextToken } = pageOf(scalingPolicies(store), input);
      const named = records.filter(({ PolicyName = '' }) => input.PolicyNames?.includes(PolicyName) ?? true);
      return { ScalingPolicies: named, NextToken: nextToken };
    },

    DeleteScalingPolicy(input: Checked<DeleteScalingPolicyRequest>): object {
      const count = scalingPolicies(store).delete('id = ?', scalableId(input, input.PolicyName));
      if (count === 0) throw notFound('scaling policy found', input);
      return {};
    },

    DescribeScalingActivities: (
      _input: Checked<DescribeScalingActivitiesRequest>,
    ): DescribeScalingActivitiesResponse => ({ ScalingActivities: [] }),

    PutScheduledAction(input: Checked<PutScheduledActionRequest>): object {
      return store.transaction(() => {
        findTarget(input);
        const known = scheduledActions(store).get(scalableId(input, input.ScheduledActionName));
        if (!known && input.Schedule === undefined) throw invalid('Schedule must be given for a new scheduled action.');
        scheduledActions(store).put({
          ...known,
          ...input,
          Schedule: input.Schedule ?? known?.Schedule,
          ScheduledActionARN:
            known?.ScheduledActionARN ??
            arn(`scheduledAction:${crypto.randomUUID()}:scheduledActionName/${input.ScheduledActionName}`),
          CreationTime: known?.CreationTime ?? new Date(),
        });
        return {};
      });
    },

    DescribeScheduledActions(input: Checked<DescribeScheduledActionsRequest>): DescribeScheduledActionsResponse {
      const { records, nextToken } = pageOf(scheduledActions(store), input);
      const { ScheduledActionNames: names } = input;
      const named = records.filter(({ ScheduledActionName = '' }) => names?.includes(ScheduledActionName) ?? true);
      return { ScheduledActions: named, NextToken: nextToken };
    },

    DeleteScheduledAction(input: Checked<DeleteScheduledActionRequest>): object {
      const count = scheduledActions(store).delete('id = ?', scalableId(input, input.ScheduledActionName));
      if (count === 0) throw notFound('scheduled action found', input);
      return {};
    },
  };

  /** A variant that Local does not have cannot be a target. */
  function refuseMissing({ ServiceNamespace, ResourceId = '' }: Scalable): void {
    if (ServiceNamespace !== 'sagemaker') return;
    const [, component] = /^inference-component\/([^/]+)$/.exec(ResourceId) ?? [];
    if (component !== undefined) {
      if (inferenceComponents(store).get(component)) return;
      throw invalid(`No inference component was found at ${ResourceId}.`);
    }
    const [, endpoint, variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(ResourceId) ?? [];
    const found = endpoint === undefined ? undefined : endpoints(store).get(endpoint);
    if (found?.fleet?.variants.some(({ name }) => name === variant)) return;
    throw invalid(`No variant of an endpoint in service was found at ${ResourceId}.`);
  }
}

const notSuspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

function pageOf<T>(
  records: Records<T>,
  input: Scalable & { MaxResults?: number | undefined; NextToken?: string | undefined },
  ids: readonly string[] = input.ResourceId === undefined ? [] : [input.ResourceId],
): { records: T[]; nextToken?: string } {
  const filters: Filter[] = [['namespace = ?', input.ServiceNamespace ?? '']];
  if (input.ScalableDimension !== undefined) filters.push(['dimension = ?', input.ScalableDimension]);
  if (ids.length > 0) filters.push(['resource IN (SELECT value FROM json_each(?))', JSON.stringify(ids)]);
  const { NextToken: token, MaxResults, ...question } = input;
  return records.page(filters, { sort: 'id', descending: false, limit: MaxResults ?? page, token, question });
}

function notFound(what: string, { ServiceNamespace, ResourceId, ScalableDimension }: Scalable): ServiceError {
  return new ServiceError(
    'ObjectNotFoundException',
    `No ${what} for service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`,
  );
}

function arn(name: string): string {
  return `arn:aws:application-autoscaling:${region}:${account}:${name}`;
}
