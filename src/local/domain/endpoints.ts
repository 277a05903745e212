import type {
  DeploymentConfig,
  DescribeEndpointConfigOutput,
  EndpointStatus,
  InferenceComponentSpecification,
} from '@aws-sdk/client-sagemaker';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { sagemakerArn } from './arns';
import type { ModelSource } from './model-source';

export interface EndpointConfig {
  name: string;
  arn: string;
  createdAt: Date;
  /** The answer of its Describe operation. */
  doc: DescribeEndpointConfigOutput;
}

/** A number for each variant, by its name. */
export type Counts = Readonly<Record<string, number>>;

/** What a variant serves, as it was when its fleet began: configs and models may be deleted under a live endpoint. */
export interface VariantSpec extends ModelSource {
  name: string;
  model: string;
  /** Instances that the variant begins with. */
  count: number;
  weight: number;
  instanceType?: string;
  /** Seconds that a container may take until it is healthy. */
  startup: number;
  /** A copy of the traffic goes to it, and its answers to nobody. */
  shadow?: true;
  serverless?: { memory: number; concurrency: number };
  /** It has no model: inference components share its instances. */
  hasComponents?: true;
}

/** The variants of one endpoint config, started at one time. */
export interface FleetSpec {
  id: string;
  config: string;
  /** The config itself. */
  doc: DescribeEndpointConfigOutput;
  variants: readonly VariantSpec[];
  /** Of an inference component: what it was asked to be. */
  component?: { Specification?: InferenceComponentSpecification; Specifications?: InferenceComponentSpecification[] };
}

/** A part of a change; what it means is told by `serving/plan.ts`. */
export type Phase =
  | { kind: 'launch'; fleet: 'old' | 'new'; counts: Counts }
  | { kind: 'shift'; active: Counts; shares: Counts }
  | { kind: 'bake'; seconds: number; wait: string; capacity: 'canary' | 'full'; active: Counts }
  | { kind: 'retire'; fleet: 'old' | 'new'; counts: Counts };

/** How many instances of both fleets are there, and which share of the traffic goes to the new one (0 to 1). */
export interface Ground {
  old: Counts;
  new: Counts;
  shares: Counts;
}

/** What is being done to an endpoint. It is written down at every step, so that it goes on after a restart. */
export interface Change {
  kind: 'create' | 'update' | 'capacity';
  /** What the endpoint is to become; of a change of capacity, the fleet that is there. */
  to: FleetSpec;
  phases: readonly Phase[];
  /** The phase that is under way, and since when. */
  at: number;
  entered: Date;
  started: Date;
  ground: Ground;
  /** Alarms that are watched while it bakes. */
  alarms: readonly string[];
  /** Seconds after which it is given up. */
  timeout?: number;
  /** Instances a batch of its rollback; of blue/green updates none, since the old fleet is there. */
  rollbackBatch?: Counts;
  /** Set once it goes back. */
  rollback?: { reason: string };
  /** Of a change of capacity: weights and counts that the variants are to have. */
  wanted?: { weights: Counts; counts: Counts };
}

export interface Endpoint {
  name: string;
  arn: string;
  createdAt: Date;
  modifiedAt: Date;
  status: EndpointStatus;
  failureReason?: string;
  /** The config that it serves, or is created with. */
  config: string;
  /** What serves; not there before it has first been in service. */
  fleet?: FleetSpec;
  /** Instances and weights of the variants in service. */
  counts: Counts;
  weights: Counts;
  /** The policy that was given last. */
  lastDeployment?: DeploymentConfig;
  change?: Change;
  /** What a failed rollback has left: instances of the fleet that was to come, and their share. */
  remains?: { fleet: FleetSpec; ground: Ground };
}

export const endpointConfigs = recordsOf<EndpointConfig>(
  'endpoint_configs',
  { columns: 'created REAL NOT NULL' },
  ({ name, createdAt }) => ({ id: name, created: createdAt.getTime() }),
);

export const endpoints = recordsOf<Endpoint>(
  'endpoints',
  { columns: 'status TEXT NOT NULL, created REAL NOT NULL, modified REAL NOT NULL' },
  ({ name, status, createdAt, modifiedAt }) => ({
    id: name,
    status,
    created: createdAt.getTime(),
    modified: modifiedAt.getTime(),
  }),
);

export function endpointArn(name: string): string {
  // The service writes names of endpoints in small letters into ARNs.
  return sagemakerArn('endpoint', name.toLowerCase());
}

export function endpointConfigArn(name: string): string {
  return sagemakerArn('endpoint-config', name.toLowerCase());
}

/** @throws {ServiceError} `ValidationException` */
export function findEndpointConfig(store: Store, name: string): EndpointConfig {
  const found = endpointConfigs(store).get(name);
  if (!found) throw invalid(`Could not find endpoint configuration "${endpointConfigArn(name)}".`);
  return found;
}

/** @throws {ServiceError} `ValidationException` */
export function findEndpoint(store: Store, name: string): Endpoint {
  const found = endpoints(store).get(name);
  if (!found) throw invalid(`Could not find endpoint "${endpointArn(name)}".`);
  return found;
}
