/**
 * The nodes of JSON without faults, in less than half of a tolerant reader's time: `JSON.parse` is the judge of the
 * text, so all that is left to do is to find where each value stands.
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
  if (!isSound(text)) return undefined;
  const locator = new Locator(text, maxDepth, movable);
  return locator.read();
}

function isSound(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** What else a value begins with: the first character tells all of them apart. */
const words: Readonly<Record<number, { kind: 'boolean' | 'null'; value: boolean | null; length: number } | undefined>> =
  {
    0x66: { kind: 'boolean', value: false, length: 5 },
    0x6e: { kind: 'null', value: null, length: 4 },
    0x74: { kind: 'boolean', value: true, length: 4 },
  };

class Locator {
  private at = 0;
  private depth = 0;
  private isTooDeep = false;
  private readonly duplicates: Node[] = [];
  /** Member names by themselves: a name that is written twice is held once from then on. */
  private readonly names = new Map<string, string>();
  private readonly metOnce = new Set<string>();
  /** Nodes whose container is still open, innermost last: each container gets its own in an array of exact size. */
  private readonly pending: Node[] = [];

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
    private readonly movable: string | undefined,
  ) {}

  read(): Read | undefined {
    const root = this.value(undefined, undefined, -1, -1, { offset: 0 });
    return this.isTooDeep ? undefined : { root, duplicates: this.duplicates };
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
      if (word) this.at += word.length;
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
    if (this.depth === this.maxDepth) this.isTooDeep = true;
    if (this.isTooDeep) return;
    this.depth++;
    this.at++;
    const mark = this.pending.length;
    if (node.kind === 'object') this.members(node);
    else this.elements(node);
    if (this.pending.length > mark) node.children = this.pending.slice(mark);
    this.pending.length = mark;
    if (node.kind === 'object') findDuplicates(node, this.duplicates);
    this.at++;
    node.to = this.at - node.block.offset;
    this.depth--;
  }

  private members(node: Node): void {
    const { offset } = node.block;
    for (let next = this.skipSpace(); next !== closeBrace && !this.isTooDeep; next = this.skipSpace()) {
      if (next === comma) {
        this.at++;
        this.skipSpace();
      }
      const keyFrom = this.at - offset;
      const key = this.name(this.string());
      const keyTo = this.at - offset;
      this.skipSpace();
      this.at++; // the colon
      this.pending.push(this.value(node, key, keyFrom, keyTo, node.block));
    }
  }

  private elements(node: Node): void {
    const areMovable = this.depth === 2 && node.key === this.movable;
    let index = 0;
    for (let next = this.skipSpace(); next !== closeBracket && !this.isTooDeep; next = this.skipSpace()) {
      if (next === comma) {
        this.at++;
        this.skipSpace();
      }
      const block = areMovable ? { offset: this.at } : node.block;
      this.pending.push(this.value(node, index++, -1, -1, block));
    }
  }

  /** Passes over white space; answers the character after it. */
  private skipSpace(): number {
    const { text } = this;
    let { at } = this;
    let code = text.charCodeAt(at);
    while (code <= space) code = text.charCodeAt(++at);
    this.at = at;
    return code;
  }

  private string(): string {
    const { text, at: from } = this;
    let isEscaped = false;
    let at = from + 1;
    for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
      if (code !== backslash) continue;
      isEscaped = true;
      at++;
    }
    this.at = at + 1;
    return isEscaped ? (JSON.parse(text.slice(from, at + 1)) as string) : text.slice(from + 1, at);
  }

  private number(): number {
    const from = this.at;
    while (isOfNumber(this.text.charCodeAt(this.at))) this.at++;
    return Number(this.text.slice(from, this.at));
  }

  /** The one copy of a name. As the key of an object it is one that the engine compares by its address. */
  private name(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (!this.metOnce.has(name)) {
      this.metOnce.add(name);
      return name;
    }
    const [own = name] = Object.keys({ [name]: true });
    this.names.set(own, own);
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
