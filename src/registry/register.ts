import { window } from 'vscode';
import { type Connection, connectionOf } from '../aws';
import { type Commands, UserError } from '../workbench';
import { definePanel } from '../workbench/panel';
import { groupIn } from './model';
import { runsOfVersions } from './runs-of';
import { versionPanel } from './panels/version/contract';
import type { Registry, RegistryServices } from './services';
import type { ModelView, VersionRow } from './rows';
import { ModelsTree } from './tree';

/** Registers the Models view and its commands. */
export function registerRegistry(services: RegistryServices, commands: Commands): Registry {
  const { connections } = services;
  const tree = new ModelsTree(services);
  const decide = async (row: VersionRow | undefined, status: 'Approved' | 'Rejected'): Promise<void> => {
    const { decideOn } = await import('../rooms.bundle');
    if (await decideOn(connections, row, status)) tree.refresh();
  };

  const list = async (view: ModelView): Promise<void> => {
    const { viewWords } = await import('../rooms.bundle');
    tree.list(view, viewWords(view));
  };

  const versions = definePanel(services.panels, {
    contract: versionPanel,
    title: ({ arn }) => `${groupIn(arn)} version ${arn.split('/').at(-1) ?? ''}`,
    start: async (panel) => {
      const { VersionController } = await import('../rooms.bundle');
      return new VersionController(services, () => tree.refresh(), panel);
    },
  });
  const openVersion = (arn: string, connection: Connection): void => {
    versions.open({ connection: connection.id, arn });
  };

  commands.register('mlopsFlow.openModel', async (row?: VersionRow | string, connection?: string) => {
    if (typeof row === 'string') {
      return openVersion(row, connection === undefined ? connections.active : connectionOf(connection));
    }
    const { pickVersion } = await import('../rooms.bundle');
    const picked = row ?? (await pickVersion(connections, 'Open Model'));
    if (picked) openVersion(picked.model.arn, picked.connection);
  });
  commands.register('mlopsFlow.approveModel', (row?: VersionRow) => decide(row, 'Approved'));
  commands.register('mlopsFlow.rejectModel', (row?: VersionRow) => decide(row, 'Rejected'));
  commands.register('mlopsFlow.refreshModels', () => tree.refresh());
  commands.register('mlopsFlow.filterModels', async () => {
    const { askFilter } = await import('../rooms.bundle');
    const view = await askFilter(tree.view);
    if (view) await list(view);
  });
  commands.register('mlopsFlow.clearModelFilter', () => {
    const { order } = tree.view;
    return list({ name: '', ...(order ? { order } : {}) });
  });
  commands.register('mlopsFlow.sortModels', async () => {
    const { askOrder } = await import('../rooms.bundle');
    const order = await askOrder(await tree.metricNames());
    if (!order) return;
    const { order: _before, ...view } = tree.view;
    await list(order === 'newest' ? view : { ...view, order });
  });
  commands.register('mlopsFlow.openRunOfModel', ({ model, connection }: VersionRow) => {
    if (!model.generatedBy?.includes('/execution/')) {
      throw new UserError('This version does not say which run made it.');
    }
    services.openRun(model.generatedBy, connection);
  });
  commands.register('mlopsFlow.compareModels', (row: VersionRow, selected: readonly VersionRow[] = []) => {
    const rows = selected.filter((each) => 'model' in each && each.connection.id === row.connection.id);
    services.compareRuns(runsOfVersions(rows.map(({ model }) => model)), row.connection);
  });
  commands.register('mlopsFlow.showReleaseOfModel', async ({ model }: VersionRow) => {
    const [release] = await services.releasesOf(model.arn);
    if (!release)
      throw new UserError(`No release tag of this workspace records ${model.group} version ${model.version}.`);
    await window.showInformationMessage(`${model.group} version ${model.version} was released as ${release.name}.`, {
      modal: true,
      detail: release.message,
    });
  });

  return {
    refresh: () => tree.refresh(),
    openVersion,
    reveal: async (arn, connection) => {
      if (!connections.shown.some(({ id }) => id === connection.id)) {
        throw new UserError(`This model version is on ${connection.label}, which the Models view does not show.`, {
          title: 'Switch Connection',
          command: 'mlopsFlow.switchConnection',
        });
      }
      if (!(await tree.reveal(arn, connection))) {
        throw new UserError(`This version of ${groupIn(arn)} is not among the newest that the Models view shows.`);
      }
    },
    describe: async (session, arn) => {
      const { describeVersion } = await import('../rooms.bundle');
      const version = await describeVersion(session, arn);
      const metrics = version.report === undefined ? [] : await services.reportNumbers(session, version.report);
      return { arn, title: `${version.group} version ${version.version}`, approval: version.approval, metrics };
    },
    dispose: () => {
      versions.dispose();
      tree.dispose();
    },
  };
}
