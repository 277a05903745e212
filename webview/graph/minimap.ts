/** A small picture of the whole graph with the part in view framed, shown while most of the graph is out of view. */
import type { GraphCanvas } from './canvas';
import { FarNodes, type Projection } from './far-nodes';
import type { Placement } from './placement';
import { svgElement } from './svg';
import { sharedArea } from './viewport';

const width = 168;
const height = 112;

export class Minimap {
  readonly element = document.createElement('div');
  private readonly svg = svgElement('svg', { width: width, height: height });
  private readonly nodes = new FarNodes(projectionOf, 1.5);
  private readonly frame = svgElement('rect', { class: 'minimap-frame' });
  private at: Projection = { x: 0, y: 0, scale: 1 };
  /** Whether the steps have changed since they were drawn, which waits until they are seen. */
  private isStale = true;

  constructor(private readonly canvas: GraphCanvas) {
    this.element.className = 'minimap';
    // A picture of what the canvas and the list tell already; the arrow keys move the view.
    this.element.setAttribute('aria-hidden', 'true');
    this.svg.append(this.nodes.element);
    this.svg.append(this.frame);
    this.element.append(this.svg);
    const go = (event: PointerEvent): void => {
      if (event.buttons === 0) return;
      const { left, top } = this.svg.getBoundingClientRect();
      canvas.centerOn(
        (event.clientX - left - this.at.x) / this.at.scale,
        (event.clientY - top - this.at.y) / this.at.scale,
      );
    };
    this.element.addEventListener('pointerdown', (event) => {
      event.stopPropagation();
      this.element.setPointerCapture(event.pointerId);
      go(event);
    });
    this.element.addEventListener('pointermove', go);
    this.element.addEventListener('click', (event) => event.stopPropagation());
  }

  /** Draws the steps anew: the graph or their status changed. */
  repaint(): void {
    this.isStale = true;
    this.frameView();
  }

  /** Moves the frame: the view changed. */
  frameView(): void {
    const { placement, visible } = this.canvas;
    const whole = { x: 0, y: 0, width: placement.width, height: placement.height };
    // With most of the graph in view it would only cover steps.
    const most = 2 * sharedArea(visible, whole) >= placement.width * placement.height;
    this.element.hidden = most || placement.boxes.size === 0;
    if (this.element.hidden) return;
    if (this.isStale) {
      this.isStale = false;
      this.at = projectionOf(placement);
      this.nodes.draw(placement, (node) => this.canvas.toneOf(node));
    }
    const { at } = this;
    const clampX = (x: number): number => Math.min(width - 1, Math.max(1, x * at.scale + at.x));
    const clampY = (y: number): number => Math.min(height - 1, Math.max(1, y * at.scale + at.y));
    const left = clampX(visible.x);
    const top = clampY(visible.y);
    this.frame.setAttribute('x', left.toFixed(1));
    this.frame.setAttribute('y', top.toFixed(1));
    this.frame.setAttribute('width', Math.max(3, clampX(visible.x + visible.width) - left).toFixed(1));
    this.frame.setAttribute('height', Math.max(3, clampY(visible.y + visible.height) - top).toFixed(1));
  }
}

/** The whole graph in the middle of the map. */
function projectionOf(placement: Placement): Projection {
  const scale = Math.min((width - 8) / Math.max(1, placement.width), (height - 8) / Math.max(1, placement.height));
  return { x: (width - placement.width * scale) / 2, y: (height - placement.height * scale) / 2, scale };
}
