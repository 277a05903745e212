import { type Disposable, type Memento, Uri, window, type WorkspaceFolder } from 'vscode';
import type { Connection, Connections, Watcher } from '../aws';
import type { RunRecords } from '../gitflow/lifecycle';
import { type Commands, messageOf, settings, UserError } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import type { MetricsLayout } from './panels/metrics/contract';
import { RemoteDocuments } from './documents';
import { defineMetrics, defineRunForm, defineRunGraph } from './panels/index';
import type { MeasurementReader } from './reading';
import type { PipelineServices } from './services';
import { type ExecutionRow, type PipelineRow, PipelinesTree, STATUS_ICONS } from './tree';
import { WorkspaceDefinitions } from './workspace';

/** Milliseconds between looks at a run on this machine. */
const LOCAL_INTERVAL = 400;

/** What this room needs of the extension and of the other rooms. */
export interface PipelinesServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  readonly memory: Memento;
  /** The environment's name that the branch goes to. */
  environmentName(folder: WorkspaceFolder, branch: string | undefined): Promise<string | undefined>;
  /** Shows a step of a definition in its editor. */
  revealStep(definition: Uri, step: string): Promise<void>;
  /** A run began or came to rest: other rooms show what it made. */
  runChanged(): void;
}

/** The newest run of a definition, in words with an icon. */
export interface LatestRun {
  arn: string;
  title: string;
}

/** What this room offers to the others. */
export interface Pipelines extends Disposable {
  /** What the gates of a release ask about the runs of a connection. */
  records(connection: Connection): Promise<RunRecords>;
  openRun(executionArn: string, step?: string): Promise<void>;
  /** The newest known execution of the pipeline that a definition file describes. */
  latestOf(definition: Uri): Promise<LatestRun | undefined>;
  /** Calls back when `latestOf` may answer otherwise. */
  onDidChangeRuns(listener: () => void): Disposable;
  /** The numbers of a quality report, the most telling first. */
  reportNumbers(uri: string | undefined): Promise<(readonly [name: string, value: number])[]>;
}

/** What `Run Pipeline…` can be given: a definition's URI, a row of the tree, or a pipeline's name. */
type RunTarget = Uri | PipelineRow | { pipeline: string } | undefined;

const load = () => import('./pipelines.bundle');

/** Registers the Pipelines view, the panels of runs and their commands. */
export function registerPipelines(host: PipelinesServices, commands: Commands): Pipelines {
  const { connections, watcher } = host;
  const listeners = new Set<() => void>();
  const definitions = new WorkspaceDefinitions();
  let reader: Promise<MeasurementReader> | undefined;
  const measurements = () => (reader ??= load().then(({ MeasurementReader }) => new MeasurementReader()));
  const documents = new RemoteDocuments();
  const services: PipelineServices = {
    connections,
    watcher,
    panels: host.panels,
    pollInterval: ({ kind }) =>
      kind === 'local' ? LOCAL_INTERVAL : 1000 * (settings('pipelines.refreshSeconds') ?? 5),
    changed: () => {
      tree.refresh();
      host.runChanged();
      for (const listener of listeners) listener();
    },
  };
  const tree = new PipelinesTree(services, definitions);
  const graphs = defineRunGraph(services);
  const metrics = defineMetrics(services, measurements, {
    get: (pipeline) => host.memory.get<MetricsLayout>(`metrics.${pipeline}`),
    set: (pipeline, layout) => void host.memory.update(`metrics.${pipeline}`, layout),
  });
  const openRun = async (arn: string, step?: string, connection: string = connections.active.id): Promise<void> => {
    const panel = graphs.open({ connection, executionArn: arn });
    if (step !== undefined) panel.post({ type: 'select', step });
  };
  const forms = defineRunForm({
    ...services,
    definitions,
    environmentName: (folder, branch) => host.environmentName(folder, branch),
    lastValues: (pipeline) => host.memory.get(`values.${pipeline}`),
    keepValues: (pipeline, values) => void host.memory.update(`values.${pipeline}`, values),
    openRun: (arn) => openRun(arn),
  });

  commands.register('mlopsFlow.runPipeline', async (target: RunTarget) => {
    if (target instanceof Uri) return void forms.open({ definition: target.toString() });
    if (target) return void forms.open({ pipeline: target.pipeline });
    const active = window.activeTextEditor?.document.uri;
    const file = await (await load()).pickDefinition(definitions, active);
    if (file) forms.open({ definition: file.uri.toString(), pipeline: file.pipeline });
  });
  commands.register('mlopsFlow.openRun', async (run?: string | ExecutionRow, connection?: string, step?: string) => {
    const arn = typeof run === 'object' ? run.execution.arn : run;
    const chosen = arn ?? (await (await load()).pickExecution(connections))?.arn;
    if (chosen) await openRun(chosen, step, typeof connection === 'string' ? connection : undefined);
  });
  commands.register('mlopsFlow.openMetrics', async (target: PipelineRow | ExecutionRow | string | undefined) => {
    const pipeline = pipelineOf(target) ?? (await (await load()).pickPipeline(connections));
    if (pipeline) metrics.open({ connection: connections.active.id, pipeline });
  });
  commands.register('mlopsFlow.stopRun', async (row?: ExecutionRow) => {
    const execution = row?.execution ?? (await (await load()).pickExecution(connections, ['Executing']));
    if (!execution) return;
    await (await load()).stopExecution(await connections.session(), execution.arn);
    services.changed();
  });
  commands.register('mlopsFlow.retryRun', async (row?: ExecutionRow) => {
    const execution = row?.execution ?? (await (await load()).pickExecution(connections, ['Failed', 'Stopped']));
    if (!execution) return;
    await (await load()).retryExecution(await connections.session(), execution.arn);
    services.changed();
    await openRun(execution.arn);
  });
  commands.register('mlopsFlow.refreshPipelines', () => tree.reset());
  commands.register('mlopsFlow.openDefinition', async (row?: PipelineRow) => {
    const file = row?.definition ?? (await (await load()).pickDefinition(definitions));
    if (file) await window.showTextDocument(file.uri);
  });
  commands.register('mlopsFlow.revealStep', async (pipeline: string, step: string) => {
    const file = await definitions.fileOf(pipeline);
    if (!file) throw new UserError(`The definition of ${pipeline} is not in this workspace.`);
    await host.revealStep(file.uri, step);
  });
  commands.register('mlopsFlow.openObject', async (uri: string) => {
    const { openObject } = await load();
    await openObject(documents, await connections.session(), uri);
  });
  commands.register('mlopsFlow.openStepLog', async (arn: string, step: string) => {
    const { openStepLog } = await load();
    await openStepLog(documents, await connections.session(), arn, step);
  });

  const switched = connections.onDidChange(() => tree.reset());
  return {
    records: async (connection) => {
      const { ConnectionRecords } = await load();
      return new ConnectionRecords(() => connections.session(connection));
    },
    openRun,
    latestOf: async (definition) => {
      const file = await definitions.fileAt(definition);
      const run = file && tree.latestOf(file.pipeline);
      return run && { arn: run.arn, title: `$(${STATUS_ICONS[run.status].icon}) Last run: ${run.status}` };
    },
    onDidChangeRuns: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    reportNumbers: async (uri) => {
      if (uri === undefined) return [];
      try {
        const { readNumbers } = await load();
        return await readNumbers(await connections.session(), uri);
      } catch (error) {
        host.panels.log(`The report ${uri} cannot be read: ${messageOf(error)}`);
        return [];
      }
    },
    dispose: () => {
      for (const part of [switched, forms, graphs, metrics, tree, documents, definitions]) part.dispose();
    },
  };
}

function pipelineOf(target: PipelineRow | ExecutionRow | string | undefined): string | undefined {
  if (target === undefined || typeof target === 'string') return target;
  return 'execution' in target ? target.execution.pipeline : target.pipeline;
}
