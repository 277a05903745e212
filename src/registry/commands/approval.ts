import { type QuickPickItem, window } from 'vscode';
import type { Connection, Connections } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { pickName } from '../../workbench';
import type { ListedVersion } from '../model';
import { listVersions, pageGroups, setApproval } from '../service';

/** So many versions are offered. */
const mostVersions = 100;

/** A version, and the connection that it is on. */
export interface Decidable {
  connection: Connection;
  model: Pick<ListedVersion, 'arn' | 'group' | 'version'>;
}

/**
 * Approves or rejects a version, asking for the reason, and for the version where none is given.
 * @returns whether it was done
 */
export async function decideOn(
  connections: Connections,
  given: Decidable | undefined,
  status: 'Approved' | 'Rejected',
): Promise<boolean> {
  const chosen =
    given ?? (await pickVersion(connections, `${status === 'Approved' ? 'Approve' : 'Reject'} Model`, status));
  if (!chosen) return false;
  const { connection, model } = chosen;
  const verb = status === 'Approved' ? 'Approve' : 'Reject';
  const reason = await window.showInputBox({
    title: `${verb} ${model.group} Version ${model.version} · ${connection.label}`,
    prompt: 'Reason (optional)',
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > 1024 ? 'At most 1024 characters' : undefined),
  });
  if (reason === undefined) return false;
  const session = await connections.session(connection);
  const text = `${verb} ${model.group} version ${model.version}?`;
  if (!(await confirmChange(session, { text, action: verb }))) return false;
  await setApproval(session, model.arn, status, reason);
  return true;
}

/** Asks for a group and then for one of its versions: those that do not have this approval yet. */
export async function pickVersion(
  connections: Connections,
  title: string,
  status?: string,
): Promise<Decidable | undefined> {
  interface Choice extends QuickPickItem {
    model: ListedVersion;
  }
  const connection = connections.active;
  const session = connections.session(connection);
  const head = `${title} · ${connection.label}`;
  const group = await pickName({ title: head, placeHolder: 'A model group' }, async (name) => {
    const { items, next } = await pageGroups(await session, { name }, 1, undefined);
    return { items: items.map((each) => each.name), more: next !== undefined };
  });
  if (group === undefined) return undefined;
  const load = async (): Promise<Choice[]> =>
    (await listVersions(await session, group, mostVersions))
      .filter(({ approval }) => approval !== status)
      .map((model) => ({ label: `Version ${model.version}`, description: model.approval, model }));
  const picked = await window.showQuickPick(load(), { title: head, placeHolder: `A version of ${group}` });
  return picked && { connection, model: picked.model };
}
