/** Features that any tree has: folding, selection ranges, and an outline of its members. */
import type { Range } from '../diagnostic';
import type { Node, Tree } from '../tree';
import type { Fold, SymbolEntry, SymbolKind } from './results';

/** Deeper members are not listed: an outline is for finding one's way. */
const outlineDepth = 6;

/** Of a large text fewer levels are listed, so that the outline has no more entries than this where it can. */
const outlineSize = 5000;

/** Editors fold no more stretches of a text than this. */
const mostFolds = 5000;

/** The objects and arrays that span several lines. `lineOf` tells on which line of the editor an offset of the tree is. */
export function folds(tree: Tree, lineOf = (offset: number): number => tree.lines.position(offset).line): Fold[] {
  const found: Fold[] = [];
  for (const node of tree.root?.walk() ?? []) {
    if (node.kind !== 'object' && node.kind !== 'array') continue;
    const startLine = lineOf(node.keyStart);
    const bracket = /^[[{]/.test(tree.text.slice(node.start, node.start + 1));
    const endLine = lineOf(node.end) - (bracket ? 1 : 0);
    if (endLine > startLine) found.push({ startLine, endLine });
    if (found.length >= mostFolds) break;
  }
  return found;
}

/** The stretches around `offset`, from the innermost to the whole text. */
export function selections(tree: Tree, offset: number): Range[] {
  const spans: [number, number][] = [];
  const add = (start: number, end: number): void => {
    const last = spans.at(-1);
    if (offset < start || offset > end || (last && last[0] === start && last[1] === end)) return;
    spans.push([start, end]);
  };
  for (let node = tree.nodeAt(offset); node; node = node.parent) {
    if (node.keyFrom >= 0) add(node.keyStart, node.keyEnd);
    if (node.kind === 'string' && /^["']/.test(tree.source(node))) add(node.start + 1, node.end - 1);
    add(node.start, node.end);
    if (node.keyFrom >= 0) add(node.keyStart, node.end);
  }
  return spans.map(([start, end]) => tree.range(start, end));
}

/** How a language names an entry of the outline; undefined leaves the member's own name. */
export type Naming = (node: Node) => { name: string; detail?: string; kind: SymbolKind; selection?: Node } | undefined;

/** The outline of a tree. `apart` are values that have as many levels as a text of their own would. */
export function outline(tree: Tree, naming: Naming, apart: ReadonlySet<Node> = new Set()): SymbolEntry[] {
  return tree.root ? children(tree, tree.root, { naming, apart }, depthFor(tree.root)) : [];
}

/** How many levels below `root` can be listed; at least two, which show the steps. */
function depthFor(root: Node): number {
  let level: readonly Node[] = root.children;
  let entries = 0;
  for (let depth = 0; depth < outlineDepth; depth++) {
    entries += level.length;
    if (entries > outlineSize) return Math.max(2, depth);
    level = level.flatMap((node) => node.children);
  }
  return outlineDepth;
}

interface Outlining {
  naming: Naming;
  apart: ReadonlySet<Node>;
}

function children(tree: Tree, parent: Node, how: Outlining, depth: number): SymbolEntry[] {
  if (depth <= 0) return [];
  return parent.children.map((node) => {
    const named = how.naming(node);
    const scalar = node.kind !== 'object' && node.kind !== 'array';
    const detail = named ? named.detail : scalar && node.value != null ? shorten(String(node.value)) : undefined;
    const range = tree.range(Math.min(node.keyStart, node.start), Math.max(node.end, node.keyEnd));
    return {
      name: named?.name ?? (typeof node.key === 'number' ? `[${node.key}]` : node.key || '""'),
      ...(detail === undefined ? {} : { detail }),
      kind: named?.kind ?? (node.kind === 'array' ? 'list' : node.kind === 'object' ? 'group' : 'value'),
      range,
      selection: named?.selection
        ? tree.valueRange(named.selection)
        : node.keyFrom >= 0
          ? tree.keyRange(node)
          : first(range),
      children: children(tree, node, how, how.apart.has(node) ? depthFor(node) : depth - 1),
    };
  });
}

function first(range: Range): Range {
  return { start: range.start, end: range.start };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
