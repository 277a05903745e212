/** Asks the worker for layouts; where there can be no worker, the page lays out itself. */
import type { Layout } from '../../src/definition/graph/boxes';
import { layout, type LayoutOptions } from '../../src/definition/graph/layout';
import type { Graph } from '../../src/definition/graph/model';
import { workersFolder } from '../kit/host';
import type { LayoutAnswer, LayoutRequest } from './layout.worker';
import { boxOf, nodeSize, type Placement } from './placement';

const options: LayoutOptions = { nodeWidth: nodeSize.width, nodeHeight: nodeSize.height };

/**
 * Up to here the page is faster alone than through the worker. Than with a worker that has yet to start it always is; up
 * to here that takes a tenth of a second, for which a page that shows no graph yet need not answer.
 */
const small = 60;
const smallAtFirst = 2500;

export class LayoutClient {
  private worker: Worker | undefined;
  /** Begins with the page, beside what that does until it has a graph. */
  private readonly started = this.start();
  private latest = 0;
  /** The layout before, near which the next one stays. */
  private previous: Layout | undefined;

  /** The graph in place, or undefined where a later request overtook this one. */
  async place(graph: Graph): Promise<Placement | undefined> {
    this.latest += 1;
    const number = this.latest;
    const isSmall = graph.nodes.length <= (this.worker ? small : smallAtFirst);
    const result = isSmall ? this.here(graph) : await this.elsewhere(graph, number);
    if (number !== this.latest) return undefined;
    this.previous = result;
    return placementOf(graph, result);
  }

  private async start(): Promise<void> {
    this.worker = await startWorker();
  }

  private here(graph: Graph): Layout {
    return layout(graph, options, this.previous);
  }

  private async elsewhere(graph: Graph, number: number): Promise<Layout> {
    await this.started;
    const { worker, previous } = this;
    if (!worker) return this.here(graph);
    return new Promise((resolve) => {
      const answered = ({ data }: MessageEvent<LayoutAnswer>): void => {
        if (data.number !== number) return;
        stop();
        resolve(data.layout);
      };
      const failed = (): void => {
        stop();
        this.worker = undefined;
        resolve(this.here(graph));
      };
      const stop = (): void => {
        worker.removeEventListener('message', answered);
        worker.removeEventListener('error', failed);
      };
      worker.addEventListener('message', answered);
      worker.addEventListener('error', failed);
      const request: LayoutRequest = { number, graph, options, previous };
      worker.postMessage(request);
    });
  }
}

/** A webview's own origin is not that of its files, so the worker starts from a copy of its code. */
async function startWorker(): Promise<Worker | undefined> {
  try {
    const response = await fetch(`${workersFolder()}/layout.worker.js`);
    if (!response.ok) return undefined;
    const code = URL.createObjectURL(await response.blob());
    const worker = new Worker(code);
    URL.revokeObjectURL(code);
    return worker;
  } catch {
    return undefined;
  }
}

/** Joins the layout's boxes and lines with the graph they stand for. */
export function placementOf(graph: Graph, result: Layout): Placement {
  return {
    width: result.width,
    height: result.height,
    nodes: new Map(graph.nodes.map((node) => [node.id, node])),
    boxes: new Map(result.nodes.map((box) => [box.id, box])),
    edges: result.edges
      .filter((route) => route.points.length > 1)
      .map(({ points, ...edge }) => ({ edge, points, box: boxOf(points) })),
  };
}
