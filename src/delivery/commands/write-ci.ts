/** Writes files for build servers that check, run and deploy a pipeline: shown beside what is there first. */
import { commands, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { UserError } from '../../workbench';
import { readCi } from '../ci/read';
import { ciFiles, type CiKind, ciKinds, ciText } from '../ci/text';
import type { Room } from '../room';

interface PipelineChoice extends QuickPickItem {
  uri: Uri;
}

interface KindChoice extends QuickPickItem {
  writes: CiKind;
}

const mostDefinitions = 50;

export async function writeCi(room: Room, given: unknown): Promise<void> {
  const file = given instanceof Uri ? given : await pickPipelineFile(room);
  if (!file) return;
  const folder = workspace.getWorkspaceFolder(file);
  if (!folder) throw new UserError('Open the folder of the project first.');
  const choices = ciKinds.map((kind): KindChoice => ({
    writes: kind,
    label: ciFiles[kind].title,
    picked: kind === 'github',
  }));
  const title = `Add Continuous Integration for ${workspace.asRelativePath(file, false)}`;
  const kinds = await window.showQuickPick(choices, { title, canPickMany: true, placeHolder: 'What is written' });
  if (!kinds || kinds.length === 0) return;
  const version = await versionOf(room.parts.services.panels.extensionUri);
  const project = await readCi(folder.uri.fsPath, workspace.asRelativePath(file, false), version);
  for (const { writes: kind } of kinds) {
    const path = ciFiles[kind].path(project.name);
    await offer(room, Uri.joinPath(folder.uri, path), path, ciText(kind, project));
  }
}

/** Shows what would be written beside what is there, and writes it where the user wants it. */
async function offer({ declared }: Room, target: Uri, path: string, text: string): Promise<void> {
  const there = await workspace.fs.readFile(target).then(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    () => undefined,
  );
  if (there === text) {
    void window.showInformationMessage(`${path} is as it would be written.`);
    return;
  }
  const isThere = there !== undefined;
  const before = isThere ? target : declared.keep(`${path} (not there)`, '');
  const title = `${path}: ${isThere ? 'as it is' : 'new'} ↔ to be written`;
  await commands.executeCommand('vscode.diff', before, declared.keep(path, text), title, { preview: true });
  const write = isThere ? 'Replace the File' : 'Write the File';
  const answer = await window.showQuickPick([write, 'Leave It'], { title: `${path}?`, ignoreFocusOut: true });
  if (answer !== write) return;
  await workspace.fs.writeFile(target, Buffer.from(text));
  await commands.executeCommand('workbench.action.closeActiveEditor');
  await window.showTextDocument(target, { preview: false });
}

async function pickPipelineFile({ parts }: Room): Promise<Uri | undefined> {
  const [programs, definitions] = await Promise.all([
    parts.services.programs(),
    workspace.findFiles('**/*.pipeline.json', '**/{node_modules,.git,.venv,cdk.out}/**', mostDefinitions),
  ]);
  const uris = new Map([...programs, ...definitions].map((uri) => [uri.toString(), uri]));
  const choices = [...uris.values()].map((uri): PipelineChoice => ({
    label: workspace.asRelativePath(uri, false),
    uri,
  }));
  if (choices.length === 0)
    throw new UserError('The workspace has no pipeline: neither a definition nor a program that makes one.');
  if (choices.length === 1) return choices[0]?.uri;
  const title = 'Add Continuous Integration';
  return (await window.showQuickPick(choices, { title, placeHolder: 'The pipeline that is run' }))?.uri;
}

async function versionOf(extension: Uri): Promise<string> {
  const text = Buffer.from(await workspace.fs.readFile(Uri.joinPath(extension, 'package.json'))).toString('utf8');
  return (JSON.parse(text) as { version: string }).version;
}
