import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CodeAction,
  type CodeLens,
  commands,
  type CompletionList,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentLink,
  type DocumentSymbol,
  type FoldingRange,
  type Hover,
  type InlayHint,
  languages,
  type Location,
  type Position,
  Range,
  type SelectionRange,
  type TextDocument,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
} from 'vscode';
import { loadedBundles } from './shared/extension';
import { until } from './shared/until';

const definition = `{
  "Version": "2020-12-01",
  "Parameters": [{ "Name": "Rows", "Type": "Integer", "DefaultValue": 10 }],
  "Steps": [
    {
      "Name": "Prepare",
      "Type": "Lambda",
      "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:prepare",
      "OutputParameters": [{ "OutputName": "count", "OutputType": "Integer" }],
      "Arguments": { "rows": { "Get": "Parameters.Rows" }, "to": "s3://penguins/data" }
    },
    {
      "Name": "Stop",
      "Type": "Fail",
      "Arguments": { "ErrorMessage": "no data" },
      "DependsOn": ["Prepare"]
    }
  ]
}
`;

describe('Authoring', () => {
  const root = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'authoring-test');

  before(() => mkdirSync(root, { recursive: true }));
  after(async () => {
    // An unsaved text would be asked about, and a test can't answer.
    await workspace.saveAll(false);
    await commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(root, { recursive: true, force: true });
  });

  async function open(name: string, text: string): Promise<TextDocument> {
    const path = join(root, name);
    writeFileSync(path, text);
    const document = await workspace.openTextDocument(Uri.file(path));
    await window.showTextDocument(document);
    return document;
  }

  /** The problems of a document that our languages report. */
  const problems = (document: TextDocument): Diagnostic[] =>
    languages.getDiagnostics(document.uri).filter((one) => one.source === 'MLOps Flow');

  /** The place `shift` characters into the first `words`. */
  const at = (document: TextDocument, words: string, shift = 0): Position =>
    document.positionAt(document.getText().indexOf(words) + shift);

  async function replace(document: TextDocument, words: string, by: string): Promise<void> {
    const edit = new WorkspaceEdit();
    edit.replace(document.uri, new Range(at(document, words), at(document, words, words.length)), by);
    assert.ok(await workspace.applyEdit(edit));
  }

  it('asks nothing of the server for other JSON', async () => {
    const document = await open('other.json', '{ "name": "x", }');
    await new Promise((done) => setTimeout(done, 500));
    assert.deepEqual(problems(document), []);
    assert.ok(!loadedBundles().includes('client'), 'the client was loaded for a text that is none of ours');
  });

  describe('a pipeline definition', () => {
    let document: TextDocument;

    before(async () => {
      document = await open('train.pipeline.json', definition);
      await until('the server answers', async () => {
        const symbols = await commands.executeCommand<DocumentSymbol[] | undefined>(
          'vscode.executeDocumentSymbolProvider',
          document.uri,
        );
        return (symbols?.length ?? 0) > 0;
      });
    });

    it('has no error', () => {
      assert.deepEqual(
        problems(document).filter((one) => one.severity === DiagnosticSeverity.Error),
        [],
      );
    });

    it('shows an error with its rule at the very word, and mends it', async () => {
      await replace(document, '["Prepare"]', '["Prepaer"]');
      const found = await until('the problem shows', () =>
        problems(document).find((one) => one.severity === DiagnosticSeverity.Error),
      );
      assert.equal(document.getText(found.range).replaceAll('"', ''), 'Prepaer');
      assert.equal(typeof found.code === 'object' && found.code.value, 'sm/dependson-unknown-step');
      const actions = await commands.executeCommand<CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        found.range,
      );
      const fix = actions.find((action) => action.isPreferred && action.edit);
      assert.ok(fix?.edit, 'there is no fix');
      assert.ok(await workspace.applyEdit(fix.edit));
      await until('the problem goes', () =>
        problems(document).every((one) => one.severity !== DiagnosticSeverity.Error),
      );
      assert.equal(document.getText(), definition);
    });

    it('mends all that is sure on demand', async () => {
      await replace(document, '["Prepare"]', '["Prepaer"]');
      await until('the problem shows', () =>
        problems(document).some((one) => one.severity === DiagnosticSeverity.Error),
      );
      await commands.executeCommand('editor.action.fixAll');
      await until('the problem goes', () => document.getText() === definition);
    });

    it('completes', async () => {
      await replace(document, 'Parameters.Rows', 'Parameters.');
      const list = await commands.executeCommand<CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        at(document, '"Parameters."', 12),
      );
      assert.ok(
        list.items.some((item) => item.label === 'Rows'),
        'the parameter is not offered',
      );
      await replace(document, '"Parameters."', '"Parameters.Rows"');
    });

    it('tells on hover what a reference is', async () => {
      const [hover] = await commands.executeCommand<Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at(document, 'Parameters.Rows', 12),
      );
      assert.match(hoverText(hover), /Integer = 10/);
    });

    it('leads to the definition, finds references, highlights', async () => {
      const place = at(document, 'Parameters.Rows', 12);
      const [definitionOf] = await commands.executeCommand<Location[]>(
        'vscode.executeDefinitionProvider',
        document.uri,
        place,
      );
      assert.equal(definitionOf?.range.start.line, 2);
      const references = await commands.executeCommand<Location[]>(
        'vscode.executeReferenceProvider',
        document.uri,
        place,
      );
      assert.equal(references.length, 2);
      const highlights = await commands.executeCommand<unknown[]>(
        'vscode.executeDocumentHighlights',
        document.uri,
        place,
      );
      assert.equal(highlights.length, 2);
    });

    it('renames a step everywhere', async () => {
      const edit = await commands.executeCommand<WorkspaceEdit>(
        'vscode.executeDocumentRenameProvider',
        document.uri,
        at(document, '"Prepare"', 3),
        'Clean',
      );
      assert.equal(edit.get(document.uri).length, 2);
      await assert.rejects(
        async () =>
          commands.executeCommand(
            'vscode.executeDocumentRenameProvider',
            document.uri,
            at(document, '"Prepare"', 3),
            'no good',
          ),
        /letters/,
      );
    });

    it('lists its steps', async () => {
      const symbols = await commands.executeCommand<DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      // The editor's own JSON support lists members too, by their index.
      const steps = symbols.filter((one) => one.name === 'Steps').map((one) => one.children.map((step) => step.name));
      assert.ok(
        steps.some((names) => names.join() === 'Prepare,Stop'),
        JSON.stringify(steps),
      );
    });

    it('links, folds, selects, hints', async () => {
      const links = await commands.executeCommand<DocumentLink[]>('vscode.executeLinkProvider', document.uri, 10);
      assert.ok(links.some((link) => link.target?.toString().includes('s3/buckets/penguins')));
      const folds = await commands.executeCommand<FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
      assert.ok(folds.some((fold) => fold.start === 3));
      const [selection] = await commands.executeCommand<SelectionRange[]>(
        'vscode.executeSelectionRangeProvider',
        document.uri,
        [at(document, '"Stop"', 2)],
      );
      assert.ok(selection?.parent);
      const whole = new Range(0, 0, document.lineCount, 0);
      const hints = await commands.executeCommand<InlayHint[]>('vscode.executeInlayHintProvider', document.uri, whole);
      assert.ok(hints.some((hint) => hint.label === ': Integer'));
    });

    it('has Run and Graph above it', async () => {
      const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
      const ids = new Set(lenses.map((lens) => lens.command?.command));
      assert.ok(ids.has('mlopsFlow.runPipeline') && ids.has('mlopsFlow.openGraphPreview'));
      const [target] = lenses[0]?.command?.arguments ?? [];
      assert.ok(target instanceof Uri);
    });

    it('shows the page of a rule', async () => {
      await commands.executeCommand('mlopsFlow.showRule', 'sm/dependson-unknown-step');
      await until('the page opens', () =>
        window.tabGroups.all.flatMap((group) => group.tabs).some((tab) => tab.label.includes('dependson-unknown-step')),
      );
    });

    it('opens its graph', async () => {
      await commands.executeCommand('mlopsFlow.openGraphPreview', document.uri);
      await until('the panel opens', () =>
        window.tabGroups.all.flatMap((group) => group.tabs).some((tab) => tab.label === 'Graph of train.pipeline.json'),
      );
    });

    it('is checked again after the server has died', async () => {
      await window.showTextDocument(document);
      const [server] = children('language-server.js');
      assert.ok(server, 'there is no server');
      process.kill(server, 'SIGKILL');
      await until('another server runs', () => children('language-server.js').some((pid) => pid !== server));
      await replace(document, '["Prepare"]', '["Prepaer"]');
      await until('the problem shows', () =>
        problems(document).some((one) => one.severity === DiagnosticSeverity.Error),
      );
      await replace(document, '["Prepaer"]', '["Prepare"]');
      await until('the problem goes', () =>
        problems(document).every((one) => one.severity !== DiagnosticSeverity.Error),
      );
    });

    it('leaves a fault of the JSON to VS Code, which tells it once, and mends it', async () => {
      const broken = '"DependsOn": ["Prepare"],';
      await replace(document, '"DependsOn": ["Prepare"]', broken);
      const [fault, ...others] = await until('the fault shows', () => {
        const found = languages.getDiagnostics(document.uri).filter((one) => one.severity === DiagnosticSeverity.Error);
        return found.length > 0 && found;
      });
      // Ours would come a moment later.
      await new Promise((done) => setTimeout(done, 500));
      assert.deepEqual(others, []);
      assert.deepEqual(
        problems(document).filter((one) => one.severity === DiagnosticSeverity.Error),
        [],
      );
      assert.ok(fault);
      const actions = await commands.executeCommand<CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        fault.range,
      );
      const fix = actions.find((action) => action.title === 'Remove the comma');
      assert.ok(fix?.edit, 'the comma cannot be removed');
      assert.ok(await workspace.applyEdit(fix.edit));
      assert.equal(document.getText(), definition);
    });

    it('keeps quiet where a rule is off', async () => {
      const settings = workspace.getConfiguration('mlopsFlow.validation', document.uri);
      await replace(document, '["Prepare"]', '["Prepaer"]');
      await until('the problem shows', () =>
        problems(document).some((one) => one.severity === DiagnosticSeverity.Error),
      );
      await settings.update('rules', { 'sm/dependson-unknown-step': 'off' });
      try {
        await until('the problem goes', () =>
          problems(document).every((one) => one.severity !== DiagnosticSeverity.Error),
        );
      } finally {
        await settings.update('rules', undefined);
        await replace(document, '["Prepaer"]', '["Prepare"]');
      }
    });
  });

  it('knows a definition that is a string of a template', async () => {
    const resource = { PipelineDefinitionBody: definition };
    const template = JSON.stringify(
      { Resources: { P: { Type: 'AWS::SageMaker::Pipeline', Properties: { PipelineDefinition: resource } } } },
      undefined,
      2,
    );
    const document = await open('template.json', template);
    const name = at(document, '[\\"Prepare', 6);
    const [hover] = await until('the step is known', async () => {
      const found = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', document.uri, name);
      return found.length > 0 && found;
    });
    assert.match(hoverText(hover), /Step \*\*Prepare\*\*/);
    const inside = at(document, 'Parameters.Rows', 'Parameters.'.length);
    const list = await commands.executeCommand<CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      inside,
    );
    assert.ok(list.items.some((item) => item.label === 'Rows'));
    const rename = await commands.executeCommand<WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      name,
      'Read',
    );
    assert.ok(await workspace.applyEdit(rename));
    assert.equal(document.getText(), template.replaceAll('Prepare\\"', 'Read\\"'));
  });

  for (const [name, text, rule] of [
    [
      'pipeline.json',
      '{"pipeline": {"name": "p", "roleArn": "arn:aws:iam::111122223333:role/p", "stages": []}}',
      'cp/artifact-store',
    ],
    ['buildspec.yml', 'version: 0.2\nphases:\n  prebuild:\n    commands: []\n', 'cb/unknown-member'],
    ['appspec.yml', 'version: 0.0\nos: ubuntu\n', 'ad/unknown-value'],
    [
      'train.asl.json',
      '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel.sync", "Next": "B"}}}',
      'asl/unknown-state',
    ],
  ] as const) {
    it(`checks ${name}`, async () => {
      const document = await open(name, text);
      await until(`${rule} shows`, () =>
        problems(document).some((one) => typeof one.code === 'object' && one.code.value === rule),
      );
    });
  }

  it('shows what a Python script makes, and what is wrong on its lines', async () => {
    const sdk = mkdtempSync(join(tmpdir(), 'sdk-'));
    writePythonSdk(sdk);
    process.env['PYTHONPATH'] = sdk;
    const script = await open(
      'pipeline.py',
      'from sagemaker.workflow.pipeline import Pipeline\nfrom sagemaker.workflow.steps import Step\n\npipeline = Pipeline("penguins", [\n    Step(\n        "Stop",\n    ),\n])\n',
    );
    await commands.executeCommand('mlopsFlow.renderPipeline', script.uri);
    const rendered = await until('the definition shows', () =>
      workspace.textDocuments.find((one) => one.uri.scheme === 'mlops-rendered'),
    );
    assert.ok(rendered.uri.path.endsWith('penguins.pipeline.json'));
    assert.match(rendered.getText(), /"Name": "Stop"/);
    const found = await until('the problem shows in the script', () => problems(script)[0]);
    assert.equal(script.getText(found.range), 'Stop');
    assert.match(found.message, /Nothing/);
    // As after a reload: nothing is known of the text but its URI.
    writeFileSync(join(root, 'second.py'), script.getText().replace('penguins', 'second'));
    const second = Uri.file(join(root, 'second.py'));
    const path = `${second.path}.second.pipeline.json`;
    const restored = await workspace.openTextDocument(rendered.uri.with({ path, query: second.toString() }));
    assert.match(restored.getText(), /"Name": "Stop"/);
    delete process.env['PYTHONPATH'];
    rmSync(sdk, { recursive: true, force: true });
  });
});

function hoverText(hover: Hover | undefined): string {
  return hover?.contents.map((one) => (typeof one === 'string' ? one : one.value)).join('\n') ?? '';
}

/** The processes that the extension host started with `script`. */
function children(script: string): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.filter((line) => line.includes(script)).map((line) => Number.parseInt(line, 10));
}

/** As much of a SageMaker SDK as a script needs that makes one Fail step. */
function writePythonSdk(folder: string): void {
  const workflow = join(folder, 'sagemaker', 'workflow');
  mkdirSync(workflow, { recursive: true });
  for (const path of [join(folder, 'sagemaker'), workflow]) writeFileSync(join(path, '__init__.py'), '');
  writeFileSync(join(workflow, 'steps.py'), 'class Step:\n    def __init__(self, name):\n        self.name = name\n');
  writeFileSync(
    join(workflow, 'pipeline.py'),
    `import json


class Pipeline:
    def __init__(self, name, steps):
        self.name, self.steps = name, steps

    def definition(self):
        steps = [{"Name": s.name, "Type": "Fail", "DependsOn": ["Nothing"], "Arguments": {"ErrorMessage": "x"}} for s in self.steps]
        return json.dumps({"Version": "2020-12-01", "Steps": steps})
`,
  );
}
