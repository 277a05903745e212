/** JSON text to tree. What `JSON.parse` refuses is read by jsonc-parser's visitor, which is tolerant of errors. */
import { type ParseErrorCode, visit } from 'jsonc-parser';
import { findDuplicates, readSound } from './json-sound';
import { table } from './table';
import { type Block, type Kind, Node, type SyntaxProblem, Tree } from './tree';

/** Deeper nesting than this is reported and not read: no definition needs it, and recursion has an end. */
const maxDepth = 512;

const messages: Record<ParseErrorCode, string> = {
  1: 'JSON does not know this symbol. Strings need double quotes; other values are numbers, true, false, null, objects or arrays.',
  2: 'This is not a JSON number. Write it with digits and a point: 0.5.',
  3: 'A member needs a name in double quotes here. Remove the comma before it if the object ends.',
  4: 'A value is missing here. Write one, or remove the comma before it.',
  5: 'A colon is missing after the member name.',
  6: 'A comma is missing here.',
  7: 'The object is not closed. Add the missing }.',
  8: 'The array is not closed. Add the missing ].',
  9: 'The definition has ended before this. Remove what follows.',
  10: 'JSON has no comments. Remove it, or put the remark into Metadata or a Description.',
  11: 'The comment is not closed, and JSON has no comments. Remove it.',
  12: 'The string is not closed. Add the missing double quote.',
  13: 'The number is not complete.',
  14: 'This is not a Unicode escape. Write four hexadecimal digits after \\u.',
  15: 'JSON does not know this escape. Write a backslash as \\\\.',
  16: 'This character is not allowed in a string. Write it as an escape: \\n, \\t, \\u0000.',
};

const kinds: Record<string, Kind> = { string: 'string', number: 'number', boolean: 'boolean' };

/** `${Name}` where a value belongs; a string is passed over whole, whatever is in it. */
const filledIn = /"(?:\\.|[^"\\\n])*"|\$\{[^{}\n]+\}/g;
/** Stands for what is filled in: no text has this character of its own. */
const blank = '\u{E000}';

/**
 * Reads JSON. Never throws. With `movable`, each element of the root's array of that name gets a block of its
 * own, so that it can be moved and read again alone.
 *
 * @param isTemplate true for JSON that others fill in before it is read: a value `${Name}` without quotes is no fault
 * then, and a node of the kind `missing`.
 */
export function parseJson(text: string, movable?: string, isTemplate = false): Tree {
  const sound = readSound(text, maxDepth, movable);
  if (sound) return new Tree(text, 'json', sound.root, [], sound.duplicates);
  const reader = new Reader(text, movable);
  try {
    visit(isTemplate ? withBlanks(text) : text, reader, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reader.tooDeep(0);
  }
  return reader.finish();
}

/** The text with a string of the same length in the place of each value that is filled in. */
function withBlanks(text: string): string {
  return text.replaceAll(filledIn, (found) => (found.startsWith('"') ? found : `"${blank.repeat(found.length - 2)}"`));
}

class Reader {
  private readonly whole: Block = { offset: 0 };
  private block = this.whole;
  private root: Node | undefined;
  private current: Node | undefined;
  private depth = 0;
  private key: string | undefined;
  private keyFrom = -1;
  private keyTo = -1;
  private lastEnd = 0;
  private readonly problems: SyntaxProblem[] = [];
  private readonly duplicates: Node[] = [];
  /** Nodes whose container is still open, innermost last: each container gets its own at once, in an array of exact size. */
  private readonly pending: Node[] = [];
  /** For each open container, where its nodes begin in `pending`. */
  private readonly marks: number[] = [];

  constructor(
    private readonly text: string,
    private readonly movable: string | undefined,
  ) {}

  onObjectBegin = (offset: number): boolean => this.open('object', offset);
  onArrayBegin = (offset: number): boolean => this.open('array', offset);
  onObjectEnd = (offset: number, length: number): void => this.close(offset + length);
  onArrayEnd = (offset: number, length: number): void => this.close(offset + length);

  onObjectProperty = (name: string, offset: number, length: number): void => {
    this.endMember();
    this.key = name;
    this.keyFrom = offset - this.block.offset;
    this.keyTo = this.keyFrom + length;
    this.lastEnd = offset + length;
  };

  onSeparator = (character: string, offset: number, length: number): void => {
    if (character === ',') this.endMember();
    this.lastEnd = offset + length;
  };

  onLiteralValue = (value: unknown, offset: number, length: number): void => {
    const isBlank = typeof value === 'string' && value.startsWith(blank);
    const kind = isBlank ? 'missing' : (kinds[typeof value] ?? 'null');
    const block = this.blockFor(offset);
    const from = offset - block.offset;
    const written = isBlank ? undefined : (value as string | number | boolean | null);
    this.add(new Node(kind, block, from, from + length, written));
    this.lastEnd = offset + length;
  };

  onError = (error: ParseErrorCode, offset: number, length: number): void => {
    const last = this.problems.at(-1);
    if (last && last.start === offset) return;
    const code: number = error;
    const problem: SyntaxProblem = { message: messages[error], start: offset, end: offset + length };
    if (this.current) problem.node = this.current;
    if (code === 6) {
      // The comma is missing after what was read last, which may stand on an earlier line.
      problem.start = this.lastEnd;
      problem.end = this.lastEnd;
      problem.fix = { title: 'Add the comma', start: this.lastEnd, end: this.lastEnd, newText: ',' };
    }
    const meant = code === 1 ? spelling(this.text.slice(offset, offset + length)) : undefined;
    if (meant !== undefined) {
      problem.fix = { title: `Change to ${meant}`, start: offset, end: offset + length, newText: meant };
    }
    if (code === 10) problem.fix = { title: 'Remove the comment', start: offset, end: offset + length, newText: '' };
    const comma = code === 3 || code === 4 ? this.commaBefore(offset) : -1;
    if (comma >= 0) {
      // A comma before a closing bracket: the comma is what is wrong.
      problem.start = comma;
      problem.end = comma + 1;
      problem.message = 'JSON allows no comma after the last member or element. Remove it.';
      problem.fix = { title: 'Remove the comma', start: comma, end: comma + 1, newText: '' };
      if (last && last.start === comma) return;
    }
    this.problems.push(problem);
  };

  tooDeep(offset: number): void {
    this.problems.push({
      message: `The text is nested more than ${maxDepth} levels deep and is not read further.`,
      start: offset,
      end: Math.min(offset + 1, this.text.length),
    });
  }

  finish(): Tree {
    while (this.current) this.close(this.text.length);
    return new Tree(this.text, 'json', this.root, this.problems, this.duplicates);
  }

  private commaBefore(offset: number): number {
    if (this.text[offset] !== '}' && this.text[offset] !== ']') return -1;
    let at = offset - 1;
    while (at >= 0 && /\s/.test(this.text[at] ?? '')) at--;
    return this.text[at] === ',' ? at : -1;
  }

  private blockFor(offset: number): Block {
    const isMovable = this.depth === 2 && this.current?.kind === 'array' && this.current.key === this.movable;
    return isMovable && this.movable !== undefined ? { offset } : this.block;
  }

  private open(kind: 'object' | 'array', offset: number): boolean {
    const block = this.blockFor(offset);
    const from = offset - block.offset;
    const node = new Node(kind, block, from, from + 1, undefined);
    this.add(node);
    this.lastEnd = offset + 1;
    this.current = node;
    this.marks.push(this.pending.length);
    this.block = block;
    this.depth++;
    if (this.depth <= maxDepth) return true;
    this.tooDeep(offset);
    return false;
  }

  private close(end: number): void {
    const node = this.current;
    if (!node) return;
    this.endMember();
    node.to = end - node.block.offset;
    const mark = this.marks.pop() ?? 0;
    if (this.pending.length > mark) node.children = this.pending.slice(mark);
    this.pending.length = mark;
    if (node.kind === 'object') findDuplicates(node, this.duplicates);
    this.lastEnd = end;
    this.depth--;
    this.current = node.parent;
    this.block = this.current?.block ?? this.whole;
  }

  private add(node: Node): void {
    const parent = this.current;
    if (!parent) {
      this.root ??= node;
      return;
    }
    if (parent.kind === 'array') {
      node.key = this.pending.length - (this.marks.at(-1) ?? 0);
    } else {
      node.key = this.key ?? '';
      node.keyFrom = this.keyFrom;
      node.keyTo = this.keyTo;
      this.key = undefined;
    }
    node.parent = parent;
    this.pending.push(node);
  }

  /** Gives a member that has a key and no value a node, so that it can be seen and completed. */
  private endMember(): void {
    if (this.key === undefined || this.current?.kind !== 'object') return;
    const from = this.lastEnd - this.block.offset;
    this.add(new Node('missing', this.block, from, from, undefined));
  }
}

const foreignWords = table({ True: 'true', False: 'false', None: 'null', undefined: 'null' });

/** How JSON spells what was written as in Python or JavaScript. */
function spelling(source: string): string | undefined {
  if (/^'[^'"\\]*'$/.test(source)) return `"${source.slice(1, -1)}"`;
  return foreignWords[source];
}
