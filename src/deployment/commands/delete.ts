import { window } from 'vscode';
import type { Connection } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { UserError } from '../../workbench';
import { isBusy } from '../model/verdict';
import { readDeletion, removeParts } from '../remove';
import { describeEndpoint } from '../service';
import type { RoomServices } from '../services';

/**
 * Deletes an endpoint after saying what goes and what stays. Each part ends by itself; what could not be deleted is
 * told at the end.
 *
 * @returns whether anything was deleted
 */
export async function deleteEndpoint(
  services: RoomServices,
  endpoint: string,
  connection: Connection,
): Promise<boolean> {
  const session = await services.connections.session(connection);
  const state = await describeEndpoint(session, endpoint);
  if (!state) throw new UserError(`There is no endpoint ${endpoint} any more.`);
  if (isBusy(state.status)) {
    throw new UserError(`${endpoint} is ${state.status}: AWS lets it be deleted only when it has settled.`);
  }
  const plan = await readDeletion(session, endpoint, state);
  const [only, all] = ['Delete Endpoint', 'Delete All of It'];
  const detail = [
    `Goes: ${plan.goes.map(({ label }) => label).join(', ')}.`,
    `Stays unless you delete all of it: ${plan.stays.map(({ label }) => label).join(', ') || 'nothing'}. With these, the endpoint can be made again.`,
    'The version in the registry, its archive and the record of deployments stay.',
  ].join('\n\n');
  const answer = await window.showWarningMessage(
    `Delete the endpoint ${endpoint}?`,
    { modal: true, detail },
    only,
    all,
  );
  if (answer === undefined) return false;
  const text = `${answer}: ${endpoint}?`;
  if (!(await confirmChange(session, { text, action: 'Delete' }))) return false;
  const parts = answer === all ? [...plan.goes, ...plan.stays] : plan.goes;
  const failed: string[] = [];
  for await (const { label, problem } of removeParts(session, endpoint, parts)) {
    if (problem !== undefined) failed.push(`${label}: ${problem}`);
  }
  services.changed();
  if (failed.length > 0) throw new UserError(`Not all was deleted. ${failed.join(' ')}`);
  return true;
}
