/** The files that hold a project's version: found, read, and written with nothing else changed. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import type { VersionFile } from '../model/model';

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

/** The format of a path, or undefined where no version is looked for. Python has it in a package's own files. */
function formatOf(path: string): Format | undefined {
  const [, folder, name = ''] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? [];
  if (folder !== undefined)
    return /^(__init__|__about__|__version__|_version|version)\.py$/.test(name) ? 'python' : undefined;
  switch (name) {
    case 'package.json':
    case 'package-lock.json':
    case 'pyproject.toml':
    case 'setup.cfg':
      return name;
    case 'VERSION':
    case 'VERSION.txt':
    case 'version.txt':
      return 'plain';
    default:
      return undefined;
  }
}

/** Folders of others' code. */
const strange = new Set(['node_modules', 'venv', 'site-packages']);

/** The files that may hold a version: in the root, in its folders, and in those of `src`. */
async function candidates(root: string): Promise<string[]> {
  const paths: string[] = [];
  const look = async (folder: string, deeper: (name: string) => boolean): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() && formatOf(path) !== undefined) paths.push(path);
      const ours = !entry.name.startsWith('.') && !strange.has(entry.name);
      if (entry.isDirectory() && ours && deeper(entry.name))
        await look(path, () => folder === '' && entry.name === 'src');
    }
  };
  await look('', () => true);
  return paths;
}

/** The files of a work tree that hold a version, and which. */
export async function findVersionFiles(root: string): Promise<VersionFile[]> {
  const found: VersionFile[] = [];
  for (const path of await candidates(root)) {
    const format = formatOf(path);
    if (format === undefined) continue;
    const version = readers[format].read(await readFile(join(root, path), 'utf8'));
    if (version !== undefined) found.push({ path, format, version });
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
