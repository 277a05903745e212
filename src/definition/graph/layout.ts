/** Places the nodes of a pipeline's graph in layers and routes its edges. Pure and deterministic. */
import { Graph as Dagre, layout as layoutDagre } from '@dagrejs/dagre';
import type { Graph, GraphEdge } from './model';

export interface Point {
  x: number;
  y: number;
}

/** A node's box; `x` and `y` are its top left corner. All figures are pixels at zoom 1. */
export interface Box extends Point {
  id: string;
  width: number;
  height: number;
}

/** An edge with the line to draw, from the border of one box to the border of the other. */
export interface Route extends GraphEdge {
  points: Point[];
}

export interface Layout {
  width: number;
  height: number;
  nodes: Box[];
  edges: Route[];
}

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
/** Above this the ranking is not optimised to the end: half the time for edges a fifth longer. (dagre's `longest-path` is slower: its long edges cost more to order than they save.) */
const carefulUpTo = 150;
/** Above this, nodes are placed in one sweep: crossings are no longer worth seconds. */
const orderedUpTo = 600;

/**
 * Lays a graph out: each connected part in layers, parts side by side, nodes without edges in a grid below.
 * Cycles are drawn with an edge that goes back; edges to nodes that don't exist are left out.
 */
export function layout(graph: Graph, options: LayoutOptions = {}): Layout {
  const size: Size = {
    width: options.nodeWidth ?? 180,
    height: options.nodeHeight ?? 48,
    direction: options.direction ?? 'TB',
  };
  const ids = new Set(graph.nodes.map((node) => node.id));
  const edges = graph.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  const parts = components([...ids], edges);
  const single = parts.filter((part) => part.ids.length === 1);
  const placed = parts.filter((part) => part.ids.length > 1).map((part) => place(part, size));
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

function place(part: Part, size: Size): Layout {
  return part.ids.length > orderedUpTo ? inRows(part, size) : byDagre(part, size);
}

function byDagre(part: Part, size: Size): Layout {
  const dagre = new Dagre();
  dagre.setGraph({
    rankdir: size.direction,
    nodesep: gap,
    ranksep: layerGap,
    edgesep: 12,
    ranker: part.ids.length > carefulUpTo ? 'tight-tree' : 'network-simplex',
  });
  dagre.setDefaultEdgeLabel(() => ({}));
  for (const id of part.ids) dagre.setNode(id, { width: size.width, height: size.height });
  for (const edge of part.edges) if (edge.from !== edge.to) dagre.setEdge(edge.from, edge.to);
  layoutDagre(dagre);
  const nodes = part.ids.map((id) => {
    const { x = 0, y = 0 } = dagre.node(id) as Partial<Point>;
    return { id, x: x - size.width / 2, y: y - size.height / 2, width: size.width, height: size.height };
  });
  const boxes = new Map(nodes.map((box) => [box.id, box]));
  const edges = part.edges.map((edge) => {
    const { points } = edge.from === edge.to ? {} : (dagre.edge(edge.from, edge.to) as { points?: Point[] });
    return { ...edge, points: points?.map(({ x, y }) => ({ x, y })) ?? loop(boxes.get(edge.from)) };
  });
  return fit(nodes, edges);
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

/** For graphs too large to be looked at in detail: layers by longest path, each ordered by the middle of what is above. */
function inRows(part: Part, size: Size): Layout {
  const ranks = rank(part);
  const above = new Map<string, string[]>();
  for (const { from, to } of part.edges) {
    if ((ranks.get(from) ?? 0) < (ranks.get(to) ?? 0)) above.set(to, [...(above.get(to) ?? []), from]);
  }
  const rows: string[][] = [];
  for (const id of part.ids) (rows[ranks.get(id) ?? 0] ??= []).push(id);
  const along = size.direction === 'TB' ? size.width + gap : size.height + gap;
  const across = size.direction === 'TB' ? size.height + layerGap : size.width + layerGap;
  const at = new Map<string, number>();
  const nodes: Box[] = [];
  for (const [depth, row] of rows.entries()) {
    const wanted = new Map(row.map((id, index) => [id, middle(above.get(id), at) ?? index * along]));
    row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    let next = Number.NEGATIVE_INFINITY;
    for (const id of row) {
      const offset = Math.max(next, wanted.get(id) ?? 0);
      at.set(id, offset);
      next = offset + along;
      const [x, y] = size.direction === 'TB' ? [offset, depth * across] : [depth * across, offset];
      nodes.push({ id, x, y, width: size.width, height: size.height });
    }
  }
  const boxes = new Map(nodes.map((box) => [box.id, box]));
  const edges = part.edges.map((edge) => ({
    ...edge,
    points: straight(boxes.get(edge.from), boxes.get(edge.to), size),
  }));
  return fit(nodes, edges);
}

function middle(ids: readonly string[] | undefined, at: ReadonlyMap<string, number>): number | undefined {
  if (!ids?.length) return undefined;
  return ids.reduce((sum, id) => sum + (at.get(id) ?? 0), 0) / ids.length;
}

function straight(from: Box | undefined, to: Box | undefined, size: Size): Point[] {
  if (!from || !to) return [];
  if (from === to) return loop(from);
  const end = (box: Box, last: boolean): Point =>
    size.direction === 'TB'
      ? { x: box.x + box.width / 2, y: last ? box.y + box.height : box.y }
      : { x: last ? box.x + box.width : box.x, y: box.y + box.height / 2 };
  return [end(from, true), end(to, false)];
}

/** Each node's layer: one more than the deepest of those before it. Edges that close a cycle don't count. */
function rank(part: Part): Map<string, number> {
  const after = new Map<string, string[]>(part.ids.map((id) => [id, []]));
  const waiting = new Map<string, number>(part.ids.map((id) => [id, 0]));
  for (const { from, to } of part.edges) {
    if (from === to) continue;
    after.get(from)?.push(to);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
  }
  const ranks = new Map<string, number>();
  const ready = part.ids.filter((id) => waiting.get(id) === 0);
  const left = new Set(part.ids);
  while (left.size > 0) {
    // Where everything left waits for a cycle, the first in the text breaks it.
    const id = ready.shift() ?? firstOf(left);
    if (!left.delete(id)) continue;
    const depth = ranks.get(id) ?? 0;
    ranks.set(id, depth);
    for (const next of after.get(id) ?? []) {
      if (!left.has(next)) continue;
      ranks.set(next, Math.max(ranks.get(next) ?? 0, depth + 1));
      const count = (waiting.get(next) ?? 1) - 1;
      waiting.set(next, count);
      if (count === 0) ready.push(next);
    }
  }
  return ranks;
}

function firstOf(set: ReadonlySet<string>): string {
  for (const id of set) return id;
  return '';
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
