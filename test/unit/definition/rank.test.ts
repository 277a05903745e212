import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { largeGraph } from '../../fixtures/panels/run-graph';
import { rank, type RankedEdge } from '../../../src/definition/graph/rank';

/** Graphs without cycles, all of whose nodes hang together: each node follows an earlier one, and perhaps more of them. */
const graphs = (most: number) =>
  fc.integer({ min: 2, max: most }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      edges: fc
        .tuple(
          fc.array(fc.nat(1000), { minLength: size - 1, maxLength: size - 1 }),
          fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 2 * size }),
        )
        .map(([tree, more]): RankedEdge[] => [
          ...tree.map((from, index) => ({ from: from % (index + 1), to: index + 1 })),
          ...more.filter(([a, b]) => a !== b).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
        ]),
    }),
  );

const lengthOf = (layers: readonly number[], edges: readonly RankedEdge[]): number =>
  edges.reduce((sum, { from, to }) => sum + (layers[to] ?? 0) - (layers[from] ?? 0), 0);

const leadsDown = (layers: readonly number[], edges: readonly RankedEdge[]): boolean =>
  edges.every(({ from, to }) => (layers[to] ?? 0) > (layers[from] ?? 0));

/** The least length of all edges together, by trying all layers that there can be. */
function shortest(size: number, edges: readonly RankedEdge[]): number {
  let least = Infinity;
  const layers = Array.from({ length: size }, () => 0);
  const tried = (node: number): void => {
    if (node === size) {
      if (leadsDown(layers, edges)) least = Math.min(least, lengthOf(layers, edges));
      return;
    }
    for (let layer = 0; layer < size; layer += 1) {
      layers[node] = layer;
      tried(node + 1);
    }
  };
  tried(0);
  return least;
}

test('edges are together as short as any layers make them', () => {
  fc.assert(
    fc.property(graphs(5), ({ size, edges }) => {
      const layers = rank(size, edges);
      expect(Math.min(...layers)).toBe(0);
      expect(leadsDown(layers, edges)).toBe(true);
      expect(lengthOf(layers, edges)).toBe(shortest(size, edges));
    }),
    { numRuns: 300 },
  );
});

/**
 * Whether no nodes could move down together and leave the edges shorter. By as many edges as lead out of a node it is
 * pulled down, by as many as lead into it held; what pulls is held by others over edges that can get no shorter, or else
 * moves with all that hangs on it. (The closure of most weight, as a flow: Picard, 1976.)
 */
function isAtRest(layers: readonly number[], edges: readonly RankedEdge[]): boolean {
  const pull = layers.map(() => 0);
  for (const { from, to } of edges) {
    pull[from] = (pull[from] ?? 0) + 1;
    pull[to] = (pull[to] ?? 0) - 1;
  }
  const flow = edges.map(() => 0);
  /** Hands one on from a node that is pulled, over edges or back, to one that holds. */
  const isHeld = (node: number, seen: Set<number>): boolean => {
    seen.add(node);
    if ((pull[node] ?? 0) < 0) {
      pull[node] = (pull[node] ?? 0) + 1;
      return true;
    }
    for (const [index, { from, to }] of edges.entries()) {
      const goes = from === node && (layers[to] ?? 0) - (layers[from] ?? 0) === 1;
      const returns = to === node && (flow[index] ?? 0) > 0;
      if (!goes && !returns) continue;
      const next = goes ? to : from;
      if (seen.has(next) || !isHeld(next, seen)) continue;
      flow[index] = (flow[index] ?? 0) + (goes ? 1 : -1);
      return true;
    }
    return false;
  };
  for (const node of layers.keys()) {
    while ((pull[node] ?? 0) > 0) {
      if (!isHeld(node, new Set())) return false;
      pull[node] = (pull[node] ?? 0) - 1;
    }
  }
  return true;
}

test('no steps of a larger graph could move together and leave the edges shorter', () => {
  fc.assert(
    fc.property(graphs(80), ({ size, edges }) => {
      const layers = rank(size, edges);
      expect(leadsDown(layers, edges)).toBe(true);
      expect(isAtRest(layers, edges)).toBe(true);
    }),
  );
  for (let seed = 1; seed < 6; seed += 1) {
    const { nodes, edges } = largeGraph(400, seed);
    const at = new Map(nodes.map(({ id }, index) => [id, index]));
    const lines = edges.map(({ from, to }) => ({ from: at.get(from) ?? 0, to: at.get(to) ?? 0 }));
    expect(isAtRest(rank(nodes.length, lines), lines)).toBe(true);
  }
});
