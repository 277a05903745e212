import { window } from 'vscode';
import type { Session } from '../../aws';
import { confirmChange, placeOf } from '../../aws/confirm';
import type { RoomServices } from '../services';
import type { DefinitionFile } from '../workspace';
import type { Preparation } from './start';

/**
 * Asks before a pipeline that others may use is created or updated, and before anything starts in production.
 *
 * @returns what to do before the start; undefined where the user does not want it
 */
export async function agreed(
  session: Session,
  pipeline: string,
  file: DefinitionFile | undefined,
  preparation: Preparation,
  services: Pick<RoomServices, 'showDifference'>,
): Promise<Preparation | undefined> {
  if (session.connection.kind === 'local') return preparation;
  if (preparation.kind === 'none' || file === undefined) {
    return (await confirmChange(session, { text: `Run ${pipeline}?`, action: 'Run' })) ? preparation : undefined;
  }
  const detail = await placeOf(session);
  if (preparation.kind === 'create') {
    const create = 'Create and Run';
    const text = `${pipeline} does not exist yet. Create it?`;
    return (await window.showWarningMessage(text, { modal: true, detail }, create)) === create
      ? preparation
      : undefined;
  }
  const [update, asItIs, show] = ['Update and Run', 'Run without Updating', 'Show Changes'];
  const text = `The definition of ${pipeline} is another than ${file.path}. Update it?`;
  const answer = await window.showWarningMessage(text, { modal: true, detail }, update, asItIs, show);
  if (answer === show) {
    const title = `${pipeline} on ${session.connection.label} ↔ ${file.path}`;
    await services.showDifference(`definitions/${pipeline}.json`, preparation.existing, file.uri, title);
  }
  if (answer === asItIs) return { kind: 'none' };
  return answer === update ? preparation : undefined;
}
