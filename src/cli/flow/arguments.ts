/** Reading arguments as git-flow does, which is as GNU getopt does. */

export interface FlagSpec {
  /** Without the dashes. */
  long: string;
  short?: string;
  /** The word for the value, where the flag takes one. */
  value?: string;
  /** False: there is no `--no<flag>`. */
  negatable?: false;
  /** There is `--no-<flag>` too, as git-flow-next writes it. */
  dashed?: true;
  /** git-flow does not have it: it is given in full, so that the beginnings of git-flow's own stay unambiguous. */
  inFull?: true;
  help: string;
}

export interface Arguments {
  /** What is given without a flag, in order. Empty words at the end are left out. */
  words: string[];
  /** Undefined where the flag is not given, so that the configuration decides. */
  flag: (long: string) => boolean | undefined;
  text: (long: string) => string | undefined;
  /** Every value of a flag that may be given more than once, in order. */
  all: (long: string) => readonly string[];
}

/** Wrong usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads arguments: flags and words in any order, clusters (`-Sk`), values apart or joined (`-m x`, `-mx`,
 * `--message=x`), `--no<flag>`, unambiguous beginnings of long flags, `--` before words only. A missing value at the
 * very end is an empty one, because git-flow adds an empty word. Throws `UsageError` for an unknown flag.
 */
export function parseArguments(args: readonly string[], specs: readonly FlagSpec[]): Arguments {
  const flags = new Map<string, boolean>();
  const texts = new Map<string, string[]>();
  const words: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      words.push(...rest.splice(0));
    } else if (arg.startsWith('--')) {
      readLong(arg, { specs, rest, flags, texts });
    } else if (arg.startsWith('-') && arg.length > 1) {
      readCluster(arg.slice(1), { specs, rest, flags, texts });
    } else {
      words.push(arg);
    }
  }
  return {
    words: words.slice(0, words.findLastIndex((word) => word !== '') + 1),
    flag: (long) => flags.get(long),
    text: (long) => texts.get(long)?.at(-1),
    all: (long) => texts.get(long) ?? [],
  };
}

interface Reading {
  specs: readonly FlagSpec[];
  rest: string[];
  flags: Map<string, boolean>;
  texts: Map<string, string[]>;
}

function readLong(arg: string, { specs, rest, flags, texts }: Reading): void {
  const [, name = '', joined] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  const { spec, negated } = findLong(name, specs);
  if (spec.value === undefined) {
    if (joined !== undefined) throw new UsageError(`option '--${spec.long}' doesn't allow an argument`);
    flags.set(spec.long, !negated);
    return;
  }
  add(texts, spec.long, joined ?? rest.shift() ?? '');
}

function findLong(name: string, specs: readonly FlagSpec[]): { spec: FlagSpec; negated: boolean } {
  const all = specs.flatMap((spec) => [
    { word: spec.long, spec, negated: false },
    ...(spec.value === undefined && spec.negatable !== false ? [{ word: `no${spec.long}`, spec, negated: true }] : []),
    ...(spec.dashed ? [{ word: `no-${spec.long}`, spec, negated: true }] : []),
  ]);
  const exact = all.find(({ word }) => word === name);
  if (exact) return exact;
  const candidates = all.filter(({ word, spec }) => word.startsWith(name) && !spec.inFull);
  const [only] = candidates;
  if (!only) throw new UsageError(`unrecognized option '--${name}'`);
  if (candidates.length > 1) throw new UsageError(`option '--${name}' is ambiguous`);
  return only;
}

function readCluster(letters: string, { specs, rest, flags, texts }: Reading): void {
  for (let i = 0; i < letters.length; i++) {
    const spec = specs.find(({ short }) => short === letters[i]);
    if (!spec) throw new UsageError(`invalid option -- '${letters[i]}'`);
    if (spec.value === undefined) {
      flags.set(spec.long, true);
      continue;
    }
    add(texts, spec.long, letters.slice(i + 1) || (rest.shift() ?? ''));
    return;
  }
}

function add(texts: Map<string, string[]>, long: string, value: string): void {
  texts.set(long, [...(texts.get(long) ?? []), value]);
}
