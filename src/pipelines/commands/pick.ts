/** What is asked where a command was given nothing. Each question is a request or two, whatever the account holds. */
import { type QuickPickItem, type Uri, window } from 'vscode';
import type { Connection, Connections, Session } from '../../aws';
import { lastPart } from '../../shared/format';
import { pickName, UserError } from '../../workbench';
import type { Execution } from '../model';
import { mostCompared } from '../panels/compare/contract';
import { listExecutions, pagePipelines } from '../service';
import type { PipelineSource } from '../../sources/source';
import type { PipelineSources } from '../services';
import type { DefinitionFile, WorkspaceDefinitions } from '../workspace';

/** So many runs are offered for a comparison. */
const mostOffered = 200;

/** What was picked, and the connection that it was listed on. */
export interface Picked<T> {
  connection: Connection;
  item: T;
}

/** Where the pipelines of the workspace come from. */
export interface Origins {
  definitions: Pick<WorkspaceDefinitions, 'list' | 'fileOf'>;
  sources: Pick<PipelineSources, 'list'>;
}

/**
 * The pipeline of the active editor, or the one that is chosen: of a definition, or of a program that makes one.
 * @throws UserError where the workspace has none
 */
export async function pickDefined(
  { definitions, sources }: Origins,
  title: string,
  active?: Uri,
): Promise<DefinitionFile | PipelineSource | undefined> {
  const [files, programs] = await Promise.all([definitions.list(), sources.list()]);
  const named = new Set(files.map(({ uri }) => uri.toString()));
  const all = [...files, ...programs.filter(({ uri }) => !named.has(uri.toString()))];
  if (all.length === 0) {
    throw new UserError(
      'No pipeline is in this workspace: neither a definition, NAME.pipeline.json, nor a program that makes one.',
    );
  }
  const open = all.filter(({ uri }) => uri.toString() === active?.toString());
  const offered = open.length === 0 ? all : open;
  const [only] = offered;
  if (offered.length === 1) return only;
  const picked = await window.showQuickPick(
    offered.map((from) => ({ label: nameOf(from), description: from.path, from })),
    { title, placeHolder: 'A pipeline of this workspace' },
  );
  return picked?.from;
}

function nameOf(from: DefinitionFile | PipelineSource): string {
  return 'maker' in from ? (from.name ?? lastPart(from.path)) : from.pipeline;
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
