/** The definition that a pipeline has on its connection: shown, compared by versions and with a file, saved. */
import { Uri, window, workspace } from 'vscode';
import type { Session } from '../../aws';
import { UserError } from '../../workbench';
import type { RemoteDocuments } from '../documents';
import { deployedDefinition, listPipelineVersions, type PipelineVersion } from '../service';
import type { DefinitionFile } from '../workspace';

/** So many versions are offered. */
const mostVersions = 200;

/** Shows the definition as a document that can be read, with its graph and its checks. */
export async function showDeployed(documents: RemoteDocuments, session: Session, pipeline: string): Promise<void> {
  await documents.show(pathOf(session, pipeline), await readable(session, pipeline));
}

/** Shows what differs between the definition on the connection and the one in a file. */
export async function compareDeployed(
  documents: RemoteDocuments,
  session: Session,
  { pipeline, uri, path }: DefinitionFile,
): Promise<void> {
  const text = await readable(session, pipeline);
  const title = `${pipeline}: ${session.connection.label} ↔ ${path}`;
  await documents.compare(pathOf(session, pipeline), text, uri, title);
}

/** Asks for two versions and shows what differs between them; of one it shows the definition. */
export async function compareVersions(documents: RemoteDocuments, session: Session, pipeline: string): Promise<void> {
  const versions = await listPipelineVersions(session, pipeline, mostVersions);
  if (versions.length === 0) throw new UserError(`${pipeline} has no versions on ${session.connection.label}.`);
  const picked = await window.showQuickPick(versions.map(choiceOf), {
    title: `Versions of ${pipeline} · ${session.connection.label}`,
    placeHolder: 'One version to open, two to compare',
    canPickMany: true,
  });
  if (!picked || picked.length === 0) return;
  if (picked.length > 2) throw new UserError('Choose one version to open, or two to compare.');
  const [older, newer] = picked.map(({ version }) => version).sort((a, b) => a.id - b.id);
  const texts = await Promise.all(
    [older, newer].flatMap((version) => (version ? readable(session, pipeline, version.id) : [])),
  );
  const [first, second] = texts;
  if (first === undefined || !older) return;
  const path = pathOf(session, pipeline, older.id);
  if (second === undefined || !newer) return documents.show(path, first);
  const pair = {
    before: { path, text: first },
    after: { path: pathOf(session, pipeline, newer.id), text: second },
  };
  await documents.compareAll(`${pipeline}: version ${older.id} ↔ ${newer.id}`, [pair]);
}

/** Saves the definition to a file of the workspace that is chosen, and opens it. */
export async function saveDeployed(session: Session, pipeline: string): Promise<void> {
  const text = await readable(session, pipeline);
  const [folder] = workspace.workspaceFolders ?? [];
  const name = `${pipeline}.pipeline.json`;
  const uri = await window.showSaveDialog({
    title: `Save the Definition of ${pipeline}`,
    ...(folder ? { defaultUri: Uri.joinPath(folder.uri, name) } : {}),
    filters: { 'Pipeline definition': ['pipeline.json', 'json'] },
  });
  if (!uri) return;
  await workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  await window.showTextDocument(uri);
}

function choiceOf(version: PipelineVersion) {
  const { id, displayName, description, created, lastRun } = version;
  return {
    label: `Version ${id}`,
    description: [displayName, created?.toLocaleString()].filter((part) => part !== undefined).join(' · '),
    detail: [description, lastRun === undefined ? 'never run' : undefined].filter((part) => part).join(' · '),
    version,
  };
}

/** The definition as it is; where it stands on one line, with line breaks. */
async function readable(session: Session, pipeline: string, version?: number): Promise<string> {
  const text = await deployedDefinition(session, pipeline, version);
  if (text.includes('\n')) return text;
  try {
    return `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`;
  } catch {
    return text;
  }
}

function pathOf({ connection }: Session, pipeline: string, version?: number): string {
  const suffix = version === undefined ? '' : `@${version}`;
  return `definitions/${encodeURIComponent(connection.label)}/${pipeline}${suffix}.pipeline.json`;
}
