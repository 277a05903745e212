import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Layout, layout } from '../../../src/definition/graph/layout';
import type { Graph, GraphEdge } from '../../../src/definition/graph/model';

function graphOf(size: number, pairs: readonly (readonly [number, number])[]): Graph {
  return {
    nodes: Array.from({ length: size }, (_, i) => ({
      id: `s${i}`,
      label: `s${i}`,
      type: 'Training',
      start: 0,
      end: 0,
    })),
    edges: pairs.map(([from, to]): GraphEdge => ({ from: `s${from}`, to: `s${to}`, kind: 'dependsOn' })),
  };
}

function overlaps({ nodes }: Layout): string[] {
  const found: string[] = [];
  const sorted = nodes.toSorted((a, b) => a.y - b.y);
  for (const [i, a] of sorted.entries()) {
    for (const b of sorted.slice(i + 1)) {
      if (b.y >= a.y + a.height) break;
      if (a.x < b.x + b.width && b.x < a.x + a.width) found.push(`${a.id} ${b.id}`);
    }
  }
  return found;
}

const pairs = (size: number): fc.Arbitrary<[number, number][]> =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 40 });

describe('layout', () => {
  test('places a chain from top to bottom, or from left to right', () => {
    const graph = graphOf(3, [
      [0, 1],
      [1, 2],
    ]);
    const down = layout(graph).nodes;
    expect(down.map((node) => node.x)).toEqual([0, 0, 0]);
    expect(down.map((node) => node.y)).toEqual(down.map((node) => node.y).toSorted((a, b) => a - b));
    const right = layout(graph, { direction: 'LR' }).nodes;
    expect(new Set(right.map((node) => node.y)).size).toBe(1);
  });

  test('every node once, inside the whole, none over another; every edge drawn, cycles and loops too', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }).chain((size) => fc.tuple(fc.constant(size), pairs(size))),
        ([size, list]) => {
          const graph = graphOf(size, list);
          const result = layout(graph);
          expect(result.nodes.map((node) => node.id).toSorted()).toEqual(graph.nodes.map((node) => node.id).toSorted());
          expect(overlaps(result)).toEqual([]);
          for (const box of result.nodes) {
            expect(box.x).toBeGreaterThanOrEqual(-0.01);
            expect(box.x + box.width).toBeLessThanOrEqual(result.width + 0.01);
            expect(box.y + box.height).toBeLessThanOrEqual(result.height + 0.01);
          }
          expect(result.edges.length).toBe(list.length);
          for (const edge of result.edges) expect(edge.points.length).toBeGreaterThan(1);
          expect(layout(graph)).toEqual(result);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('leaves out edges to nodes that are not there', () => {
    expect(layout(graphOf(2, [[0, 7]])).edges).toEqual([]);
  });

  test('packs two thousand nodes without edges into a grid', () => {
    const result = layout(graphOf(2000, []));
    expect(result.width / result.height).toBeGreaterThan(1);
    expect(result.width / result.height).toBeLessThan(4);
    expect(overlaps(result)).toEqual([]);
  });

  test('lays out a large connected graph, with a cycle, in rows', () => {
    const list = Array.from({ length: 1999 }, (_, i): [number, number] => [Math.floor(i / 3), i + 1]);
    const result = layout(graphOf(2000, [...list, [1999, 0]]));
    expect(overlaps(result)).toEqual([]);
    expect(result.edges.length).toBe(2000);
  });

  test('five hundred connected nodes do not take a time without end', () => {
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const list = Array.from({ length: 700 }, (_, i): [number, number] => {
      const to = 1 + (i % 499);
      return [Math.max(0, to - 1 - random(12)), to];
    });
    const start = performance.now();
    expect(overlaps(layout(graphOf(500, list)))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('an empty graph is empty', () => {
    expect(layout({ nodes: [], edges: [] })).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
  });
});
