import type { ServiceModel } from '../../wire/model';
import { objects } from '../../domain/objects';
import model from '../../generated/s3.json';
import type { Service } from '../service';
import { bucketOperations } from './buckets';
import { listOperations } from './listing';
import { multipartOperations } from './multipart';
import { objectOperations } from './objects';
import { taggingOperations } from './tagging';

/** S3 with unversioned buckets, addressed by path. What it has of sub-resources is what stands here. */
export const s3: Service = {
  signingName: 's3',
  title: 'S3',
  protocols: ['rest-xml'],
  model: { ...(model as unknown as ServiceModel), xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/' },
  tables: [objects],
  errors: { invalid: 'InvalidArgument' },
  xmlRoots: {
    ListBuckets: 'ListAllMyBucketsResult',
    ListObjects: 'ListBucketResult',
    ListObjectsV2: 'ListBucketResult',
    ListObjectVersions: 'ListVersionsResult',
    DeleteObjects: 'DeleteResult',
    CreateMultipartUpload: 'InitiateMultipartUploadResult',
    CompleteMultipartUpload: 'CompleteMultipartUploadResult',
    GetBucketLocation: 'LocationConstraint',
    GetBucketVersioning: 'VersioningConfiguration',
    GetObjectAttributes: 'GetObjectAttributesResponse',
    GetObjectTagging: 'Tagging',
    ListMultipartUploads: 'ListMultipartUploadsResult',
    ListParts: 'ListPartsResult',
  },
  operations({ store }) {
    const stored = objects(store);
    return {
      ...bucketOperations(stored),
      ...listOperations(stored),
      ...objectOperations(stored),
      ...multipartOperations(stored),
      ...taggingOperations(stored),
    };
  },
};
