/** Where the source of a build comes from. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectSource } from '@aws-sdk/client-codebuild';
import { codebuildArn, type PipelineLink } from '../../domain/builds';
import { objects } from '../../domain/objects';
import { tags } from '../../domain/tags';
import type { Store } from '../../store/store';
import { cloneAt, commitOf, localPath, RepositoryError, repositoryTag } from './repository';
import { BuildError } from './run';
import { unpackZip } from './zip';

export interface Fetched {
  folder: string;
  /** Of a commit its name, of an object its digest. */
  version?: string;
}

/** Brings a source into a folder. @throws {BuildError} */
export async function fetchSource(
  store: Store,
  project: string,
  source: ProjectSource,
  version: string | undefined,
  folder: string,
): Promise<Fetched> {
  await mkdir(folder, { recursive: true });
  if (source.type === 'NO_SOURCE') return { folder };
  if (source.type === 'S3') return fetchObject(store, source.location ?? '', folder);
  if (source.type === 'CODEPIPELINE') {
    throw new BuildError(
      'CLIENT_ERROR',
      'This project builds for a pipeline. Start the pipeline, or give another source.',
    );
  }
  return fetchRepository(store, project, source, version, folder);
}

/** Brings the artifacts of a pipeline. @returns folders by the artifact's name */
export async function fetchInputs(
  store: Store,
  { inputs }: PipelineLink,
  folder: string,
): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const [index, { name, bucket, key }] of inputs.entries()) {
    const place = join(folder, `src${index}`);
    await fetchObject(store, `${bucket}/${key}`, place);
    folders[name] = place;
  }
  return folders;
}

async function fetchObject(store: Store, location: string, folder: string): Promise<Fetched> {
  const plain = location.replace(/^arn:aws:s3:::/, '').replace(/^s3:\/\//, '');
  const slash = plain.indexOf('/');
  const [bucket, key] = slash < 0 ? [plain, ''] : [plain.slice(0, slash), plain.slice(slash + 1)];
  const object = objects(store).hasBucket(bucket) ? objects(store).get(bucket, key) : undefined;
  if (object) {
    const content = await readFile(object.path);
    try {
      await unpackZip(content, folder);
    } catch (error) {
      if (!(error instanceof Error) || 'errno' in error) throw error;
      throw new BuildError('CLIENT_ERROR', `s3://${bucket}/${key} is not a zip archive: ${error.message}`);
    }
    return { folder, version: object.etag };
  }
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  const below = objects(store).hasBucket(bucket) ? objects(store).list(bucket, prefix) : [];
  if (below.length === 0) {
    throw new BuildError('CLIENT_ERROR', `There is no object s3://${bucket}/${key} on Local. Upload the source first.`);
  }
  for (const one of below) {
    const name = one.key.slice(prefix.length);
    if (name === '' || name.endsWith('/') || name.split('/').includes('..')) continue;
    await objects(store).download(one, join(folder, name));
  }
  return { folder };
}

async function fetchRepository(
  store: Store,
  project: string,
  { location = '', type }: ProjectSource,
  version: string | undefined,
  folder: string,
): Promise<Fetched> {
  const tagged = tags(store)
    .of(codebuildArn('project', project))
    .find(({ Key }) => Key === repositoryTag)?.Value;
  const repository = localPath(location) ?? (tagged === undefined ? undefined : localPath(tagged));
  if (repository === undefined) {
    throw new BuildError(
      'CLIENT_ERROR',
      `Local reads no repository over the network. Give the project a location on this machine, or the tag ${repositoryTag} with the path of a clone of ${location || type || 'it'}.`,
    );
  }
  try {
    const { sha } = await commitOf(
      repository,
      version === undefined || version === '' ? 'HEAD' : version.replace(/^refs\/heads\//, ''),
    );
    await cloneAt(repository, sha, folder);
    return { folder, version: sha };
  } catch (error) {
    if (error instanceof RepositoryError) throw new BuildError('CLIENT_ERROR', error.message);
    throw error;
  }
}
