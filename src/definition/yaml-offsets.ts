/**
 * Where each character of a YAML string's value begins in its source, with the end of the value as the last entry.
 * YAML folds lines, takes indentation away and resolves escapes; what the source has and the value has not is passed
 * over. Undefined where value and source do not go together, as with tags that change the value.
 */
export function yamlOffsets(source: string, value: string): number[] | undefined {
  if (source.startsWith('|') || source.startsWith('>')) return blockOffsets(source, value);
  const style = source.startsWith('"') ? 'double' : source.startsWith("'") ? 'single' : 'plain';
  return flowOffsets(source, value, style);
}

/** A literal (`|`) or folded (`>`) block: lines without their indentation, their ends kept or folded. */
function blockOffsets(source: string, value: string): number[] | undefined {
  const first = source.indexOf('\n') + 1;
  if (first === 0) return value === '' ? [source.length] : undefined;
  const indent = leadingSpaces(source.slice(first)) - leadingSpaces(value);
  const offsets: number[] = [];
  let at = first;
  while (at < source.length && offsets.length < value.length) {
    for (let spaces = 0; spaces < indent && source[at] === ' '; spaces++) at++;
    while (at < source.length && !isBreak(source, at) && source[at] === value[offsets.length]) offsets.push(at++);
    if (offsets.length === value.length) break;
    if (at < source.length && !isBreak(source, at)) return undefined;
    // The break is kept, or folded into a space, or dropped beside blank lines.
    const meant = value[offsets.length];
    if (meant === '\n' || (meant === ' ' && source.startsWith('>'))) offsets.push(at);
    at += source[at] === '\r' ? 2 : 1;
  }
  if (offsets.length < value.length) return undefined;
  offsets.push(Math.min(at, source.length));
  return offsets;
}

/** The spaces before the first line that is not blank. */
function leadingSpaces(lines: string): number {
  return /^(?:[ \t]*\r?\n)*( *)/.exec(lines)?.[1]?.length ?? 0;
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** The end of a line in a flow string, with the space around it and blank lines after it. */
const fold = /[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/y;

/** A string in quotes or without any: a line's end is a space, or as many breaks as blank lines follow. */
function flowOffsets(source: string, value: string, style: 'double' | 'single' | 'plain'): number[] | undefined {
  const offsets: number[] = [];
  const quote = style === 'plain' ? 0 : 1;
  const end = source.length - quote;
  for (let at = quote; at < end;) {
    // What is written from here on stands for so many characters of the value.
    let [written, characters] = [1, 1];
    // A backslash at the end of a line takes the break out of the value, and what is before the next text with it.
    const joined = style === 'double' && /^\\\r?\n/.test(source.slice(at, at + 3));
    fold.lastIndex = joined ? at + 1 : at;
    const folded = fold.exec(source)?.[0];
    if (folded !== undefined) {
      const breaks = folded.split('\n').length - 1;
      written = folded.length + (joined ? 1 : 0);
      characters = joined ? breaks - 1 : Math.max(1, breaks - 1);
    } else if (style === 'double' && source[at] === '\\') {
      const code = source[at + 1] ?? '';
      written = escapeLengths[code] ?? 2;
      // Beyond the first 65,536 characters, one escape is two units of the value.
      if (code === 'U' && Number.parseInt(source.slice(at + 2, at + 10), 16) > 0xffff) characters = 2;
    } else if (style === 'single' && source.startsWith("''", at)) {
      written = 2;
    } else if (source[at] !== value[offsets.length]) {
      return undefined;
    }
    for (let count = 0; count < characters; count++) offsets.push(at);
    at += written;
  }
  offsets.push(end);
  return offsets.length === value.length + 1 ? offsets : undefined;
}

function isBreak(source: string, at: number): boolean {
  return source[at] === '\n' || source.startsWith('\r\n', at);
}
