import type { Position } from './diagnostic';

/** Turns offsets into lines and characters and back. Lines end with LF, CRLF or a lone CR, as editors count them. */
export class LineIndex {
  private readonly starts: number[];

  constructor(private readonly text: string) {
    this.starts = [0];
    if (text.includes('\r')) {
      for (const match of text.matchAll(/\r\n?|\n/g)) this.starts.push(match.index + match[0].length);
    } else {
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
    }
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
