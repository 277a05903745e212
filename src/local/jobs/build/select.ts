/** Which files of a folder the patterns of a buildspec mean. */
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Artifact } from './buildspec';

/** One file of an artifact. */
export interface Selected {
  /** Its place on this machine. */
  path: string;
  /** Its name in the artifact, with `/`. */
  name: string;
  /** What it leads to, where it is a link that stays one. */
  link?: string;
}

/** Patterns that match nothing, or a folder that is not there. */
export class NothingSelected extends Error {
  override readonly name = 'NothingSelected';
}

export interface Selection {
  files: Selected[];
  /** What the user should hear: names that two files have, links that lead out of the source. */
  complaints: string[];
}

/**
 * The files of an artifact. `*` stays in a folder, `**` does not; names that begin with a dot match too. Links are
 * followed where they stay in the source, and left out where they lead out of it.
 * @throws {NothingSelected}
 */
export async function selectFiles(
  source: string,
  { files, excludes, baseDirectory, discardPaths, keepLinks }: Pick<Artifact, 'files'> & Partial<Artifact>,
): Promise<Selection> {
  const complaints: string[] = [];
  const selected = new Map<string, Selected>();
  const root = await realpath(source);
  for (const base of await bases(root, baseDirectory)) {
    const excluded = (excludes ?? []).map((pattern) => matcher(pattern, base));
    const names = await filesBelow(base);
    const wanted = files.map((pattern) => matcher(pattern, base));
    for (const name of names) {
      if (!wanted.some((matches) => matches(name)) || excluded.some((matches) => matches(name))) continue;
      const path = join(base, name);
      const info = await lstat(path);
      const short = discardPaths === true ? basename(name) : name.split(sep).join('/');
      if (info.isSymbolicLink()) {
        const target = await realpath(path).catch(() => undefined);
        if (target === undefined || !isInside(root, target)) {
          complaints.push(`${short} is a link that leads out of the source. It is left out.`);
          continue;
        }
        if (keepLinks === true) {
          selected.set(short, { path, name: short, link: await readlink(path) });
          continue;
        }
        if (!(await stat(path)).isFile()) continue;
      }
      if (selected.has(short) && discardPaths === true) {
        complaints.push(`Two files are called ${short} without their folders. The last one is taken.`);
      }
      selected.set(short, { path, name: short });
    }
  }
  if (selected.size === 0) throw new NothingSelected(`no matching artifact paths found: ${files.join(', ')}`);
  return { files: [...selected.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), complaints };
}

/** The folders that a base directory means: itself, or all that its pattern matches. */
async function bases(root: string, baseDirectory: string | undefined): Promise<string[]> {
  if (baseDirectory === undefined || baseDirectory === '' || baseDirectory === '.') return [root];
  const plain = resolve(root, baseDirectory);
  if (!/[*?[{]/.test(baseDirectory)) {
    const real = await realpath(plain).catch(() => undefined);
    if (real === undefined || !isInside(root, real)) {
      throw new NothingSelected(`the base directory ${baseDirectory} was not found in the source`);
    }
    return [real];
  }
  const matches = picomatch(baseDirectory.replace(/^\.\//, '').replace(/\/$/, ''), { dot: true });
  const entries = await readdir(root, { withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isDirectory() && matches(entry.name))
    .map(({ name }) => join(root, name));
  if (found.length === 0) throw new NothingSelected(`no folder matches the base directory ${baseDirectory}`);
  return found;
}

/** A pattern as a test of names relative to `base`; a folder's name means all that is in it. */
function matcher(pattern: string, base: string): (name: string) => boolean {
  const plain = (pattern.startsWith('/') ? relative(base, pattern) : pattern).replace(/^\.\//, '').replace(/\/$/, '');
  const matches = picomatch(plain === '' || plain === '.' ? '**' : plain, { dot: true });
  return (name) => matches(name.split(sep).join('/'));
}

/** All files and links below a folder; folders behind links are not entered unless they lie below it. */
async function filesBelow(folder: string): Promise<string[]> {
  const names: string[] = [];
  const walk = async (place: string): Promise<void> => {
    for (const entry of await readdir(join(folder, place), { withFileTypes: true })) {
      const name = join(place, entry.name);
      if (entry.isDirectory()) await walk(name);
      else names.push(name);
    }
  };
  await walk('');
  return names.sort();
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root + sep);
}
