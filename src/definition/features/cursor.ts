/** What stands at the cursor: a member's name, a value, or a place where one of them belongs. */
import type { Range } from '../diagnostic';
import type { Node, Tree } from '../tree';

export type Cursor =
  /** A member's name, written in part or not at all. */
  | (Span & { at: 'key'; object: Node; quoted: boolean; hasValue: boolean; member: Node | undefined })
  /** A value: that of `node`, or one that is missing in `parent` under `key`; `typed` is a string's text up to here. */
  | (Span & { at: 'value'; node: Node | undefined; parent: Node; key: string | number; typed: string });

/** What a completion replaces, and the comma that has to stand behind it: in JSON, before another value or member. */
interface Span {
  range: Range;
  comma: string;
}

/** Finds the cursor in a tree. Undefined outside of objects and arrays, and inside numbers and other literals. */
export function cursorAt(tree: Tree, offset: number): Cursor | undefined {
  const node = tree.nodeAt(offset);
  if (!node) return undefined;
  if (node.keyFrom >= 0 && offset >= node.keyStart && offset <= node.keyEnd && node.parent) {
    return keyCursor(tree, node, node.parent);
  }
  if (node.kind === 'object' || node.kind === 'array') return gap(tree, node, offset);
  if (!node.parent) return undefined;
  return { at: 'value', node, parent: node.parent, key: node.key ?? '', ...valueSpan(tree, node, offset) };
}

function keyCursor(tree: Tree, member: Node, object: Node): Cursor {
  const end = Math.min(member.keyEnd, lineEnd(tree, member.keyStart));
  const quoted = /^["']/.test(tree.text.slice(member.keyStart, end));
  const hasValue = member.kind !== 'missing' || /^\s*[:=]/.test(tree.text.slice(end, end + 20));
  return { at: 'key', object, ...span(tree, member.keyStart, end), quoted, hasValue, member };
}

function span(tree: Tree, start: number, end: number): Span {
  const isNeeded = tree.style === 'json' || (tree.style === 'hcl' && lineEnd(tree, end) > nextSign(tree.text, end));
  const comma = isNeeded && beginsValue(tree.text, end) ? ',' : '';
  return { range: tree.range(start, end), comma };
}

function beginsValue(text: string, offset: number): boolean {
  return /["{[\w-]/.test(text[nextSign(text, offset)] ?? '');
}

/** Where the next character stands that is no white space. */
function nextSign(text: string, offset: number): number {
  let at = offset;
  while (/\s/.test(text[at] ?? '')) at++;
  return at;
}

function valueSpan(tree: Tree, node: Node, offset: number): Span & { typed: string } {
  // On a line below stands what follows, though it was read as the value.
  const below = offset < node.start && lineEnd(tree, offset) < node.start;
  if (node.kind === 'missing' || below) return { ...span(tree, offset, offset), typed: '' };
  const end = Math.min(node.end, lineEnd(tree, node.start));
  const source = tree.text.slice(node.start, Math.min(offset, end));
  return { ...span(tree, node.start, end), typed: source.replace(/^["']/, '') };
}

function lineEnd(tree: Tree, offset: number): number {
  const end = tree.text.indexOf('\n', offset);
  return end < 0 ? tree.text.length : end;
}

/** Between the values of a container: what belongs there is told by the character before. */
function gap(tree: Tree, container: Node, offset: number): Cursor | undefined {
  const here = span(tree, offset, offset);
  if (tree.syntax === 'yaml' && !/^[[{]/.test(tree.text.slice(container.start, container.start + 1))) {
    return container.kind === 'object'
      ? { at: 'key', object: container, ...here, quoted: false, hasValue: false, member: undefined }
      : { at: 'value', node: undefined, parent: container, key: container.children.length, ...here, typed: '' };
  }
  if (offset <= container.start || (offset >= container.end && /[\]}]/.test(tree.text[container.end - 1] ?? ''))) {
    return undefined;
  }
  let before = offset - 1;
  while (before > container.start && /\s/.test(tree.text[before] ?? '')) before--;
  const character = tree.text[before];
  if (container.kind === 'array') {
    if (character !== '[' && character !== ',') return undefined;
    const key = container.children.filter((child) => child.end <= offset).length;
    return { at: 'value', node: undefined, parent: container, key, ...here, typed: '' };
  }
  const isHcl = tree.style === 'hcl';
  if (character === ':' || (isHcl && character === '=')) {
    const member = container.children.findLast((child) => child.keyEnd <= before + 1);
    if (!member) return undefined;
    return { at: 'value', node: member, parent: container, key: member.key ?? '', ...here, typed: '' };
  }
  // In Terraform's own language each line may hold a member.
  const isOnOwnLine = isHcl && tree.text.slice(before, offset).includes('\n');
  if (character !== '{' && character !== ',' && !isOnOwnLine) return undefined;
  return { at: 'key', object: container, ...here, quoted: false, hasValue: false, member: undefined };
}
