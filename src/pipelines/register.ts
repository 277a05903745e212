import type { Connection } from '../aws';
import { rowIcon, statusFaces } from '../shared/status';
import { type Commands, settings, UserError } from '../workbench';
import type { CommandRoom } from './commands';
import { commandNames } from './commands/names';
import { RemoteDocuments } from './documents';
import { tellingRun } from './latest';
import { pipelineIn } from './model';
import { defineCompare, defineMetrics, defineRunForm, defineRunGraph, defineSweep } from './panels';
import { mostCompared } from './panels/compare/contract';
import type { MetricsLayout } from './panels/metrics/contract';
import type { MeasurementReader } from './reading';
import type { Pipelines, PipelinesServices, Remembered, RoomServices } from './services';
import type { Sweeps } from './sweep/sweeps';
import { PipelinesTree } from './tree';
import { WorkspaceDefinitions } from './workspace';

/** Milliseconds between looks at a run on this machine. */
const localInterval = 400;

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
  const measurements = () =>
    (reader ??= load().then(({ MeasurementReader, trackingOf }) => new MeasurementReader(trackingOf(room))));
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
    runAgain: async (arn, connection) => (await load()).openAgain(room, arn, connection),
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
      if (file) return services.revealStep(file.uri, step);
      return (await load()).revealInProgram(room, pipeline, step);
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
  for (const name of commandNames) {
    commands.register(`mlopsFlow.${name}`, async (...given: never[]) => {
      const { runCommands } = await load();
      const run = runCommands[name] as (at: CommandRoom, ...given: never[]) => unknown;
      return run({ ...room, documents, tree, compareSome, openSweep: (target) => void sweeps.open(target) }, ...given);
    });
  }
  commands.register('mlopsFlow.refreshPipelines', () => tree.refresh());
  commands.register('mlopsFlow.clearPipelineFilter', () => tree.filterBy(''));

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
    latestOf: async (definition, text) => {
      const file = await definitions.fileAt(definition);
      const runs = file ? tree.runsOf(file.pipeline) : [];
      if (runs.length === 0) return undefined;
      const telling = tellingRun(runs, (await load()).digestOf(text));
      if (!telling) return undefined;
      const { run, words } = telling;
      const title = `$(${rowIcon(statusFaces[run.status]).icon}) ${words}: ${run.status}`;
      return { arn: run.arn, connection: connections.active.id, title };
    },
    fileOf: async (pipeline) =>
      (await definitions.fileOf(pipeline))?.uri ??
      (await services.sources.list()).find(({ name }) => name === pipeline)?.uri,
    onDidChangeRuns: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose: () => {
      for (const part of [forms, graphs, metrics, comparisons, sweeps, tree, documents, definitions]) part.dispose();
    },
  };
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
