import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../fixtures/clock';
import type { Reading } from '../../../src/workbench';
import type { LiveTreeDefinition } from '../../../src/workbench/live-tree';
import { inView, viewOf } from '../../fixtures/view';
import type { FakeTreeView } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { LiveTree } = await import('../../../src/workbench/live-tree');
const { Watcher } = await import('../../../src/workbench/watcher');

interface Source {
  id: string;
}

/** A reading whose next answers a test gives. */
class Asked {
  readonly open: { source: string; signal: AbortSignal; before: unknown; end: (value: string[] | Error) => void }[] =
    [];
  count = 0;

  read = (source: Source, signal: AbortSignal, before: unknown): Promise<string[]> => {
    this.count += 1;
    return new Promise((resolve, reject) => {
      const end = (value: string[] | Error) => (value instanceof Error ? reject(value) : resolve(value));
      this.open.push({ source: source.id, signal, before, end });
    });
  };

  async answer(value: string[] | Error): Promise<void> {
    this.open.shift()?.end(value);
    await settle();
    await settle();
  }
}

let clock: FakeClock;
let view: FakeTreeView;
let top: Asked;
let below: Record<string, Asked>;
let active: Source;
let switchTo: (id: string) => void;
let tree: InstanceType<typeof LiveTree<Source, Source>>;

function belowOf(name: string): Reading<Source, string[]> {
  const asked = (below[name] ??= new Asked());
  return {
    id: name,
    loading: `Looking for ${name}…`,
    interval: () => 1000,
    read: asked.read,
    rows: (names = []) => names.map((each) => ({ id: `${name}/${each}`, label: each })),
    settled: (names) => names.includes('last'),
    empty: { id: `${name}#none`, label: `No ${name}` },
  };
}

beforeEach(() => {
  clock = new FakeClock();
  top = new Asked();
  below = {};
  active = { id: 'dev' };
  const listeners: (() => void)[] = [];
  switchTo = (id) => {
    active = { id };
    for (const listener of listeners) listener();
  };
  const definition: LiveTreeDefinition<Source, Source> = {
    view: 'test',
    refresh: 'test.refresh',
    sources: {
      get active() {
        return active;
      },
      session: (source) => Promise.resolve(source),
      onDidChange: (listener) => {
        listeners.push(listener);
        return { dispose: () => undefined };
      },
    },
    watcher: new Watcher(clock),
    root: (): Reading<Source, string[]> => ({
      id: 'top',
      loading: 'Looking…',
      interval: () => 1000,
      read: top.read,
      rows: (names = []) =>
        names.map((name) => ({ id: name, label: name, expanded: name !== 'closed', below: belowOf(name) })),
    }),
  };
  tree = inView('test', (shown) => new LiveTree(definition, shown));
  view = viewOf('test');
});

const texts = (): Promise<string[]> => view.labels();

describe('LiveTree', () => {
  it('never waits: it shows what is known now', async () => {
    expect(await texts()).toEqual(['Looking…']);
    await top.answer(['a', 'closed']);
    expect(await texts()).toEqual(['a', 'Looking for a…', 'closed']);
    await below['a']?.answer(['1', '2']);
    expect(await texts()).toEqual(['a', '1', '2', 'closed']);
    expect(below['closed']?.count ?? 0).toBe(0);
  });

  it('shows a failure in its own place, keeps what was read, and recovers by itself', async () => {
    await texts();
    await top.answer(['a', 'b']);
    await texts();
    await below['a']?.answer(['1']);
    await below['b']?.answer(new Error('denied'));
    expect(await texts()).toEqual(['a', '1', 'b', 'denied']);
    await clock.advance(1000);
    await below['a']?.answer(new Error('gone away'));
    expect(await texts()).toEqual(['a', 'gone away', '1', 'b', 'denied']);
    await clock.advance(2000);
    await below['b']?.answer(['2']);
    await below['a']?.answer([]);
    expect(await texts()).toEqual(['a', 'No a', 'b', '2']);
  });

  it('repaints nothing where nothing has changed, and single rows where the same are listed', async () => {
    await texts();
    await top.answer(['a']);
    await texts();
    await below['a']?.answer(['1', '2']);
    await texts();
    view.changes.length = 0;
    await clock.advance(1000);
    await top.answer(['a']);
    await below['a']?.answer(['1', '2']);
    expect(view.changes).toEqual([]);
  });

  it('follows what is open and seen, and rests when it is closed or hidden', async () => {
    await texts();
    await top.answer(['a']);
    await texts();
    await below['a']?.answer(['1']);
    await view.toggle('a', false);
    await clock.advance(1000);
    await top.answer(['a']);
    expect([top.count, below['a']?.count]).toEqual([2, 1]);
    view.show(false);
    await clock.advance(60_000);
    expect(top.count).toBe(2);
    view.show(true);
    await view.toggle('a', true);
    expect([top.count, below['a']?.count]).toEqual([3, 2]);
  });

  it('lets what is settled rest, also after it was hidden', async () => {
    await texts();
    await top.answer(['a']);
    await texts();
    await below['a']?.answer(['last']);
    view.show(false);
    view.show(true);
    await clock.advance(60_000);
    expect(below['a']?.count).toBe(1);
    tree.refresh();
    expect(below['a']?.count).toBe(1);
  });

  it('ends what belongs to a row that is listed no more', async () => {
    await texts();
    await top.answer(['a', 'b']);
    await texts();
    await below['a']?.answer(['1']);
    await clock.advance(1000);
    const signal = below['a']?.open[0]?.signal;
    await top.answer(['b']);
    await texts();
    expect(signal?.aborted).toBe(true);
    const { count } = below['a'] ?? { count: 0 };
    await clock.advance(60_000);
    expect(below['a']?.count).toBe(count);
  });

  it('gives a reading what was read before, and nothing after a refresh', async () => {
    await texts();
    await top.answer(['a']);
    await clock.advance(1000);
    expect(top.open[0]?.before).toEqual(['a']);
    tree.refresh();
    await settle();
    expect(top.open.at(-1)?.before).toBeUndefined();
    expect(await texts()).toContain('a');
  });

  it('begins anew with another source: what is under way ends, and late answers are dropped', async () => {
    await texts();
    const late = top.open[0];
    switchTo('prod');
    expect(late?.signal.aborted).toBe(true);
    expect(await texts()).toEqual(['Looking…']);
    late?.end(['of dev']);
    await settle();
    top.open.shift();
    expect(await texts()).toEqual(['Looking…']);
    expect(top.open[0]?.source).toBe('prod');
    await top.answer(['of prod']);
    expect((await texts())[0]).toBe('of prod');
  });

  it('makes other rows of the same names for another source', async () => {
    await texts();
    await top.answer(['a']);
    const [before] = await view.draw();
    switchTo('prod');
    await texts();
    await top.answer(['a']);
    const [after] = await view.draw();
    expect(after?.label).toBe('a');
    expect(after?.element).not.toBe(before?.element);
  });

  it('reveals a row over the rows above it, reading them where nobody has yet', async () => {
    view.show(false);
    const revealed = tree.reveal(['a', 'a/2']);
    await settle();
    await settle();
    await top.answer(['a']);
    await below['a']?.answer(['1', '2']);
    expect(await revealed).toBe(true);
    expect(view.revealed).toMatchObject([{ label: '2' }]);
    const missing = tree.reveal(['b']);
    await settle();
    await settle();
    await top.answer(['a']);
    expect(await missing).toBe(false);
  });

  it('tells the state of a reading of the active source', async () => {
    await texts();
    expect(tree.state('top')).toBeUndefined();
    await top.answer(['a']);
    expect(tree.state('top')).toEqual(['a']);
    switchTo('prod');
    expect(tree.state('top')).toBeUndefined();
  });

  it('asks for nothing after its end', async () => {
    await texts();
    const signal = top.open[0]?.signal;
    tree.dispose();
    await clock.advance(60_000);
    expect([signal?.aborted, top.count]).toEqual([true, 1]);
  });
});
