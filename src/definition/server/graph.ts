import type { Diagnostic } from '../diagnostic';
import type { Graph } from '../graph/model';
import type { OpenDocument } from './documents';
import type { GraphAnswer, NodeProblems } from './protocol';

/** Messages kept for one node: a tooltip shows no more. */
const messagesPerNode = 5;

/** The graph of a document with the problems of each node, or null where it holds no pipeline. */
export function graphAnswer(document: OpenDocument): GraphAnswer | null {
  const { source, features } = document;
  const graph = features?.graph?.(source);
  if (!graph) return null;
  const broken = source.tree.problems[0]?.message;
  return { graph, problems: problemsOf(document, graph), ...(broken === undefined ? {} : { broken }) };
}

/** Counts each diagnostic for the innermost node that it stands in. */
function problemsOf(document: OpenDocument, graph: Graph): NodeProblems[] {
  const counts = new Map<string, NodeProblems>();
  for (const diagnostic of document.diagnostics) {
    if (diagnostic.severity !== 'error' && diagnostic.severity !== 'warning') continue;
    const id = nodeAround(document, graph, diagnostic);
    if (id === undefined) continue;
    const entry = counts.get(id) ?? { id, errors: 0, warnings: 0, messages: [] };
    if (diagnostic.severity === 'error') entry.errors++;
    else entry.warnings++;
    if (entry.messages.length < messagesPerNode) entry.messages.push(diagnostic.message);
    counts.set(id, entry);
  }
  return [...counts.values()];
}

function nodeAround(document: OpenDocument, graph: Graph, diagnostic: Diagnostic): string | undefined {
  const offset = document.offset(diagnostic.range.start);
  let best: Graph['nodes'][number] | undefined;
  for (const node of graph.nodes) {
    if (offset < node.start || offset > node.end) continue;
    if (!best || node.end - node.start < best.end - best.start) best = node;
  }
  return best?.id;
}
