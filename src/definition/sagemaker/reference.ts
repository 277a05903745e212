/** References: the path language of `{"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}`. */

/** One part of a reference: `.Member`, `[0]` or `['key']`. */
export interface Segment {
  kind: 'member' | 'index' | 'key';
  /** The name, the digits, or the key without quotes. */
  text: string;
  /** Characters of the reference that the text stands at (without dot, brackets and quotes). */
  from: number;
  to: number;
}

/** A reference taken apart. */
export interface Path {
  segments: readonly Segment[];
  /** Where the path stops being one: the character that was not expected, or the length where an end is missing. */
  faultAt?: number;
}

const cache = new Map<string, Path>();

/**
 * Takes a reference apart: members after dots, indices and quoted keys in brackets. The first segment is the root.
 * Step and parameter names cannot hold dots, so no text has two readings.
 */
export function parsePath(text: string): Path {
  const known = cache.get(text);
  if (known) return known;
  const path = read(text);
  if (cache.size > 20_000) cache.clear();
  cache.set(text, path);
  return path;
}

function read(text: string): Path {
  const segments: Segment[] = [];
  let at = 0;
  let member = true;
  while (at < text.length || member) {
    if (member) {
      const end = memberEnd(text, at);
      if (end === at) return { segments, faultAt: at };
      segments.push({ kind: 'member', text: text.slice(at, end), from: at, to: end });
      at = end;
      member = false;
    } else if (text[at] === '.') {
      at++;
      member = true;
    } else if (text[at] === '[') {
      const segment = bracket(text, at);
      if (!segment) return { segments, faultAt: at };
      segments.push(segment);
      at = segment.to + (segment.kind === 'key' ? 2 : 1);
    } else {
      return { segments, faultAt: at };
    }
  }
  return { segments };
}

function memberEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '.' && text[at] !== '[' && text[at] !== ']') at++;
  return at;
}

function bracket(text: string, open: number): Segment | undefined {
  const quote = text[open + 1];
  if (quote === "'" || quote === '"') {
    const close = text.indexOf(`${quote}]`, open + 2);
    if (close < 0) return undefined;
    return { kind: 'key', text: text.slice(open + 2, close), from: open + 2, to: close };
  }
  const close = text.indexOf(']', open);
  if (close < 0) return undefined;
  const digits = text.slice(open + 1, close);
  return /^\d+$/.test(digits) ? { kind: 'index', text: digits, from: open + 1, to: close } : undefined;
}
