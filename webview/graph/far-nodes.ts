/** All steps as a few paths, one for each tone: for the minimap, and for the graph seen from afar. */
import type { GraphNode } from '../../src/definition/graph/model';
import type { Tone } from '../kit/tone';
import { FacePaths } from './face-paths';
import type { Placement } from './placement';

const tones: readonly Tone[] = ['none', 'quiet', 'good', 'wary', 'busy', 'bad'];

/** Where and how large a point of the graph is drawn. */
export interface Projection {
  x: number;
  y: number;
  scale: number;
}

const lifeSize = (): Projection => ({ x: 0, y: 0, scale: 1 });

export class FarNodes {
  private readonly paths = new FacePaths('far-nodes', tones, (tone) => `far-${tone}`);
  readonly element = this.paths.element;
  private placement: Placement | undefined;
  private nodes: GraphNode[] = [];

  /** @param smallest how wide and high a step is at least, in pixels */
  constructor(
    private readonly project: (placement: Placement) => Projection = lifeSize,
    private readonly smallest = 0,
  ) {}

  draw(placement: Placement, toneOf: (node: GraphNode) => Tone): void {
    if (placement !== this.placement) {
      this.placement = placement;
      this.nodes = [...placement.boxes.keys()].flatMap((id) => placement.nodes.get(id) ?? []);
      this.paths.set(this.outlinesOf(placement, this.project(placement)));
    }
    this.paths.draw((index) => toneOf(this.nodes[index] as GraphNode));
  }

  clear(): void {
    this.paths.clear();
  }

  /** The outline of each of the nodes. */
  private outlinesOf({ boxes }: Placement, at: Projection): string[] {
    return this.nodes.flatMap(({ id }) => {
      const box = boxes.get(id);
      if (!box) return [];
      const width = round(Math.max(this.smallest, box.width * at.scale));
      const height = round(Math.max(this.smallest, box.height * at.scale));
      return [`M${round(box.x * at.scale + at.x)} ${round(box.y * at.scale + at.y)}h${width}v${height}h-${width}Z`];
    });
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
