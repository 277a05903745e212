/** Gates of a branch without an environment ask one connection from beginning to end, whichever is in use meanwhile. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRepository } from '../../../../src/gitflow/index';
import type { Plan } from '../../../../src/gitflow/model/model';
import { RepositoryFiles } from '../../../../src/gitflow/lifecycle/files';
import type { RunRecords } from '../../../../src/gitflow/lifecycle/index';
import type { FlowArguments, FlowToPanel } from '../../../../src/gitflow/vscode/panels/flow/contract';
import type { Room } from '../../../../src/gitflow/vscode/services';
import type { KnownRepository } from '../../../../src/gitflow/vscode/repositories/repositories';
import { FakePanel } from '../../../fixtures/panel';
import { Sandbox, type Work } from '../sandbox';

vi.mock('vscode', () => import('../../../fixtures/vscode'));

const { FinishController } = await import('../../../../src/gitflow/vscode/panels/flow/controller');
const { withGates } = await import('../../../../src/gitflow/vscode/commands/gates');

const sandbox = new Sandbox();
let work: Work;

beforeAll(() => {
  work = sandbox.repository();
  work.commit('.mlops/config.json', '{ "gates": { "release": { "run": { "pipeline": "penguins" } } } }');
  work.git('checkout', '-q', '-b', 'release/1.0');
  work.commit('b', '2');
});
afterAll(() => sandbox.remove());

/** A room whose active connection the test changes; `asked` are the connections whose records were wanted. */
async function open() {
  const at = { active: 'profile:one' };
  const asked: string[] = [];
  const core = await openRepository(work.folder, { trusted: true });
  const repository = { root: work.folder, files: new RepositoryFiles({ root: work.folder, trusted: true }) };
  const [state, configuration, listing] = await Promise.all([core.state(), core.configuration(), core.branches()]);
  const snapshot = { root: work.folder, name: 'work', core, state, configuration, listing };
  const room = {
    services: {
      activeConnection: () => at.active,
      records: (_environment: unknown, connection: string): Promise<RunRecords> => {
        asked.push(connection);
        return Promise.reject(new Error(`Nobody answers for ${connection}.`));
      },
      panels: {
        fail: (error: unknown) => {
          throw error;
        },
      },
    },
    repositories: { at: () => Promise.resolve(repository) },
    snapshots: { onDidChange: () => ({ dispose: () => {} }), of: () => Promise.resolve(snapshot), renew: () => {} },
    finishIs: () => {},
  } as unknown as Room;
  return { room, repository: repository as KnownRepository, core, asked, at };
}

describe('gates of a branch without an environment', () => {
  it('are asked by the dialog of the connection that it was opened for', async () => {
    const { room, asked, at } = await open();
    const args = {
      repository: `file://${work.folder}`,
      action: 'finish',
      kind: 'release',
      name: '1.0',
      connection: at.active,
    };
    const panel = new FakePanel<FlowArguments, FlowToPanel>(args);
    const controller = new FinishController(room, panel);
    const gate = () =>
      panel
        .of('dialog')
        .at(-1)
        ?.dialog.gates.find(({ id }) => id === 'run');
    await vi.waitFor(() => expect(gate()?.state).toBe('unknown'), { timeout: 60_000 });
    at.active = 'profile:two';
    await controller.receive({ type: 'act', check: 'run', action: 'recheckGates' });
    expect(gate()?.text).toContain('profile:one');
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(new Set(asked)).toEqual(new Set(['profile:one']));
    controller.dispose();
  });

  it('are asked by a command, and again with a reason, of the one that was in use when it began', async () => {
    const { room, repository, core, asked, at } = await open();
    const planned = await core.plan({ action: 'finish', kind: 'release', name: '1.0', message: 'one' });
    if (!planned.ok) throw new Error('There is no plan.');
    const outcome = withGates(room, repository, async (admit: (plan: Plan) => Promise<unknown>) => {
      await admit(planned.plan);
      at.active = 'profile:two';
      await admit(planned.plan);
      return { status: 'done', plan: planned.plan, summary: [], warnings: [] };
    });
    await expect(outcome).resolves.toMatchObject({ status: 'done' });
    expect(asked).toEqual(['profile:one', 'profile:one']);
  });
});
