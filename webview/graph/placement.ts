/** A graph with its steps and edges in place. Lengths are CSS pixels at scale 1. */
import type { Graph, GraphEdge, GraphNode } from '../../src/definition/graph/model';
import type { Box, Size } from './viewport';

export interface Point {
  x: number;
  y: number;
}

export interface PlacedEdge {
  edge: GraphEdge;
  /** From the border of one step to that of the other. */
  points: Point[];
  /** What the whole line covers. */
  box: Box;
}

export interface Placement extends Size {
  nodes: Map<string, GraphNode>;
  boxes: Map<string, Box>;
  edges: PlacedEdge[];
}

export const nodeSize: Size = { width: 208, height: 52 };

export const nothing: Placement = { nodes: new Map(), boxes: new Map(), edges: [], width: 0, height: 0 };

/** What makes two graphs the same to the eye: a change elsewhere needs no new layout. */
export function topologyOf(graph: Graph): string {
  return JSON.stringify([
    graph.nodes.map((node) => node.id),
    graph.edges.map((edge) => [edge.from, edge.to, edge.kind, edge.outcome]),
  ]);
}

/** A line through the points, its corners rounded. */
export function pathOf(points: Point[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (!first || !last) return '';
  let path = `M${round(first.x)} ${round(first.y)}`;
  let previous = first;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1] ?? last;
    if (index === 0) {
      const start = middle(previous, point);
      path += `L${round(start.x)} ${round(start.y)}`;
    }
    const end = middle(point, next);
    path += `Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`;
    previous = point;
  }
  return `${path}L${round(last.x)} ${round(last.y)}`;
}

/** The point half way along the line. */
export function halfWay(points: Point[]): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const from = points[index];
    const to = points[index + 1];
    if (!from || !to) break;
    if (left <= length && length > 0) {
      const share = left / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}

/** Where the topmost step has its middle, from left to right. */
export function startOf(placement: Placement): number {
  let top: Box | undefined;
  for (const box of placement.boxes.values()) if (!top || box.y < top.y) top = box;
  return top ? top.x + top.width / 2 : 0;
}

/** The step whose box holds the point. */
export function stepAt(placement: Placement, { x, y }: Point): string | undefined {
  for (const [id, box] of placement.boxes) {
    if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height) return id;
  }
  return undefined;
}

/** The step whose middle is nearest to the point. */
export function stepNear(placement: Placement, point: Point): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const [id, box] of placement.boxes) {
    const away = distance(point, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
    if (away < least) {
      least = away;
      nearest = id;
    }
  }
  return nearest;
}

export function boxOf(points: Point[]): Box {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(1, Math.max(...xs) - x), height: Math.max(1, Math.max(...ys) - y) };
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
