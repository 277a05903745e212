/** A small picture of the whole graph with the part in view framed, shown while most of the graph is out of view. */
import type { GraphCanvas } from './canvas';
import { FarNodes } from './far-nodes';
import { svgElement } from './svg';
import { sharedArea } from './viewport';

const width = 168;
const height = 112;

export class Minimap {
  readonly element = document.createElement('div');
  private readonly svg = svgElement('svg', { width: width, height: height });
  private readonly nodes = new FarNodes();
  private readonly frame = svgElement('rect', { class: 'minimap-frame' });
  private scale = 1;

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
        (event.clientX - left - this.inset.x) / this.scale,
        (event.clientY - top - this.inset.y) / this.scale,
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
    const { placement } = this.canvas;
    this.scale = Math.min((width - 8) / Math.max(1, placement.width), (height - 8) / Math.max(1, placement.height));
    const at = { ...this.inset, scale: this.scale };
    this.nodes.draw(placement, (node) => this.canvas.toneOf(node), at, 1.5);
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
    const inset = this.inset;
    const clampX = (x: number): number => Math.min(width - 1, Math.max(1, x * this.scale + inset.x));
    const clampY = (y: number): number => Math.min(height - 1, Math.max(1, y * this.scale + inset.y));
    const left = clampX(visible.x);
    const top = clampY(visible.y);
    this.frame.setAttribute('x', left.toFixed(1));
    this.frame.setAttribute('y', top.toFixed(1));
    this.frame.setAttribute('width', Math.max(3, clampX(visible.x + visible.width) - left).toFixed(1));
    this.frame.setAttribute('height', Math.max(3, clampY(visible.y + visible.height) - top).toFixed(1));
  }

  private get inset(): { x: number; y: number } {
    const { placement } = this.canvas;
    return { x: (width - placement.width * this.scale) / 2, y: (height - placement.height * this.scale) / 2 };
  }
}
