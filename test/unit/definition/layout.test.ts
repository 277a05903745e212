import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box, Layout, Point } from '../../../src/definition/graph/boxes';
import { layout } from '../../../src/definition/graph/layout';
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

/** Whether the line between the points has a part inside the box. */
function passes(a: Point, b: Point, box: Box): boolean {
  let [from, to] = [0, 1];
  for (const [start, delta, low, high] of [
    [a.x, b.x - a.x, box.x, box.x + box.width],
    [a.y, b.y - a.y, box.y, box.y + box.height],
  ] as const) {
    if (delta === 0) {
      if (start <= low + 0.01 || start >= high - 0.01) return false;
      continue;
    }
    const [near, far] = [(low - start) / delta, (high - start) / delta].sort((x, y) => x - y) as [number, number];
    from = Math.max(from, near);
    to = Math.min(to, far);
  }
  return to - from > 0.001;
}

/** How many pairs of lines cross. */
function crossings({ edges }: Layout): number {
  const side = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const segments = edges.flatMap(({ points }, edge) =>
    points.slice(1).map((to, index) => ({ edge, from: points[index] ?? to, to })),
  );
  let crossed = 0;
  for (const [index, one] of segments.entries()) {
    for (const other of segments.slice(index + 1)) {
      if (one.edge === other.edge) continue;
      const apart = side(one.from, one.to, other.from) * side(one.from, one.to, other.to);
      const back = side(other.from, other.to, one.from) * side(other.from, other.to, one.to);
      if (apart < 0 && back < 0) crossed += 1;
    }
  }
  return crossed;
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

  test('no line runs over a box but at its own ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 14 }).chain((size) => fc.tuple(fc.constant(size), pairs(size))),
        fc.constantFrom<'TB' | 'LR'>('TB', 'LR'),
        ([size, list], direction) => {
          const result = layout(
            graphOf(
              size,
              list.filter(([from, to]) => from < to),
            ),
            { direction },
          );
          for (const { from, to, points } of result.edges) {
            for (const box of result.nodes) {
              if (box.id === from || box.id === to) continue;
              for (const [index, end] of points.entries()) {
                const start = points[index - 1];
                if (start) expect(passes(start, end, box), `${from} to ${to} over ${box.id}`).toBe(false);
              }
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('crosses few lines: a tree none, two trees in one another what they must', () => {
    const tree = graphOf(
      15,
      Array.from({ length: 14 }, (_, i): [number, number] => [Math.floor(i / 2), i + 1]),
    );
    expect(crossings(layout(tree))).toBe(0);
    const complete = graphOf(
      6,
      [0, 1, 2].flatMap((from) => [3, 4, 5].map((to): [number, number] => [from, to])),
    );
    expect(crossings(layout(complete))).toBe(9);
  });

  test('edges are as short as they can be all together', () => {
    // Of two ways between the same ends one is longer: the node of the shorter one may stand in any layer between.
    const graph = graphOf(6, [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 4],
      [4, 3],
      [5, 3],
    ]);
    const row = new Map(layout(graph).nodes.map((node) => [node.id, node.y / 96]));
    const spans = graph.edges.map(({ from, to }) => (row.get(to) ?? 0) - (row.get(from) ?? 0));
    expect(spans.every((span) => span >= 1)).toBe(true);
    expect(spans.reduce((sum, span) => sum + span, 0)).toBe(7);
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
    const start = process.cpuUsage();
    expect(overlaps(layout(graphOf(500, list)))).toEqual([]);
    expect(process.cpuUsage(start).user).toBeLessThan(10_000_000);
  });

  test('an empty graph is empty', () => {
    expect(layout({ nodes: [], edges: [] })).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
  });
});

/** A pipeline of many steps that each take up what one to three of the last twelve gave. */
function pipeline(size: number, start = 1): Graph {
  let seed = start;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const list = Array.from({ length: size - 1 }, (_, i) =>
    Array.from({ length: 1 + random(2) }, (): [number, number] => [
      Math.max(0, i - random(Math.min(12, i + 1))),
      i + 1,
    ]),
  ).flat();
  return graphOf(size, list);
}

const step = (id: string) => ({ id, label: id, type: 'Training', start: 0, end: 0 });
const edge = (from: string, to: string): GraphEdge => ({ from, to, kind: 'dependsOn' });

/** The share of nodes that stand elsewhere, beside the view that follows most of them. */
function moved(before: Layout, after: Layout): number {
  const at = new Map(after.nodes.map((node) => [node.id, node]));
  const ways = before.nodes.flatMap((node) => {
    const now = at.get(node.id);
    return now ? [{ x: now.x - node.x, y: now.y - node.y }] : [];
  });
  const middle = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
  const [x, y] = [middle(ways.map((way) => way.x)), middle(ways.map((way) => way.y))];
  return ways.filter((way) => Math.hypot(way.x - x, way.y - y) > 24).length / ways.length;
}

describe('a layout after a change', () => {
  const size = 100;
  const graph = pipeline(size);
  const first = layout(graph);
  const places = Array.from({ length: 20 }, (_, i) => i * 5 + 2);
  const middleOf = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[10] ?? 1;

  test('is the same where nothing changed', () => {
    expect(moved(first, layout(graph, {}, first))).toBe(0);
  });

  test('an added leaf moves hardly any step, an inserted step only some', () => {
    const leaves = places.map((at) =>
      layout({ nodes: [...graph.nodes, step('leaf')], edges: [...graph.edges, edge(`s${at}`, 'leaf')] }, {}, first),
    );
    expect(middleOf(leaves.map((after) => moved(first, after)))).toBeLessThanOrEqual(0.05);
    const inserted = places.map((at) => {
      const cut = graph.edges[at] ?? edge('', '');
      const edges = graph.edges.filter((each) => each !== cut);
      return layout(
        { nodes: [...graph.nodes, step('new')], edges: [...edges, edge(cut.from, 'new'), edge('new', cut.to)] },
        {},
        first,
      );
    });
    expect(middleOf(inserted.map((after) => moved(first, after)))).toBeLessThanOrEqual(0.25);
    for (const after of [...leaves, ...inserted]) expect(overlaps(after)).toEqual([]);
  });

  test('any change leaves a sound layout: every node once, none over another, edges down', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.array(fc.nat(29), { maxLength: 12 }), (from, to, gone) => {
        const [one, other] = [pipeline(30, from + 1), pipeline(30, to + 1)];
        const left = new Set(gone.map((index) => `s${index}`));
        const changed: Graph = {
          nodes: other.nodes.filter(({ id }) => !left.has(id)),
          edges: other.edges.filter((each) => !left.has(each.from) && !left.has(each.to)),
        };
        const after = layout(changed, {}, layout(one));
        expect(after.nodes.map(({ id }) => id).toSorted()).toEqual(changed.nodes.map(({ id }) => id).toSorted());
        expect(overlaps(after)).toEqual([]);
        const row = new Map(after.nodes.map((node) => [node.id, node.y]));
        for (const each of changed.edges) expect(row.get(each.from)).toBeLessThan(row.get(each.to) ?? 0);
      }),
      { numRuns: 100 },
    );
  });

  test('is made anew where too many lines would cross otherwise, or another graph is shown', () => {
    const other = graphOf(4, [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(layout(other, {}, first)).toEqual(layout(other));
    const sides = (pairs: [number, number][]): Graph => graphOf(20, pairs);
    const straight = layout(sides(Array.from({ length: 10 }, (_, i): [number, number] => [i, 10 + i])));
    const across: [number, number][] = Array.from({ length: 10 }, (_, i) => [i, 19 - i]);
    const joined: [number, number][] = Array.from({ length: 9 }, (_, i) => [i, 10 + ((i * 7 + 3) % 10)]);
    expect(crossings(layout(sides([...across, ...joined]), {}, straight))).toBeLessThanOrEqual(
      crossings(layout(sides([...across, ...joined]))) * 1.25 + 3,
    );
  });
});
