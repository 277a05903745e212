import { type QuickPickItem, window } from 'vscode';
import type { Connections } from '../../aws/index';
import { listGroups, listVersions, type ModelVersion, setApproval } from '../service';

/** What a decision needs to know of a version. */
type Decidable = Pick<ModelVersion, 'arn' | 'group' | 'version'>;

/**
 * Approves or rejects a version, asking for the reason, and for the version where none is given.
 * @returns whether it was done
 */
export async function decideOn(
  connections: Connections,
  given: Decidable | undefined,
  status: 'Approved' | 'Rejected',
): Promise<boolean> {
  const model = given ?? (await pickVersion(connections, status));
  if (!model) return false;
  const verb = status === 'Approved' ? 'Approve' : 'Reject';
  const reason = await window.showInputBox({
    title: `${verb} ${model.group} Version ${model.version}`,
    prompt: 'Why, for those who come after (optional)',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 1024 ? 'At most 1024 characters' : undefined),
  });
  if (reason === undefined) return false;
  await setApproval(await connections.session(), model.arn, status, reason);
  return true;
}

async function pickVersion(connections: Connections, status: string): Promise<Decidable | undefined> {
  interface Choice extends QuickPickItem {
    model: Decidable;
  }
  const load = async (): Promise<Choice[]> => {
    const session = await connections.session();
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
