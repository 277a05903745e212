import { window } from 'vscode';
import { approvalFaces } from '../shared/status';
import { type Commands, UserError } from '../workbench';
import { groupIn } from './model';
import type { Registry, RegistryServices } from './services';
import type { ModelFilter } from './service';
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
  commands.register('mlopsFlow.filterModels', async () => {
    const filter = await askFilter(tree.filter);
    if (filter) tree.filterBy(filter);
  });
  commands.register('mlopsFlow.clearModelFilter', () => tree.filterBy({ name: '' }));
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
    dispose: () => tree.dispose(),
  };
}

/** What of the models is to be listed: what the name of the group contains, and the approval of its versions. */
async function askFilter(before: ModelFilter): Promise<ModelFilter | undefined> {
  const name = await window.showInputBox({
    title: 'Filter Models',
    prompt: 'What the name of the model group contains; empty for all groups',
    value: before.name,
  });
  if (name === undefined) return undefined;
  const choices = [
    { label: 'Any approval' },
    ...Object.entries(approvalFaces).map(([approval, { word: label }]) => ({
      label,
      approval: approval as keyof typeof approvalFaces,
    })),
  ];
  const chosen = await window.showQuickPick(choices, { title: 'Filter Models', placeHolder: 'Versions with…' });
  if (!chosen) return undefined;
  return { name: name.trim(), ...('approval' in chosen ? { approval: chosen.approval } : {}) };
}
