/** The graph of a state machine: a node a state, an edge for each way from one to the next. */
import type { Graph, GraphEdge, GraphNode } from '../graph/model';
import type { State, StateMachine, Transition } from './model';

/** The graph, with the places of the states in the text. */
export function machineGraph({ states }: StateMachine): Graph {
  const nodes = new Map<string, GraphNode>();
  for (const { name, type, node } of states) {
    if (!nodes.has(name))
      nodes.set(name, { id: name, label: name, type: type ?? '', start: node.keyStart, end: node.end });
  }
  const edges = states.flatMap((state) => edgesFrom(state));
  // An edge between the same two is drawn once, with all that takes it.
  const merged = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const id = `${edge.from}\0${edge.to}`;
    const other = merged.get(id);
    if (!other) merged.set(id, edge);
    else if (edge.label && other.label !== edge.label)
      other.label = other.label ? `${other.label}, ${edge.label}` : edge.label;
  }
  return { nodes: [...nodes.values()], edges: [...merged.values()].filter(({ to }) => nodes.has(to)) };
}

function edgesFrom(state: State): GraphEdge[] {
  const { name, scope, transitions, inner, type } = state;
  const edges: GraphEdge[] = [];
  for (const transition of transitions) {
    if (!scope.byName.has(transition.to)) continue;
    const label = labelOf(transition);
    edges.push({ from: name, to: transition.to, kind: 'transition', ...(label ? { label } : {}) });
  }
  for (const one of inner) {
    const start = one.node.get('StartAt')?.text;
    if (start !== undefined && one.byName.has(start)) {
      edges.push({ from: name, to: start, kind: 'transition', label: type === 'Map' ? 'each item' : 'branch' });
    }
  }
  return edges;
}

/** Longer conditions are cut on an edge. */
const longest = 40;

function labelOf({ by, node }: Transition): string | undefined {
  if (by === 'Next') return undefined;
  if (by === 'Default') return 'otherwise';
  const owner = node.parent;
  if (by === 'Catch')
    return (
      owner
        ?.get('ErrorEquals')
        ?.items.map(({ text }) => text ?? '')
        .join(', ') || 'error'
    );
  const condition = owner?.get('Condition')?.text?.replace(/^\{%\s*|\s*%\}$/g, '');
  const text = condition ?? testOf(owner);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function testOf(rule: Transition['node'] | undefined): string {
  const variable = rule?.get('Variable')?.text;
  const test = rule?.members.find(
    ({ key }) => !['Variable', 'Next', 'Comment', 'Assign', 'Output'].includes(String(key)),
  );
  if (!test) return '';
  return variable === undefined
    ? String(test.key)
    : `${variable} ${String(test.key)} ${String(test.value ?? '')}`.trim();
}
