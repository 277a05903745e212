/**
 * Where each character of a YAML string's value begins in its source, with the end of the value as the last entry.
 * Known for literal blocks (`|`) and for quoted strings on one line; undefined for others, whose lines are folded.
 */
export function yamlOffsets(source: string, value: string): number[] | undefined {
  if (source.startsWith('|')) return literalOffsets(source, value);
  if (source.includes('\n')) return undefined;
  if (source.startsWith('"')) return escapedOffsets(source, value);
  return source.startsWith("'") ? doubledOffsets(source) : undefined;
}

function literalOffsets(source: string, value: string): number[] | undefined {
  const first = source.indexOf('\n') + 1;
  if (first === 0) return undefined;
  const stated = /^\|[+-]?([1-9])/.exec(source)?.[1];
  const indent = stated === undefined ? firstIndent(source.slice(first)) : undefined;
  // With a stated indentation the block's own column would be needed; nobody states it for text that is indented evenly.
  if (indent === undefined) return undefined;
  const offsets: number[] = [];
  let at = first;
  let line = true;
  for (let index = 0; index < value.length; index++) {
    if (line) {
      let spaces = 0;
      while (spaces < indent && source[at] === ' ') {
        at++;
        spaces++;
      }
    }
    if (source[at] === '\r' && value[index] === '\n') at++;
    offsets.push(at);
    line = value[index] === '\n';
    if (source[at] !== value[index]) return undefined;
    at++;
  }
  offsets.push(at);
  return offsets;
}

function firstIndent(lines: string): number | undefined {
  const match = /^(?: *\r?\n)*( *)\S/.exec(lines);
  return match?.[1]?.length;
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function escapedOffsets(source: string, value: string): number[] | undefined {
  const offsets: number[] = [];
  let at = 1;
  while (at < source.length) {
    offsets.push(at);
    at += source[at] === '\\' ? (escapeLengths[source[at + 1] ?? ''] ?? 2) : 1;
  }
  return offsets.length === value.length + 1 ? offsets : undefined;
}

function doubledOffsets(source: string): number[] {
  const offsets: number[] = [];
  for (let at = 1; at < source.length; at++) {
    offsets.push(at);
    if (source[at] === "'" && at < source.length - 1) at++;
  }
  return offsets;
}
