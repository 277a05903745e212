import { createReadStream } from 'node:fs';
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
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

    async AbortMultipartUpload(input: Checked<AbortMultipartUploadRequest>): Promise<object> {
      await uploads.abort(input.UploadId);
      return {};
    },
  };
}
