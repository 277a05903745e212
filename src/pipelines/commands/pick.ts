/** What is asked where a command was given nothing. */
import { type QuickPickItem, type Uri, window } from 'vscode';
import type { Connections } from '../../aws/index';
import { UserError } from '../../workbench/index';
import { type Execution, listExecutions, listPipelines, pipelineIn } from '../service';
import type { DefinitionFile, WorkspaceDefinitions } from '../workspace';

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
export async function pickPipeline(connections: Connections): Promise<string | undefined> {
  const load = async (): Promise<string[]> =>
    (await listPipelines(await connections.session())).map(({ PipelineName = '' }) => PipelineName);
  return window.showQuickPick(load(), { title: 'Pipelines', placeHolder: 'A pipeline of the connection' });
}

/** An execution, of those in certain states where `statuses` are given. */
export async function pickExecution(
  connections: Connections,
  statuses?: readonly string[],
): Promise<Execution | undefined> {
  interface Choice extends QuickPickItem {
    execution: Execution;
  }
  const load = async (): Promise<Choice[]> => {
    const session = await connections.session();
    const names = (await listPipelines(session)).map(({ PipelineName = '' }) => PipelineName);
    const lists = await Promise.all(names.map((name) => listExecutions(session, name)));
    return lists
      .flat()
      .filter(({ status }) => !statuses || statuses.includes(status))
      .sort((a, b) => (b.start?.getTime() ?? 0) - (a.start?.getTime() ?? 0))
      .map((execution) => ({
        label: `${execution.pipeline} · ${execution.name}`,
        description: execution.status,
        detail: execution.start?.toLocaleString() ?? pipelineIn(execution.arn),
        execution,
      }));
  };
  return (await window.showQuickPick(load(), { title: 'Runs', placeHolder: 'A run of the connection' }))?.execution;
}
