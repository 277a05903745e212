/** A definition in parts that Fn::Join puts together: texts, and what CloudFormation works out between them. */
import { SourceDocument } from '../document';
import { type Finding, present } from '../finding';
import type { Node } from '../tree';

/** Stands for what CloudFormation works out, wherever a value or a part of one may stand. */
const filledIn = '${FilledIn}';

interface Part {
  node: Node;
  /** Characters of the whole text. */
  from: number;
  to: number;
}

/** The text of the parts of a list. */
function joined(list: Node): { text: string; parts: readonly Part[] } {
  let text = '';
  let inString = false;
  const parts = list.items.map((node): Part => {
    const from = text.length;
    // Outside of quotes a whole value is worked out.
    const written = node.text ?? (inString ? filledIn : `"${filledIn}"`);
    if (node.text !== undefined && quotes(written) % 2 === 1) inString = !inString;
    text += written;
    return { node, from, to: text.length };
  });
  return { text, parts };
}

/** How many quotes of JSON a part of a text has; those with a backslash before them are characters. */
function quotes(text: string): number {
  return text.replaceAll(/\\./gsu, '').split('"').length - 1;
}

/**
 * What is wrong with the definition in the parts of a list, each at the part where it begins.
 * @param isDefinition whether the text that the parts make is one
 */
export function checkParts(
  list: Node,
  isDefinition: (root: Node | undefined) => boolean,
  check: (document: SourceDocument) => Finding[],
): Finding[] {
  const { text, parts } = joined(list);
  const document = new SourceDocument(text, 'parts.json');
  const { tree } = document;
  // What is worked out may be a part of the text that only the whole makes sense of.
  if (tree.problems.length > 0 || !isDefinition(tree.root)) return [];
  return check(document).flatMap((finding): Finding[] => {
    const { range } = present({ ...finding, fixes: () => [] }, 'error', tree);
    const start = tree.lines.offset(range.start);
    const part = parts.find(({ from, to }) => start >= from && start < to);
    if (!part) return [];
    const { rule, message, atMost } = finding;
    const end = Math.min(Math.max(tree.lines.offset(range.end), start + 1), part.to);
    return [
      {
        rule,
        message,
        node: part.node,
        ...(part.node.text === undefined ? {} : { mark: { from: start - part.from, to: end - part.from } }),
        ...(atMost ? { atMost } : {}),
      },
    ];
  });
}
