/** All steps as a few paths, one for each tone: for the minimap, and for the graph seen from afar. */
import type { GraphNode } from '../../src/definition/graph/model';
import type { Tone } from '../kit/tone';
import type { Placement } from './placement';
import { svgElement } from './svg';

const tones: Tone[] = ['none', 'quiet', 'good', 'wary', 'busy', 'bad'];

/** Where and how large a point of the graph is drawn. */
interface Projection {
  x: number;
  y: number;
  scale: number;
}

export class FarNodes {
  readonly element = svgElement('g', { class: 'far-nodes' });
  private readonly paths = new Map<Tone, SVGPathElement>();

  constructor() {
    for (const tone of tones) {
      const path = svgElement('path', { class: `far-${tone}` });
      this.paths.set(tone, path);
      this.element.append(path);
    }
  }

  draw(
    placement: Placement,
    toneOf: (node: GraphNode) => Tone,
    at: Projection = { x: 0, y: 0, scale: 1 },
    smallest = 0,
  ): void {
    const lines = new Map<Tone, string[]>();
    for (const [id, box] of placement.boxes) {
      const node = placement.nodes.get(id);
      if (!node) continue;
      const x = (box.x * at.scale + at.x).toFixed(1);
      const y = (box.y * at.scale + at.y).toFixed(1);
      const width = Math.max(smallest, box.width * at.scale).toFixed(1);
      const height = Math.max(smallest, box.height * at.scale).toFixed(1);
      const tone = toneOf(node);
      const list = lines.get(tone);
      const line = `M${x} ${y}h${width}v${height}h-${width}Z`;
      if (list) list.push(line);
      else lines.set(tone, [line]);
    }
    for (const [tone, path] of this.paths) path.setAttribute('d', lines.get(tone)?.join('') ?? '');
  }

  clear(): void {
    for (const path of this.paths.values()) path.removeAttribute('d');
  }
}
