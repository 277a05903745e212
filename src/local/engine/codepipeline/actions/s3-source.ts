import { createReadStream } from 'node:fs';
import { objects } from '../../../domain/objects';
import { type ActionKind, ActionFailure } from '../action';

/** An archive in a bucket. */
export const s3Source: ActionKind = {
  categories: ['Source'],
  owner: 'AWS',
  provider: 'S3',
  async run({ run, execution, configuration, surroundings: { store }, place }) {
    const { S3Bucket: bucket = '', S3ObjectKey: given = '' } = configuration;
    const key =
      execution.overrides.find(
        ({ actionName, revisionType }) => actionName === run.action && revisionType === 'S3_OBJECT_KEY',
      )?.revisionValue ?? given;
    const object = objects(store).hasBucket(bucket) ? objects(store).get(bucket, key) : undefined;
    if (!object) {
      throw new ActionFailure(`There is no object s3://${bucket}/${key} on Local. Upload it first.`, 'PermissionError');
    }
    const artifact = run.declaration.outputArtifacts?.[0]?.name ?? '';
    const to = place(artifact);
    await objects(store).put(to.bucket, to.key, createReadStream(object.path), { 'content-type': 'application/zip' });
    return {
      status: 'Succeeded',
      summary: `Amazon S3 version id: ${object.etag}`,
      outputs: { [artifact]: to },
      outputVariables: { BucketName: bucket, ObjectKey: key, ETag: object.etag, VersionId: object.etag },
      revision: {
        artifact,
        revisionId: object.etag,
        summary: `Amazon S3 version id: ${object.etag}`,
        url: `https://s3.console.aws.amazon.com/s3/object/${bucket}?prefix=${encodeURIComponent(key)}`,
        at: object.modified,
      },
    };
  },
};
