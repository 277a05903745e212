import { type Disposable, window } from 'vscode';
import type { Connections, Watcher } from '../aws';
import { type Commands, type Row, RowTree, UserError } from '../workbench';
import type { ModelsTree, VersionRow } from './tree';

/** What the registry needs of the other rooms. */
export interface RegistryServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  /** The numbers of a quality report, the most telling first; none where there is no report. */
  reportNumbers(uri: string | undefined): Promise<(readonly [name: string, value: number])[]>;
  openRun(executionArn: string): Promise<void>;
  /** The release tags of the workspace's repositories that shipped a version, the newest first. */
  releasesOf(arn: string): Promise<readonly { name: string; message: string }[]>;
}

/** What this room offers to the others. */
export interface Registry extends Disposable {
  refresh(): void;
  /** Selects a version in the Models view. */
  reveal(arn: string): Promise<void>;
}

const load = () => import('./registry.bundle');

/** Registers the Models view and its commands; what fills the view is loaded when it is first shown. */
export function registerRegistry(services: RegistryServices, commands: Commands): Registry {
  let filled: Promise<ModelsTree> | undefined;
  const models = () => (filled ??= load().then(({ ModelsTree }) => new ModelsTree(services, tree, view)));
  const tree = new RowTree('models', async () => (await models()).groups());
  const view = window.createTreeView<Row>('mlopsFlow.models', { treeDataProvider: tree, showCollapseAll: true });
  const refresh = (): void => void filled?.then((ready) => ready.refresh());
  const reveal = async (arn: string): Promise<void> => (await models()).reveal(arn);
  const changes = services.connections.onDidChange(refresh);

  const decide = async (row: VersionRow | undefined, status: 'Approved' | 'Rejected'): Promise<void> => {
    const { decideOn } = await load();
    if (await decideOn(services.connections, row?.model, status)) refresh();
  };

  commands.register('mlopsFlow.approveModel', (row?: VersionRow) => decide(row, 'Approved'));
  commands.register('mlopsFlow.rejectModel', (row?: VersionRow) => decide(row, 'Rejected'));
  commands.register('mlopsFlow.refreshModels', refresh);
  commands.register('mlopsFlow.revealModel', reveal);
  commands.register('mlopsFlow.openRunOfModel', async (row: VersionRow) => {
    const { generatedBy } = row.model;
    if (!generatedBy?.includes('/execution/')) {
      throw new UserError('This version does not say which run made it.');
    }
    await services.openRun(generatedBy);
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
    refresh,
    reveal,
    dispose: () => {
      for (const part of [changes, tree, view]) part.dispose();
      void filled?.then((ready) => ready.dispose());
    },
  };
}
