/** Finding steps by typing: pure, so that the order of the finds is one for graph and list. */
import type { GraphNode } from '../../src/definition/graph/model';

/** The ids of the steps whose name, label or type holds every word, those whose name begins with the text first. */
export function findSteps(nodes: Iterable<GraphNode>, text: string): string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const first: string[] = [];
  const rest: string[] = [];
  for (const node of nodes) {
    const haystack = `${node.id} ${node.label} ${node.type}`.toLowerCase();
    if (!words.every((word) => haystack.includes(word))) continue;
    const begins = [node.id, node.label].some((name) => name.toLowerCase().startsWith(words[0] ?? ''));
    (begins ? first : rest).push(node.id);
  }
  return [...first, ...rest];
}
