import { describe, expect, it, vi } from 'vitest';
import { profileConnection } from '../../../src/aws';
import { concernsConnection, explain, isDenied, isExpired } from '../../../src/aws/errors';
import { reasonOf, UserError } from '../../../src/workbench/errors';
import { problemRow } from '../../../src/workbench/tree';

vi.mock('vscode', () => import('../../fixtures/vscode'));

function thrown(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name }, more);
}

const explained = (error: unknown): Error =>
  explain(error, 'list the pipelines', { connection: profileConnection('staging'), region: 'eu-west-1' });

describe('explain', () => {
  it.each([
    [thrown('CredentialsProviderError', 'Could not load'), /no usable credentials for staging.*sign in/i],
    [thrown('ExpiredTokenException', 'expired'), /credentials of staging have expired/],
    [thrown('UnrecognizedClientException', 'bad token'), /does not know the credentials of staging/],
    [
      thrown(
        'AccessDeniedException',
        'User: arn:aws:iam::1:user/x is not authorized to perform: sagemaker:ListPipelines on resource: *',
      ),
      /lacks the permission sagemaker:ListPipelines/,
    ],
    [
      thrown('Forbidden', 'Forbidden', { $metadata: { httpStatusCode: 403 } }),
      /staging is not allowed to\. Forbidden\./,
    ],
    [thrown('ThrottlingException', 'Rate exceeded'), /slow down/],
    [
      thrown(
        'TypeError',
        'Expected real number, got implicit NaN\n  Deserialization error: to see the raw response, inspect',
      ),
      /: the answer is not as the service's model says: Expected real number, got implicit NaN\. Check the endpoint\.$/,
    ],
    [
      thrown('SyntaxError', `Unexpected token '<', "<!doctype "... is not valid JSON`, {
        $metadata: { httpStatusCode: 500 },
      }),
      /: an error page \(500\) was the answer\. A server that is not AWS may not know this call;/,
    ],
    [thrown('SlowDown', 'wait', { $retryable: { throttling: true } }), /slow down/],
    [thrown('UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 429 } }), /slow down/],
    [
      thrown('InvalidSignatureException', 'Signature expired: 20261128T000000Z is now earlier than 20261128T001500Z'),
      /the clock of this machine is wrong/,
    ],
    [thrown('SignatureDoesNotMatch', 'Signature not yet current: x'), /the clock of this machine is wrong/],
    [thrown('RequestTimeTooSkewed', 'too skewed'), /the clock of this machine is wrong/],
    [thrown('SignatureDoesNotMatch', 'does not match'), /does not know the credentials of staging.*uses eu-west-1/],
    [
      thrown(
        'AccessDeniedException',
        'User: x is not authorized to perform: sagemaker:CreateModel on resource: y with an explicit deny in a service control policy',
      ),
      /a service control policy of the organization denies sagemaker:CreateModel to staging\. Ask who manages it/,
    ],
    [
      thrown(
        'AccessDeniedException',
        'User: x is not authorized to perform: s3:GetObject because no permissions boundary allows the s3:GetObject action',
      ),
      /a permissions boundary denies s3:GetObject/,
    ],
    [
      thrown(
        'AccessDenied',
        'User: x is not authorized to perform: s3:GetObject on resource: y with an explicit deny in a VPC endpoint policy',
      ),
      /the policy of the VPC endpoint denies s3:GetObject/,
    ],
    [thrown('UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 407 } }), /the proxy wants a user name/],
    [thrown('UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 500 } }), /a problem of its own \(500\)/],
    [thrown('InternalFailure', 'oh no', { $metadata: { httpStatusCode: 503 } }), /a problem of its own \(503\)/],
    [
      thrown('SyntaxError', `Unexpected token '<', "<html>" is not valid JSON`, { $response: { statusCode: 200 } }),
      /what answered is not AWS/,
    ],
    [thrown('UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 418 } }), /answered with 418 and no reason/],
    [thrown('UnknownError', ''), /answered with an error and no reason/],
    [thrown('TimeoutError', 'socket timed out'), /staging cannot be reached/],
    [
      thrown('CredentialsProviderError', 'Command failed: tool --password hunter2\nwarning\nvault is sealed\n'),
      /Its credential_process says: vault is sealed\.$/,
    ],
    [thrown('CredentialsProviderError', 'Command failed: tool --password hunter2'), /Its credential_process failed\.$/],
    [thrown('Error', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }), /staging cannot be reached/],
    [
      thrown('ValidationException', 'Pipeline x does not exist'),
      /Could not list the pipelines: Pipeline x does not exist\.$/,
    ],
  ])('says what happened and what to do: %s', (error, sentence) => {
    const result = explained(error);
    expect(result).toBeInstanceOf(UserError);
    expect(result.message).toMatch(sentence);
    expect(result.message).toMatch(/^Could not list the pipelines: /);
    expect(result.cause).toBe(error);
  });

  it('leaves alone what is already for the user, and cancellations', () => {
    const forUser = new UserError('Done already.');
    const cancelled = thrown('AbortError', 'aborted');
    expect(explained(forUser)).toBe(forUser);
    expect(explained(cancelled)).toBe(cancelled);
  });

  it('explains what is no error object at all', () => {
    expect(explained('boom').message).toBe('Could not list the pipelines: boom.');
    expect(explained(undefined).message).toBe('Could not list the pipelines: undefined.');
  });

  it('says on a row why, without what was tried', () => {
    const result = explained(thrown('ExpiredTokenException', 'expired'));
    expect(reasonOf(result)).toBe('The credentials of staging have expired. Sign in again.');
    expect(reasonOf(new UserError('All of it.'))).toBe('All of it.');
    expect(reasonOf('boom')).toBe('boom');
  });

  it.each([
    [
      thrown('AccessDeniedException', 'User: x is not authorized to perform: sagemaker:ListModelPackageGroups on y'),
      'Denied: ListModelPackageGroups',
    ],
    [thrown('AccessDeniedException', 'No.'), 'Not allowed'],
    [thrown('ExpiredToken', 'expired'), 'Credentials have expired'],
    [thrown('UnrecognizedClientException', 'no'), 'Credentials not known to AWS'],
    [thrown('CredentialsProviderError', 'Could not load'), 'No usable credentials'],
    [
      thrown('CredentialsProviderError', "Token is expired. To refresh this SSO session run 'aws sso login'"),
      'The session has ended',
    ],
    [
      thrown('CredentialsProviderError', 'UnauthorizedException: Session token not found or invalid'),
      'The session has ended',
    ],
    [thrown('CredentialsProviderError', 'Failed to refresh token: Error: connect ECONNREFUSED'), 'Not reachable'],
    [thrown('TimeoutError', 'timed out'), 'Not reachable'],
    [thrown('ThrottlingException', 'Rate exceeded'), undefined],
  ])('says in a few words, before the name of the connection: %s', (error, brief) => {
    const result = explained(error);
    const row = problemRow('id', result);
    expect([row.label, row.description]).toEqual(
      brief === undefined ? [reasonOf(result), undefined] : [brief, reasonOf(result)],
    );
    // Of a row that is 300 pixels wide so much can be read.
    expect(brief ?? '').toHaveLength(Math.min(brief?.length ?? 0, 30));
  });

  it('has the button of its next action on its row', () => {
    expect(problemRow('id', explained(thrown('ExpiredToken', 'expired'))).context).toBe('problem signIn');
    expect(problemRow('id', new Error('boom')).context).toBe('problem');
    const again = { title: 'Try Again', command: 'mlopsFlow.delivery.refresh' };
    expect(problemRow('id', new Error('boom'), again).context).toBe('problem refresh');
  });

  it.each([
    ['CredentialsProviderError', 'mlopsFlow.signIn'],
    ['ExpiredToken', 'mlopsFlow.signIn'],
    ['InvalidClientTokenId', 'mlopsFlow.signIn'],
    ['AccessDeniedException', 'mlopsFlow.switchConnection'],
    ['ThrottlingException', undefined],
    ['ValidationException', undefined],
  ])('offers after %s: %s', (name, command) => {
    const result = explained(thrown(name, 'x'));
    expect(result).toBeInstanceOf(UserError);
    expect(result instanceof UserError ? result.next?.command : 'none').toBe(command);
  });

  it('leaves no secret of a command in the sentence', () => {
    const error = thrown('CredentialsProviderError', 'Command failed: tool --password hunter2');
    expect(explained(error).message).not.toContain('hunter2');
  });
});

describe('the kinds of errors', () => {
  const denied = thrown('AccessDeniedException', 'no');
  const gone = thrown('Error', 'x', { code: 'ENOTFOUND' });

  it('are known also of what was explained already', () => {
    expect([isDenied(denied), isDenied(explained(denied)), isDenied(gone), isDenied(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([concernsConnection(gone), concernsConnection(explained(gone)), concernsConnection(denied)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(concernsConnection(new UserError('Set a role.'))).toBe(false);
  });

  it('tell credentials that others may have replaced', () => {
    expect(isExpired(thrown('ExpiredToken', ''))).toBe(true);
    expect(isExpired(thrown('UnrecognizedClientException', 'invalid'))).toBe(true);
    expect(isExpired(thrown('InvalidSignatureException', 'Signature expired: x'))).toBe(false);
    expect(isExpired(denied)).toBe(false);
    expect(isExpired(thrown('Forbidden', 'x', { $metadata: { httpStatusCode: 403 } }))).toBe(false);
  });
});

describe('UserError', () => {
  it('is known by its class also where it was compiled a second time', async () => {
    vi.resetModules();
    const other = await import('../../../src/workbench/errors');
    expect(other.UserError).not.toBe(UserError);
    expect(new other.UserError('x')).toBeInstanceOf(UserError);
    expect(new Error('x')).not.toBeInstanceOf(UserError);
    const nothing: unknown = undefined;
    expect(nothing instanceof UserError).toBe(false);
  });
});
