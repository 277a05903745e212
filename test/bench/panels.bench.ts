/**
 * The run graph in a real browser: how long until a graph stands, how smooth panning and zooming are, what a
 * change of status costs. The page is the built panel under its own policy, without a graphics card.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Graph } from '../../src/definition/graph/model';
import type { MetricsRun } from '../../src/pipelines/panels/metrics/contract';
import type { RunGraphToPanel } from '../../src/pipelines/panels/run-graph/contract';
import { type Bench, median, quantile } from './harness';

interface Fixtures {
  pipeline: readonly object[];
  manyRuns(size: number): object[];
  largeGraph(size: number): Graph;
  metricsRuns(size: number): MetricsRun[];
  runningInfo: Extract<RunGraphToPanel, { type: 'run' }>['info'];
}

interface PanelPages {
  panelAddress: string;
  loadFixtures(): Promise<Fixtures>;
  openPanelPage(browser: Browser, fixtures: Fixtures, scene: object): Promise<Page>;
}

/** What the page measures of itself, in milliseconds. */
interface Measured {
  frames: number[];
  patch: number[];
  drawn: number;
}

const sizes = [100, 500, 2000];
const tableRuns = 10_000;

export default async function panels(bench: Bench): Promise<void> {
  // The scripts find the project by their own place, so they stay outside this bundle.
  const script = (name: string): string => pathToFileURL(join(process.cwd(), 'scripts', name)).href;
  const { launchBrowser } = (await import(script('browser.mjs'))) as { launchBrowser: () => Promise<Browser> };
  const pages = (await import(script('panel-page.mjs'))) as PanelPages;
  const fixtures = await pages.loadFixtures();
  const browser = await launchBrowser();
  const empty = await emptyFrames(browser);
  for (const size of sizes) {
    const graph = fixtures.largeGraph(size);
    const opened: { page: Page; drawn: number; seen: number }[] = [];
    for (let sample = 0; sample < 5; sample += 1) {
      await opened.at(-1)?.page.context().close();
      opened.push(await openGraph(browser, pages, fixtures, graph));
    }
    const page = opened.at(-1)?.page as Page;
    const measured = await page.evaluate<Measured>(measure);
    await page.context().close();
    const frame = median(measured.frames);
    bench.add({
      name: `run graph of ${size} steps: page opened to drawn`,
      value: median(opened.map(({ drawn }) => drawn)),
      unit: 'ms',
      ...(size === 500 ? { target: '≤ 400 ms' } : {}),
    });
    bench.add({
      name: `run graph of ${size} steps: page opened until the driver of the browser has seen it`,
      value: median(opened.map(({ seen }) => seen)),
      unit: 'ms',
    });
    bench.add({
      name: `run graph of ${size} steps: frame while panning and zooming`,
      value: frame,
      unit: 'ms',
      ratio: frame / empty,
      against: 'an empty page',
      target: size <= 500 ? 'ratio ≤ 1.2' : 'ratio ≤ 2',
    });
    bench.add({ name: `run graph of ${size} steps: p95 frame`, value: quantile(measured.frames, 0.95), unit: 'ms' });
    bench.add({
      name: `run graph of ${size} steps: 20 steps change status`,
      value: median(measured.patch),
      unit: 'ms',
    });
    bench.add({ name: `run graph of ${size} steps: most steps in the document`, value: measured.drawn, unit: 'steps' });
  }
  await metricsTable(bench, browser, pages, fixtures);
  await deliveryBoard(bench, browser, pages, fixtures);
  await browser.close();
}

/**
 * Opens a run in a fresh page, and says how many milliseconds that took: until the frame with its steps was painted, by
 * the page's own clock, and until the driver of the browser had seen them, which it asks for once the page is loaded.
 */
async function openGraph(
  browser: Browser,
  pages: PanelPages,
  fixtures: Fixtures,
  graph: Graph,
): Promise<{ page: Page; drawn: number; seen: number }> {
  const page = await pages.openPanelPage(browser, fixtures, {
    panel: 'run-graph',
    args: { connection: 'local', executionArn: fixtures.runningInfo.executionArn },
    messages: [{ type: 'run', info: fixtures.runningInfo, graph, steps: [] }],
    size: { width: 1200, height: 800 },
  });
  await page.addInitScript(noteDrawn);
  const start = performance.timeOrigin + performance.now();
  await page.goto(pages.panelAddress);
  await page.waitForSelector('[role=option]');
  const seen = performance.timeOrigin + performance.now() - start;
  const drawnAt = await page.waitForFunction<number>('globalThis.drawnAt');
  return { page, seen, drawn: (await drawnAt.jsonValue()) - start };
}

/** Runs in the page before its script: notes when the first frame with a step in it was painted, since the epoch. */
const noteDrawn = `new MutationObserver((_, observer) => {
  if (!document.querySelector('[role=option]')) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { globalThis.drawnAt = performance.timeOrigin + performance.now(); }));
}).observe(document, { childList: true, subtree: true });`;

/** The table of runs: how long until it stands, and what a click on a head costs until the rows stand in order. */
async function metricsTable(bench: Bench, browser: Browser, pages: PanelPages, fixtures: Fixtures): Promise<void> {
  const page = await pages.openPanelPage(browser, fixtures, {
    panel: 'metrics',
    args: { connection: 'local', pipeline: 'penguins' },
    messages: [],
    size: { width: 1200, height: 800 },
  });
  await page.goto(pages.panelAddress);
  const runs = [{ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: fixtures.metricsRuns(tableRuns) }];
  const drawn = await page.evaluate<number>(`(${paint})(${JSON.stringify(runs)})`);
  await page.waitForSelector('tr[data-run]');
  const table = `metrics of ${tableRuns} runs`;
  bench.add({ name: `${table}: data to first rows painted`, value: drawn, unit: 'ms', target: '≤ 300 ms' });
  const [click = Number.NaN, bare = Number.NaN] = await page.evaluate<number[]>(sort);
  bench.add({
    name: `${table}: sorted by a click`,
    value: click,
    unit: 'ms',
    target: '≤ 50 ms',
    ratio: click / bare,
    against: 'sorting as many numbers',
  });
  const frames = await page.evaluate<number[]>(scroll);
  bench.add({ name: `${table}: frame while scrolling`, value: median(frames), unit: 'ms', target: '≤ 17 ms' });
  bench.add({ name: `${table}: p95 frame while scrolling`, value: quantile(frames, 0.95), unit: 'ms' });
  await page.context().close();
}

/** The board of a delivery pipeline: how long from its data to the paint, with as many runs as a year has. */
async function deliveryBoard(bench: Bench, browser: Browser, pages: PanelPages, fixtures: Fixtures): Promise<void> {
  const data = [...fixtures.pipeline, { type: 'runs', runs: fixtures.manyRuns(1000), hasOlder: false }];
  const samples: number[] = [];
  for (let sample = 0; sample < 5; sample++) {
    const page = await pages.openPanelPage(browser, fixtures, {
      panel: 'delivery',
      args: { connection: 'local', pipeline: 'penguins-delivery' },
      messages: [],
      size: { width: 1200, height: 800 },
    });
    await page.goto(pages.panelAddress);
    samples.push(await page.evaluate<number>(`(${paint})(${JSON.stringify(data)})`));
    await page.waitForSelector('tr[data-run=run0]');
    await page.context().close();
  }
  bench.add({
    name: 'delivery board with 1000 runs: data to first paint',
    value: median(samples),
    unit: 'ms',
    target: '≤ 300 ms',
  });
}

/** Runs in the page: hands it the messages, and waits until the frame with them is painted. */
const paint = `async (messages) => {
  const start = performance.now();
  for (const data of messages) window.dispatchEvent(new MessageEvent('message', { data }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return performance.now() - start;
}`;

/** The time between two frames of a page with nothing on it. */
async function emptyFrames(browser: Browser): Promise<number> {
  const page = await browser.newPage();
  const frames = await page.evaluate<number[]>(`(async () => {
    const frames = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < 60; i++) { const now = await new Promise(requestAnimationFrame); frames.push(now - last); last = now; }
    return frames;
  })()`);
  await page.close();
  return median(frames);
}

/** Runs in the page: 90 frames of scrolling, by rows, by pages, and by jumps. */
const scroll = `(async () => {
  const scroller = document.querySelector('.runs-scroller');
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 90; i++) {
    scroller.scrollTop += i < 30 ? 56 : i < 60 ? 600 : 7777;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
})()`;

/** Runs in the page: clicks on a head until the rows stand, and the sort of as many numbers alone. */
const sort = `(() => {
  const middle = (samples) => samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)];
  const time = (work) => Array.from({ length: 15 }, () => { const start = performance.now(); work(); return performance.now() - start; });
  const head = [...document.querySelectorAll('thead button')].find((each) => each.textContent.includes('train:loss'));
  const numbers = Array.from({ length: ${tableRuns} }, (_, index) => (index * 7919) % 10007);
  return [middle(time(() => head.click())), middle(time(() => [...numbers].sort((a, b) => a - b)))];
})()`;

/** Runs in the page: 30 frames of zooming in, 30 of panning, 30 of zooming out, then ten patches of 20 steps. */
const measure = `(async () => {
  const canvas = document.querySelector('.graph-canvas');
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const wheel = (deltaY, shiftKey = false) =>
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaY, shiftKey, clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true }));
  const frames = [];
  let drawn = 0;
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 90; i++) {
    if (i < 30) wheel(-80);
    else if (i < 60) wheel(i < 45 ? 60 : -60, true);
    else wheel(80);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    drawn = Math.max(drawn, document.querySelectorAll('[role=option]').length);
  }
  const patch = [];
  for (let round = 0; round < 10; round++) {
    const steps = Array.from({ length: 20 }, (_, i) => ({ id: 'Step' + (i + 1), status: round % 2 ? 'Executing' : 'Succeeded', startedAt: Date.now() - 1000 }));
    const start = performance.now();
    window.dispatchEvent(new MessageEvent('message', { data: { type: 'steps', steps } }));
    patch.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return { frames, patch, drawn };
})()`;
