/** Pipelines that programs of the workspace make. */
import { commands, Range, window, workspace } from 'vscode';
import type { Connection } from '../../aws';
import type { PipelineSource } from '../../sources/source';
import { UserError } from '../../workbench';
import { pipelineIn } from '../model';
import type { RoomServices } from '../services';
import type { Origins } from './pick';

/** The program that makes a pipeline, where no definition of the workspace describes it. */
export async function programOf(
  { definitions, sources }: Origins,
  pipeline: string,
): Promise<PipelineSource | undefined> {
  if (await definitions.fileOf(pipeline)) return undefined;
  return (await sources.list()).find(({ name }) => name === pipeline);
}

/**
 * Opens the form with the values of a run. A pipeline that a program makes is rendered before, so that the run is one
 * of the code as it is now, and knows its commit.
 */
export async function openAgain(
  services: Pick<RoomServices, 'definitions' | 'sources' | 'openForm'>,
  arn: string,
  connection: Connection,
): Promise<void> {
  const pipeline = pipelineIn(arn);
  const program = await programOf(services, pipeline);
  if (!program) return services.openForm({ pipeline, again: arn }, connection);
  const rendered = await services.sources.render(program, 'mlopsFlow.runPipeline');
  if (rendered) services.openForm({ pipeline, definition: rendered.toString(), again: arn }, connection);
}

/**
 * Opens the program that makes a pipeline where it names a step.
 * @throws UserError where no program of the workspace makes it
 */
export async function revealInProgram(origins: Origins, pipeline: string, step: string): Promise<void> {
  const program = await programOf(origins, pipeline);
  if (!program) throw new UserError(`The definition of ${pipeline} is not in this workspace.`);
  await openProgram(program, step);
}

/** Opens a program or a notebook: at a step's name where it is written there, else where the pipeline is made. */
export async function openProgram({ uri, maker, line }: PipelineSource, step?: string): Promise<void> {
  if (maker.kind === 'notebook') return void (await commands.executeCommand('vscode.open', uri));
  const document = await workspace.openTextDocument(uri);
  const named = step === undefined ? undefined : lineNaming(document.getText(), step);
  const selection = new Range(named ?? line, 0, named ?? line, 0);
  await window.showTextDocument(document, { selection });
}

/** The first line, from 0, in which the name stands in quotes. */
function lineNaming(text: string, name: string): number | undefined {
  const found = text.split('\n').findIndex((line) => line.includes(`"${name}"`) || line.includes(`'${name}'`));
  return found < 0 ? undefined : found;
}
