/** The reader of `.mlops/config.json`: what `config-file.ts` says of its form, at the places of a text. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import * as z from 'zod/mini';
import type { Range } from '../../definition/diagnostic';
import { LineIndex } from '../../definition/lines';
import { withDefaults, type LifecycleConfig } from './config';
import { configFile, configPath, misfits, type ConfigFile, type ConfigPart } from './config-file';

/** Something in the file that cannot be used as it is written. */
export interface ConfigProblem {
  /** What is wrong and what would be right, one or two sentences. */
  message: string;
  range: Range;
  /** The part of the file that is broken; undefined where it is all of it. */
  part?: ConfigPart;
  /** True where the editor's own check by the JSON schema says it too. */
  inSchema: boolean;
}

export interface ReadConfig {
  /** Everything that could be read; what has a problem is left out. */
  config: LifecycleConfig;
  problems: ConfigProblem[];
}

/**
 * Reads the text of `.mlops/config.json`. Comments and trailing commas are allowed. Never throws: each thing that is
 * wrong is a problem with its place, and the rest of the file still counts.
 */
export function readConfig(text: string): ReadConfig {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const reader = new Reader(new LineIndex(text));
  for (const { error, ...place } of errors) {
    reader.tell([], place, `This is not JSON: ${sentence(printParseErrorCode(error))}.`, true);
  }
  const config = withDefaults(root === undefined ? {} : reader.read(root));
  return { config, problems: reader.problems };
}

/** The configuration as it lies in a working tree; the defaults where there is none. @throws where it cannot be read */
export async function configIn(root: string): Promise<ReadConfig> {
  try {
    return readConfig(await readFile(join(root, configPath), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { config: withDefaults({}), problems: [] };
    throw error;
  }
}

/** Why what needs these parts of the file cannot go on, in a sentence; undefined where they are valid. */
export function brokenConfig(problems: readonly ConfigProblem[], needed: readonly ConfigPart[]): string | undefined {
  const first = problems.find(({ part }) => part === undefined || needed.includes(part));
  return first && `${configPath} is not valid in line ${first.range.start.line + 1}: ${first.message}`;
}

/** The parts of the file that say what a run is made of and where it goes. */
export const partsOfRun: readonly ConfigPart[] = [
  'version',
  'environments',
  'branches',
  'uploads',
  'fixtures',
  'stubs',
  'arguments',
];

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

class Reader {
  readonly problems: ConfigProblem[] = [];

  constructor(private readonly lines: LineIndex) {}

  read(root: Node): ConfigFile {
    const written = this.valueOf(root, []);
    const environments = keysOf(written, 'environments');
    // What is not valid is left out until the rest is; a place that became so by that was told by its cause.
    for (let round = 0; ; round++) {
      const { data, error } = z.safeParse(configFile, written, { error: mustBe });
      if (data !== undefined) {
        for (const [path, message] of misfits(data, ['dev', ...environments])) this.problem(root, path, message, false);
        return data;
      }
      const issues = error.issues.flatMap(nearestIssues);
      if (round === 0) for (const issue of issues) this.issue(root, issue);
      if (issues.some(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys')) return {};
      for (const path of issues.flatMap(placesOf).toReversed()) leaveOut(written, path);
    }
  }

  private issue(root: Node, issue: Issue): void {
    const messages = issue.message.split('\n');
    const places = placesOf(issue);
    for (const [index, path] of places.entries()) {
      // JSON schema knows no number that is not finite.
      const isInfinite = issue.code === 'invalid_type' && typeof find(root, path)?.value === issue.expected;
      this.problem(root, path, messages[index] ?? issue.message, !isInfinite, issue.path);
    }
  }

  /** A sentence about `subject` at `path`; about what lacks it where there is nothing at `path`. */
  private problem(root: Node, path: Path, message: string, inSchema: boolean, subject = path): void {
    const node = find(root, path);
    if (node === undefined) {
      const above = path.slice(0, -1);
      this.tell(above, find(root, above) ?? root, `${named(above)} needs "${String(path.at(-1))}".`, inSchema);
      return;
    }
    const key = node.parent?.type === 'property' && subject !== path ? node.parent.children?.[0] : undefined;
    this.tell(path, key ?? node, `${named(subject)} ${message}${/[.?]$/.test(message) ? '' : '.'}`, inSchema);
  }

  tell(path: Path, { offset, length }: { offset: number; length: number }, message: string, inSchema: boolean): void {
    const range = { start: this.lines.position(offset), end: this.lines.position(offset + length) };
    const [part] = path;
    const known = Object.keys(configFile._zod.def.shape).find((name): name is ConfigPart => name === part);
    this.problems.push({ message, range, ...(known === undefined ? {} : { part: known }), inSchema });
  }

  /** The value of a node. Of a key that comes twice the later one counts, and it is told. */
  private valueOf(node: Node, path: Path): unknown {
    if (node.type === 'array')
      return (node.children ?? []).map((child, index) => this.valueOf(child, [...path, index]));
    if (node.type !== 'object') return node.value;
    const members = new Map<string, unknown>();
    for (const { children: [key, value] = [] } of node.children ?? []) {
      if (key === undefined) continue;
      const name = String(key.value);
      const place = [...path, name];
      // An object of JavaScript has no such member of its own.
      if (name === '__proto__') this.tell(path, key, `"${name}" cannot be a name here.`, false);
      else if (members.has(name)) this.tell(place, key, `"${name}" is written twice; the later one counts.`, true);
      if (value !== undefined && name !== '__proto__') members.set(name, this.valueOf(value, place));
    }
    return Object.fromEntries(members);
  }
}

/** The end of a sentence about a value of another type, or another value, than the schema has. */
function mustBe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_type':
      // JSON writes 1e999 for what no number is.
      return `must be ${typeof issue.input === 'number' && issue.expected === 'number' ? 'a finite number' : (types[issue.expected] ?? issue.expected)}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not valid';
    default:
      return 'is not valid';
  }
}

const types: Partial<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Of a value that fits none of several forms, what keeps it from the one that it comes nearest to. */
function nearestIssues(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors
    .filter((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length);
  const [best, next] = inside;
  if (best === undefined || best.length === next?.length) return [issue];
  return best.flatMap(nearestIssues).map((own) => ({ ...own, path: [...issue.path, ...own.path] }));
}

/** The places that an issue is about: for unknown members, each of these. */
function placesOf(issue: Issue): Path[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

/** Takes what lies at a path out of a value; what lacks it where there is nothing. */
function leaveOut(value: unknown, path: Path): void {
  const above = path.slice(0, -1).reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  const key = path.at(-1);
  if (!isObject(above) || key === undefined) return;
  if (!Object.hasOwn(above, key)) leaveOut(value, path.slice(0, -1));
  else if (Array.isArray(above)) above.splice(Number(key), 1);
  else delete above[key];
}

/** The node at a path; of members with the same name the later one. */
function find(node: Node | undefined, [key, ...rest]: Path): Node | undefined {
  if (key === undefined || node === undefined) return node;
  if (node.type === 'array') return find(node.children?.[Number(key)], rest);
  return find(node.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1], rest);
}

function keysOf(value: unknown, key: string): string[] {
  const member = isObject(value) ? value[key] : undefined;
  return isObject(member) ? Object.keys(member) : [];
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A path as the sentences have it: `gates.release.definitions[0]`. */
function named(path: Path): string {
  if (path.length === 0) return 'The configuration';
  return path
    .map((key) =>
      typeof key === 'number' ? `[${key}]` : /^[\w-]+$/.test(String(key)) ? `.${String(key)}` : `["${String(key)}"]`,
    )
    .join('')
    .replace(/^\./, '');
}

/** `CommaExpected` as `comma expected`. */
function sentence(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
