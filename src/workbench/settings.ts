import { type ConfigurationScope, type Disposable, workspace } from 'vscode';

/** The settings of the manifest, each with the type of its value. */
export interface Settings {
  'aws.region': string;
  'aws.endpointUrl': string;
  'aws.connectTimeoutSeconds': number;
  'aws.requestTimeoutSeconds': number;
  'aws.production': string[];
  'aws.readOnly': string[];
  'local.python': string;
  'local.speed': number;
  'local.logMegabytesPerJob': number;
  'local.logMegabytes': number;
  'python.path': string;
  'pipelines.refreshSeconds': number;
  'pipelines.definitionGlob': string;
  'pipelines.roleArn': string;
  'pipelines.reproductionTolerance': number;
  'delivery.pipelines': { pipeline: string; profile?: string; region?: string }[];
  'delivery.follow': boolean;
  'delivery.githubEnterprise': string;
  'delivery.jenkins': string[];
  'validation.rules': Record<string, string>;
  'validation.exclude': Record<string, string[]>;
  'validation.codeLens': boolean;
  'completion.fromAccount': boolean;
  'gitflow.staleAfterDays': number;
  'gitflow.fetchBeforeFinish': boolean;
  'gitflow.mergeMessage': string;
  'gitflow.squashMessage': string;
  'gitflow.tagMessage': string;
}

/** The value of a setting, for a resource where its scope is one. */
export function settings<K extends keyof Settings>(key: K, scope?: ConfigurationScope): Settings[K] | undefined {
  return workspace.getConfiguration('mlopsFlow', scope).get<Settings[K]>(key);
}

/**
 * The value of a setting that a workspace must not decide, such as an endpoint: the user's own value
 * or the default, whatever the workspace says.
 */
export function userSetting<K extends keyof Settings>(key: K): Settings[K] | undefined {
  const found = workspace.getConfiguration('mlopsFlow').inspect<Settings[K]>(key);
  return found?.globalValue ?? found?.defaultValue;
}

/** Calls back when one of `keys` changes. */
export function onSettingsChanged(keys: readonly (keyof Settings)[], changed: () => void): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(`mlopsFlow.${key}`))) changed();
  });
}
