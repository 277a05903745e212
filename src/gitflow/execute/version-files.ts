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

/** The reader, of files that are as they have to be. */
function when(valid: RegExp, reader: Reader): Reader {
  return { ...reader, read: (text) => (valid.test(text) ? reader.read(text) : undefined) };
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

/** The packages of the project itself in a Cargo.lock: those that come from nowhere else. */
function localPackages(text: string): { version: string; start: number; end: number }[] {
  return [...text.matchAll(/^\[\[package\]\]$(?:\r?\n(?!\[).*)*/gm)].flatMap(({ 0: block, index }) => {
    const found = /^version = "([^"]+)"/m.exec(block);
    const version = found?.[1];
    if (version === undefined || found === null || /^source = /m.test(block)) return [];
    const start = index + found.index + 'version = "'.length;
    return [{ version, start, end: start + version.length }];
  });
}

/** The lock file of cargo, where the project's packages have one version together. */
const cargoLock: Reader = {
  read: (text) => {
    const [first, ...others] = localPackages(text);
    return others.every(({ version }) => version === first?.version) ? first?.version : undefined;
  },
  write: (text, version) =>
    localPackages(text)
      .toReversed()
      .reduce((all, { start, end }) => all.slice(0, start) + version + all.slice(end), text),
};

const readers: Record<Format, Reader> = {
  'package.json': json([['version']]),
  'package-lock.json': json([['version'], ['packages', '', 'version']]),
  'pyproject.toml': firstOf(
    inSection(/^\[project\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
    inSection(/^\[tool\.poetry\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
  ),
  // `attr:` and `file:` point to where the version really is.
  'setup.cfg': inSection(/^\[metadata\]\s*$/m, /^version\s*[=:][ \t]*(?!attr:|file:)(\S+)[ \t]*$/m),
  'setup.py': inSection(/^/, new RegExp(`\\bversion\\s*=\\s*${word}`)),
  'Cargo.toml': firstOf(
    // A package has a name, or cargo does not take it for one.
    when(
      /^\[package\]\s*$(?:\n(?!\[).*)*\n\s*name\s*=/m,
      inSection(/^\[package\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
    ),
    inSection(/^\[workspace\.package\]\s*$/m, new RegExp(`^version\\s*=\\s*${word}`, 'm')),
  ),
  'Cargo.lock': cargoLock,
  'Chart.yaml': inSection(/^/, /^version:[ \t]*["']?([^\s"'#]+)["']?[ \t]*(?:#.*)?$/m),
  python: inSection(/^/, new RegExp(`^__version__\\s*(?::\\s*\\w+\\s*)?=\\s*${word}`, 'm')),
  plain: inSection(/^/, /^[ \t]*(v?\d\S*)[ \t]*$/m),
};

/** The format of a file by its name, wherever it lies; undefined where no version is known to be in such a file. */
function formatNamed(path: string): Format | undefined {
  const name = path.split('/').at(-1) ?? '';
  switch (name) {
    case 'package.json':
    case 'package-lock.json':
    case 'pyproject.toml':
    case 'setup.cfg':
    case 'setup.py':
    case 'Cargo.toml':
    case 'Cargo.lock':
    case 'Chart.yaml':
      return name;
    case 'npm-shrinkwrap.json':
      return 'package-lock.json';
    case 'VERSION':
    case 'VERSION.txt':
    case 'version.txt':
      return 'plain';
    default:
      return name.endsWith('.py') ? 'python' : undefined;
  }
}

/** The format of a path at which a version is looked for unasked: in the root, and in a Python package's own files. */
function formatOf(path: string): Format | undefined {
  const [, folder, name = ''] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? [];
  const format = formatNamed(path);
  if (format !== 'python') return folder === undefined ? format : undefined;
  const usual = /^(__init__|__about__|__version__|_version|version)\.py$/.test(name);
  return folder !== undefined && usual ? format : undefined;
}

/** The version that a file of this name holds; undefined where it holds none. */
export function versionIn(path: string, text: string): string | undefined {
  const format = formatNamed(path);
  return format && readers[format].read(text);
}

/** The text of the file with another version, and nothing else changed. */
export function bumpedText(path: string, text: string, version: string): string {
  const format = formatNamed(path);
  return format ? readers[format].write(text, version) : text;
}

/** The file that a build takes the version from, where this one only says where it is. */
function sourceOf(text: string): string | undefined {
  const attribute = /^version\s*=\s*(?:\{\s*attr\s*=\s*["']([\w.]+)["']|attr:\s*([\w.]+))/m
    .exec(text)
    ?.slice(1)
    .find(Boolean);
  if (attribute !== undefined) return `the Python file that defines '${attribute}'`;
  const file =
    /^version\s*=\s*(?:\{\s*file\s*=\s*\[?\s*["']([^"']+)["']|file:\s*(\S+))/m.exec(text)?.slice(1).find(Boolean) ??
    /^\[tool\.hatch\.version\]\s*\n(?:.*\n)*?path\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
  if (file !== undefined) return `'${file}'`;
  return /^dynamic\s*=\s*\[[^\]]*["']version["']/m.test(text) ? 'where its build backend says' : undefined;
}

/** What setting a version in files comes to: which have to be written, and what stands against it. */
export interface BumpCheck {
  files: string[];
  problems: string[];
}

/**
 * Looks through the files before anything is changed. `read` answers the text of a file as it is in the commit that the
 * branch starts from, or undefined. A lock file goes with its `package.json` or `Cargo.toml`.
 */
export async function checkBump(
  paths: readonly string[],
  version: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<BumpCheck> {
  const problems: string[] = [];
  const files: string[] = [];
  let already = 0;
  const look = async (path: string, asked: boolean): Promise<void> => {
    const text = await read(path);
    const found = text === undefined ? undefined : versionIn(path, text);
    if (found === version) already++;
    else if (found !== undefined) files.push(path);
    else if (asked) problems.push(whyNot(path, text));
    else return;
    if (!asked) return;
    for (const lock of await locksOf(path, text ?? '', read)) if (!paths.includes(lock)) await look(lock, false);
  };
  for (const path of new Set(paths.map((each) => each.trim().replace(/^\.\//, '')))) await look(path, true);
  if (problems.length === 0 && files.length === 0 && already > 0) {
    problems.push(`The version is ${version} already in ${paths.join(', ')}. Leave out the bump.`);
  }
  return { files, problems };
}

/** The lock files in which the version of a manifest stands once more. */
async function locksOf(
  path: string,
  text: string,
  read: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const name = path.split('/').at(-1) ?? '';
  const folder = path.slice(0, -name.length);
  if (name === 'package.json') return [`${folder}package-lock.json`, `${folder}npm-shrinkwrap.json`];
  if (name !== 'Cargo.toml') return [];
  // The lock file of a workspace lies beside its own manifest, which may be above.
  const parts = folder.split('/').slice(0, -1);
  const locks = [...parts.keys(), parts.length].map((depth) => [...parts.slice(0, depth), 'Cargo.lock'].join('/'));
  for (const lock of locks.toReversed()) {
    const locked = await read(lock);
    if (locked === undefined) continue;
    // Other packages of a workspace have versions of their own, unless they take that of the workspace.
    return localPackages(locked).length === 1 || text.includes('[workspace.package]') ? [lock] : [];
  }
  return [];
}

function whyNot(path: string, text: string | undefined): string {
  if (text === undefined) return `There is no '${path}' in the commit that the branch starts from.`;
  if (formatNamed(path) === undefined) {
    return `No version is known to be in '${path}'. Known are package.json, pyproject.toml, setup.cfg, setup.py, Cargo.toml, Chart.yaml, VERSION and Python files with '__version__'.`;
  }
  const source = sourceOf(text);
  return source === undefined
    ? `'${path}' holds no version that could be set.`
    : `'${path}' takes its version from ${source}. Set it there.`;
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

/** Writes the version into the files. Throws where one of them cannot be read; those that hold none stay. */
export async function bumpFiles(root: string, paths: readonly string[], version: string): Promise<void> {
  for (const path of paths) {
    const file = join(root, path);
    const text = await readFile(file, 'utf8');
    await writeFile(file, bumpedText(path, text, version));
  }
}
