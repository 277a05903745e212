import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, Range, Selection, Uri, window, workspace, WorkspaceEdit } from 'vscode';
import type { PreviewToHost, PreviewToPanel } from '../../src/authoring/panels/preview/contract';
import { previewPanels } from '../../src/authoring/panels/preview/index';
import { LanguageServer } from '../../src/authoring/server';
import { extension } from './shared/extension';
import { FakePage } from './shared/page';
import { Replacements } from './shared/replace';
import { until } from './shared/until';

const definition = `{
  "Version": "2020-12-01",
  "Steps": [
    { "Name": "First", "Type": "Fail", "Arguments": { "ErrorMessage": "one" } },
    { "Name": "Second", "Type": "Fail", "Arguments": { "ErrorMessage": "two" } }
  ]
}
`;

describe('Graph preview', () => {
  const path = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'preview-test', 'a.pipeline.json');
  const uri = Uri.file(path);
  const replaced = new Replacements();
  let server: LanguageServer;
  let previews: ReturnType<typeof previewPanels>;
  let page: FakePage<PreviewToPanel, PreviewToHost>;

  before(async () => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, definition);
    await window.showTextDocument(uri);
    server = new LanguageServer(
      extension().extensionUri,
      (_document, made) => Promise.resolve(made),
      () => undefined,
    );
    page = new FakePage(replaced);
    const services = {
      extensionUri: extension().extensionUri,
      fail: (error: unknown) => assert.fail(String(error)),
      log: (text: string) => assert.fail(text),
    };
    previews = previewPanels(services, server);
    previews.open({ uri: uri.toString() });
  });

  after(async () => {
    previews.dispose();
    server.dispose();
    replaced.restore();
    // An unsaved text would be asked about, and a test can't answer.
    await workspace.saveAll(false);
    await commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(join(path, '..'), { recursive: true, force: true });
  });

  const graph = (): Extract<PreviewToPanel, { type: 'graph' }> | undefined =>
    page.all.findLast((message) => message.type === 'graph');
  const names = (): string[] | undefined => graph()?.graph.nodes.map((node) => node.id);

  async function replace(words: string, by: string): Promise<void> {
    const document = await workspace.openTextDocument(uri);
    const start = document.getText().indexOf(words);
    const edit = new WorkspaceEdit();
    edit.replace(uri, new Range(document.positionAt(start), document.positionAt(start + words.length)), by);
    await workspace.applyEdit(edit);
  }

  it('shows the steps', async () => {
    await until('the graph comes', () => names()?.join() === 'First,Second');
    assert.equal(graph()?.file, 'a.pipeline.json');
  });

  it('follows what is typed, with its problems', async () => {
    await replace('"ErrorMessage": "two" }', '"ErrorMessage": "two" }, "DependsOn": ["Frist"]');
    await until('the problem comes', () => graph()?.problems.find(({ id }) => id === 'Second')?.errors === 1);
    await replace('"Frist"', '"First"');
    await until('the edge comes', () =>
      graph()?.graph.edges.some(({ from, to }) => from === 'First' && to === 'Second'),
    );
    await replace(', "DependsOn": ["First"]', '');
    await until('the edge goes', () => graph()?.graph.edges.length === 0);
  });

  it('keeps the graph of a text that is broken', async () => {
    await replace('"Steps": [', '"Steps": ');
    const broken = await until('it is told', () => (graph()?.broken === undefined ? false : graph()));
    assert.equal(broken.graph.nodes.length, 2);
    await replace('"Steps": ', '"Steps": [');
    await until('it is whole again', () => graph()?.broken === undefined);
  });

  it('selects the step under the cursor', async () => {
    const editor = await window.showTextDocument(uri);
    const at = editor.document.positionAt(editor.document.getText().indexOf('"two"'));
    editor.selection = new Selection(at, at);
    await until('the step is selected', () =>
      page.all.some((message) => message.type === 'select' && message.step === 'Second'),
    );
  });

  it('moves the cursor to the step that is selected in the panel', async () => {
    page.send({ type: 'select', step: 'First' });
    const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    await until('the cursor moves', () => editor?.selection.active.line === 3);
  });
});
