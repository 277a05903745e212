/** Artifacts of builds: files of the source, packed or as they are, into S3. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { BuildArtifacts, ProjectArtifacts } from '@aws-sdk/client-codebuild';
import { type BuildRecord, builds } from '../../domain/builds';
import { objects } from '../../domain/objects';
import type { Store } from '../../store/store';
import type { Artifact } from './buildspec';
import { BuildError, type Prepared } from './run';
import { selectFiles } from './select';
import { packZip } from './zip';

/**
 * Uploads what the buildspec names to where the project, or the pipeline, wants it.
 * @returns lines for the log
 * @throws {NothingSelected} {@link BuildError}
 */
export async function uploadArtifacts(
  store: Store,
  record: BuildRecord,
  prepared: Prepared,
  expand: (text: string) => Promise<string>,
): Promise<string[]> {
  return record.pipeline ? uploadOutputs(store, record, prepared) : uploadToBuckets(store, record, prepared, expand);
}

/** The output artifacts of an action: the only one from `artifacts`, several by their names. */
async function uploadOutputs(store: Store, record: BuildRecord, prepared: Prepared): Promise<string[]> {
  const { outputs = [] } = record.pipeline ?? {};
  const { artifacts, secondary } = prepared.buildspec;
  const said: string[] = [];
  for (const { name, bucket, key } of outputs) {
    const artifact = secondary[name] ?? (outputs.length === 1 ? artifacts : undefined);
    if (!artifact) {
      throw new BuildError(
        'CLIENT_ERROR',
        outputs.length === 1
          ? `The buildspec has no artifacts, and the action has the output artifact ${name}.`
          : `The buildspec has no secondary artifact ${name}, as the action has several output artifacts.`,
      );
    }
    const { files, complaints } = await selectFiles(prepared.source, artifact);
    said.push(...complaints, `Found ${files.length} file(s) for the artifact ${name}`);
    await put(store, record, bucket, key, await packZip(files));
  }
  return said;
}

async function uploadToBuckets(
  store: Store,
  record: BuildRecord,
  prepared: Prepared,
  expand: (text: string) => Promise<string>,
): Promise<string[]> {
  const { made, build } = record;
  const { artifacts, secondary } = prepared.buildspec;
  const said: string[] = [];
  if (made.artifacts?.type === 'S3') {
    if (!artifacts) throw new BuildError('CLIENT_ERROR', 'The project has artifacts, and the buildspec names none.');
    build.artifacts = await upload(store, record, prepared, made.artifacts, artifacts, expand, said);
  }
  build.secondaryArtifacts = [];
  for (const wanted of made.secondaryArtifacts ?? []) {
    const id = wanted.artifactIdentifier ?? '';
    const artifact = secondary[id];
    if (!artifact) throw new BuildError('CLIENT_ERROR', `The buildspec has no secondary artifact ${id}.`);
    build.secondaryArtifacts.push(await upload(store, record, prepared, wanted, artifact, expand, said));
  }
  for (const id of Object.keys(secondary)) {
    if (!made.secondaryArtifacts?.some(({ artifactIdentifier }) => artifactIdentifier === id))
      throw new BuildError('CLIENT_ERROR', `The project has no secondary artifact ${id}, and the buildspec has.`);
  }
  builds(store).put(record);
  return said;
}

async function upload(
  store: Store,
  record: BuildRecord,
  prepared: Prepared,
  wanted: ProjectArtifacts,
  artifact: Artifact,
  expand: (text: string) => Promise<string>,
  said: string[],
): Promise<BuildArtifacts> {
  const bucket = wanted.location ?? '';
  if (!objects(store).hasBucket(bucket)) {
    throw new BuildError('CLIENT_ERROR', `The bucket ${bucket} does not exist on Local. Create it first.`);
  }
  const { files, complaints } = await selectFiles(prepared.source, {
    ...artifact,
    keepLinks: artifact.keepLinks && wanted.packaging === 'ZIP',
  });
  said.push(...complaints, `Found ${files.length} file(s)`);
  const isNamed = wanted.overrideArtifactName === true && artifact.name !== undefined;
  const id = record.id.slice(record.id.indexOf(':') + 1);
  const key = isNamed
    ? keyAt(wanted, await expand(artifact.name ?? ''), id, artifact.s3Prefix)
    : archiveKey(wanted, record.project, id, artifact.s3Prefix);
  const described: BuildArtifacts = {
    location: `arn:aws:s3:::${bucket}/${key}`,
    ...(wanted.artifactIdentifier === undefined ? {} : { artifactIdentifier: wanted.artifactIdentifier }),
    ...(wanted.overrideArtifactName === undefined ? {} : { overrideArtifactName: wanted.overrideArtifactName }),
    ...(wanted.encryptionDisabled === undefined ? {} : { encryptionDisabled: wanted.encryptionDisabled }),
  };
  if (wanted.packaging === 'ZIP') {
    const archive = await packZip(files);
    await put(store, record, bucket, key, archive);
    const digest = (algorithm: string): string => createHash(algorithm).update(archive).digest('hex');
    return { ...described, sha256sum: digest('sha256'), md5sum: digest('md5') };
  }
  for (const file of files) {
    const place = key === '' ? file.name : `${key}/${file.name}`;
    await objects(store).put(bucket, place, createReadStream(file.path), metadata(record));
  }
  return described;
}

/**
 * Where an artifact goes whose buildspec gives it no name of its own.
 * @param id the id of the build without its project
 */
export function archiveKey(wanted: ProjectArtifacts, project: string, id: string, prefix?: string): string {
  const given = wanted.name ?? project;
  return keyAt(wanted, wanted.packaging === 'ZIP' && !given.includes('.') ? `${given}.zip` : given, id, prefix);
}

function keyAt(
  { path, namespaceType }: ProjectArtifacts,
  name: string,
  id: string,
  prefix: string | undefined,
): string {
  const isById = namespaceType === 'BUILD_ID';
  const parts = [path, ...(isById ? [prefix, id] : []), name === '/' ? undefined : name];
  return parts
    .map((part) => part?.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== undefined && part !== '')
    .join('/');
}

async function put(store: Store, record: BuildRecord, bucket: string, key: string, content: Uint8Array): Promise<void> {
  const headers = { ...metadata(record), 'content-type': 'application/zip' };
  await objects(store).put(bucket, key, Readable.from([Buffer.from(content)]), headers);
}

/** What CodeBuild writes to the objects that it makes. */
function metadata({ build }: BuildRecord): Record<string, string> {
  return { 'x-amz-meta-codebuild-buildarn': build.arn ?? '' };
}
