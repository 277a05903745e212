import { untilAborted } from '../workbench/abort';
import { type Connection, connectionOf, local } from './connection';
import type { LocalServer, OpenServices } from './open';
import type { SignIn } from './profiles';
import type { Marks } from './protection';
import type { OpenSession, Session } from './session';

export type { LocalServer } from './open';

/** What the connections need of the extension. */
export interface ConnectionServices extends Omit<OpenServices, 'mayAsk'> {
  /** Starts the control plane, or says in a sentence why it cannot. */
  launchLocal(): Promise<LocalServer>;
  /** Hears that a control plane ended that nobody had stopped, and what it said at its end. */
  localEnded(message: string): void;
  /** The remembered choice, and its keeper. */
  remembered(): string | undefined;
  remember(id: string): void;
  /** The ids of the pinned connections, and their keeper. */
  pinned(): readonly string[];
  pin(ids: readonly string[]): void;
}

/** How a connection is: its calls are answered, or what is wrong with it as a whole. */
export interface Health {
  connection: Connection;
  problem?: Error;
}

const load = () => import('./sdk.bundle');

/** The connections, the active one, and their sessions. */
export class Connections {
  private current: Connection;
  private pins: readonly Connection[];
  /** Watches the AWS files, from the first connection that is made of them. */
  private watching: { dispose(): void } | undefined;
  /** Connections whose last call said that something is wrong with them as a whole. */
  private readonly failing = new Set<string>();
  /** The IAM actions that were asked for in this window, by connection. */
  private readonly actions = new Map<string, Set<string>>();
  private readonly open = new Map<string, Promise<OpenSession>>();
  /** Connections that the user has asked for in this window: they may ask for a code. */
  private readonly asked = new Set<string>();
  private readonly changes = new Set<() => void>();
  private readonly healths = new Set<(health: Health) => void>();

  constructor(private readonly services: ConnectionServices) {
    const remembered = services.remembered();
    this.current = remembered === undefined ? local : connectionOf(remembered);
    this.pins = services.pinned().map(connectionOf);
  }

  /** The connection that trees show, and that commands use that were given no row. */
  get active(): Connection {
    return this.current;
  }

  /** The connections that trees show side by side: the pinned ones, and the active one where it is not pinned. */
  get shown(): readonly Connection[] {
    return this.isPinned(this.current) ? this.pins : [this.current, ...this.pins];
  }

  /** The user's marks of connections. */
  marks(): Marks {
    return this.services.marks();
  }

  /** The IAM actions that were asked for over a connection in this window. */
  actionsUsed({ id }: Connection): readonly string[] {
    return [...(this.actions.get(id) ?? [])].sort();
  }

  isPinned({ id }: Connection): boolean {
    return this.pins.some((pin) => pin.id === id);
  }

  /** Shows a connection side by side with the others from now on, or no longer. */
  togglePin(connection: Connection): void {
    const { id } = connection;
    const isPinned = this.isPinned(connection);
    this.pins = isPinned ? this.pins.filter((pin) => pin.id !== id) : [...this.pins, connection];
    if (!isPinned) this.expect(connection);
    this.services.pin(this.pins.map((pin) => pin.id));
    this.changed();
  }

  /** Calls back after a switch, a pin, and when sessions have to be made anew. */
  onDidChange(listener: () => void): { dispose(): void } {
    return subscribe(this.changes, listener);
  }

  /** Calls back after each call: whether the connection answers. */
  onDidHear(listener: (health: Health) => void): { dispose(): void } {
    return subscribe(this.healths, listener);
  }

  /** The user has asked for this connection: it may ask for a code. */
  expect(connection: Connection): void {
    this.asked.add(connection.id);
  }

  /** Makes `connection` the active one and remembers it for this workspace. */
  switchTo(connection: Connection): void {
    this.current = connection;
    this.expect(connection);
    this.services.remember(connection.id);
    this.changed();
  }

  /** Ends all sessions, so that the next use reads settings and credentials again. */
  renew(): void {
    void this.close([...this.open.keys()]);
    this.changed();
  }

  /** The user wants to sign in: the connection begins anew, and may ask for a code. */
  signIn(connection: Connection): void {
    this.expect(connection);
    void this.close([connection.id]);
    this.changed();
  }

  /** The profiles of the AWS configuration and credentials files, by name. */
  async profiles(): Promise<string[]> {
    const { profileNames, readAwsFiles } = await load();
    return profileNames(await readAwsFiles());
  }

  /** The profiles that stand in the AWS files and cannot be used, because of their names. */
  async unreadProfiles(): Promise<string[]> {
    const known = await this.profiles();
    return (await (await load()).readUnreadProfiles()).filter((name) => !known.includes(name));
  }

  /** What a person does to sign in with a connection. */
  async signInOf(connection: Connection): Promise<SignIn> {
    if (connection.kind !== 'profile') return 'none';
    const { readAwsFiles, signInOf } = await load();
    return signInOf(await readAwsFiles(), connection.profile);
  }

  /**
   * The session of a connection, shared by all who ask. Local is started when it is not running.
   *
   * @param signal ends the waiting, and every call over the session that is returned
   */
  async session(connection: Connection, signal?: AbortSignal): Promise<Session> {
    const opening = this.opened(connection);
    return signal ? (await untilAborted(signal, opening)).until(signal) : opening;
  }

  /** The session of a connection that is open already: nothing is started, and nobody is asked to sign in. */
  sessionIfOpen({ id }: Connection): Promise<Session> | undefined {
    return this.open.get(id);
  }

  /** Ends the sessions and the control plane that they started. */
  async dispose(): Promise<void> {
    this.changes.clear();
    this.healths.clear();
    this.watching?.dispose();
    await this.close([...this.open.keys()]);
  }

  private opened(connection: Connection): Promise<OpenSession> {
    const known = this.open.get(connection.id);
    if (known) return known;
    const opening = this.connect(connection);
    this.open.set(connection.id, opening);
    const forget = (): boolean => this.open.get(connection.id) === opening && this.open.delete(connection.id);
    opening.catch(() => this.failing.add(connection.id));
    opening.then(
      (session) =>
        void session.ended.then(({ code, message }) => forget() && this.services.localEnded(message || `code ${code}`)),
      forget,
    );
    return opening;
  }

  private async connect(connection: Connection): Promise<OpenSession> {
    const { openAws, openLocal, watchAwsFiles } = await load();
    const heard = (problem: Error | undefined): void => {
      if (problem) this.failing.add(connection.id);
      else this.failing.delete(connection.id);
      for (const listener of this.healths) listener({ connection, ...(problem ? { problem } : {}) });
    };
    const used = this.actions.get(connection.id) ?? new Set();
    this.actions.set(connection.id, used);
    const hears = { heard, asks: (action: string): void => void used.add(action) };
    if (connection.kind === 'local') {
      return openLocal(await this.services.launchLocal(), this.services.timeouts(), hears);
    }
    if (connection.kind === 'profile') this.watching ??= watchAwsFiles(() => this.filesChanged());
    const { services } = this;
    return openAws(
      connection,
      {
        region: () => services.region(),
        endpointUrl: () => services.endpointUrl(),
        timeouts: () => services.timeouts(),
        marks: () => services.marks(),
        mfaCode: (serial) => services.mfaCode(serial),
        mayAsk: ({ id }) => this.asked.has(id),
        ...(services.proxies ? { proxies: services.proxies } : {}),
      },
      hears,
    );
  }

  /** The AWS files have changed. What goes on goes on; what did not work is tried anew with what they say now. */
  private filesChanged(): void {
    const failed = [...this.failing];
    for (const [id, opening] of this.open) {
      if (!failed.includes(id)) void opening.then((session) => session.filesChanged()).catch(() => undefined);
    }
    if (failed.length === 0) return;
    this.failing.clear();
    void this.close(failed);
    this.changed();
  }

  private async close(ids: readonly string[]): Promise<void> {
    const sessions = ids.flatMap((id) => this.open.get(id) ?? []);
    for (const id of ids) this.open.delete(id);
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
    for (const listener of this.changes) listener();
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): { dispose(): void } {
  listeners.add(listener);
  return { dispose: () => void listeners.delete(listener) };
}
