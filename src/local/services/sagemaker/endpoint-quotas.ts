import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Counts, Endpoint, FleetSpec } from '../../domain/endpoints';
import { memoryQuota } from '../../../shared/quota-names';
import { added, limitOf, type Usage, usageBeside, usageIn, usageOf } from '../../domain/quotas';
import { after, planUpdate } from '../../serving/plan';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';

/** Refuses a new endpoint that goes beyond what was set for the account. @throws {ServiceError} `ResourceLimitExceeded` */
export function refuseNewBeyondQuota(store: Store, name: string, spec: FleetSpec, counts: Counts): void {
  refuseMemory(store, spec);
  refuse(store, usageBeside(store, name), new Map(), usageIn(spec, counts));
}

/**
 * Refuses an update whose two fleets together go beyond what was set for the account.
 * @throws {ServiceError} `ResourceLimitExceeded`
 */
export function refuseUpdateBeyondQuota(
  store: Store,
  endpoint: Endpoint,
  spec: FleetSpec,
  counts: Counts,
  policy: DeploymentConfig | undefined,
): void {
  const { name, fleet } = endpoint;
  refuseMemory(store, spec);
  if (!fleet) return;
  const none = Object.fromEntries(Object.keys(counts).map((variant) => [variant, 0]));
  let ground = { old: endpoint.counts, new: none, shares: none };
  const peak: Usage = new Map();
  for (const phase of planUpdate(policy, endpoint.counts, counts)) {
    ground = after(ground, phase);
    const both = added(usageIn(fleet, ground.old), usageIn(spec, ground.new));
    for (const [quota, value] of both) peak.set(quota, Math.max(peak.get(quota) ?? 0, value));
  }
  refuse(store, usageBeside(store, name), usageOf(endpoint), peak);
}

function refuse(store: Store, others: Usage, own: Usage, wanted: Usage): void {
  for (const [quota, value] of wanted) {
    const limit = limitOf(store, quota);
    const used = (others.get(quota) ?? 0) + (own.get(quota) ?? 0);
    const more = value - (own.get(quota) ?? 0);
    if (limit !== undefined && more > 0 && used + more > limit) throw exceeded(quota, limit, used, more, unitOf(quota));
  }
}

function refuseMemory(store: Store, { variants }: FleetSpec): void {
  const limit = limitOf(store, memoryQuota);
  for (const { serverless } of variants) {
    if (limit !== undefined && serverless && serverless.memory > limit) {
      throw exceeded(memoryQuota, limit, 0, serverless.memory, 'MBs');
    }
  }
}

function unitOf(quota: string): string {
  return quota.endsWith('for endpoint usage') ? 'Instances' : 'Concurrency';
}

function exceeded(quota: string, limit: number, used: number, more: number, unit: string): ServiceError {
  return new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${quota}' is ${limit} ${unit}, with current utilization of ${used} ${unit} and a request delta of ${more} ${unit}. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  );
}
