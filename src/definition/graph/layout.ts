/** Places the nodes of a pipeline's graph in layers and routes its edges. Pure and deterministic. */
import type { Box, Layout, Point, Route } from './boxes';
import { before, placesOf, type Places } from './again';
import { layered, type Layered } from './layered';
import type { Graph, GraphEdge } from './model';
import { rank, rankAgain } from './rank';

export interface LayoutOptions {
  nodeWidth?: number;
  nodeHeight?: number;
  /** Top to bottom, as the console draws it, or left to right. */
  direction?: 'TB' | 'LR';
}

interface Size {
  width: number;
  height: number;
  direction: 'TB' | 'LR';
}

const gap = 24;
const layerGap = 48;
const lineGap = 12;
/**
 * Lays a graph out: each connected part in layers, parts side by side, nodes without edges in a grid below.
 * Cycles are drawn with an edge that goes back; edges to nodes that don't exist are left out.
 * @param previous how a graph like this one was laid out with the same options: what it has stays near where it is, as
 * long as that does not cross many more edges
 */
export function layout(graph: Graph, options: LayoutOptions = {}, previous?: Layout): Layout {
  const size: Size = {
    width: options.nodeWidth ?? 180,
    height: options.nodeHeight ?? 48,
    direction: options.direction ?? 'TB',
  };
  const ids = new Set(graph.nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  const parts = components([...ids], edges);
  const single = parts.filter((part) => part.ids.length === 1);
  const places = previous && placesOf(previous);
  const placed = parts.filter((part) => part.ids.length > 1).map((part) => place(part, size, places));
  if (single.length > 0) placed.push(grid(single, size));
  return pack(placed);
}

interface Part {
  ids: string[];
  edges: GraphEdge[];
}

/** The connected parts of a graph, in the order of their first node. */
function components(ids: readonly string[], edges: readonly GraphEdge[]): Part[] {
  const leader = new Map(ids.map((id) => [id, id]));
  const find = (id: string): string => {
    let top = id;
    for (let up = leader.get(top); up !== undefined && up !== top; up = leader.get(top)) top = up;
    leader.set(id, top);
    return top;
  };
  for (const edge of edges) {
    const from = find(edge.from);
    const to = find(edge.to);
    if (from !== to) leader.set(to, from);
  }
  const parts = new Map<string, Part>();
  for (const id of ids) {
    const top = find(id);
    const part = parts.get(top);
    if (part) part.ids.push(id);
    else parts.set(top, { ids: [id], edges: [] });
  }
  for (const edge of edges) parts.get(find(edge.from))?.edges.push(edge);
  return [...parts.values()];
}

/** An edge between two nodes of a part, by their index. */
interface Line {
  edge: GraphEdge;
  from: number;
  to: number;
}

/** The part's nodes in layers: as they were, as far as that is known and no much worse than anew. */
function arrange(part: Part, lines: readonly Line[], size: Size, places: Places | undefined): Layered {
  const down = size.direction === 'TB';
  const sizes = { width: down ? size.width : size.height, nodeGap: gap, lineGap };
  const anew = layered(rank(part.ids.length, lines), lines, sizes);
  const stood =
    places &&
    before(
      part.ids,
      lines.map(({ edge }) => edge),
      places,
      { down, step: stepOf(size) },
    );
  if (!stood) return anew;
  const again = layered(rankAgain(stood.layers, lines), lines, sizes, stood.along);
  return isMuchWorse(again, anew) ? anew : again;
}

/** Whether a quarter more lines cross, or the whole is a quarter longer or wider; a few more are no matter. */
function isMuchWorse(again: Layered, anew: Layered): boolean {
  const extent = (numbers: readonly number[]): number => Math.max(...numbers) - Math.min(...numbers);
  return (
    again.crossings > anew.crossings * 1.25 + 3 ||
    extent(again.layer) > extent(anew.layer) * 1.25 + 2 ||
    extent(again.along) > extent(anew.along) * 1.25 + 300
  );
}

/** From the begin of one layer to that of the next. */
function stepOf({ width, height, direction }: Size): number {
  return (direction === 'TB' ? height : width) + layerGap;
}

/** A connected part in layers, its edges as lines through them. */
function place(part: Part, size: Size, places: Places | undefined): Layout {
  const index = new Map(part.ids.map((id, at) => [id, at]));
  const lines = part.edges
    .filter(({ from, to }) => from !== to)
    .map((edge) => ({ edge, from: index.get(edge.from) ?? 0, to: index.get(edge.to) ?? 0 }));
  const down = size.direction === 'TB';
  const result = arrange(part, lines, size, places);
  const step = stepOf(size);
  const point = (along: number, layer: number): Point =>
    down ? { x: along, y: layer * step } : { x: layer * step, y: along };
  const nodes = part.ids.map((id, at) => {
    const { x, y } = point(result.along[at] ?? 0, result.layer[at] ?? 0);
    return { id, x: x - size.width / 2, y: y - size.height / 2, width: size.width, height: size.height };
  });
  const boxes = new Map(nodes.map((box) => [box.id, box]));
  const bends = new Map(
    lines.map(({ edge }, at) => [edge, (result.bends[at] ?? []).map(({ along, layer }) => point(along, layer))]),
  );
  const edges = part.edges.map((edge) => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    return { ...edge, points: from && to && from !== to ? line(from, bends.get(edge) ?? [], to, size) : loop(from) };
  });
  return fit(nodes, edges);
}

/**
 * From the side of one box that faces the next layer to that of the other, and straight through each layer between, so
 * that a line never runs over a box.
 */
function line(from: Box, bends: readonly Point[], to: Box, { direction }: Size): Point[] {
  const down = direction === 'TB';
  const [start, end] = [middleOf(from), middleOf(to)];
  const forward = Math.sign(down ? end.y - start.y : end.x - start.x);
  const half = down ? from.height / 2 : from.width / 2;
  const beside = (point: Point, sign: number): Point =>
    down ? { x: point.x, y: point.y + sign * half } : { x: point.x + sign * half, y: point.y };
  return [
    port(from, bends[0] ?? end, forward, down),
    ...bends.flatMap((bend) => [beside(bend, -forward), beside(bend, forward)]),
    port(to, bends.at(-1) ?? start, -forward, down),
  ];
}

/** Where a line leaves the box on the side ahead, a little towards where it goes. */
function port(box: Box, target: Point, ahead: number, down: boolean): Point {
  const { x, y } = middleOf(box);
  const lean = (towards: number, length: number): number =>
    Math.max(-length * 0.35, Math.min(length * 0.35, towards * 0.25));
  return down
    ? { x: x + lean(target.x - x, box.width), y: y + (ahead * box.height) / 2 }
    : { x: x + (ahead * box.width) / 2, y: y + lean(target.y - y, box.height) };
}

function middleOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A line from a box's right side back to it. */
function loop(box: Box | undefined): Point[] {
  if (!box) return [];
  const x = box.x + box.width;
  const reach = gap / 2;
  return [
    { x, y: box.y + box.height / 4 },
    { x: x + reach, y: box.y + box.height / 4 },
    { x: x + reach, y: box.y + (3 * box.height) / 4 },
    { x, y: box.y + (3 * box.height) / 4 },
  ];
}

/** Nodes without edges to others, in a grid about twice as wide as high on the screen. */
function grid(parts: readonly Part[], size: Size): Layout {
  const columns = Math.max(1, Math.ceil(Math.sqrt((parts.length * 2 * (size.height + gap)) / (size.width + gap))));
  const nodes = parts.map((part, index) => ({
    id: part.ids[0] ?? '',
    x: (index % columns) * (size.width + gap),
    y: Math.floor(index / columns) * (size.height + gap),
    width: size.width,
    height: size.height,
  }));
  const boxes = new Map(nodes.map((box) => [box.id, box]));
  const edges = parts.flatMap((part) => part.edges.map((edge) => ({ ...edge, points: loop(boxes.get(edge.from)) })));
  return fit(nodes, edges);
}

/** Moves a part to the origin and measures it, lines included. */
function fit(nodes: Box[], edges: Route[]): Layout {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const include = (x: number, y: number): void => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (const box of nodes) {
    include(box.x, box.y);
    include(box.x + box.width, box.y + box.height);
  }
  for (const { points } of edges) for (const { x, y } of points) include(x, y);
  return { ...shift({ nodes, edges, width: 0, height: 0 }, -left, -top), width: right - left, height: bottom - top };
}

function shift(part: Layout, dx: number, dy: number): Layout {
  const move = <T extends Point>(point: T): T => ({ ...point, x: point.x + dx, y: point.y + dy });
  return {
    ...part,
    nodes: part.nodes.map(move),
    edges: part.edges.map((edge) => ({ ...edge, points: edge.points.map(move) })),
  };
}

/** Puts parts side by side, wrapping into rows so that the whole stays roughly as wide as the widest or as a square. */
function pack(parts: readonly Layout[]): Layout {
  const area = parts.reduce((sum, part) => sum + (part.width + gap * 2) * (part.height + gap * 2), 0);
  const limit = Math.max(1.6 * Math.sqrt(area), ...parts.map((part) => part.width));
  const whole: Layout = { width: 0, height: 0, nodes: [], edges: [] };
  let [x, y, rowHeight] = [0, 0, 0];
  for (const part of parts) {
    if (x > 0 && x + part.width > limit) {
      x = 0;
      y += rowHeight + gap * 2;
      rowHeight = 0;
    }
    const moved = shift(part, x, y);
    for (const node of moved.nodes) whole.nodes.push(node);
    for (const edge of moved.edges) whole.edges.push(edge);
    whole.width = Math.max(whole.width, x + part.width);
    whole.height = Math.max(whole.height, y + part.height);
    x += part.width + gap * 2;
    rowHeight = Math.max(rowHeight, part.height);
  }
  return whole;
}
