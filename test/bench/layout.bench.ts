/**
 * The layout of graphs: how long it takes, how many lines cross beside what graphviz makes of the same graph, and how
 * much stays in place where a step is added. The crossings of what was drawn are counted, of both in the same way.
 */
import { execFileSync } from 'node:child_process';
import type { Layout, Point } from '../../src/definition/graph/boxes';
import { layout } from '../../src/definition/graph/layout';
import type { Graph, GraphEdge } from '../../src/definition/graph/model';
import { largeGraph } from '../fixtures/panels/run-graph';
import { type Bench, median } from './harness';

const sizes = [
  { size: 100, limit: 10, graphs: 8 },
  { size: 500, limit: 100, graphs: 4 },
  { size: 2000, limit: 500, graphs: 1 },
];
/** Calls until the engine has compiled it. */
const warmUp = 40;
/** How far a node has to go, in pixels at zoom 1, to have moved. */
const step = 24;

export default async function layouts(bench: Bench): Promise<void> {
  for (const { size, limit, graphs } of sizes) {
    const graph = largeGraph(size);
    const time = await bench.time(() => layout(graph), 9, warmUp);
    bench.add({ name: `layout of ${size} steps`, value: time, unit: 'ms', target: `≤ ${limit} ms` });
    const laid = layout(graph);
    const again = await bench.time(() => layout(graph, {}, laid), 9, warmUp);
    bench.add({ name: `layout of ${size} steps beside the one before`, value: again, unit: 'ms' });
    crossed(
      bench,
      Array.from({ length: graphs }, (_, seed) => largeGraph(size, seed + 7)),
    );
    stays(bench, graph, laid);
  }
}

/** Counts crossings beside graphviz, where that is installed. */
function crossed(bench: Bench, graphs: readonly Graph[]): void {
  const total = (drawn: (graph: Graph) => Point[][]): number =>
    graphs.reduce((sum, graph) => sum + crossings(drawn(graph)), 0);
  const value = total((graph) => layout(graph).edges.map(({ points }) => points));
  const name = `layout of ${graphs[0]?.nodes.length} steps: lines that cross, of ${graphs.length}`;
  try {
    const theirs = total(graphviz);
    bench.add({ name, value, unit: '', ratio: value / theirs, against: `graphviz's ${theirs}`, target: 'ratio ≤ 1.2' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    bench.add({ name, value, unit: '', target: 'not compared: no dot of graphviz is on the PATH' });
  }
}

/** The lines that graphviz draws, by their corners. */
function graphviz({ nodes, edges }: Graph): Point[][] {
  const text = [
    'digraph { splines=polyline; node [shape=box fixedsize=true width=2.5 height=0.667]; edge [arrowhead=none];',
    ...nodes.map(({ id }) => `${id};`),
    ...edges.map(({ from, to }) => `${from} -> ${to};`),
    '}',
  ].join('\n');
  const out = execFileSync('dot', ['-Tjson'], { input: text, maxBuffer: 1e9, encoding: 'utf8' });
  const drawn = JSON.parse(out) as { edges: { _draw_: { op: string; points?: [number, number][] }[] }[] };
  // A line is written as Bézier curves that are straight: every third point is a corner.
  return drawn.edges.map(({ _draw_: marks }) =>
    (marks.find(({ points }) => points)?.points ?? []).filter((_, at) => at % 3 === 0).map(([x, y]) => ({ x, y })),
  );
}

/** How many pairs of lines cross. */
function crossings(lines: readonly (readonly Point[])[]): number {
  const side = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const pieces = lines
    .flatMap((points, line) =>
      points.slice(1).map((to, index) => {
        const from = points[index] ?? to;
        return { line, from, to, top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) };
      }),
    )
    .sort((a, b) => a.top - b.top);
  let count = 0;
  for (const [index, one] of pieces.entries()) {
    for (let next = index + 1; next < pieces.length; next += 1) {
      const other = pieces[next];
      if (!other || other.top > one.bottom) break;
      if (other.line === one.line) continue;
      const apart = side(one.from, one.to, other.from) * side(one.from, one.to, other.to) < 0;
      if (apart && side(other.from, other.to, one.from) * side(other.from, other.to, one.to) < 0) count += 1;
    }
  }
  return count;
}

/** Adds a leaf, and inserts a step on an edge, at 20 places each. */
function stays(bench: Bench, graph: Graph, laid: Layout): void {
  const [first] = graph.nodes;
  if (!first) return;
  const fresh = { ...first, id: 'Fresh', label: 'Fresh' };
  const nodes = [...graph.nodes, fresh];
  const places = Array.from({ length: 20 }, (_, index) => (index + 0.5) / 20);
  const at = <Item>(list: readonly Item[], place: number): Item => list[Math.floor(place * list.length)] as Item;
  const share = (edges: GraphEdge[]): number => movedShare(laid, layout({ nodes, edges }, {}, laid));
  const leaf = places.map((place) =>
    share([...graph.edges, { from: at(graph.nodes, place).id, to: fresh.id, kind: 'dependsOn' }]),
  );
  const inserted = places.map((place) => {
    const cut = at(graph.edges, place);
    const rest = graph.edges.filter((edge) => edge !== cut);
    return share([...rest, { ...cut, to: fresh.id }, { ...cut, from: fresh.id }]);
  });
  const name = `layout of ${graph.nodes.length} steps: steps that move`;
  const mean = (shares: readonly number[]): number => shares.reduce((sum, each) => sum + each, 0) / shares.length;
  bench.add({ name: `${name} with a leaf added, median`, value: median(leaf), unit: '%', target: '≤ 5 %' });
  bench.add({ name: `${name} with a leaf added, mean`, value: mean(leaf), unit: '%' });
  bench.add({ name: `${name} with one inserted, median`, value: median(inserted), unit: '%', target: '≤ 25 %' });
  bench.add({ name: `${name} with one inserted, mean`, value: mean(inserted), unit: '%' });
}

/** How many of a hundred nodes stand elsewhere, beside the view, which goes along with most of them. */
function movedShare(before: Layout, after: Layout): number {
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const ways = before.nodes.map(({ id, x, y }) => ({
    x: (now.get(id)?.x ?? Number.NaN) - x,
    y: (now.get(id)?.y ?? Number.NaN) - y,
  }));
  const [x, y] = [median(ways.map((way) => way.x)), median(ways.map((way) => way.y))];
  return (100 * ways.filter((way) => Math.hypot(way.x - x, way.y - y) > step).length) / ways.length;
}
