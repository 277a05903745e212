/**
 * What of the graph is in the document. Near by, the steps and edges in view, each an element that is patched;
 * from afar, all of them in a few paths, which need no change while the view moves.
 */
import { containerElement, containersOf } from './containers';
import { EdgeView, FarEdges } from './edge-view';
import type { Faces } from './face';
import { FarNodes } from './far-nodes';
import { NodeView, type NodeFlags } from './node-view';
import { nodeSize, nothing, type PlacedEdge, type Placement } from './placement';
import { svgElement } from './svg';
import { contains, overlaps, readableScale, visibleBox, type Box, type Size, type Viewport } from './viewport';

/** How much more than the view is drawn, so that panning seldom needs new elements. */
const overdraw = 0.5;
const moveMs = 200;

/** What the scene asks for when it draws. */
export interface SceneState {
  faces: Faces;
  selected: string | undefined;
  /** The step that the keyboard stands on: in the document even where it is not in view. */
  active: string | undefined;
  flagsOf(id: string): NodeFlags;
}

export class GraphScene {
  readonly svg = svgElement('svg', { role: 'listbox', class: 'graph-svg' });
  private readonly world = svgElement('g', {});
  private readonly containerLayer = svgElement('g', { class: 'containers' });
  private readonly edgeLayer = svgElement('g', { class: 'edges' });
  private readonly nodeLayer = svgElement('g', { class: 'nodes' });
  private readonly farEdges = new FarEdges();
  private readonly farNodes = new FarNodes();
  private readonly nodes = new Map<string, NodeView>();
  private readonly edges = new Map<PlacedEdge, EdgeView>();
  private placement: Placement = nothing;
  /** The part of the graph that the document holds; undefined where that is not known any more. */
  private held: Box | undefined;
  private far = false;

  constructor(private readonly state: SceneState) {
    this.world.append(
      this.containerLayer,
      this.farEdges.element,
      this.farNodes.element,
      this.edgeLayer,
      this.nodeLayer,
    );
    this.svg.append(arrowHead(), this.world);
  }

  /** Takes a new layout. Steps that stay keep their elements, and move. */
  place(placement: Placement): void {
    this.placement = placement;
    this.containerLayer.replaceChildren(...containersOf(placement).map(containerElement));
    for (const view of this.edges.values()) view.element.remove();
    this.edges.clear();
    for (const [id, view] of this.nodes) {
      const box = placement.boxes.get(id);
      if (box) view.place(box);
      else this.removeNode(id, view);
    }
    this.held = undefined;
  }

  /** Shows the graph through a view of this size. */
  show(viewport: Viewport, size: Size): void {
    const { x, y, scale } = viewport;
    this.world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    const far = scale < readableScale;
    const isHeld = this.held && (far || contains(this.held, visibleBox(viewport, size)));
    if (far !== this.far || !isHeld) this.hold(visibleBox(viewport, size, overdraw), far);
  }

  /** Looks through all steps anew when next shown: which of them must be in the document has changed. */
  invalidate(): void {
    this.held = undefined;
  }

  /** Draws what is in the document as it looks now. */
  paint(): void {
    for (const id of this.nodes.keys()) this.paintNode(id);
    if (this.far) {
      this.farEdges.draw(this.placement.edges, ({ edge }) => this.state.faces.edge(edge));
      this.farNodes.draw(this.placement, (node) => this.state.faces.tone(node));
      return;
    }
    const { faces, selected } = this.state;
    for (const [{ edge }, view] of this.edges) {
      view.paint(faces.edge(edge), edge.from === selected || edge.to === selected);
    }
  }

  paintNode(id: string): void {
    const node = this.placement.nodes.get(id);
    if (node) this.nodes.get(id)?.paint(node, this.state.faces.node(node), this.state.flagsOf(id));
  }

  /** Whether the step is an element of its own now. */
  has(id: string): boolean {
    return this.nodes.has(id);
  }

  focus(id: string): void {
    this.nodes.get(id)?.element.focus({ preventScroll: true });
  }

  get hasFocus(): boolean {
    return document.activeElement !== null && this.nodeLayer.contains(document.activeElement);
  }

  /** Lets the next change of place be seen as a movement. */
  animate(): void {
    this.svg.classList.add('moving');
    setTimeout(() => this.svg.classList.remove('moving'), moveMs);
  }

  /** Brings the document in line with what is in the box. */
  private hold(box: Box, far: boolean): void {
    this.far = far;
    this.held = box;
    this.svg.classList.toggle('far', far);
    this.holdNodes(box);
    this.holdEdges(box);
    if (!far) {
      this.farEdges.clear();
      this.farNodes.clear();
    }
    this.paint();
  }

  private holdNodes(box: Box): void {
    const { selected, active } = this.state;
    for (const id of this.placement.nodes.keys()) {
      const place = this.placement.boxes.get(id);
      const view = this.nodes.get(id);
      const isWanted = id === active || id === selected || (!this.far && place && overlaps(place, box));
      if (place && isWanted) {
        if (!view) this.addNode(id, place);
      } else if (view) {
        this.removeNode(id, view);
      }
    }
  }

  private holdEdges(box: Box): void {
    const wanted = new Set(this.far ? [] : this.placement.edges.filter((edge) => overlaps(edge.box, box)));
    for (const [edge, view] of this.edges) {
      if (wanted.has(edge)) continue;
      view.element.remove();
      this.edges.delete(edge);
    }
    for (const edge of wanted) {
      if (this.edges.has(edge)) continue;
      const view = new EdgeView(edge);
      this.edges.set(edge, view);
      this.edgeLayer.append(view.element);
    }
  }

  private addNode(id: string, box: Box): void {
    const view = new NodeView(id, nodeSize.width, nodeSize.height);
    view.place(box);
    this.nodes.set(id, view);
    this.nodeLayer.append(view.element);
  }

  private removeNode(id: string, view: NodeView): void {
    view.element.remove();
    this.nodes.delete(id);
  }
}

function arrowHead(): SVGDefsElement {
  const definitions = svgElement('defs', {});
  const marker = svgElement('marker', {
    id: 'arrow',
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: 'auto-start-reverse',
    markerUnits: 'userSpaceOnUse',
  });
  marker.append(svgElement('path', { d: 'M0 0.5L7.5 4L0 7.5Z', fill: 'context-stroke' }));
  definitions.append(marker);
  return definitions;
}
