/** Texts of HCL: in quotes, with escapes, and as heredocs, with an indentation that is not part of them. */

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const escaped = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/gu;

/** The text that stands between quotes. */
export function unescaped(written: string): string {
  if (!written.includes('\\')) return written;
  return written.replaceAll(escaped, (_, short?: string, long?: string, character?: string) => {
    const code = short ?? long;
    if (code === undefined) return escapes[character ?? ''] ?? character ?? '';
    return Number.parseInt(code, 16) <= 0x10_ff_ff ? String.fromCodePoint(Number.parseInt(code, 16)) : '\uFFFD';
  });
}

/** Where each character of a text in quotes begins in its source, quotes included, with the end of the last one. */
export function quotedOffsets(source: string): number[] {
  const offsets: number[] = [];
  for (let at = 1; at < source.length - 1;) {
    escaped.lastIndex = at;
    const found = source[at] === '\\' ? escaped.exec(source) : undefined;
    const length = found?.[0].length ?? 1;
    for (let i = 0; i < (found ? unescaped(found[0]).length : 1); i++) offsets.push(at);
    at += length;
  }
  offsets.push(Math.max(1, source.length - 1));
  return offsets;
}

/** How much all lines are indented that are not empty. */
function indentation(source: string): number {
  const widths = source
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  return widths.length === 0 ? 0 : Math.min(...new Set(widths));
}

/** The text of a heredoc that begins with `<<-`. */
export function withoutIndentation(source: string): string {
  const width = indentation(source);
  return source
    .split('\n')
    .map((line) => line.slice(Math.min(width, blanks(line))))
    .join('\n');
}

/** Where each character of {@link withoutIndentation} begins in the source, with the end of the last one. */
export function heredocOffsets(source: string): number[] {
  const width = indentation(source);
  const offsets: number[] = [];
  let start = 0;
  for (const line of source.split('\n')) {
    for (let at = Math.min(width, blanks(line)); at <= line.length; at++) offsets.push(start + at);
    start += line.length + 1;
  }
  return offsets;
}

function blanks(line: string): number {
  return line.length - line.trimStart().length;
}
