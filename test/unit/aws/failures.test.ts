/** Every kind of failure in full: what is said of it, in how few words, what can be done, and whom it concerns. */
import { describe, expect, it, test } from 'vitest';
import { local, profileConnection } from '../../../src/aws';
import { concernsConnection, explain, isDenied, isExpired } from '../../../src/aws/errors';
import { UserError } from '../../../src/workbench/errors';

const staging = { connection: profileConnection('staging'), region: 'eu-west-1' };

interface Raw {
  name?: string;
  message?: string;
  code?: string;
  status?: number;
  /** Of the response, where the SDK could not read it. */
  response?: number;
  throttling?: boolean;
}

function thrown({ name = 'Error', message = '', code, status, response, throttling }: Raw): Error {
  return Object.assign(new Error(message), {
    name,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    ...(response === undefined ? {} : { $response: { statusCode: response } }),
    ...(throttling === undefined ? {} : { $retryable: { throttling } }),
  });
}

function explained(raw: Raw, asked = staging): UserError {
  const error = explain(thrown(raw), 'list the pipelines', asked);
  if (!(error instanceof UserError)) throw new Error('It is not for the user.');
  return error;
}

const lists = 'Could not list the pipelines: ';
const signIn = { title: 'Sign In', command: 'mlopsFlow.signIn', arguments: ['profile:staging'] };
const switchTo = { title: 'Switch Connection', command: 'mlopsFlow.switchConnection' };
const copy = (action: string): object => ({
  title: 'Copy Policy',
  command: 'mlopsFlow.copyPolicy',
  arguments: ['profile:staging', action],
});

const noCredentials = {
  brief: 'No usable credentials',
  next: signIn,
  connection: true,
  reason: (hint: string) => `There are no usable credentials for staging. ${hint}`,
};
const unreachable = {
  reason:
    'staging cannot be reached in eu-west-1. Check the network, the proxy, the endpoint and the region, and try again.',
  brief: 'Not reachable',
  connection: true,
};
const ended = {
  reason: 'The session of staging has ended. Sign in again.',
  brief: 'The session has ended',
  next: signIn,
  connection: true,
};
const expired = {
  reason: 'The credentials of staging have expired. Sign in again.',
  brief: 'Credentials have expired',
  next: signIn,
  connection: true,
  expired: true,
};
const clock = {
  reason: 'The clock of this machine is wrong, so AWS refuses its signatures. Set the time and try again.',
  connection: true,
};
const refused = {
  reason: 'AWS does not know the credentials of staging. Check its keys, and that the account uses eu-west-1.',
  brief: 'Credentials not known to AWS',
  next: signIn,
  connection: true,
  expired: true,
};
const proxy = {
  reason: 'The proxy wants a user name and password. Set them in http.proxy or HTTPS_PROXY.',
  connection: true,
};
const throttled = { reason: 'AWS asks to slow down. Try again in a moment.' };
const stranger = {
  reason: 'What answered is not AWS but a proxy or a sign-in page. Check the network and the endpoint.',
  connection: true,
};
const page = (status: number): Told => ({
  reason: `An error page (${status}) was the answer. A server that is not AWS may not know this call; else check the endpoint.`,
});
const ofAws = (status: number): Told => ({
  reason: `AWS has a problem of its own (${status}). Try again in a moment.`,
});
const silent = (status: string): Told => ({
  reason: `AWS answered with ${status} and no reason. Show the log for more.`,
});
const denied = (action: string, by?: string): Told => ({
  reason:
    by === undefined
      ? `staging lacks the permission ${action}. Ask for it, or use another connection.`
      : `${by} denies ${action} to staging. Ask who manages it, or use another connection.`,
  brief: `Denied: ${action.slice(action.indexOf(':') + 1)}`,
  next: copy(action),
  denied: true,
});
const notAllowed = (text: string): Told => ({
  reason: `staging is not allowed to. ${text}`,
  brief: 'Not allowed',
  next: switchTo,
  denied: true,
});

interface Told {
  reason: string;
  brief?: string;
  next?: object;
  connection?: boolean;
  expired?: boolean;
  denied?: boolean;
}

const missing = 'User: arn:aws:iam::1:user/me is not authorized to perform: s3:GetObject on resource: x';

const table: [Raw, Told][] = [
  // Credentials
  [
    { name: 'CredentialsProviderError', message: 'Could not load' },
    { ...noCredentials, reason: noCredentials.reason('Could not load. Sign in and try again.') },
  ],
  [
    { name: 'CredentialsProviderError', message: 'InvalidGrantException: The grant is bad!\nat somewhere' },
    { ...noCredentials, reason: noCredentials.reason('The grant is bad! Sign in and try again.') },
  ],
  [
    { name: 'TokenProviderError', message: 'Error: No token here' },
    { ...noCredentials, reason: noCredentials.reason('No token here. Sign in and try again.') },
  ],
  [
    { name: 'CredentialsProviderError', message: 'an Error: in the middle' },
    { ...noCredentials, reason: noCredentials.reason('an Error: in the middle. Sign in and try again.') },
  ],
  [
    {
      name: 'CredentialsProviderError',
      message: 'Command failed: tool --password x\nfirst\n  the vault is sealed? \n\n',
    },
    { ...noCredentials, reason: noCredentials.reason('Its credential_process says: the vault is sealed?') },
  ],
  [
    // What a command says is not the SDK's own word for a network that is down.
    { name: 'CredentialsProviderError', message: 'Command failed: tool\nECONNREFUSED' },
    { ...noCredentials, reason: noCredentials.reason('Its credential_process says: ECONNREFUSED.') },
  ],
  [
    { name: 'CredentialsProviderError', message: 'Command failed: tool\n   \n' },
    { ...noCredentials, reason: noCredentials.reason('Its credential_process failed.') },
  ],
  ...[
    'This SSO session has gone',
    'Session token not found or invalid',
    'The session has expired',
    'Please reauthenticate',
    'Please re-authenticate',
    'Could not load token',
    'Could not load a token',
  ].map((message): [Raw, Told] => [{ name: 'CredentialsProviderError', message }, ended]),
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
    'TimeoutError',
  ].map((code): [Raw, Told] => [{ name: 'CredentialsProviderError', message: `Failed: ${code} there` }, unreachable]),
  ...['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'].map((name): [Raw, Told] => [{ name }, expired]),
  ...[
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
  ].map((name): [Raw, Told] => [{ name, message: 'no', status: 403 }, refused]),
  // The clock
  [{ name: 'RequestTimeTooSkewed', message: 'no' }, clock],
  [{ name: 'RequestExpired', message: 'no' }, clock],
  [{ name: 'InvalidSignatureException', message: 'Signature expired: x' }, clock],
  [{ name: 'SignatureDoesNotMatch', message: 'Signature not yet current: x' }, clock],
  // The way there
  [{ message: 'no', status: 407 }, proxy],
  [{ message: 'no', response: 407 }, proxy],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
  ].flatMap((code): [Raw, Told][] => [
    [{ message: 'no', code }, unreachable],
    [{ message: 'no', name: code }, unreachable],
  ]),
  [{ name: 'TimeoutError', message: 'no', code: 'OTHER' }, unreachable],
  [{ name: 'SyntaxError', message: "Unexpected token '<', not JSON" }, stranger],
  [{ message: "Unexpected token '<'", status: 200 }, stranger],
  [{ message: '"x" is not valid JSON', response: 503 }, stranger],
  [{ message: '"x" is not valid JSON', status: 500 }, page(500)],
  [{ message: '"x" is not valid JSON', status: 501 }, page(501)],
  // The service
  [{ name: 'ThrottlingException', message: 'no', status: 400 }, throttled],
  [{ name: 'TooManyThrottledRequests', message: 'no' }, throttled],
  [{ message: 'no', status: 429 }, throttled],
  [{ message: 'no', throttling: true }, throttled],
  [{ message: 'no', throttling: false }, { reason: 'No.' }],
  [
    { message: 'Expected a number\n  Deserialization error: to see it' },
    { reason: "The answer is not as the service's model says: Expected a number. Check the endpoint." },
  ],
  [{ message: 'no', status: 500 }, ofAws(500)],
  [{ message: 'no', status: 599 }, ofAws(599)],
  [{ message: 'no', status: 499 }, { reason: 'No.' }],
  [{ message: 'UnknownError', status: 418 }, silent('418')],
  [{ message: ' Unknown ', response: 418 }, silent('418')],
  [{ message: '' }, silent('an error')],
  [{ message: 'Unknown thing' }, { reason: 'Unknown thing.' }],
  [{ name: 'ValidationException', message: 'It is not there! ' }, { reason: 'It is not there!' }],
  [{ message: 'Is it there?' }, { reason: 'Is it there?' }],
  [{ message: 'staging is odd' }, { reason: 'staging is odd.' }],
  // Permissions
  [{ name: 'AccessDeniedException', message: missing }, denied('s3:GetObject')],
  [{ name: 'AccessDenied', message: 'not authorized to perform s3:GetObject' }, denied('s3:GetObject')],
  [{ message: 'not authorized to perform: app-x:Do', status: 403 }, denied('app-x:Do')],
  [{ name: 'AccessDenied', message: 'No' }, notAllowed('No.')],
  [{ message: 'No', status: 403 }, notAllowed('No.')],
  ...(
    [
      ['with an explicit deny in a service control policy', 'a service control policy of the organization'],
      ['with an explicit deny in a resource control policy', 'a resource control policy of the organization'],
      [
        'because no service control policy allows it',
        'a service control policy of the organization, which does not allow it,',
      ],
      ['because no permissions boundary allows it', 'a permissions boundary'],
      ['with an explicit deny in a VPC endpoint policy', 'the policy of the VPC endpoint'],
      ['because no session policy allows it', 'a session policy'],
      ['with an explicit deny in a resource-based policy', 'the policy of the resource'],
      ['with an explicit deny in an identity-based policy', 'a policy with an explicit deny'],
    ] as const
  ).map(([text, by]): [Raw, Told] => [
    { name: 'AccessDenied', message: `${missing} ${text}` },
    denied('s3:GetObject', `${by.charAt(0).toUpperCase()}${by.slice(1)}`),
  ]),
];

describe('a failure', () => {
  it.each(table)('%j', (raw, told) => {
    const error = explained(raw);
    const { reason, brief, next, connection = false, expired: isOld = false, denied: isShut = false } = told;
    expect(error.reason).toBe(reason);
    expect(error.message.toLowerCase()).toBe(`${lists}${reason}`.toLowerCase());
    expect([error.brief, error.next]).toEqual([brief, next]);
    // Also once it is explained.
    for (const each of [thrown(raw), error]) {
      expect([concernsConnection(each), isExpired(each), isDenied(each)]).toEqual([connection, isOld, isShut]);
    }
  });

  test('goes on in the middle of its sentence, but for the name of a connection', () => {
    expect(explained({ name: 'ExpiredToken' }).message).toBe(
      'Could not list the pipelines: the credentials of staging have expired. Sign in again.',
    );
    const odd = { connection: profileConnection('the lab'), region: 'x' };
    const error = explained({ name: 'AccessDenied', message: missing }, odd);
    expect(error.reason).toBe('the lab lacks the permission s3:GetObject. Ask for it, or use another connection.');
  });

  test('of Local is told with what Local says', () => {
    const here = { connection: local, region: 'x' };
    expect(explained({ message: 'No such thing', status: 500 }, here).message).toBe(
      'Could not list the pipelines: Local answered with 500. No such thing.',
    );
    expect(explained({ message: 'no', status: 429 }, here).message).toContain('AWS asks to slow down.');
  });

  test('that is no error has no silence to be told', () => {
    const nothing: unknown = {};
    expect(explain(nothing, 'x', staging).message).toBe('Could not x: [object Object].');
    expect(explain(null, 'x', staging).message).toBe('Could not x: null.');
    expect([isExpired(null), isDenied(undefined), concernsConnection('ExpiredToken')]).toEqual([false, false, false]);
  });

  test('that was explained with another inside keeps the kind of that', () => {
    const inner = explained({ name: 'AccessDenied', message: missing });
    expect(isDenied(new UserError('Outer.', undefined, { cause: inner }))).toBe(true);
    expect(isDenied(new UserError('Outer.'))).toBe(false);
    expect(explain(inner, 'do more', staging)).toBe(inner);
  });

  test.each(['AbortError', 'Canceled'])('of an end that was asked for (%s) is no failure', (name) => {
    const error = thrown({ name, message: 'x' });
    expect(explain(error, 'x', staging)).toBe(error);
    const odd: unknown = { name };
    expect(explain(odd, 'x', staging)).toBeInstanceOf(UserError);
  });
});
