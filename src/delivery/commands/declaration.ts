/** What the commands on a declaration in a file do: compare it with what is deployed, deploy it, start it. */
import { commands, type Disposable, EventEmitter, type TextDocument, Uri, window, workspace } from 'vscode';
import type { Session } from '../../aws';
import { placeOf } from '../../aws/confirm';
import type { HeldDelivery } from '../../definition/embedded/deliveries';
import { isOpen } from '../../definition/embedded/stand-in';
import type { Place } from '../../definition/embedded/values';
import { valueOfJson } from '../../shared/json';
import { UserError } from '../../workbench';
import { createProject, missingProjects } from '../builds/service';
import {
  arrangedLike,
  declarationIn,
  filledFrom,
  type Json,
  openPlaces,
  planOf,
  projectIn,
  type ProjectInput,
  projectsOf,
  withoutVersion,
} from '../plan';
import { deployDeclaration, readWholeDeclaration } from '../service';
import { localPlace, mayHoldTemplate, readTemplate } from '../templates';
import { moduleFilesOf } from '../terraform-module';

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
  /** True where Terraform makes a part of it, which is not in the file. */
  isPartial?: boolean;
  /** Where it stands in a template: what else stands there, and how a value looks that only a deployment knows. */
  template?: { resource: string; projects: readonly HeldDelivery[] };
}

/** What a CodeLens in a template gives its command. */
interface InTemplate {
  uri: Uri;
  resource: string;
}

/** The declaration in a file, else in the active editor, as this connection takes it. @throws UserError where there is none */
export async function declarationOf(session: Session, given: unknown): Promise<Found> {
  const { uri: inside, resource } = (given instanceof Uri ? { uri: given } : (given ?? {})) as Partial<InTemplate>;
  const uri = inside ?? window.activeTextEditor?.document.uri;
  const document = uri && (await workspace.openTextDocument(uri));
  const text = document?.getText() ?? '';
  if (document && mayHoldTemplate(text)) return inTemplate(session, document, resource);
  const found = declarationIn(valueOfJson(text));
  if (!document || !found) {
    throw new UserError('Open a CodePipeline declaration in JSON, or a template that has one, first.');
  }
  return { ...found, uri: document.uri, name: String(found.declaration['name']) };
}

async function inTemplate(session: Session, document: TextDocument, wanted: string | undefined): Promise<Found> {
  const place = await placeIn(session);
  const others = await moduleFilesOf(document.uri);
  const held = await readTemplate(document.getText(), document.uri.path, place, others);
  const pipelines = held.filter(({ kind }) => kind === 'pipeline');
  const pipeline =
    pipelines.find(({ resource }) => resource === wanted) ??
    (wanted === undefined && pipelines.length > 1 ? await pickPipeline(pipelines) : pipelines[0]);
  if (!pipeline) throw new UserError('The template declares no pipeline of CodePipeline any more.');
  if (isOpen(pipeline.name)) {
    throw new UserError(
      `${pipeline.resource} has no name of its own, so ${session.connection.label} cannot be asked for it. Give it a name in the template.`,
    );
  }
  return {
    uri: document.uri,
    declaration: pipeline.value,
    isPartial: pipeline.isPartial === true,
    isFramed: false,
    name: pipeline.name,
    template: { resource: pipeline.resource, projects: held.filter(({ kind }) => kind === 'project') },
  };
}

async function pickPipeline(pipelines: readonly HeldDelivery[]): Promise<HeldDelivery | undefined> {
  const choices = pipelines.map((pipeline) => ({ label: pipeline.name, description: pipeline.resource, pipeline }));
  return (await window.showQuickPick(choices, { placeHolder: 'A pipeline of the template' }))?.pipeline;
}

/** Values of a template are worked out for the connection's account; roles have a stand-in on Local alone. */
async function placeIn(session: Session): Promise<Place> {
  if (session.connection.kind === 'local') return localPlace;
  const { account } = await session.identity();
  return { region: session.region, account };
}

/** @throws UserError where the file says a part of the declaration alone */
function requireWhole({ name, isPartial }: Found): void {
  if (isPartial !== true) return;
  throw new UserError(
    `Terraform makes a part of ${name} by dynamic blocks, which the file does not say. Open what terraform show -json prints of a plan.`,
  );
}

/** Shows what differs between what is deployed and the file. */
export async function compareDeclaration(
  session: Session,
  documents: DeployedDeclarations,
  found: Found,
): Promise<void> {
  const { name, isFramed, uri, template } = found;
  requireWhole(found);
  const deployed = await readWholeDeclaration(session, name);
  if (!deployed) {
    throw new UserError(
      `${session.connection.label} has no delivery pipeline ${name} yet: deploy the declaration first.`,
    );
  }
  const declaration = filled(found, deployed);
  // The version is the service's own, and differs after each deployment.
  const compared = arrangedLike('version' in declaration ? deployed : withoutVersion(deployed), declaration);
  const written = (value: unknown): string =>
    `${JSON.stringify(isFramed ? { pipeline: value } : value, undefined, 2)}\n`;
  const title = `${name}: ${session.connection.label} ↔ ${template ? 'template' : 'file'}`;
  // A template says it in its own words; beside what is deployed stands what it comes to.
  const file = template ? documents.keep(`${name} of the template.json`, written(declaration)) : uri;
  await commands.executeCommand('vscode.diff', documents.keep(`${name}.json`, written(compared)), file, title);
}

/** Creates or updates the pipeline after its plan was agreed to. @returns whether it was done */
export async function deploy(
  session: Session,
  documents: DeployedDeclarations,
  found: Found,
  repository: string | undefined,
): Promise<boolean> {
  const { name, template } = found;
  requireWhole(found);
  const deployed = await readWholeDeclaration(session, name);
  const declaration = filled(found, deployed);
  const open = openPlaces(declaration, isOpen);
  if (open.length > 0 && session.connection.kind !== 'local') {
    throw new UserError(
      `Only a deployment of the template knows ${open.slice(0, 3).join(', ')}${open.length > 3 ? ` and ${open.length - 3} more` : ''} of ${name}. Deploy the template once, or write the values.`,
    );
  }
  const plan = planOf(declaration, deployed);
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
    ...(template && session.connection.kind !== 'local'
      ? ['', `Its stack does not know of this: the next deployment of the template sets ${name} again.`]
      : []),
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

/** The declaration, with what is deployed where a template leaves a value to its deployment. */
function filled({ declaration, template }: Found, deployed: Json | undefined): Json {
  return template ? (filledFrom(declaration, deployed, isOpen) as Json) : declaration;
}

/** The projects that the declaration names, the connection does not have, and a file beside the declaration declares. */
async function projectsToCreate(
  session: Session,
  { uri, declaration, template }: Found,
): Promise<{ project: ProjectInput; file: string }[]> {
  const missing = await missingProjects(session, projectsOf(declaration));
  if (missing.length === 0) return [];
  if (template) {
    const isLocal = session.connection.kind === 'local';
    const known = template.projects.filter(({ value }) => isLocal || openPlaces(value, isOpen).length === 0);
    return known.flatMap(({ name, value, resource }) =>
      missing.includes(name) ? [{ project: { ...value, name }, file: resource }] : [],
    );
  }
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
