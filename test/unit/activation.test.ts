import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import manifest from '../../package.json';

const none = { dispose: () => undefined };
/** What was made besides commands, by the function of VS Code that makes it. */
const made: string[] = [];

vi.mock('vscode', async () => {
  const fake = await import('../fixtures/vscode');
  const making = (name: string) => () => {
    made.push(name);
    return none;
  };
  const listening = () => none;
  return {
    ...fake,
    Disposable: {
      from: (...parts: { dispose(): unknown }[]) => ({ dispose: () => parts.map((part) => part.dispose()) }),
    },
    Uri: Object.assign(fake.Uri, {
      joinPath: (base: { path: string }, ...parts: string[]) => fake.Uri.file([base.path, ...parts].join('/')),
    }),
    languages: { registerCodeLensProvider: making('lenses'), createDiagnosticCollection: making('diagnostics') },
    window: {
      ...fake.window,
      registerWebviewPanelSerializer: making('panels'),
      onDidChangeWindowState: listening,
      onDidChangeActiveTextEditor: listening,
      createTreeView: (...given: Parameters<typeof fake.window.createTreeView>) => {
        made.push('view');
        return fake.window.createTreeView(...given);
      },
    },
    workspace: {
      ...fake.workspace,
      textDocuments: [],
      registerTextDocumentContentProvider: making('documents'),
      onDidOpenTextDocument: listening,
      onDidCloseTextDocument: listening,
      onDidChangeConfiguration: listening,
    },
  };
});

const { registered, Uri } = await import('../fixtures/vscode');
const { activate } = await import('../../src/extension');
const { Commands } = await import('../../src/workbench');

const ids = manifest.contributes.commands.map(({ command }) => command);
const views = Object.values(manifest.contributes.views).flat();

/** As much of an extension's context as activation touches. */
function start(): { dispose(): unknown }[] {
  const subscriptions: { dispose(): unknown }[] = [];
  const memento = { get: () => undefined, update: () => Promise.resolve(), keys: () => [] };
  activate({
    subscriptions,
    extension: { packageJSON: manifest },
    extensionUri: Uri.file('/extension'),
    globalStorageUri: Uri.file('/storage'),
    workspaceState: memento,
    globalState: memento,
    secrets: { get: () => Promise.resolve(undefined), onDidChange: () => none },
    environmentVariableCollection: { replace: () => undefined },
  } as never);
  return subscriptions;
}

beforeEach(() => {
  registered.clear();
  made.length = 0;
});

describe('activate()', () => {
  it('tells VS Code the commands, and makes views, panels and lenses in the turn after it', async () => {
    const subscriptions = start();
    expect([...registered.keys()]).toEqual(ids);
    expect(made).toEqual([]);
    await turn();
    expect(made.filter((what) => what === 'view')).toHaveLength(views.length);
    expect(new Set(made)).toEqual(new Set(['view', 'panels', 'lenses', 'documents']));
    for (const part of subscriptions) part.dispose();
  });

  it('leaves no command of the manifest without a body', async () => {
    const subscriptions = start();
    await turn();
    const commands = subscriptions.find((part) => part instanceof Commands);
    expect(commands?.without).toEqual([]);
    for (const part of subscriptions) part.dispose();
  });

  it('opens the rooms for a command that comes before that turn', async () => {
    const subscriptions = start();
    const running = registered.get('mlopsFlow.refreshModels')?.();
    expect(made).toContain('view');
    const before = made.length;
    await running;
    await turn();
    expect(made).toHaveLength(before);
    for (const part of subscriptions) part.dispose();
  });

  it('makes nothing where it is ended before that turn', async () => {
    for (const part of start()) part.dispose();
    await turn();
    expect(registered.size).toBe(0);
    expect(made).toEqual([]);
  });
});
