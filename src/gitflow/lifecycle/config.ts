/** What `.mlops/config.json` says: environments, which branches go to which, and the gates of a release. */
import { branchKinds, type BranchRole } from '../model/model';

/**
 * What a branch can be, in the words of the file. `base` is any other branch that stays, `topic` any other that comes and
 * goes, and `tag` a version tag that is checked out.
 */
export const branchRoles = [
  'main',
  'develop',
  'base',
  ...branchKinds,
  'topic',
  'tag',
  'other',
] as const satisfies readonly BranchRole[];

/** Where the file lies, relative to the root of the working tree. */
export const configPath = '.mlops/config.json';

/** The embedded control plane, or an AWS account by a profile of the user's own AWS configuration. */
export type ConnectionChoice = 'Local' | { profile: string; region?: string };

/** A value that a pipeline parameter is given in place of its default. */
export type ParameterValue = string | number | boolean;

/** One environment as written. */
export interface EnvironmentConfig {
  connection: ConnectionChoice;
  /** Name of the pipeline in the account. */
  pipeline?: string;
  /** Path of the definition, relative to the root of the working tree, with forward slashes. */
  definition?: string;
  /** Pipeline parameters by name. */
  parameters: Readonly<Record<string, ParameterValue>>;
  /** The twelve digits of the account that the connection must lead to. */
  account?: string;
}

/** An environment and the name that the file gives it. */
export interface Environment extends EnvironmentConfig {
  name: string;
}

/** The bounds of one metric, both inclusive; at least one of them is set. */
export interface Threshold {
  min?: number;
  max?: number;
}

/** What a parameter of a run may be: one of these values, a number within bounds, or anything. */
export type ParameterRule = { values: readonly ParameterValue[] } | Threshold | { any: true };

/** Which model versions of a run have to be approved: all of them, or those that this names. */
export interface ModelChoice {
  group?: string;
  /** The RegisterModel step that made it. */
  step?: string;
  version?: number;
}

/** What must hold before a release or a hotfix is finished. An absent member asks for nothing. */
export interface GateConfig {
  /** No uncommitted change and no untracked file. */
  cleanTree?: boolean;
  /** Paths of definitions that must have no error. */
  definitions?: readonly string[];
  /** A succeeded run of this pipeline, made of exactly what is released. */
  run?: { pipeline: string };
  /** Parameters that may be other than what definition and environment say. */
  parameters?: ReadonlyMap<string, ParameterRule>;
  /** Every model version made by that run is approved. */
  model?: ModelChoice;
  /** Bounds for metrics of that run. */
  metrics?: ReadonlyMap<string, Threshold>;
}

export interface LifecycleConfig {
  environments: ReadonlyMap<string, EnvironmentConfig>;
  branches: ReadonlyMap<BranchRole, string>;
  /**
   * Files and folders, relative to the root, by the pipeline parameter that holds the S3 URI where the pipeline reads
   * them: they are copied there before a run.
   */
  uploads: ReadonlyMap<string, string>;
  gates: { release: GateConfig; hotfix: GateConfig };
}

/** Where each kind of branch goes unless the file says otherwise. */
export const defaultBranches: ReadonlyMap<BranchRole, string> = new Map([
  ['main', 'production'],
  ['develop', 'staging'],
  ['base', 'dev'],
  ['topic', 'dev'],
  ['tag', 'production'],
  ['feature', 'dev'],
  ['bugfix', 'dev'],
  ['release', 'production'],
  ['hotfix', 'production'],
  ['support', 'production'],
  ['other', 'dev'],
]);

/** What holds without a file: `dev` is the control plane on this machine, and nothing is asked of a release. */
export const defaultConfig: LifecycleConfig = {
  environments: new Map([['dev', { connection: 'Local', parameters: {} }]]),
  branches: defaultBranches,
  uploads: new Map(),
  gates: { release: {}, hotfix: {} },
};

/**
 * The environment of a branch by its role; undefined where the file sets none up under the name that the role maps to,
 * and the caller goes on with the connection that the user has chosen. Where environments have branches of their own, as
 * in GitLab flow, the branch's name is the environment's. A type that the file has no word for is a topic.
 */
export function environmentOf(config: LifecycleConfig, role: BranchRole, branch?: string): Environment | undefined {
  const own = role === 'base' && branch !== undefined && config.environments.has(branch) ? branch : undefined;
  const name = own ?? config.branches.get(role) ?? config.branches.get('topic');
  const environment = name === undefined ? undefined : config.environments.get(name);
  return name === undefined || environment === undefined ? undefined : { name, ...environment };
}

/** True where a gate asks for something that only the run records of the environment can show. */
export function asksForRun(gates: GateConfig): boolean {
  const { run, model, metrics, parameters } = gates;
  return run !== undefined || model !== undefined || (metrics?.size ?? 0) > 0 || (parameters?.size ?? 0) > 0;
}
