/** What is asked where a command was given nothing. Each question is a request or two, whatever the account holds. */
import { type QuickPickItem, type Uri, window } from 'vscode';
import type { Connection, Connections, Session } from '../../aws';
import { pickName, UserError } from '../../workbench';
import type { Execution } from '../model';
import { mostCompared } from '../panels/compare/contract';
import { listExecutions, pagePipelines } from '../service';
import type { DefinitionFile, WorkspaceDefinitions } from '../workspace';

/** So many runs are offered for a comparison. */
const mostOffered = 200;

/** What was picked, and the connection that it was listed on. */
export interface Picked<T> {
  connection: Connection;
  item: T;
}

/** The definition in the active editor, or the one that is chosen. */
export async function pickDefinition(
  definitions: WorkspaceDefinitions,
  active?: Uri,
): Promise<DefinitionFile | undefined> {
  const files = await definitions.list();
  const open = files.find(({ uri }) => uri.toString() === active?.toString());
  if (open) return open;
  if (files.length === 0) {
    throw new UserError('No pipeline definition is in this workspace. Name the file NAME.pipeline.json.');
  }
  if (files.length === 1) return files[0];
  const picked = await window.showQuickPick(
    files.map((file) => ({ label: file.pipeline, description: file.path, file })),
    { title: 'Run Pipeline', placeHolder: 'A definition of this workspace' },
  );
  return picked?.file;
}

/** A pipeline's name. */
export async function pickPipeline(connections: Connections): Promise<Picked<string> | undefined> {
  const connection = connections.active;
  const item = await askPipeline(connection, connections.session(connection));
  return item === undefined ? undefined : { connection, item };
}

/** An execution of a pipeline that is picked first; of those in certain states where `statuses` are given. */
export async function pickExecution(
  connections: Connections,
  statuses?: readonly string[],
): Promise<Picked<Execution> | undefined> {
  interface Choice extends QuickPickItem {
    execution: Execution;
  }
  const connection = connections.active;
  const session = connections.session(connection);
  const pipeline = await askPipeline(connection, session);
  if (pipeline === undefined) return undefined;
  const load = async (): Promise<Choice[]> => {
    const executions = await listExecutions(await session, pipeline);
    return executions
      .filter(({ status }) => !statuses || statuses.includes(status))
      .map((execution) => ({
        label: execution.name,
        description: execution.status,
        detail: execution.start?.toLocaleString() ?? execution.id,
        execution,
      }));
  };
  const title = `Runs of ${pipeline} · ${connection.label}`;
  const picked = await window.showQuickPick(load(), { title, placeHolder: 'One of the newest runs' });
  return picked && { connection, item: picked.execution };
}

/** Runs of one pipeline, two and more; `chosen` are ticked at first. */
export async function pickOthers(
  connections: Connections,
  connection: Connection,
  pipeline: string,
  chosen: readonly string[],
): Promise<string[] | undefined> {
  const executions = await listExecutions(await connections.session(connection), pipeline, mostOffered);
  const items = executions.map((execution) => ({
    label: execution.name,
    description: [execution.status, execution.provenance?.branch].filter(Boolean).join(' · '),
    detail: execution.start?.toLocaleString() ?? execution.id,
    picked: chosen.includes(execution.arn),
    arn: execution.arn,
  }));
  const picked = await window.showQuickPick(items, {
    title: `Compare Runs of ${pipeline} · ${connection.label}`,
    placeHolder: `Two to ${mostCompared} runs`,
    canPickMany: true,
  });
  if (!picked) return undefined;
  const arns = picked.map(({ arn }) => arn);
  // What was chosen first is what the others are measured by.
  return [...chosen.filter((arn) => arns.includes(arn)), ...arns.filter((arn) => !chosen.includes(arn))];
}

function askPipeline({ label }: Connection, opening: Promise<Session>): Promise<string | undefined> {
  return pickName({ title: `Pipelines · ${label}`, placeHolder: 'A pipeline of the connection' }, async (typed) => {
    const { items, next } = await pagePipelines(await opening, typed, 1, undefined);
    return { items, more: next !== undefined };
  });
}
