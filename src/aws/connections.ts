import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../workbench/errors';
import type * as Sdk from './sdk.bundle';
import type { OpenSession, Session } from './session';

/** Where requests go and as whom: the embedded control plane, or a profile of the AWS configuration. */
export type Connection =
  | { kind: 'local'; id: 'local'; label: 'Local' }
  | { kind: 'profile'; id: `profile:${string}`; label: string; profile: string; region?: string };

/** Milliseconds; as long as other views need to send their first rows. */
const beforeSdk = 25;

export const LOCAL: Connection = { kind: 'local', id: 'local', label: 'Local' };

/** The connection to a profile by its name, in a region other than the profile's own where one is given. */
export function profileConnection(profile: string, region?: string): Connection {
  if (region === undefined) return { kind: 'profile', id: `profile:${profile}`, label: profile, profile };
  return { kind: 'profile', id: `profile:${profile}@${region}`, label: `${profile} (${region})`, profile, region };
}

/** A running control plane: where it listens and the keys that it accepts. */
export interface LocalServer {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Settles when the process has ended, with what it said at its end. */
  exited: Promise<{ code: number | null; message: string }>;
  stop(): Promise<void>;
}

/** What the connections need of their surroundings. */
export interface ConnectionHost {
  /** Starts the control plane, or says in a sentence why it cannot. */
  launchLocal(): Promise<LocalServer>;
  /** Hears that a control plane ended that nobody had stopped, and what it said at its end. */
  localEnded(message: string): void;
  /** The user's region and endpoint; never a workspace's endpoint. */
  region(): string | undefined;
  endpointUrl(): string | undefined;
  /** Asks for the code of a multi-factor device; rejects with a cancellation. */
  mfaCode(serial: string): Promise<string>;
  /** The remembered choice, and its keeper. */
  remembered(): string | undefined;
  remember(id: string): void;
}

/** The connection with an id that `Connection.id` once was. */
export function connectionOf(id: string): Connection {
  const [, profile, region] = /^profile:(.+?)(?:@([a-z]{2}(?:-[a-z]+)+-\d+))?$/.exec(id) ?? [];
  return profile === undefined ? LOCAL : profileConnection(profile, region);
}

/** The connections, the active one, and their sessions. */
export class Connections {
  private current: Connection;
  private readonly open = new Map<string, Promise<OpenSession>>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly host: ConnectionHost) {
    this.current = connectionOf(host.remembered() ?? LOCAL.id);
  }

  /** The connection that commands and trees use now. */
  get active(): Connection {
    return this.current;
  }

  /** Calls back after a switch, and when sessions have to be made anew. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Makes `connection` the active one and remembers it for this workspace. */
  switchTo(connection: Connection): void {
    this.current = connection;
    this.host.remember(connection.id);
    this.changed();
  }

  /** Ends all sessions, so that the next use reads settings and credentials again. */
  renew(): void {
    void this.close();
    this.changed();
  }

  /** The profiles of the AWS configuration and credentials files, by name. */
  async profiles(): Promise<string[]> {
    const { loadSharedConfigFiles } = await import('./sdk.bundle');
    const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
    return [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])].sort();
  }

  /**
   * The session of a connection, the active one unless another is given, shared by all who ask. Local is started
   * when it is not running.
   */
  async session(connection: Connection = this.current): Promise<Session> {
    const known = this.open.get(connection.id);
    if (known) return known;
    const opening = this.connect(connection);
    this.open.set(connection.id, opening);
    const forget = (): boolean => this.open.get(connection.id) === opening && this.open.delete(connection.id);
    opening.then(
      (session) =>
        void session.ended.then(({ code, message }) => forget() && this.host.localEnded(message || `code ${code}`)),
      forget,
    );
    return opening;
  }

  /** Ends the sessions and the control plane that they started. */
  async dispose(): Promise<void> {
    this.listeners.clear();
    await this.close();
  }

  private async close(): Promise<void> {
    const sessions = [...this.open.values()];
    this.open.clear();
    await Promise.all(
      sessions.map((opening) =>
        opening.then(
          (session) => session.close(),
          () => undefined,
        ),
      ),
    );
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private async connect(connection: Connection): Promise<OpenSession> {
    // Reading the SDK holds the whole extension host up: views that need no session show their rows before it.
    await sleep(beforeSdk);
    const sdk = await import('./sdk.bundle');
    if (connection.kind === 'local') {
      const server = await this.host.launchLocal();
      const { endpoint, region, accessKeyId, secretAccessKey } = server;
      const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
      return new sdk.OpenSession(connection, region, sdk, configuration, server);
    }
    const region = connection.region ?? this.host.region() ?? (await regionOf(sdk, connection.profile));
    if (!region) {
      throw new UserError(
        `The profile ${connection.profile} names no region. Set one in the AWS configuration or in the settings.`,
        { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['mlopsFlow.aws.region'] },
      );
    }
    const credentials = sdk.fromNodeProviderChain({
      profile: connection.profile,
      mfaCodeProvider: (serial) => this.host.mfaCode(serial),
    });
    const endpoint = this.host.endpointUrl();
    const configuration = {
      region,
      profile: connection.profile,
      credentials,
      retryMode: 'adaptive',
      ...(endpoint ? { endpoint } : {}),
    };
    return new sdk.OpenSession(connection, region, sdk, configuration);
  }
}

async function regionOf(sdk: typeof Sdk, profile: string): Promise<string | undefined> {
  const { configFile, credentialsFile } = await sdk.loadSharedConfigFiles();
  return configFile[profile]?.['region'] ?? credentialsFile[profile]?.['region'];
}
