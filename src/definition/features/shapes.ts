/** Completion and hover of the languages whose members and words are data (see `../shape`). */
import { kindInWords } from '../shape/check';
import { memberAt, objectsOf, type Shape, shapeAt } from '../shape/shape';
import type { Node, Tree } from '../tree';
import { type Cursor, cursorAt } from './cursor';
import type { Completion, HoverText } from './results';
import { escapeSnippet } from './snippet';

/** A name or word to offer, beyond what the shapes say. */
export interface Offer {
  text: string;
  detail?: string;
  documentation?: string;
  required?: boolean;
}

/** Members and words of `shape` at `offset`; `base` is the value that has the shape. */
export function completeShape(tree: Tree, base: Node, shape: Shape, offset: number): Completion[] {
  const cursor = cursorAt(tree, offset);
  if (!cursor) return [];
  const depth = base.path.length;
  if (cursor.at === 'key') {
    const here = shapeAt(shape, cursor.object.path.slice(depth));
    const objects = here ? objectsOf(here) : [];
    const offers = objects.flatMap((one) =>
      Object.entries(one.members).map(([text, member]): Offer & { shape: Shape } => ({
        text,
        detail: kindInWords(member.shape),
        shape: member.shape,
        ...(member.doc === undefined ? {} : { documentation: member.doc }),
        required: member.required ?? false,
      })),
    );
    return offers
      .filter(({ text }) => !cursor.object.get(text) || cursor.member?.key === text)
      .map((offer) => memberCompletion(tree, cursor, offer, beginOf(offer.shape, tree.syntax)));
  }
  const here = shapeAt(shape, [...cursor.parent.path.slice(depth), cursor.key]);
  return wordsOf(here).map((text, index) => valueCompletion(tree, cursor, { text }, index));
}

/** What a member at `offset` is for. */
export function hoverShape(tree: Tree, base: Node, shape: Shape, offset: number): HoverText | undefined {
  const cursor = cursorAt(tree, offset);
  if (cursor?.at !== 'key' || !cursor.member) return undefined;
  const member = memberAt(shape, cursor.member.path.slice(base.path.length));
  if (!member) return undefined;
  const head = `**${String(cursor.member.key)}**: ${kindInWords(member.shape)}${member.required ? ' (required)' : ''}`;
  const words = wordsOf(member.shape);
  const parts = [
    head,
    member.doc,
    words.length > 0 ? `One of ${words.map((word) => `\`${word}\``).join(', ')}.` : undefined,
  ];
  return { text: parts.filter((part) => part !== undefined).join('\n\n'), range: cursor.range };
}

function wordsOf(shape: Shape | undefined): readonly string[] {
  switch (shape?.kind) {
    case 'text':
      return shape.values ?? [];
    case 'flag':
      return ['true', 'false'];
    case 'choice':
      return shape.of.flatMap(wordsOf);
    default:
      return [];
  }
}

function beginOf(shape: Shape, syntax: Tree['syntax']): string {
  if (syntax === 'yaml')
    return shape.kind === 'object' || shape.kind === 'map' ? '\n  $0' : shape.kind === 'list' ? '\n  - $0' : ' $0';
  return shape.kind === 'object' || shape.kind === 'map'
    ? ' {$0}'
    : shape.kind === 'list'
      ? ' [$0]'
      : shape.kind === 'text'
        ? ' "$0"'
        : ' $0';
}

/** A member's name as it is written at a place; `quoted` where quotes stand there. */
export function writtenName(tree: Tree, name: string, quoted: boolean): string {
  const isBare = tree.style === 'yaml' || (tree.style === 'hcl' && /^[A-Za-z_]\w*$/.test(name));
  return isBare && !quoted ? name : JSON.stringify(name);
}

/** What stands between a member's name and its value. */
export function signOf(tree: Tree): string {
  return tree.style === 'hcl' ? ' =' : ':';
}

/** A member to write at the cursor. `begin` is how its value begins, after the colon. */
export function memberCompletion(
  tree: Tree,
  cursor: Extract<Cursor, { at: 'key' }>,
  offer: Offer,
  begin = tree.syntax === 'yaml' ? ' $0' : ' "$0"',
): Completion {
  const written = writtenName(tree, offer.text, cursor.quoted);
  return {
    label: offer.text,
    kind: 'member',
    ...(offer.detail === undefined ? {} : { detail: offer.required ? `${offer.detail} (required)` : offer.detail }),
    ...(offer.documentation === undefined ? {} : { documentation: offer.documentation }),
    edit: {
      range: cursor.range,
      newText: cursor.hasValue ? written : `${escapeSnippet(written)}${signOf(tree)}${begin}${cursor.comma}`,
    },
    snippet: !cursor.hasValue,
    sort: `${offer.required ? 0 : 1}${offer.text}`,
    ...(cursor.hasValue ? {} : { again: true }),
  };
}

/** A word to write at the cursor. */
export function valueCompletion(
  tree: Tree,
  cursor: Extract<Cursor, { at: 'value' }>,
  offer: Offer,
  index: number,
): Completion {
  const plain = tree.syntax === 'yaml' && !/^["']/.test(cursor.node ? tree.source(cursor.node) : '');
  const literal = offer.text === 'true' || offer.text === 'false';
  const written = plain || (literal && cursor.node?.kind !== 'string') ? offer.text : JSON.stringify(offer.text);
  const space = plain && cursor.node?.kind === 'missing' && tree.text[cursor.node.start - 1] === ':' ? ' ' : '';
  return {
    label: offer.text,
    kind: 'value',
    ...(offer.detail === undefined ? {} : { detail: offer.detail }),
    ...(offer.documentation === undefined ? {} : { documentation: offer.documentation }),
    edit: { range: cursor.range, newText: space + written + cursor.comma },
    sort: String(index).padStart(5, '0'),
  };
}
