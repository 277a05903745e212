/** What the commands on builds do. */
import { type QuickPickItem, window } from 'vscode';
import type { Session } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { formatAge } from '../../shared/format';
import { deliveryFace } from '../../shared/status';
import { UserError } from '../../workbench';
import { isDone, type Build } from '../builds/model';
import {
  listBuilds,
  listProjects,
  readBuild,
  retryBatch,
  retryBuild,
  startBatch,
  startBuild,
  stopBatch,
  stopBuild,
} from '../builds/service';

/** Asks for a project, and for one of its builds. */
export async function pickBuild(
  session: Session,
  fits: (build: Build) => boolean = () => true,
): Promise<string | undefined> {
  const project = await pickProject(session, 'Builds');
  if (project === undefined) return undefined;
  interface Choice extends QuickPickItem {
    id: string;
  }
  const load = async (): Promise<Choice[]> =>
    (await listBuilds(session, project)).filter(fits).map((build) => ({
      label: `#${build.number ?? build.id}`,
      description: deliveryFace(build.status).word,
      detail: build.started === undefined ? '' : formatAge(build.started, Date.now()),
      id: build.id,
    }));
  const title = `Builds of ${project} · ${session.connection.label}`;
  return (await window.showQuickPick(load(), { title, placeHolder: 'One of the newest builds' }))?.id;
}

export function pickProject(session: Session, title: string): Thenable<string | undefined> {
  return window.showQuickPick(listProjects(session), {
    title: `${title} · ${session.connection.label}`,
    placeHolder: 'A project of CodeBuild',
  });
}

/**
 * Starts a build, or a batch of builds, with what is to be different.
 *
 * @returns the id of the build where it is one; undefined where the user turned it down
 */
export async function start(
  session: Session,
  project: string,
  commit: string | undefined,
): Promise<{ build?: string } | undefined> {
  const title = `Start Build of ${project} · ${session.connection.label}`;
  const version = await window.showInputBox({
    title,
    prompt: 'Source version: a commit, branch or tag. Empty for what the project says.',
    ...(commit === undefined ? {} : { placeHolder: `${commit} is checked out` }),
    ignoreFocusOut: true,
  });
  if (version === undefined) return undefined;
  const words = await window.showInputBox({
    title,
    prompt: 'Environment variables for this build: NAME=VALUE, separated by spaces. Empty for none.',
    ignoreFocusOut: true,
    validateInput: (text) => (variablesIn(text) === undefined ? 'Write NAME=VALUE NAME=VALUE' : undefined),
  });
  if (words === undefined) return undefined;
  const what = await window.showQuickPick(kinds, { title, placeHolder: 'What is started', ignoreFocusOut: true });
  if (!what) return undefined;
  const text = `Start a ${what.isBatch ? 'batch of builds' : 'build'} of ${project}?`;
  if (!(await confirmChange(session, { text, action: 'Start' }))) return undefined;
  const overrides = { version: version.trim(), variables: variablesIn(words) ?? {} };
  if (!what.isBatch) return { build: await startBuild(session, project, overrides) };
  await startBatch(session, project, overrides);
  return {};
}

const kinds = [
  { label: 'One build', isBatch: false },
  { label: 'A batch of builds', detail: 'As batch in the buildspec says: a list, a graph or a matrix', isBatch: true },
];

/** Builds again what has not succeeded in a batch. @returns whether it was done */
export async function retryOfBatch(session: Session, id: string): Promise<boolean> {
  const text = `Build again what has not succeeded in this batch? It keeps its number.`;
  if (!(await confirmChange(session, { text, action: 'Retry', always: true }))) return false;
  await retryBatch(session, id);
  return true;
}

/** @returns whether it was done */
export async function stopOfBatch(session: Session, id: string): Promise<boolean> {
  if (!(await confirmChange(session, { text: 'Stop the batch and its builds?', action: 'Stop', always: true }))) {
    return false;
  }
  await stopBatch(session, id);
  return true;
}

/** `NAME=VALUE` words; undefined where one is not of this form. */
export function variablesIn(text: string): Record<string, string> | undefined {
  const variables: Record<string, string> = {};
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) return undefined;
    variables[name] = value;
  }
  return variables;
}

/** Builds the same source again. @returns the id of the new build */
export async function retry(session: Session, id: string): Promise<string | undefined> {
  const build = await readBuild(session, id);
  if (!isDone(build)) throw new UserError('This build is still running. Stop it first, or wait.');
  const version = build.version === undefined ? 'its source' : build.version;
  const text = `Build ${build.project} again from ${version}?`;
  return (await confirmChange(session, { text, action: 'Retry' })) ? retryBuild(session, id) : undefined;
}

/** @returns whether it was done */
export async function stop(session: Session, id: string): Promise<boolean> {
  const text = `Stop build ${id}?`;
  if (!(await confirmChange(session, { text, action: 'Stop', always: true }))) return false;
  await stopBuild(session, id);
  return true;
}
