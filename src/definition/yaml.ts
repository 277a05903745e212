/** YAML text to tree, through the yaml package: the same nodes as JSON, with the ranges of the YAML source. */
import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node as YamlNode,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type Block, type Kind, Node, type SyntaxProblem, Tree } from './tree';

/** Aliases are followed until they stand for so many nodes, so that nested aliases cannot grow without end. */
const maxNodes = 200_000;
const maxDepth = 256;
const tooDeep = 'The text is nested too deeply to be read.';

/** Reads YAML. Never throws. CloudFormation's short forms (`!Sub x`) become their long forms (`{"Fn::Sub": "x"}`). */
export function parseYaml(text: string): Tree {
  const reader = new Reader(text);
  return reader.read();
}

class Reader {
  private readonly block: Block = { offset: 0 };
  private readonly problems: SyntaxProblem[] = [];
  private readonly duplicates: Node[] = [];
  /** How many nodes aliases stand for so far. */
  private count = 0;
  /** How many aliases are being followed, one within the other. */
  private following = 0;
  /** What an alias stands for: the last value before it that has its anchor. */
  private readonly anchors = new Map<string, unknown>();

  constructor(private readonly text: string) {}

  read(): Tree {
    let root: Node | undefined;
    try {
      const document = parseDocument(this.text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false });
      for (const error of document.errors) this.problems.push(this.problem(error));
      root = this.convert(document.contents, 0);
    } catch (error) {
      // The composer recurses with the text's nesting, and refuses some malformed texts by throwing.
      const message = error instanceof RangeError ? tooDeep : String(error);
      this.problems.push({ message, start: 0, end: Math.min(1, this.text.length) });
    }
    return new Tree(this.text, 'yaml', root, this.problems, this.duplicates);
  }

  private problem(error: YAMLError): SyntaxProblem {
    const [start, end] = error.pos;
    if (error.message.includes('call stack')) return { message: tooDeep, start, end: Math.max(end, start + 1) };
    const message = error.message.endsWith('.') ? error.message : `${error.message}.`;
    return { message: `This is not YAML as it can be read: ${message}`, start, end: Math.max(end, start + 1) };
  }

  private convert(source: unknown, depth: number): Node | undefined {
    if (this.following > 0) this.count++;
    if (depth > maxDepth || this.count > maxNodes) return undefined;
    if (isAlias(source)) return this.follow(source, depth);
    if (!isScalar(source) && !isMap(source) && !isSeq(source)) return undefined;
    if (source.anchor !== undefined) this.anchors.set(source.anchor, source);
    const tag = source.tag;
    const node = isScalar(source) ? this.scalar(source.value, source) : this.collection(source, depth);
    return node && tag?.startsWith('!') && tag !== '!' && !tag.startsWith('!!') ? this.longForm(tag, node) : node;
  }

  private follow(alias: Alias, depth: number): Node | undefined {
    this.following++;
    const node = this.convert(this.anchors.get(alias.source), depth + 1);
    this.following--;
    return node;
  }

  private make(kind: Kind, start: number, end: number, value?: Node['value']): Node {
    return new Node(kind, this.block, start, end, value);
  }

  private scalar(value: unknown, source: YamlNode): Node {
    const [start, end] = source.range ?? [0, 0];
    if (typeof value === 'string') return this.make('string', start, end, value);
    if (typeof value === 'number') return this.make('number', start, end, value);
    if (typeof value === 'boolean') return this.make('boolean', start, end, value);
    if (value === null || value === undefined) {
      return start === end ? this.make('missing', start, end) : this.make('null', start, end, null);
    }
    return this.make('string', start, end, this.text.slice(start, end));
  }

  private collection(source: YamlNode, depth: number): Node {
    const [start, end] = source.range ?? [0, 0];
    const node = this.make(isMap(source) ? 'object' : 'array', start, end);
    if (isMap(source)) this.members(node, source.items, depth);
    else if (isSeq(source)) {
      for (const item of source.items) {
        const child = this.convert(isPair(item) ? item.value : item, depth + 1);
        if (!child) continue;
        child.key = node.children.length;
        node.append(child);
      }
    }
    // A block collection ends with its last value, not with the blank lines and comments after it. What an alias
    // stands for is written elsewhere.
    if (!/^[[{]/.test(this.text.slice(start, start + 1))) {
      let last: number | undefined;
      for (const child of node.children) {
        if (child.keyStart < start || child.keyStart >= end) continue;
        const isHere = child.start >= start && child.end <= end;
        const to = isHere ? Math.max(child.end, child.keyEnd) : Math.min(child.keyEnd, end);
        last = Math.max(last ?? start, to);
      }
      node.to = last ?? node.to;
    }
    return node;
  }

  private members(node: Node, pairs: readonly Pair[], depth: number): void {
    const seen = new Set<string>();
    for (const pair of pairs) {
      const { key } = pair;
      if (!isScalar(key) || key.value === null) continue;
      const name = typeof key.value === 'string' ? key.value : JSON.stringify(key.value);
      const [from, to] = key.range ?? [0, 0];
      const child = this.convert(pair.value, depth + 1) ?? this.make('missing', to, to);
      if (name === '<<' && child.kind === 'object') {
        for (const inherited of child.children) if (!node.get(String(inherited.key))) node.append(inherited);
        continue;
      }
      child.key = name;
      child.keyFrom = from;
      child.keyTo = to;
      node.append(child);
      if (seen.has(name)) this.duplicates.push(child);
      seen.add(name);
    }
  }

  /** `!Ref x` is `{"Ref": "x"}`, and any other `!Name x` is `{"Fn::Name": x}`. */
  private longForm(tag: string, value: Node): Node {
    const outer = this.make('object', value.from, value.to);
    value.key = tag === '!Ref' || tag === '!Condition' ? tag.slice(1) : `Fn::${tag.slice(1)}`;
    outer.append(value);
    return outer;
  }
}
