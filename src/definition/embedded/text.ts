/** A SageMaker definition inside a string: read as a text of its own, with everything told of it moved to the outer text. */
import type { TextEdit } from '../diagnostic';
import { type Editor, type Finding, present } from '../finding';
import type { Graph } from '../graph/model';
import { buildGraph } from '../graph/build';
import { parseJson } from '../json';
import { buildPipeline } from '../sagemaker/model';
import { checkPipeline } from '../sagemaker/check';
import type { Node, Tree } from '../tree';

/** The inner text as a tree. What the template fills in between quotes stays; elsewhere a number of its length stands for it. */
export function innerTree(node: Node): Tree {
  return parseJson(withoutVariables(node.text ?? ''));
}

function withoutVariables(text: string): string {
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
      result += '1'.padEnd(variable.length);
      at += variable.length - 1;
    } else {
      result += character;
    }
  }
  return result;
}

/** What is wrong with the definition in the string `node`. */
export function checkText(node: Node): Finding[] {
  const tree = innerTree(node);
  return checkPipeline(tree)
    .filter((finding) => !tree.source(finding.node).includes('${'))
    .map((finding) => moved(finding, node, tree));
}

/** The finding as one about the outer string. */
function moved(finding: Finding, outer: Node, tree: Tree): Finding {
  const { range, related } = present({ ...finding, fixes: () => [] }, 'error', tree);
  const offset = (place: { line: number; character: number }): number => tree.lines.offset(place);
  const mark = (stretch: typeof range): { from: number; to: number } => ({
    from: offset(stretch.start),
    to: offset(stretch.end),
  });
  const result: Finding = { rule: finding.rule, node: outer, mark: mark(range), message: finding.message };
  if (finding.atMost) result.atMost = finding.atMost;
  if (finding.unnecessary) result.unnecessary = true;
  if (related)
    result.related = related.map((other) => ({ node: outer, message: other.message, mark: mark(other.range) }));
  if (finding.fixes) {
    result.fixes = (edit) =>
      present(finding, 'error', tree).fixes.map((fix) => ({
        ...fix,
        edits: fix.edits.map((one) => movedEdit(one, outer, tree, edit)),
      }));
  }
  return result;
}

function movedEdit(edit: TextEdit, outer: Node, tree: Tree, editor: Editor): TextEdit {
  const from = tree.lines.offset(edit.range.start);
  const to = tree.lines.offset(edit.range.end);
  // A literal block of YAML holds the text as it is; quotes want it escaped.
  const quoted = /^["']/.test(editor.tree.text.slice(outer.start, outer.start + 1));
  if (quoted) return editor.part(outer, from, to, edit.newText);
  const { start, end } = editor.tree.within(outer, from, to);
  return editor.span(start, end, edit.newText);
}

/** The graph of the definition in the string `node` of `outer`. */
export function graphOfText(node: Node, outer: Tree): Graph | undefined {
  const pipeline = buildPipeline(innerTree(node));
  if (!pipeline) return undefined;
  const graph = buildGraph(pipeline);
  return {
    ...graph,
    nodes: graph.nodes.map((one) => ({ ...one, ...outer.within(node, one.start, one.end) })),
  };
}
