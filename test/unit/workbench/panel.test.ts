import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  runGraphPanel,
  type RunGraphToHost,
  type RunGraphToPanel,
} from '../../../src/pipelines/panels/run-graph/contract';
import { isRunGraphToHost } from '../../../src/pipelines/panels/run-graph/messages';
import type { Panel, PanelServices } from '../../../src/workbench/panel';

/** As much of VS Code as a panel touches: what it was told, and a way to play the page's part. */
class FakeView {
  title = '';
  visible = true;
  iconPath: unknown;
  disposed = false;
  revealed = 0;
  sent: unknown[] = [];
  private readonly listeners = {
    message: [] as ((message: unknown) => void)[],
    dispose: [] as (() => void)[],
    state: [] as (() => void)[],
  };
  readonly webview = {
    html: '',
    options: {},
    cspSource: 'https://page.test',
    asWebviewUri: (uri: { path: string }) => ({ toString: () => `https://page.test${uri.path}` }),
    onDidReceiveMessage: (listener: (message: unknown) => void) => this.listeners.message.push(listener),
    postMessage: (message: unknown) => {
      this.sent.push(message);
      return Promise.resolve(true);
    },
  };
  onDidDispose(listener: () => void): void {
    this.listeners.dispose.push(listener);
  }
  onDidChangeViewState(listener: () => void): void {
    this.listeners.state.push(listener);
  }
  reveal(): void {
    this.revealed += 1;
  }
  dispose(): void {
    this.disposed = true;
    for (const listener of this.listeners.dispose) listener();
  }
  /** The page posts a message. */
  says(message: unknown): void {
    for (const listener of this.listeners.message) listener(message);
  }
  shows(visible: boolean): void {
    this.visible = visible;
    for (const listener of this.listeners.state) listener();
  }
}

interface Serializer {
  deserializeWebviewPanel(view: FakeView, state: unknown): Promise<void>;
}

const created: FakeView[] = [];
const serializers = new Map<string, Serializer>();

vi.mock('vscode', () => ({
  ViewColumn: { Active: -1 },
  ThemeIcon: class {
    constructor(readonly id: string) {}
  },
  Uri: { joinPath: (base: { path: string }, ...parts: string[]) => ({ path: [base.path, ...parts].join('/') }) },
  EventEmitter: class<T> {
    private readonly listeners: ((value: T) => void)[] = [];
    event = (listener: (value: T) => void) => {
      this.listeners.push(listener);
      return { dispose: () => undefined };
    };
    fire(value: T): void {
      for (const listener of this.listeners) listener(value);
    }
    dispose(): void {
      this.listeners.length = 0;
    }
  },
  window: {
    createWebviewPanel: () => {
      const view = new FakeView();
      created.push(view);
      return view;
    },
    registerWebviewPanelSerializer: (type: string, serializer: Serializer) => {
      serializers.set(type, serializer);
      return { dispose: () => serializers.delete(type) };
    },
  },
}));

const args = { connection: 'local', executionArn: 'arn:1' };
const other = { connection: 'local', executionArn: 'arn:2' };
const received: RunGraphToHost[] = [];
const failures: unknown[] = [];
const logged: string[] = [];
let disposed = 0;
let again = 0;
let receive: (message: RunGraphToHost) => void | Promise<void>;
let panels: Panel<typeof args, RunGraphToPanel>[];

const services = {
  extensionUri: { path: '/extension' },
  fail: (error: unknown) => failures.push(error),
  log: (text: string) => logged.push(text),
} as unknown as PanelServices;

async function define(start = (): void => undefined) {
  const { Panels } = await import('../../../src/workbench/panel');
  return new Panels(services, {
    contract: runGraphPanel,
    title: (each) => `Run ${each.executionArn}`,
    start: (panel) => {
      start();
      panels.push(panel);
      return {
        accepts: isRunGraphToHost,
        state: (): RunGraphToPanel[] => [{ type: 'empty', text: 'everything' }],
        receive: (message) => receive(message),
        openedAgain: () => {
          again += 1;
        },
        dispose: () => {
          disposed += 1;
        },
      };
    },
  });
}

function lastView(): FakeView {
  const view = created.at(-1);
  if (!view) throw new Error('No panel was created.');
  return view;
}

beforeEach(() => {
  for (const list of [created, received, failures, logged]) list.length = 0;
  panels = [];
  [disposed, again] = [0, 0];
  receive = (message) => {
    received.push(message);
  };
});

describe('a panel', () => {
  test('sends nothing before the page is ready, then everything, then what waited', async () => {
    const kind = await define();
    const panel = kind.open(args);
    panel.update({ type: 'freshness' });
    panel.post({ type: 'select', step: 'Train' });
    expect(lastView().sent).toEqual([]);
    lastView().says({ type: '$ready' });
    expect(lastView().sent).toEqual([
      { type: 'empty', text: 'everything' },
      { type: 'select', step: 'Train' },
    ]);
    panel.update({ type: 'freshness', updatedAt: 1 });
    expect(lastView().sent.at(-1)).toEqual({ type: 'freshness', updatedAt: 1 });
    kind.dispose();
  });

  test('is built anew each time the page comes back', async () => {
    const kind = await define();
    const panel = kind.open(args);
    lastView().says({ type: '$ready' });
    lastView().shows(false);
    panel.update({ type: 'freshness', updatedAt: 2 });
    expect(lastView().sent).toHaveLength(1);
    lastView().shows(true);
    lastView().says({ type: '$ready' });
    expect(lastView().sent).toEqual([
      { type: 'empty', text: 'everything' },
      { type: 'empty', text: 'everything' },
    ]);
    kind.dispose();
  });

  test('is one per key', async () => {
    const kind = await define();
    const first = kind.open(args);
    expect(again).toBe(0);
    expect(kind.open(args)).toBe(first);
    expect([lastView().revealed, again]).toEqual([1, 1]);
    kind.open(other);
    expect(created).toHaveLength(2);
    expect(kind.find(args)).toBe(first);
    first.close();
    expect(disposed).toBe(1);
    expect(kind.find(args)).toBeUndefined();
    first.update({ type: 'freshness' });
    first.close();
    kind.dispose();
    expect(created.every((view) => view.disposed)).toBe(true);
    expect(disposed).toBe(2);
  });

  test('lets only messages of its contract in', async () => {
    const kind = await define();
    kind.open(args);
    lastView().says({ type: 'select', step: 'Train' });
    lastView().says({ type: 'select', step: 42 });
    lastView().says('nonsense');
    lastView().says(null);
    expect(received).toEqual([{ type: 'select', step: 'Train' }]);
    expect(logged).toHaveLength(3);
    kind.dispose();
  });

  test('hands an error of its controller to the one exit', async () => {
    const kind = await define();
    kind.open(args);
    const error = new Error('denied');
    receive = () => Promise.reject(error);
    lastView().says({ type: 'stop' });
    await Promise.resolve();
    await Promise.resolve();
    receive = () => {
      throw error;
    };
    lastView().says({ type: 'retry' });
    await Promise.resolve();
    await Promise.resolve();
    expect(failures).toEqual([error, error]);
    kind.dispose();
  });
});

test('the page lets nothing in but its own script and style', async () => {
  const kind = await define();
  kind.open({ connection: 'local', executionArn: '"><script>alert(1)</script>' });
  const { html } = lastView().webview;
  expect(html).toContain("default-src 'none'");
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('unsafe-eval');
  const nonce = /'nonce-([^']+)'/.exec(html)?.[1] ?? '';
  expect(nonce.length).toBeGreaterThanOrEqual(20);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain(`<script nonce="${nonce}" src="https://page.test/extension/dist/webview/run-graph.js">`);
  kind.open(other);
  expect(lastView().webview.html).not.toContain(nonce);
  kind.dispose();
});

describe('a panel that cannot start', () => {
  test('says why as long as it cannot, and starts anew when the user tries again', async () => {
    const kind = await define();
    const panel = kind.open(args);
    panel.cannotStart(new Error('The bundle cannot be read.'));
    expect(lastView().sent).toEqual([]);
    lastView().says({ type: '$ready' });
    expect(lastView().sent).toEqual([
      { type: 'empty', text: 'everything' },
      { type: '$problem', text: 'The bundle cannot be read.' },
    ]);
    lastView().sent = [];
    lastView().says({ type: '$retry' });
    expect(disposed).toBe(1);
    expect(panels).toHaveLength(2);
    expect(lastView().sent).toEqual([{ type: '$problem' }, { type: 'empty', text: 'everything' }]);
    kind.dispose();
    expect(disposed).toBe(2);
  });

  test('is well again with the first content that comes', async () => {
    const kind = await define();
    const panel = kind.open(args);
    lastView().says({ type: '$ready' });
    lastView().sent = [];
    panel.cannotStart('offline');
    panel.update({ type: 'freshness' });
    panel.update({ type: 'freshness' });
    expect(lastView().sent).toEqual([
      { type: '$problem', text: 'offline' },
      { type: '$problem' },
      { type: 'freshness' },
      { type: 'freshness' },
    ]);
    kind.dispose();
  });

  test('says why its controller cannot be made, and makes it when the user tries again', async () => {
    let starts = 0;
    const kind = await define(() => {
      if (++starts === 1) throw new Error('The repository is gone.');
    });
    kind.open(args);
    lastView().says({ type: '$ready' });
    lastView().says({ type: 'refresh' });
    expect(lastView().sent).toEqual([{ type: '$problem', text: 'The repository is gone.' }]);
    expect(received).toEqual([]);
    lastView().sent = [];
    lastView().says({ type: '$retry' });
    lastView().says({ type: 'refresh' });
    expect(lastView().sent).toEqual([{ type: '$problem' }, { type: 'empty', text: 'everything' }]);
    expect(received).toEqual([{ type: 'refresh' }]);
    kind.dispose();
  });
});

describe('a kind of panel', () => {
  test('is loaded with the first one that is opened, once, and not with a question for one', async () => {
    const { registerPanel } = await import('../../../src/workbench/panel-kind');
    let loads = 0;
    const kind = registerPanel('run-graph', () => {
      loads += 1;
      return define();
    });
    expect(kind.find(args)).toBeUndefined();
    expect(loads).toBe(0);
    const [first, second] = await Promise.all([kind.open(args), kind.open(args)]);
    expect(second).toBe(first);
    expect(created).toHaveLength(1);
    expect(kind.find(args)).toBe(first);
    const before = loads;
    await kind.open(other);
    expect(loads).toBe(before);
    kind.dispose();
    expect(created.every((view) => view.disposed)).toBe(true);
    expect(serializers.has('mlopsFlow.run-graph')).toBe(false);
  });

  test('is tried again where its code could not be loaded', async () => {
    const { registerPanel } = await import('../../../src/workbench/panel-kind');
    let loads = 0;
    const kind = registerPanel('run-graph', () =>
      ++loads === 1 ? Promise.reject(new Error('Cannot find module')) : define(),
    );
    await expect(kind.open(args)).rejects.toThrow('Cannot find module');
    await kind.open(args);
    expect(created).toHaveLength(1);
    kind.dispose();
  });

  test('comes back after a reload with what it was opened with, or not at all', async () => {
    const { registerPanel } = await import('../../../src/workbench/panel-kind');
    const kind = registerPanel('run-graph', define);
    const serializer = serializers.get('mlopsFlow.run-graph');
    const good = new FakeView();
    await serializer?.deserializeWebviewPanel(good, { arguments: args, view: { zoom: 2 } });
    expect(panels.at(-1)?.args).toEqual(args);
    expect(good.title).toBe('Run arn:1');
    expect(good.iconPath).toMatchObject({ id: 'type-hierarchy-sub' });
    for (const state of [undefined, {}, { arguments: { connection: 1 } }, { arguments: args }]) {
      const bad = new FakeView();
      await serializer?.deserializeWebviewPanel(bad, state);
      expect(bad.disposed, JSON.stringify(state)).toBe(true);
    }
    expect(good.disposed).toBe(false);
    kind.dispose();
    expect(serializers.has('mlopsFlow.run-graph')).toBe(false);
  });
});
