/** The artifacts of the builds of a batch in one archive. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';
import type { BatchRecord, PipelineLink } from '../../domain/builds';
import { objects } from '../../domain/objects';
import type { Store } from '../../store/store';
import { archiveKey } from './artifacts';
import { BuildError } from './run';
import { selectFiles } from './select';
import { packZip, unpackZip } from './zip';

interface Place {
  bucket: string;
  key: string;
}

/**
 * True where the artifacts of a batch are to be one archive. Those of a project that packs none lie in one place anyway.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectBuildBatchConfig.html
 */
export function isCombined({ batch, made, pipeline }: BatchRecord): boolean {
  if (batch.buildBatchConfig?.combineArtifacts !== true) return false;
  return pipeline ? pipeline.outputs.length > 0 : made.artifacts?.type === 'S3' && made.artifacts.packaging === 'ZIP';
}

/** What a build of a combined batch gives its artifact to, for the time until all are there. */
export function partOf(
  record: BatchRecord,
  identifier: string,
): { outputs: PipelineLink['outputs'] } | { artifacts: ProjectArtifacts } {
  const [output] = record.pipeline?.outputs ?? [];
  if (output) return { outputs: [{ ...output, key: partKey(output.key, identifier) }] };
  const { bucket, key } = target(record);
  return {
    artifacts: { type: 'S3', location: bucket, path: '', name: partKey(key, identifier), packaging: 'ZIP' },
  };
}

const partKey = (key: string, identifier: string): string => `${key}.${identifier}.zip`;

function target({ id, project, made, pipeline }: BatchRecord): Place {
  const [output] = pipeline?.outputs ?? [];
  if (output) return output;
  const wanted = made.artifacts ?? { type: 'S3' as const };
  return { bucket: wanted.location ?? '', key: archiveKey(wanted, project, id.slice(id.indexOf(':') + 1)) };
}

/** Joins what the builds gave, a later one over an earlier one, and removes the parts. @throws {BuildError} where none gave any */
export async function combineArtifacts(store: Store, jobs: string, record: BatchRecord): Promise<void> {
  const to = target(record);
  const folder = join(jobs, `combine-${record.id.replaceAll(':', '-')}`);
  const joined = join(folder, 'all');
  const parts = (record.batch.buildGroups ?? []).flatMap(({ identifier = '' }) => {
    const object = objects(store).get(to.bucket, partKey(to.key, identifier));
    return object ? [object] : [];
  });
  // Nothing is left of parts that were joined before the process ended.
  if (parts.length === 0 && objects(store).get(to.bucket, to.key)) return;
  if (parts.length === 0) throw new BuildError('CLIENT_ERROR', 'No build of the batch has made an artifact.');
  await mkdir(joined, { recursive: true });
  try {
    const file = join(folder, 'part.zip');
    for (const part of parts) {
      await objects(store).download(part, file);
      await unpackZip(await readFile(file), joined);
    }
    const { files } = await selectFiles(joined, { files: ['**/*'], keepLinks: true });
    const headers = { 'content-type': 'application/zip', 'x-amz-meta-codebuild-buildarn': record.batch.arn ?? '' };
    await objects(store).put(to.bucket, to.key, Readable.from([Buffer.from(await packZip(files))]), headers);
    for (const { key } of parts) await objects(store).delete(to.bucket, key);
    record.batch.artifacts = { location: `arn:aws:s3:::${to.bucket}/${to.key}` };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
