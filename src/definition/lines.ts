import type { Position } from './diagnostic';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Turns offsets into lines and characters and back. Lines end with LF, CRLF or a lone CR, as editors count them.
 * The text is looked at only as far as it is asked about.
 */
export class LineIndex {
  /** Where lines begin, as far as known: the first `count` of them. */
  private starts = new Int32Array(64);
  private count = 1;
  /** How many characters were looked at for their ends of lines. */
  private seen = 0;

  constructor(private readonly text: string) {}

  /** The lines of `text`, which is the text of this index after one edit. Only lines that the edit touches are looked at. */
  edited(text: string, edit: { start: number; end: number; newText: string }): LineIndex {
    const index = new LineIndex(text);
    // A carriage return before the edit may get a line feed, or lose it.
    const from = Math.max(0, Math.min(edit.start - 1, this.seen));
    index.starts = this.starts.slice();
    index.count = this.lineOf(from) + 1;
    index.seen = from;
    // What lies behind the edit moves; a line feed right behind it may have belonged to a carriage return before it.
    const behind = edit.end + 1;
    if (this.seen < behind) return index;
    const delta = edit.newText.length - (edit.end - edit.start);
    index.lookTo(behind + delta);
    for (let line = this.lineOf(behind) + 1; line < this.count; line++) index.add((this.starts[line] ?? 0) + delta);
    index.seen = this.seen + delta;
    return index;
  }

  /** The line and character of an offset; offsets outside the text are moved to its ends. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    this.lookTo(at);
    const line = this.lineOf(at);
    return { line, character: at - (this.starts[line] ?? 0) };
  }

  /** The offset of a line and character; places outside the text are moved to its ends. */
  offset(position: Position): number {
    if (position.line < 0) return 0;
    const { length } = this.text;
    while (this.count < position.line + 2 && this.seen < length) this.lookTo(Math.min(length, this.seen + 4096));
    if (position.line >= this.count) return length;
    const next = position.line + 1 < this.count ? this.starts[position.line + 1] : undefined;
    return Math.max(0, Math.min((this.starts[position.line] ?? 0) + position.character, next ?? length));
  }

  /** The line of an offset among those that are known. */
  private lineOf(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Finds the ends of lines among the characters before `to`. */
  private lookTo(to: number): void {
    const { text } = this;
    for (let at = this.seen; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) this.add(at + 1);
    }
    this.seen = Math.max(this.seen, to);
  }

  private add(start: number): void {
    if (this.count === this.starts.length) {
      const larger = new Int32Array(this.count * 2);
      larger.set(this.starts);
      this.starts = larger;
    }
    this.starts[this.count++] = start;
  }
}
