/** All steps as a few paths, one for each tone: for the minimap, and for the graph seen from afar. */
import type { GraphNode } from '../../src/definition/graph/model';
import type { Tone } from '../kit/tone';
import type { Placement } from './placement';
import { svgElement } from './svg';

const tones: Tone[] = ['none', 'quiet', 'good', 'wary', 'busy', 'bad'];

/** Where and how large a point of the graph is drawn. */
export interface Projection {
  x: number;
  y: number;
  scale: number;
}

const lifeSize = (): Projection => ({ x: 0, y: 0, scale: 1 });

export class FarNodes {
  readonly element = svgElement('g', { class: 'far-nodes' });
  private readonly paths = new Map<Tone, SVGPathElement>();
  private placement: Placement | undefined;
  /** The outline of each step, and the tone that it is drawn with: only paths that a step came to or left are drawn anew. */
  private outlines = new Map<string, string>();
  private readonly drawn = new Map<string, Tone>();

  /** @param smallest how wide and high a step is at least, in pixels */
  constructor(
    private readonly project: (placement: Placement) => Projection = lifeSize,
    private readonly smallest = 0,
  ) {
    for (const tone of tones) {
      const path = svgElement('path', { class: `far-${tone}` });
      this.paths.set(tone, path);
      this.element.append(path);
    }
  }

  draw(placement: Placement, toneOf: (node: GraphNode) => Tone): void {
    if (placement !== this.placement) {
      this.clear();
      this.placement = placement;
      this.outlines = this.outlinesOf(placement);
    }
    const stale = new Set<Tone>();
    for (const id of this.outlines.keys()) {
      const node = placement.nodes.get(id);
      if (!node) continue;
      const tone = toneOf(node);
      const before = this.drawn.get(id);
      if (tone === before) continue;
      if (before !== undefined) stale.add(before);
      stale.add(tone);
      this.drawn.set(id, tone);
    }
    if (stale.size === 0) return;
    const lines = new Map([...stale].map((tone): [Tone, string[]] => [tone, []]));
    for (const [id, tone] of this.drawn) lines.get(tone)?.push(this.outlines.get(id) ?? '');
    for (const [tone, list] of lines) this.paths.get(tone)?.setAttribute('d', list.join(''));
  }

  clear(): void {
    if (this.drawn.size === 0) return;
    this.drawn.clear();
    for (const path of this.paths.values()) path.removeAttribute('d');
  }

  private outlinesOf(placement: Placement): Map<string, string> {
    const at = this.project(placement);
    const outlines = new Map<string, string>();
    for (const [id, box] of placement.boxes) {
      const width = round(Math.max(this.smallest, box.width * at.scale));
      const height = round(Math.max(this.smallest, box.height * at.scale));
      outlines.set(
        id,
        `M${round(box.x * at.scale + at.x)} ${round(box.y * at.scale + at.y)}h${width}v${height}h-${width}Z`,
      );
    }
    return outlines;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
