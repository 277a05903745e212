/** Edges as drawn: one by one where they can be told apart, all in a few paths from afar. */
import { edgeLabel } from '../../src/definition/graph/model';
import type { EdgeFace } from './face';
import { halfWay, pathOf, type PlacedEdge } from './placement';
import { svgElement } from './svg';

/** One edge, with what its branch is written on it. */
export class EdgeView {
  readonly element = svgElement('g', {});
  private readonly path = svgElement('path', { class: 'edge-line', 'marker-end': 'url(#arrow)' });
  private drawn = '';

  constructor(private placed: PlacedEdge) {
    this.element.append(this.path);
    this.place(placed);
  }

  place(placed: PlacedEdge): void {
    this.placed = placed;
    this.path.setAttribute('d', pathOf(placed.points));
    this.element.querySelector('.edge-outcome')?.remove();
    const words = edgeLabel(placed.edge);
    if (words === undefined) return;
    const at = halfWay(placed.points);
    const label = svgElement('g', { class: 'edge-outcome', transform: `translate(${at.x} ${at.y})` });
    const text = svgElement('text', { 'text-anchor': 'middle', y: 4 });
    text.textContent = words;
    label.append(svgElement('rect', { x: -19, y: -9, width: 38, height: 18, rx: 9 }), text);
    this.element.append(label);
  }

  paint(face: EdgeFace, linked: boolean): void {
    const className = `edge edge-${this.placed.edge.kind} edge-${face}${linked ? ' linked' : ''}`;
    if (className === this.drawn) return;
    this.drawn = className;
    this.element.setAttribute('class', className);
  }
}

const faces = ['dimmed', 'plain', 'taken', 'marked'] as const satisfies EdgeFace[];

/** All edges as a few paths, by how they look: without arrows, for a scale at which none could be seen. */
export class FarEdges {
  readonly element = svgElement('g', { class: 'far-edges' });
  private readonly paths = new Map<EdgeFace, SVGPathElement>();
  private edges: readonly PlacedEdge[] = [];
  /** The line of each edge, and the face that it is drawn with: only paths that an edge came to or left are drawn anew. */
  private lines: string[] = [];
  private drawn: EdgeFace[] = [];

  constructor() {
    for (const face of faces) {
      const path = svgElement('path', { class: `edge-line edge-${face}` });
      this.paths.set(face, path);
      this.element.append(path);
    }
  }

  draw(edges: readonly PlacedEdge[], faceOf: (edge: PlacedEdge) => EdgeFace): void {
    if (edges !== this.edges) {
      this.clear();
      this.edges = edges;
      this.lines = edges.map(({ points }) => pathOf(points));
    }
    const stale = new Set<EdgeFace>();
    for (const [index, edge] of edges.entries()) {
      const face = faceOf(edge);
      const before = this.drawn[index];
      if (face === before) continue;
      if (before !== undefined) stale.add(before);
      stale.add(face);
      this.drawn[index] = face;
    }
    for (const face of stale) {
      const lines = this.lines.filter((_, index) => this.drawn[index] === face);
      this.paths.get(face)?.setAttribute('d', lines.join(''));
    }
  }

  clear(): void {
    if (this.drawn.length === 0) return;
    this.drawn = [];
    for (const path of this.paths.values()) path.removeAttribute('d');
  }
}
