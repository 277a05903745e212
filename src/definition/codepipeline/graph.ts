/** The graph of a pipeline of CodePipeline: a node an action, an edge for each artifact and for the order of the rest. */
import type { Graph, GraphEdge, GraphNode } from '../graph/model';
import type { Action, Pipeline } from './model';

/** The graph, with the places of the actions in the text. */
export function deliveryGraph({ actions }: Pipeline): Graph {
  const ids = new Map(actions.map((action) => [action, idOf(action)]));
  const nodes = new Map<string, GraphNode>();
  for (const action of actions) {
    const id = idOf(action);
    if (nodes.has(id)) continue;
    const { start, end } = action.node;
    nodes.set(id, { id, label: action.name?.name ?? id, type: action.provider ?? '', start, end });
  }
  const edges = new Map<string, GraphEdge>();
  const add = (from: Action, to: Action, kind: GraphEdge['kind']): void => {
    const [a, b] = [ids.get(from) ?? '', ids.get(to) ?? ''];
    if (a !== b && !edges.has(`${a}\0${b}`)) edges.set(`${a}\0${b}`, { from: a, to: b, kind });
  };
  const makers = new Map(actions.flatMap((action) => action.outputs.map(({ name }) => [name, action] as const)));
  for (const to of actions) {
    for (const { name } of to.inputs) {
      const maker = makers.get(name);
      if (maker) add(maker, to, 'reference');
    }
  }
  // Those of one order run at once, after those of the order before.
  let before: readonly Action[] = [];
  for (const group of groups(actions)) {
    for (const from of before) for (const to of group) add(from, to, 'dependsOn');
    before = group;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** The actions that run at once, in the order in which they run. */
function groups(actions: readonly Action[]): Action[][] {
  const byOrder = new Map<string, Action[]>();
  const sorted = [...actions].sort((a, b) => a.stage.index - b.stage.index || (a.runOrder ?? 1) - (b.runOrder ?? 1));
  for (const action of sorted) {
    const order = `${action.stage.index} ${action.runOrder ?? 1}`;
    const group = byOrder.get(order);
    if (group) group.push(action);
    else byOrder.set(order, [action]);
  }
  return [...byOrder.values()];
}

/** Names of actions are unique in their stage alone. */
function idOf({ stage, name, node }: Action): string {
  return `${stage.name?.name ?? String(stage.index + 1)}/${name?.name ?? String(node.key)}`;
}
