/** Adds to mappings and sequences of YAML, in the style in which they are written. */
import { stringify } from 'yaml';
import type { Node, Tree } from './tree';

/** Text to put in at an offset. */
export interface Addition {
  at: number;
  text: string;
}

/**
 * What adds a member `name`, or an element where there is no name, at the end of a block mapping or sequence. Undefined
 * where its end cannot be told for certain: in what CloudFormation's short forms stand for, and with aliases.
 */
export function blockAddition(
  tree: Tree,
  container: Node,
  name: string | undefined,
  value: unknown,
): Addition | undefined {
  const { text } = tree;
  const last = container.children.at(-1);
  if (!last || !isPlain(tree, container)) return undefined;
  const column = container.start - lineStart(text, container.start);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const written = stringify(name === undefined ? [value] : { [name]: value }, { lineWidth: 0, compat: 'yaml-1.1' });
  const lines = written
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(column) + line)
    .join(newline);
  const end = Math.max(last.end, last.keyEnd);
  // A block of text ends with its last line break.
  if (text[end - 1] === '\n') return { at: end, text: lines + newline };
  const rest = /^[^\r\n]*/.exec(text.slice(end))?.[0] ?? '';
  // A remark stays with what it stands behind.
  return /^\s*(#.*)?$/.test(rest) ? { at: end + rest.length, text: newline + lines } : undefined;
}

/** True for a block collection whose members stand where they seem to. */
function isPlain({ text }: Tree, container: Node): boolean {
  const [first] = container.children;
  const isInside = container.children.every(
    ({ start, end, keyStart }) => Math.min(start, keyStart) >= container.start && end <= container.end,
  );
  if (container.kind === 'array') return isInside && text[container.start] === '-';
  return isInside && first?.keyFrom !== -1 && first?.keyStart === container.start;
}

/** Where the line around `offset` begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}
