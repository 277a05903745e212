import { ProgressLocation, window } from 'vscode';
import type { Connection, Session } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { UserError } from '../../workbench';
import { isBusy } from '../model/verdict';
import type { EndpointState } from '../model/endpoint';
import { readDeletion, removeParts, settledEndpoint } from '../remove';
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
  const plan = await readDeletion(session, endpoint, state);
  const [only, all] = ['Delete Endpoint', 'Delete All of It'];
  const detail = [
    `Goes: ${plan.goes.map(({ label }) => label).join(', ')}.`,
    `Stays unless you delete all of it: ${plan.stays.map(({ label }) => label).join(', ') || 'nothing'}. With these, the endpoint can be made again.`,
    ...(isBusy(state.status)
      ? [`It is ${state.status}, and AWS deletes it only when it has settled: this window waits for that.`]
      : []),
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
  const settled = isBusy(state.status) ? await waitFor(session, endpoint) : state;
  if (!settled) return false;
  // What it serves may be another config by now.
  const { goes, stays } = settled === state ? plan : await readDeletion(session, endpoint, settled);
  const parts = answer === all ? [...goes, ...stays] : goes;
  const failed: string[] = [];
  for await (const { label, problem } of removeParts(session, endpoint, parts)) {
    if (problem !== undefined) failed.push(`${label}: ${problem}`);
  }
  services.changed();
  if (failed.length > 0) throw new UserError(`Not all was deleted. ${failed.join(' ')}`);
  return true;
}

/** Waits until an endpoint can be deleted; the user may leave it. */
async function waitFor(session: Session, endpoint: string): Promise<EndpointState | undefined> {
  const title = `${endpoint} is deleted when it has settled.`;
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (_, token) => {
      const left = new AbortController();
      token.onCancellationRequested(() => left.abort());
      try {
        return await settledEndpoint(session, endpoint, left.signal);
      } catch (error) {
        if (left.signal.aborted) return undefined;
        throw error;
      }
    },
  );
}
