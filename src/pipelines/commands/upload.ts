import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Session } from '../../aws';
import { runGit } from '../../gitflow';
import { formatNames } from '../../shared/format';
import { addressOf, digestOfFiles, sha256, writeManifest, type UploadFile } from '../../shared/uploads';
import { UserError } from '../../workbench/errors';
import { dvcFileOf, dvcHash } from '../dvc';
import { type UploadedFiles } from '../model';
import type { FormParameter } from '../panels/run-form/contract';
import { splitS3Uri } from '../../shared/s3-uri';

/** Never part of what a run reads. */
const leftOut = new Set(['.git', '.venv', '__pycache__', 'node_modules']);
/** Requests at a time. */
const most = 8;

/** What was copied, and the values of the parameters that name it. */
export interface Uploads {
  values: Record<string, string>;
  uploads: UploadedFiles[];
}

/** What the copying needs to know. */
export interface UploadRequest {
  /** The folder that the paths are relative to. */
  root: string;
  /** Files and folders by the parameter that holds the S3 URI where the pipeline reads them. */
  sources: ReadonlyMap<string, string>;
  parameters: readonly FormParameter[];
  /** What the run sets in place of the parameters' defaults. */
  values: Readonly<Record<string, string>>;
}

/** A file of the working tree that a run reads. */
export interface SourceFile extends UploadFile {
  /** Absolute path. */
  source: string;
}

/** What lies now in a file or folder. */
export interface SourceState {
  /** Relative to the root, as the configuration has it. */
  path: string;
  isFile: boolean;
  digest: string;
  files: SourceFile[];
}

/** What lies now in the files that a parameter stands for. */
export interface ParameterSource extends SourceState {
  parameter: string;
}

/**
 * Copies the files that a run reads to places that are named by their digest, each once: what is there already is
 * not copied again, and what another run reads never changes.
 *
 * @returns the addresses as values of the parameters
 * @throws a `UserError` where a file is missing, a value is no S3 URI, or the bucket is another account's
 */
export async function uploadSources(session: Session, request: UploadRequest): Promise<Uploads> {
  const states = await readSources(request.root, request.sources, request.parameters);
  const result: Uploads = { values: {}, uploads: [] };
  for (const state of states) {
    const { parameter, path, digest, isFile, files } = state;
    const target =
      request.values[parameter] ?? request.parameters.find(({ name }) => name === parameter)?.default ?? '';
    if (!target.startsWith('s3://')) {
      throw new UserError(`${parameter} must be an S3 URI (s3://bucket/key), since ${path} is copied there.`);
    }
    const address = addressOf(target, digest, isFile);
    await copy(session, state, address.uri);
    await putFile(session, address.manifest, Buffer.from(writeManifest(files)));
    result.values[parameter] = address.uri;
    const dvc = await dvcHash(request.root, state);
    result.uploads.push({ parameter, digest, files: files.length, ...(dvc === undefined ? {} : { dvc }) });
  }
  return result;
}

/** The files behind each parameter as they are now. Parameters that the definition has not got are left out. */
export async function readSources(
  root: string,
  sources: ReadonlyMap<string, string>,
  parameters: readonly FormParameter[],
): Promise<ParameterSource[]> {
  const states: ParameterSource[] = [];
  for (const { name: parameter } of parameters) {
    const path = sources.get(parameter);
    if (path === undefined) continue;
    states.push({ parameter, ...(await readSource(root, path, 'uploads')) });
  }
  return states;
}

/**
 * A file or a folder as it is now.
 * @param member what names it in the configuration, for the sentence where it is missing
 */
export async function readSource(root: string, path: string, member: string): Promise<SourceState> {
  const isFile = await isFileAt(join(root, path), path, member);
  const files = await (isFile ? readFiles(root, [path], () => basename(path)) : readFolder(root, path, member));
  return { path, isFile, files, digest: digestOfFiles(files) };
}

/** The files of a folder, without those that git ignores. */
async function readFolder(root: string, path: string, member: string): Promise<SourceFile[]> {
  const folder = path.replace(/\/+$/, '');
  const paths = (await knownToGit(root, folder)) ?? (await filesBelow(root, folder));
  if (paths.length === 0) throw new UserError(`${path} has no files. Correct ${member} in .mlops/config.json.`);
  return readFiles(root, paths, (each) => (folder === '.' ? each : each.slice(folder.length + 1)));
}

async function readFiles(
  root: string,
  paths: readonly string[],
  name: (path: string) => string,
): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of paths) {
    const source = join(root, path);
    files.push({ path: name(path), source, sha256: sha256(await readFile(source)) });
  }
  return files;
}

/**
 * Files of a folder that are tracked or could be: what is ignored is no part of the project, unless the whole folder
 * is. Undefined outside of a repository.
 */
async function knownToGit(root: string, folder: string): Promise<string[] | undefined> {
  const words = ['--literal-pathspecs', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', folder];
  const { code, stdout } = await runGit(root, words).catch(() => ({ code: 1, stdout: '' }));
  if (code !== 0) return undefined;
  const files = new Set<string>();
  for (const path of stdout.split('\0')) {
    if (path === '' || isLeftOut(path)) continue;
    const found = await stat(join(root, path)).catch(() => undefined);
    if (found?.isFile()) files.add(path);
    // A submodule, or a repository inside: its files are read as they lie.
    if (found?.isDirectory()) for (const below of await filesBelow(root, path.replace(/\/$/, ''))) files.add(below);
  }
  return files.size > 0 ? [...files] : undefined;
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const below = entries
    .filter(({ name }) => !leftOut.has(name))
    .map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      const isFolder = entry.isSymbolicLink() ? (await stat(join(root, path))).isDirectory() : entry.isDirectory();
      return isFolder ? filesBelow(root, path) : [path];
    });
  return (await Promise.all(below)).flat();
}

function isLeftOut(path: string): boolean {
  return path.split('/').some((part) => leftOut.has(part));
}

async function isFileAt(place: string, path: string, member: string): Promise<boolean> {
  try {
    return (await stat(place)).isFile();
  } catch (error) {
    const isTracked = await stat(`${place.replace(/\/+$/, '')}.dvc`).then(
      () => true,
      () => false,
    );
    const remedy = isTracked
      ? `DVC tracks it: fetch it with "dvc pull ${dvcFileOf(path)}".`
      : `Correct ${member} in .mlops/config.json.`;
    throw new UserError(`${path} does not exist. ${remedy}`, undefined, { cause: error });
  }
}

/**
 * Copies what is not there yet, and reads back what is: the place holds the files of its digest and no others.
 *
 * @throws a `UserError` where somebody has put other files beside them, or S3 has other content than was copied
 */
async function copy(session: Session, { isFile, files, path }: SourceState, uri: string): Promise<void> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  const ExpectedBucketOwner = (await session.identity()).account;
  const there = new Map<string, number>();
  await session.call(`look for the files of ${path} in ${bucket}`, async () => {
    const request = { Bucket: bucket, Prefix: isFile ? key : `${key}/`, ExpectedBucketOwner };
    for await (const { Contents } of sdk.paginateListObjectsV2({ client: s3 }, request)) {
      for (const { Key = '', Size = -1 } of Contents ?? []) there.set(Key, Size);
    }
  });
  const keyOf = ({ path: name }: SourceFile): string => (isFile ? key : `${key}/${name}`);
  const own = new Set(files.map(keyOf));
  const strange = isFile ? [] : [...there.keys()].filter((each) => !own.has(each));
  if (strange.length > 0) {
    throw new UserError(
      `${uri} holds files that are not those of ${path}: ${formatNames(strange, 3)}. The run would read them too: delete them, and start it again.`,
    );
  }
  for (let at = 0; at < files.length; at += most) {
    await Promise.all(
      files.slice(at, at + most).map(async (file) => {
        const Body = await readFile(file.source);
        if (sha256(Body) !== file.sha256) {
          throw new UserError(`${file.path} changed while it was being copied. Start the run again.`);
        }
        const Key = keyOf(file);
        const holds = async (): Promise<boolean | undefined> => isObject(session, bucket, Key, file.sha256);
        // A copy of another size was cut off.
        if (there.get(Key) === Body.length && (await holds()) === true) return;
        await putFile(session, `s3://${bucket}/${Key}`, Body);
        if ((await holds()) === false) {
          throw new UserError(`s3://${bucket}/${Key} is not what was copied there. Start the run again.`);
        }
      }),
    );
  }
}

/**
 * Whether an object has this digest: by the checksum that S3 keeps, else by its content. Undefined for who may write it
 * and not read it: S3 has checked the digest then as it was written.
 */
async function isObject(session: Session, Bucket: string, Key: string, digest: string): Promise<boolean | undefined> {
  const { sdk, s3 } = session;
  const ExpectedBucketOwner = (await session.identity()).account;
  const request = { Bucket, Key, ExpectedBucketOwner };
  try {
    const head = await s3.send(new sdk.HeadObjectCommand({ ...request, ChecksumMode: 'ENABLED' }));
    // Of an object in parts it is the digest of their digests.
    const kept = head.ChecksumType === 'COMPOSITE' ? undefined : head.ChecksumSHA256;
    if (kept !== undefined) return Buffer.from(kept, 'base64').toString('hex') === digest;
    const { Body } = await s3.send(new sdk.GetObjectCommand(request));
    return sha256((await Body?.transformToByteArray()) ?? new Uint8Array()) === digest;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 403) return undefined;
    throw error;
  }
}

/** Writes an object of the session's own account. */
export async function putFile(session: Session, uri: string, Body: Uint8Array): Promise<void> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  const ExpectedBucketOwner = (await session.identity()).account;
  await session.change(`copy ${basename(key)} to ${uri}`, () =>
    // S3 refuses content that does not have this digest.
    s3.send(
      new sdk.PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body,
        ExpectedBucketOwner,
        ChecksumSHA256: Buffer.from(sha256(Body), 'hex').toString('base64'),
      }),
    ),
  );
}
