/** Texts with the cursor written in them. */

/** A text with one `|`: the text without it, and its offset. */
export function cursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0 || marked.includes('|', offset + 1)) throw new Error('Write exactly one | where the cursor stands.');
  return { text: marked.replace('|', ''), offset };
}

/** A text with a stretch between two `|`: the text without them, and the stretch's offsets. */
export function stretch(marked: string): { text: string; start: number; end: number } {
  const start = marked.indexOf('|');
  const end = marked.indexOf('|', start + 1) - 1;
  if (start < 0 || end < start) throw new Error('Write two | around the stretch.');
  return { text: marked.replaceAll('|', ''), start, end };
}

/** `text` with the edits applied, which don't touch each other. */
export function edited(
  text: string,
  edits: readonly { range: { start: Place; end: Place }; newText: string }[],
): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Place): number =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return edits
    .map(({ range, newText }) => ({ start: offset(range.start), end: offset(range.end), newText }))
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text);
}

interface Place {
  line: number;
  character: number;
}
