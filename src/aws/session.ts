/** What requests go through. It comes in the SDK's bundle. */
import type { Connection, LocalServer } from './connections';
import { explain } from './errors';
import type * as Sdk from './sdk.bundle';

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
  readonly codepipeline: Sdk.CodePipelineClient;
  identity(): Promise<Identity>;
  /** Runs `work` and turns what it throws into a sentence for the user; `doing` ends «Could not …». */
  call<T>(doing: string, work: () => Promise<T>): Promise<T>;
}

/** The part of a client's configuration that all services share. */
type ClientConfiguration = Pick<
  Sdk.SageMakerClientConfig,
  'credentials' | 'endpoint' | 'profile' | 'region' | 'retryMode'
>;

/** A session that owns its clients, and the control plane where it was started for it. */
export class OpenSession implements Session {
  /** Settles when the session is of no use any more. */
  readonly ended: Promise<{ code: number | null; message: string }>;
  private readonly clients = new Map<string, { destroy(): void }>();
  private caller: Promise<Identity> | undefined;

  constructor(
    readonly connection: Connection,
    readonly region: string,
    readonly sdk: typeof Sdk,
    private readonly configuration: ClientConfiguration,
    private readonly server?: LocalServer,
  ) {
    this.ended = server ? server.exited : new Promise(() => undefined);
  }

  get sagemaker(): Sdk.SageMakerClient {
    return this.client('sagemaker', () => new this.sdk.SageMakerClient(this.configuration));
  }

  get logs(): Sdk.CloudWatchLogsClient {
    return this.client('logs', () => new this.sdk.CloudWatchLogsClient(this.configuration));
  }

  get s3(): Sdk.S3Client {
    const forcePathStyle = this.server !== undefined;
    return this.client('s3', () => new this.sdk.S3Client({ ...this.configuration, forcePathStyle }));
  }

  get codepipeline(): Sdk.CodePipelineClient {
    return this.client('codepipeline', () => new this.sdk.CodePipelineClient(this.configuration));
  }

  identity(): Promise<Identity> {
    const ask = async (): Promise<Identity> => {
      const client = new this.sdk.STSClient(this.configuration);
      try {
        const { Account, Arn } = await client.send(new this.sdk.GetCallerIdentityCommand({}));
        return { account: Account ?? '', arn: Arn ?? '' };
      } finally {
        client.destroy();
      }
    };
    this.caller ??= this.call('find out who you are', ask).catch((error: unknown) => {
      this.caller = undefined;
      throw error;
    });
    return this.caller;
  }

  async call<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error, doing, this.connection.label);
    }
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) client.destroy();
    this.clients.clear();
    await this.server?.stop();
  }

  private client<C extends { destroy(): void }>(name: string, make: () => C): C {
    const known = this.clients.get(name) as C | undefined;
    if (known) return known;
    const made = make();
    this.clients.set(name, made);
    return made;
  }
}
