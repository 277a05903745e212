import { type Disposable, type QuickPickItem, window } from 'vscode';
import type { Connections, Watcher } from '../aws';
import { type Commands, UserError } from '../workbench';
import { listGroups, listVersions, type ModelVersion, setApproval } from './service';
import { ModelsTree, type VersionRow } from './tree';

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

/** Registers the Models view and its commands. */
export function registerRegistry(services: RegistryServices, commands: Commands): Registry {
  const tree = new ModelsTree(services);
  const changes = services.connections.onDidChange(() => tree.refresh());

  const decide = async (row: VersionRow | undefined, status: 'Approved' | 'Rejected'): Promise<void> => {
    const model: Decidable | undefined = row?.model ?? (await pickVersion(services, status));
    if (!model) return;
    const verb = status === 'Approved' ? 'Approve' : 'Reject';
    const reason = await window.showInputBox({
      title: `${verb} ${model.group} Version ${model.version}`,
      prompt: 'Why, for those who come after (optional)',
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 1024 ? 'At most 1024 characters' : undefined),
    });
    if (reason === undefined) return;
    await setApproval(await services.connections.session(), model.arn, status, reason);
    tree.refresh();
  };

  commands.register('mlopsFlow.approveModel', (row?: VersionRow) => decide(row, 'Approved'));
  commands.register('mlopsFlow.rejectModel', (row?: VersionRow) => decide(row, 'Rejected'));
  commands.register('mlopsFlow.refreshModels', () => tree.refresh());
  commands.register('mlopsFlow.revealModel', (arn: string) => tree.reveal(arn));
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
    refresh: () => tree.refresh(),
    reveal: (arn) => tree.reveal(arn),
    dispose: () => {
      changes.dispose();
      tree.dispose();
    },
  };
}

/** What a decision needs to know of a version. */
type Decidable = Pick<ModelVersion, 'arn' | 'group' | 'version'>;

async function pickVersion(services: RegistryServices, status: string): Promise<Decidable | undefined> {
  interface Choice extends QuickPickItem {
    model: Decidable;
  }
  const load = async (): Promise<Choice[]> => {
    const session = await services.connections.session();
    const groups = await listGroups(session);
    const lists = await Promise.all(
      groups.map(({ ModelPackageGroupName = '' }) => listVersions(session, ModelPackageGroupName)),
    );
    return lists
      .flat()
      .filter(({ ModelApprovalStatus: approval }) => approval !== status)
      .map(
        ({
          ModelPackageArn: arn = '',
          ModelPackageGroupName: group = '',
          ModelPackageVersion: version = 0,
          ModelApprovalStatus: approval = 'PendingManualApproval',
        }) => ({
          label: `${group} version ${version}`,
          description: approval,
          model: { arn, group, version },
        }),
      );
  };
  const title = status === 'Approved' ? 'Approve Model' : 'Reject Model';
  return (await window.showQuickPick(load(), { title, placeHolder: 'A version of a registered model' }))?.model;
}
