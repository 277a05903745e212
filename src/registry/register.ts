import { window } from 'vscode';
import { type Commands, UserError } from '../workbench';
import { groupIn } from './model';
import type { Registry, RegistryServices } from './services';
import { ModelsTree, type VersionRow } from './tree';

/** Registers the Models view and its commands. */
export function registerRegistry(services: RegistryServices, commands: Commands): Registry {
  const { connections } = services;
  const tree = new ModelsTree(services);
  const decide = async (row: VersionRow | undefined, status: 'Approved' | 'Rejected'): Promise<void> => {
    const { decideOn } = await import('../rooms.bundle');
    if (await decideOn(connections, row, status)) tree.refresh();
  };

  commands.register('mlopsFlow.approveModel', (row?: VersionRow) => decide(row, 'Approved'));
  commands.register('mlopsFlow.rejectModel', (row?: VersionRow) => decide(row, 'Rejected'));
  commands.register('mlopsFlow.refreshModels', () => tree.refresh());
  commands.register('mlopsFlow.openRunOfModel', ({ model, connection }: VersionRow) => {
    if (!model.generatedBy?.includes('/execution/')) {
      throw new UserError('This version does not say which run made it.');
    }
    services.openRun(model.generatedBy, connection);
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
    reveal: async (arn, connection) => {
      if (connection.id !== connections.active.id) {
        throw new UserError(
          `This model version is on ${connection.label}, and the Models view shows ${connections.active.label}.`,
          { title: 'Switch Connection', command: 'mlopsFlow.switchConnection' },
        );
      }
      if (!(await tree.reveal(arn))) {
        throw new UserError(`This version of ${groupIn(arn)} is not among the newest that the Models view shows.`);
      }
    },
    dispose: () => tree.dispose(),
  };
}
