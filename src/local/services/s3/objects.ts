import { createReadStream } from 'node:fs';
import type {
  CopyObjectOutput,
  CopyObjectRequest,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectAttributesOutput,
  GetObjectAttributesRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import type { ObjectStore, StoredObject } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';
import type { FileBody, Upload } from '../../wire/message';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { noSuchKey, preconditionFailed, requireBucket, requireObject, requireVersion } from './errors';
import { checksumMembers, keptHeaders, keptMembers, taggingHeader, wishedMembers } from './headers';
import { parseRange } from './range';
import { tagsIn } from './tagging';

/** The longest key, in bytes of UTF-8. */
const maxKey = 1024;

export type WithUpload<T> = Omit<T, 'Body'> & { Body: Upload };

export function objectOperations(objects: ObjectStore): Operations {
  return {
    async PutObject(input: WithUpload<Checked<PutObjectRequest>>): Promise<PutObjectOutput> {
      requireBucket(objects, input);
      requireKey(input.Key);
      const before = objects.get(input.Bucket, input.Key);
      if (input.IfNoneMatch === '*' && before) throw preconditionFailed();
      if (input.IfMatch !== undefined && !(before && hasTag(input.IfMatch, before.etag))) throw preconditionFailed();
      const headers = keptHeaders(input);
      const { stream, check } = input.Body;
      const object = await objects.put(input.Bucket, input.Key, stream, headers, async () => {
        // Only now: a checksum may have come after the content.
        Object.assign(headers, await check());
      });
      return { ETag: `"${object.etag}"`, ...checksumMembers(object.headers) };
    },

    async CopyObject(input: Checked<CopyObjectRequest>): Promise<CopyObjectOutput> {
      requireBucket(objects, input);
      requireKey(input.Key);
      const source = sourceOf(objects, input.CopySource);
      const own = keptHeaders(input);
      const headers = {
        ...(input.MetadataDirective === 'REPLACE' ? own : source.headers),
        ...only(input.TaggingDirective === 'REPLACE' ? own : source.headers, taggingHeader),
      };
      if (input.TaggingDirective === 'REPLACE' && own[taggingHeader] === undefined) delete headers[taggingHeader];
      const copy = await objects.put(input.Bucket, input.Key, createReadStream(source.path), headers);
      return { CopyObjectResult: { ETag: `"${copy.etag}"`, LastModified: copy.modified } };
    },

    /** Its parts are not kept, so only what is asked of the whole is told. */
    GetObjectAttributes(input: Checked<GetObjectAttributesRequest>): GetObjectAttributesOutput {
      const { etag, size, modified, headers } = requireObject(objects, input);
      const checksums = checksumMembers(headers);
      const told: GetObjectAttributesOutput = {
        ETag: etag,
        ObjectSize: size,
        StorageClass: 'STANDARD',
        ...(Object.keys(checksums).length > 0 ? { Checksum: checksums } : {}),
      };
      const asked = Object.entries(told).filter(([name]) =>
        input.ObjectAttributes.some((attribute) => attribute === name),
      );
      return { ...Object.fromEntries(asked), LastModified: modified };
    },

    GetObject(input: Checked<GetObjectRequest>): Omit<GetObjectOutput, 'Body' | 'Expires'> & object {
      return read(requireObject(objects, input), input);
    },

    HeadObject(input: Checked<HeadObjectRequest>): object {
      const { Body, ...head } = read(requireObject(objects, input), input);
      return { ...head, ContentLength: Math.max(Body.last - Body.first + 1, 0) };
    },

    async DeleteObject(input: Checked<DeleteObjectRequest>): Promise<object> {
      requireBucket(objects, input);
      requireVersion(input.VersionId);
      await objects.delete(input.Bucket, input.Key);
      return {};
    },

    async DeleteObjects(input: Checked<DeleteObjectsRequest>): Promise<DeleteObjectsOutput> {
      requireBucket(objects, input);
      const deleted: NonNullable<DeleteObjectsOutput['Deleted']> = [];
      const errors: NonNullable<DeleteObjectsOutput['Errors']> = [];
      for (const { Key = '', VersionId } of input.Delete.Objects ?? []) {
        if (VersionId !== undefined && VersionId !== 'null') {
          errors.push({ Key, VersionId, Code: 'NoSuchVersion', Message: 'The specified version does not exist.' });
          continue;
        }
        await objects.delete(input.Bucket, Key);
        deleted.push({ Key, ...(VersionId === undefined ? {} : { VersionId }) });
      }
      return { ...(input.Delete.Quiet ? {} : { Deleted: deleted }), ...(errors.length > 0 ? { Errors: errors } : {}) };
    },
  };
}

function only(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const { [name]: value } = headers;
  return value === undefined ? {} : { [name]: value };
}

/** The object that a copy is made from. @throws {ServiceError} `NoSuchKey` */
export function sourceOf(objects: ObjectStore, copySource: string): StoredObject {
  const [path = '', version] = decodePath(copySource).replace(/^\//, '').split('?versionId=');
  requireVersion(version);
  const cut = path.indexOf('/');
  const object = objects.get(path.slice(0, cut), path.slice(cut + 1));
  if (!object) throw noSuchKey();
  return object;
}

/** @throws {ServiceError} `KeyTooLongError` */
export function requireKey(key: string): void {
  if (Buffer.byteLength(key) > maxKey) throw new ServiceError('KeyTooLongError', 'Your key is too long');
}

function read(
  object: StoredObject,
  input: GetObjectRequest | HeadObjectRequest,
): { Body: FileBody } & Record<string, unknown> {
  const { etag, modified, size, path } = object;
  if (input.PartNumber !== undefined) {
    throw new ServiceError('NotImplemented', 'Local does not keep the parts of an object. Read it by Range.', 501);
  }
  const head = { ETag: `"${etag}"`, LastModified: modified, AcceptRanges: 'bytes' };
  const tags = tagsIn(object.headers).length;
  const kept = {
    ContentType: 'binary/octet-stream',
    ...keptMembers(object.headers),
    ...wishedMembers(input),
    ...(tags > 0 ? { TagCount: tags } : {}),
  };
  checkConditions(object, input);
  const range = parseRange(input.Range, size);
  if (range === 'unsatisfiable') throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  if (range) {
    const ContentRange = `bytes ${range.first}-${range.last}/${size}`;
    return { ...head, ...kept, ContentRange, Body: { path, ...range } };
  }
  // A checksum is of the whole object, so it goes with the whole object only.
  const checksums = input.ChecksumMode === 'ENABLED' ? checksumMembers(object.headers) : {};
  return { ...head, ...kept, ...checksums, Body: { path, first: 0, last: size - 1 } };
}

/** @throws {ServiceError} 412 or 304, as the conditions of a read say. */
function checkConditions({ etag, modified }: StoredObject, input: GetObjectRequest | HeadObjectRequest): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince: since, IfUnmodifiedSince: until } = input;
  // Headers tell times in whole seconds.
  const at = Math.floor(modified.getTime() / 1000) * 1000;
  if (IfMatch === undefined ? until !== undefined && at > until.getTime() : !hasTag(IfMatch, etag)) {
    throw preconditionFailed();
  }
  if (IfNoneMatch === undefined ? since !== undefined && at <= since.getTime() : hasTag(IfNoneMatch, etag)) {
    throw new ServiceError('NotModified', 'Not Modified', 304);
  }
}

function hasTag(list: string, etag: string): boolean {
  return list.split(',').some((tag) => ['*', etag].includes(tag.trim().replaceAll(/^(W\/)?"|"$/g, '')));
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError('InvalidArgument', 'The copy source is not encoded rightly.');
  }
}
