/**
 * The nodes of JSON without faults, in a third of a tolerant reader's time: it ends at the first fault, which is for the
 * tolerant reader to tell. The grammar is that of RFC 8259, as `JSON.parse` takes it.
 */
import { type Block, Node } from './tree';

/** What stands in a text: the root, and the members whose key was given before in the same object. */
export interface Read {
  root: Node;
  duplicates: readonly Node[];
}

/**
 * Reads JSON that has no faults and is at most `maxDepth` containers deep; undefined for any other text.
 *
 * @param movable see {@link parseJson}
 */
export function readSound(text: string, maxDepth: number, movable?: string): Read | undefined {
  const locator = new Locator(text, maxDepth, movable);
  return locator.read();
}

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** What else a value begins with: the first character tells all of them apart. */
const words: Readonly<Record<number, { kind: 'boolean' | 'null'; value: boolean | null; word: string } | undefined>> = {
  0x66: { kind: 'boolean', value: false, word: 'false' },
  0x6e: { kind: 'null', value: null, word: 'null' },
  0x74: { kind: 'boolean', value: true, word: 'true' },
};

const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** So many names have places: a power of two. */
const places = 2048;

class Locator {
  private at = 0;
  private depth = 0;
  /** True from the first fault on, or from the first value that is too deep: nothing more is read. */
  private hasEnded = false;
  private readonly duplicates: Node[] = [];
  private readonly names = new Names();
  /**
   * Nodes whose container is still open, innermost last: each container gets its own in an array of exact size. The first
   * `held` count; the array is never made shorter, which would cost more than what it holds.
   */
  private readonly pending: Node[] = [];
  private held = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
    private readonly movable: string | undefined,
  ) {}

  read(): Read | undefined {
    const root = this.value(undefined, undefined, -1, -1, { offset: 0 });
    this.skipSpace();
    if (this.at < this.text.length) this.hasEnded = true;
    return this.hasEnded ? undefined : { root, duplicates: this.duplicates };
  }

  /** Reads the value that follows. */
  private value(parent: Node | undefined, key: Node['key'], keyFrom: number, keyTo: number, block: Block): Node {
    const first = this.skipSpace();
    const from = this.at - block.offset;
    let node: Node;
    if (first === quote) {
      const value = this.string();
      node = new Node('string', block, from, this.at - block.offset, value);
    } else if (first === openBrace || first === openBracket) {
      node = new Node(first === openBrace ? 'object' : 'array', block, from, from, undefined);
    } else {
      const word = words[first];
      const value = word ? word.value : this.number();
      if (word) this.word(word.word);
      node = new Node(word ? word.kind : 'number', block, from, this.at - block.offset, value);
    }
    node.parent = parent;
    node.key = key;
    node.keyFrom = keyFrom;
    node.keyTo = keyTo;
    if (first === openBrace || first === openBracket) this.container(node);
    return node;
  }

  private container(node: Node): void {
    if (this.depth === this.maxDepth) this.hasEnded = true;
    if (this.hasEnded) return;
    this.depth++;
    this.at++;
    const mark = this.held;
    if (node.kind === 'object') this.members(node);
    else this.elements(node);
    if (this.held > mark) node.children = this.pending.slice(mark, this.held);
    this.held = mark;
    if (node.kind === 'object') findDuplicates(node, this.duplicates);
    this.at++;
    node.to = this.at - node.block.offset;
    this.depth--;
  }

  private members(node: Node): void {
    const { offset } = node.block;
    let next = this.skipSpace();
    if (next === closeBrace) return;
    for (;;) {
      if (next !== quote) return this.end();
      const keyFrom = this.at - offset;
      const key = this.name();
      const keyTo = this.at - offset;
      if (this.skipSpace() !== colon) return this.end();
      this.at++;
      this.hold(this.value(node, key, keyFrom, keyTo, node.block));
      next = this.skipSpace();
      if (next === closeBrace || this.hasEnded) return;
      if (next !== comma) return this.end();
      this.at++;
      next = this.skipSpace();
    }
  }

  private elements(node: Node): void {
    const areMovable = this.depth === 2 && node.key === this.movable;
    if (this.skipSpace() === closeBracket) return;
    for (let index = 0; ; index++) {
      // The block of an element begins with it.
      this.skipSpace();
      const block = areMovable ? { offset: this.at } : node.block;
      this.hold(this.value(node, index, -1, -1, block));
      const next = this.skipSpace();
      if (next === closeBracket || this.hasEnded) return;
      if (next !== comma) return this.end();
      this.at++;
    }
  }

  private hold(node: Node): void {
    this.pending[this.held++] = node;
  }

  private end(): void {
    this.hasEnded = true;
  }

  /** Passes over white space; answers the character after it, which is no number at the end of the text. */
  private skipSpace(): number {
    const { text } = this;
    let { at } = this;
    let code = text.charCodeAt(at);
    while (code <= space) {
      if (code !== space && code !== lineFeed && code !== carriageReturn && code !== tab) break;
      code = text.charCodeAt(++at);
    }
    this.at = at;
    return code;
  }

  private string(): string {
    const { text, at: from } = this;
    let isEscaped = false;
    let at = from + 1;
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
      if (code === backslash) {
        isEscaped = true;
        at++;
      } else if (!(code >= space)) {
        // A control character, or the end of the text.
        this.hasEnded = true;
        return '';
      }
    }
    this.at = at + 1;
    return isEscaped ? this.unescaped(from, at + 1) : text.slice(from + 1, at);
  }

  private unescaped(from: number, to: number): string {
    try {
      return JSON.parse(this.text.slice(from, to)) as string;
    } catch {
      this.hasEnded = true;
      return '';
    }
  }

  private number(): number {
    const { text, at: from } = this;
    let { at } = this;
    let value = 0;
    let code = text.charCodeAt(at);
    for (; code >= zero && code <= nine; code = text.charCodeAt(++at)) value = value * 10 + code - zero;
    const isShort = at > from && at - from < 16 && (text.charCodeAt(from) !== zero || at === from + 1);
    if (isShort && !isOfNumber(code)) {
      this.at = at;
      return value;
    }
    while (isOfNumber(text.charCodeAt(at))) at++;
    this.at = at;
    const written = text.slice(from, at);
    if (!numeral.test(written)) this.hasEnded = true;
    return Number(written);
  }

  private word(word: string): void {
    if (!this.text.startsWith(word, this.at)) this.hasEnded = true;
    this.at += word.length;
  }

  /** Reads the name of a member. */
  private name(): string {
    const { text, at: from } = this;
    let hash = 0;
    let at = from + 1;
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
      if (code === backslash || !(code >= space)) return this.string();
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    this.at = at + 1;
    return this.names.find(text, from + 1, at, hash);
  }
}

/** Member names by themselves: a name that is written twice is held once from then on, and is not made again. */
class Names {
  // oxlint-disable-next-line unicorn/no-new-array -- Array.from takes longer than reading a small definition does
  private readonly names: (string | undefined)[] = new Array<string | undefined>(places).fill(undefined);
  /** 1 where a name was met once, 2 where it has its place for good. */
  private readonly met = new Uint8Array(places);

  /** The name from `start` to `end`, whose characters have the hash. */
  find(text: string, start: number, end: number, hash: number): string {
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const known = this.names[place];
    if (known?.length !== end - start || !text.startsWith(known, start)) {
      const name = text.slice(start, end);
      if (this.met[place] !== 2) {
        this.names[place] = name;
        this.met[place] = 1;
      }
      return name;
    }
    if (this.met[place] === 2) return known;
    // As the key of an object it is one that the engine compares by its address.
    const [own = known] = Object.keys({ [known]: true });
    this.names[place] = own;
    this.met[place] = 2;
    return own;
  }
}

/** Digits, and `+`, `-`, `.`, `e`, `E`. */
function isOfNumber(code: number): boolean {
  return (code >= 0x2b && code <= 0x39 && code !== comma) || code === 0x45 || code === 0x65;
}

/** Adds to `duplicates` the members of an object whose key was given before in it. */
export function findDuplicates({ children }: Node, duplicates: Node[]): void {
  // In a few members a search is quicker than a set.
  if (children.length > 12) {
    const seen = new Set<Node['key']>();
    for (const child of children) {
      if (seen.has(child.key)) duplicates.push(child);
      seen.add(child.key);
    }
    return;
  }
  for (let at = 1; at < children.length; at++) {
    const child = children[at];
    if (child && isGivenBefore(children, at, child.key)) duplicates.push(child);
  }
}

function isGivenBefore(children: readonly Node[], at: number, key: Node['key']): boolean {
  for (let before = 0; before < at; before++) if (children[before]?.key === key) return true;
  return false;
}
