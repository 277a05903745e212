import { isCancellation, isUserError, type NextAction, UserError } from '../workbench/errors';

/** What the SDK puts on the errors it throws; every member may be absent. */
interface ServiceError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $retryable?: { throttling?: boolean };
}

const SWITCH: NextAction = { title: 'Switch Connection', command: 'mlopsFlow.switchConnection' };

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const UNKNOWN_IDENTITY = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId',
]);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE']);

/** True where the service asks to slow down. */
export function isThrottling(error: unknown): boolean {
  const { name, $retryable, $metadata } = (error ?? {}) as ServiceError;
  return $retryable?.throttling === true || $metadata?.httpStatusCode === 429 || (name?.includes('Throttl') ?? false);
}

/**
 * The one exit of SDK errors: a sentence that says what happened and what to do next.
 *
 * @param error what was thrown; errors that are already for the user pass through
 * @param doing what was tried, as the end of «Could not …»: `list the pipelines`
 * @param who the connection's label
 */
export function explain(error: unknown, doing: string, who: string): Error {
  if (isUserError(error) || (error instanceof Error && isCancellation(error))) return error;
  const found = (error ?? {}) as ServiceError;
  const { name = 'Error', message = String(error) } = found;
  const fail = (reason: string, next?: NextAction): UserError =>
    new UserError(`Could not ${doing}: ${reason}`, next, { cause: error });

  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return fail(`there are no usable credentials for ${who}. Sign in (for SSO: aws sso login) and try again.`, SWITCH);
  }
  if (EXPIRED.has(name)) return fail(`the credentials of ${who} have expired. Sign in again.`, SWITCH);
  if (UNKNOWN_IDENTITY.has(name)) return fail(`AWS does not know the credentials of ${who}. Check its keys.`, SWITCH);
  if (name.startsWith('AccessDenied') || found.$metadata?.httpStatusCode === 403) {
    const action = /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1];
    return fail(
      action
        ? `${who} lacks the permission ${action}. Ask for it, or use another connection.`
        : `${who} is not allowed to. ${sentence(message)}`,
      SWITCH,
    );
  }
  if (isThrottling(error)) return fail('AWS asks to slow down. Try again in a moment.');
  if (UNREACHABLE.has(found.code ?? name) || name === 'TimeoutError') {
    return fail(`${who} cannot be reached. Check the network and the endpoint, and try again.`);
  }
  return fail(sentence(message));
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
