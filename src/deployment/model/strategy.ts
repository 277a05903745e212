/** How traffic moves from one fleet to the next, and which ways an endpoint can be updated in. */

/** What answers requests: instances behind the endpoint, none that stay, or a queue before them. */
export type EndpointKind = 'real-time' | 'serverless' | 'asynchronous';

export const strategyKinds = ['all-at-once', 'canary', 'linear', 'rolling'] as const;
export type StrategyKind = (typeof strategyKinds)[number];

/** A part of a fleet. */
export interface Size {
  unit: 'instances' | 'percent';
  value: number;
}

/** How an update moves traffic. A kind reads only the members that it has; all times are seconds. */
export interface Strategy {
  kind: StrategyKind;
  /** The canary, the step of a linear shift, the batch of a rolling update. */
  size: Size;
  /** How long each step but the last is watched before the next one. */
  interval: number;
  /** How long the old fleet stays after all traffic has moved. A rolling update has none. */
  bake: number;
  /** After so long the update is given up and rolled back. */
  timeout: number;
}

/** The service's bounds, in seconds and in percent of the fleet. */
export const bounds = {
  interval: [0, 3600],
  bake: [0, 3600],
  timeout: [600, 28_800],
  canary: [1, 50],
  linear: [10, 50],
  rolling: [5, 50],
  alarms: 10,
} as const satisfies Record<string, number | readonly [number, number]>;

/** What is offered first. */
export const defaultStrategy: Strategy = {
  kind: 'canary',
  size: { unit: 'percent', value: 33 },
  interval: 300,
  bake: 300,
  timeout: 3600,
};

/** What the choice of a strategy depends on. */
export interface Traits {
  kind: EndpointKind;
  /** False for an endpoint that does not exist yet: it has no traffic to shift. */
  isUpdate: boolean;
  instances: number;
  variants: number;
  instanceType?: string;
  hasComponents?: boolean;
  /** The shadow variant goes with the update. */
  dropsShadow?: boolean;
}

/** A strategy, and why it cannot be chosen; without a reason it can. */
export interface Offer {
  kind: StrategyKind;
  refusal?: string;
}

/**
 * Which strategies an update can have.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
 */
export function offersFor(traits: Traits): Offer[] {
  return strategyKinds.map((kind) => {
    const refusal = kind === 'all-at-once' ? undefined : refusalOf(kind, traits);
    return { kind, ...(refusal === undefined ? {} : { refusal }) };
  });
}

/** Why neither a bake nor alarms can be had; undefined where they can. */
export function guardrailsRefusal(traits: Traits): string | undefined {
  if (!traits.isUpdate) return 'A new endpoint has no traffic to shift. The next deployment has.';
  if (traits.kind === 'serverless') return 'A serverless endpoint changes over at once: AWS watches no alarms for it.';
  if (traits.hasComponents)
    return 'The models of this endpoint are inference components, which are updated one by one.';
  if (traits.instanceType?.startsWith('ml.inf1.')) {
    return 'AWS shifts traffic of Inf1 instances all at once, without a bake.';
  }
  if (traits.dropsShadow) {
    return 'AWS asks for the same variants before and after an update that it watches, and a promotion removes the shadow: it changes over at once.';
  }
  return undefined;
}

function refusalOf(kind: StrategyKind, traits: Traits): string | undefined {
  const guardrails = guardrailsRefusal(traits);
  if (guardrails !== undefined) return guardrails;
  if (kind === 'rolling' && traits.variants > 1) return 'A rolling update needs an endpoint with one variant.';
  if (traits.instances < 2) return 'With one instance there is no part of the fleet to begin with.';
  return undefined;
}

/**
 * The instances in a part of a fleet. How AWS rounds percentages is not documented; this is the one rule that keeps its
 * upper bounds (50 % of 3 is 1) and gives its sample (33 % of 3 is 1).
 */
export function instancesIn({ unit, value }: Size, fleet: number): number {
  const exact = unit === 'instances' ? value : (fleet * value) / 100;
  return Math.min(fleet, Math.max(1, Math.floor(exact)));
}

/** What is wrong with a strategy for a fleet, in sentences; none where the service would take it. */
export function problemsOf({ kind, size, interval, bake, timeout }: Strategy, fleet: number): string[] {
  const problems: string[] = [];
  const within = (what: string, value: number, [least, most]: readonly [number, number], unit: string): void => {
    if (!Number.isInteger(value) || value < least || value > most) {
      problems.push(`${what} must be a whole number from ${least} to ${most} ${unit}.`);
    }
  };
  if (kind !== 'all-at-once') {
    const [least, most] = bounds[kind];
    const what = { canary: 'The canary', linear: 'A step', rolling: 'A batch' }[kind];
    if (size.unit === 'percent') within(what, size.value, [least, most], 'percent');
    else if (!Number.isInteger(size.value) || size.value < 1 || size.value > fleet / 2) {
      problems.push(`${what} must be at least 1 instance and at most half of ${fleet}.`);
    }
    within('The time between steps', interval, bounds.interval, 'seconds');
  }
  if (kind !== 'rolling') within('The last bake', bake, bounds.bake, 'seconds');
  within('The longest time', timeout, bounds.timeout, 'seconds');
  return problems;
}

/** The service's form of a strategy with the alarms that roll it back. */
export function deploymentConfig(strategy: Strategy, alarms: readonly string[]): Record<string, unknown> {
  const { kind, interval, bake, timeout } = strategy;
  const size = sizeOf(strategy.size);
  const rollback =
    alarms.length === 0 ? {} : { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } };
  if (kind === 'rolling') {
    return {
      RollingUpdatePolicy: {
        MaximumBatchSize: size,
        WaitIntervalInSeconds: interval,
        MaximumExecutionTimeoutInSeconds: timeout,
        RollbackMaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 100 },
      },
      ...rollback,
    };
  }
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: { 'all-at-once': 'ALL_AT_ONCE', canary: 'CANARY', linear: 'LINEAR' }[kind],
        // The service asks for it also where it means nothing.
        WaitIntervalInSeconds: kind === 'all-at-once' ? 0 : interval,
        ...(kind === 'canary' ? { CanarySize: size } : {}),
        ...(kind === 'linear' ? { LinearStepSize: size } : {}),
      },
      TerminationWaitInSeconds: bake,
      MaximumExecutionTimeoutInSeconds: timeout,
    },
    ...rollback,
  };
}

function sizeOf({ unit, value }: Size): { Type: string; Value: number } {
  return { Type: unit === 'instances' ? 'INSTANCE_COUNT' : 'CAPACITY_PERCENT', Value: value };
}

/** The parts of the service's deployment configuration that are read. */
export interface DeploymentConfigLike {
  BlueGreenUpdatePolicy?:
    | {
        TrafficRoutingConfiguration?:
          | {
              Type?: string | undefined;
              WaitIntervalInSeconds?: number | undefined;
              CanarySize?: CapacityLike | undefined;
              LinearStepSize?: CapacityLike | undefined;
            }
          | undefined;
        TerminationWaitInSeconds?: number | undefined;
        MaximumExecutionTimeoutInSeconds?: number | undefined;
      }
    | undefined;
  RollingUpdatePolicy?:
    | {
        MaximumBatchSize?: CapacityLike | undefined;
        WaitIntervalInSeconds?: number | undefined;
        MaximumExecutionTimeoutInSeconds?: number | undefined;
      }
    | undefined;
  AutoRollbackConfiguration?: { Alarms?: { AlarmName?: string | undefined }[] | undefined } | undefined;
}

interface CapacityLike {
  Type?: string | undefined;
  Value?: number | undefined;
}

/** The strategy that a deployment configuration says; without one, all at once with no bake. */
export function strategyIn(config: DeploymentConfigLike | undefined): Strategy {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  if (rolling) {
    return {
      kind: 'rolling',
      size: sizeIn(rolling.MaximumBatchSize),
      interval: rolling.WaitIntervalInSeconds ?? 0,
      bake: 0,
      timeout: rolling.MaximumExecutionTimeoutInSeconds ?? bounds.timeout[1],
    };
  }
  const routing = blueGreen?.TrafficRoutingConfiguration;
  const kind = routing?.Type === 'CANARY' ? 'canary' : routing?.Type === 'LINEAR' ? 'linear' : 'all-at-once';
  return {
    kind,
    size: sizeIn(kind === 'linear' ? routing?.LinearStepSize : routing?.CanarySize),
    interval: routing?.WaitIntervalInSeconds ?? 0,
    bake: blueGreen?.TerminationWaitInSeconds ?? 0,
    timeout: blueGreen?.MaximumExecutionTimeoutInSeconds ?? bounds.timeout[1],
  };
}

/** The names of the alarms that roll back. */
export function alarmsIn(config: DeploymentConfigLike | undefined): string[] {
  return (config?.AutoRollbackConfiguration?.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []);
}

function sizeIn(size: CapacityLike | undefined): Size {
  return { unit: size?.Type === 'INSTANCE_COUNT' ? 'instances' : 'percent', value: size?.Value ?? 100 };
}
