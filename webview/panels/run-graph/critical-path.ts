/** The chain of steps that a run's time went into: to be faster, one of these has to be. */
import type { Graph } from '../../../src/definition/graph/model';
import type { StepState } from '../../../src/pipelines/panels/run-graph/contract';

/**
 * The ids of the chain, first to last: from the step that ended last, back each time to the one that it waited
 * for longest. Running steps count as ending now.
 */
export function criticalPath(graph: Graph, steps: ReadonlyMap<string, StepState>, now: number): string[] {
  const endOf = (id: string): number | undefined => {
    const state = steps.get(id);
    return state?.startedAt === undefined ? undefined : (state.endedAt ?? now);
  };
  const before = new Map<string, string[]>();
  for (const { from, to } of graph.edges) before.set(to, [...(before.get(to) ?? []), from]);

  const path: string[] = [];
  let current = latest(
    graph.nodes.map(({ id }) => id),
    endOf,
  );
  while (current !== undefined && !path.includes(current)) {
    path.unshift(current);
    current = latest(before.get(current) ?? [], endOf);
  }
  return path;
}

function latest(ids: readonly string[], endOf: (id: string) => number | undefined): string | undefined {
  let found: string | undefined;
  let end = -Infinity;
  for (const id of ids) {
    const own = endOf(id);
    if (own === undefined || own <= end) continue;
    found = id;
    end = own;
  }
  return found;
}
