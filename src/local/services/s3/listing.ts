import type {
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
} from '@aws-sdk/client-s3';
import type { ObjectStore, StoredObject } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { requireBucket } from './errors';

/** The largest listing of one page. */
const maxKeys = 1000;

/** A page of keys, those below a common prefix folded into it. */
interface Listing {
  objects: StoredObject[];
  prefixes: string[];
  /** The key after which the next page begins, where there is one. */
  next?: string;
}

export function listOperations(objects: ObjectStore): Operations {
  return {
    ListObjectsV2(input: Checked<ListObjectsV2Request>): ListObjectsV2Output {
      requireBucket(objects, input);
      const { ContinuationToken: token, StartAfter: start } = input;
      const limit = limitOf(input.MaxKeys);
      const found = walk(objects, input, token === undefined ? (start ?? '') : fromToken(token), limit);
      const encoded = encoding(input.EncodingType);
      return {
        ...common(input, found, limit, encoded),
        KeyCount: found.objects.length + found.prefixes.length,
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(start === undefined ? {} : { StartAfter: encoded(start) }),
        ...(found.next === undefined ? {} : { NextContinuationToken: toToken(found.next) }),
      };
    },

    ListObjects(input: Checked<ListObjectsRequest>): ListObjectsOutput {
      requireBucket(objects, input);
      const { Marker: marker = '' } = input;
      const limit = limitOf(input.MaxKeys);
      const found = walk(objects, input, marker, limit);
      const encoded = encoding(input.EncodingType);
      return {
        ...common(input, found, limit, encoded),
        Marker: encoded(marker),
        ...(found.next === undefined ? {} : { NextMarker: encoded(found.next) }),
      };
    },

    /** Buckets are not versioned: each object is its own only version, called `null`. */
    ListObjectVersions(input: Checked<ListObjectVersionsRequest>): ListObjectVersionsOutput {
      requireBucket(objects, input);
      const { KeyMarker: marker = '', VersionIdMarker: version = '' } = input;
      const limit = limitOf(input.MaxKeys);
      const found = walk(objects, input, marker, limit);
      const encoded = encoding(input.EncodingType);
      const { Contents, ...rest } = common(input, found, limit, encoded);
      return {
        ...rest,
        KeyMarker: encoded(marker),
        VersionIdMarker: version,
        Versions: Contents.map((object) => ({ ...object, VersionId: 'null', IsLatest: true })),
        ...(found.next === undefined ? {} : { NextKeyMarker: encoded(found.next), NextVersionIdMarker: 'null' }),
      };
    },
  };
}

interface ListRequest {
  Bucket: string;
  Prefix?: string | undefined;
  Delimiter?: string | undefined;
  EncodingType?: string | undefined;
}

function walk(
  objects: ObjectStore,
  { Bucket, Prefix = '', Delimiter = '' }: ListRequest,
  from: string,
  limit: number,
): Listing {
  const found: Listing = { objects: [], prefixes: [] };
  let after = from;
  for (;;) {
    const [object] = objects.list(Bucket, Prefix, after, 1);
    if (!object) return found;
    if (found.objects.length + found.prefixes.length === limit) return limit > 0 ? { ...found, next: after } : found;
    const cut = Delimiter === '' ? -1 : object.key.indexOf(Delimiter, Prefix.length);
    if (cut < 0) {
      found.objects.push(object);
      after = object.key;
    } else {
      const folder = object.key.slice(0, cut + Delimiter.length);
      if (folder !== found.prefixes.at(-1) && !after.startsWith(folder)) found.prefixes.push(folder);
      // Everything below the common prefix is told by it.
      after = `${folder}\u{10FFFF}`;
    }
  }
}

interface CommonListing {
  Name: string;
  Prefix: string;
  Delimiter?: string;
  MaxKeys: number;
  EncodingType?: 'url';
  IsTruncated: boolean;
  Contents: { Key: string; LastModified: Date; ETag: string; Size: number; StorageClass: 'STANDARD' }[];
  CommonPrefixes: { Prefix: string }[];
}

function common(
  { Bucket, Prefix, Delimiter, EncodingType }: ListRequest,
  { objects, prefixes, next }: Listing,
  limit: number,
  encoded: (text: string) => string,
): CommonListing {
  return {
    Name: Bucket,
    Prefix: encoded(Prefix ?? ''),
    ...(Delimiter === undefined ? {} : { Delimiter: encoded(Delimiter) }),
    MaxKeys: limit,
    ...(EncodingType === undefined ? {} : { EncodingType: 'url' as const }),
    IsTruncated: next !== undefined,
    Contents: objects.map((object) => ({
      Key: encoded(object.key),
      LastModified: object.modified,
      ETag: `"${object.etag}"`,
      Size: object.size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encoded(prefix) })),
  };
}

function limitOf(asked: number | undefined): number {
  if ((asked ?? 0) < 0) throw new ServiceError('InvalidArgument', 'max-keys must be a number, 0 or more.');
  return Math.min(asked ?? maxKeys, maxKeys);
}

function encoding(type: string | undefined): (text: string) => string {
  return type === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text;
}

function toToken(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function fromToken(token: string): string {
  return Buffer.from(token, 'base64url').toString();
}
