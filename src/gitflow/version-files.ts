/** The files that hold a project's version: found, read, and written with nothing else changed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { glob } from 'tinyglobby';
import type { VersionFile } from './model';

type Format = VersionFile['format'];

/** How each format is read and written. `write` answers the new text. */
interface Reader {
  read(text: string): string | undefined;
  write(text: string, version: string): string;
}

const word = String.raw`["']([^"'\n]+)["']`;

/** A line `name = "value"` in one section of a file of sections. */
function inSection(section: RegExp, line: RegExp): Reader {
  const find = (text: string): { start: number; end: number } | undefined => {
    const from = section.exec(text);
    if (!from) return undefined;
    const start = from.index + from[0].length;
    const rest = text.slice(start);
    const until = /^\[/m.exec(rest)?.index ?? rest.length;
    const found = line.exec(rest.slice(0, until));
    const value = found?.[1];
    if (found === null || value === undefined) return undefined;
    const at = start + found.index + found[0].lastIndexOf(value);
    return { start: at, end: at + value.length };
  };
  return {
    read: (text) => {
      const place = find(text);
      return place && text.slice(place.start, place.end);
    },
    write: (text, version) => {
      const place = find(text);
      return place ? text.slice(0, place.start) + version + text.slice(place.end) : text;
    },
  };
}

/** The first version that one of the readers finds. */
function firstOf(...readers: Reader[]): Reader {
  const fitting = (text: string): Reader | undefined => readers.find((reader) => reader.read(text) !== undefined);
  return {
    read: (text) => fitting(text)?.read(text),
    write: (text, version) => fitting(text)?.write(text, version) ?? text,
  };
}

const formatting = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

function json(paths: string[][]): Reader {
  const value = (text: string, path: string[]): string | undefined => {
    const root = parseTree(text);
    const node = root && findNodeAtLocation(root, path);
    return typeof node?.value === 'string' ? node.value : undefined;
  };
  return {
    read: (text) => value(text, paths[0] ?? []),
    write: (text, version) => {
      let result = text;
      for (const path of paths) {
        if (value(result, path) !== undefined) result = applyEdits(result, modify(result, path, version, formatting));
      }
      return result;
    },
  };
}

const readers: Record<Format, Reader> = {
  'package.json': json([['version']]),
  'package-lock.json': json([['version'], ['packages', '', 'version']]),
  'pyproject.toml': firstOf(
    inSection(/^\[project\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
    inSection(/^\[tool\.poetry\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
  ),
  // `attr:` and `file:` point to where the version really is.
  'setup.cfg': inSection(/^\[metadata\]\s*$/m, /^version\s*[=:][ \t]*(?!attr:|file:)(\S+)[ \t]*$/m),
  python: inSection(/^/, new RegExp(`^__version__\\s*(?::\\s*\\w+\\s*)?=\\s*${word}`, 'm')),
  plain: inSection(/^/, /^[ \t]*(v?\d\S*)[ \t]*$/m),
};

const places: { pattern: string; format: Format }[] = [
  { pattern: 'package.json', format: 'package.json' },
  { pattern: 'package-lock.json', format: 'package-lock.json' },
  { pattern: 'pyproject.toml', format: 'pyproject.toml' },
  { pattern: 'setup.cfg', format: 'setup.cfg' },
  { pattern: '{*,src/*}/{__init__,__about__,__version__,_version,version}.py', format: 'python' },
  { pattern: '{VERSION,VERSION.txt,version.txt}', format: 'plain' },
];

/** The files of a work tree that hold a version, and which. */
export async function findVersionFiles(root: string): Promise<VersionFile[]> {
  const found: VersionFile[] = [];
  for (const { pattern, format } of places) {
    const paths = await glob(pattern, { cwd: root, ignore: ['**/node_modules/**', '**/.venv/**', '**/venv/**'] });
    for (const path of paths.sort()) {
      const version = readers[format].read(await readFile(join(root, path), 'utf8'));
      if (version !== undefined) found.push({ path, format, version });
    }
  }
  return found;
}

/** Writes the version into the files. Those that hold none are left alone. */
export async function bumpFiles(root: string, paths: readonly string[], version: string): Promise<void> {
  const known = await findVersionFiles(root);
  for (const { path, format } of known) {
    if (!paths.includes(path)) continue;
    const file = join(root, path);
    const text = await readFile(file, 'utf8');
    await writeFile(file, readers[format].write(text, version));
  }
}
