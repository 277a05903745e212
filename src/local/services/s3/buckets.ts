import type {
  GetBucketLocationOutput,
  HeadBucketOutput,
  CreateBucketOutput,
  ListBucketsOutput,
} from '@aws-sdk/client-s3';
import { region } from '../../domain/arns';
import type { ObjectStore } from '../../domain/objects';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import { type BucketRequest, requireBucket } from './errors';

export function bucketOperations(objects: ObjectStore): Operations {
  return {
    ListBuckets(input: { Prefix?: string }): ListBucketsOutput {
      const { Prefix: prefix = '' } = input;
      const found = objects.buckets().filter(({ name }) => name.startsWith(prefix));
      return {
        Owner: { ID: 'local', DisplayName: 'local' },
        Buckets: found.map(({ name, created }) => ({ Name: name, CreationDate: new Date(created) })),
      };
    },

    CreateBucket({ Bucket }: BucketRequest): CreateBucketOutput {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(Bucket)) {
        throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
      }
      objects.createBucket(Bucket);
      return { Location: `/${Bucket}` };
    },

    HeadBucket(input: BucketRequest): HeadBucketOutput {
      requireBucket(objects, input);
      return { BucketRegion: region };
    },

    GetBucketLocation(input: BucketRequest): Omit<GetBucketLocationOutput, 'LocationConstraint'> & object {
      requireBucket(objects, input);
      // The first region is written as an empty location.
      return { LocationConstraint: '' };
    },

    /** Buckets are not versioned and never were, which is an answer without a status. */
    GetBucketVersioning(input: BucketRequest): object {
      requireBucket(objects, input);
      return {};
    },

    DeleteBucket(input: BucketRequest): object {
      requireBucket(objects, input);
      if (objects.list(input.Bucket, '', '', 1).length > 0) {
        throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
      }
      objects.deleteBucket(input.Bucket);
      return {};
    },
  };
}
