/** What `.mlops/config.json` comes to: its environments, which branches go to which, and the gates of a release. */
import type { BranchRole } from '../model/model';
import { branchRoles, type ConfigFile, type EnvironmentConfig, type GateConfig, type StubConfig } from './config-file';

/** An environment and the name that the file gives it. */
export interface Environment extends EnvironmentConfig {
  name: string;
}

export interface LifecycleConfig {
  environments: ReadonlyMap<string, EnvironmentConfig>;
  branches: ReadonlyMap<BranchRole, string>;
  /**
   * Files and folders, relative to the root, by the pipeline parameter that holds the S3 URI where the pipeline reads
   * them: they are copied there before a run.
   */
  uploads: ReadonlyMap<string, string>;
  /** Files and folders, relative to the root, by the S3 URI that they stand for on this machine. */
  fixtures: ReadonlyMap<string, string>;
  /** How steps end that are not run on this machine, by their name or type. */
  stubs: ReadonlyMap<string, StubConfig>;
  /** With what functions that make pipelines are called, by the path of their script and their own names. */
  arguments: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The tracking server of MLflow that jobs log to. */
  mlflow?: NonNullable<ConfigFile['mlflow']>;
  gates: { release: GateConfig; hotfix: GateConfig };
}

/** Where each kind of branch goes unless the file says otherwise. */
const defaultBranches = Object.entries(branchRoles).map(([role, [environment]]): [BranchRole, string] => [
  role,
  environment,
]);

/** The file with what holds where it says nothing: `dev` is the control plane on this machine. */
export function withDefaults({ environments = new Map(), branches = {}, gates, ...rest }: ConfigFile): LifecycleConfig {
  return {
    environments: new Map<string, EnvironmentConfig>([
      ['dev', { connection: 'Local', parameters: {} }],
      ...environments,
    ]),
    branches: new Map([...defaultBranches, ...Object.entries(branches)]),
    uploads: rest.uploads ?? new Map(),
    fixtures: rest.fixtures ?? new Map(),
    stubs: rest.stubs ?? new Map(),
    arguments: rest.arguments ?? new Map(),
    ...(rest.mlflow ? { mlflow: rest.mlflow } : {}),
    gates: { release: {}, hotfix: {}, ...gates },
  };
}

/** What holds without a file: nothing is asked of a release. */
export const defaultConfig = withDefaults({});

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
