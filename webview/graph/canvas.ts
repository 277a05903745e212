/**
 * The graph as it is handled: viewed, panned, zoomed, its steps chosen by pointer and by key. Steps are elements
 * that can be focused, one of them reached by Tab, the others by arrows.
 */
import type { GraphNode } from '../../src/definition/graph/model';
import type { Tone } from '../kit/tone';
import type { Faces } from './face';
import { wishOf } from './keys';
import { neighbour, type Direction } from './navigate';
import type { NodeFlags } from './node-view';
import { nothing, startOf, stepAt, stepNear, type Placement, type Point } from './placement';
import { followPointer } from './pointer';
import { GraphScene } from './scene';
import {
  center,
  fit,
  opening,
  readableScale,
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

export class GraphCanvas {
  readonly element = document.createElement('div');
  viewport: Viewport = { x: 0, y: 0, scale: 1 };
  placement: Placement = nothing;
  /** How the view follows the size of graph and window, until someone zooms or pans. */
  private follows: 'opening' | 'whole' | undefined = 'opening';
  selected: string | undefined;
  active: string | undefined;

  private readonly scene: GraphScene;
  private order = new Map<string, number>();
  private size: Size = { width: 0, height: 0 };
  private frame = 0;
  private matches: Matches | undefined;

  constructor(
    public faces: Faces,
    private readonly events: CanvasEvents,
  ) {
    this.scene = new GraphScene(this);
    this.element.className = 'graph-canvas';
    this.element.append(this.scene.svg);
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
    this.scene.svg.addEventListener('keydown', (event) => this.key(event));
    this.scene.svg.addEventListener('focusin', (event) => {
      const id = idOf(event.target);
      if (id && id !== this.active) this.activate(id);
    });
  }

  set label(label: string) {
    this.scene.svg.setAttribute('aria-label', label);
  }

  /** Shows a graph laid out anew. What was under the user's eyes stays there as far as it can. */
  show(placement: Placement, animated: boolean): void {
    const anchor = this.anchor();
    const before = anchor && this.placement.boxes.get(anchor);
    const after = anchor && placement.boxes.get(anchor);
    const { hasFocus } = this.scene;
    this.placement = placement;
    this.order = new Map([...placement.nodes.keys()].map((id, index) => [id, index + 1]));
    if (!this.active || !placement.nodes.has(this.active)) this.active = placement.nodes.keys().next().value;
    if (this.selected && !placement.nodes.has(this.selected)) this.selected = undefined;
    if (animated) this.scene.animate();
    this.scene.place(placement);

    this.measure();
    if (this.follows) this.viewport = this.followed();
    else if (before && after) {
      const { x, y, scale } = this.viewport;
      this.viewport = { scale, x: x + (before.x - after.x) * scale, y: y + (before.y - after.y) * scale };
    }
    this.draw();
    if (hasFocus && this.active) this.focusNode(this.active);
  }

  /** Redraws the steps and edges, after their faces changed. */
  repaint(faces: Faces = this.faces): void {
    this.faces = faces;
    this.scene.paint();
    this.events.drawn();
  }

  select(id: string | undefined): void {
    if (id === this.selected) return;
    this.selected = id;
    if (id) this.active = id;
    this.scene.invalidate();
    this.draw();
  }

  /** Moves the view so that the step is in it. */
  reveal(id: string, centred = false): void {
    const box = this.placement.boxes.get(id);
    if (!box || this.size.width === 0) return;
    const view = this.viewport.scale < readableScale ? { ...this.viewport, scale: 0.8 } : this.viewport;
    this.glide(centred || view !== this.viewport ? center(view, this.size, box) : reveal(view, this.size, box));
  }

  focusNode(id: string): void {
    this.activate(id);
    this.reveal(id);
    this.draw();
    this.scene.focus(id);
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
    this.follows = 'whole';
    this.scene.animate();
    this.viewport = this.followed();
    this.draw();
  }

  zoom(factor: number): void {
    this.move(zoomAt(this.viewport, factor, { x: this.size.width / 2, y: this.size.height / 2 }));
  }

  /** Restores a view that was saved. */
  restore(viewport: Viewport): void {
    this.follows = undefined;
    this.viewport = viewport;
    this.draw();
  }

  /** The part of the graph in view. */
  get visible(): Box {
    return visibleBox(this.viewport, this.size);
  }

  /** Whether nobody has zoomed or panned. */
  get isUntouched(): boolean {
    return this.follows === 'opening';
  }

  /** Puts a point of the graph in the middle of the view. */
  centerOn(x: number, y: number): void {
    this.move(center(this.viewport, this.size, { x, y, width: 0, height: 0 }));
  }

  toneOf(node: GraphNode): Tone {
    return this.faces.tone(node);
  }

  flagsOf(id: string): NodeFlags {
    return {
      selected: id === this.selected,
      active: id === this.active,
      match: this.matchOf(id),
      position: this.order.get(id) ?? 0,
      total: this.placement.nodes.size,
    };
  }

  private matchOf(id: string): NodeFlags['match'] {
    if (!this.matches) return 'none';
    if (id === this.matches.current) return 'current';
    return this.matches.ids.has(id) ? 'hit' : 'miss';
  }

  private followed(): Viewport {
    const { placement, size } = this;
    return this.follows === 'whole' ? fit(placement, size) : opening(placement, size, startOf(placement));
  }

  private move(viewport: Viewport): void {
    this.follows = undefined;
    this.viewport = viewport;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private glide(viewport: Viewport): void {
    const { x, y, scale } = this.viewport;
    if (viewport.x === x && viewport.y === y && viewport.scale === scale) return;
    this.follows = undefined;
    this.scene.animate();
    this.viewport = viewport;
    this.draw();
  }

  private resize(): void {
    const before = this.size;
    this.measure();
    if (before.width === this.size.width && before.height === this.size.height) return;
    if (this.follows) this.viewport = this.followed();
    this.draw();
  }

  private measure(): void {
    this.size = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  private draw(): void {
    this.scene.show(this.viewport, this.size);
    this.events.drawn();
  }

  private activate(id: string): void {
    const before = this.active;
    this.active = id;
    if (before) this.scene.paintNode(before);
    if (this.scene.has(id)) this.scene.paintNode(id);
    else this.scene.invalidate();
  }

  /** The step drawn at a point of the view. From afar steps are no elements of their own. */
  private stepAt(at: Point): string | undefined {
    const { x, y, scale } = this.viewport;
    return stepAt(this.placement, { x: (at.x - x) / scale, y: (at.y - y) / scale });
  }

  private choose(id: string | undefined): void {
    this.select(id);
    this.events.select(id);
    if (id) this.scene.focus(id);
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

  /** The step that should not move on the screen: the selected one, else the one nearest to the middle. */
  private anchor(): string | undefined {
    const { x, y, width, height } = this.visible;
    return this.selected ?? stepNear(this.placement, { x: x + width / 2, y: y + height / 2 });
  }
}

function idOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  const node = target.closest('[data-id]');
  return node instanceof SVGElement ? node.dataset['id'] : undefined;
}
