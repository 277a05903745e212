/** The credentials of a connection, read again when they end. Comes in the bundle of sessions. */
import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import {
  createCredentialChain,
  fromContainerMetadata,
  fromEnv,
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromTokenFile,
} from '@aws-sdk/credential-providers';
import { CredentialsProviderError } from '@smithy/core/config';
import { isCancellation, UserError } from '../workbench/errors';
import type { Connection } from './connection';
import type { SageMakerClientConfig } from './sdk';

type Provider = Exclude<NonNullable<SageMakerClientConfig['credentials']>, { accessKeyId: string }>;
type Identity = Awaited<ReturnType<Provider>>;

/** Credentials that end sooner than in so many milliseconds are replaced. */
const margin = 5 * 60_000;

/** What reading credentials needs beside the files. */
export interface CredentialServices {
  /** Asks for the code of a multi-factor device; rejects with a cancellation. */
  mfaCode(serial: string): Promise<string>;
  /** Whether the user has asked for this connection in this window, and so expects a question. */
  mayAsk(connection: Connection): boolean;
  /** How STS is asked: endpoint, region and timeouts. */
  client: Pick<SageMakerClientConfig, 'endpoint' | 'requestHandler'> & { region: string };
  /** Where the profile signs in, if that is not with AWS: the endpoint of IAM Identity Center or of the login. */
  signInEndpoint?: string;
}

/** Reads credentials once for all who ask, until they end or are said to be of no use. */
export class Credentials {
  private known: Identity | undefined;
  private reading: Promise<Identity> | undefined;
  /** Why nobody is asked again before a click. */
  private resting: UserError | undefined;

  constructor(
    private readonly connection: Exclude<Connection, { kind: 'local' }>,
    private readonly services: CredentialServices,
  ) {}

  /** For the clients of the SDK. They keep nothing themselves: a provider that says so is asked each time. */
  readonly provider: Provider = Object.assign(() => this.current(), { memoized: true });

  /** What requests are signed with now. */
  get inUse(): Identity | undefined {
    return this.known;
  }

  /**
   * The service has refused `used`: it is read again from where it came.
   *
   * @returns whether there are others now
   */
  async replaced(used: Identity | undefined): Promise<boolean> {
    if (this.known === used) this.known = undefined;
    const now = await this.current();
    return now.accessKeyId !== used?.accessKeyId || now.sessionToken !== used.sessionToken;
  }

  /** Reads them again with the next call. */
  forget(): void {
    this.known = undefined;
  }

  private async current(): Promise<Identity> {
    if (this.resting) throw this.resting;
    const { known } = this;
    const left = (known?.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now();
    if (known && left > margin) return known;
    try {
      this.reading ??= this.read().finally(() => (this.reading = undefined));
      return (this.known = await this.reading);
    } catch (error) {
      // What has a few minutes left is better than nothing.
      if (known && left > 0) return known;
      throw isOfFile(error)
        ? new CredentialsProviderError(`${error.path} cannot be read (${error.code}).`, { tryNextLink: false })
        : error;
    }
  }

  private read(): Promise<Identity> {
    const { connection, services } = this;
    if (connection.kind === 'environment') {
      return createCredentialChain(fromEnv(), fromTokenFile({ clientConfig: services.client }), ...remoteProviders())();
    }
    const { profile } = connection;
    const { signInEndpoint, client } = services;
    const { region, requestHandler } = client;
    return fromIni({
      profile,
      // The files may have been written since: by a login, by a tool that renews keys.
      ignoreCache: true,
      // IAM Identity Center and the login have a region and an endpoint of their own, which the profile says.
      clientConfig: {
        ...(requestHandler ? { requestHandler } : {}),
        ...(signInEndpoint === undefined ? {} : { endpoint: signInEndpoint }),
      },
      roleAssumer: getDefaultRoleAssumer(client),
      roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(client),
      mfaCodeProvider: (serial) => this.mfaCode(serial),
    })({ callerClientConfig: { profile, region: () => Promise.resolve(region) } });
  }

  /** Asks for a code where that is expected; after a cancellation nobody is asked before the user signs in. */
  private async mfaCode(serial: string): Promise<string> {
    const { connection, services } = this;
    const rest = (reason: string): never => {
      const next = { title: 'Sign In', command: 'mlopsFlow.signIn', arguments: [connection.id] };
      const cause = new CredentialsProviderError(reason, { tryNextLink: false });
      throw (this.resting = new UserError(`${connection.label}: ${reason}`, next, { reason, cause }));
    };
    if (!services.mayAsk(connection)) return rest('Sign in with the code of your multi-factor device.');
    try {
      return await services.mfaCode(serial);
    } catch (error) {
      if (isCancellation(error)) return rest('The multi-factor code was not entered. Sign in to continue.');
      throw error;
    }
  }
}

/** A file that the profile names, such as that of a web identity's token. */
function isOfFile(error: unknown): error is { path: string; code: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error && 'code' in error;
}

/**
 * Where the role of the machine is asked for. The provider of containers ends the chain where there is none, so the
 * variables decide, as they do in the SDK's own chain.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
function remoteProviders(): (() => Promise<Identity>)[] {
  const {
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: full,
    AWS_EC2_METADATA_DISABLED: disabled = 'false',
  } = process.env;
  const asking = { timeout: 1000, maxRetries: 0 };
  if (relative !== undefined || full !== undefined) return [async () => fromHttp()(), fromContainerMetadata(asking)];
  return disabled.toLowerCase() === 'true' ? [] : [fromInstanceMetadata(asking)];
}
