import { XMLBuilder } from 'fast-xml-parser';
import { account } from '../arns';
import { type ServiceError, notImplemented } from '../protocol/errors';

const xml = new XMLBuilder({ ignoreAttributes: false });
const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Who signs with the keys of Local. */
export const identity = { Account: account, Arn: `arn:aws:iam::${account}:user/local`, UserId: 'AIDALOCALLOCALLOCALX' };

/** Answers a request of the query protocol. @throws {ServiceError} for another action. */
export function answerSts(body: string, requestId: string): string {
  const action = new URLSearchParams(body).get('Action') ?? '';
  if (action !== 'GetCallerIdentity') throw notImplemented(`STS ${action}`);
  return build('GetCallerIdentityResponse', {
    GetCallerIdentityResult: identity,
    ResponseMetadata: { RequestId: requestId },
  });
}

/** An error of the query protocol. */
export function stsErrorBody(error: ServiceError, requestId: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  return build('ErrorResponse', {
    Error: { Type: type, Code: error.type, Message: error.message },
    RequestId: requestId,
  });
}

function build(root: string, content: object): string {
  return xml.build({ [root]: { '@_xmlns': namespace, ...content } });
}
