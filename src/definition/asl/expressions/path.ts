/**
 * Paths of JSONPath states: `$.a.b[0]`, `$$.Execution.Id`, `$variable.a`. Step Functions reads them as the Jayway
 * library does, which is more generous than RFC 9535: names with hyphens, filters without quotes, functions at the end.
 * So only what no reader takes is a fault.
 */

/** One step of a path. */
export type Segment =
  /** A member: `.name`, `['name']`. */
  | { kind: 'name'; name: string; from: number; to: number }
  /** One element: `[0]`, `[-1]`. */
  | { kind: 'index'; index: number; from: number; to: number }
  /** Whatever may give several values, or none: `*`, `..`, slices, unions, filters, functions. */
  | { kind: 'several'; from: number; to: number };

export interface Path {
  /** What it begins at: the input, the Context object, or the variable of that name. */
  root: 'input' | 'context' | { variable: string };
  segments: readonly Segment[];
  /** True for a Reference Path: names and single elements only. */
  reference: boolean;
}

/** Why a text is no path, and from which character on. */
export interface PathFault {
  message: string;
  at: number;
}

export type PathReading = Path | PathFault;

export function isFault(reading: object): reading is PathFault {
  return 'message' in reading;
}

/** What a name in a path cannot hold without quotes. */
const nameEnd = /[.[\]()'"\s,*?@=<>!&|{}]/;

/** True for a path of names and indices into the input, which is a Reference Path. */
export function isPlainPath(text: string): boolean {
  return /^\$(?:\.[A-Za-z_]\w*(?:\[\d+\])?)+$/.test(text);
}

/** Reads a path. */
export function readPath(text: string): PathReading {
  if (!text.startsWith('$')) return { message: "A path begins with '$'", at: 0 };
  // Blanks at the end are not looked at.
  const reader = new Reader(text.trimEnd());
  return reader.read();
}

class Reader {
  private at = 1;
  private readonly segments: Segment[] = [];
  private reference = true;

  constructor(private readonly text: string) {}

  read(): PathReading {
    let root: Path['root'] = 'input';
    if (this.text[1] === '$') {
      root = 'context';
      this.at = 2;
    } else {
      const variable = this.name();
      if (variable !== '') root = { variable };
    }
    while (this.at < this.text.length) {
      const fault = this.segment();
      if (fault) return fault;
    }
    return { root, segments: this.segments, reference: this.reference };
  }

  private name(): string {
    const from = this.at;
    while (this.at < this.text.length && !nameEnd.test(this.text[this.at] ?? '')) this.at++;
    return this.text.slice(from, this.at);
  }

  private segment(): PathFault | undefined {
    const from = this.at;
    const character = this.text[from];
    if (character === '[') return this.brackets(from);
    if (character !== '.') {
      return { message: `'${character ?? ''}' cannot stand here`, at: from };
    }
    this.at++;
    if (this.text[this.at] === '.') {
      this.at++;
      this.several(from);
    }
    if (this.text[this.at] === '*') {
      this.at++;
      this.several(from);
      return undefined;
    }
    // Jayway reads `$.[…]` as `$[…]`.
    if (this.text[this.at] === '[') return this.brackets(this.at);
    const name = this.name();
    if (name === '') return { message: 'A name is missing after the dot', at: from };
    if (this.text[this.at] === '(') return this.call(from);
    this.segments.push({ kind: 'name', name, from: this.at - name.length, to: this.at });
    return undefined;
  }

  private several(from: number): void {
    this.reference = false;
    this.segments.push({ kind: 'several', from, to: this.at });
  }

  /** A function at the end: `.length()`. */
  private call(from: number): PathFault | undefined {
    const end = this.closing(this.at, '(', ')');
    if (end < 0) return { message: "The '(' is not closed", at: this.at };
    this.at = end + 1;
    this.several(from);
    return undefined;
  }

  private brackets(from: number): PathFault | undefined {
    const end = this.closing(from, '[', ']');
    if (end < 0) return { message: "The '[' is not closed", at: from };
    const inner = this.text.slice(from + 1, end).trim();
    this.at = end + 1;
    if (inner === '') return { message: 'Nothing is between the brackets', at: from };
    const quoted = /^(['"])((?:(?!\1)[^\\]|\\.)*)\1$/su.exec(inner);
    if (quoted) {
      this.segments.push({ kind: 'name', name: unescaped(quoted[2] ?? ''), from, to: this.at });
      return undefined;
    }
    if (/^-?\d+$/.test(inner)) {
      this.segments.push({ kind: 'index', index: Number(inner), from, to: this.at });
      return undefined;
    }
    const isList = /^(-?\d+\s*,\s*)+-?\d+$/.test(inner) || /^(['"]).*\1\s*(,\s*(['"]).*\3\s*)+$/.test(inner);
    const isSlice = /^-?\d*\s*:\s*-?\d*(\s*:\s*-?\d*)?$/.test(inner);
    if (inner === '*' || isList || isSlice || /^\?\s*\S/.test(inner) || /^\(.+\)$/.test(inner)) {
      this.several(from);
      return undefined;
    }
    return { message: `'[${inner}]' is not an index, a name, a slice or a filter`, at: from };
  }

  /** Where what opens at `from` closes, quotes skipped; -1 where it does not. */
  private closing(from: number, opening: string, closing: string): number {
    let depth = 0;
    for (let at = from; at < this.text.length; at++) {
      const character = this.text[at] ?? '';
      if (character === "'" || character === '"') {
        at = quoteEnd(this.text, at);
        if (at < 0) return -1;
      } else if (character === opening) depth++;
      else if (character === closing && --depth === 0) return at;
    }
    return -1;
  }
}

/** Where the quote that opens at `from` ends; -1 where it does not. */
export function quoteEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gsu, '$1');
}
