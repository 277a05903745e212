import { window, workspace } from 'vscode';
import type { Session } from '../../aws';
import { listPipelines, readDeclaration } from '../service';

/** Opens the declaration of a pipeline of CodePipeline in an editor, as `aws codepipeline get-pipeline` prints it. */
export async function openDelivery(session: Session, name: string): Promise<void> {
  const { pipeline } = await readDeclaration(session, name);
  const content = JSON.stringify({ pipeline }, undefined, 2);
  await window.showTextDocument(await workspace.openTextDocument({ language: 'json', content }));
}

/** Asks for a pipeline of CodePipeline. */
export async function pickDelivery(session: Session, title: string): Promise<string | undefined> {
  const names = listPipelines(session).then((listed) => listed.map(({ name }) => name));
  return window.showQuickPick(names, {
    title: `${title} · ${session.connection.label}`,
    placeHolder: 'A pipeline of CodePipeline',
  });
}
