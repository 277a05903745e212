/** What of an earlier layout holds for a graph that was changed since: where its nodes and lines stood. */
import type { Box, Layout, Point } from './boxes';
import type { Before } from './layered';
import type { GraphEdge } from './model';

/** Where the nodes that edges joined stood, and the lines of the edges. */
export interface Places {
  boxes: ReadonlyMap<string, Box>;
  lines: ReadonlyMap<string, readonly Point[]>;
}

export function placesOf({ nodes, edges }: Layout): Places {
  const joined = new Set(edges.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
  return {
    boxes: new Map(nodes.filter(({ id }) => joined.has(id)).map((box) => [box.id, box])),
    lines: new Map(edges.map((edge) => [lineId(edge), edge.points])),
  };
}

function lineId({ from, to }: GraphEdge): string {
  return JSON.stringify([from, to]);
}

/** How layers run. */
export interface Layers {
  down: boolean;
  /** From the begin of one layer to that of the next, in pixels. */
  step: number;
}

/** A graph of which less was there before is laid out anew. */
const leastKnown = 0.5;

/**
 * Where connected nodes and their edges stood, by their index; undefined where too little of them was there.
 * @returns for each node its layer from 0, and for all their places along the layers
 */
export function before(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  places: Places,
  { down, step }: Layers,
): { layers: (number | undefined)[]; along: Before } | undefined {
  const boxes = ids.map((id) => places.boxes.get(id));
  const known = boxes.filter((box) => box !== undefined);
  if (known.length < ids.length * leastKnown) return undefined;
  const first = Math.min(...known.map(({ x, y }) => (down ? y : x)));
  return {
    layers: boxes.map((box) => box && Math.round(((down ? box.y : box.x) - first) / step)),
    along: {
      nodes: boxes.map((box) => box && (down ? box.x + box.width / 2 : box.y + box.height / 2)),
      lines: edges.map((edge) => {
        const line = places.lines.get(lineId(edge));
        return line && bendsOf(line.map(({ x, y }) => (down ? { along: x, ahead: y } : { along: y, ahead: x })));
      }),
    },
  };
}

/** Where a line passed layers: it does with two points in each, between its first point and its last. */
function bendsOf(points: readonly { along: number; ahead: number }[]): number[] {
  const bends = points.slice(1, -1).filter((_, index) => index % 2 === 0);
  const isDown = (points[0]?.ahead ?? 0) <= (points.at(-1)?.ahead ?? 0);
  return (isDown ? bends : bends.toReversed()).map(({ along }) => along);
}
