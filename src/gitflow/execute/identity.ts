/** What refs, HEAD and the index are, by id: read from their files, since a process for each step would be felt. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import type { Places } from '../git/places';
import { readRefs } from '../read/snapshot';

/** The id of each ref; null where there is none. */
export type Ids = Record<string, string | null>;

const hex = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Reads the ids of refs by their full names. */
export async function readIds(git: Git, places: Places, refs: readonly string[]): Promise<Ids> {
  if (refs.length === 0) return {};
  if (existsSync(join(places.commonDir, 'reftable'))) return idsByProcess(git, refs);
  const packed = lazy(() => textOf(join(places.commonDir, 'packed-refs')) ?? '');
  return Object.fromEntries(refs.map((ref) => [ref, idOf(places, ref, packed)]));
}

async function idsByProcess(git: Git, refs: readonly string[]): Promise<Ids> {
  const found = await readRefs(git, refs);
  return Object.fromEntries(refs.map((ref) => [ref, found.get(ref) ?? null]));
}

function idOf(places: Places, ref: string, packed: () => string, depth = 0): string | null {
  const text = textOf(join(places.commonDir, ref))?.trim();
  if (text !== undefined && hex.test(text)) return text;
  const target = text === undefined ? undefined : /^ref: (refs\/\S+)$/.exec(text)?.[1];
  if (target !== undefined && depth < 5) return idOf(places, target, packed, depth + 1);
  const lines = packed();
  const at = lines.indexOf(` ${ref}\n`);
  return at < 0 ? null : lines.slice(lines.lastIndexOf('\n', at) + 1, at);
}

/** The branch that is checked out, as `refs/heads/x`, or the commit where HEAD is detached; undefined without HEAD. */
export function readHead(places: Places): string | undefined {
  return textOf(join(places.gitDir, 'HEAD'))
    ?.trim()
    .replace(/^ref: /, '');
}

/** The checksum that git writes at the end of the index: any change of the index changes it. */
export function readIndexId(places: Places): string | null {
  let handle: number;
  try {
    handle = openSync(join(places.gitDir, 'index'), 'r');
  } catch {
    return null;
  }
  try {
    const end = Buffer.alloc(20);
    readSync(handle, end, 0, end.length, Math.max(0, fstatSync(handle).size - end.length));
    // With `index.skipHash` git leaves it empty.
    const given = end.some((byte) => byte !== 0);
    return given ? end.toString('hex') : createHash('sha1').update(readFileSync(handle)).digest('hex');
  } finally {
    closeSync(handle);
  }
}

/** The last move of a ref, as git wrote it down. */
export interface Move {
  from: string;
  to: string;
  /** What git was told to write beside it (`GIT_REFLOG_ACTION`), and what it added. */
  message: string;
}

/** The last move of a ref; undefined where nothing is written down of it. */
export function lastMove(places: Places, ref: string): Move | undefined {
  const last =
    textOf(join(places.commonDir, 'logs', ref))
      ?.trimEnd()
      .split('\n')
      .at(-1) ?? '';
  const [, from, to, message = ''] = /^([0-9a-f]+) ([0-9a-f]+) [^\t]*\t?(.*)$/.exec(last) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to, message };
}

/** Did the action's own git move the ref to this id? Undefined where nothing is written down of the ref. */
export function movedBy(places: Places, ref: string, id: string, word: string): boolean | undefined {
  const move = lastMove(places, ref);
  return move && move.to === id && move.message.startsWith(word);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
