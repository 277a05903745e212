/** An endpoint as the service describes it, in the words that the rest of the room uses. Times are milliseconds since the epoch. */
import type { DeploymentConfigLike } from './strategy';

/** What a fleet is doing, in the service's words. */
export interface FleetStatus {
  status: string;
  message?: string;
  started?: number;
}

/** One variant of a fleet. */
export interface Fleet {
  variant: string;
  current?: number;
  desired?: number;
  weight?: number;
  desiredWeight?: number;
  instanceType?: string;
  isServerless: boolean;
  images: string[];
  status?: FleetStatus;
}

export interface EndpointState {
  name: string;
  arn: string;
  status: string;
  /** The config that serves. */
  config: string;
  created?: number;
  changed?: number;
  reason?: string;
  fleets: Fleet[];
  /** The variants that get copies of requests. */
  shadows: Fleet[];
  /** The update under way. */
  pending?: { config: string; started?: number; fleets: Fleet[] };
  /** The last policy that was given. */
  policy?: DeploymentConfigLike;
}

/** The capacity that traffic is on, in the words of a fleet's status: `canary capacity of 1 instance(s)`. */
export interface Capacity {
  isFull: boolean;
  instances: number;
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantStatus.html */
export function capacityIn(message: string | undefined): Capacity | undefined {
  const [, which, instances] = /\b(canary|full|step)?\s*capacity of (\d+)/i.exec(message ?? '') ?? [];
  if (instances === undefined) return undefined;
  return { isFull: which?.toLowerCase() === 'full', instances: Number(instances) };
}

/** When a bake ends: its beginning and the seconds that its message says. `speed` is how much faster they pass. */
export function bakeEnd({ status, message, started }: FleetStatus, speed = 1): number | undefined {
  const [, seconds] = /Baking for (\d+) seconds/i.exec(message ?? '') ?? [];
  if (status !== 'Baking' || seconds === undefined || started === undefined) return undefined;
  return started + (1000 * Number(seconds)) / speed;
}

/** The label of a model version: `v7`, of the ARN of a model package; the name of a model that has none. */
export function versionLabel(arn: string | undefined, model: string): string {
  const [, version] = /:model-package\/[^/]+\/(\d+)$/.exec(arn ?? '') ?? [];
  return version === undefined ? model : `v${version}`;
}
