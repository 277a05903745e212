/** Pipelines that programs make are run again, picked and shown as those of definitions are. */
import { beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/aws';
import { asked, files, Uri } from '../../fixtures/vscode';

vi.mock('vscode', async () => ({
  ...(await import('../../fixtures/vscode')),
  Range: class {
    readonly start: { line: number };
    constructor(line: number) {
      this.start = { line };
    }
  },
}));

const { window } = await import('vscode');
const { pickDefined } = await import('../../../src/pipelines/commands/pick');
const { openAgain, revealInProgram } = await import('../../../src/pipelines/commands/programs');

const connection = { id: 'local' } as Connection;
const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/wine/execution/abcdefghijkl';
const script = { name: 'wine', path: 'wine.py', line: 3, maker: { kind: 'module' }, uri: Uri.file('/project/wine.py') };
const definition = { pipeline: 'penguins', path: 'p.json', uri: Uri.file('/project/p.json') };
const rendered = Uri.parse('mlops-rendered:/project/wine.py.wine.pipeline.json');

/** The services of a workspace with these definitions and programs. */
function workspaceOf(
  definitions: readonly { pipeline: string }[],
  programs: readonly object[],
  text: Uri | undefined = rendered,
) {
  const opened: unknown[] = [];
  const services = {
    definitions: {
      list: () => Promise.resolve(definitions),
      fileOf: (name: string) => Promise.resolve(definitions.find(({ pipeline }) => pipeline === name)),
    },
    sources: { list: () => Promise.resolve(programs), render: () => Promise.resolve(text) },
    openForm: (...given: unknown[]) => void opened.push(given),
  };
  return { services: services as never, opened };
}

beforeEach(() => {
  asked.length = 0;
});

test('what a program makes is rendered before it is run again: the run is of the code as it is now', async () => {
  const { services, opened } = workspaceOf([], [script]);
  await openAgain(services, arn, connection);
  expect(opened).toEqual([[{ pipeline: 'wine', definition: rendered.toString(), again: arn }, connection]]);
});

test('a definition is run again by its name, and so is what the workspace knows nothing of', async () => {
  for (const { services, opened } of [workspaceOf([{ pipeline: 'wine' }], [script]), workspaceOf([], [])]) {
    await openAgain(services, arn, connection);
    expect(opened).toEqual([[{ pipeline: 'wine', again: arn }, connection]]);
  }
});

test('nothing is opened where the user turns the rendering down', async () => {
  const { services, opened } = workspaceOf([], [script]);
  Object.assign((services as { sources: object }).sources, { render: () => Promise.resolve(undefined) });
  await openAgain(services, arn, connection);
  expect(opened).toEqual([]);
});

test('a command without a row takes the one pipeline of the workspace, whatever makes it', async () => {
  expect(await pickDefined(workspaceOf([], [script]).services, 'Run Pipeline')).toBe(script);
  expect(await pickDefined(workspaceOf([definition], []).services, 'Run Pipeline')).toBe(definition);
  await expect(pickDefined(workspaceOf([], []).services, 'Run Pipeline')).rejects.toThrow(/No pipeline is in this/);
});

test('of several that of the active editor, else the one that is picked by its name', async () => {
  const { services } = workspaceOf(
    [definition],
    [script, { ...script, name: undefined, uri: Uri.file('/project/b.py') }],
  );
  expect(await pickDefined(services, 'Run Pipeline', script.uri as never)).toBe(script);
  const offered: unknown[] = [];
  const picking = vi.spyOn(window, 'showQuickPick').mockImplementation(((items: { label: string }[]) => {
    offered.push(...items.map(({ label }) => label));
    return Promise.resolve(items[1]);
  }) as never);
  expect(await pickDefined(services, 'Run Pipeline')).toBe(script);
  expect(offered).toEqual(['penguins', 'wine', 'wine.py']);
  picking.mockRestore();
});

test('a step is shown where its program names it, else where the pipeline is made', async () => {
  files.set('/project/wine.py', 'import x\n\nstep = TrainingStep(\n  name="fit",\n)\nPipeline(name="wine")\n');
  const shown = vi.spyOn(window, 'showTextDocument');
  const { services } = workspaceOf([], [{ ...script, line: 5 }]);
  for (const step of ['fit', 'made-by-the-sdk']) await revealInProgram(services, 'wine', step);
  const lines = shown.mock.calls.map(
    ([, options]) => (options as { selection: { start: { line: number } } }).selection.start.line,
  );
  expect(lines).toEqual([3, 5]);
  shown.mockRestore();
  await expect(revealInProgram(services, 'other', 'fit')).rejects.toThrow(/not in this workspace/);
});
