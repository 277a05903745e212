/** Asks the worker for layouts; where there can be no worker, the page lays out itself. */
import { layout, type Layout, type LayoutOptions } from '../../src/definition/graph/layout';
import type { Graph } from '../../src/definition/graph/model';
import { workersFolder } from '../kit/host';
import type { LayoutAnswer, LayoutRequest } from './layout.worker';
import { boxOf, nodeSize, type Placement } from './placement';

const options: LayoutOptions = { nodeWidth: nodeSize.width, nodeHeight: nodeSize.height };

/** Up to here the page is faster alone than through the worker. */
const small = 60;

export class LayoutClient {
  private worker: Promise<Worker | undefined> | undefined;
  private latest = 0;

  /** The graph in place, or undefined where a later request overtook this one. */
  async place(graph: Graph): Promise<Placement | undefined> {
    this.latest += 1;
    const number = this.latest;
    const result = graph.nodes.length <= small ? layout(graph, options) : await this.elsewhere(graph, number);
    return number === this.latest ? placementOf(graph, result) : undefined;
  }

  private async elsewhere(graph: Graph, number: number): Promise<Layout> {
    this.worker ??= startWorker();
    const worker = await this.worker;
    if (!worker) return layout(graph, options);
    return new Promise((resolve) => {
      const answered = ({ data }: MessageEvent<LayoutAnswer>): void => {
        if (data.number !== number) return;
        stop();
        resolve(data.layout);
      };
      const failed = (): void => {
        stop();
        this.worker = Promise.resolve(undefined);
        resolve(layout(graph, options));
      };
      const stop = (): void => {
        worker.removeEventListener('message', answered);
        worker.removeEventListener('error', failed);
      };
      worker.addEventListener('message', answered);
      worker.addEventListener('error', failed);
      const request: LayoutRequest = { number, graph, options };
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
