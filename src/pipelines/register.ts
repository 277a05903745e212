import { commands as vscodeCommands, Range, Uri, window } from 'vscode';
import { type Connection, connectionOf } from '../aws';
import { rowIcon, statusFaces } from '../shared/status';
import { type Commands, settings, UserError } from '../workbench';
import { RemoteDocuments } from './documents';
import { type Execution, pipelineIn } from './model';
import { defineCompare, defineMetrics, defineRunForm, defineRunGraph, defineSweep } from './panels';
import { mostCompared } from './panels/compare/contract';
import type { MetricsLayout } from './panels/metrics/contract';
import type { MeasurementReader } from './reading';
import type { PipelineSource } from '../sources/source';
import type { Pipelines, PipelinesServices, Remembered, RoomServices } from './services';
import type { Sweeps } from './sweep/sweeps';
import { type ExecutionRow, type PipelineRow, PipelinesTree } from './tree';
import { WorkspaceDefinitions } from './workspace';

/** Milliseconds between looks at a run on this machine. */
const localInterval = 400;

/** What `Run Pipeline…` can be given: a definition's URI, a row of the tree, or a pipeline's name. */
type RunTarget = Uri | PipelineRow | { pipeline: string; connection?: Connection } | undefined;

const load = () => import('../rooms.bundle');

/** Registers the Pipelines view, the panels of runs and their commands. */
export function registerPipelines(services: PipelinesServices, commands: Commands): Pipelines {
  const { connections } = services;
  const listeners = new Set<() => void>();
  const definitions = new WorkspaceDefinitions();
  const documents = new RemoteDocuments();
  /** Where the records of a release found runs and model versions. */
  const origins = new Map<string, Connection>();
  let reader: Promise<MeasurementReader> | undefined;
  const measurements = () => (reader ??= load().then(({ MeasurementReader }) => new MeasurementReader()));
  const room: RoomServices = {
    ...services,
    definitions,
    pollInterval: ({ kind }) => (kind === 'local' ? localInterval : 1000 * (settings('pipelines.refreshSeconds') ?? 5)),
    changed: () => {
      tree.refresh();
      services.runChanged();
      for (const listener of listeners) listener();
    },
    openRun: (executionArn, connection, step) => openRun(executionArn, connection, step),
    started: (executionArn, connection) => {
      openRun(executionArn, connection);
      void load().then(({ followRun }) => followRun(room, executionArn, connection));
    },
    openMetrics: (pipeline, connection) => void metrics.open({ connection: connection.id, pipeline }),
    openCompare: (executions, connection) => {
      if (executions.length < 2) throw new UserError('Choose two runs or more to compare.');
      if (executions.length > mostCompared) {
        throw new UserError(`At most ${mostCompared} runs are compared. ${executions.length} were chosen.`);
      }
      comparisons.open({ connection: connection.id, ids: [...executions] });
    },
    compareWith: (arn, connection) => compareSome(connection, pipelineIn(arn), [arn]),
    runAgain: (arn, connection) => room.openForm({ pipeline: pipelineIn(arn), again: arn }, connection),
    reproduce: async (arn, connection) => {
      const { reproduceRun } = await load();
      const reproduction = await reproduceRun(room, arn, connection);
      if (reproduction === undefined) return;
      room.changed();
      room.openCompare([arn, reproduction], connection);
      (await load()).followRun(room, reproduction, connection);
    },
    openForm: (target, connection) => void forms.open({ ...target, connection: connection.id }),
    openObject: async (uri, connection) => {
      const { openObject } = await load();
      await openObject(documents, await connections.session(connection), uri);
    },
    showDifferences: (title, pairs) => documents.compareAll(title, pairs),
    showDifference: (path, text, file, title) => documents.compare(path, text, file, title),
    openStepLog: async (arn, step, connection) => {
      const { openStepLog } = await load();
      await openStepLog(documents, await connections.session(connection), arn, step);
    },
    revealStep: async (pipeline, step) => {
      const file = await definitions.fileOf(pipeline);
      if (!file) throw new UserError(`The definition of ${pipeline} is not in this workspace.`);
      await services.revealStep(file.uri, step);
    },
  };
  const remembered = rememberedIn(services);
  const tree = new PipelinesTree(room);
  const graphs = defineRunGraph(room, measurements);
  const metrics = defineMetrics(room, measurements, remembered);
  const forms = defineRunForm(room, remembered);
  const comparisons = defineCompare(room, measurements);
  let made: Promise<Sweeps> | undefined;
  const sweeps = defineSweep(room, () => (made ??= load().then(({ Sweeps }) => new Sweeps(room))));
  const openRun = (executionArn: string, connection: Connection, step?: string): void => {
    const panel = graphs.open({ connection: connection.id, executionArn });
    if (step !== undefined) panel.post({ type: 'select', step });
  };
  /** Compares runs that are chosen from a pipeline's. */
  const compareSome = async (connection: Connection, pipeline: string, chosenAtFirst: string[]): Promise<void> => {
    const picked = await (await load()).pickOthers(connections, connection, pipeline, chosenAtFirst);
    if (picked) room.openCompare(picked, connection);
  };
  /** The execution of a row, or one that is picked, with its connection. */
  const chosen = async (
    row: ExecutionRow | undefined,
    statuses?: readonly string[],
  ): Promise<{ connection: Connection; item: Execution } | undefined> =>
    row ? { connection: row.connection, item: row.execution } : (await load()).pickExecution(connections, statuses);

  commands.register('mlopsFlow.runPipeline', async (target: RunTarget) => {
    if (target instanceof Uri) return room.openForm({ definition: target.toString() }, connections.active);
    if (target && 'source' in target && target.source) {
      const rendered = await services.sources.render(target.source);
      return rendered && room.openForm({ definition: rendered.toString() }, target.connection);
    }
    if (target) return room.openForm({ pipeline: target.pipeline }, target.connection ?? connections.active);
    const active = window.activeTextEditor?.document.uri;
    const file = await (await load()).pickDefinition(definitions, active);
    if (file) room.openForm({ definition: file.uri.toString(), pipeline: file.pipeline }, connections.active);
  });
  commands.register('mlopsFlow.sweepPipeline', async (row?: PipelineRow) => {
    const connection = row?.connection ?? connections.active;
    if (row?.source) {
      const rendered = await services.sources.render(row.source);
      const file = rendered && (await definitions.fileAt(rendered));
      if (!file) return;
      return void sweeps.open({
        connection: connection.id,
        pipeline: file.pipeline,
        definition: file.uri.toString(),
      });
    }
    const file =
      row?.definition ?? (await (await load()).pickDefinition(definitions, window.activeTextEditor?.document.uri));
    if (file) sweeps.open({ connection: connection.id, pipeline: file.pipeline });
  });
  commands.register('mlopsFlow.openRun', async (run?: string | ExecutionRow, connection?: string, step?: string) => {
    if (typeof run === 'string') {
      return openRun(run, connection === undefined ? connections.active : connectionOf(connection), step);
    }
    const execution = await chosen(run);
    if (execution) openRun(execution.item.arn, execution.connection);
  });
  commands.register('mlopsFlow.openMetrics', async (row?: PipelineRow | ExecutionRow) => {
    if (row) return room.openMetrics('execution' in row ? row.execution.pipeline : row.pipeline, row.connection);
    const picked = await (await load()).pickPipeline(connections);
    if (picked) room.openMetrics(picked.item, picked.connection);
  });
  commands.register('mlopsFlow.stopRun', async (row?: ExecutionRow) => {
    const execution = await chosen(row, ['Executing']);
    if (!execution) return;
    const { stop } = await load();
    if (await stop(await connections.session(execution.connection), execution.item.arn)) room.changed();
  });
  commands.register('mlopsFlow.retryRun', async (row?: ExecutionRow) => {
    const execution = await chosen(row, ['Failed', 'Stopped']);
    if (!execution) return;
    const retried = await (await load()).retryRun(room, execution.item.arn, execution.connection);
    if (retried === undefined) return;
    room.changed();
    room.started(retried, execution.connection);
  });
  commands.register('mlopsFlow.compareRuns', async (row?: ExecutionRow, selected: readonly ExecutionRow[] = []) => {
    const rows = selected.filter((each) => 'execution' in each);
    if (rows.length > 1 && row) {
      return room.openCompare(
        rows.map(({ execution }) => execution.arn),
        row.connection,
      );
    }
    if (row) return compareSome(row.connection, row.execution.pipeline, [row.execution.arn]);
    const from = await (await load()).pickPipeline(connections);
    if (from) await compareSome(from.connection, from.item, []);
  });
  commands.register('mlopsFlow.runAgain', async (row?: ExecutionRow) => {
    const execution = await chosen(row);
    if (execution) room.runAgain(execution.item.arn, execution.connection);
  });
  commands.register('mlopsFlow.reproduceRun', async (row?: ExecutionRow) => {
    const execution = await chosen(row);
    if (execution) await room.reproduce(execution.item.arn, execution.connection);
  });
  commands.register('mlopsFlow.checkOutCommit', async (row?: ExecutionRow) => {
    const execution = await chosen(row);
    if (execution) await (await load()).checkOutCommit(execution.item);
  });
  commands.register('mlopsFlow.runsOfCommit', async (row?: ExecutionRow) => {
    const { currentCommit, pickRunsOfCommit } = await load();
    const connection = connections.active;
    const commit = row?.execution.provenance?.commit ?? (await currentCommit());
    const runs = await pickRunsOfCommit(connections, commit);
    const [only] = runs ?? [];
    if (runs && runs.length > 1)
      room.openCompare(
        runs.map(({ arn }) => arn),
        connection,
      );
    else if (only) openRun(only.arn, connection);
  });
  commands.register('mlopsFlow.refreshPipelines', () => tree.refresh());
  /** A pipeline of a row, or one that is picked, with a session of its connection. */
  const deployed = async (row: PipelineRow | undefined) => {
    const picked = row
      ? { connection: row.connection, item: row.pipeline }
      : await (await load()).pickPipeline(connections);
    return picked && { session: await connections.session(picked.connection), pipeline: picked.item };
  };
  commands.register('mlopsFlow.openDeployedDefinition', async (row?: PipelineRow) => {
    const target = await deployed(row);
    if (target) await (await load()).showDeployed(documents, target.session, target.pipeline);
  });
  commands.register('mlopsFlow.compareDeployedDefinition', async (row?: PipelineRow) => {
    const { compareDeployed, pickDefinition } = await load();
    const file = row?.definition ?? (await pickDefinition(definitions, window.activeTextEditor?.document.uri));
    if (!file) return;
    await compareDeployed(documents, await connections.session(row?.connection ?? connections.active), file);
  });
  commands.register('mlopsFlow.comparePipelineVersions', async (row?: PipelineRow) => {
    const target = await deployed(row);
    if (target) await (await load()).compareVersions(documents, target.session, target.pipeline);
  });
  commands.register('mlopsFlow.saveDeployedDefinition', async (row?: PipelineRow) => {
    const target = await deployed(row);
    if (target) await (await load()).saveDeployed(target.session, target.pipeline);
  });
  commands.register('mlopsFlow.filterPipelines', async () => {
    const prefix = await window.showInputBox({
      title: 'Filter Pipelines',
      prompt: 'What the name of the pipeline begins with; empty for all pipelines',
      value: tree.filter,
    });
    if (prefix !== undefined) tree.filterBy(prefix.trim());
  });
  commands.register('mlopsFlow.clearPipelineFilter', () => tree.filterBy(''));
  commands.register('mlopsFlow.openDefinition', async (row?: PipelineRow) => {
    if (row?.source) return openSource(row.source);
    const file = row?.definition ?? (await (await load()).pickDefinition(definitions));
    if (file) await window.showTextDocument(file.uri);
  });

  return {
    records: async (connection) => {
      const { ConnectionRecords } = await load();
      return new ConnectionRecords(
        () => connections.session(connection),
        (arn) => origins.set(arn, connection),
      );
    },
    originOf: (arn) => origins.get(arn) ?? connections.active,
    openRun,
    openCompare: (executions, connection) => room.openCompare(executions, connection),
    openObject: (uri, connection) => room.openObject(uri, connection),
    modelsOfRun: async (session, arn) => {
      const { listSteps, registeredModels } = await load();
      return registeredModels(await listSteps(session, arn));
    },
    pollInterval: (connection) => room.pollInterval(connection),
    latestOf: async (definition) => {
      const file = await definitions.fileAt(definition);
      const run = file && tree.latestOf(file.pipeline);
      if (!run) return undefined;
      const title = `$(${rowIcon(statusFaces[run.status]).icon}) Last run: ${run.status}`;
      return { arn: run.arn, connection: connections.active.id, title };
    },
    onDidChangeRuns: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose: () => {
      for (const part of [forms, graphs, metrics, comparisons, sweeps, tree, documents, definitions]) part.dispose();
    },
  };
}

/** Shows a script at what makes the pipeline; a notebook as a notebook. */
async function openSource({ uri, maker, line }: PipelineSource): Promise<void> {
  if (maker.kind === 'notebook') return void (await vscodeCommands.executeCommand('vscode.open', uri));
  const at = new Range(line, 0, line, 0);
  await window.showTextDocument(uri, { selection: at });
}

/** What the user chose before, kept with the workspace. */
function rememberedIn({ memory }: PipelinesServices): Remembered {
  return {
    values: (pipeline) => memory.get(`values.${pipeline}`),
    keepValues: (pipeline, values) => void memory.update(`values.${pipeline}`, values),
    layout: (pipeline) => memory.get<MetricsLayout>(`metrics.${pipeline}`),
    keepLayout: (pipeline, layout) => void memory.update(`metrics.${pipeline}`, layout),
    marks: (pipeline) => memory.get(`marks.${pipeline}`) ?? {},
    keepMarks: (pipeline, marks) => void memory.update(`marks.${pipeline}`, marks),
  };
}
