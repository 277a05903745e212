/**
 * Files that DVC tracks: beside `data.csv` lies `data.csv.dvc`, which git tracks in its place and which says by an MD5
 * what the file is to be.
 *
 * @see https://dvc.org/doc/user-guide/project-structure/dvc-files
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../shared/guards';

/** A file: its path in what is tracked, and where it lies. */
interface TrackedFile {
  path: string;
  source: string;
}

/** The file in which DVC says what lies at a path, relative to the same root. */
export function dvcFileOf(path: string): string {
  return `${path.replace(/\/+$/, '')}.dvc`;
}

/**
 * The hash by which DVC knows what lies at a path now, as its file has it (`….dir` for a folder); `modified` where
 * something else lies there; undefined where DVC does not track it.
 */
export async function dvcHash(
  root: string,
  { path, isFile, files }: { path: string; isFile: boolean; files: readonly TrackedFile[] },
): Promise<string | undefined> {
  const text = await readFile(join(root, dvcFileOf(path)), 'utf8').catch(() => undefined);
  const tracked = text === undefined ? undefined : trackedIn(text, basename(dvcFileOf(path), '.dvc'));
  if (tracked === undefined) return undefined;
  const actual = isFile ? await hashesOfFile(files) : [await hashOfFolder(files)];
  return actual.includes(tracked) ? tracked : 'modified';
}

/** The hash that the text of a `.dvc` file has for its output of this name. */
export function trackedIn(text: string, name: string): string | undefined {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return undefined;
  }
  const outs = isRecord(content) && Array.isArray(content['outs']) ? (content['outs'] as unknown[]) : [];
  const out = outs.find((each) => isRecord(each) && each['path'] === name);
  const md5 = isRecord(out) ? out['md5'] : undefined;
  return typeof md5 === 'string' && /^[0-9a-f]{32}(\.dir)?$/.test(md5) ? md5 : undefined;
}

/** What DVC 3 says of a file, and what DVC 2 said of a text, whose line ends it took as those of Unix. */
async function hashesOfFile([file]: readonly TrackedFile[]): Promise<string[]> {
  if (!file) return [];
  const content = await readFile(file.source);
  return [md5(content), md5(Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))];
}

/** Of a folder DVC hashes the list of its files, as Python writes it in JSON. */
async function hashOfFolder(files: readonly TrackedFile[]): Promise<string> {
  const list = await Promise.all(
    files.map(async ({ path, source }) => ({ relpath: path, md5: md5(await readFile(source)) })),
  );
  const entries = list
    .toSorted((a, b) => (a.relpath < b.relpath ? -1 : 1))
    .map(({ md5: hash, relpath }) => `{"md5": "${hash}", "relpath": ${ascii(JSON.stringify(relpath))}}`);
  return `${md5(Buffer.from(`[${entries.join(', ')}]`))}.dir`;
}

/** Python escapes what is not ASCII. */
function ascii(json: string): string {
  return json.replace(/[^\0-~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}
