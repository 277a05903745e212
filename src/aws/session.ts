/** What requests go through. It comes in a bundle with the SDK. */
import { readFile } from 'node:fs/promises';
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { untilAborted } from '../workbench/abort';
import { UserError } from '../workbench/errors';
import type { Connection } from './connection';
import type { Credentials } from './credentials';
import { concernsConnection, explain, isExpired } from './errors';
import { Lane } from './lane';
import { actionOf } from './permissions';
import { isMarked, type Marks } from './protection';
import type * as Sdk from './sdk';

/** Whom the requests of a session are signed for. */
export interface Identity {
  account: string;
  arn: string;
}

/**
 * The clients of one connection, identity and region. A session is never re-pointed: a switch makes a
 * new one, so nothing is ever signed with the identity before.
 */
export interface Session {
  readonly connection: Connection;
  readonly region: string;
  /** The SDK's commands and paginators, loaded with the first session. */
  readonly sdk: typeof Sdk;
  readonly sagemaker: Sdk.SageMakerClient;
  readonly logs: Sdk.CloudWatchLogsClient;
  readonly s3: Sdk.S3Client;
  /**
   * The client of a service that has a bundle of its own, made once.
   *
   * @param service its id in AWS's configuration: `sagemaker_runtime`
   */
  client<C extends Sender>(service: string, make: (configuration: ClientConfiguration) => C): C;
  identity(): Promise<Identity>;
  /** Runs `work` and turns what it throws into a sentence for the user; `doing` ends «Could not …». */
  call<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** `call` for what changes something: refused, before anything is sent, over a connection that is read-only. */
  change<T>(doing: string, work: () => Promise<T>): Promise<T>;
  /** Refuses what would change something over a connection that is read-only, before anything is asked or sent. */
  permit(doing: string): Promise<void>;
  /** Whether the user has marked the connection as production. */
  isProduction(): Promise<boolean>;
  /** This session with calls that end when `signal` is aborted, whatever the service does. */
  until(signal: AbortSignal): Session;
}

/** How long a request may take, in milliseconds. */
export interface Timeouts {
  /** Until the connection is made, through a proxy too. */
  connect: number;
  /** Without a byte of an answer. */
  request: number;
}

/** The part of a client's configuration that all services share. */
type ClientConfiguration = Pick<
  Sdk.SageMakerClientConfig,
  'credentials' | 'profile' | 'region' | 'requestHandler' | 'retryMode'
> & { endpoint?: string };

/** How a session was set up. */
export interface SessionSetup {
  connection: Connection;
  region: string;
  sdk: typeof Sdk;
  configuration: ClientConfiguration;
  /** The endpoint of a service in place of AWS's own, by its id: `cloudwatch_logs`. */
  endpoint(service: string): string | undefined;
  /** Absent where they never change. */
  credentials?: Credentials;
  /** The user's marks. */
  marks(): Marks;
  /** Hears that a call was answered, or what is wrong with the connection as a whole. */
  heard?(problem: Error | undefined): void;
  /** Hears of each call: the IAM action behind it. */
  asks?: (action: string) => void;
  /** The control plane that was started for it, and when it has ended. */
  server?: { exited: Promise<{ code: number | null; message: string }>; stop(): Promise<void> };
}

/** A session that owns its clients, and the control plane where it was started for it. */
export class OpenSession implements Session {
  /** Settles when the session is of no use any more. */
  readonly ended: Promise<{ code: number | null; message: string }>;
  private readonly clients = new Map<string, Sender>();
  private caller: Promise<Identity> | undefined;

  constructor(private readonly setup: SessionSetup) {
    this.ended = setup.server ? setup.server.exited : new Promise(() => undefined);
  }

  get connection(): Connection {
    return this.setup.connection;
  }

  get region(): string {
    return this.setup.region;
  }

  get sdk(): typeof Sdk {
    return this.setup.sdk;
  }

  get sagemaker(): Sdk.SageMakerClient {
    return this.client('sagemaker', (configuration) => new this.sdk.SageMakerClient(configuration));
  }

  get logs(): Sdk.CloudWatchLogsClient {
    return this.client('cloudwatch_logs', (configuration) => new this.sdk.CloudWatchLogsClient(configuration));
  }

  get s3(): Sdk.S3Client {
    const forcePathStyle = this.setup.server !== undefined;
    return this.client('s3', (configuration) => new this.sdk.S3Client({ ...configuration, forcePathStyle }));
  }

  /** What the AWS files say of the credentials may be something else now: they are read with the next call. */
  filesChanged(): void {
    this.setup.credentials?.forget();
    this.caller = undefined;
  }

  client<C extends Sender>(service: string, make: (configuration: ClientConfiguration) => C): C {
    const known = this.clients.get(service) as C | undefined;
    if (known) return known;
    const endpoint = this.setup.endpoint(service);
    const made = make({ ...this.setup.configuration, ...(endpoint ? { endpoint } : {}) });
    this.clients.set(service, made);
    if (this.connection.kind !== 'local' && !free.has(service)) {
      const lane = new Lane(atATime);
      const wait = (next: Handler) => (given: unknown) => lane.run(() => next(given));
      made.middlewareStack.add(wait as never, { step: 'initialize', name: 'mlopsFlowLane' });
    }
    const { asks } = this.setup;
    if (asks) {
      const listen: Middleware = (next, { clientName = '', commandName = '' }) => {
        const action = actionOf(clientName, commandName);
        if (action !== undefined) asks(action);
        return next;
      };
      made.middlewareStack.add(listen as never, { step: 'initialize', name: 'mlopsFlowActions' });
    }
    return made;
  }

  identity(): Promise<Identity> {
    const client = this.client('sts', (configuration) => new this.sdk.STSClient(configuration));
    const ask = async (): Promise<Identity> => {
      const { Account, Arn } = await client.send(new this.sdk.GetCallerIdentityCommand({}));
      return { account: Account ?? '', arn: Arn ?? '' };
    };
    this.caller ??= this.call('get the caller identity', ask).catch((error: unknown) => {
      this.caller = undefined;
      throw error;
    });
    return this.caller;
  }

  async call<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.renewing(work);
      this.setup.heard?.(undefined);
      return result;
    } catch (error) {
      const explained = explain(error, doing, this);
      if (concernsConnection(explained)) this.setup.heard?.(explained);
      throw explained;
    }
  }

  async change<T>(doing: string, work: () => Promise<T>): Promise<T> {
    await this.permit(doing);
    return this.call(doing, work);
  }

  async permit(doing: string): Promise<void> {
    if (!(await this.isMarkedAs('readOnly'))) return;
    const reason = `${this.connection.label} is read-only. Change mlopsFlow.aws.readOnly, or use another connection.`;
    throw new UserError(
      `Could not ${doing}: ${reason}`,
      { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['mlopsFlow.aws.readOnly'] },
      { reason },
    );
  }

  isProduction(): Promise<boolean> {
    return this.isMarkedAs('production');
  }

  until(signal: AbortSignal): Session {
    return new BoundSession(this, signal);
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) client.destroy();
    this.clients.clear();
    await this.setup.server?.stop();
  }

  private async isMarkedAs(mark: keyof Marks): Promise<boolean> {
    const patterns = this.setup.marks()[mark];
    if (patterns.length === 0 || this.connection.kind === 'local') return false;
    // The account is asked for where the name does not tell.
    if (isMarked(patterns, this.connection, '')) return true;
    return isMarked(patterns, this.connection, (await this.identity()).account);
  }

  /** Runs `work` once more where the credentials had ended and there are others now. */
  private async renewing<T>(work: () => Promise<T>): Promise<T> {
    const { credentials } = this.setup;
    const before = credentials?.inUse;
    try {
      return await work();
    } catch (error) {
      if (!credentials || !isExpired(error) || !(await credentials.replaced(before ?? credentials.inUse))) throw error;
      this.caller = undefined;
      return work();
    }
  }
}

/** As much of a client as all have. */
interface Sender {
  // The commands of the services have nothing in common that TypeScript could name.
  send(command: never, options?: never): Promise<unknown>;
  destroy(): void;
  middlewareStack: { add(middleware: never, options: { step: 'initialize'; name: string }): void };
}

/** Calls of a service that are under way at a time over one connection. */
const atATime = 2;
/** Services whose calls carry data, not state: nobody polls them. */
const free: ReadonlySet<string> = new Set(['s3', 'sagemaker_runtime', 'sts']);

type Handler = (given: unknown) => Promise<unknown>;

/** What stands around each call of a client: the names are those of the client and the command. */
type Middleware = <Next>(next: Next, context: { clientName?: string; commandName?: string }) => Next;

/** A session whose calls end with a signal. */
class BoundSession implements Session {
  private readonly bound = new Map<Sender, Sender>();

  constructor(
    private readonly session: Session,
    private readonly signal: AbortSignal,
  ) {}

  get connection(): Connection {
    return this.session.connection;
  }

  get region(): string {
    return this.session.region;
  }

  get sdk(): typeof Sdk {
    return this.session.sdk;
  }

  get sagemaker(): Sdk.SageMakerClient {
    return this.bind(this.session.sagemaker);
  }

  get logs(): Sdk.CloudWatchLogsClient {
    return this.bind(this.session.logs);
  }

  get s3(): Sdk.S3Client {
    return this.bind(this.session.s3);
  }

  client<C extends Sender>(service: string, make: (configuration: ClientConfiguration) => C): C {
    return this.bind(this.session.client(service, make));
  }

  identity(): Promise<Identity> {
    return untilAborted(this.signal, this.session.identity());
  }

  /** Ends with the signal also while the SDK waits for something that knows no signal, such as credentials. */
  call<T>(doing: string, work: () => Promise<T>): Promise<T> {
    return untilAborted(this.signal, this.session.call(doing, work));
  }

  change<T>(doing: string, work: () => Promise<T>): Promise<T> {
    return untilAborted(this.signal, this.session.change(doing, work));
  }

  permit(doing: string): Promise<void> {
    return untilAborted(this.signal, this.session.permit(doing));
  }

  isProduction(): Promise<boolean> {
    return untilAborted(this.signal, this.session.isProduction());
  }

  until(signal: AbortSignal): Session {
    return this.session.until(AbortSignal.any([this.signal, signal]));
  }

  /** The client, with the signal among the options of each call. Paginators ask for an instance of its class. */
  private bind<C extends Sender>(client: C): C {
    const known = this.bound.get(client) as C | undefined;
    if (known) return known;
    const { signal } = this;
    const send = (command: never, options?: object): Promise<unknown> =>
      client.send(command, { ...options, abortSignal: signal } as never);
    const bound = Object.create(client, { send: { value: send } }) as C;
    this.bound.set(client, bound);
    return bound;
  }
}

/** Never reached over a proxy. */
const loopback = ['localhost', '127.0.0.1', '[::1]', '::1'];

/**
 * How requests are sent. An answer may take its time where bytes come, such as a big file through a slow proxy; a
 * server that says nothing is given up.
 *
 * @param caBundle a file of certificates that are trusted beside those of this machine
 * @param proxies the variables that may name proxies, where the process does not heed them by itself
 */
export async function requestHandler(
  { connect, request }: Timeouts,
  caBundle?: string,
  proxies?: Readonly<NodeJS.ProcessEnv>,
): Promise<NonNullable<ClientConfiguration['requestHandler']>> {
  const ca = caBundle === undefined ? undefined : [...rootCertificates, await readFile(caBundle, 'utf8')];
  const proxyEnv = proxies && withLoopbackDirect(proxies);
  const agent = { keepAlive: true, maxSockets: 50, ...(proxyEnv ? { proxyEnv } : {}) };
  return {
    connectionTimeout: connect,
    socketTimeout: request,
    ...(ca || proxyEnv ? { httpsAgent: new Agent({ ...agent, ...(ca ? { ca } : {}) }) } : {}),
    ...(proxyEnv ? { httpAgent: new PlainAgent(agent) } : {}),
  };
}

function withLoopbackDirect(proxies: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const { no_proxy: small, NO_PROXY: direct = small ?? '', ...others } = proxies;
  return { ...others, NO_PROXY: [direct, ...loopback].filter((part) => part !== '').join(',') };
}
