/** Where a deployment of the command line goes: an environment of the repository, or a connection by its name. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Connections, Session } from '../../aws';
import { Journal, recordsFolder } from '../../deployment/journal';
import { newestApproved } from '../../deployment/service';
import { brokenConfig, configIn, configPath, type DeploymentConfig, type Environment } from '../../gitflow/lifecycle';
import { connectionOfEnvironment, openConnections } from '../connections';
import { UsageError } from '../options';
import { defaultData } from '../serve-node';

/** The role of Local's own account. */
export const localRole = 'arn:aws:iam::000000000000:role/execution';

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

/** The ARN of `GROUP`, whose newest approved version is meant, of `GROUP:VERSION`, or of itself. */
export async function arnOf(session: Session, model: string): Promise<string> {
  if (model.startsWith('arn:')) return model;
  const [, group = model, version] = /^(.+):(\d+)$/.exec(model) ?? [];
  if (version !== undefined) {
    const { account } = await session.identity();
    return `arn:aws:sagemaker:${session.region}:${account}:model-package/${group.toLowerCase()}/${version}`;
  }
  const newest = await newestApproved(session, group);
  if (newest === undefined) {
    throw new Error(`${group} has no approved version. Approve one, or name a version: ${group}:VERSION.`);
  }
  return newest;
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
