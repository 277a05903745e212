import { account } from '../../domain/arns';
import type { ObjectStore, StoredObject } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';

/** What nearly every request to S3 carries. */
export interface BucketRequest {
  Bucket: string;
  ExpectedBucketOwner?: string | undefined;
}

/** @throws {ServiceError} `NoSuchBucket`, or `AccessDenied` where another account is expected to own it. */
export function requireBucket(objects: ObjectStore, { Bucket, ExpectedBucketOwner: owner }: BucketRequest): void {
  if (!objects.hasBucket(Bucket)) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (owner !== undefined && owner !== account) {
    throw new ServiceError('AccessDenied', `The bucket does not belong to account ${owner}.`, 403);
  }
}

/** @throws {ServiceError} `NoSuchKey`; `NoSuchVersion`, since unversioned buckets have the version `null` alone. */
export function requireObject(
  objects: ObjectStore,
  request: BucketRequest & { Key: string; VersionId?: string | undefined },
): StoredObject {
  requireBucket(objects, request);
  requireVersion(request.VersionId);
  const object = objects.get(request.Bucket, request.Key);
  if (!object) throw noSuchKey();
  return object;
}

export function requireVersion(version: string | undefined): void {
  if (version !== undefined && version !== 'null') {
    throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404);
  }
}

export function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

export function preconditionFailed(): ServiceError {
  return new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
