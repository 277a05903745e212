import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';
import { region } from '../arns';
import { type Body, readBody } from '../protocol/s3-body';
import { ServiceError } from '../protocol/errors';
import type { Signed } from '../protocol/signature';
import type { ObjectStore, StoredObject } from '../store/objects';
import { parseRange } from './s3-range';
import type { Uploads } from './s3-uploads';

/** A request to S3 with path-style addressing, taken apart. */
export interface S3Request {
  request: IncomingMessage;
  signed: Signed;
  method: string;
  bucket: string;
  key: string;
  query: URLSearchParams;
}

/** An answer without or with a small body; objects are streamed beside it. */
interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** The object whose bytes `first` to `last` are the body. */
  stream?: { object: StoredObject; first: number; last: number };
}

const xml = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });
const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Request headers that an object keeps and gives back. */
const keptHeaders =
  /^(content-(type|encoding|language|disposition)|cache-control|expires|x-amz-meta-.+|x-amz-checksum-(?!algorithm|mode).+)$/;

/** The largest listing of one page. */
const maxKeys = 1000;

/** Takes apart the path `/bucket/key`. */
export function readS3Request(request: IncomingMessage, signed: Signed): S3Request {
  const [path = '', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const [bucket = '', ...rest] = path.slice(1).split('/').map(decode);
  return {
    request,
    signed,
    method: request.method ?? 'GET',
    bucket,
    key: rest.join('/'),
    query: new URLSearchParams(query),
  };
}

/** Answers a request to S3. @throws {ServiceError} with S3's own codes. */
export async function answerS3(
  objects: ObjectStore,
  uploads: Uploads,
  call: S3Request,
  response: ServerResponse,
): Promise<void> {
  const answer = await route(objects, uploads, call);
  const { status, headers = {}, body = '', stream } = answer;
  if (call.method === 'HEAD' || !stream) {
    const length = stream ? stream.last - stream.first + 1 : Buffer.byteLength(body);
    response.writeHead(status, { ...(status === 204 ? {} : { 'content-length': String(length) }), ...headers });
    response.end(call.method === 'HEAD' ? undefined : body);
    return;
  }
  const { object, first, last } = stream;
  response.writeHead(status, { 'content-length': String(last - first + 1), ...headers });
  if (last < first) {
    response.end();
    return;
  }
  const file = createReadStream(object.path, { start: first, end: last });
  file.on('error', () => response.destroy());
  file.pipe(response);
}

/** S3's errors are XML. */
export function s3ErrorBody(error: ServiceError, resource: string, requestId: string): string {
  const content = { Code: error.type, Message: error.message, Resource: resource, RequestId: requestId };
  return document('Error', content, false);
}

async function route(objects: ObjectStore, uploads: Uploads, call: S3Request): Promise<Answer> {
  const { method, bucket, key, query } = call;
  if (bucket === '') return method === 'GET' ? listBuckets(objects) : unsupported(call);
  if (key === '') return bucketOperation(objects, call);
  if (!objects.hasBucket(bucket)) throw noSuchBucket();
  if (query.has('uploads') || query.has('uploadId')) return multipart(objects, uploads, call);
  if (query.has('tagging') || query.has('acl')) return unsupported(call);
  switch (method) {
    case 'PUT':
      return call.request.headers['x-amz-copy-source'] === undefined
        ? putObject(objects, call)
        : copyObject(objects, call);
    case 'GET':
    case 'HEAD':
      return getObject(objects, call);
    case 'DELETE':
      await objects.delete(bucket, key);
      return { status: 204 };
    default:
      return unsupported(call);
  }
}

async function bucketOperation(objects: ObjectStore, call: S3Request): Promise<Answer> {
  const { method, bucket, query } = call;
  const exists = objects.hasBucket(bucket);
  if (method === 'PUT' && query.size === 0) {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
      throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
    }
    objects.createBucket(bucket);
    return { status: 200, headers: { location: `/${bucket}` } };
  }
  if (!exists) throw noSuchBucket();
  if (method === 'HEAD') return { status: 200, headers: { 'x-amz-bucket-region': region } };
  if (method === 'DELETE') {
    if (objects.list(bucket, '', '', 1).length > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    }
    objects.deleteBucket(bucket);
    return { status: 204 };
  }
  if (method === 'POST' && query.has('delete')) return deleteObjects(objects, call);
  if (method === 'GET' && query.has('location')) {
    // The first region is written as an empty location.
    return xmlAnswer('LocationConstraint', '');
  }
  const subresource = [...query.keys()].find((name) =>
    ['acl', 'policy', 'versioning', 'tagging', 'uploads', 'cors', 'lifecycle', 'encryption'].includes(name),
  );
  if (method === 'GET' && subresource === undefined) return listObjects(objects, call);
  return unsupported(call);
}

function listBuckets(objects: ObjectStore): Answer {
  const buckets = objects
    .buckets()
    .map(({ name, created }) => ({ Name: name, CreationDate: new Date(created).toISOString() }));
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: { ID: 'local', DisplayName: 'local' },
    Buckets: { Bucket: buckets },
  });
}

async function putObject(objects: ObjectStore, call: S3Request): Promise<Answer> {
  const { request, bucket, key } = call;
  if (request.headers['if-none-match'] === '*' && objects.get(bucket, key)) {
    throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const body: Body = readBody(request, call.signed);
  const kept: Record<string, string> = {};
  const object = await objects.put(bucket, key, body.stream, kept, () => {
    body.check();
    // Only now: a checksum may have come after the content.
    Object.assign(kept, headersOf(request));
  });
  return { status: 200, headers: { etag: `"${object.etag}"`, ...checksumsOf(object.headers) } };
}

async function multipart(objects: ObjectStore, uploads: Uploads, call: S3Request): Promise<Answer> {
  const { method, bucket, key, query, request } = call;
  if (method === 'POST' && query.has('uploads')) {
    const id = uploads.create(bucket, key, headersOf(request));
    return xmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
  }
  const id = query.get('uploadId') ?? '';
  if (method === 'PUT' && request.headers['x-amz-copy-source'] === undefined) {
    const body = readBody(request, call.signed);
    const part = await objects.receive(body.stream, () => body.check());
    await uploads.addPart(id, Number(query.get('partNumber')), part);
    return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumsOf(headersOf(request)) } };
  }
  if (method === 'POST') {
    const body = readBody(request, call.signed);
    const text = await textOf(body);
    const numbers = [...text.matchAll(/<PartNumber>\s*(\d+)\s*<\/PartNumber>/g)].map((match) => Number(match[1]));
    const object = await uploads.complete(id, numbers);
    return xmlAnswer('CompleteMultipartUploadResult', {
      Location: `/${bucket}/${key}`,
      Bucket: bucket,
      Key: key,
      ETag: `"${object.etag}"`,
    });
  }
  if (method === 'DELETE') {
    await uploads.abort(id);
    return { status: 204 };
  }
  return unsupported(call);
}

async function textOf(body: Body): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.stream) chunks.push(chunk as Buffer);
  body.check();
  return Buffer.concat(chunks).toString();
}

async function copyObject(objects: ObjectStore, { request, bucket, key }: S3Request): Promise<Answer> {
  const source = decode(String(request.headers['x-amz-copy-source'])).replace(/^\//, '').replace(/\?.*$/, '');
  const cut = source.indexOf('/');
  const object = objects.get(source.slice(0, cut), source.slice(cut + 1));
  if (!object) throw noSuchKey();
  const headers = request.headers['x-amz-metadata-directive'] === 'REPLACE' ? headersOf(request) : object.headers;
  const copy = await objects.put(bucket, key, createReadStream(object.path), headers);
  return xmlAnswer('CopyObjectResult', { ETag: `"${copy.etag}"`, LastModified: copy.modified.toISOString() });
}

function getObject(objects: ObjectStore, { request, bucket, key }: S3Request): Answer {
  const object = objects.get(bucket, key);
  if (!object) throw noSuchKey();
  const { etag, modified, size } = object;
  const quoted = `"${etag}"`;
  const headers: Record<string, string> = {
    etag: quoted,
    'last-modified': modified.toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(Object.entries(object.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'))),
  };
  const { 'if-match': match, 'if-none-match': noneMatch, range: wanted } = request.headers;
  if (match !== undefined && !hasTag(match, etag)) {
    throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  if (noneMatch !== undefined && hasTag(noneMatch, etag)) return { status: 304, headers: { etag: quoted } };
  const range = parseRange(wanted, size);
  if (range === 'unsatisfiable') throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  if (range) {
    headers['content-range'] = `bytes ${range.first}-${range.last}/${size}`;
    return { status: 206, headers, stream: { object, ...range } };
  }
  // A checksum is of the whole object, so it goes with the whole object only.
  if (request.headers['x-amz-checksum-mode'] === 'ENABLED') Object.assign(headers, checksumsOf(object.headers));
  return { status: 200, headers, stream: { object, first: 0, last: size - 1 } };
}

async function deleteObjects(objects: ObjectStore, call: S3Request): Promise<Answer> {
  const body = readBody(call.request, call.signed);
  const text = await textOf(body);
  const keys = [...text.matchAll(/<Key>([^]*?)<\/Key>/g)].map((match) => unescapeXml(match[1] ?? ''));
  for (const key of keys) await objects.delete(call.bucket, key);
  const quiet = /<Quiet>\s*true\s*<\/Quiet>/.test(text);
  return xmlAnswer('DeleteResult', quiet ? {} : { Deleted: keys.map((Key) => ({ Key })) });
}

/** ListObjectsV2, and the older ListObjects that some clients still send. */
function listObjects(objects: ObjectStore, { bucket, query }: S3Request): Answer {
  const second = query.get('list-type') === '2';
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? maxKeys), maxKeys);
  if (!Number.isInteger(limit) || limit < 0)
    throw new ServiceError('InvalidArgument', 'max-keys must be a number, 0 or more.');
  const token = second ? query.get('continuation-token') : query.get('marker');
  let after = (second ? (token === null ? query.get('start-after') : fromToken(token)) : token) ?? '';
  const contents: StoredObject[] = [];
  const prefixes: string[] = [];
  let truncated = false;
  for (;;) {
    const [object] = objects.list(bucket, prefix, after, 1);
    if (!object) break;
    if (contents.length + prefixes.length === limit) {
      truncated = limit > 0;
      break;
    }
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      contents.push(object);
      after = object.key;
    } else {
      const common = object.key.slice(0, cut + delimiter.length);
      if (common !== prefixes.at(-1) && !after.startsWith(common)) prefixes.push(common);
      // Everything below the common prefix is told by it.
      after = `${common}\u{10FFFF}`;
    }
  }
  const encoded = (text: string): string => (query.get('encoding-type') === 'url' ? encodeKey(text) : text);
  return xmlAnswer('ListBucketResult', {
    Name: bucket,
    Prefix: encoded(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encoded(delimiter) }),
    MaxKeys: limit,
    ...(query.has('encoding-type') ? { EncodingType: 'url' } : {}),
    IsTruncated: truncated,
    ...(second ? { KeyCount: contents.length + prefixes.length } : { Marker: encoded(token ?? '') }),
    ...(second && token !== null ? { ContinuationToken: token } : {}),
    ...(second && query.has('start-after') ? { StartAfter: encoded(query.get('start-after') ?? '') } : {}),
    ...(truncated ? (second ? { NextContinuationToken: toToken(after) } : { NextMarker: encoded(after) }) : {}),
    Contents: contents.map((object) => ({
      Key: encoded(object.key),
      LastModified: object.modified.toISOString(),
      ETag: `"${object.etag}"`,
      Size: object.size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: prefixes.map((common) => ({ Prefix: encoded(common) })),
  });
}

function xmlAnswer(root: string, content: object | string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: document(root, content, true) };
}

function document(root: string, content: object | string, named: boolean): string {
  const element = typeof content === 'string' ? { '#text': content } : content;
  const body = xml.build({ [root]: { ...(named ? { '@_xmlns': namespace } : {}), ...element } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value !== 'string' || !keptHeaders.test(name)) continue;
    const plain =
      name === 'content-encoding'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== 'aws-chunked')
            .join(',')
        : value;
    if (plain !== '') kept[name] = plain;
  }
  return kept;
}

function checksumsOf(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-checksum-')));
}

function hasTag(list: string, etag: string): boolean {
  return list.split(',').some((tag) => ['*', etag].includes(tag.trim().replaceAll(/^(W\/)?"|"$/g, '')));
}

function toToken(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function fromToken(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return entities[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

function noSuchBucket(): ServiceError {
  return new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
}

function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

function unsupported({ method, key, query }: S3Request): never {
  const what = `${method} ${key === '' ? 'of a bucket' : 'of an object'}${query.size > 0 ? ` with ?${[...query.keys()].join('&')}` : ''}`;
  throw new ServiceError(
    'NotImplemented',
    `Local does not implement ${what}. Use a connection to an AWS account for it.`,
    501,
  );
}
