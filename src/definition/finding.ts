/**
 * What a check reports: a rule, a node and words. Places are nodes rather than numbers, so that a finding stays
 * true when text before it changes; lines, pointers and quick fixes are worked out when they are shown.
 */
import type { Diagnostic, Fix, Severity, TextEdit } from './diagnostic';
import type { Node, Tree } from './tree';
import { blockAddition, lineStart } from './yaml-additions';

/** Which part of a node is marked. */
export type Mark =
  /** The value as written. */
  | 'value'
  /** The member's key. */
  | 'key'
  /** The opening bracket of an object or array: something is missing in it. */
  | 'opening'
  /** Characters of a string's value, from (included) to (excluded). */
  | { from: number; to: number };

export interface Finding {
  /** Id of a rule in the catalogue. */
  rule: string;
  node: Node;
  /** `value` where not given. */
  mark?: Mark;
  message: string;
  /** Overrides the rule's level downwards: what is near to nothing known is at most this. */
  atMost?: Severity;
  related?: readonly { node: Node; message: string; mark?: Mark }[];
  /** The quick fixes, made when asked for. */
  fixes?: (edit: Editor) => readonly (Fix | undefined)[];
  unnecessary?: boolean;
}

const order: readonly Severity[] = ['hint', 'information', 'warning', 'error'];

/** The lighter of two severities. */
export function lighter(a: Severity, b: Severity): Severity {
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}

/** A finding at the severity that it has in its document. */
export interface Graded {
  finding: Finding;
  severity: Severity;
}

/** The findings that are on, each with its severity; `severityOf` answers nothing for a rule that is off. */
export function grade(findings: readonly Finding[], severityOf: (rule: string) => Severity | undefined): Graded[] {
  return findings.flatMap((finding) => {
    const severity = severityOf(finding.rule);
    return severity ? [{ finding, severity: finding.atMost ? lighter(severity, finding.atMost) : severity }] : [];
  });
}

/** Turns a finding into a diagnostic of `tree` at the given severity. */
export function present(finding: Finding, severity: Severity, tree: Tree): Diagnostic {
  const { node } = finding;
  const diagnostic: Diagnostic = {
    rule: finding.rule,
    severity: finding.atMost ? lighter(severity, finding.atMost) : severity,
    message: finding.message,
    range: markRange(tree, node, finding.mark),
    pointer: node.pointer,
    fixes: finding.fixes ? finding.fixes(new Editor(tree)).filter((fix) => fix !== undefined) : [],
  };
  if (finding.related?.length) {
    diagnostic.related = finding.related.map((other) => ({
      message: other.message,
      range: markRange(tree, other.node, other.mark),
      pointer: other.node.pointer,
    }));
  }
  if (finding.unnecessary) diagnostic.unnecessary = true;
  return diagnostic;
}

function markRange(tree: Tree, node: Node, mark: Mark = 'value'): Diagnostic['range'] {
  if (mark === 'key') return tree.keyRange(node);
  if (mark === 'opening') {
    const bracket = /^[[{]/.test(tree.text.slice(node.start, node.start + 1));
    if (bracket) return tree.range(node.start, node.start + 1);
    // A YAML mapping has no bracket: its key stands for it, or its first line where it is an element of a list.
    return node.keyFrom >= 0 ? tree.keyRange(node) : firstLine(tree, node);
  }
  if (typeof mark === 'object') {
    const { start, end } = tree.within(node, mark.from, mark.to);
    return tree.range(start, end);
  }
  return tree.valueRange(node);
}

function firstLine(tree: Tree, node: Node): Diagnostic['range'] {
  const end = tree.text.indexOf('\n', node.start);
  return tree.range(node.start, end < 0 ? node.end : Math.min(end, node.end));
}

/** Makes quick fixes: edits of the text in terms of nodes. */
export class Editor {
  constructor(readonly tree: Tree) {}

  /** One fix of several edits. `preferred` where it is surely what was meant. */
  fix(title: string, edits: readonly (TextEdit | undefined)[], preferred = false): Fix | undefined {
    const all = edits.filter((edit) => edit !== undefined);
    if (all.length === 0) return undefined;
    return preferred ? { title, edits: all, preferred } : { title, edits: all };
  }

  /** Replaces a stretch of offsets. */
  span(start: number, end: number, newText: string): TextEdit {
    return { range: this.tree.range(start, end), newText };
  }

  /** Replaces a value by `value`, written as JSON (which YAML reads too). */
  value(node: Node, value: unknown): TextEdit {
    // A block of text in YAML ends with its last line break, which stays.
    const end = node.kind === 'string' && this.tree.source(node).endsWith('\n') ? node.end - 1 : node.end;
    return this.span(node.start, end, JSON.stringify(value));
  }

  /** Replaces characters of a string's value. */
  part(node: Node, from: number, to: number, text: string): TextEdit {
    const { start, end } = this.tree.within(node, from, to);
    const quote = this.tree.text[node.start];
    const written =
      quote === '"' ? JSON.stringify(text).slice(1, -1) : quote === "'" ? text.replaceAll("'", "''") : text;
    return this.span(start, end, written);
  }

  /** Renames a member. */
  key(node: Node, name: string): TextEdit {
    const quoted = /^["']/.test(this.tree.text.slice(node.keyStart, node.keyStart + 1));
    return this.span(node.keyStart, node.keyEnd, quoted || this.tree.style === 'json' ? JSON.stringify(name) : name);
  }

  /** Removes a member or element with the comma that goes with it. */
  remove(node: Node): TextEdit | undefined {
    const { parent } = node;
    if (!parent) return undefined;
    const index = parent.children.indexOf(node);
    const next = parent.children[index + 1];
    const before = parent.children[index - 1];
    if (isBlock(this.tree, parent)) return this.removeFromBlock(node, parent, next);
    if (next) return this.span(node.keyStart, next.keyStart, '');
    if (before) return this.span(before.end, node.end, '');
    return this.span(node.keyStart, node.end, '');
  }

  /** Whole lines of YAML, but for what begins on a line of what is around it. */
  private removeFromBlock(node: Node, parent: Node, next: Node | undefined): TextEdit | undefined {
    const { text } = this.tree;
    // What an alias stands for is written elsewhere.
    if (node.start < parent.start || node.start < node.keyStart) return undefined;
    const end = contentEnd(text, node);
    if (parent.children.length === 1) {
      // Brackets that hold nothing stand behind the key; where more than white space is between them, they stay below it.
      const empty = parent.kind === 'array' ? ' []' : ' {}';
      const between = parent.keyFrom < 0 ? undefined : text.slice(parent.keyEnd, parent.start);
      const isBehind = between !== undefined && /^\s*:\s*$/.test(between);
      return this.span(isBehind ? parent.keyEnd + between.indexOf(':') + 1 : parent.start, end, empty);
    }
    const begin = beginning(text, node, parent);
    const from = lineStart(text, begin);
    if (next && text.slice(from, begin).trim() !== '') return this.span(begin, beginning(text, next, parent), '');
    const newline = text.indexOf('\n', end);
    return this.span(from, newline < 0 ? text.length : newline + 1, '');
  }

  /** Adds a member at the end of an object, in the style of the members that are there. */
  insert(object: Node, name: string, value: unknown): TextEdit | undefined {
    return object.kind === 'object' ? this.extend(object, name, value) : undefined;
  }

  /** Adds an element at the end of an array. */
  push(array: Node, value: unknown): TextEdit | undefined {
    return array.kind === 'array' ? this.extend(array, undefined, value) : undefined;
  }

  private extend(container: Node, name: string | undefined, value: unknown): TextEdit | undefined {
    const { tree } = this;
    if (isBlock(tree, container)) {
      const addition = blockAddition(tree, container, name, value);
      return addition && this.span(addition.at, addition.at, addition.text);
    }
    const last = container.children.at(-1);
    const quoted = tree.syntax === 'json' || !last || /^["']/.test(tree.text.slice(last.keyStart, last.keyEnd));
    const prefix = name === undefined ? '' : `${quoted ? JSON.stringify(name) : name}: `;
    if (!last) {
      return this.span(container.start + 1, container.start + 1, ` ${prefix}${indented(value, undefined)} `);
    }
    // An alias of YAML stands for what is written elsewhere.
    if (last.end < container.start || last.end > container.end) return undefined;
    // Only blanks are looked at, since a definition may be one line of a megabyte.
    let from = last.keyStart;
    while (from > container.start && /[^\S\n]/.test(tree.text[from - 1] ?? '')) from--;
    const indent = tree.text.slice(from, last.keyStart);
    const ownLine = from > container.start && tree.text[from - 1] === '\n';
    const written = `${prefix}${indented(value, ownLine ? indent : undefined)}`;
    return this.span(last.end, last.end, ownLine ? `,\n${indent}${written}` : `, ${written}`);
  }
}

/** True for a mapping or sequence of YAML that is told by its lines, not by brackets. */
function isBlock(tree: Tree, container: Node): boolean {
  return tree.syntax === 'yaml' && !/^[[{]/.test(tree.text.slice(container.start, container.start + 1));
}

/** Where a member of a block begins: at its key; or at its dash, which stands below that of the first element. */
function beginning(text: string, node: Node, parent: Node): number {
  if (parent.kind === 'object') return node.keyStart;
  const column = parent.start - lineStart(text, parent.start);
  for (let line = lineStart(text, node.start); line > parent.start; line = lineStart(text, line - 1)) {
    if (text[line + column] === '-' && text.slice(line, line + column).trim() === '') return line + column;
  }
  return parent.start;
}

/** Where a value ends, without the line break that ends a block of text in YAML. */
function contentEnd(text: string, { end, keyEnd }: Node): number {
  const last = Math.max(end, keyEnd);
  return text[last - 1] === '\n' ? last - 1 : last;
}

/** JSON in the style around it: on lines of its own under `indent`, else on one line. */
function indented(value: unknown, indent: string | undefined): string {
  if (indent === undefined) return JSON.stringify(value);
  const unit = indent.includes('\t') ? '\t' : '  ';
  return JSON.stringify(value, undefined, unit).replaceAll('\n', `\n${indent}`);
}
