/** Lays graphs out beside the page, so that a large one does not hold it up. */
import type { Layout } from '../../src/definition/graph/boxes';
import { layout, type LayoutOptions } from '../../src/definition/graph/layout';
import type { Graph } from '../../src/definition/graph/model';

export interface LayoutRequest {
  number: number;
  graph: Graph;
  options: LayoutOptions;
  previous: Layout | undefined;
}

export interface LayoutAnswer {
  number: number;
  layout: Layout;
}

// A worker's global scope; the page's types, under which this file is checked, name the window's.
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<LayoutRequest>) => void): void;
  postMessage(answer: LayoutAnswer): void;
};

scope.addEventListener('message', ({ data }) => {
  scope.postMessage({ number: data.number, layout: layout(data.graph, data.options, data.previous) });
});
