/** What a deployment takes of the account's quotas, at its peak. Pure. */
import { concurrencyQuota, endpointQuota, memoryQuota } from '../../shared/quota-names';
import type { Plan, Standing, Wish } from './plan';
import { instancesIn, offersFor } from './strategy';
import { traitsOf } from './plan';

/** A quota of SageMaker, by the name that Service Quotas gives it. */
export interface Quota {
  name: string;
  code: string;
  value: number;
}

/** What the endpoints of the connection take now. */
export interface Usage {
  /** Instances by their type. */
  instances: ReadonlyMap<string, number>;
  /** The concurrency of serverless variants by their endpoint. */
  concurrency: ReadonlyMap<string, number>;
  /** True where only some endpoints were counted. */
  isPartial: boolean;
}

/** What a deployment needs. */
export type Need =
  | {
      kind: 'instances';
      type: string;
      /** Instances that there are more at the peak than now. */
      more: number;
      isUpdate: boolean;
      /** Instances more of a rolling update, where that can be chosen and is not. */
      rolling?: number;
      /** The most that autoscaling can make of it. */
      scaled?: number;
    }
  | { kind: 'serverless'; endpoint: string; memory: number; concurrency: number };

/** The share of the fleet that a rolling update is proposed with, in percent. */
const rollingShare = 25;

/** What a plan needs of the quotas. */
export function needOf(plan: Plan, wish: Wish, standing: Standing | undefined): Need {
  if (wish.kind === 'serverless') {
    return {
      kind: 'serverless',
      endpoint: wish.endpoint,
      memory: wish.serverless.memory,
      concurrency: wish.serverless.concurrency,
    };
  }
  const { fleet, timeline, isUpdate, strategy } = plan;
  // Two fleets of the same size stand side by side, or a batch beside one: what is more than the fleet comes on top.
  const more = isUpdate ? Math.max(timeline.peak - fleet, fleet - (standing?.instances ?? 0)) : fleet;
  const canRoll =
    isUpdate &&
    strategy.kind !== 'rolling' &&
    offersFor(traitsOf(wish, standing)).some(({ kind, refusal }) => kind === 'rolling' && refusal === undefined);
  const rolling = instancesIn({ unit: 'percent', value: rollingShare }, fleet);
  return {
    kind: 'instances',
    type: wish.instanceType,
    more,
    isUpdate,
    ...(canRoll && rolling < more ? { rolling } : {}),
    ...(wish.scaling ? { scaled: wish.scaling.max } : {}),
  };
}

/** The names of the quotas that a need counts against. */
export function quotaNames(need: Need): string[] {
  return need.kind === 'serverless' ? [memoryQuota, concurrencyQuota] : [endpointQuota(need.type)];
}

/** How a need stands to a quota. */
export interface QuotaFinding {
  state: 'passed' | 'failed' | 'warning' | 'unknown';
  text: string;
  /** The quota to ask an increase of. */
  quota?: Quota;
}

/** Whether a deployment fits into the quotas, by what runs now. */
export function quotaFinding(need: Need, quotas: readonly Quota[], usage: Usage): QuotaFinding {
  const names = quotaNames(need);
  const absent = names.find((name) => !quotas.some((quota) => quota.name === name));
  const findings = quotas.flatMap((quota) => (names.includes(quota.name) ? findingOf(need, quota, usage) : []));
  const worst =
    findings.find(({ state }) => state === 'failed') ??
    findings.find(({ state }) => state === 'warning') ??
    (absent === undefined
      ? undefined
      : { state: 'unknown' as const, text: `Service Quotas lists no “${absent}” here.` });
  return worst ?? { state: 'passed', text: findings.map(({ text }) => text).join(' ') };
}

function findingOf(need: Need, quota: Quota, usage: Usage): QuotaFinding {
  return need.kind === 'serverless' ? serverlessFinding(need, quota, usage) : instanceFinding(need, quota, usage);
}

function instanceFinding(need: Need & { kind: 'instances' }, quota: Quota, usage: Usage): QuotaFinding {
  const { type, more, isUpdate, rolling, scaled } = need;
  const used = usage.instances.get(type) ?? 0;
  const counted = usage.isPartial ? `at least ${used}` : String(used);
  const during = isUpdate ? ' while both versions are there' : '';
  if (used + more > quota.value) {
    const fits = rolling !== undefined && used + rolling <= quota.value;
    const instead = fits ? `, or choose a rolling update, which needs ${rolling} more` : '';
    return {
      state: 'failed',
      text: `“${quota.name}” is ${quota.value}. ${counted} ${used === 1 ? 'runs' : 'run'} now, and this needs ${more} more${during}. Ask for an increase to ${used + more} or more${instead}.`,
      quota,
    };
  }
  const room = `${used + more} of ${quota.value} ${type} at the peak: ${counted} now, ${more} more${during}.`;
  if (scaled !== undefined && used + scaled > quota.value) {
    return {
      state: 'warning',
      text: `${room} Autoscaling up to ${scaled} instances can go beyond it.`,
      quota,
    };
  }
  return { state: 'passed', text: room, quota };
}

function serverlessFinding(need: Need & { kind: 'serverless' }, quota: Quota, usage: Usage): QuotaFinding {
  if (quota.name === memoryQuota) {
    return need.memory > quota.value
      ? {
          state: 'failed',
          text: `“${quota.name}” is ${quota.value}, and this asks for ${need.memory}. Ask for an increase, or choose less memory.`,
          quota,
        }
      : { state: 'passed', text: `${need.memory} of ${quota.value} MB.`, quota };
  }
  const others = [...usage.concurrency].reduce((sum, [name, value]) => sum + (name === need.endpoint ? 0 : value), 0);
  const total = others + need.concurrency;
  const counted = usage.isPartial ? `at least ${others}` : String(others);
  return total > quota.value
    ? {
        state: 'failed',
        text: `“${quota.name}” is ${quota.value}. Other endpoints have ${counted}, and this asks for ${need.concurrency}. Ask for an increase to ${total} or more, or choose less.`,
        quota,
      }
    : { state: 'passed', text: `${total} of ${quota.value} concurrent requests in all.`, quota };
}
