import { window, workspace } from 'vscode';
import type { Session } from '../../aws';
import { UserError } from '../../workbench';
import { logTail } from '../service';

/** So many of the last lines are shown. */
const mostLines = 2000;

/**
 * Shows the log of an endpoint's containers.
 *
 * @throws UserError where there is none
 */
export async function openEndpointLog(session: Session, endpoint: string): Promise<void> {
  const lines = await logTail(session, endpoint, '', mostLines);
  if (lines.length === 0) {
    throw new UserError(
      `There is no log of ${endpoint} from the last hour. Where it has none at all, its container was never started: check image, quota and role.`,
    );
  }
  const document = await workspace.openTextDocument({ content: lines.join('\n'), language: 'log' });
  await window.showTextDocument(document, { preview: true });
}
