import { afterEach, expect, it, vi } from 'vitest';
import { layout } from '../../../src/definition/graph/layout';
import { LayoutClient } from '../../../webview/graph/layout-client';
import type { LayoutAnswer, LayoutRequest } from '../../../webview/graph/layout.worker';
import { largeGraph } from '../../fixtures/panels/run-graph';

/** A worker that answers as the real one does, once it may start. */
function playWorker() {
  const asked: number[] = [];
  const worker = new EventTarget();
  let fetched: (response: Response) => void = () => undefined;
  let started: () => void = () => undefined;
  const fetching = new Promise<Response>((resolve) => (fetched = resolve));
  const starting = new Promise<void>((resolve) => (started = resolve));
  Object.assign(worker, {
    postMessage({ number, graph, options, previous }: LayoutRequest): void {
      asked.push(graph.nodes.length);
      const data: LayoutAnswer = { number, layout: layout(graph, options, previous) };
      queueMicrotask(() => worker.dispatchEvent(new MessageEvent('message', { data })));
    },
  });
  vi.stubGlobal('fetch', () => fetching);
  vi.stubGlobal('Worker', function WorkerOfTest() {
    started();
    return worker;
  });
  return {
    asked,
    async start(): Promise<void> {
      fetched(new Response(''));
      await starting;
    },
  };
}

afterEach(() => vi.unstubAllGlobals());

it('a first graph of 2,000 steps does not wait for the worker; a larger one is laid out by it', async () => {
  const worker = playWorker();
  const client = new LayoutClient();
  const placement = await client.place(largeGraph(2000));
  expect(placement?.boxes.size).toBe(2000);
  expect(worker.asked).toEqual([]);
  const larger = client.place(largeGraph(2600));
  await worker.start();
  expect((await larger)?.boxes.size).toBe(2600);
  expect(worker.asked).toEqual([2600]);
});

it('once the worker has started, it lays out what would hold up the page', async () => {
  const worker = playWorker();
  const client = new LayoutClient();
  await worker.start();
  await vi.waitFor(async () => {
    await client.place(largeGraph(100));
    expect(worker.asked.at(-1)).toBe(100);
  });
  await client.place(largeGraph(50));
  expect(worker.asked.at(-1)).toBe(100);
});

it('a graph that a later one overtook has no place', async () => {
  const worker = playWorker();
  const client = new LayoutClient();
  const earlier = client.place(largeGraph(2600));
  const later = client.place(largeGraph(20));
  expect((await later)?.boxes.size).toBe(20);
  await worker.start();
  expect(await earlier).toBeUndefined();
});
