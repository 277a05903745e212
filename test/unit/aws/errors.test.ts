import { describe, expect, it } from 'vitest';
import { profileConnection } from '../../../src/aws';
import { explain } from '../../../src/aws/errors';
import { UserError } from '../../../src/workbench/errors';

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
});
