/**
 * One tree for every definition language: JSON and YAML texts become the same nodes with source ranges.
 * Rules, graph and editing features only ever see this tree.
 */
import { LineIndex } from './lines';
import type { Range } from './diagnostic';
import { yamlOffsets } from './yaml-offsets';

/** `missing` stands where a member has a key but no value (yet). */
export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'missing';

/**
 * A stretch of text that moves as one: the whole document, or one top-level step of it.
 * Nodes keep offsets relative to it, so an edit elsewhere moves a step by changing one number.
 */
export interface Block {
  offset: number;
}

const none: Node[] = [];

/** Among so many members a search is quicker than an index. */
const searched = 32;
const indexes = new WeakMap<Node, { count: number; members: ReadonlyMap<Node['key'], Node> }>();

/** A value in a text. Offsets count UTF-16 units; `start` is the first, `end` one past the last. */
export class Node {
  parent: Node | undefined;
  /** The member's name or the element's index; undefined for the root. */
  key: string | number | undefined;
  /** Of the key as written (quotes included), relative to the block; -1 where there is none. */
  keyFrom = -1;
  keyTo = -1;
  children: Node[] = none;

  constructor(
    readonly kind: Kind,
    readonly block: Block,
    public from: number,
    public to: number,
    /** The scalar's value; undefined for objects, arrays and missing values. */
    readonly value: string | number | boolean | null | undefined,
  ) {}

  get start(): number {
    return this.block.offset + this.from;
  }

  get end(): number {
    return this.block.offset + this.to;
  }

  /** Where the member's key is written, quotes included; the value itself where there is no key. */
  get keyStart(): number {
    return this.keyFrom < 0 ? this.start : this.block.offset + this.keyFrom;
  }

  get keyEnd(): number {
    return this.keyFrom < 0 ? this.end : this.block.offset + this.keyTo;
  }

  /** The scalar as text, or undefined where it is not a string. */
  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  /** The value of member `name`; the last one where it is given twice, as JSON readers take it. */
  get(name: string): Node | undefined {
    if (this.kind !== 'object') return undefined;
    if (this.children.length > searched) return this.byName().get(name);
    for (let i = this.children.length - 1; i >= 0; i--) {
      const child = this.children[i];
      if (child?.key === name) return child;
    }
    return undefined;
  }

  /** The members by name, held as long as none is added. */
  private byName(): ReadonlyMap<Node['key'], Node> {
    let index = indexes.get(this);
    if (index?.count !== this.children.length) {
      index = { count: this.children.length, members: new Map(this.children.map((child) => [child.key, child])) };
      indexes.set(this, index);
    }
    return index.members;
  }

  /** Follows member names and indices: `step.at('Arguments', 'Conditions', 0)`. */
  at(...path: (string | number)[]): Node | undefined {
    return follow(this, path);
  }

  /** The elements of an array; none of anything else. */
  get items(): readonly Node[] {
    return this.kind === 'array' ? this.children : none;
  }

  /** The members of an object (each child's `key` is its name); none of anything else. */
  get members(): readonly Node[] {
    return this.kind === 'object' ? this.children : none;
  }

  /** RFC 6901 pointer from the root of the text. */
  get pointer(): string {
    if (!this.parent) return '';
    const key = String(this.key);
    return `${this.parent.pointer}/${/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key}`;
  }

  /** The names and indices from the root to this node. */
  get path(): (string | number)[] {
    return this.parent ? [...this.parent.path, this.key ?? ''] : [];
  }

  /** Visits this node and everything under it, in document order. */
  each(visit: (node: Node) => void): void {
    visit(this);
    for (const child of this.children) child.each(visit);
  }

  /** This node and everything under it, in document order; {@link each} is quicker. */
  *walk(): Generator<Node> {
    // Generators inside generators would pass each node up through all levels.
    const waiting: Node[] = [this];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      yield node;
      for (let at = node.children.length - 1; at >= 0; at--) {
        const child = node.children[at];
        if (child) waiting.push(child);
      }
    }
  }

  /** Puts `child` under this node. */
  append(child: Node): void {
    if (this.children === none) this.children = [];
    child.parent = this;
    this.children.push(child);
  }
}

/** Asked very often, so that a closure for each call would be felt. */
function follow(from: Node, path: readonly (string | number)[]): Node | undefined {
  let node: Node | undefined = from;
  for (const part of path) node = typeof part === 'number' ? node?.items[part] : node?.get(part);
  return node;
}

/** What a parser could not read, and where. */
export interface SyntaxProblem {
  message: string;
  start: number;
  end: number;
  /** The nearest node that was being read. */
  node?: Node;
  /** An edit that surely mends it. */
  fix?: { title: string; start: number; end: number; newText: string };
}

/** A text and what was read from it. However broken the text, there is a tree of what could be read. */
export class Tree {
  private index: LineIndex | undefined;
  private readonly known = new WeakMap<Node, { offsets: readonly number[] | undefined }>();

  constructor(
    readonly text: string,
    readonly syntax: 'json' | 'yaml',
    readonly root: Node | undefined,
    readonly problems: readonly SyntaxProblem[],
    /** Members whose key was given before in the same object. */
    readonly duplicates: readonly Node[],
    /** The lines of the text, where they are known already. */
    lines?: LineIndex,
  ) {
    this.index = lines;
  }

  /** How new text is written: as the syntax is, or as Terraform's own language, whose tree is that of JSON. */
  get style(): 'json' | 'yaml' | 'hcl' {
    return this.syntax;
  }

  /** A tree of the same text with another root, whose nodes stand in it. */
  withRoot(root: Node): Tree {
    const Same = this.constructor as typeof Tree;
    return new Same(this.text, this.syntax, root, [], [], this.lines);
  }

  /** Lines of the text, found on first use. */
  get lines(): LineIndex {
    this.index ??= new LineIndex(this.text);
    return this.index;
  }

  /** The lines and characters of the stretch from offset `start` to `end`. */
  range(start: number, end: number): Range {
    return { start: this.lines.position(start), end: this.lines.position(end) };
  }

  /** Range of a value as written, quotes or brackets included. */
  valueRange(node: Node): Range {
    return this.range(node.start, node.end);
  }

  /** Range of a member's key as written; of the value where there is no key. */
  keyRange(node: Node): Range {
    return this.range(node.keyStart, node.keyEnd);
  }

  /** The value as written. */
  source(node: Node): string {
    return this.text.slice(node.start, node.end);
  }

  /** The value at an RFC 6901 pointer. */
  at(pointer: string): Node | undefined {
    let node = this.root;
    for (const part of pointer.split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      node = node?.kind === 'array' ? node.children[Number(key)] : node?.get(key);
    }
    return node;
  }

  /** The innermost node whose key or value holds `offset` (both ends included). */
  nodeAt(offset: number): Node | undefined {
    let node = this.root;
    if (!node || offset < node.start || offset > node.end) return undefined;
    for (;;) {
      const inner: Node | undefined = node.children.find(
        (child) => offset >= Math.min(child.keyStart, child.start) && offset <= child.end,
      );
      if (!inner) return node;
      node = inner;
    }
  }

  /**
   * Offsets of characters `from` to `to` of a string's value in the text. Where the text writes the string
   * with escapes, they are counted as written.
   */
  within(node: Node, from: number, to: number): { start: number; end: number } {
    const quote = /^["']/.test(this.text.slice(node.start, node.start + 1)) ? 1 : 0;
    if (node.end - node.start - 2 * quote === (node.text ?? '').length) {
      return { start: node.start + quote + from, end: node.start + quote + to };
    }
    const offsets = this.characters(node);
    if (!offsets) return { start: node.start, end: node.end };
    return { start: node.start + (offsets[from] ?? 0), end: node.start + (offsets[to] ?? node.end - node.start) };
  }

  /**
   * Where each character of a string's value begins in its source, counted from the node's start, with the end of the
   * last one as the last entry. Undefined where a value in YAML does not go together with its source.
   */
  characters(node: Node): readonly number[] | undefined {
    let known = this.known.get(node);
    if (!known) {
      const source = this.source(node);
      known = {
        offsets: this.syntax === 'yaml' ? yamlOffsets(source, node.text ?? '') : escapedOffsets(source),
      };
      this.known.set(node, known);
    }
    return known.offsets;
  }
}

/** Where each character of a JSON string's value begins in its source. */
function escapedOffsets(source: string): number[] {
  const offsets: number[] = [];
  let at = 1;
  while (at < source.length) {
    offsets.push(at);
    at += source[at] === '\\' ? (source[at + 1] === 'u' ? 6 : 2) : 1;
  }
  return offsets;
}
