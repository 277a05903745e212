/** Opens sessions. Comes in the bundle of sessions. */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { UserError } from '../workbench/errors';
import { type Connection, local } from './connection';
import { Credentials, type CredentialServices } from './credentials';
import type { Marks } from './protection';
import { configFile, credentialsFile } from './profile-files';
import { type AwsFiles, profileEndpoint, profileSetting, signInOf, unreadProfiles } from './profiles';
import * as sdk from './sdk';
import { OpenSession, requestHandler, type SessionSetup, type Timeouts } from './session';

/** What opening a session needs of the user's settings. */
export interface OpenServices extends Pick<CredentialServices, 'mfaCode' | 'mayAsk'> {
  /** The user's region and endpoint; never a workspace's endpoint. */
  region(): string | undefined;
  endpointUrl(): string | undefined;
  timeouts(): Timeouts;
  /** The user's own marks; never a workspace's. */
  marks(): Marks;
  /**
   * The variables that may name proxies (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), in a process that does not heed them
   * by itself. VS Code leads the requests of its extensions over the proxy of its settings or of its environment.
   */
  proxies?: Readonly<NodeJS.ProcessEnv>;
}

/** A running control plane: where it listens and the keys that it accepts. */
export interface LocalServer extends NonNullable<SessionSetup['server']> {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

type Hears = Pick<SessionSetup, 'heard' | 'asks'>;

/** Milliseconds for which a file has to rest after a change. */
const settling = 300;

/** The AWS configuration and credentials files as they are now. */
export async function readAwsFiles(): Promise<AwsFiles> {
  return loadSharedConfigFiles({ ignoreCache: true });
}

/** The profiles of the AWS files that the SDK passes over because of their names. */
export async function readUnreadProfiles(): Promise<string[]> {
  const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  return unreadProfiles(await text(configFile()), await text(credentialsFile()));
}

/**
 * Calls back when one of the AWS files has changed: a profile was edited, or a tool has written new credentials.
 * Folders that are not there are not watched.
 */
export function watchAwsFiles(changed: () => void): { dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watchers = [configFile(), credentialsFile()].flatMap((file) => {
    try {
      return [
        watch(dirname(file), { persistent: false }, (_event, name) => {
          if (name !== null && name !== basename(file)) return;
          clearTimeout(timer);
          // A file is written in several strokes.
          timer = setTimeout(changed, settling).unref();
        }).on('error', () => undefined),
      ];
    } catch {
      return [];
    }
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** A session with a control plane of this machine. */
export async function openLocal(server: LocalServer, timeouts: Timeouts, hears: Hears): Promise<OpenSession> {
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  return new OpenSession({
    connection: local,
    region,
    sdk,
    configuration: {
      region,
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: await requestHandler(timeouts),
    },
    endpoint: () => endpoint,
    marks: () => ({ production: [], readOnly: [] }),
    server,
    ...hears,
  });
}

/**
 * A session with AWS.
 *
 * @throws UserError where no region is known
 */
export async function openAws(
  connection: Exclude<Connection, { kind: 'local' }>,
  services: OpenServices,
  hears: Hears,
): Promise<OpenSession> {
  const files = await readAwsFiles();
  const profile = connection.kind === 'profile' ? connection.profile : undefined;
  const setting = (key: string): string | undefined =>
    profile === undefined ? undefined : profileSetting(files, profile, key);
  const region = regionOf(connection, setting('region'), services.region());
  const caBundle = setting('ca_bundle') ?? process.env['AWS_CA_BUNDLE'];
  const handler = await requestHandler(services.timeouts(), caBundle, services.proxies).catch((error: unknown) => {
    const reason = `The certificates in ${caBundle} cannot be read. Correct ca_bundle in the AWS configuration.`;
    throw new UserError(reason, undefined, { cause: error });
  });
  const endpoint = (service: string): string | undefined =>
    services.endpointUrl() ?? (profile === undefined ? undefined : profileEndpoint(files, profile, service));
  const sts = endpoint('sts');
  const signIn = profile !== undefined && signInOf(files, profile) === 'login' ? 'signin' : 'sso';
  const signInEndpoint = profile === undefined ? undefined : profileEndpoint(files, profile, signIn);
  const credentials = new Credentials(connection, {
    mfaCode: (serial) => services.mfaCode(serial),
    mayAsk: (asking) => services.mayAsk(asking),
    client: { region, requestHandler: handler, ...(sts ? { endpoint: sts } : {}) },
    ...(signInEndpoint === undefined ? {} : { signInEndpoint }),
  });
  return new OpenSession({
    connection,
    region,
    sdk,
    configuration: {
      region,
      credentials: credentials.provider,
      requestHandler: handler,
      retryMode: 'adaptive',
      ...(profile === undefined ? {} : { profile }),
    },
    endpoint,
    marks: () => services.marks(),
    credentials,
    ...hears,
  });
}

/** The connection's own region, that of its profile, the setting, and last what the environment says. */
function regionOf(connection: Connection, ofProfile: string | undefined, setting: string | undefined): string {
  const own = connection.kind === 'local' ? undefined : connection.region;
  const ofEnvironment = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  const first = connection.kind === 'environment' ? ofEnvironment : ofProfile;
  const region = own ?? first ?? setting ?? ofEnvironment;
  if (region) return region;
  const what = connection.kind === 'environment' ? 'The environment' : `The profile ${connection.label}`;
  const reason = `${what} names no region. Set one in the AWS configuration or in the settings.`;
  throw new UserError(reason, {
    title: 'Open Settings',
    command: 'workbench.action.openSettings',
    arguments: ['mlopsFlow.aws.region'],
  });
}
