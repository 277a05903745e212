import { type KeyObject, createHmac, createSecretKey, hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './errors';

/** The key pair that requests must be signed with. */
export interface KeyPair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What a signed request says of itself, once its signature is found right. */
export interface Signed {
  /** The service in the credential scope: `sagemaker`, `logs`, `s3`, `sts`. */
  service: string;
  region: string;
  /** The declared hash of the body, or a marker such as `UNSIGNED-PAYLOAD`; the reader of the body checks it. */
  payloadHash: string;
  /** For bodies signed chunk by chunk, which Signature Version 2 does not know. */
  chain?: Chain;
}

/** What the signature of a body's first chunk builds on. */
export interface Chain {
  key: KeyObject;
  scope: string;
  date: string;
  signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const maxSkewMs = 15 * 60_000;

/**
 * Verifies the Signature Version 4 of a request, in the header or in the query (presigned), without its body.
 * @param bodyHash SHA-256 of the body where it has been read already.
 * @throws {ServiceError} the service's own exception for what is wrong.
 */
export function verifySignature(request: IncomingMessage, keys: KeyPair, bodyHash?: string, now = Date.now()): Signed {
  const [path, query] = split(request.url ?? '/');
  const fields = readAuthorization(request, query);
  const { credential, signedHeaders, signature, date, expires } = fields;
  const [accessKeyId, day, region, service, terminator] = credential;
  if (!accessKeyId || !day || !region || !service || terminator !== 'aws4_request' || !date.startsWith(day)) {
    throw new ServiceError('IncompleteSignature', 'The credential scope of the signature is malformed.', 403);
  }
  if (!signedHeaders.includes('host')) {
    throw new ServiceError('InvalidSignatureException', "'Host' must be a signed header.", 403);
  }
  if (accessKeyId !== keys.accessKeyId) {
    const type =
      service === 's3'
        ? 'InvalidAccessKeyId'
        : service === 'sts'
          ? 'InvalidClientTokenId'
          : 'UnrecognizedClientException';
    throw new ServiceError(
      type,
      'The access key is not one of this control plane. Read its keys again and retry.',
      403,
    );
  }
  checkTime(parseDate(date), now, expires, service);

  const payloadHash =
    header(request, 'x-amz-content-sha256') ??
    (fields.presigned && service === 's3' ? 'UNSIGNED-PAYLOAD' : bodyHash) ??
    sha256('');
  const canonical = [
    request.method ?? 'GET',
    canonicalPath(path, service),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${(header(request, name) ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = signingKey(keys.secretAccessKey, scope);
  const expected = hmac(key, [algorithm, date, scope, sha256(canonical)].join('\n'));
  if (!same(expected, signature)) {
    const type =
      service === 's3'
        ? 'SignatureDoesNotMatch'
        : service === 'sts'
          ? 'SignatureDoesNotMatch'
          : 'InvalidSignatureException';
    throw new ServiceError(
      type,
      'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
      403,
    );
  }
  return { service, region, payloadHash, chain: { key, scope, date, signature } };
}

/**
 * The service in the credential scope that a request names, whether its signature is right or not; undefined
 * for one that is not signed with Signature Version 4.
 */
export function signingNameOf(request: IncomingMessage): string | undefined {
  const [, query] = split(request.url ?? '/');
  const { authorization } = request.headers;
  const inHeader = authorization?.startsWith(algorithm) ? /Credential=([^,\s]+)/.exec(authorization)?.[1] : undefined;
  const credential = inHeader ?? new URLSearchParams(query).get('X-Amz-Credential') ?? undefined;
  return credential === undefined ? undefined : scopeParts(credential)[3];
}

const signingKeys = new Map<string, KeyObject>();

/** The most keys that are kept: one a day, region and service. */
const keptKeys = 100;

/**
 * The key that is good for a credential scope: derived once, since that takes longer than all else of the check, and
 * kept as a key object, since OpenSSL takes those over eight times faster than bytes.
 */
function signingKey(secret: string, scope: string): KeyObject {
  const name = `${secret} ${scope}`;
  let key = signingKeys.get(name);
  if (!key) {
    const derive = (from: Buffer, part: string): Buffer => createHmac('sha256', from).update(part).digest();
    key = createSecretKey(scope.split('/').reduce(derive, Buffer.from(`AWS4${secret}`)));
    if (signingKeys.size >= keptKeys) signingKeys.clear();
    signingKeys.set(name, key);
  }
  return key;
}

/** The signature of one chunk, given the one before it. */
export function chunkSignature(chain: Chain, previous: string, digest: string): string {
  const text = [`${algorithm}-PAYLOAD`, chain.date, chain.scope, previous, sha256(''), digest].join('\n');
  return hmac(chain.key, text);
}

/** Compares two texts without telling by its time where they differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** SHA-256 in hexadecimal. */
export function sha256(data: string | Buffer): string {
  return hash('sha256', data);
}

interface Authorization {
  credential: string[];
  signedHeaders: string[];
  signature: string;
  /** `20260131T120000Z` */
  date: string;
  presigned: boolean;
  /** Seconds that a presigned request is good for. */
  expires?: number;
}

function readAuthorization(request: IncomingMessage, query: string): Authorization {
  const value = request.headers.authorization;
  if (value?.startsWith(algorithm)) {
    const parts = new Map(
      value
        .slice(algorithm.length)
        .split(',')
        .map((part) => {
          const [name = '', ...rest] = part.trim().split('=');
          return [name, rest.join('=')] as const;
        }),
    );
    const date = header(request, 'x-amz-date');
    const [credential, signedHeaders, signature] = [
      parts.get('Credential'),
      parts.get('SignedHeaders'),
      parts.get('Signature'),
    ];
    if (credential && signedHeaders && signature && date) {
      return {
        credential: scopeParts(credential),
        signedHeaders: signedHeaders.split(';'),
        signature,
        date,
        presigned: false,
      };
    }
    throw new ServiceError('IncompleteSignature', 'The Authorization header is not complete.', 403);
  }
  const parameters = new URLSearchParams(query);
  if (parameters.get('X-Amz-Algorithm') === algorithm) {
    return {
      credential: scopeParts(parameters.get('X-Amz-Credential') ?? ''),
      signedHeaders: (parameters.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: parameters.get('X-Amz-Signature') ?? '',
      date: parameters.get('X-Amz-Date') ?? '',
      presigned: true,
      expires: Number(parameters.get('X-Amz-Expires') ?? '0'),
    };
  }
  throw new ServiceError(
    'MissingAuthenticationTokenException',
    'The request is not signed with Signature Version 4.',
    403,
  );
}

/** An access key may hold slashes; the scope's four other parts cannot. */
function scopeParts(credential: string): string[] {
  const parts = credential.split('/');
  return [parts.slice(0, -4).join('/'), ...parts.slice(-4)];
}

function checkTime(at: number, now: number, expires: number | undefined, service: string): void {
  const type = service === 's3' ? 'RequestTimeTooSkewed' : 'InvalidSignatureException';
  if (expires !== undefined) {
    if (Number.isNaN(at) || !(expires > 0 && expires <= 604_800) || now > at + expires * 1000 || at > now + maxSkewMs) {
      throw new ServiceError('AccessDenied', 'Request has expired', 403);
    }
  } else if (Number.isNaN(at) || Math.abs(now - at) > maxSkewMs) {
    throw new ServiceError(
      type,
      'Signature expired: the time of the request differs too much from the clock of the server.',
      403,
    );
  }
}

function parseDate(date: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** S3 signs the path as it is sent; the other services encode it once more. */
function canonicalPath(path: string, service: string): string {
  return service === 's3' || path === '/' ? path : path.split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [encode(decode(name)), encode(decode(rest.join('=')))] as const;
    })
    .filter(([name]) => name !== 'X-Amz-Signature');
  pairs.sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function split(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
