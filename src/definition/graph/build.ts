import type { Pipeline, Step } from '../sagemaker/model';

import type { Graph, GraphEdge, GraphNode } from './model';

/**
 * The graph of a pipeline: a node a step (the first of a name; steps without a name are left out), an edge for each
 * DependsOn, reference and branch between steps that exist. Cycles stay in it.
 */
export function buildGraph(pipeline: Pipeline): Graph {
  const nodes = new Map<string, GraphNode>();
  const steps: Step[] = [];
  for (const step of pipeline.steps) {
    if (step.name === undefined || nodes.has(step.name)) continue;
    nodes.set(step.name, toNode(step, step.name));
    steps.push(step);
  }
  const edges: GraphEdge[] = [];
  for (const step of steps) edges.push(...edgesInto(step, nodes));
  return { nodes: [...nodes.values()], edges };
}

function toNode(step: Step, name: string): GraphNode {
  const node: GraphNode = {
    id: name,
    label: step.node.get('DisplayName')?.text || name,
    type: step.type ?? '',
    start: step.node.start,
    end: step.node.end,
  };
  if (step.condition?.name !== undefined) node.condition = step.condition.name;
  if (step.branch) node.branch = step.branch;
  return node;
}

function edgesInto(step: Step, nodes: ReadonlyMap<string, GraphNode>): GraphEdge[] {
  const to = step.name ?? '';
  const edges: GraphEdge[] = [];
  if (step.condition?.name !== undefined && nodes.has(step.condition.name)) {
    const edge: GraphEdge = { from: step.condition.name, to, kind: 'branch' };
    if (step.branch) edge.outcome = step.branch === 'If' ? 'True' : 'False';
    edges.push(edge);
  }
  const named = new Set(step.dependsOn.map((dependency) => dependency.name));
  for (const from of step.upstream) {
    if (nodes.has(from)) edges.push({ from, to, kind: named.has(from) ? 'dependsOn' : 'reference' });
  }
  return edges;
}
