import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { profileConnection } from '../../src/aws';
import { PipelinesTree } from '../../src/pipelines/tree';
import { ModelsTree } from '../../src/registry/tree';
import { loadMore } from '../../src/workbench';
import { Watcher } from '../../src/workbench/watcher';
import { connectionsTo, keysFor, Profiles } from '../fixtures/aws/profiles';
import { inView } from '../fixtures/view';
import { type Drawn, type FakeTreeView, views } from '../fixtures/vscode';
import { type Bench, collector } from './harness';

/** Rows that are scrolled through. */
const rows = 5_000;

/** What the server says: requests that came, without those that describe one thing, and those. */
interface State {
  url: string;
  asked: number;
  described: number;
}

/** A large account in the trees: requests until rows are there, and what the process grows by while they are scrolled. */
export default async function accounts(bench: Bench): Promise<void> {
  const server = new Worker(new URL('./accounts.work.mjs', import.meta.url));
  /** @param what `let go` has descriptions answered from now on */
  const ask = async (what: 'state' | 'let go' = 'state'): Promise<State> => {
    const answer = once(server, 'message') as Promise<[State]>;
    server.postMessage(what);
    return (await answer)[0];
  };
  const profiles = await Profiles.use('', keysFor('dev'));
  const timeouts = () => ({ connect: 10_000, request: 60_000 });
  const connections = connectionsTo((await ask()).url, { timeouts });
  connections.switchTo(profileConnection('dev'));
  const watcher = new Watcher();
  const none = { list: () => Promise.resolve([]), onDidChange: () => ({ dispose: () => undefined }) };
  const services = {
    connections,
    watcher,
    definitions: none,
    sources: none,
    pollInterval: () => 5_000,
    livePlaces: () => Promise.resolve(new Map()),
    releasesOf: () => Promise.resolve([]),
    reportNumbers: () => Promise.resolve([]),
  } as never;
  // The SDK is loaded and the credentials are read before anything is measured.
  await (await connections.session(profileConnection('dev'))).identity();
  const collect = collector();
  const heap = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };

  const measure = async (what: string, id: string, label: RegExp, open?: string): Promise<void> => {
    const view = views.get(id);
    if (!view) throw new Error(`There is no view ${id}.`);
    if (open !== undefined) await until(view, (drawn) => drawn.some((row) => row.label === open));
    const before = await ask();
    const begin = performance.now();
    if (open !== undefined) await view.toggle(open, true);
    const first = await until(view, (drawn) => countOf(drawn, label) > 0);
    bench.add({ name: `${what}: first rows`, value: performance.now() - begin, unit: 'ms' });
    const { asked } = await ask();
    bench.add({ name: `${what}: requests until then`, value: asked - before.asked, unit: 'requests', target: '1' });
    const grown = heap();
    let drawn = first;
    while (countOf(drawn, label) < rows) {
      const known = countOf(drawn, label);
      const [viewId, node] = moreOf(drawn);
      loadMore(viewId, node);
      drawn = await until(view, (next) => countOf(next, label) > known);
    }
    const requests = (await ask()).asked - asked;
    bench.add({
      name: `${what}: requests for ${rows} rows`,
      value: requests,
      unit: 'requests',
      target: `≤ ${(2 * rows) / 100}`,
    });
    drawn = [];
    bench.add({ name: `${what}: heap for ${rows} rows`, value: heap() - grown, unit: 'MB', target: '< 50 MB' });
  };

  try {
    const pipelines = inView('mlopsFlow.pipelines', (view) => new PipelinesTree(services, view));
    await measure('5,000 pipelines', 'mlopsFlow.pipelines', /^forecast-/);
    pipelines.dispose();
    // Nothing of a single run is answered as long as the server does not let go: the rows come from the list alone.
    const runs = inView('mlopsFlow.pipelines', (view) => new PipelinesTree(services, view));
    await measure('50,000 executions', 'mlopsFlow.pipelines', /^run-/, 'forecast-00000');
    runs.dispose();
    const models = inView('mlopsFlow.models', (view) => new ModelsTree(services, view));
    await measure('20,000 versions', 'mlopsFlow.models', /^Version /, 'group-00000');
    const { described } = await ask('let go');
    const view = views.get('mlopsFlow.models');
    if (!view) throw new Error('There is no view of models.');
    await until(view, (drawn) =>
      drawn.some(({ element }) => String((element as { context?: string }).context).includes('traceable')),
    );
    bench.add({
      name: `20,000 versions: described while ${rows} rows were scrolled`,
      value: described,
      unit: 'requests',
    });
    models.dispose();
  } finally {
    watcher.dispose();
    await connections.dispose();
    await profiles.restore();
    await server.terminate();
  }
}

function countOf(drawn: readonly Drawn[], label: RegExp): number {
  return drawn.filter((row) => label.test(row.label)).length;
}

/** What the last row *Load More* asks for. */
function moreOf(drawn: readonly Drawn[]): [view: string, node: string] {
  const all = drawn.filter(({ label }) => label === 'Load More…');
  // Of rows below rows, the one that stands deepest.
  const row = all.sort((a, b) => b.depth - a.depth)[0];
  const { command } = (row?.element ?? {}) as { command?: { arguments?: [string, string] } };
  if (!command?.arguments) throw new Error(`There is no more: ${drawn.at(-1)?.label ?? 'nothing'}.`);
  return command.arguments;
}

/** Draws until the rows are as wanted. */
async function until(view: FakeTreeView, wanted: (drawn: readonly Drawn[]) => boolean): Promise<Drawn[]> {
  const limit = Date.now() + 120_000;
  for (;;) {
    const drawn = await view.draw();
    if (wanted(drawn)) return drawn;
    if (Date.now() > limit)
      throw new Error(
        `It never came: ${drawn
          .slice(0, 5)
          .map(({ label }) => label)
          .join(', ')}`,
      );
    await sleep(20);
  }
}
