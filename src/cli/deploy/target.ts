/** Where a deployment of the command line goes: an environment of the repository, or a connection by its name. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Connections, Session } from '../../aws';
import { Journal, recordsFolder } from '../../deployment/journal';
import { brokenConfig, configIn, configPath, type DeploymentConfig, type Environment } from '../../gitflow/lifecycle';
import { connectionOfEnvironment, openConnections } from '../connections';
import { UsageError } from '../options';
import { defaultData } from '../serve-node';

export interface Target {
  session: Session;
  journal: Journal;
  connections: Connections;
  deployment: DeploymentConfig;
  /** The root of the repository, where an environment is meant. */
  root?: string;
  environment?: string;
}

interface Choice {
  environment?: string | undefined;
  connection?: string | undefined;
  data?: string | undefined;
}

/**
 * Opens the connection of an environment, or one by its name, for as long as `work` takes.
 *
 * @throws UsageError where the environment is not there
 */
export async function withTarget<T>(choice: Choice, work: (target: Target) => Promise<T>): Promise<T> {
  const connections = openConnections(choice.data);
  try {
    const found = choice.environment === undefined ? undefined : await environmentNamed(choice.environment);
    const connection = await connectionOfEnvironment(found?.environment, choice.connection ?? 'Local', () =>
      connections.profiles(),
    );
    connections.expect(connection);
    const session = await connections.session(connection);
    if (found) await checkAccount(session, found.environment);
    const data = choice.data ?? (process.env['MLOPS_FLOW_DATA'] || defaultData);
    const journal = new Journal(await recordsFolder(session, data));
    return await work({
      session,
      journal,
      connections,
      deployment: found?.environment.deployment ?? {},
      ...(found ? { root: found.root, environment: found.environment.name } : {}),
    });
  } finally {
    await connections.dispose();
  }
}

/** Runs `work`; what fails but wrong usage is said and answered with 1. */
export async function failing(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function environmentNamed(name: string): Promise<{ environment: Environment; root: string }> {
  const root = rootOf(process.cwd());
  const { config, problems } = await configIn(root);
  const problem = brokenConfig(problems, ['environments']);
  if (problem !== undefined) throw new Error(`${problem} Fix it before you deploy.`);
  const environment = config.environments.get(name);
  if (!environment) {
    throw new UsageError(
      `${configPath} has no environment '${name}'. There are: ${[...config.environments.keys()].join(', ')}.`,
    );
  }
  return { environment: { name, ...environment }, root };
}

/** The folder with `.mlops`, here or above. */
function rootOf(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, configPath))) return folder;
    if (folder === dirname(folder)) return resolve(start);
  }
}

async function checkAccount(session: Session, { name, account: wanted }: Environment): Promise<void> {
  if (wanted === undefined) return;
  const { account } = await session.identity();
  if (account === wanted) return;
  throw new Error(
    `The connection of ${name} leads to account ${account}, not ${wanted}. Correct the profile in your AWS configuration, or the account in ${configPath}.`,
  );
}
