/** Retrying a run: it goes on with what it was made of, or a new one starts with what lies there now. */
import { window, workspace, type WorkspaceFolder } from 'vscode';
import { type Connection, outcomeOf, type Session } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { formatNames } from '../../shared/format';
import { digestIn } from '../../shared/uploads';
import { UserError } from '../../workbench';
import { readDefinition } from '../definition';
import { nameIn, pipelineIn } from '../model';
import { definitionOf, listParameters, retryExecution } from '../service';
import type { RoomServices } from '../services';
import type { DefinitionFile } from '../workspace';
import { agreed } from './agree';
import { changedSince, type Made } from './changes';
import { composeRun } from './compose';
import { programOf } from './programs';
import { provideMissing, type StandIns } from './stand-ins';
import { defaultName, preparationFor, startRun } from './start';
import { type ParameterSource, readSources } from './upload';

type Services = Pick<RoomServices, 'connections' | 'definitions' | 'sources' | 'showDifference'>;

/** A definition of the workspace and what its runs are made of now. */
interface Present {
  file: DefinitionFile;
  definition: string;
  uploads: ReadonlyMap<string, string>;
  standIns: StandIns;
  sources: readonly ParameterSource[];
  /** Why no run can be started from here: the configuration is not valid. */
  problem?: string;
}

/**
 * Retries a run. Where the workspace has other files by now, it asks which are meant: the service can only go on with
 * those that the run was started with.
 *
 * @returns the ARN of the run to show: this one or a new one; undefined where the user changed their mind
 */
export async function retryRun(services: Services, arn: string, connection: Connection): Promise<string | undefined> {
  const session = await services.connections.session(connection);
  const made = await outcomeOf(madeOf(session, arn));
  // Who may not read what the run was made of can still go on with it.
  const isNamed = [...(made.value?.parameters.values() ?? [])].some((value) => digestIn(value) !== undefined);
  const present = isNamed ? await presentOf(services, arn) : undefined;
  const changed =
    present && made.value ? await changedSince(session, made.value, { ...present, path: present.file.path }) : [];
  const choice = changed.length === 0 ? 'ran' : await ask(arn, changed);
  if (choice === undefined) return undefined;
  if (choice === 'now' && present && made.value) return startAnew(session, made.value, present, services);
  const text = `Retry the run ${nameIn(arn)} of ${pipelineIn(arn)}?`;
  if (!(await confirmChange(session, { text, action: 'Retry' }))) return undefined;
  await provideFixtures(services, session, pipelineIn(arn));
  await retryExecution(session, arn);
  return arn;
}

/** Data that a step did not find may have been given as a fixture since. */
async function provideFixtures(services: Services, session: Session, pipeline: string): Promise<void> {
  if (session.connection.kind !== 'local') return;
  const folder = await folderOf(services, pipeline);
  if (!folder) return;
  const { fixtures } = (await services.definitions.configuration(folder)).config;
  await provideMissing(session, { root: folder.uri.fsPath, fixtures });
}

/** The folder of the workspace that has the pipeline: as a program that makes it, or as a definition. */
export async function folderOf(
  services: Pick<RoomServices, 'definitions' | 'sources'>,
  pipeline: string,
): Promise<WorkspaceFolder | undefined> {
  const program = await programOf(services, pipeline);
  return program ? workspace.getWorkspaceFolder(program.uri) : (await services.definitions.fileOf(pipeline))?.folder;
}

/** The definition and the values that a run was started with. */
async function madeOf(session: Session, arn: string): Promise<Made> {
  const [definition, parameters] = await Promise.all([definitionOf(session, arn), listParameters(session, arn)]);
  return { definition, parameters: new Map(parameters.map(({ name, value }) => [name, value])) };
}

/** What the pipeline's definition in the workspace is made of; undefined where it is not here, or in pieces. */
async function presentOf({ definitions }: Services, arn: string): Promise<Present | undefined> {
  const file = await definitions.fileOf(pipelineIn(arn));
  if (file === undefined) return undefined;
  const { config, problem } = await definitions.configuration(file.folder);
  const definition = (await workspace.openTextDocument(file.uri)).getText();
  try {
    const { parameters } = await readDefinition(definition);
    const root = file.folder.uri.fsPath;
    const { uploads, fixtures, stubs } = config;
    const sources = await readSources(root, uploads, parameters);
    const standIns = { root, fixtures, stubs };
    return { file, definition, uploads, standIns, sources, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    // A definition that is being written, or a file that is gone, is no reason not to go on with what there was.
    if (error instanceof UserError || (error instanceof Error && error.name === 'UnreadableDefinition'))
      return undefined;
    throw error;
  }
}

async function ask(arn: string, changed: readonly string[]): Promise<'ran' | 'now' | undefined> {
  const picked = await window.showQuickPick(
    [
      {
        label: '$(history) With the code as it ran',
        detail: 'The run goes on from the step that failed. What has succeeded is kept.',
        choice: 'ran' as const,
      },
      {
        label: '$(play) With the code as it is now',
        detail: `A new run starts with the same parameters, from its first step. Changed: ${formatNames(changed, 3)}.`,
        choice: 'now' as const,
      },
    ],
    {
      title: `Retry ${pipelineIn(arn)}`,
      placeHolder: 'The files of this run have changed since it was started',
      ignoreFocusOut: true,
    },
  );
  return picked?.choice;
}

/** Starts a run from the workspace with the values that the other one had been given. */
async function startAnew(
  session: Session,
  made: Made,
  { file, definition, uploads, standIns, problem }: Present,
  services: Services,
): Promise<string | undefined> {
  if (problem !== undefined) throw new UserError(`${problem} Fix it before you run.`);
  if (session.connection.kind === 'local' && !workspace.isTrusted) {
    throw new UserError('A run on this machine executes scripts of the workspace. Trust the workspace first.', {
      title: 'Manage Trust',
      command: 'workbench.trust.manage',
    });
  }
  const found = await preparationFor(session, file.pipeline, definition);
  const preparation = await agreed(session, file.pipeline, file, found, services);
  if (!preparation) return undefined;
  const [before, { parameters }] = await Promise.all([readDefinition(made.definition), readDefinition(definition)]);
  const defaults = new Map(before.parameters.map((parameter) => [parameter.name, parameter.default]));
  const values: Record<string, string> = {};
  for (const { name } of parameters) {
    const value = made.parameters.get(name);
    if (value !== undefined && value !== defaults.get(name)) values[name] = value;
  }
  // Without an update it runs the definition that is there, whatever the file says.
  const runs = found.kind === 'update' && preparation.kind === 'none' ? found.existing : definition;
  const request = await composeRun(session, {
    pipeline: file.pipeline,
    file,
    definition: runs,
    parameters,
    values,
    uploads,
  });
  return startRun(
    session,
    { ...request, displayName: defaultName(request.provenance.branch, new Date()), standIns },
    preparation,
  );
}
