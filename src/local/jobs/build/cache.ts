/** What a build keeps for the next one of its project: folders by their key. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Prepared } from './run';

type Expand = (text: string) => Promise<string>;

/** Brings back what an earlier build has kept under the key, or the first fallback that there is. @returns lines */
export async function restoreCache(
  folder: string,
  prepared: Prepared,
  home: string,
  expand: Expand,
): Promise<string[]> {
  const { cache } = prepared.buildspec;
  if (!cache?.actions.includes('restore')) return [];
  const kept = await readdir(folder).catch((): string[] => []);
  for (const key of [cache.key ?? '', ...cache.fallbackKeys]) {
    const text = await expand(key);
    const name = nameOf(text);
    // A fallback key is the beginning of the keys that it means.
    const found = kept.includes(name)
      ? name
      : key === cache.key
        ? undefined
        : kept.find((one) => one.startsWith(plain(text)));
    if (found === undefined) continue;
    for (const place of ['source', 'home'] as const) {
      const from = join(folder, found, place);
      if (existsSync(from))
        await cp(from, place === 'source' ? prepared.source : home, { recursive: true, force: true });
    }
    return [`[Local] The cache ${text === '' ? 'of this project' : text} was restored.`];
  }
  return [];
}

/** Keeps the paths of the cache; the cache is always the old or the new one as a whole. @returns lines */
export async function saveCache(folder: string, prepared: Prepared, home: string, expand: Expand): Promise<string[]> {
  const { cache } = prepared.buildspec;
  if (!cache?.actions.includes('save')) return [];
  const key = await expand(cache.key ?? '');
  const target = join(folder, nameOf(key));
  const made = `${target}.new`;
  const said: string[] = [];
  await rm(made, { recursive: true, force: true });
  for (const path of cache.paths) {
    const found = locate(path, prepared.source, home);
    if (!found) {
      said.push(`[Local] ${path} lies outside of source and home. It is not kept in the cache.`);
      continue;
    }
    const from = join(found.root, found.name);
    if (!existsSync(from)) continue;
    const to = join(made, found.place, found.name);
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, { recursive: true, force: true });
  }
  if (!existsSync(made)) return said;
  await rm(target, { recursive: true, force: true });
  await rename(made, target);
  return said;
}

/** The folder that a path of the cache means, without the pattern at its end. */
function locate(
  path: string,
  source: string,
  home: string,
): { place: 'source' | 'home'; root: string; name: string } | undefined {
  const bare = path.replace(/[*?[{].*$/, '').replace(/\/+$/, '');
  const inHome = /^(?:~|\$HOME|\$\{HOME\}|\/root)(?:\/|$)(.*)$/.exec(bare);
  const [place, root, name] = inHome ? (['home', home, inHome[1] ?? ''] as const) : (['source', source, bare] as const);
  const full = resolve(root, name);
  if (full !== root && !full.startsWith(root + sep)) return undefined;
  return { place, root, name: full.slice(root.length + 1) };
}

function plain(key: string): string {
  return key.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80);
}

function nameOf(key: string): string {
  return `${plain(key)}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}
