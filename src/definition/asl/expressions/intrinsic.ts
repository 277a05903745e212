/**
 * Intrinsic functions of JSONPath states: `States.Format('{} of {}', $.a, States.ArrayLength($.b))`.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
import { table } from '../../table';
import { isFault, type Path, type PathFault, quoteEnd, readPath } from './path';

export type Argument =
  | { kind: 'string'; value: string; from: number; to: number }
  | { kind: 'number'; value: number; from: number; to: number }
  | { kind: 'boolean' | 'null'; from: number; to: number }
  | { kind: 'path'; path: Path; from: number; to: number }
  | { kind: 'call'; call: Call; from: number; to: number };

export interface Call {
  /** As written: `States.Format`. */
  name: string;
  /** Characters of the name. */
  from: number;
  nameTo: number;
  /** One past the closing parenthesis. */
  to: number;
  arguments: readonly Argument[];
}

/** What an argument may be when its value is written there; paths and calls may be anything. */
type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'any';

export interface Intrinsic {
  /** The kinds of the arguments; the last repeats where `more`. */
  takes: readonly Kind[];
  /** How many of them must be given; all where it is not said. */
  least?: number;
  /** True where the last may be given any number of times, or not at all. */
  more?: boolean;
  doc: string;
}

/** The intrinsic functions by name. */
export const intrinsics = table<Intrinsic>({
  'States.Format': {
    takes: ['string', 'any'],
    more: true,
    doc: 'The text with each {} replaced by the next argument.',
  },
  'States.StringToJson': { takes: ['string'], doc: 'The value that the text holds as JSON.' },
  'States.JsonToString': { takes: ['any'], doc: 'The value as JSON text.' },
  'States.Array': { takes: ['any'], more: true, doc: 'An array of the arguments.' },
  'States.ArrayPartition': { takes: ['array', 'number'], doc: 'The array in parts of that many elements.' },
  'States.ArrayContains': { takes: ['array', 'any'], doc: 'Whether the array holds the value.' },
  'States.ArrayRange': { takes: ['number', 'number', 'number'], doc: 'Numbers from, to and by: at most 1,000.' },
  'States.ArrayGetItem': { takes: ['array', 'number'], doc: 'The element at the index, which counts from 0.' },
  'States.ArrayLength': { takes: ['array'], doc: 'How many elements the array has.' },
  'States.ArrayUnique': { takes: ['array'], doc: 'The array without repetitions.' },
  'States.Base64Encode': { takes: ['string'], doc: 'The text, at most 10,000 characters, in Base64.' },
  'States.Base64Decode': { takes: ['string'], doc: 'The text of Base64, at most 10,000 characters.' },
  'States.Hash': { takes: ['any', 'string'], doc: 'A hash of the data: MD5, SHA-1, SHA-256, SHA-384 or SHA-512.' },
  'States.JsonMerge': { takes: ['object', 'object', 'boolean'], doc: 'Both objects in one; the third must be false.' },
  'States.MathRandom': {
    takes: ['number', 'number', 'number'],
    least: 2,
    doc: 'A number from (included) to (excluded).',
  },
  'States.MathAdd': { takes: ['number', 'number'], doc: 'The sum of two whole numbers.' },
  'States.StringSplit': { takes: ['string', 'string'], doc: 'The parts of the text between the splitting characters.' },
  'States.UUID': { takes: [], doc: 'A random UUID, version 4.' },
});

/** The hashes that States.Hash knows. */
export const hashes = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

export function isCall(text: string): boolean {
  // Most texts that are asked about are paths.
  if (text.startsWith('$')) return false;
  return /^\s*States\s*\./.test(text) || /^\s*[A-Za-z][\w.]*\(/.test(text);
}

/** Deeper nesting is refused by the service long before. */
const maxDepth = 50;

/** Reads a call of an intrinsic function, which is the whole text. */
export function readCall(text: string): Call | PathFault {
  const reader = new Reader(text);
  return reader.whole();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Call | PathFault {
    this.blanks();
    const call = this.call(0);
    if (isFault(call)) return call;
    this.blanks();
    return this.at < this.text.length ? this.fault('Nothing may follow the closing parenthesis') : call;
  }

  private fault(message: string, at = this.at): PathFault {
    return { message, at: Math.min(at, Math.max(0, this.text.length - 1)) };
  }

  private blanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private call(depth: number): Call | PathFault {
    const from = this.at;
    const name = /^[A-Za-z_][\w.]*/.exec(this.text.slice(from, from + 100))?.[0] ?? '';
    if (name === '') return this.fault('The name of a function is missing');
    if (depth > maxDepth) return this.fault('Functions are nested too deeply');
    this.at += name.length;
    const nameTo = this.at;
    this.blanks();
    if (this.text[this.at] !== '(') return this.fault("A '(' is missing after the name of the function", nameTo - 1);
    this.at++;
    const found: Argument[] = [];
    this.blanks();
    if (this.text[this.at] === ')') {
      this.at++;
      return { name, from, nameTo, to: this.at, arguments: found };
    }
    for (;;) {
      const one = this.argument(depth);
      if (isFault(one)) return one;
      found.push(one);
      this.blanks();
      const character = this.text[this.at];
      this.at++;
      if (character === ')') return { name, from, nameTo, to: this.at, arguments: found };
      if (character !== ',') {
        return this.fault(character === undefined ? "The '(' is not closed" : "A ',' or ')' is missing", this.at - 1);
      }
      this.blanks();
    }
  }

  private argument(depth: number): Argument | PathFault {
    const from = this.at;
    const character = this.text[from];
    if (character === "'") {
      const end = quoteEnd(this.text, from);
      if (end < 0) return this.fault("The ' is not closed", from);
      this.at = end + 1;
      return { kind: 'string', value: this.text.slice(from + 1, end), from, to: this.at };
    }
    if (character === '$') return this.path(from);
    const literal = /^(?:(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|true|false|null)(?=[\s,)]|$)/.exec(
      this.text.slice(from, from + 40),
    );
    if (literal) {
      this.at += literal[0].length;
      if (literal[1] !== undefined) return { kind: 'number', value: Number(literal[1]), from, to: this.at };
      return { kind: literal[0] === 'null' ? 'null' : 'boolean', from, to: this.at };
    }
    if (character === '"') return this.fault("Strings in functions are in single quotes: '…'", from);
    if (character === ',' || character === ')' || character === undefined) return this.fault('An argument is missing');
    const call = this.call(depth + 1);
    return isFault(call) ? call : { kind: 'call', call, from, to: this.at };
  }

  /** A path goes on to the comma or parenthesis that stands outside of its brackets. */
  private path(from: number): Argument | PathFault {
    let brackets = 0;
    let parentheses = 0;
    for (; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] ?? '';
      if ((character === "'" || character === '"') && brackets > 0) {
        const end = quoteEnd(this.text, this.at);
        if (end < 0) return this.fault('The quote is not closed');
        this.at = end;
      } else if (character === '[') brackets++;
      else if (character === ']') brackets--;
      else if (brackets <= 0 && character === '(') parentheses++;
      else if (brackets <= 0 && character === ')' && --parentheses < 0) break;
      else if (brackets <= 0 && character === ',') break;
    }
    const written = this.text.slice(from, this.at).trimEnd();
    const path = readPath(written);
    if (isFault(path)) return { message: path.message, at: from + path.at };
    return { kind: 'path', path, from, to: from + written.length };
  }
}
