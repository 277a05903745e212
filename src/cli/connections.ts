/** The connections of the command line: Local by its data folder or the environment, and AWS profiles. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Connections, environmentConnection, local, profileConnection, type Connection } from '../aws';
import type { Environment } from '../gitflow/lifecycle';
import { findRunning } from '../local/address';
import { launchLocal } from '../local/launch';
import { defaultData, findNode } from './serve-node';

type LocalServer = Awaited<ReturnType<ConstructorParameters<typeof Connections>[0]['launchLocal']>>;

/** Connections that live as long as a command; `data` is the folder of Local. */
export function openConnections(data: string | undefined): Connections {
  return new Connections({
    launchLocal: () => reachLocal(data),
    localEnded: () => undefined,
    region: () => undefined,
    endpointUrl: () => undefined,
    timeouts: () => ({ connect: 15_000, request: 30_000 }),
    marks: () => ({ production: [], readOnly: [] }),
    mfaCode: askMfaCode,
    remembered: () => undefined,
    remember: () => undefined,
    pinned: () => [],
    pin: () => undefined,
    proxies: process.env,
  });
}

/**
 * The connection that an environment names; without one that which was given: `Local`, `environment` or a profile. On a
 * build server there are no profiles: what the environment of the process provides takes the place of one, if the
 * configuration says which account that has to be.
 *
 * @param profiles the names of those that this machine has
 */
export async function connectionOfEnvironment(
  environment: Environment | undefined,
  given: string | undefined,
  profiles: () => Promise<readonly string[]>,
): Promise<Connection> {
  if (environment === undefined) {
    if (given !== undefined) return connectionNamed(given);
    throw new Error(
      'The branch goes to no environment that .mlops/config.json sets up. Set it up there, or give --connection Local or --connection PROFILE.',
    );
  }
  const { connection, name, account } = environment;
  if (connection === 'Local') return local;
  const { profile, region } = connection;
  if ((await profiles()).includes(profile)) return profileConnection(profile, region);
  if (account !== undefined) return environmentConnection(region);
  throw new Error(
    `There is no profile ${profile} on this machine. Set it up, or name the account of ${name} in .mlops/config.json: then other credentials of that account will do.`,
  );
}

/** `Local`, `environment` or the name of a profile. */
export function connectionNamed(name: string, region?: string): Connection {
  if (name.toLowerCase() === 'local') return local;
  return name.toLowerCase() === 'environment' ? environmentConnection(region) : profileConnection(name, region);
}

/**
 * The control plane that already runs, by the variables that `serve --env` prints or by its data folder; else one that
 * is started on the folder for as long as the command runs. Without `isNew` a folder that is not there is an error.
 */
export async function reachLocal(given: string | undefined, isNew = false): Promise<LocalServer> {
  const forEver = { exited: new Promise<never>(() => undefined), stop: () => Promise.resolve() };
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, MLOPS_FLOW_DATA } = process.env;
  const isHere = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/?$/.test(AWS_ENDPOINT_URL ?? '');
  if (given === undefined && isHere && AWS_ENDPOINT_URL && AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return {
      endpoint: AWS_ENDPOINT_URL,
      region: AWS_REGION ?? 'us-east-1',
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...forEver,
    };
  }
  const data = given ?? (MLOPS_FLOW_DATA || defaultData);
  const running = await findRunning(data);
  if (running) return { ...running, ...forEver };
  if (!isNew && !existsSync(data)) {
    throw new Error(`Local has no data in ${data}. Name its folder with --data, or start it: mlops-flow serve.`);
  }
  const serverPath = join(__dirname, 'local-server.js');
  const execPath = findNode(process.versions.node, process.execPath, dirname(__dirname));
  return launchLocal({ dataDir: data, execPath, serverPath });
}

async function askMfaCode(serial: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new Error(`A code of ${serial} is needed. Sign in before, or run this in a terminal.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(`Code of ${serial}: `);
  } finally {
    terminal.close();
  }
}
