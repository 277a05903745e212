/** A definition inside a string: a document of its own, and how its places and edits are those of the text around it. */
import { isMachine } from '../asl/model';
import type { Range, TextEdit } from '../diagnostic';
import { SourceDocument } from '../document';
import { type Finding, present } from '../finding';
import { buildPipeline, type Pipeline } from '../sagemaker/model';
import type { Node, Tree } from '../tree';
import { parseJson } from '../json';

/** How the string is written, which decides what new text in it must look like. */
type Style =
  /** In double quotes, of JSON or YAML. */
  | 'double'
  /** In single quotes, of YAML. */
  | 'single'
  /** A block of YAML, whose lines have an indentation. */
  | 'block';

/** The definition in one string. */
export class InnerText {
  /** The text as a document of its own. */
  readonly document: SourceDocument;
  readonly style: Style;
  private model: { pipeline: Pipeline | undefined } | undefined;

  constructor(
    /** The tree of the text around it. */
    readonly outer: Tree,
    /** The string. */
    readonly node: Node,
    /** True for a buildspec: YAML, of which JSON is a part. Else a definition in JSON. */
    readonly isBuildspec = false,
  ) {
    const text = isBuildspec ? (node.text ?? '') : withoutVariables(node.text ?? '');
    this.document = isBuildspec
      ? new SourceDocument(text, 'buildspec.yml')
      : new SourceDocument(text, 'inner.json', 'Steps', parseJson(text, 'Steps'));
    const first = outer.text[node.start];
    this.style = first === '"' ? 'double' : first === "'" ? 'single' : 'block';
  }

  /** False where the places of its characters are not known: then what is found is told of the whole string. */
  get isPlaced(): boolean {
    return this.outer.characters(this.node) !== undefined;
  }

  get tree(): Tree {
    return this.document.tree;
  }

  get pipeline(): Pipeline | undefined {
    this.model ??= { pipeline: buildPipeline(this.tree) };
    return this.model.pipeline;
  }

  /** The state machine, where the definition is one. */
  get machine(): Node | undefined {
    const { root } = this.tree;
    return isMachine(root) ? root : undefined;
  }

  /** The offset in the definition of an offset in the text around it. */
  toInner(offset: number): number {
    const offsets = this.outer.characters(this.node) ?? [];
    const wanted = offset - this.node.start;
    let low = 0;
    let high = Math.max(0, offsets.length - 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((offsets[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The stretch of the text around it in which a stretch of the definition is written. */
  span(start: number, end: number): { start: number; end: number } {
    return this.outer.within(this.node, start, end);
  }

  /** {@link span} in lines and characters. */
  range({ start, end }: Range): Range {
    const { lines } = this.tree;
    const span = this.span(lines.offset(start), lines.offset(end));
    return this.outer.range(span.start, span.end);
  }

  /** `text` as it is written in the string. In quotes it is one line; in a block each line gets the indentation. */
  written(text: string): string {
    switch (this.style) {
      case 'double':
        return JSON.stringify(this.isBuildspec ? text : oneLine(text)).slice(1, -1);
      case 'single':
        return (this.isBuildspec ? text.replaceAll('\n', '\n\n') : oneLine(text)).replaceAll("'", "''");
      default:
        return text.replaceAll('\n', `\n${this.indentation()}`);
    }
  }

  /** {@link written} for the text of a snippet, whose placeholders stay. The editor itself indents its lines. */
  writtenSnippet(text: string): string {
    if (this.style === 'block') return text;
    const line = oneLine(text);
    if (this.style === 'single') return line.replaceAll("'", "''");
    // A backslash is written twice in the string, and each of the two once more in a snippet.
    return line.replaceAll(/\\([\\$}])|"/g, (match, escaped?: string) =>
      escaped === undefined ? String.raw`\\"` : escaped === '\\' ? String.raw`\\\\` : match,
    );
  }

  /** An edit of the definition as one of the text around it. */
  edit({ range, newText }: TextEdit): TextEdit {
    return { range: this.range(range), newText: this.written(newText) };
  }

  /** The white space that begins each line of a block. */
  private indentation(): string {
    const { text } = this.document;
    const line = text.lastIndexOf('\n', text.search(/\S/)) + 1;
    const first = this.span(line, line).start;
    return this.outer.text.slice(this.outer.text.lastIndexOf('\n', first - 1) + 1, first);
  }
}

const known = new WeakMap<Node, InnerText>();

/** The definition in the string `node` of `outer`, or the buildspec, read once. */
export function innerText(outer: Tree, node: Node, isBuildspec = false): InnerText {
  let inner = known.get(node);
  if (!inner) {
    inner = new InnerText(outer, node, isBuildspec);
    known.set(node, inner);
  }
  return inner;
}

/** Indented JSON on one line. Strings of JSON hold no line breaks. */
function oneLine(text: string): string {
  return text.replaceAll(/\n\s*/g, ' ');
}

/** A text that stands for a value that the template fills in. */
const filledIn = /^"%_+%"$/;

/** True for a value of a definition in a string that the template fills in, or a text with a part that it does. */
export function isFilledIn(tree: Tree, node: Node): boolean {
  const source = tree.source(node);
  return source.includes('${') || filledIn.test(source);
}

/** As long as the variable. The shortest ones leave no room for a text. */
function standIn({ length }: string): string {
  return length < 5 ? '1'.padEnd(length) : `"%${'_'.repeat(length - 4)}%"`;
}

/** What the template fills in between quotes stays; elsewhere a text of its length stands for it. */
function withoutVariables(text: string): string {
  if (!text.includes('${')) return text;
  let inString = false;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (inString && character === '\\') {
      result += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (character === '"') inString = !inString;
    const variable = !inString && character === '$' ? /^\$\{[^}]*\}/.exec(text.slice(at, at + 300))?.[0] : undefined;
    if (variable) {
      result += standIn(variable);
      at += variable.length - 1;
    } else {
      result += character;
    }
  }
  return result;
}

/** What `check` finds wrong with the definition in a string. */
export function checkText(inner: InnerText, check: (document: SourceDocument) => Finding[]): Finding[] {
  return check(inner.document).map((finding) => moved(finding, inner));
}

/** The finding as one about the string. */
function moved(finding: Finding, inner: InnerText): Finding {
  const { tree, node } = inner;
  const { range, related } = present({ ...finding, fixes: () => [] }, 'error', tree);
  const mark = ({ start, end }: Range): { from: number; to: number } => ({
    from: tree.lines.offset(start),
    to: tree.lines.offset(end),
  });
  const result: Finding = { rule: finding.rule, node, mark: mark(range), message: finding.message };
  if (finding.atMost) result.atMost = finding.atMost;
  if (finding.unnecessary) result.unnecessary = true;
  if (related) result.related = related.map((other) => ({ node, message: other.message, mark: mark(other.range) }));
  if (finding.fixes) {
    result.fixes = () =>
      present(finding, 'error', tree).fixes.map((fix) => ({
        ...fix,
        edits: fix.edits.map((edit) => inner.edit(edit)),
      }));
  }
  return result;
}
