/** A pipeline that a Python program makes: the dialog of Finish runs it once the user has consented, and not before. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openRepository } from '../../../../src/gitflow/index';
import { RepositoryFiles } from '../../../../src/gitflow/lifecycle/files';
import type { CommitDefinition, RenderAsked, RunRecords } from '../../../../src/gitflow/lifecycle/index';
import type { FlowArguments, FlowToPanel } from '../../../../src/gitflow/vscode/panels/flow/contract';
import type { Room } from '../../../../src/gitflow/vscode/services';
import { FakePanel } from '../../../fixtures/panel';
import { Sandbox, type Work } from '../sandbox';

vi.mock('vscode', () => import('../../../fixtures/vscode'));

const vscode = await import('../../../fixtures/vscode');
const { FinishController } = await import('../../../../src/gitflow/vscode/panels/flow/controller');

const sandbox = new Sandbox();
let work: Work;
const definition = '{"Version":"2020-12-01","Steps":[]}';

beforeAll(() => {
  work = sandbox.repository();
  work.commit('.mlops/config.json', '{ "gates": { "release": { "run": { "pipeline": "penguins" } } } }');
  work.git('checkout', '-q', '-b', 'release/1.0');
  work.commit('pipeline.py', 'make()');
});
afterAll(() => sandbox.remove());
beforeEach(() => {
  vi.restoreAllMocks();
  vscode.workspace.isTrusted = true;
});

/** A dialog over a run whose definition only a program could confirm. */
async function open() {
  const rendered: RenderAsked[] = [];
  const core = await openRepository(work.folder, { trusted: true });
  const files = new RepositoryFiles({ root: work.folder, trusted: true });
  const [state, configuration, listing] = await Promise.all([core.state(), core.configuration(), core.branches()]);
  const snapshot = { root: work.folder, name: 'work', core, state, configuration, listing };
  const commit = work.git('rev-parse', 'HEAD');
  const run = { arn: 'arn:run', name: 'run-1', pipeline: 'penguins', status: 'Succeeded', dirty: false, startedAt: 1 };
  const records: Partial<RunRecords> = {
    runs: () => Promise.resolve([{ ...run, commit }]),
    inputsOfRun: () => Promise.resolve({ definition, parameters: new Map() }),
    modelsOfRun: () => Promise.resolve([]),
    metricsOfRun: () => Promise.resolve({}),
  };
  const room = {
    services: {
      activeConnection: () => 'local',
      records: () => Promise.resolve(records),
      renderCommits:
        () =>
        (asked: RenderAsked): Promise<CommitDefinition> => {
          rendered.push(asked);
          return Promise.resolve({ path: 'pipeline.py', text: definition, rendered: true });
        },
      panels: { fail: vi.fn() },
    },
    repositories: { at: () => Promise.resolve({ root: work.folder, files }), touch: () => {} },
    snapshots: { onDidChange: () => ({ dispose: () => {} }), of: () => Promise.resolve(snapshot), renew: () => {} },
    finishIs: () => {},
  } as unknown as Room;
  const args = {
    repository: `file://${work.folder}`,
    action: 'finish',
    kind: 'release',
    name: '1.0',
    connection: 'local',
  };
  const panel = new FakePanel<FlowArguments, FlowToPanel>(args);
  const controller = new FinishController(room, panel);
  const gate = () =>
    panel
      .of('dialog')
      .at(-1)
      ?.dialog.gates.find(({ id }) => id === 'run');
  await vi.waitFor(() => expect(gate()?.state).toBe('unknown'), { timeout: 60_000 });
  const click = () => controller.receive({ type: 'act', check: 'run', action: 'render' });
  return { controller, gate, rendered, click };
}

it('is offered, asked for once, and judged as the command line does with --render', async () => {
  const { controller, gate, rendered, click } = await open();
  expect(gate()?.actions).toContainEqual({ id: 'render', label: 'Render with Python' });
  expect(gate()?.text).toContain('has no definition of penguins');
  const ask = vi.spyOn(vscode.window, 'showWarningMessage');
  ask.mockResolvedValueOnce(undefined);
  await click();
  // Nothing has run: the user did not want it.
  expect([rendered, gate()?.state]).toEqual([[], 'unknown']);
  ask.mockResolvedValueOnce('Run Script');
  await click();
  expect(gate()).toMatchObject({ state: 'ok', text: expect.stringContaining('succeeded') as string });
  expect(gate()?.actions).not.toContainEqual(expect.objectContaining({ id: 'render' }));
  // Judging again asks nobody, and runs nothing that was run.
  await controller.receive({ type: 'act', check: 'run', action: 'recheckGates' });
  expect(gate()?.state).toBe('ok');
  expect(ask).toHaveBeenCalledTimes(2);
  expect(rendered).toEqual([{ treeish: expect.any(String) as string, pipeline: 'penguins' }]);
  controller.dispose();
});

it('is not run in a workspace that is not trusted', async () => {
  const { controller, rendered, click } = await open();
  vscode.workspace.isTrusted = false;
  const ask = vi.spyOn(vscode.window, 'showWarningMessage');
  await expect(click()).rejects.toThrow('needs a trusted workspace');
  expect([ask.mock.calls, rendered]).toEqual([[], []]);
  controller.dispose();
});
