/** Where the nodes and edges of a graph are drawn. */
import type { GraphEdge } from './model';

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
