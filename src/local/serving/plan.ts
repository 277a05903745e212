import type { CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Counts, Ground, Phase } from '../domain/endpoints';

/**
 * What an update of an endpoint does, as a list of phases. Blue/green: the new fleet is launched whole, traffic is
 * shifted to it at once, in two steps (canary) or in steps (linear), and after a bake the old fleet goes. Rolling:
 * batch by batch, new instances are launched, take their share, bake, and as many old ones go.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
 */
export function planUpdate(config: DeploymentConfig | undefined, old: Counts, wanted: Counts): Phase[] {
  const rolling = config?.RollingUpdatePolicy;
  if (rolling) {
    const batch = sizes(rolling.MaximumBatchSize, wanted);
    return planRolling(old, wanted, batch, rolling.WaitIntervalInSeconds ?? 0);
  }
  const policy = config?.BlueGreenUpdatePolicy;
  const routing = policy?.TrafficRoutingConfiguration;
  const step =
    routing?.Type === 'CANARY'
      ? sizes(routing.CanarySize, wanted)
      : routing?.Type === 'LINEAR'
        ? sizes(routing.LinearStepSize, wanted)
        : wanted;
  const steps = routing?.Type === 'CANARY' ? (isAll(step, wanted) ? 1 : 2) : stepsOf(step, wanted);
  const phases: Phase[] = [{ kind: 'launch', fleet: 'new', counts: wanted }];
  for (let k = 1; k < steps; k++) {
    const active = mapped(wanted, (count, name) => Math.min(count, k * (step[name] ?? count)));
    phases.push({ kind: 'shift', active, shares: sharesOf(active, wanted) });
    phases.push(...bake(routing?.WaitIntervalInSeconds, 'WaitIntervalInSeconds', 'canary', active));
  }
  phases.push({ kind: 'shift', active: wanted, shares: sharesOf(wanted, wanted) });
  phases.push(...bake(policy?.TerminationWaitInSeconds, 'TerminationWaitInSeconds', 'full', wanted));
  phases.push({ kind: 'retire', fleet: 'old', counts: old });
  return phases;
}

function planRolling(old: Counts, wanted: Counts, batch: Counts, wait: number): Phase[] {
  const steps = stepsOf(batch, wanted);
  const phases: Phase[] = [];
  let [launched, left] = [mapped(wanted, () => 0), old];
  for (let k = 1; k <= steps; k++) {
    const active = mapped(wanted, (count, name) => (k === steps ? count : Math.min(count, k * (batch[name] ?? count))));
    // As much of the old fleet goes as the new one has come.
    const remaining = mapped(old, (count, name) => count - portion(count, active[name] ?? 0, wanted[name] ?? 1));
    phases.push({ kind: 'launch', fleet: 'new', counts: difference(active, launched) });
    phases.push({ kind: 'shift', active, shares: sharesOf(active, wanted) });
    phases.push(...bake(wait, 'WaitIntervalInSeconds', k === steps ? 'full' : 'canary', active));
    phases.push({ kind: 'retire', fleet: 'old', counts: difference(left, remaining) });
    [launched, left] = [active, remaining];
  }
  return phases;
}

/**
 * The way back from where an update has come to. Of a blue/green update the old fleet is whole: traffic flips. Of a
 * rolling one, old instances must be launched again, in batches where the policy says so.
 */
export function planRollback(ground: Ground, full: Counts, batch: Counts = full): Phase[] {
  const phases: Phase[] = [];
  let { old } = ground;
  const missing = mapped(full, (count, name) => count - (old[name] ?? 0));
  const steps = isNone(missing) ? 0 : stepsOf(batch, missing);
  let left = ground.new;
  for (let k = 1; k <= steps; k++) {
    const next = mapped(full, (count, name) =>
      k === steps ? count : Math.min(count, (ground.old[name] ?? 0) + k * (batch[name] ?? count)),
    );
    phases.push({ kind: 'launch', fleet: 'old', counts: difference(next, old) });
    if (k < steps) {
      const remaining = mapped(ground.new, (count, name) => {
        const gone = portion(count, (next[name] ?? 0) - (ground.old[name] ?? 0), missing[name] ?? 1);
        return count - gone;
      });
      const shares = mapped(full, (_, name) => {
        const [there, others] = [remaining[name] ?? 0, next[name] ?? 0];
        return there + others === 0 ? 0 : there / (there + others);
      });
      phases.push({ kind: 'shift', active: remaining, shares });
      phases.push({ kind: 'retire', fleet: 'new', counts: difference(left, remaining) });
      left = remaining;
    }
    old = next;
  }
  if (!isNone(ground.shares)) {
    const none = mapped(ground.shares, () => 0);
    phases.push({ kind: 'shift', active: none, shares: none });
  }
  if (!isNone(left)) phases.push({ kind: 'retire', fleet: 'new', counts: left });
  return phases;
}

/** What is there after a phase. */
export function after(ground: Ground, phase: Phase): Ground {
  switch (phase.kind) {
    case 'launch':
      return { ...ground, [phase.fleet]: sum(ground[phase.fleet], phase.counts, 1) };
    case 'retire':
      return { ...ground, [phase.fleet]: sum(ground[phase.fleet], phase.counts, -1) };
    case 'shift':
      return { ...ground, shares: phase.shares };
    case 'bake':
      return ground;
  }
}

/** The status of a variant in a phase, in the words of the service. */
export function statusOf(phase: Phase, variant: string): { Status: string; StatusMessage: string } {
  switch (phase.kind) {
    case 'launch':
      return { Status: 'Creating', StatusMessage: `Launching ${phase.counts[variant] ?? 0} instance(s).` };
    case 'retire':
      return { Status: 'Deleting', StatusMessage: `Terminating ${phase.counts[variant] ?? 0} instance(s).` };
    case 'shift': {
      const capacity = (phase.shares[variant] ?? 1) < 1 ? 'canary' : 'full';
      return {
        Status: 'ActivatingTraffic',
        StatusMessage: `Activating traffic on ${capacity} capacity of ${phase.active[variant] ?? 0} instance(s).`,
      };
    }
    case 'bake':
      return {
        Status: 'Baking',
        StatusMessage: `Baking for ${phase.seconds} seconds (${phase.wait}) with traffic enabled on ${phase.capacity} capacity of ${phase.active[variant] ?? 0} instance(s).`,
      };
  }
}

/**
 * A capacity in instances: a percentage is rounded down and is at least one, the one rule that keeps all bounds which
 * the service documents.
 */
export function sizes(size: CapacitySize | undefined, counts: Counts): Counts {
  return mapped(counts, (count) => {
    if (size?.Value === undefined) return count;
    const instances = size.Type === 'INSTANCE_COUNT' ? size.Value : Math.max(1, Math.floor((count * size.Value) / 100));
    return Math.min(instances, count);
  });
}

/** A bake of no length is none: alarms are not looked at. */
function bake(seconds: number | undefined, wait: string, capacity: 'canary' | 'full', active: Counts): Phase[] {
  return seconds === undefined || seconds === 0 ? [] : [{ kind: 'bake', seconds, wait, capacity, active }];
}

function stepsOf(step: Counts, counts: Counts): number {
  return Math.max(1, ...Object.entries(counts).map(([name, count]) => Math.ceil(count / Math.max(1, step[name] ?? 1))));
}

function sharesOf(active: Counts, wanted: Counts): Counts {
  return mapped(wanted, (count, name) => (count === 0 ? 1 : (active[name] ?? 0) / count));
}

function portion(count: number, part: number, whole: number): number {
  return whole === 0 ? count : Math.min(count, Math.round((count * part) / whole));
}

function mapped(counts: Counts, change: (count: number, name: string) => number): Counts {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, change(count, name)]));
}

function difference(a: Counts, b: Counts): Counts {
  return sum(a, b, -1);
}

function sum(a: Counts, b: Counts, sign: 1 | -1): Counts {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + sign * (b[name] ?? 0)]));
}

function isAll(step: Counts, counts: Counts): boolean {
  return Object.entries(counts).every(([name, count]) => (step[name] ?? 0) >= count);
}

function isNone(counts: Counts): boolean {
  return Object.values(counts).every((count) => count === 0);
}
