/** Edges as drawn: one by one where they can be told apart, all in a few paths from afar. */
import { edgeLabel } from '../../src/definition/graph/model';
import type { EdgeFace } from './face';
import { FacePaths } from './face-paths';
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

const faces: readonly EdgeFace[] = ['dimmed', 'plain', 'taken', 'marked'];

/** All edges as a few paths, by how they look: without arrows, for a scale at which none could be seen. */
export class FarEdges {
  private readonly paths = new FacePaths('far-edges', faces, (face) => `edge-line edge-${face}`);
  readonly element = this.paths.element;
  private edges: readonly PlacedEdge[] = [];

  draw(edges: readonly PlacedEdge[], faceOf: (edge: PlacedEdge) => EdgeFace): void {
    if (edges !== this.edges) {
      this.edges = edges;
      this.paths.set(edges.map(({ points }) => pathOf(points)));
    }
    this.paths.draw((index) => faceOf(edges[index] as PlacedEdge));
  }

  clear(): void {
    this.paths.clear();
  }
}
