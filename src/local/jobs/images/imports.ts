import { existsSync } from 'node:fs';
import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Larger files are no scripts that someone wrote. */
const largest = 1024 * 1024;

/** What the scripts below some folders may import. */
export interface Imports {
  /** The first parts of the modules' names. */
  modules: ReadonlySet<string>;
  /** Archives lie there, which a script unpacks by itself: what is in them is not known. */
  hasArchive: boolean;
  /** Some script names pip. */
  usesPip: boolean;
  /** A notebook calls the command line of AWS. */
  usesAws: boolean;
}

const statement = /^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)|import[ \t]+([A-Za-z_][\w., \t]*))/gm;

/** The modules that a script imports at any depth of its text. */
export function importsOf(script: string): string[] {
  return [...script.matchAll(statement)].flatMap(([, from, list]) =>
    from === undefined ? (list ?? '').split(',').map((name) => name.trim().split(/[.\s]/)[0] ?? '') : [from],
  );
}

/** Looks through the scripts below folders without running anything. */
export async function importsBelow(folders: readonly string[]): Promise<Imports> {
  const modules = new Set<string>();
  let hasArchive = false;
  let usesPip = false;
  let usesAws = false;
  for (const folder of folders) {
    // Most jobs have few of the folders: that is told without a thread.
    const names = existsSync(folder) ? await readdir(folder, { recursive: true }).catch(() => []) : [];
    for (const name of names) {
      if (/\.(tar\.gz|tgz|zip)$/.test(name)) hasArchive = true;
      if (!/\.(py|ipynb|sh)$/.test(name)) continue;
      const text = await readScript(join(folder, name));
      if (/\bpip3?\b/.test(text)) usesPip = true;
      if (/"\s*!\s*aws\s/.test(text)) usesAws = true;
      for (const module of importsOf(name.endsWith('.ipynb') ? text.replaceAll(/^\s*"/gm, '') : text))
        modules.add(module);
    }
  }
  return { modules, hasArchive, usesPip, usesAws };
}

async function readScript(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return '';
  try {
    const info = await file.stat();
    return info.isFile() && info.size <= largest ? await readFile(file, 'utf8') : '';
  } finally {
    await file.close();
  }
}
