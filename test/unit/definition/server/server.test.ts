import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, DocumentSymbol, SemanticTokens } from 'vscode-languageserver/node';
import { ensureBuilt, Server } from './connection';

const uri = 'file:///project/train.pipeline.json';
const text = `{
  "Version": "2020-12-01",
  "Parameters": [{ "Name": "Rows", "Type": "Integer", "DefaultValue": 10 }],
  "Steps": [
    { "Name": "Train", "Type": "Training", "Arguments": {} },
    { "Name": "Stop", "Type": "Fail", "Arguments": { "ErrorMessage": { "Get": "Steps.Trian.TrainingJobName" } }, "DependsOn": ["Train"] }
  ]
}
`;

describe('language server over its protocol', () => {
  let server: Server;

  beforeAll(async () => {
    ensureBuilt();
    server = new Server();
    await server.initialize({ rulePage: 'https://example.org/rules/{rule}' });
  });
  afterAll(() => server.stop());

  it('publishes diagnostics with rule, page and exact range', async () => {
    const found = await server.open(uri, text);
    const one = found.find((diagnostic) => diagnostic.code === 'sm/unknown-step-reference');
    const start = text.split('\n')[5]?.indexOf('Trian') ?? -1;
    expect(one).toMatchObject({
      range: { start: { line: 5, character: start }, end: { line: 5, character: start + 5 } },
      source: 'MLOps Flow',
      codeDescription: { href: 'https://example.org/rules/sm%2Funknown-step-reference' },
    });
  });

  it('offers the fix and, once applied, publishes none of it', async () => {
    const line = text.split('\n')[5] ?? '';
    const at = { line: 5, character: line.indexOf('Trian') + 1 };
    const actions = await server.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics: [] },
    });
    const fix = actions.find((action) => action.kind === 'quickfix' && action.isPreferred);
    const edit = fix?.edit?.changes?.[uri]?.[0];
    expect(edit?.newText).toBe('Train');
    const all = await server.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    expect(all.map((action) => action.kind)).toEqual(['source.fixAll.mlopsFlow']);
    const found = await server.edit(uri, edit?.range, edit?.newText ?? '');
    expect(found.filter((diagnostic) => diagnostic.code === 'sm/unknown-step-reference')).toEqual([]);
  });

  it('colours the names that are declared, whole and in a stretch', async () => {
    const coloured = 'file:///project/coloured.pipeline.json';
    await server.open(coloured, text.replace('"Get": "Steps.Trian', '"Get": "Steps.Train'));
    const read = ({ data }: SemanticTokens): number[][] =>
      Array.from({ length: data.length / 5 }, (_, at) => data.slice(at * 5, at * 5 + 5));
    const all = read(
      await server.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri: coloured } }),
    );
    // Line and character from the one before, length, kind, and whether it is a declaration.
    expect(all.map(([, , length, kind, declares]) => [length, kind, declares])).toEqual([
      [4, 0, 1],
      [5, 1, 1],
      [4, 1, 1],
      [5, 1, 0],
      [5, 1, 0],
    ]);
    const line = await server.request<SemanticTokens>('textDocument/semanticTokens/range', {
      textDocument: { uri: coloured },
      range: { start: { line: 5, character: 0 }, end: { line: 6, character: 0 } },
    });
    expect(read(line)).toHaveLength(3);
  });

  it('tells where values of the account belong', async () => {
    const roles = 'file:///project/roles.pipeline.json';
    const line =
      '{"Version": "2020-12-01", "Steps": [{"Name": "A", "Type": "Training", "Arguments": {"RoleArn": ""}}]}';
    await server.open(roles, line);
    const at = (character: number): Promise<unknown> =>
      server.request('mlops/accountPlace', { textDocument: { uri: roles }, position: { line: 0, character } });
    const start = line.indexOf('""');
    expect(await at(start + 1)).toEqual({
      kind: 'role',
      range: { start: { line: 0, character: start }, end: { line: 0, character: start + 2 } },
      after: '',
      quote: '"',
    });
    expect(await at(3)).toBeNull();
  });

  it('outlines a text that is broken in the middle', async () => {
    const broken = 'file:///project/broken.pipeline.json';
    const found = await server.open(broken, text.replace('"Arguments": {} }', '"Arguments": {'));
    expect(found.some((diagnostic) => diagnostic.severity === 1)).toBe(true);
    const symbols = await server.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: broken },
    });
    const steps = symbols.find((symbol) => symbol.name === 'Steps');
    expect(steps?.children?.[0]).toMatchObject({ name: 'Train', detail: 'Training' });
  });

  it('finds, follows and renames a step everywhere', async () => {
    const lines = text.replace('Trian', 'Train').split('\n');
    const at = { line: 4, character: (lines[4]?.indexOf('Train') ?? 0) + 2 };
    const params = { textDocument: { uri }, position: at };
    const references = await server.request<unknown[]>('textDocument/references', {
      ...params,
      context: { includeDeclaration: true },
    });
    expect(references).toHaveLength(3);
    const edit = await server.request<{ changes: Record<string, unknown[]> }>('textDocument/rename', {
      ...params,
      newName: 'Fit',
    });
    expect(edit.changes[uri]).toHaveLength(3);
    await expect(server.request('textDocument/rename', { ...params, newName: 'no good' })).rejects.toThrow(/letters/);
  });

  it('answers the graph and tells when it has changed', async () => {
    const answer = await server.request<{ graph: { nodes: { id: string }[] } }>('mlops/graph', { uri });
    expect(answer.graph.nodes.map((node) => node.id)).toEqual(['Train', 'Stop']);
    const changed = new Promise((done) => server.connection.onNotification('mlops/graphChanged', done));
    await server.edit(uri, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, ' ');
    expect(await changed).toEqual({ uri });
  });

  it('says nothing about any other JSON', async () => {
    const other = 'file:///project/package.json';
    await server.openOnly(other, '{ "name": "x", "version": "1.0.0", }');
    expect(await server.request('textDocument/documentSymbol', { textDocument: { uri: other } })).toBeNull();
    expect(await server.request('textDocument/codeLens', { textDocument: { uri: other } })).toEqual([]);
    await server.open('file:///project/later.pipeline.json', '{}');
    expect(server.published.filter((params) => params.uri === other)).toEqual([]);
  });

  it('says what is wrong with the last text, however fast keys are pressed', async () => {
    const fast = 'file:///project/fast.pipeline.json';
    const place = text.indexOf('"Training"') + 1;
    const line = text.slice(0, place).split('\n').length - 1;
    const character = place - text.lastIndexOf('\n', place) - 1;
    const first = await server.open(fast, text);
    const before = server.published.length;
    const typed = 'Fail Tuning Training x';
    const edits = Array.from(typed, (key, index) => {
      const at = { line, character: character + index };
      return server.edit(fast, { start: at, end: at }, key);
    });
    const last = await edits.at(-1);
    const published = server.published.slice(before).filter((params) => params.uri === fast);
    expect(published.length).toBeLessThan(typed.length);
    expect(published.at(-1)?.version).toBe(1 + typed.length);
    const slow = await server.open(
      'file:///project/slow.pipeline.json',
      `${text.slice(0, place)}${typed}${text.slice(place)}`,
    );
    expect(last?.map(({ range, message }) => ({ range, message }))).toEqual(
      slow.map(({ range, message }) => ({ range, message })),
    );
    expect(last).not.toEqual(first);
  });

  it('takes settings, and takes diagnostics back where a rule is off', async () => {
    const own = 'file:///project/settings.pipeline.json';
    await server.open(own, text);
    const changed = server.diagnostics(own);
    await server.connection.sendNotification('mlops/settings', {
      validation: { overrides: [{ files: ['**'], levels: { 'sm/unknown-step-reference': 'off' } }] },
    });
    expect((await changed).map((diagnostic) => diagnostic.code)).not.toContain('sm/unknown-step-reference');
    const again = server.diagnostics(own);
    await server.connection.sendNotification('mlops/settings', { validation: {} });
    const found = (await again).find((diagnostic) => diagnostic.code === 'sm/unknown-step-reference');
    expect(found).toBeDefined();
    expect(found?.codeDescription).toBeUndefined();
  });

  it('takes diagnostics back when a document is closed', async () => {
    const own = 'file:///project/closed.pipeline.json';
    await server.open(own, text);
    const last = server.diagnostics(own);
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri: own } });
    expect(await last).toEqual([]);
  });

  it('answers each feature', async () => {
    const own = 'file:///project/features.pipeline.json';
    const whole = text.replace('Trian', 'Train');
    await server.open(own, whole);
    const textDocument = { uri: own };
    const line = 5;
    const character = (whole.split('\n')[line] ?? '').indexOf('Steps.Train') + 8;
    const position = { line, character };
    const ask = (method: string, more: object = {}): Promise<unknown> =>
      server.request(`textDocument/${method}`, { textDocument, ...more });
    expect(await ask('completion', { position })).toEqual(
      expect.arrayContaining([expect.objectContaining({ label: 'Train' })]),
    );
    expect(await ask('hover', { position })).toMatchObject({ contents: { kind: 'markdown' } });
    expect(await ask('definition', { position })).toMatchObject([{ uri: own, range: { start: { line: 4 } } }]);
    expect(await ask('documentHighlight', { position })).toHaveLength(3);
    expect(await ask('prepareRename', { position })).toMatchObject({ placeholder: 'Train' });
    expect(await ask('foldingRange')).toContainEqual({ startLine: 3, endLine: 5 });
    expect(await ask('selectionRange', { positions: [position] })).toMatchObject([{ parent: { parent: {} } }]);
    expect(await ask('codeLens')).toMatchObject([
      { command: { command: 'mlopsFlow.runPipeline', arguments: [own] } },
      { command: { command: 'mlopsFlow.openGraphPreview' } },
    ]);
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    expect(await ask('inlayHint', { range })).toMatchObject([{ label: ': String' }]);
    expect(await ask('documentLink')).toEqual([]);
  });

  it('loads what checks state machines when it meets one', async () => {
    const found = await server.open(
      'file:///project/a.asl.json',
      '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}',
    );
    expect(found.map((diagnostic) => diagnostic.code)).toContain('asl/unknown-state');
  });

  it('finds what only a parser tells that is loaded on first use, and mends it', async () => {
    const uri = 'file:///project/expression.asl.json';
    const text =
      '{"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": {"Type": "Pass", "Output": "{% phone %}", "End": true}}}';
    const [found] = await server.open(uri, text);
    expect(found?.code).toBe('asl/jsonata-reference');
  });
});
