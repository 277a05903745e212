/** The arithmetic of the view onto the graph: which part is seen, and how zooming and panning change it. */

/** A point of the graph at `p` is seen at `p * scale + offset`, in CSS pixels. */
export interface Viewport {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Size {
  x: number;
  y: number;
}

export const minScale = 0.02;
export const maxScale = 2.5;

/** Below this scale a label could not be read, and is not drawn. */
export const readableScale = 0.35;

/** Shows all of the graph with a margin, never larger than life. */
export function fit(graph: Size, view: Size, margin = 44): Viewport {
  if (graph.width <= 0 || graph.height <= 0 || view.width <= 0 || view.height <= 0) return { x: 0, y: 0, scale: 1 };
  const room = { width: Math.max(1, view.width - 2 * margin), height: Math.max(1, view.height - 2 * margin) };
  const scale = clamp(Math.min(1, room.width / graph.width, room.height / graph.height));
  return { x: (view.width - graph.width * scale) / 2, y: (view.height - graph.height * scale) / 2, scale };
}

/** Texts are well read at this scale. */
const comfortableScale = 0.6;

/** Below this scale a graph is so large that its shape says more than its first steps. */
const overviewScale = 0.15;

/** How a graph is first shown: all of it, or where that could not be read, its beginning at `startX`. */
export function opening(graph: Size, view: Size, startX: number, margin = 44): Viewport {
  const whole = fit(graph, view, margin);
  if (whole.scale >= comfortableScale || whole.scale < overviewScale) return whole;
  const scale = comfortableScale;
  const spare = { x: view.width - graph.width * scale, y: view.height - graph.height * scale };
  const centred = view.width / 2 - startX * scale;
  return {
    x: spare.x > 0 ? spare.x / 2 : Math.min(margin, Math.max(spare.x - margin, centred)),
    y: Math.max(margin, spare.y / 2),
    scale,
  };
}

/** Zooms by a factor, keeping what is under `at` where it is. */
export function zoomAt(viewport: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const scale = clamp(viewport.scale * factor);
  const ratio = scale / viewport.scale;
  return { x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio, scale };
}

/** The part of the graph that is seen, in the graph's coordinates, grown on each side by a share of itself. */
export function visibleBox(viewport: Viewport, view: Size, grow = 0): Box {
  const width = view.width / viewport.scale;
  const height = view.height / viewport.scale;
  return {
    x: -viewport.x / viewport.scale - width * grow,
    y: -viewport.y / viewport.scale - height * grow,
    width: width * (1 + 2 * grow),
    height: height * (1 + 2 * grow),
  };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The area that two boxes have in common, in the square of their unit. */
export function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

export function contains(outer: Box, inner: Box): boolean {
  return (
    outer.x <= inner.x &&
    outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height
  );
}

/** Moves the view as little as needed for the box to be in it. */
export function reveal(viewport: Viewport, view: Size, box: Box, margin = 24): Viewport {
  const left = box.x * viewport.scale + viewport.x;
  const top = box.y * viewport.scale + viewport.y;
  const right = left + box.width * viewport.scale;
  const bottom = top + box.height * viewport.scale;
  return {
    scale: viewport.scale,
    x: viewport.x + shift(left, right, view.width, margin),
    y: viewport.y + shift(top, bottom, view.height, margin),
  };
}

/** Puts the middle of the box in the middle of the view. */
export function center(viewport: Viewport, view: Size, box: Box): Viewport {
  return {
    scale: viewport.scale,
    x: view.width / 2 - (box.x + box.width / 2) * viewport.scale,
    y: view.height / 2 - (box.y + box.height / 2) * viewport.scale,
  };
}

function shift(start: number, end: number, room: number, margin: number): number {
  if (start < margin) return margin - start;
  if (end > room - margin) return Math.max(room - margin - end, margin - start);
  return 0;
}

function clamp(scale: number): number {
  return Math.min(maxScale, Math.max(minScale, scale));
}
