/** What a run on this machine is given in place of what only an account has: data of public buckets, and ends of steps. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Session } from '../../aws';
import { type Stub, stubsKey } from '../../shared/stubs';
import { UserError } from '../../workbench/errors';
import { readDefinition } from '../definition';
import { putFile, readSource, type SourceState } from './upload';
import { splitS3Uri } from '../../shared/s3-uri';

/** Local's own bucket, which is there from the start. */
const ownBucket = 'sagemaker-us-east-1-000000000000';
/** Requests at a time. */
const most = 8;

/** As `.mlops/config.json` has them. */
export interface StandIns {
  /** The folder that the paths are relative to. */
  root: string;
  /** Files and folders by the S3 location where a pipeline reads them. */
  fixtures: ReadonlyMap<string, string>;
  /** Stubs by the name or type of a step. Artifacts are paths, or S3 URIs. */
  stubs: ReadonlyMap<string, Partial<Stub>>;
}

/** The stubs for steps of a definition: the file is for all pipelines of a repository. */
export async function stubsFor(definition: string, { stubs }: StandIns): Promise<StandIns['stubs']> {
  if (stubs.size === 0) return stubs;
  const steps = [...(await readDefinition(definition)).steps.values()];
  const names = new Set(steps.flatMap(({ name, type }) => [name, type]));
  return new Map([...stubs].filter(([name]) => names.has(name)));
}

/**
 * Puts fixtures and stubs where Local finds them: fixtures at the very places that they stand for, in buckets that are
 * made for them; stubs for the start with this token. Nothing is done for a connection to an account.
 *
 * @throws a `UserError` where a file is missing, or a location is no S3 URI
 */
export async function provideStandIns(session: Session, standIns: StandIns, token: string): Promise<void> {
  if (session.connection.kind !== 'local') return;
  const { root, fixtures, stubs } = standIns;
  for (const [location, path] of fixtures) await copy(session, await readSource(root, path, 'fixtures'), location);
  if (stubs.size === 0) return;
  const given: Record<string, Partial<Stub>> = {};
  for (const [name, stub] of stubs) {
    given[name] = { ...stub, artifacts: await provideArtifacts(session, root, stub.artifacts ?? {}) };
  }
  await putFile(session, `s3://${ownBucket}/${stubsKey(token)}`, Buffer.from(JSON.stringify(given)));
}

/**
 * Puts fixtures at those of their places where nothing lies: for a run that goes on, whose data stays what it was.
 *
 * @throws a `UserError` where a file is missing, or a location is no S3 URI
 */
export async function provideMissing(session: Session, { root, fixtures }: Omit<StandIns, 'stubs'>): Promise<void> {
  if (session.connection.kind !== 'local') return;
  for (const [location, path] of fixtures)
    await copy(session, await readSource(root, path, 'fixtures'), location, false);
}

async function provideArtifacts(
  session: Session,
  root: string,
  artifacts: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const [name, path] of Object.entries(artifacts)) {
    if (path.startsWith('s3://')) {
      given[name] = path;
      continue;
    }
    const source = await readSource(root, path, 'stubs');
    const place = `s3://${ownBucket}/.mlops-flow/files/${source.digest}`;
    given[name] = source.isFile ? `${place}/${source.files[0]?.path ?? ''}` : place;
    await copy(session, source, given[name]);
  }
  return given;
}

/**
 * Copies files to a location, but for those that lie there already as they are.
 * @param replaces whether others that lie there are replaced
 */
async function copy(
  session: Session,
  { isFile, files, path }: SourceState,
  location: string,
  replaces = true,
): Promise<void> {
  const { sdk, s3 } = session;
  if (!/^s3:\/\/[^/]+\/./.test(location)) {
    throw new UserError(`${location} is not an S3 URI (s3://bucket/key). Correct fixtures in .mlops/config.json.`);
  }
  const { bucket, key } = splitS3Uri(location.replace(/\/+$/, ''));
  const there = await digestsAt(session, bucket, isFile ? key : `${key}/`, path);
  if (!there) {
    await session.change(`make the bucket ${bucket}`, () => s3.send(new sdk.CreateBucketCommand({ Bucket: bucket })));
  }
  for (let at = 0; at < files.length; at += most) {
    await Promise.all(
      files.slice(at, at + most).map(async (file) => {
        const Key = isFile ? key : `${key}/${file.path}`;
        if (!replaces && there?.has(Key)) return;
        const body = await readFile(file.source);
        const digest = createHash('md5').update(body).digest('hex');
        if (there?.get(Key) !== digest) await putFile(session, `s3://${bucket}/${Key}`, body);
      }),
    );
  }
}

/** The MD5 digests of the objects below a prefix, by their keys; undefined where there is no such bucket. */
async function digestsAt(
  session: Session,
  Bucket: string,
  Prefix: string,
  path: string,
): Promise<Map<string, string> | undefined> {
  const { sdk, s3 } = session;
  return session.call(`look for the files of ${path} in ${Bucket}`, async () => {
    const there = new Map<string, string>();
    try {
      for await (const { Contents } of sdk.paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        for (const { Key = '', ETag = '' } of Contents ?? []) there.set(Key, ETag.replaceAll('"', ''));
      }
      return there;
    } catch (error) {
      if (error instanceof sdk.NoSuchBucket) return undefined;
      throw error;
    }
  });
}
