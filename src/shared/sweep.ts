/**
 * What a sweep runs: the values of its parameters, as a grid or drawn at random. Ranges are written as text, the same in
 * the panel and on the command line:
 *
 * ```
 * 0.1, 0.2, 0.5        these values
 * 1..10                whole numbers from 1 to 10
 * 0.1..0.5 step 0.1    numbers in steps
 * 0.001..1 log 4       four numbers, each the same times the one before
 * 0.001..1 log         drawn at random, by their logarithm
 * ```
 */

/** The values that a parameter takes. */
export type Range =
  | { kind: 'list'; values: readonly string[] }
  | { kind: 'numbers'; from: number; to: number; whole: boolean; log: boolean; step?: number; points?: number };

export type ParameterKind = 'String' | 'Integer' | 'Float' | 'Boolean';

/** A parameter that is varied. */
export interface Varied {
  name: string;
  type: ParameterKind;
  /** As it was written. */
  text: string;
  /** The values that the definition allows; absent where it names none. */
  allowed?: readonly string[];
}

/** How the values of several parameters are put together. */
export type Method = { kind: 'grid' } | { kind: 'random'; runs: number; seed: number };

/** The values of each run, or why there are none, in a sentence. */
export type Plan = { runs: readonly Readonly<Record<string, string>>[]; problem?: undefined } | { problem: string };

/** More runs than this are a mistake, or a job for a tuning step. */
export const mostSweepRuns = 500;

const numberPattern = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const rangePattern = new RegExp(
  String.raw`^(${numberPattern})\s*\.\.\s*(${numberPattern})(?:\s+step\s+(${numberPattern})|\s+(log|points)(?:\s+(\d+))?)?$`,
  'i',
);

/** Reads a range of a parameter; a text is the sentence why it cannot be. */
export function readRange({ name, type, text, allowed }: Varied): Range | string {
  const range = !allowed && (type === 'Integer' || type === 'Float') ? rangePattern.exec(text.trim()) : null;
  if (range) return numbersOf(name, type === 'Integer', range);
  const values = text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) return `${name} needs values: 1, 2, 3 or 1..3.`;
  const unknown = allowed && values.find((value) => !allowed.includes(value));
  if (allowed && unknown !== undefined) return `${name}: ${unknown} is not one of ${allowed.join(', ')}.`;
  const wrong = values.find((value) => !fits(value, type));
  if (wrong !== undefined) return `${name}: ${wrong} is not valid as ${type}.`;
  return { kind: 'list', values: [...new Set(values)] };
}

function numbersOf(name: string, whole: boolean, match: RegExpExecArray): Range | string {
  const [, first = '', last = '', by, word, count] = match;
  const [from, to] = [Number(first), Number(last)];
  const log = word?.toLowerCase() === 'log';
  if (to <= from) return `${name}: ${last} is not more than ${first}.`;
  if (log && from <= 0) return `${name}: a logarithmic range begins above 0.`;
  if (whole && !(Number.isInteger(from) && Number.isInteger(to))) return `${name} takes whole numbers.`;
  const step = by === undefined ? undefined : Number(by);
  if (step !== undefined && step <= 0) return `${name}: a step is more than 0.`;
  const points = count === undefined ? undefined : Number(count);
  if (points !== undefined && points < 2) return `${name}: a range has two values at least.`;
  return {
    kind: 'numbers',
    from,
    to,
    whole,
    log,
    ...(step === undefined ? {} : { step }),
    ...(points === undefined ? {} : { points }),
  };
}

function fits(value: string, type: ParameterKind): boolean {
  switch (type) {
    case 'Integer':
      return /^[-+]?\d+$/.test(value);
    case 'Float':
      return value !== '' && Number.isFinite(Number(value));
    case 'Boolean':
      return /^(true|false)$/i.test(value);
    case 'String':
      return true;
  }
}

/** The runs of a sweep, in a fixed order: the last parameter varies fastest. */
export function planSweep(varied: readonly Varied[], method: Method): Plan {
  if (varied.length === 0) return { problem: 'Choose a parameter to vary.' };
  const ranges: [name: string, range: Range][] = [];
  for (const each of varied) {
    const range = readRange(each);
    if (typeof range === 'string') return { problem: range };
    ranges.push([each.name, range]);
  }
  return method.kind === 'grid' ? grid(ranges) : random(ranges, method);
}

function grid(ranges: readonly [string, Range][]): Plan {
  let runs: Record<string, string>[] = [{}];
  for (const [name, range] of ranges) {
    const values = valuesOf(range);
    if (values === undefined) {
      return {
        problem: `${name}: a grid needs a step or a number of values, such as 0.1..0.5 step 0.1 or 0.001..1 log 4.`,
      };
    }
    if (runs.length * values.length > mostSweepRuns) return tooMany(runs.length * values.length);
    runs = runs.flatMap((run) => values.map((value) => ({ ...run, [name]: value })));
  }
  return { runs };
}

function tooMany(runs: number): Plan {
  return { problem: `A sweep has at most ${mostSweepRuns} runs, and this one has ${runs}.` };
}

/** The values of a range in a grid; undefined where it does not say which. */
function valuesOf(range: Range): string[] | undefined {
  if (range.kind === 'list') return [...range.values];
  const { from, to, whole, log, step, points } = range;
  if (points !== undefined) {
    const at = (index: number): number => {
      const share = index / (points - 1);
      return log ? from * (to / from) ** share : from + (to - from) * share;
    };
    const values = Array.from({ length: points }, (_, index) => write(at(index), whole));
    return [...new Set(values)];
  }
  const by = step ?? (whole && !log ? 1 : undefined);
  if (by === undefined) return undefined;
  // A little more than the end, since 0.1 + 0.2 is more than 0.3.
  const count = Math.floor((to - from) / by + 1e-9) + 1;
  if (count > mostSweepRuns) return Array.from({ length: count }, String);
  return Array.from({ length: count }, (_, index) => write(from + index * by, whole));
}

function random(ranges: readonly [string, Range][], { runs: wanted, seed }: { runs: number; seed: number }): Plan {
  if (!Number.isInteger(wanted) || wanted < 1) return { problem: 'Say how many runs are drawn.' };
  if (wanted > mostSweepRuns) return tooMany(wanted);
  const next = generator(seed);
  const found = new Map<string, Record<string, string>>();
  // Small spaces have fewer runs than are wanted: each is taken once.
  for (let tries = 0; found.size < wanted && tries < wanted * 50; tries++) {
    const run = Object.fromEntries(ranges.map(([name, range]) => [name, draw(range, next)]));
    found.set(JSON.stringify(run), run);
  }
  return { runs: [...found.values()] };
}

function draw(range: Range, next: () => number): string {
  if (range.kind === 'list') return range.values[Math.floor(next() * range.values.length)] ?? '';
  const listed = range.step !== undefined || range.points !== undefined ? valuesOf(range) : undefined;
  if (listed) return listed[Math.floor(next() * listed.length)] ?? '';
  const { from, to, whole, log } = range;
  if (whole && !log) return String(from + Math.floor(next() * (to - from + 1)));
  return write(log ? from * (to / from) ** next() : from + (to - from) * next(), whole);
}

/** Six digits are enough to tell two runs apart, and can be read. */
function write(value: number, whole: boolean): string {
  return whole ? String(Math.round(value)) : String(Number(value.toPrecision(6)));
}

/** Numbers from 0 up to 1 that are the same for the same seed: Mulberry32 by Tommy Ettinger, in the public domain. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
