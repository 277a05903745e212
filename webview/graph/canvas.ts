/**
 * The drawing of the graph. Only what is in view is in the document; from afar, without texts and with all
 * edges in few paths. Steps are elements that can be focused, one of them reached by Tab, the others by arrows.
 */
import type { GraphNode } from '../../src/definition/graph/model';
import { EdgeView, FarEdges } from './edge-view';
import type { Faces, Tone } from './face';
import { FarNodes } from './far-nodes';
import { wishOf } from './keys';
import { neighbour, type Direction } from './navigate';
import { NodeView, type NodeFlags } from './node-view';
import { NODE, NOTHING, stepAt, stepNear, type PlacedEdge, type Placement, type Point } from './placement';

import { followPointer } from './pointer';
import { svgElement } from './svg';
import {
  center,
  contains,
  fit,
  overlaps,
  READABLE_SCALE,
  reveal,
  visibleBox,
  zoomAt,
  type Box,
  type Size,
  type Viewport,
} from './viewport';

export interface CanvasEvents {
  /** The user chose a step, or none. */
  select(id: string | undefined): void;
  /** The user asked for a step to be opened. */
  open(id: string): void;
  /** A letter was typed onto the graph: the beginning of a search. */
  typed(letter: string): void;
  /** The view moved, or what is in it. */
  drawn(): void;
}

/** The steps that a search finds, and the one it stands at. */
export interface Matches {
  ids: Set<string>;
  current?: string;
}

/** How much more than the view is drawn, so that panning seldom needs new elements. */
const OVERDRAW = 0.5;
const MOVE_MS = 200;

export class GraphCanvas {
  readonly element = document.createElement('div');
  viewport: Viewport = { x: 0, y: 0, scale: 1 };
  placement: Placement = NOTHING;
  /** Whether the view still follows the graph's size: nobody has zoomed or panned. */
  fitted = true;

  private readonly svg = svgElement('svg', { role: 'listbox', class: 'graph-svg' });
  private readonly world = svgElement('g', {});
  private readonly edgeLayer = svgElement('g', { class: 'edges' });
  private readonly nodeLayer = svgElement('g', { class: 'nodes' });
  private readonly farEdges = new FarEdges();
  private readonly farNodes = new FarNodes();
  private readonly nodeViews = new Map<string, NodeView>();
  private readonly edgeViews = new Map<PlacedEdge, EdgeView>();
  private order = new Map<string, number>();
  private size: Size = { width: 0, height: 0 };
  private rendered: Box | undefined;
  private far = false;
  private frame = 0;
  private selected: string | undefined;
  private active: string | undefined;
  private matches: Matches | undefined;

  constructor(
    private faces: Faces,
    private readonly events: CanvasEvents,
  ) {
    this.element.className = 'graph-canvas';
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
    this.world.append(this.farEdges.element, this.farNodes.element, this.edgeLayer, this.nodeLayer);
    this.svg.append(definitions, this.world);
    this.element.append(this.svg);

    new ResizeObserver(() => this.resize()).observe(this.element);
    followPointer(this.element, {
      pan: (dx, dy) => this.move({ ...this.viewport, x: this.viewport.x + dx, y: this.viewport.y + dy }),
      zoom: (factor, at) => this.move(zoomAt(this.viewport, factor, at)),
      click: (target, at) => this.choose(idOf(target) ?? this.stepAt(at)),
      doubleClick: (target, at) => {
        const id = idOf(target) ?? this.stepAt(at);
        if (id) this.events.open(id);
      },
    });
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.svg.addEventListener('focusin', (event) => {
      const id = idOf(event.target);
      if (id && id !== this.active) this.activate(id);
    });
  }

  set label(label: string) {
    this.svg.setAttribute('aria-label', label);
  }

  /** Shows a graph laid out anew. What was under the user's eyes stays there as far as it can. */
  show(placement: Placement, animated: boolean): void {
    const anchor = this.anchor();
    const before = anchor && this.placement.boxes.get(anchor);
    const hadFocus = this.hasFocus();
    this.placement = placement;
    this.order = new Map([...placement.nodes.keys()].map((id, index) => [id, index + 1]));
    if (!this.active || !placement.nodes.has(this.active)) this.active = placement.nodes.keys().next().value;
    if (this.selected && !placement.nodes.has(this.selected)) this.select(undefined);

    for (const view of this.edgeViews.values()) view.element.remove();
    this.edgeViews.clear();
    for (const [id, view] of this.nodeViews) {
      if (!placement.nodes.has(id)) this.removeNode(id, view);
    }
    if (animated) this.animate();
    for (const [id, view] of this.nodeViews) {
      const box = placement.boxes.get(id);
      if (box) view.place(box);
    }

    this.measure();
    const after = anchor && placement.boxes.get(anchor);
    if (this.fitted) this.viewport = fit(placement, this.size);
    else if (before && after) {
      const { scale } = this.viewport;
      this.viewport = {
        scale,
        x: this.viewport.x + (before.x - after.x) * scale,
        y: this.viewport.y + (before.y - after.y) * scale,
      };
    }
    this.rendered = undefined;
    this.draw();
    if (hadFocus && this.active) this.focusNode(this.active);
  }

  /** Redraws the steps and edges, after their faces changed. */
  repaint(faces: Faces = this.faces): void {
    this.faces = faces;
    for (const view of this.nodeViews.values()) this.paintNode(view);
    if (this.far) this.drawFar();
    else this.paintEdges();
    this.events.drawn();
  }

  select(id: string | undefined): void {
    if (id === this.selected) return;
    this.selected = id;
    if (id) this.active = id;
    this.rendered = undefined;
    this.draw();
    this.repaint();
  }

  /** Moves the view so that the step is in it. */
  reveal(id: string, centred = false): void {
    const box = this.placement.boxes.get(id);
    if (!box || this.size.width === 0) return;
    const view = this.viewport.scale < READABLE_SCALE ? { ...this.viewport, scale: 0.8 } : this.viewport;
    this.glide(centred || view !== this.viewport ? center(view, this.size, box) : reveal(view, this.size, box));
  }

  focusNode(id: string): void {
    this.activate(id);
    this.reveal(id);
    this.draw();
    this.nodeViews.get(id)?.element.focus({ preventScroll: true });
  }

  /** Gives the keyboard to the graph. */
  focus(): void {
    if (this.active) this.focusNode(this.active);
  }

  highlight(matches: Matches | undefined): void {
    this.matches = matches;
    this.repaint();
  }

  fit(): void {
    this.fitted = true;
    this.animate();
    this.viewport = fit(this.placement, this.size);
    this.draw();
  }

  zoom(factor: number): void {
    this.move(zoomAt(this.viewport, factor, { x: this.size.width / 2, y: this.size.height / 2 }));
  }

  /** Restores a view that was saved. */
  restore(viewport: Viewport): void {
    this.fitted = false;
    this.viewport = viewport;
    this.draw();
  }

  /** The part of the graph in view. */
  get visible(): Box {
    return visibleBox(this.viewport, this.size);
  }

  /** Puts a point of the graph in the middle of the view. */
  centerOn(x: number, y: number): void {
    this.move(center(this.viewport, this.size, { x, y, width: 0, height: 0 }));
  }

  toneOf(node: GraphNode): Tone {
    return this.faces.tone(node);
  }

  private move(viewport: Viewport): void {
    this.fitted = false;
    this.viewport = viewport;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private glide(viewport: Viewport): void {
    if (viewport.x === this.viewport.x && viewport.y === this.viewport.y && viewport.scale === this.viewport.scale)
      return;
    this.fitted = false;
    this.animate();
    this.viewport = viewport;
    this.draw();
  }

  private resize(): void {
    const before = this.size;
    this.measure();
    if (before.width === this.size.width && before.height === this.size.height) return;
    if (this.fitted) this.viewport = fit(this.placement, this.size);
    this.draw();
  }

  private measure(): void {
    this.size = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  private draw(): void {
    const { x, y, scale } = this.viewport;
    this.world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    const far = scale < READABLE_SCALE;
    const isCovered = this.rendered && (far || contains(this.rendered, visibleBox(this.viewport, this.size)));
    if (far !== this.far || !isCovered) this.cull(far);
    this.events.drawn();
  }

  /** Brings the document in line with what is in view. */
  private cull(far: boolean): void {
    this.far = far;
    this.svg.classList.toggle('far', far);
    const box = visibleBox(this.viewport, this.size, OVERDRAW);
    this.rendered = box;
    for (const [id, node] of this.placement.nodes) {
      const place = this.placement.boxes.get(id);
      const view = this.nodeViews.get(id);
      const isWanted = id === this.active || id === this.selected || (!far && place && overlaps(place, box));
      if (place && isWanted) {
        if (!view) this.addNode(node, place);
      } else if (view) {
        this.removeNode(id, view);
      }
    }
    this.cullEdges(far, box);
    if (far) {
      this.drawFar();
      return;
    }
    this.farEdges.clear();
    this.farNodes.clear();
    this.paintEdges();
  }

  private cullEdges(far: boolean, box: Box): void {
    const kept = new Set(far ? [] : this.placement.edges.filter((edge) => overlaps(edge.box, box)));
    for (const [edge, view] of this.edgeViews) {
      if (kept.has(edge)) continue;
      view.element.remove();
      this.edgeViews.delete(edge);
    }
    for (const edge of kept) {
      if (this.edgeViews.has(edge)) continue;
      const view = new EdgeView(edge);
      this.edgeViews.set(edge, view);
      this.edgeLayer.append(view.element);
    }
  }

  /** Draws all of the graph as it looks from afar: nothing of it has to be drawn again while the view moves. */
  private drawFar(): void {
    this.farEdges.draw(this.placement.edges, ({ edge }) => this.faces.edge(edge));
    this.farNodes.draw(this.placement, (node) => this.faces.tone(node));
  }

  private addNode(node: GraphNode, box: Box): void {
    const view = new NodeView(node.id, NODE.width, NODE.height);
    view.place(box);
    this.nodeViews.set(node.id, view);
    this.paintNode(view);
    this.nodeLayer.append(view.element);
  }

  private removeNode(id: string, view: NodeView): void {
    view.element.remove();
    this.nodeViews.delete(id);
  }

  private paintNode(view: NodeView): void {
    const node = this.placement.nodes.get(view.id);
    if (node) view.paint(node, this.faces.node(node), this.flagsOf(node.id));
  }

  private paintEdges(): void {
    for (const [{ edge }, view] of this.edgeViews) {
      view.paint(this.faces.edge(edge), edge.from === this.selected || edge.to === this.selected);
    }
  }

  private flagsOf(id: string): NodeFlags {
    return {
      selected: id === this.selected,
      active: id === this.active,
      match: !this.matches
        ? 'none'
        : id === this.matches.current
          ? 'current'
          : this.matches.ids.has(id)
            ? 'hit'
            : 'miss',
      position: this.order.get(id) ?? 0,
      total: this.placement.nodes.size,
    };
  }

  private activate(id: string): void {
    const before = this.active && this.nodeViews.get(this.active);
    this.active = id;
    if (before) this.paintNode(before);
    const view = this.nodeViews.get(id);
    if (view) this.paintNode(view);
    else this.rendered = undefined;
  }

  /** The step drawn at a point of the view. From afar steps are no elements of their own. */
  private stepAt(at: Point): string | undefined {
    const { x, y, scale } = this.viewport;
    return stepAt(this.placement, { x: (at.x - x) / scale, y: (at.y - y) / scale });
  }

  private choose(id: string | undefined): void {
    this.select(id);
    this.events.select(id);
    if (id) this.nodeViews.get(id)?.element.focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    const wish = wishOf(event);
    if (!wish) return;
    event.preventDefault();
    const { active } = this;
    switch (wish.type) {
      case 'go': {
        const next = active && neighbour(this.placement, active, wish.direction);
        if (next) this.focusNode(next);
        break;
      }
      case 'pan':
        this.panTowards(wish.direction);
        break;
      case 'choose':
        if (!active) break;
        this.choose(active);
        if (wish.open) this.events.open(active);
        break;
      case 'leave':
        this.choose(undefined);
        break;
      case 'end': {
        const ids = [...this.placement.nodes.keys()];
        const id = wish.first ? ids[0] : ids.at(-1);
        if (id) this.focusNode(id);
        break;
      }
      case 'zoom':
        this.zoom(wish.factor);
        break;
      case 'fit':
        this.fit();
        break;
      case 'search':
        this.events.typed(wish.letter);
    }
  }

  private panTowards(direction: Direction): void {
    const step = 64;
    const dx = direction === 'left' ? step : direction === 'right' ? -step : 0;
    const dy = direction === 'up' ? step : direction === 'down' ? -step : 0;
    this.move({ ...this.viewport, x: this.viewport.x + dx, y: this.viewport.y + dy });
  }

  /** Lets the next change of place be seen as a movement. */
  private animate(): void {
    this.svg.classList.add('moving');
    setTimeout(() => this.svg.classList.remove('moving'), MOVE_MS);
  }

  /** The step that should not move on the screen: the selected one, else the one nearest to the middle. */
  private anchor(): string | undefined {
    const { x, y, width, height } = this.visible;
    return this.selected ?? stepNear(this.placement, { x: x + width / 2, y: y + height / 2 });
  }

  private hasFocus(): boolean {
    return document.activeElement !== null && this.nodeLayer.contains(document.activeElement);
  }
}

function idOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  const node = target.closest('[data-id]');
  return node instanceof SVGElement ? node.dataset['id'] : undefined;
}
