import { env, window } from 'vscode';
import { UserError } from '../workbench';
import type { Connection } from './connection';
import type { Connections } from './connections';
import { actionsAround, passing, policyOf } from './permissions';

/**
 * Copies a policy to ask for: what one missing action is used for, or all that was asked for over a connection in this
 * window.
 */
export async function copyPolicy(connections: Connections, connection: Connection, missing?: string): Promise<void> {
  const used = connections.actionsUsed(connection);
  if (missing === undefined && used.length === 0) {
    throw new UserError(
      `Nothing was asked of ${connection.label} in this window yet. Do what the policy is to allow first.`,
    );
  }
  const passed = used.some((action) => passing.has(action)) ? ['iam:PassRole'] : [];
  const actions = missing === undefined ? [...used, ...passed] : actionsAround(missing);
  await env.clipboard.writeText(`${JSON.stringify(policyOf(actions), undefined, 2)}\n`);
  const what = missing === undefined ? 'what was used in this window' : `${missing} and what is used with it`;
  void window.showInformationMessage(`A policy for ${what} (${actions.length} actions) is on the clipboard.`);
}
