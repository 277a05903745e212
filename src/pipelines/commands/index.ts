/** What the commands on pipelines and runs do; they are loaded with the first that is used. */
import { env, Uri, window } from 'vscode';
import { type Connection, connectionOf, connectionOr, type Session } from '../../aws';
import type { PipelineSource } from '../../sources/source';
import { type Execution, pipelineIn } from '../model';
import type { OpenRoom } from '../room';
import type { DefinitionFile } from '../workspace';
import type { ExecutionRow, PanelTarget, PipelineRow, StepRow } from '../rows';
import { answerStep } from './callback';
import { checkOutCommit, currentCommit, pickRunsOfCommit } from './commits';
import { compareDeployed, compareVersions, saveDeployed, showDeployed } from './deployed';
import { openArtifacts } from './open-remote';
import { type Picked, pickDefined, pickExecution, pickPipeline } from './pick';
import { openProgram } from './programs';
import { retryRun } from './retry';
import { signInToMlflow } from '../mlflow/sign-in';
import { downloadArtifact, openInConsole, openJob } from './steps';
import { stop } from './stop';

/** A pipeline that a program makes. */
interface SourceTarget {
  source: PipelineSource;
  connection?: Connection;
}

/** What `Run Pipeline…` can be given: a definition's URI, a row of the tree, a program's pipeline, or a pipeline's name. */
type RunTarget = Uri | PipelineRow | SourceTarget | { pipeline: string; connection?: Connection } | undefined;

/** The commands by their names, each `mlopsFlow.<name>`. */
export const runCommands = {
  async runPipeline(at: OpenRoom, target: RunTarget) {
    if (target instanceof Uri) return at.openForm({ definition: target.toString() }, at.connections.active);
    if (target && 'source' in target && target.source) {
      const rendered = await at.sources.render(target.source, 'mlopsFlow.runPipeline');
      return rendered && at.openForm({ definition: rendered.toString() }, target.connection ?? at.connections.active);
    }
    if (target && 'pipeline' in target)
      return at.openForm({ pipeline: target.pipeline }, target.connection ?? at.connections.active);
    const file = await definedBy(at, 'Run Pipeline', 'mlopsFlow.runPipeline');
    if (file) at.openForm({ definition: file.uri.toString(), pipeline: file.pipeline }, at.connections.active);
  },
  async sweepPipeline(at: OpenRoom, row?: PipelineRow | SourceTarget) {
    const connection = row?.connection ?? at.connections.active;
    const file = await definedBy(at, 'Sweep Parameters', 'mlopsFlow.sweepPipeline', row);
    if (!file) return;
    at.openSweep({ connection: connection.id, pipeline: file.pipeline, definition: file.uri.toString() });
  },
  async openRun(at: OpenRoom, run?: string | ExecutionRow | PanelTarget, connection?: string, step?: string) {
    if (typeof run === 'string') {
      return at.openRun(run, connectionOr(connection, at.connections.active), step);
    }
    const execution = await chosenRun(at, run);
    if (execution) at.openRun(execution.item.arn, execution.connection);
  },
  async openMetrics(at: OpenRoom, row?: PipelineRow | ExecutionRow) {
    if (row) return at.openMetrics('execution' in row ? row.execution.pipeline : row.pipeline, row.connection);
    const picked = await pickPipeline(at.connections);
    if (picked) at.openMetrics(picked.item, picked.connection);
  },
  async stopRun(at: OpenRoom, row?: ExecutionRow) {
    const execution = await chosenRun(at, row, ['Executing']);
    if (!execution) return;
    if (await stop(await at.connections.session(execution.connection), execution.item.arn)) at.changed();
  },
  async retryRun(at: OpenRoom, row?: ExecutionRow | PanelTarget) {
    const execution = await chosenRun(at, row, ['Failed', 'Stopped']);
    if (!execution) return;
    const retried = await retryRun(at, execution.item.arn, execution.connection);
    if (retried === undefined) return;
    at.changed();
    at.started(retried, execution.connection);
  },
  async compareRuns(at: OpenRoom, row?: ExecutionRow | PanelTarget, selected: readonly ExecutionRow[] = []) {
    if (row && !('execution' in row)) {
      const { executionArn } = row;
      return at.compareSome(connectionOf(row.connection), pipelineIn(executionArn), [executionArn]);
    }
    const rows = selected.filter((each) => 'execution' in each);
    if (rows.length > 1 && row) {
      return at.openCompare(
        rows.map(({ execution }) => execution.arn),
        row.connection,
      );
    }
    if (row) return at.compareSome(row.connection, row.execution.pipeline, [row.execution.arn]);
    const from = await pickPipeline(at.connections);
    if (from) await at.compareSome(from.connection, from.item, []);
  },
  async runAgain(at: OpenRoom, row?: ExecutionRow | PanelTarget) {
    const execution = await chosenRun(at, row);
    if (execution) await at.runAgain(execution.item.arn, execution.connection);
  },
  async reproduceRun(at: OpenRoom, row?: ExecutionRow) {
    const execution = await chosen(at, row);
    if (execution) await at.reproduce(execution.item.arn, execution.connection);
  },
  async checkOutCommit(at: OpenRoom, row?: ExecutionRow) {
    const execution = await chosen(at, row);
    if (execution) await checkOutCommit(execution.item);
  },
  async runsOfCommit(at: OpenRoom, row?: ExecutionRow) {
    const connection = at.connections.active;
    const commit = row?.execution.provenance?.commit ?? (await currentCommit());
    const runs = await pickRunsOfCommit(at.connections, commit);
    const [only] = runs ?? [];
    if (runs && runs.length > 1)
      at.openCompare(
        runs.map(({ arn }) => arn),
        connection,
      );
    else if (only) at.openRun(only.arn, connection);
  },
  async openDeployedDefinition(at: OpenRoom, row?: PipelineRow) {
    const target = await deployed(at, row);
    if (target) await showDeployed(at.documents, target.session, target.pipeline);
  },
  async compareDeployedDefinition(at: OpenRoom, row?: PipelineRow) {
    const file = await definedBy(at, 'Compare with Deployed Definition', 'mlopsFlow.compareDeployedDefinition', row);
    if (!file) return;
    await compareDeployed(at.documents, await at.connections.session(row?.connection ?? at.connections.active), file);
  },
  async comparePipelineVersions(at: OpenRoom, row?: PipelineRow) {
    const target = await deployed(at, row);
    if (target) await compareVersions(at.documents, target.session, target.pipeline);
  },
  async saveDeployedDefinition(at: OpenRoom, row?: PipelineRow) {
    const target = await deployed(at, row);
    if (target) await saveDeployed(target.session, target.pipeline);
  },
  async filterPipelines(at: OpenRoom) {
    const tree = await at.view.tree();
    const prefix = await window.showInputBox({
      title: 'Filter Pipelines',
      prompt: 'What the name of the pipeline begins with; empty for all pipelines',
      value: tree.filter,
    });
    if (prefix !== undefined) tree.filterBy(prefix.trim());
  },
  async openDefinition(at: OpenRoom, row?: PipelineRow) {
    const from = row?.source ?? row?.definition ?? (await pickDefined(at, 'Open Definition'));
    if (from) await ('maker' in from ? openProgram(from) : window.showTextDocument(from.uri));
  },
  async copyArn(_at: OpenRoom, target: PanelTarget | StepRow | ExecutionRow | { model: { arn: string } }) {
    const arn =
      'model' in target
        ? target.model.arn
        : 'execution' in target
          ? target.execution.arn
          : (target.arn ?? target.executionArn);
    await env.clipboard.writeText(arn);
  },
  async openInConsole(at: OpenRoom, target: PanelTarget | StepRow) {
    await openInConsole(...(await stepOf(at, target)));
  },
  async succeedCallback(at: OpenRoom, target: PanelTarget | StepRow) {
    if (await answerStep(...(await stepOf(at, target)), 'succeed')) at.changed();
  },
  async failCallback(at: OpenRoom, target: PanelTarget | StepRow) {
    if (await answerStep(...(await stepOf(at, target)), 'fail')) at.changed();
  },
  async openJob(at: OpenRoom, target: PanelTarget | StepRow) {
    await openJob(at.documents, ...(await stepOf(at, target)));
  },
  async openArtifact(at: OpenRoom, target?: PanelTarget | StepRow | ExecutionRow) {
    if (target && 'step' in target && target.step !== undefined) {
      const [session, executionArn, step] = await stepOf(at, target);
      return openArtifacts(at.documents, session, executionArn, step);
    }
    const run = await chosenRun(at, target as PanelTarget | ExecutionRow | undefined);
    if (run) await openArtifacts(at.documents, await at.connections.session(run.connection), run.item.arn);
  },
  async downloadArtifact(at: OpenRoom, target: PanelTarget | StepRow) {
    const [session, executionArn, step] = await stepOf(at, target);
    await downloadArtifact(session, 'uri' in target && target.uri ? { uri: target.uri } : { executionArn, step });
  },
  async goToStep(at: OpenRoom, { executionArn, step = '' }: PanelTarget | StepRow) {
    await at.revealStep(pipelineIn(executionArn), step);
  },
  async signInToMlflow(at: OpenRoom, server?: unknown) {
    await signInToMlflow(at.secrets, at.definitions, typeof server === 'string' ? server : undefined);
  },
};

/** A step that a row or a panel names, with a session of its connection. */
async function stepOf(
  { connections }: OpenRoom,
  { connection, executionArn, step = '' }: PanelTarget | StepRow,
): Promise<[session: Session, executionArn: string, step: string]> {
  const at = typeof connection === 'string' ? connectionOf(connection) : connection;
  return [await connections.session(at), executionArn, step];
}

/** The run of a row or of a panel, or one that is picked. */
async function chosenRun(
  at: OpenRoom,
  target: ExecutionRow | PanelTarget | undefined,
  statuses?: readonly string[],
): Promise<Picked<{ arn: string }> | undefined> {
  if (!target || 'execution' in target) return chosen(at, target, statuses);
  return { connection: connectionOf(target.connection), item: { arn: target.executionArn } };
}

/** The execution of a row, or one that is picked, with its connection. */
async function chosen(
  { connections }: OpenRoom,
  row: ExecutionRow | undefined,
  statuses?: readonly string[],
): Promise<Picked<Execution> | undefined> {
  return row ? { connection: row.connection, item: row.execution } : pickExecution(connections, statuses);
}

/** A pipeline of a row, or one that is picked, with a session of its connection. */
async function deployed(
  { connections }: OpenRoom,
  row: PipelineRow | undefined,
): Promise<{ session: Session; pipeline: string } | undefined> {
  const picked = row ? { connection: row.connection, item: row.pipeline } : await pickPipeline(connections);
  return picked && { session: await connections.session(picked.connection), pipeline: picked.item };
}

/**
 * The definition of a row, else of the pipeline that is picked. What a program makes is rendered; undefined where the
 * user turned something down.
 * @param next the command that wants it
 */
async function definedBy(
  at: OpenRoom,
  title: string,
  next: string,
  row?: { definition?: DefinitionFile; source?: PipelineSource },
): Promise<DefinitionFile | undefined> {
  const from = row?.source ?? row?.definition ?? (await pickDefined(at, title, window.activeTextEditor?.document.uri));
  if (!from || !('maker' in from)) return from;
  const rendered = await at.sources.render(from, next);
  return rendered && at.definitions.fileAt(rendered);
}
