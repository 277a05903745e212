import type { ScalableTarget, ScalingPolicy, ScheduledAction } from '@aws-sdk/client-application-auto-scaling';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';

/** What may be scaled: a service, a resource of it, and what of that. */
export interface Scalable {
  ServiceNamespace?: string | undefined;
  ResourceId?: string | undefined;
  ScalableDimension?: string | undefined;
}

const columns = { columns: 'namespace TEXT NOT NULL, resource TEXT NOT NULL, dimension TEXT NOT NULL' };

function place({ ServiceNamespace = '', ResourceId = '', ScalableDimension = '' }: Scalable): {
  namespace: string;
  resource: string;
  dimension: string;
} {
  return { namespace: ServiceNamespace, resource: ResourceId, dimension: ScalableDimension };
}

export function scalableId(scalable: Scalable, name = ''): string {
  const { namespace, resource, dimension } = place(scalable);
  return [namespace, resource, dimension, name].join('|');
}

export const scalableTargets = recordsOf<ScalableTarget>('scalable_targets', columns, (target) => ({
  id: scalableId(target),
  ...place(target),
}));

export const scalingPolicies = recordsOf<ScalingPolicy>('scaling_policies', columns, (policy) => ({
  id: scalableId(policy, policy.PolicyName),
  ...place(policy),
}));

export const scheduledActions = recordsOf<ScheduledAction>('scheduled_actions', columns, (action) => ({
  id: scalableId(action, action.ScheduledActionName),
  ...place(action),
}));

/** The resource of a variant: `endpoint/<name>/variant/<name>`. */
export function variantResource(endpoint: string, variant: string): string {
  return `endpoint/${endpoint}/variant/${variant}`;
}

/** Forgets a target with its policies and scheduled actions. */
export function deregister(store: Store, scalable: Scalable): boolean {
  const { namespace, resource, dimension } = place(scalable);
  const all = [scalingPolicies(store), scheduledActions(store), scalableTargets(store)];
  const counts = all.map((records) =>
    records.delete('namespace = ? AND resource = ? AND dimension = ?', namespace, resource, dimension),
  );
  return (counts.at(-1) ?? 0) > 0;
}

/** The resource of an inference component: `inference-component/<name>`. */
export function componentResource(component: string): string {
  return `inference-component/${component}`;
}

/** Forgets the target of an inference component. */
export function deregisterComponent(store: Store, component: string): void {
  for (const target of scalableTargets(store).list('resource = ?', componentResource(component))) {
    deregister(store, target);
  }
}

/** Forgets all targets of an endpoint's variants. */
export function deregisterEndpoint(store: Store, endpoint: string): void {
  const prefix = `endpoint/${endpoint}/variant/`;
  for (const target of scalableTargets(store).list('substr(resource, 1, ?) = ?', prefix.length, prefix)) {
    deregister(store, target);
  }
}
