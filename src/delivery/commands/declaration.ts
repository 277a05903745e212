/** What the commands on a declaration in a file do: compare it with what is deployed, deploy it, start it. */
import { commands, type Disposable, EventEmitter, Uri, window, workspace } from 'vscode';
import type { Session } from '../../aws';
import { placeOf } from '../../aws/confirm';
import { valueOfJson } from '../../shared/json';
import { UserError } from '../../workbench';
import { createProject, missingProjects } from '../builds/service';
import {
  arrangedLike,
  declarationIn,
  type Json,
  planOf,
  projectIn,
  type ProjectInput,
  projectsOf,
  withoutVersion,
} from '../plan';
import { deployDeclaration, readWholeDeclaration } from '../service';

const scheme = 'mlops-flow-declaration';
/** So many changes stand in the question; the comparison shows all. */
const changesShown = 15;
/** Files beside a declaration that are looked through for projects. */
const filesLooked = 50;

/** Texts that lie in no file, as read-only documents: declarations as they are deployed, files that may be written. */
export class DeployedDeclarations implements Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changes = new EventEmitter<Uri>();
  private readonly registration = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: this.changes.event,
    provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? '',
  });

  keep(path: string, text: string): Uri {
    const uri = Uri.from({ scheme, path: `/${path}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    return uri;
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}

/** A declaration in a document. */
interface Found {
  uri: Uri;
  declaration: Json;
  isFramed: boolean;
  name: string;
}

/** The declaration in a file, else in the active editor. @throws UserError where there is none */
export async function declarationOf(given: unknown): Promise<Found> {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  const document = uri && (await workspace.openTextDocument(uri));
  const found = document && declarationIn(valueOfJson(document.getText()));
  if (!document || !found) throw new UserError('Open a CodePipeline declaration in JSON first.');
  return { ...found, uri: document.uri, name: String(found.declaration['name']) };
}

/** Shows what differs between what is deployed and the file. */
export async function compareDeclaration(
  session: Session,
  documents: DeployedDeclarations,
  found: Found,
): Promise<void> {
  const { name, declaration, isFramed, uri } = found;
  const deployed = await readWholeDeclaration(session, name);
  if (!deployed) {
    throw new UserError(
      `${session.connection.label} has no delivery pipeline ${name} yet: deploy the declaration first.`,
    );
  }
  // The version is the service's own, and differs after each deployment.
  const compared = arrangedLike('version' in declaration ? deployed : withoutVersion(deployed), declaration);
  const text = `${JSON.stringify(isFramed ? { pipeline: compared } : compared, undefined, 2)}\n`;
  const title = `${name}: ${session.connection.label} ↔ file`;
  await commands.executeCommand('vscode.diff', documents.keep(`${name}.json`, text), uri, title);
}

/** Creates or updates the pipeline after its plan was agreed to. @returns whether it was done */
export async function deploy(
  session: Session,
  documents: DeployedDeclarations,
  found: Found,
  repository: string | undefined,
): Promise<boolean> {
  const { name, declaration } = found;
  const plan = planOf(declaration, await readWholeDeclaration(session, name));
  if (plan.kind === 'none') {
    window.setStatusBarMessage(`$(pass) ${plan.consequence}`, 5000);
    return false;
  }
  const left = plan.changes.length - changesShown;
  const projects = await projectsToCreate(session, found);
  const detail = [
    plan.consequence,
    ...projects.map(({ project, file }) => `Creates the build project ${project.name} as ${file} declares it.`),
    '',
    ...plan.changes.slice(0, changesShown),
    ...(left > 0 ? [`and ${left} more changes`] : []),
    '',
    session.connection.kind === 'local' ? 'On this machine.' : await placeOf(session),
  ].join('\n');
  const action = plan.kind === 'create' ? 'Create' : 'Update';
  const compare = 'Compare';
  const choices = plan.kind === 'create' ? [action] : [action, compare];
  const answer = await window.showWarningMessage(`${action} ${name}?`, { modal: true, detail }, ...choices);
  if (answer === compare) await compareDeclaration(session, documents, found);
  if (answer !== action) return false;
  const sent = plan.kind === 'create' ? withoutVersion(declaration) : declaration;
  for (const { project } of projects) await createProject(session, project);
  await deployDeclaration(session, plan.kind, sent, repository);
  window.setStatusBarMessage(`$(pass) ${name} is ${plan.kind === 'create' ? 'created' : 'updated'}.`, 5000);
  return true;
}

/** The projects that the declaration names, the connection does not have, and a file beside the declaration declares. */
async function projectsToCreate(
  session: Session,
  { uri, declaration }: Found,
): Promise<{ project: ProjectInput; file: string }[]> {
  const missing = await missingProjects(session, projectsOf(declaration));
  if (missing.length === 0) return [];
  const folder = Uri.joinPath(uri, '..');
  const names = (await workspace.fs.readDirectory(folder))
    .map(([name]) => name)
    .filter((name) => name.endsWith('.json'));
  const read = await Promise.all(
    names.slice(0, filesLooked).map(async (file) => {
      const text = Buffer.from(await workspace.fs.readFile(Uri.joinPath(folder, file))).toString('utf8');
      const project = projectIn(valueOfJson(text));
      return project && missing.includes(project.name) ? [{ project, file }] : [];
    }),
  );
  return read.flat();
}
