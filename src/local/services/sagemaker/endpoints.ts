import type {
  CreateEndpointInput,
  CreateEndpointOutput,
  DeleteEndpointInput,
  DeploymentConfig,
  DescribeEndpointInput,
  DescribeEndpointOutput,
  ListEndpointsInput,
  ListEndpointsOutput,
  UpdateEndpointInput,
  UpdateEndpointOutput,
  UpdateEndpointWeightsAndCapacitiesInput,
  UpdateEndpointWeightsAndCapacitiesOutput,
} from '@aws-sdk/client-sagemaker';
import {
  type Counts,
  type Endpoint,
  type FleetSpec,
  endpointArn,
  endpoints,
  findEndpoint,
  findEndpointConfig,
} from '../../domain/endpoints';
import { componentsOf } from '../../domain/inference-components';
import { deregisterEndpoint, scalableTargets, variantResource } from '../../domain/scaling';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import { describeEndpoint } from '../../serving/describe';
import { countsOf, weightsOf } from '../../serving/endpoints';
import { fleetSpec } from '../../serving/spec';
import type { Store } from '../../store/store';
import { ServiceError, invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { refuseNewBeyondQuota, refuseUpdateBeyondQuota } from './endpoint-quotas';
import { listRecords } from './listing';

/** Operations on endpoints. */
export function endpointOperations({ store, endpoints: serving }: Context): Operations {
  return {
    CreateEndpoint(input: Checked<CreateEndpointInput>): CreateEndpointOutput {
      const { EndpointName: name, DeploymentConfig: policy } = input;
      const arn = endpointArn(name);
      if (endpoints(store).get(name)) throw invalid(`Cannot create already existing endpoint "${arn}".`);
      const spec = fleetSpec(store, findEndpointConfig(store, input.EndpointConfigName).doc);
      refuseBeyondCapacity(spec, serving.capacity.taken, serving.capacity.instances);
      refuseNewBeyondQuota(store, name, spec, countsOf(spec));
      checkPolicy(policy, spec, spec);
      const now = new Date();
      store.transaction(() => {
        tags(store).add(arn, input.Tags);
        serving.create(
          {
            name,
            arn,
            createdAt: now,
            modifiedAt: now,
            status: 'Creating',
            config: spec.config,
            counts: countsOf(spec),
            weights: weightsOf(spec),
            ...(policy === undefined ? {} : { lastDeployment: policy }),
          },
          spec,
        );
      });
      return { EndpointArn: arn };
    },

    UpdateEndpoint(input: Checked<UpdateEndpointInput>): UpdateEndpointOutput {
      return store.transaction(() => {
        const endpoint = findEndpoint(store, input.EndpointName);
        refuseInProgress(endpoint);
        const spec = fleetSpec(store, findEndpointConfig(store, input.EndpointConfigName).doc);
        const policy = input.RetainDeploymentConfig === true ? endpoint.lastDeployment : input.DeploymentConfig;
        if (endpoint.fleet) checkPolicy(policy, endpoint.fleet, spec);
        refuseScaled(store, endpoint, spec);
        refuseWithoutHost(store, endpoint, spec);
        const retained = input.RetainAllVariantProperties === true ? endpoint : undefined;
        const excluded = new Set(input.ExcludeRetainedVariantProperties?.map((each) => each.VariantPropertyType));
        const counts =
          retained && !excluded.has('DesiredInstanceCount') ? kept(countsOf(spec), endpoint.counts) : countsOf(spec);
        const weights =
          retained && !excluded.has('DesiredWeight') ? kept(weightsOf(spec), endpoint.weights) : weightsOf(spec);
        refuseUpdateBeyondQuota(store, endpoint, spec, counts, policy);
        serving.update(endpoint, spec, counts, weights, policy);
        return { EndpointArn: endpoint.arn };
      });
    },

    UpdateEndpointWeightsAndCapacities(
      input: Checked<UpdateEndpointWeightsAndCapacitiesInput>,
    ): UpdateEndpointWeightsAndCapacitiesOutput {
      return store.transaction(() => {
        const endpoint = findEndpoint(store, input.EndpointName);
        refuseInProgress(endpoint);
        const counts: Record<string, number> = { ...endpoint.counts };
        const weights: Record<string, number> = { ...endpoint.weights };
        for (const { VariantName = '', DesiredWeight, DesiredInstanceCount } of input.DesiredWeightsAndCapacities) {
          if (!(VariantName in counts)) {
            throw invalid(`The variant ${VariantName} is not one of the endpoint "${endpoint.arn}".`);
          }
          if (DesiredWeight !== undefined) weights[VariantName] = DesiredWeight;
          if (DesiredInstanceCount !== undefined) counts[VariantName] = DesiredInstanceCount;
        }
        serving.scale(endpoint, counts, weights);
        return { EndpointArn: endpoint.arn };
      });
    },

    DescribeEndpoint: (input: Checked<DescribeEndpointInput>): DescribeEndpointOutput =>
      describeEndpoint(findEndpoint(store, input.EndpointName)),

    ListEndpoints(input: ListEndpointsInput): ListEndpointsOutput {
      const { records, nextToken } = listRecords(endpoints(store), 'ListEndpoints', input, {
        sorts: { CreationTime: 'created', Name: 'id', Status: 'status' },
        newestFirst: true,
        name: 'id',
      });
      return {
        Endpoints: records.map(({ name, arn, createdAt, modifiedAt, status }) => ({
          EndpointName: name,
          EndpointArn: arn,
          CreationTime: createdAt,
          LastModifiedTime: modifiedAt,
          EndpointStatus: status,
        })),
        NextToken: nextToken,
      };
    },

    DeleteEndpoint(input: Checked<DeleteEndpointInput>): object {
      const endpoint = findEndpoint(store, input.EndpointName);
      if (!['InService', 'Failed', 'OutOfService', 'UpdateRollbackFailed'].includes(endpoint.status)) {
        throw inProgress(endpoint);
      }
      const components = componentsOf(store, endpoint.name).map(({ name }) => name);
      if (components.length > 0) {
        throw invalid(
          `Cannot delete endpoint "${endpoint.arn}" while it has inference components: ${components.join(', ')}. Delete them first.`,
        );
      }
      store.transaction(() => {
        deregisterEndpoint(store, endpoint.name);
        serving.delete(endpoint);
      });
      return {};
    },
  };
}

function inProgress({ arn }: Endpoint): ServiceError {
  return invalid(`Cannot update in-progress endpoint "${arn}".`);
}

function refuseInProgress(endpoint: Endpoint): void {
  const { status, arn } = endpoint;
  if (status === 'Failed') {
    throw invalid(`Cannot update endpoint "${arn}" in status Failed. Delete it, and create it again.`);
  }
  if (status !== 'InService' && status !== 'UpdateRollbackFailed') throw inProgress(endpoint);
}

/** What of the given policy the service takes for these variants. @throws {ServiceError} `ValidationException` */
function checkPolicy(policy: DeploymentConfig | undefined, from: FleetSpec, to: FleetSpec): void {
  if (!policy) return;
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = policy;
  if (blueGreen && rolling) throw invalid('Give either BlueGreenUpdatePolicy or RollingUpdatePolicy.');
  const names = (spec: FleetSpec): string =>
    spec.variants
      .map(({ name }) => name)
      .toSorted()
      .join();
  if (names(from) !== names(to)) {
    throw invalid(
      'With a DeploymentConfig, the new configuration must have variants of the same names as the endpoint.',
    );
  }
  if (rolling && to.variants.length > 1) {
    throw invalid('RollingUpdatePolicy is not supported for endpoints with more than one variant.');
  }
  if (rolling && to.variants.some(({ serverless }) => serverless)) {
    throw invalid('RollingUpdatePolicy is not supported for serverless variants.');
  }
  const routing = blueGreen?.TrafficRoutingConfiguration;
  if (routing?.Type === 'CANARY' && !routing.CanarySize) throw invalid('CANARY traffic routing needs a CanarySize.');
  if (routing?.Type === 'LINEAR' && !routing.LinearStepSize) {
    throw invalid('LINEAR traffic routing needs a LinearStepSize.');
  }
  percentages('CanarySize', routing?.CanarySize, 1, 50);
  percentages('LinearStepSize', routing?.LinearStepSize, 10, 50);
  percentages('MaximumBatchSize', rolling?.MaximumBatchSize, 5, 50);
}

function percentages(
  what: string,
  size: { Type?: string | undefined; Value?: number | undefined } | undefined,
  least: number,
  most: number,
): void {
  if (size?.Type !== 'CAPACITY_PERCENT' || size.Value === undefined) return;
  if (size.Value < least || size.Value > most) {
    throw invalid(`${what} must be between ${least} and ${most} percent of the capacity, and is ${size.Value}.`);
  }
}

/** A variant that is scaled must keep its instance type. */
function refuseScaled(store: Store, { name, fleet }: Endpoint, to: FleetSpec): void {
  for (const before of fleet?.variants ?? []) {
    const next = to.variants.find((variant) => variant.name === before.name);
    const resource = variantResource(name, before.name);
    if (!next || next.instanceType === before.instanceType) continue;
    if (scalableTargets(store).list('resource = ?', resource).length === 0) continue;
    throw invalid(
      `The variant ${before.name} is registered as a scalable target, and its instance type would change. Deregister ${resource} first, and register it again after the update.`,
    );
  }
}

/** The variants that inference components are on must stay. */
function refuseWithoutHost(store: Store, { name }: Endpoint, to: FleetSpec): void {
  for (const component of componentsOf(store, name)) {
    if (to.variants.some((variant) => variant.name === component.variant && variant.hasComponents)) continue;
    throw invalid(
      `The inference component ${component.name} is on the variant ${component.variant}, which the new configuration does not have, or has with a model. Delete the component first.`,
    );
  }
}

function refuseBeyondCapacity(spec: FleetSpec, used: number, quota: number): void {
  const wanted = spec.variants.reduce((sum, { count }) => sum + count, 0);
  if (used + wanted <= quota) return;
  const type = spec.variants[0]?.instanceType ?? 'ml.m5.large';
  throw new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${type} for endpoint usage' is ${quota} Instances, with current utilization of ${used} Instances and a request delta of ${wanted} Instances. Local runs each instance as a process on this machine; delete an endpoint, or ask for fewer instances.`,
  );
}

/** The values that there are already, for those that are still there. */
function kept(initial: Counts, current: Counts): Counts {
  return Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, current[name] ?? value]));
}
