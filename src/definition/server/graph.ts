import { type Finding, present } from '../finding';
import type { Graph } from '../graph/model';
import type { Checking } from './checking';
import type { OpenDocument } from './documents';
import type { GraphAnswer, NodeProblems } from './protocol';

/** Messages kept for one node: a tooltip shows no more. */
const messagesPerNode = 5;

/** The graph of a document with the problems of each node, or null where it holds no pipeline. */
export function graphAnswer(document: OpenDocument, checking: Checking): GraphAnswer | null {
  const { source, features } = document;
  const graph = features?.graph?.(source);
  if (!graph) return null;
  const broken = source.tree.problems[0]?.message;
  return { graph, problems: problemsOf(document, checking, graph), ...(broken === undefined ? {} : { broken }) };
}

/** Counts each problem for the innermost node that it stands in. */
function problemsOf(document: OpenDocument, checking: Checking, graph: Graph): NodeProblems[] {
  const counts = new Map<string, NodeProblems>();
  for (const { finding, severity } of checking.graded(document)) {
    if (severity !== 'error' && severity !== 'warning') continue;
    const id = nodeAround(document, graph, finding);
    if (id === undefined) continue;
    const entry = counts.get(id) ?? { id, errors: 0, warnings: 0, messages: [] };
    if (severity === 'error') entry.errors++;
    else entry.warnings++;
    if (entry.messages.length < messagesPerNode) entry.messages.push(finding.message);
    counts.set(id, entry);
  }
  return [...counts.values()];
}

function nodeAround(document: OpenDocument, graph: Graph, finding: Finding): string | undefined {
  const { tree } = document.source;
  const offset = tree.lines.offset(present({ ...finding, fixes: () => [] }, 'error', tree).range.start);
  let best: Graph['nodes'][number] | undefined;
  for (const node of graph.nodes) {
    if (offset < node.start || offset > node.end) continue;
    if (!best || node.end - node.start < best.end - best.start) best = node;
  }
  return best?.id;
}
