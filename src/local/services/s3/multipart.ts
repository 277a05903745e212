import { createReadStream } from 'node:fs';
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { requireBucket } from './errors';
import { checksumMembers, keptHeaders } from './headers';
import { type WithUpload, requireKey, sourceOf } from './objects';
import { parseRange } from './range';
import { Uploads } from './uploads';

interface PartMarkers {
  PartNumberMarker: number;
  NextPartNumberMarker?: number;
}

/** Uploads or parts of one answer. */
const mostListed = 1000;

export function multipartOperations(objects: ObjectStore): Operations {
  const uploads = new Uploads(objects);
  return {
    CreateMultipartUpload(input: Checked<CreateMultipartUploadRequest>): CreateMultipartUploadOutput {
      const { Bucket, Key } = input;
      requireBucket(objects, input);
      requireKey(Key);
      return { Bucket, Key, UploadId: uploads.create(Bucket, Key, keptHeaders(input)) };
    },

    async UploadPart(input: WithUpload<Checked<UploadPartRequest>>): Promise<UploadPartOutput> {
      const { stream, check } = input.Body;
      let checksums: Record<string, string> = {};
      const part = await objects.receive(stream, async () => {
        checksums = await check();
      });
      await uploads.addPart(input.UploadId, input.PartNumber, part);
      return { ETag: `"${part.etag}"`, ...checksumMembers(checksums) };
    },

    async UploadPartCopy(input: Checked<UploadPartCopyRequest>): Promise<UploadPartCopyOutput> {
      const source = sourceOf(objects, input.CopySource);
      const range = parseRange(input.CopySourceRange, source.size);
      if (range === 'unsatisfiable') {
        throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
      }
      const bytes = range ? { start: range.first, end: range.last } : {};
      const part = await objects.receive(createReadStream(source.path, bytes));
      await uploads.addPart(input.UploadId, input.PartNumber, part);
      return { CopyPartResult: { ETag: `"${part.etag}"`, LastModified: new Date() } };
    },

    async CompleteMultipartUpload(
      input: Checked<CompleteMultipartUploadRequest>,
    ): Promise<CompleteMultipartUploadOutput> {
      const { Bucket, Key } = input;
      const numbers = (input.MultipartUpload?.Parts ?? []).map(({ PartNumber = 0 }) => PartNumber);
      const object = await uploads.complete(input.UploadId, numbers);
      return { Location: `/${Bucket}/${Key}`, Bucket, Key, ETag: `"${object.etag}"` };
    },

    ListMultipartUploads(input: Checked<ListMultipartUploadsRequest>): ListMultipartUploadsOutput {
      requireBucket(objects, input);
      const { Bucket, Prefix = '', KeyMarker: marker = '', MaxUploads: limit = mostListed } = input;
      const all = uploads.list(Bucket, Prefix);
      // Of several uploads of one key a page may end amid them.
      const amid = all.findIndex(({ id, key }) => key === marker && id === input.UploadIdMarker);
      const found = amid < 0 ? all.filter(({ key }) => key > marker) : all.slice(amid + 1);
      const page = found.slice(0, limit);
      const last = found.length > page.length ? page.at(-1) : undefined;
      return {
        Bucket,
        Prefix,
        KeyMarker: marker,
        MaxUploads: limit,
        IsTruncated: last !== undefined,
        ...(last ? { NextKeyMarker: last.key, NextUploadIdMarker: last.id } : {}),
        Uploads: page.map(({ id, key, begun }) => ({
          UploadId: id,
          Key: key,
          Initiated: begun,
          StorageClass: 'STANDARD',
        })),
      };
    },

    /** The markers are numbers on the wire, which SDK v3 reads as texts. */
    ListParts(input: Checked<ListPartsRequest>): Omit<ListPartsOutput, `${'' | 'Next'}PartNumberMarker`> & PartMarkers {
      requireBucket(objects, input);
      const { Bucket, Key, UploadId, MaxParts: limit = mostListed } = input;
      const after = Number(input.PartNumberMarker ?? 0);
      const found = uploads.parts(UploadId).filter(([number]) => number > after);
      const page = found.slice(0, limit);
      return {
        Bucket,
        Key,
        UploadId,
        MaxParts: limit,
        PartNumberMarker: after,
        IsTruncated: found.length > page.length,
        ...(found.length > page.length ? { NextPartNumberMarker: page.at(-1)?.[0] ?? after } : {}),
        Parts: page.map(([PartNumber, { etag, size, modified }]) => ({
          PartNumber,
          ETag: `"${etag}"`,
          Size: size,
          LastModified: modified,
        })),
        StorageClass: 'STANDARD',
      };
    },

    async AbortMultipartUpload(input: Checked<AbortMultipartUploadRequest>): Promise<object> {
      await uploads.abort(input.UploadId);
      return {};
    },
  };
}
