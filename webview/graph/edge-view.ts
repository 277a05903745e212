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

/** All edges as a few paths, by how they look: without arrows, for a scale at which none could be seen. */
export class FarEdges {
  readonly element = svgElement('g', { class: 'far-edges' });
  private readonly paths: Record<EdgeFace, SVGPathElement>;

  constructor() {
    const path = (face: EdgeFace) => svgElement('path', { class: `edge-line edge-${face}` });
    this.paths = { dimmed: path('dimmed'), plain: path('plain'), taken: path('taken'), marked: path('marked') };
    this.element.append(this.paths.dimmed, this.paths.plain, this.paths.taken, this.paths.marked);
  }

  draw(edges: PlacedEdge[], face: (edge: PlacedEdge) => EdgeFace): void {
    const lines: Record<EdgeFace, string[]> = { dimmed: [], plain: [], taken: [], marked: [] };
    for (const edge of edges) lines[face(edge)].push(pathOf(edge.points));
    for (const each of ['dimmed', 'plain', 'taken', 'marked'] as const)
      this.paths[each].setAttribute('d', lines[each].join(''));
  }

  clear(): void {
    for (const path of Object.values(this.paths)) path.removeAttribute('d');
  }
}
