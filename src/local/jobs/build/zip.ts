/** Zip archives with the modes and links that builds rely on. */
import { lstat, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, resolve, sep } from 'node:path';
import type { Zippable } from 'fflate';
import type { Selected } from './select';

const linkType = 0o120000;
const typeMask = 0o170000;

/** A zip archive of files; entries have a fixed time, so that equal files make an equal archive. */
export async function packZip(files: readonly Selected[]): Promise<Uint8Array> {
  const entries: Zippable = {};
  for (const { path, name, link } of files) {
    const mode = link === undefined ? (await lstat(path)).mode & 0o777 : linkType | 0o777;
    const content = link === undefined ? await readFile(path) : Buffer.from(await readlink(path));
    const attrs = ((link === undefined ? 0o100000 : 0) | mode) * 0x10000;
    entries[name] = [content, { os: 3, attrs, mtime: new Date(1980, 0, 1), level: 6 }];
  }
  const { zipSync } = await import('fflate');
  return zipSync(entries);
}

/** Unpacks a zip archive. What would lie outside the folder, and links that lead out of it, are left out. */
export async function unpackZip(archive: Uint8Array, folder: string): Promise<void> {
  const root = resolve(folder);
  await mkdir(root, { recursive: true });
  const modes = modesOf(archive);
  const { unzipSync } = await import('fflate');
  const links: [path: string, target: string][] = [];
  for (const [name, content] of Object.entries(unzipSync(archive))) {
    const path = normalize(join(root, name));
    if (!path.startsWith(root + sep)) continue;
    if (name.endsWith('/')) {
      await mkdir(path, { recursive: true });
      continue;
    }
    const mode = modes.get(name) ?? 0;
    await mkdir(dirname(path), { recursive: true });
    if ((mode & typeMask) === linkType) links.push([path, Buffer.from(content).toString('utf8')]);
    else await writeFile(path, content, { mode: mode & 0o100 ? 0o755 : 0o644 });
  }
  // Last, so that nothing is written through a link.
  for (const [path, target] of links) {
    const leadsTo = resolve(dirname(path), target);
    if (leadsTo.startsWith(root + sep)) await symlink(target, path).catch(() => undefined);
  }
}

/** The Unix modes in an archive's directory, by name. */
function modesOf(archive: Uint8Array): Map<string, number> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const modes = new Map<string, number>();
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return modes;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= archive.length && view.getUint32(at, true) === 0x02014b50) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const name = Buffer.from(archive.subarray(at + 46, at + 46 + nameLength)).toString('utf8');
    const madeBy = view.getUint8(at + 5);
    if (madeBy === 3) modes.set(name, view.getUint32(at + 38, true) >>> 16);
    at += 46 + nameLength + extra + comment;
  }
  return modes;
}
