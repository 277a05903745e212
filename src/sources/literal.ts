/** Values that are written out in Python or JSON: the arguments that other files give to a pipeline. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

/** The value of a Python or JSON literal; undefined where the text is anything else. */
export function readLiteral(text: string): Literal | undefined {
  const root = parser.parse(text).topNode;
  const statement = root.firstChild;
  if (!statement || statement.nextSibling || statement.name !== 'ExpressionStatement') return undefined;
  const expression = statement.firstChild;
  return expression ? literalOf(expression, text) : undefined;
}

const words: Readonly<Record<string, Literal>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};

/** The value of an expression of a parsed text; undefined where it is no literal. */
export function literalOf(node: SyntaxNode, text: string): Literal | undefined {
  const written = text.slice(node.from, node.to);
  switch (node.name) {
    case 'String':
      return stringValue(written);
    case 'Number':
      return Number(written.replaceAll('_', ''));
    case 'UnaryExpression':
      return /^-[\d.]/.test(written) ? Number(written) : undefined;
    case 'Boolean':
    case 'None':
    case 'VariableName':
      return Object.hasOwn(words, written) ? words[written] : undefined;
    case 'ParenthesizedExpression':
      return node.firstChild?.nextSibling ? literalOf(node.firstChild.nextSibling, text) : undefined;
    case 'ArrayExpression':
    case 'TupleExpression':
      return listOf(node, text);
    case 'DictionaryExpression':
      return recordOf(node, text);
    default:
      return undefined;
  }
}

function listOf(node: SyntaxNode, text: string): Literal[] | undefined {
  const values: Literal[] = [];
  for (const child of valuesIn(node)) {
    const value = literalOf(child, text);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function recordOf(node: SyntaxNode, text: string): Record<string, Literal> | undefined {
  const children = valuesIn(node);
  const entries: [string, Literal][] = [];
  for (let at = 0; at + 1 < children.length; at += 2) {
    const [key, value] = [children[at], children[at + 1]].map((child) => child && literalOf(child, text));
    if (typeof key !== 'string' || value === undefined) return undefined;
    entries.push([key, value]);
  }
  return children.length % 2 === 0 ? Object.fromEntries(entries) : undefined;
}

function valuesIn(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let at = node.firstChild; at; at = at.nextSibling) if (!/^[[\](){},:]$/.test(at.name)) children.push(at);
  return children;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };

function stringValue(written: string): string | undefined {
  const match = /^([rRuU]?)("""|'''|"|')(.*)\2$/s.exec(written);
  if (!match) return undefined;
  const [, prefix = '', , body = ''] = match;
  return prefix.toLowerCase() === 'r'
    ? body
    : body.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, one: string) =>
        code === undefined ? (escapes[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16)),
      );
}
