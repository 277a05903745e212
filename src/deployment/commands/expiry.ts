import { window } from 'vscode';
import type { Connection } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { formatTime } from '../../shared/format';
import { UserError } from '../../workbench';
import { expiryOf, expiryTag, readExpiry } from '../../shared/expiry';
import { describeEndpoint, setTag, tagsOf } from '../service';
import type { RoomServices } from '../services';

/** Asks when an endpoint is to be gone, and tags it with the time: it is then told, and nothing is deleted by itself. */
export async function setExpiry(services: RoomServices, endpoint: string, connection: Connection): Promise<void> {
  const session = await services.connections.session(connection);
  const state = await describeEndpoint(session, endpoint);
  if (!state) throw new UserError(`There is no endpoint ${endpoint} any more.`);
  const before = expiryOf(await tagsOf(session, state.arn));
  const text = await window.showInputBox({
    title: `Expiry of ${endpoint} · ${connection.label}`,
    prompt: `When it is to be gone: 12h, 3d, 2w, or a day such as 2026-12-24.${before === undefined ? '' : ` It is ${formatTime(before)} now; empty takes it away.`}`,
    placeHolder: '3d',
    validateInput: (typed) =>
      typed.trim() === '' || readExpiry(typed, Date.now()) !== undefined
        ? undefined
        : 'This is not a time to come. Write 12h, 3d, 2w, or a day such as 2026-12-24.',
  });
  if (text === undefined || (text.trim() === '' && before === undefined)) return;
  const at = readExpiry(text, Date.now());
  const question =
    at === undefined ? `Take the expiry of ${endpoint} away?` : `Let ${endpoint} expire at ${formatTime(at)}?`;
  if (!(await confirmChange(session, { text: question, action: 'Set' }))) return;
  await setTag(session, state.arn, expiryTag, at === undefined ? undefined : new Date(at).toISOString());
  services.changed();
}
