import { isCancellation, messageOf, type NextAction, UserError } from '../workbench/errors';
import type { Connection } from './connection';

/** What the SDK puts on the errors it throws; every member may be absent. */
interface ServiceError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $retryable?: { throttling?: boolean };
  $response?: { statusCode?: number };
}

const expiredNames = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);
const refusedNames = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId',
]);
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
]);

/** Who denies what, in the words of the services' messages. */
const denials: readonly [RegExp, string][] = [
  [/explicit deny in a service control policy/, 'a service control policy of the organization'],
  [/explicit deny in a resource control policy/, 'a resource control policy of the organization'],
  [/no service control policy allows/, 'a service control policy of the organization, which does not allow it,'],
  [/permissions boundary/, 'a permissions boundary'],
  [/VPC endpoint policy/, 'the policy of the VPC endpoint'],
  [/session policy/, 'a session policy'],
  [/explicit deny in a resource-based policy/, 'the policy of the resource'],
  [/explicit deny in an identity-based policy/, 'a policy with an explicit deny'],
];

/** What is said of a call that failed, and where it went. */
interface Asked {
  readonly connection: Connection;
  readonly region: string;
}

/** What kind of failure it is that the SDK threw. */
type Kind =
  | 'credentials'
  | 'ended'
  | 'expired'
  | 'clock'
  | 'refused'
  | 'proxy'
  | 'denied'
  | 'throttled'
  | 'unreachable'
  | 'stranger'
  | 'page'
  | 'garbled'
  | 'service'
  | 'silent'
  | 'other';

/** The kinds that every call over a connection would meet. */
const ofConnection: ReadonlySet<Kind> = new Set([
  'credentials',
  'ended',
  'expired',
  'clock',
  'refused',
  'proxy',
  'unreachable',
  'stranger',
]);

/** True where the service refuses credentials that others may have replaced by now. */
export function isExpired(error: unknown): boolean {
  const kind = kindOf(error);
  return kind === 'expired' || kind === 'refused';
}

/** True where a permission is missing, also for an error that `explain` has made of it. */
export function isDenied(error: unknown): boolean {
  return kindOf(error) === 'denied';
}

/** True where the connection as a whole is of no use: its credentials, or the way to the service. */
export function concernsConnection(error: unknown): boolean {
  return ofConnection.has(kindOf(error));
}

/**
 * The one exit of SDK errors: a sentence that says what happened and what to do next.
 *
 * @param error what was thrown; errors that are already for the user pass through
 * @param doing what was tried, as the end of «Could not …»: `list the pipelines`
 */
export function explain(error: unknown, doing: string, asked: Asked): Error {
  if (error instanceof UserError || (error instanceof Error && isCancellation(error))) return error;
  const reason = reasonFor(error, asked);
  const brief = briefFor(error);
  return new UserError(`Could not ${doing}: ${reason}`, nextFor(kindOf(error), asked, messageOf(error)), {
    cause: error,
    ...(brief === undefined ? {} : { brief }),
    // The name of a connection stays as it is.
    reason: reason.startsWith(asked.connection.label) ? reason : capital(reason),
  });
}

function kindOf(error: unknown): Kind {
  if (error instanceof UserError) return error.cause === undefined ? 'other' : kindOf(error.cause);
  const found = (error ?? {}) as ServiceError;
  const { name = 'Error', message = '' } = found;
  const status = statusOf(found);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return kindOfCredentials(message);
  if (expiredNames.has(name)) return 'expired';
  if (name === 'RequestTimeTooSkewed' || name === 'RequestExpired') return 'clock';
  if (/Signature (expired|not yet current)/.test(message)) return 'clock';
  if (refusedNames.has(name)) return 'refused';
  if (status === 407) return 'proxy';
  if (found.$retryable?.throttling || status === 429 || name.includes('Throttl')) return 'throttled';
  if (unreachableCodes.has(found.code ?? name) || name === 'TimeoutError') return 'unreachable';
  if (error instanceof SyntaxError || /Unexpected token '<'|is not valid JSON/.test(message)) {
    // Servers that speak AWS's protocols answer so to a call that they have not.
    return status === 500 || status === 501 ? 'page' : 'stranger';
  }
  if (message.includes('Deserialization error')) return 'garbled';
  if (name.startsWith('AccessDenied') || status === 403) return 'denied';
  if (status !== undefined && status >= 500) return 'service';
  return /^(Unknown|UnknownError)?$/.test(message.trim()) && error instanceof Error ? 'silent' : 'other';
}

/** The SDK says in words alone why it found no credentials. */
function kindOfCredentials(message: string): Kind {
  if (message.startsWith('Command failed:')) return 'credentials';
  if ([...unreachableCodes, 'TimeoutError'].some((code) => message.includes(code))) return 'unreachable';
  // Of IAM Identity Center and of `aws login`.
  return /SSO session|Session token not found|session has expired|re-?authenticate|load (a )?token/.test(message)
    ? 'ended'
    : 'credentials';
}

function reasonFor(error: unknown, { connection, region }: Asked): string {
  const message = messageOf(error);
  const who = connection.label;
  const status = statusOf(error ?? {});
  switch (kindOf(error)) {
    case 'credentials':
      return `there are no usable credentials for ${who}. ${credentialsHint(message)}`;
    case 'ended':
      return `the session of ${who} has ended. Sign in again.`;
    case 'expired':
      return `the credentials of ${who} have expired. Sign in again.`;
    case 'clock':
      return 'the clock of this machine is wrong, so AWS refuses its signatures. Set the time and try again.';
    case 'refused':
      return `AWS does not know the credentials of ${who}. Check its keys, and that the account uses ${region}.`;
    case 'proxy':
      return 'the proxy wants a user name and password. Set them in http.proxy or HTTPS_PROXY.';
    case 'denied':
      return denial(message, who);
    case 'throttled':
      return 'AWS asks to slow down. Try again in a moment.';
    case 'unreachable':
      return `${who} cannot be reached in ${region}. Check the network, the proxy, the endpoint and the region, and try again.`;
    case 'stranger':
      return 'what answered is not AWS but a proxy or a sign-in page. Check the network and the endpoint.';
    case 'page':
      return `an error page (${status}) was the answer. A server that is not AWS may not know this call; else check the endpoint.`;
    case 'garbled':
      return `the answer is not as the service's model says: ${sentence(message.split('\n')[0] ?? '')} Check the endpoint.`;
    case 'service':
      if (connection.kind === 'local') return `Local answered with ${status}. ${sentence(message)}`;
      return `AWS has a problem of its own (${status}). Try again in a moment.`;
    case 'silent':
      return `AWS answered with ${status ?? 'an error'} and no reason. Show the log for more.`;
    case 'other':
      return sentence(message);
  }
}

/** The reason in a few words, where its sentence begins with something else, such as the name of the connection. */
function briefFor(error: unknown): string | undefined {
  switch (kindOf(error)) {
    case 'credentials':
      return 'No usable credentials';
    case 'ended':
      return 'The session has ended';
    case 'expired':
      return 'Credentials have expired';
    case 'refused':
      return 'Credentials not known to AWS';
    case 'denied': {
      const action = deniedAction(messageOf(error));
      return action === undefined ? 'Not allowed' : `Denied: ${action.slice(action.indexOf(':') + 1)}`;
    }
    case 'unreachable':
      return 'Not reachable';
    default:
      return undefined;
  }
}

function nextFor(kind: Kind, { connection }: Asked, message: string): NextAction | undefined {
  if (kind === 'credentials' || kind === 'ended' || kind === 'expired' || kind === 'refused') {
    return { title: 'Sign In', command: 'mlopsFlow.signIn', arguments: [connection.id] };
  }
  const action = kind === 'denied' ? deniedAction(message) : undefined;
  if (action !== undefined) {
    return { title: 'Copy Policy', command: 'mlopsFlow.copyPolicy', arguments: [connection.id, action] };
  }
  if (kind === 'denied') return { title: 'Switch Connection', command: 'mlopsFlow.switchConnection' };
  return undefined;
}

function statusOf({ $metadata, $response }: ServiceError): number | undefined {
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** The permission that is missing, as the services' messages name it. */
function deniedAction(message: string): string | undefined {
  return /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1];
}

/** Who lacks which permission, and whether asking for it helps. */
function denial(message: string, who: string): string {
  const action = deniedAction(message);
  const by = denials.find(([pattern]) => pattern.test(message))?.[1];
  if (action && by) return `${by} denies ${action} to ${who}. Ask who manages it, or use another connection.`;
  if (action) return `${who} lacks the permission ${action}. Ask for it, or use another connection.`;
  return `${who} is not allowed to. ${sentence(message)}`;
}

/** What a `credential_process` said on its standard error, or how to sign in. */
function credentialsHint(message: string): string {
  // Node's message is the command, which may hold a secret, and below it the standard error.
  const [first = '', ...said] = message.trim().split('\n');
  if (!first.startsWith('Command failed:'))
    return `${sentence(first.replace(/^\w*(Error|Exception): /, ''))} Sign in and try again.`;
  const last = said.findLast((line) => line.trim() !== '');
  return last === undefined ? 'Its credential_process failed.' : `Its credential_process says: ${sentence(last)}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
