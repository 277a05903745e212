import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { objects } from '../../../domain/objects';
import { selectFiles } from '../../../jobs/build/select';
import { unpackZip } from '../../../jobs/build/zip';
import { type ActionKind, ActionFailure } from '../action';

/** Writes an artifact into a bucket: whole, or file by file. */
export const s3Deploy: ActionKind = {
  categories: ['Deploy'],
  owner: 'AWS',
  provider: 'S3',
  async run({ run, configuration, surroundings }) {
    const { store, folder } = surroundings;
    const { BucketName: bucket = '', ObjectKey: key = '', Extract: extract } = configuration;
    const [input] = Object.values(run.inputs);
    const object = input && objects(store).get(input.bucket, input.key);
    if (!object) throw new ActionFailure('The input artifact is not there.', 'InternalError');
    if (!objects(store).hasBucket(bucket)) {
      throw new ActionFailure(`The bucket ${bucket} does not exist on Local. Create it first.`, 'ConfigurationError');
    }
    if (extract !== 'true') {
      if (key === '') throw new ActionFailure('ObjectKey is needed where Extract is false.', 'ConfigurationError');
      await objects(store).put(bucket, key, createReadStream(object.path), { 'content-type': 'application/zip' });
      return { status: 'Succeeded', summary: 'Deployment Succeeded' };
    }
    const place = join(folder, `deploy-${run.id}`);
    try {
      await unpackZip(await readFile(object.path), place);
      const { files } = await selectFiles(place, { files: ['**/*'] });
      const prefix = key.replace(/^\/+|\/+$/g, '');
      for (const { path, name } of files) {
        await objects(store).put(bucket, prefix === '' ? name : `${prefix}/${name}`, createReadStream(path));
      }
      return { status: 'Succeeded', summary: 'Deployment Succeeded' };
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  },
};
