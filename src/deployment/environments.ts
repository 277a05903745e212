/** The environments of the workspace, as `.mlops/config.json` sets them up, with how models are deployed to each. */
import { workspace } from 'vscode';
import { type Connection, local, profileConnection } from '../aws';
import type { DeploymentConfig, EnvironmentConfig } from '../gitflow/lifecycle';

export interface DeployEnvironment {
  name: string;
  connection: Connection;
  account?: string;
  deployment: DeploymentConfig;
  /** The root of the folder whose configuration it is. */
  root: string;
  /** What in the file is not valid: nothing is deployed by it then. */
  problem?: string;
}

/** The environments of all folders; of two of one name, that of the first folder. */
export async function readEnvironments(): Promise<DeployEnvironment[]> {
  const { brokenConfig, configIn } = await import('../gitflow/vscode/gitflow.bundle');
  const found = new Map<string, DeployEnvironment>();
  for (const folder of workspace.workspaceFolders ?? []) {
    if (folder.uri.scheme !== 'file') continue;
    const root = folder.uri.fsPath;
    const { config, problems } = await configIn(root);
    const problem = brokenConfig(problems, ['environments']);
    for (const [name, environment] of config.environments) {
      if (found.has(name)) continue;
      found.set(name, {
        name,
        root,
        connection: connectionOf(environment),
        ...(environment.account === undefined ? {} : { account: environment.account }),
        deployment: environment.deployment ?? {},
        ...(problem === undefined ? {} : { problem: `${problem} Fix it before you deploy.` }),
      });
    }
  }
  return [...found.values()];
}

function connectionOf({ connection }: EnvironmentConfig): Connection {
  return connection === 'Local' ? local : profileConnection(connection.profile, connection.region);
}
