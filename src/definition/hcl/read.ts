/**
 * Terraform's own language as far as it is literal, read into the tree that its JSON form would give: blocks are members
 * that hold lists, `jsonencode({…})` is the object in it, a heredoc is its text. What is worked out by Terraform is a text
 * `${…}`, as its JSON form writes it: the place of another value by its name. Syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
import { type Block, type Kind, Node, Tree } from '../tree';
import { heredocOffsets, quotedOffsets, unescaped, withoutIndentation } from './text';

/** Deeper nesting than this is not read. */
const maxDepth = 200;

/** What stands for a value that Terraform works out and that is more than the place of another one. */
const workedOut = '${worked_out}';
/** The place of another value, `aws_iam_role.pipeline.arn`. */
const traversal = /^[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_*-]+|\[(?:\d+|\*)\])+$/u;

/** A tree of HCL: its strings may be heredocs. */
class HclTree extends Tree {
  override get style(): 'hcl' {
    return 'hcl';
  }

  override characters(node: Node): readonly number[] | undefined {
    const source = this.source(node);
    const { text } = node;
    if (text === undefined) return undefined;
    if (source.length === text.length) return Array.from({ length: text.length + 1 }, (_, index) => index);
    const offsets = source.startsWith('"') ? quotedOffsets(source) : heredocOffsets(source);
    // The end of the last character is the last entry; what is worked out is written as something else.
    return offsets.length === text.length + 1 ? offsets : undefined;
  }
}

/** Reads HCL. Never throws; what cannot be read ends the part that it stands in. */
export function parseHcl(text: string): Tree {
  return new HclTree(text, 'json', new Reader(text).root(), [], []);
}

const word = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const numeral = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const heredoc = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[^\S\n]*\r?\n/uy;

/** True for a value that is worked out as a whole. */
function isWorkedOut({ text }: Node): boolean {
  return text !== undefined && (text === workedOut || /^\$\{[^}]*\}$/.test(text));
}

class Reader {
  private at = 0;
  private depth = 0;
  /** True where a bracket is open at the end of the text: what it is part of is passed over once. */
  private hasEnded = false;
  /** Markers that end no heredoc from here on. */
  private readonly open = new Set<string>();
  private readonly block: Block = { offset: 0 };

  constructor(private readonly text: string) {}

  root(): Node {
    const root = this.make('object', 0, this.text.length);
    this.body(root);
    return root;
  }

  private make(kind: Kind, from: number, to: number, value?: Node['value']): Node {
    return new Node(kind, this.block, from, to, value);
  }

  /** Attributes and blocks up to the end of the text or the closing bracket. */
  private body(parent: Node): void {
    for (;;) {
      this.space(true);
      if (this.at >= this.text.length || this.text[this.at] === '}') return;
      const start = this.at;
      const name = this.match(word)?.[0];
      if (name === undefined) {
        this.at++;
        continue;
      }
      const nameEnd = this.at;
      this.space(false);
      if (this.text[this.at] === '=' && this.text[this.at + 1] !== '=') {
        this.at++;
        const value = this.expression(true);
        this.keyed(value, parent, name, start, nameEnd);
        this.lineEnd();
      } else {
        this.blockOf(parent, name, start, nameEnd);
      }
    }
  }

  /** A block: its labels are members within each other, and what stands in it an element of a list. */
  private blockOf(parent: Node, name: string, start: number, nameEnd: number): void {
    const labels: { name: string; from: number; to: number }[] = [];
    for (;;) {
      this.space(false);
      const from = this.at;
      const label = this.text[this.at] === '"' ? this.quoted() : this.match(word)?.[0];
      if (label === undefined) break;
      labels.push({ name: label, from, to: this.at });
    }
    if (this.text[this.at] !== '{' || this.depth >= maxDepth) {
      this.lineEnd();
      return;
    }
    let list = parent.get(name);
    if (list?.kind !== 'array') {
      list = this.make('array', start, start);
      this.keyed(list, parent, name, start, nameEnd);
    }
    const element = this.make('object', start, start);
    this.keyed(element, list, list.children.length, start, nameEnd);
    let inner = element;
    for (const label of labels) {
      const within = this.make('object', label.from, label.from);
      this.keyed(within, inner, label.name, label.from, label.to);
      inner = within;
    }
    this.at++;
    this.depth++;
    this.body(inner);
    this.depth--;
    this.at++;
    for (let node: Node | undefined = inner; node && node !== parent; node = node.parent) node.to = this.at;
  }

  private keyed(node: Node, parent: Node, name: string | number, from: number, to: number): void {
    node.key = name;
    node.keyFrom = from;
    node.keyTo = to;
    parent.append(node);
  }

  /**
   * A value. One that is more than a literal is worked out by Terraform.
   * @param isAttribute true for the value of an attribute, where jsonencode stands for what it encodes
   */
  private expression(isAttribute = false): Node {
    this.space(false);
    const start = this.at;
    const value = this.literal(isAttribute);
    if (value) {
      const end = this.at;
      this.space(false);
      // A literal that something follows is a part of an expression.
      if (/^(?:$|[\n\r,}\])]|#|\/\/|\/\*)/.test(this.text.slice(this.at, this.at + 2))) {
        this.at = end;
        return value;
      }
    }
    this.at = this.hasEnded ? this.text.length : start;
    this.skipExpression();
    const written = this.text.slice(start, this.at).trimEnd();
    const stands = traversal.test(written) ? `\${${written}}` : workedOut;
    return this.make('string', start, Math.max(start, this.at), stands);
  }

  private literal(isAttribute: boolean): Node | undefined {
    const { text, at: start } = this;
    const character = text[start];
    if (character === '"') {
      const value = this.quoted();
      return value === undefined ? undefined : this.make('string', start, this.at, value);
    }
    if (character === '<') return this.heredoc();
    if (this.depth < maxDepth && (character === '{' || character === '[')) return this.container(character);
    const number = this.match(numeral)?.[0];
    if (number !== undefined) return this.make('number', start, this.at, Number(number));
    const name = this.match(word)?.[0];
    if (name === 'true' || name === 'false') return this.make('boolean', start, this.at, name === 'true');
    if (name === 'null') return this.make('null', start, this.at, null);
    if (name !== 'jsonencode' || !isAttribute || text[this.at] !== '(') return undefined;
    this.at++;
    this.space(true);
    const value = this.expression();
    this.space(true);
    if (text[this.at] === ',') this.at++;
    this.space(true);
    if (text[this.at] !== ')' || isWorkedOut(value)) return undefined;
    this.at++;
    return value;
  }

  private container(open: '{' | '['): Node | undefined {
    const node = this.make(open === '{' ? 'object' : 'array', this.at, this.at);
    const close = open === '{' ? '}' : ']';
    this.at++;
    this.depth++;
    const isWhole = this.entries(node, close);
    this.depth--;
    if (!isWhole) return undefined;
    this.at++;
    node.to = this.at;
    return node;
  }

  /** The members or elements up to the closing bracket; false where they are not literal, such as those of a `for`. */
  private entries(node: Node, close: string): boolean {
    for (;;) {
      this.space(true);
      if (this.text[this.at] === close) return true;
      if (this.at >= this.text.length) {
        this.hasEnded = true;
        return false;
      }
      if (this.text.startsWith('for', this.at) && /^for\s/.test(this.text.slice(this.at, this.at + 4))) return false;
      if (node.kind === 'array') {
        const element = this.expression();
        element.key = node.children.length;
        node.append(element);
      } else if (!this.member(node)) {
        return false;
      }
      this.space(true);
      if (this.text[this.at] === ',') this.at++;
    }
  }

  private member(node: Node): boolean {
    const from = this.at;
    const name = this.text[from] === '"' ? this.quoted() : (this.match(word) ?? this.match(numeral))?.[0];
    const to = this.at;
    this.space(false);
    const sign = this.text[this.at];
    if (name !== undefined && (sign === undefined || '\r\n,}'.includes(sign))) {
      // A name that is being written.
      this.keyed(this.make('missing', to, to), node, name, from, to);
      return true;
    }
    // A name in parentheses, or one with a template in it, is worked out.
    if (name === undefined || (sign !== '=' && sign !== ':')) return false;
    this.at++;
    this.keyed(this.expression(), node, name, from, to);
    return true;
  }

  /** A text in quotes; undefined where it does not end on its line. What is worked out in it stays as `${…}`. */
  private quoted(): string | undefined {
    const { text, at: start } = this;
    const end = this.quoteEnd(start);
    if (end < 0) return undefined;
    this.at = end;
    return unescaped(text.slice(start + 1, end - 1));
  }

  /** Behind the closing quote of the text that begins at `start`; -1 where there is none. */
  private quoteEnd(start: number): number {
    const { text } = this;
    for (let at = start + 1; at < text.length; at++) {
      const character = text[at];
      if (character === '"') return at + 1;
      if (character === '\n') return -1;
      if (character === '\\') at++;
      else if ((character === '$' || character === '%') && text[at + 1] === '{' && text[at - 1] !== character) {
        at = this.templateEnd(at + 1);
      }
    }
    return -1;
  }

  /** Where the bracket closes that opens at `start`; texts within may hold brackets. */
  private templateEnd(start: number): number {
    const { text } = this;
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      const character = text[at];
      if (character === '{') depth++;
      else if (character === '}' && --depth === 0) return at;
      else if (character === '"') {
        const end = this.quoteEnd(at);
        if (end < 0) return text.length;
        at = end - 1;
      }
    }
    return text.length;
  }

  private heredoc(): Node | undefined {
    const { text, at: start } = this;
    const found = this.match(heredoc);
    if (!found || this.open.has(found[1] ?? '')) {
      this.at = start;
      return undefined;
    }
    const from = this.at;
    const end = new RegExp(String.raw`^[^\S\n]*${found[1] ?? ''}[^\S\n]*\r?$`, 'mu');
    const rest = text.slice(from);
    const close = end.exec(rest);
    if (!close) {
      this.open.add(found[1] ?? '');
      this.at = start;
      return undefined;
    }
    this.at = from + close.index + close[0].trimEnd().length;
    const source = rest.slice(0, close.index);
    const value = found[0].startsWith('<<-') ? withoutIndentation(source) : source;
    // Directives choose what is written.
    if (/(?<!%)%\{/.test(value)) return this.make('string', from, from + close.index, workedOut);
    return this.make('string', from, from + close.index, this.masked(value));
  }

  /** What is worked out, without the quotes and brackets in it, so that the text around it can be read. */
  private masked(value: string): string {
    if (!value.includes('${')) return value;
    const inner = new Reader(value);
    let result = '';
    let done = 0;
    for (let at = value.indexOf('${'); at >= 0; at = value.indexOf('${', at + 1)) {
      if (at < done || value[at - 1] === '$') continue;
      const end = inner.templateEnd(at + 1);
      result += `${value.slice(done, at)}\${${value.slice(at + 2, end).replaceAll(/[^\w.]/g, '_')}`;
      done = end;
    }
    return result + value.slice(done);
  }

  /** Passes over an expression: to the end of its line, or to what ends the list or the call that it stands in. */
  private skipExpression(): void {
    const { text } = this;
    let depth = 0;
    while (this.at < text.length) {
      const character = text[this.at] ?? '';
      if (depth === 0 && /[\n,)\]}]/.test(character)) return;
      if (character === '"') {
        const end = this.quoteEnd(this.at);
        this.at = end < 0 ? text.length : end;
        continue;
      }
      if (character === '<' && text[this.at + 1] === '<' && this.heredoc()) continue;
      if (this.comment()) continue;
      if ('([{'.includes(character)) depth++;
      else if (')]}'.includes(character)) depth--;
      this.at++;
    }
  }

  /** Passes over white space and comments; over the ends of lines where `lines` is true. */
  private space(lines: boolean): void {
    for (;;) {
      const character = this.text[this.at];
      if (character === ' ' || character === '\t' || character === '\r' || (lines && character === '\n')) this.at++;
      else if (!this.comment()) return;
    }
  }

  private comment(): boolean {
    const { text, at } = this;
    if (text[at] === '#' || text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      this.at = end < 0 ? text.length : end;
      return true;
    }
    if (!text.startsWith('/*', at)) return false;
    const end = text.indexOf('*/', at + 2);
    this.at = end < 0 ? text.length : end + 2;
    return true;
  }

  /** Passes over what is left of an attribute. */
  private lineEnd(): void {
    this.skipExpression();
    if (this.text[this.at] === ',' || this.text[this.at] === ')' || this.text[this.at] === ']') this.at++;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found ?? undefined;
  }
}
