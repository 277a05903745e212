/** Reproducing a run: its commit, definition, parameters, code and data once more, and whether it comes to the same. */
import { window, workspace } from 'vscode';
import type { Connection } from '../../aws';
import { UserError } from '../../workbench';
import { checkedOut, prepareReproduction, type Preparations } from '../reproduce';
import type { RoomServices } from '../services';
import { repositoryWith } from './commits';
import { startRun } from './start';

type Services = Pick<RoomServices, 'connections' | 'definitions'>;

/** Starts a run that is to come to the same as another. @returns its ARN; undefined where the user does not want it */
export async function reproduceRun(
  services: Services,
  arn: string,
  connection: Connection,
): Promise<string | undefined> {
  if (!workspace.isTrusted) {
    throw new UserError('A reproduction executes what is in the commit. Trust the workspace first.', {
      title: 'Manage Trust',
      command: 'workbench.trust.manage',
    });
  }
  const session = await services.connections.session(connection);
  const prepared = await window.withProgress({ location: { viewId: 'mlopsFlow.pipelines' } }, () =>
    prepareReproduction(session, arn, repositoryWith),
  );
  if (!(await agreedTo(prepared))) return undefined;
  return checkedOut(session, prepared, (request) => startRun(session, request, { kind: 'none' }));
}

async function agreedTo({ name, parts, impossible, connection }: Preparations): Promise<boolean> {
  const lines = parts.map(
    ({ what, state, text }) => `${state === 'same' ? '✓' : state === 'unsure' ? '?' : '✗'} ${what}: ${text}`,
  );
  if (impossible) {
    await window.showWarningMessage(`${name} cannot be reproduced.`, { modal: true, detail: lines.join('\n') });
    return false;
  }
  const isWhole = parts.every(({ state }) => state === 'same');
  const button = isWhole ? 'Reproduce' : 'Reproduce Anyway';
  const question = `Reproduce ${name} on ${connection}?`;
  return (await window.showInformationMessage(question, { modal: true, detail: lines.join('\n') }, button)) === button;
}
