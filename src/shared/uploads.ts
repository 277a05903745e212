/**
 * Uploads that never change: what is copied for a run goes to a prefix that is named by the digest of its files, so
 * that two runs share a place only where they share every byte, and a run says by its parameters what it was made of.
 *
 * ```
 * s3://bucket/code                       what the parameter says: the place for all runs
 * s3://bucket/code/<digest>/train.py     the files of one state
 * s3://bucket/code/manifests/<digest>.txt    the list of those files; the digest is that of this list
 * ```
 *
 * The list is not beside the files: a prefix in S3 would match it too.
 */
import { createHash } from 'node:crypto';

/** One file of an upload. */
export interface UploadFile {
  /** Relative to the folder, with forward slashes; of a single file its name. */
  path: string;
  /** SHA-256 of the content, in hexadecimal. */
  sha256: string;
}

/** Where an upload lies. */
export interface UploadAddress {
  /** The parameter's value: a prefix for a folder, an object for a single file. */
  uri: string;
  /** Where the list of the files lies. */
  manifest: string;
}

/** SHA-256 of a text or of bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The list of an upload's files, in the format of `sha256sum` and in the order of their paths, so that
 * `sha256sum --check` can check a copy of the files.
 */
export function writeManifest(files: readonly UploadFile[]): string {
  return files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256: digest }) => `${digest}  ${path}\n`)
    .join('');
}

/** Reads what `writeManifest` wrote; undefined for any other text. */
export function readManifest(text: string): UploadFile[] | undefined {
  const files: UploadFile[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, digest, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (digest === undefined || path === undefined) return undefined;
    files.push({ path, sha256: digest });
  }
  return text.endsWith('\n') ? files : undefined;
}

/** The digest that names an upload: that of the list of its files. */
export function digestOfFiles(files: readonly UploadFile[]): string {
  return sha256(writeManifest(files));
}

/**
 * Where files of a digest go below `target`, an `s3://` URI that may itself be the address of an earlier upload.
 * A single file keeps its name as the last part of its address.
 */
export function addressOf(target: string, digest: string, isFile: boolean): UploadAddress {
  const { place } = partsOf(target);
  const slash = place.lastIndexOf('/');
  const [base, name] = isFile ? [place.slice(0, slash), place.slice(slash)] : [place, ''];
  return { uri: `${base}/${digest}${name}`, manifest: `${base}/manifests/${digest}.txt` };
}

/** The digest in the address of an upload; undefined for an address that does not name what it holds. */
export function digestIn(uri: string): string | undefined {
  return partsOf(uri).digest;
}

/** The list of files for an upload's address; undefined for an address that does not name what it holds. */
export function manifestOf(uri: string): string | undefined {
  const { digest, place, isFile } = partsOf(uri);
  return digest === undefined ? undefined : addressOf(place, digest, isFile).manifest;
}

/** An address without the digest in it: `s3://bucket/data/<digest>/x.csv` is in the place `s3://bucket/data/x.csv`. */
function partsOf(uri: string): { place: string; digest: string | undefined; isFile: boolean } {
  const plain = uri.replace(/\/+$/, '');
  const [, base, digest, name] = /^(.*)\/([0-9a-f]{64})(\/[^/]+)?$/.exec(plain) ?? [];
  if (base === undefined || digest === undefined) return { place: plain, digest: undefined, isFile: false };
  return { place: `${base}${name ?? ''}`, digest, isFile: name !== undefined };
}
