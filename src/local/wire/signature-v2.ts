import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors';
import { type KeyPair, type Signed, same } from './signature';

/** The query parameters that name a part of a bucket or object, or change its answer: these are signed. */
const signedParameters =
  /^(accelerate|acl|analytics|cors|delete|inventory|lifecycle|location|logging|metrics|notification|partNumber|policy|replication|requestPayment|response-[a-z-]+|restore|select|select-type|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website)$/;

/** Whether a request to S3 is signed in its query by Signature Version 2, as boto3 presigns in us-east-1. */
export function isSignedByV2(query: URLSearchParams): boolean {
  return ['AWSAccessKeyId', 'Signature', 'Expires'].every((name) => query.has(name));
}

/**
 * Verifies the Signature Version 2 in the query of a request to S3.
 *
 * @throws {ServiceError} S3's own exception for what is wrong
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
 */
export function verifyV2(
  { method = 'GET', url = '/', headers }: IncomingMessage,
  keys: KeyPair,
  now = Date.now(),
): Signed {
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const of = (name: string): string => query.get(name) ?? '';
  if (of('AWSAccessKeyId') !== keys.accessKeyId) {
    throw new ServiceError(
      'InvalidAccessKeyId',
      'The access key is not one of this control plane. Read its keys again and retry.',
      403,
    );
  }
  // Seconds since the epoch.
  const expires = Number(of('Expires'));
  if (!(expires * 1000 >= now)) throw new ServiceError('AccessDenied', 'Request has expired', 403);
  const own = [...Object.entries(headers), ...query].flatMap(([name, value]) =>
    name.toLowerCase().startsWith('x-amz-') ? [`${name.toLowerCase()}:${String(value).trim()}`] : [],
  );
  const parts = [...query].flatMap(([name, value]) =>
    signedParameters.test(name) ? [value === '' ? name : `${name}=${value}`] : [],
  );
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    of('Expires'),
    ...own.toSorted(),
    `${path}${parts.length > 0 ? `?${parts.toSorted().join('&')}` : ''}`,
  ].join('\n');
  const expected = createHmac('sha1', keys.secretAccessKey).update(text).digest('base64');
  if (!same(expected, of('Signature'))) {
    throw new ServiceError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
      403,
    );
  }
  // Neither the body nor a region is signed.
  return { service: 's3', region: '', payloadHash: 'UNSIGNED-PAYLOAD' };
}
