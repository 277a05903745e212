/** A small picture of the whole graph with the part in view framed, shown while there is more than the view. */
import type { GraphCanvas } from './canvas';
import type { Tone } from './face';
import { svgElement } from './svg';

const WIDTH = 168;
const HEIGHT = 112;
const TONES: Tone[] = ['none', 'quiet', 'good', 'wary', 'busy', 'bad'];

export class Minimap {
  readonly element = document.createElement('div');
  private readonly svg = svgElement('svg', { width: WIDTH, height: HEIGHT });
  private readonly paths = new Map<Tone, SVGPathElement>();
  private readonly frame = svgElement('rect', { class: 'minimap-frame' });
  private scale = 1;

  constructor(private readonly canvas: GraphCanvas) {
    this.element.className = 'minimap';
    // A picture of what the canvas and the list tell already; the arrow keys move the view.
    this.element.setAttribute('aria-hidden', 'true');
    for (const tone of TONES) {
      const path = svgElement('path', { class: `minimap-${tone}` });
      this.paths.set(tone, path);
      this.svg.append(path);
    }
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
    this.scale = Math.min((WIDTH - 8) / Math.max(1, placement.width), (HEIGHT - 8) / Math.max(1, placement.height));
    const inset = this.inset;
    const lines = new Map<Tone, string>();
    for (const [id, box] of placement.boxes) {
      const node = placement.nodes.get(id);
      if (!node) continue;
      const { tone } = this.canvas.faceOf(node);
      const x = (box.x * this.scale + inset.x).toFixed(1);
      const y = (box.y * this.scale + inset.y).toFixed(1);
      const width = Math.max(1.5, box.width * this.scale).toFixed(1);
      const height = Math.max(1.5, box.height * this.scale).toFixed(1);
      lines.set(tone, `${lines.get(tone) ?? ''}M${x} ${y}h${width}v${height}h-${width}Z`);
    }
    for (const [tone, path] of this.paths) path.setAttribute('d', lines.get(tone) ?? '');
    this.frameView();
  }

  /** Moves the frame: the view changed. */
  frameView(): void {
    const { placement, visible } = this.canvas;
    const all =
      visible.x <= 0 &&
      visible.y <= 0 &&
      visible.x + visible.width >= placement.width &&
      visible.y + visible.height >= placement.height;
    this.element.hidden = all || placement.boxes.size === 0;
    if (this.element.hidden) return;
    const inset = this.inset;
    const clampX = (x: number): number => Math.min(WIDTH - 1, Math.max(1, x * this.scale + inset.x));
    const clampY = (y: number): number => Math.min(HEIGHT - 1, Math.max(1, y * this.scale + inset.y));
    const left = clampX(visible.x);
    const top = clampY(visible.y);
    this.frame.setAttribute('x', left.toFixed(1));
    this.frame.setAttribute('y', top.toFixed(1));
    this.frame.setAttribute('width', Math.max(3, clampX(visible.x + visible.width) - left).toFixed(1));
    this.frame.setAttribute('height', Math.max(3, clampY(visible.y + visible.height) - top).toFixed(1));
  }

  private get inset(): { x: number; y: number } {
    const { placement } = this.canvas;
    return { x: (WIDTH - placement.width * this.scale) / 2, y: (HEIGHT - placement.height * this.scale) / 2 };
  }
}
