import type { Position } from './diagnostic';

/** Turns offsets into lines and characters and back. Lines end with LF, CRLF or a lone CR, as editors count them. */
export class LineIndex {
  private readonly starts: Int32Array;

  constructor(
    private readonly text: string,
    starts?: Int32Array,
  ) {
    this.starts = starts ?? Int32Array.from(lineStarts(text, 0, [0]));
  }

  /** The lines of `text`, which is the text of this index after one edit. Only lines that the edit touches are looked at. */
  edited(text: string, edit: { start: number; end: number; newText: string }): LineIndex {
    const delta = edit.newText.length - (edit.end - edit.start);
    // One line more on each side: the edit may join or part a carriage return and a line feed.
    const first = Math.max(0, this.position(edit.start).line - 1);
    const next = this.position(edit.end).line + 2;
    const from = this.starts[first] ?? 0;
    const to = (this.starts[next] ?? this.text.length) + delta;
    const fresh = lineStarts(text.slice(from, to), from, []).filter((start) => start < to);
    const isLast = next >= this.starts.length;
    if (isLast && /[\r\n]$/.test(text)) fresh.push(text.length);
    const starts = new Int32Array(first + 1 + fresh.length + Math.max(0, this.starts.length - next));
    starts.set(this.starts.subarray(0, first + 1));
    starts.set(fresh, first + 1);
    for (let line = next, at = first + 1 + fresh.length; line < this.starts.length; line++, at++) {
      starts[at] = (this.starts[line] ?? 0) + delta;
    }
    return new LineIndex(text, starts);
  }

  /** The line and character of an offset; offsets outside the text are moved to its ends. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - (this.starts[low] ?? 0) };
  }

  /** The offset of a line and character; places outside the text are moved to its ends. */
  offset(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= this.starts.length) return this.text.length;
    const next = this.starts[position.line + 1] ?? this.text.length;
    return Math.max(0, Math.min((this.starts[position.line] ?? 0) + position.character, next));
  }
}

/** Adds to `starts` where lines begin in `text`, each moved by `offset`, without the first. */
function lineStarts(text: string, offset: number, starts: number[]): number[] {
  if (text.includes('\r')) {
    for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(offset + match.index + match[0].length);
  } else {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(offset + at + 1);
  }
  return starts;
}
