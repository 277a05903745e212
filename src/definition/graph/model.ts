/**
 * The graph of a pipeline, as the preview, the run graph and the command line draw it.
 * Pure data, sent to panels as it is.
 */
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface GraphNode {
  /** The step's name, unique in the pipeline. */
  id: string;
  /** The display name where there is one, else the step's name. */
  label: string;
  /** The step's type as written: `Training`. */
  type: string;
  /** The Condition step in one of whose branches this step stands, or the ForEach step in whose body. */
  condition?: string;
  /** Which branch of `condition` it stands in; absent in the body of a ForEach step. */
  branch?: 'If' | 'Else';
  /** Offsets of the step's object in the text, for selection in sync. */
  start: number;
  end: number;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** `dependsOn`: named in DependsOn; `reference`: a property of `from` is read by `to`; `branch`: from a Condition step to a step that its outcome starts, or from a ForEach step to one in its body; `transition`: from a state of a state machine to another. */
  kind: 'dependsOn' | 'reference' | 'branch' | 'transition';
  /** On a branch edge, the outcome that takes it. */
  outcome?: 'True' | 'False';
  /** On a transition, what takes it: a condition, errors. */
  label?: string;
}

/** The innermost step around an offset of the text; undefined between steps. */
export function nodeAround({ nodes }: Graph, offset: number): GraphNode | undefined {
  let innermost: GraphNode | undefined;
  for (const node of nodes) {
    const inside = offset >= node.start && offset <= node.end;
    if (inside && (!innermost || node.end - node.start < innermost.end - innermost.start)) innermost = node;
  }
  return innermost;
}

/** What is written on an edge: the outcome that takes a branch, how often the body of a loop is run, or what takes a transition. */
export function edgeLabel({ kind, outcome, label }: GraphEdge): string | undefined {
  if (kind === 'transition') return label;
  return kind === 'branch' ? (outcome ?? 'each') : undefined;
}
