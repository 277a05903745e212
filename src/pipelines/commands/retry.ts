/** Retrying a run: it goes on with what it was made of, or a new one starts with what lies there now. */
import { window, workspace } from 'vscode';
import type { Connection, Session } from '../../aws';
import { formatNames } from '../../shared/format';
import { digestIn } from '../../shared/uploads';
import { settings, UserError } from '../../workbench';
import { readDefinition } from '../definition';
import { pipelineIn } from '../model';
import { definitionOf, listParameters, retryExecution } from '../service';
import type { RoomServices } from '../services';
import { provenanceNow, type DefinitionFile } from '../workspace';
import { changedSince, type Made } from './changes';
import { defaultName, startRun } from './start';
import { readSources, type SourceState, uploadSources } from './upload';

type Room = Pick<RoomServices, 'connections' | 'definitions'>;

/** A definition of the workspace and what its runs are made of now. */
interface Present {
  file: DefinitionFile;
  definition: string;
  uploads: ReadonlyMap<string, string>;
  sources: readonly SourceState[];
}

/**
 * Retries a run. Where the workspace has other files by now, it asks which are meant: the service can only go on with
 * those that the run was started with.
 *
 * @returns the ARN of the run to show: this one or a new one; undefined where the user changed their mind
 */
export async function retryRun(room: Room, arn: string, connection: Connection): Promise<string | undefined> {
  const session = await room.connections.session(connection);
  const [definition, parameters] = await Promise.all([definitionOf(session, arn), listParameters(session, arn)]);
  const made: Made = { definition, parameters: new Map(parameters.map(({ name, value }) => [name, value])) };
  const isNamed = parameters.some(({ value }) => digestIn(value) !== undefined);
  const present = isNamed ? await presentOf(room, arn) : undefined;
  const changed =
    present === undefined ? [] : await changedSince(session, made, { ...present, path: present.file.path });
  const choice = present === undefined || changed.length === 0 ? 'ran' : await ask(arn, changed);
  if (choice === undefined) return undefined;
  if (choice === 'now' && present !== undefined) return startAnew(session, made, present);
  await retryExecution(session, arn);
  return arn;
}

/** What the pipeline's definition in the workspace is made of; undefined where it is not here, or in pieces. */
async function presentOf({ definitions }: Room, arn: string): Promise<Present | undefined> {
  const file = await definitions.fileOf(pipelineIn(arn));
  if (file === undefined) return undefined;
  const { config } = await definitions.configuration(file.folder);
  const definition = (await workspace.openTextDocument(file.uri)).getText();
  try {
    const { parameters } = await readDefinition(definition);
    const sources = await readSources(file.folder.uri.fsPath, config.uploads, parameters);
    return { file, definition, uploads: config.uploads, sources };
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
async function startAnew(session: Session, made: Made, { file, definition, uploads }: Present): Promise<string> {
  if (session.connection.kind === 'local' && !workspace.isTrusted) {
    throw new UserError('A run on this machine executes scripts of the workspace. Trust the workspace first.', {
      title: 'Manage Trust',
      command: 'workbench.trust.manage',
    });
  }
  const [before, { parameters }] = await Promise.all([readDefinition(made.definition), readDefinition(definition)]);
  const defaults = new Map(before.parameters.map((parameter) => [parameter.name, parameter.default]));
  const values: Record<string, string> = {};
  for (const { name } of parameters) {
    const value = made.parameters.get(name);
    if (value !== undefined && value !== defaults.get(name)) values[name] = value;
  }
  const uploaded = await uploadSources(session, { root: file.folder.uri.fsPath, sources: uploads, parameters, values });
  const provenance = { ...(await provenanceNow(file, definition)), uploads: uploaded.uploads };
  const roleArn = settings('pipelines.roleArn', file.uri);
  return startRun(session, {
    pipeline: file.pipeline,
    definition,
    provenance,
    values: { ...values, ...uploaded.values },
    displayName: defaultName(provenance.branch, new Date()),
    ...(roleArn ? { roleArn } : {}),
  });
}
