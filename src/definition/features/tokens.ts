/** Semantic tokens: the names that are declared somewhere in the text, so that a reference looks like what it means. */
import type { Tree } from '../tree';
import { type Entity, type Place, placeOffsets } from './entities';

/** What a name is, in the words that every colour theme knows. */
export const tokenTypes = ['parameter', 'function', 'variable', 'namespace', 'property'] as const;

export type TokenType = (typeof tokenTypes)[number];

/** By the kind of an entity; what is not listed is a variable. */
const types: Readonly<Record<string, TokenType | undefined>> = {
  parameter: 'parameter',
  step: 'function',
  state: 'function',
  variant: 'function',
  action: 'function',
  namespace: 'namespace',
  'property file': 'property',
  output: 'property',
  'output parameter': 'property',
};

/** A name in the text, on one line. */
export interface Token {
  line: number;
  character: number;
  length: number;
  type: TokenType;
  declaration: boolean;
}

/** More than this is not coloured: no screen shows it, and the answer would be long. */
const most = 20_000;

/**
 * The names between two offsets, in the order of the text. A name that nothing declares has no token, so that it does not
 * look like a reference.
 */
export function tokensOf(tree: Tree, entities: Iterable<Entity>, from = 0, to = tree.text.length): Token[] {
  const found: { start: number; end: number; type: TokenType; declaration: boolean }[] = [];
  for (const { kind, declarations, uses } of entities) {
    if (declarations.length === 0) continue;
    const type = types[kind] ?? 'variable';
    const add = (place: Place, declaration: boolean): void => {
      if (found.length >= most || place.node.end < from || place.node.keyStart > to) return;
      const { start, end } = placeOffsets(tree, place);
      if (end > start && end >= from && start <= to) found.push({ start, end, type, declaration });
    };
    for (const place of declarations) add(place, true);
    for (const place of uses) add(place, false);
  }
  found.sort((a, b) => a.start - b.start);
  const tokens: Token[] = [];
  let last = -1;
  for (const { start, end, type, declaration } of found) {
    const { line, character } = tree.lines.position(start);
    // Two names of one place, and names over several lines, cannot be told by the protocol.
    if (start < last || tree.lines.position(end).line !== line) continue;
    last = end;
    tokens.push({ line, character, length: end - start, type, declaration });
  }
  return tokens;
}
