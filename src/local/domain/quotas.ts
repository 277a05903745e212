import { concurrencyQuota, endpointQuota } from '../../shared/quota-names';
import sagemaker from '../generated/sagemaker.json';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { type Counts, type Endpoint, endpoints, type FleetSpec, type VariantSpec } from './endpoints';

/** A limit of the account that somebody has set; of all others Local's own hold. */
interface Quota {
  name: string;
  value: number;
}

export const quotas = recordsOf<Quota>('quotas', { columns: 'value REAL NOT NULL' }, ({ name, value }) => ({
  id: name,
  value,
}));

/** The types that an instance of an endpoint can have. */
export const instanceTypes: readonly string[] = sagemaker.shapes.ProductionVariantInstanceType.enum;

/** The limit that was set; undefined where none was. */
export function limitOf(store: Store, name: string): number | undefined {
  return quotas(store).get(name)?.value;
}

export function setLimit(store: Store, name: string, value: number): void {
  quotas(store).put({ name, value });
}

/** What endpoints take of a quota: instances by their type, and the concurrency of serverless variants. */
export type Usage = Map<string, number>;

/** What the fleets of an endpoint take; a fleet that is to come counts as it is there. */
export function usageOf({ status, fleet, counts, change }: Endpoint): Usage {
  if (status === 'Failed') return new Map();
  const now = fleet ? usageIn(fleet, counts) : new Map<string, number>();
  if (!change || change.kind === 'capacity') return now;
  return added(now, usageIn(change.to, change.kind === 'create' ? counts : change.ground.new));
}

/** What all endpoints but one take. */
export function usageBeside(store: Store, name: string): Usage {
  return endpoints(store)
    .list('id <> ?', name)
    .reduce((sum: Usage, endpoint) => added(sum, usageOf(endpoint)), new Map());
}

/** What so many instances of the variants of a fleet take. */
export function usageIn({ variants }: Pick<FleetSpec, 'variants'>, counts: Counts): Usage {
  return variants.reduce((sum: Usage, variant) => added(sum, new Map(usageOfVariant(variant, counts))), new Map());
}

function usageOfVariant({ name, serverless, instanceType, count }: VariantSpec, counts: Counts): [string, number][] {
  if (serverless) return [[concurrencyQuota, (counts[name] ?? count) > 0 ? serverless.concurrency : 0]];
  return instanceType === undefined ? [] : [[endpointQuota(instanceType), counts[name] ?? count]];
}

export function added(a: Usage, b: Usage): Usage {
  const sum = new Map(a);
  for (const [name, value] of b) sum.set(name, (sum.get(name) ?? 0) + value);
  return sum;
}
