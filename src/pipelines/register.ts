import { workspace } from 'vscode';
import type { Connection } from '../aws';
import { type Commands, settings, View } from '../workbench';
import { registerPanel } from '../workbench/panel-kind';
import { commandNames } from './commands/names';
import { HeldTexts, textsScheme } from './held-texts';
import type { OpenRoom } from './room';
import type { Pipelines, PipelinesServices, RoomServices } from './services';

/** Milliseconds between looks at a run on this machine. */
const localInterval = 400;

const load = () => import('../rooms.bundle');

/** Registers the Pipelines view, the panels of runs and their commands. What they do is loaded with the first use. */
export function registerPipelines(services: PipelinesServices, commands: Commands): Pipelines {
  const { connections } = services;
  const listeners = new Set<() => void>();
  const texts = new HeldTexts();
  const provided = workspace.registerTextDocumentContentProvider(textsScheme, texts);
  /** Where the records of a release found runs and model versions. */
  const origins = new Map<string, Connection>();
  const pollInterval: RoomServices['pollInterval'] = ({ kind }) =>
    kind === 'local' ? localInterval : 1000 * (settings('pipelines.refreshSeconds') ?? 5);
  const openRun: Pipelines['openRun'] = async (executionArn, connection, step) => {
    const panel = await graphs.open({ connection: connection.id, executionArn });
    if (step !== undefined) panel.post({ type: 'select', step });
  };
  let opened: Promise<OpenRoom> | undefined;
  const room = (): Promise<OpenRoom> =>
    (opened ??= load().then(({ openRoom }) => {
      const changed = (): void => {
        for (const listener of listeners) listener();
      };
      return openRoom(services, {
        view,
        texts,
        metrics,
        forms,
        comparisons,
        sweeps,
        openRun: (...given) => void openRun(...given),
        pollInterval,
        changed,
      });
    }));
  type Loaded = Awaited<ReturnType<typeof load>>;
  const panelsOf =
    <P>(make: (loaded: Loaded, at: OpenRoom) => P) =>
    async (): Promise<P> =>
      make(await load(), await room());
  const graphs = registerPanel(
    'run-graph',
    panelsOf(({ runGraphs }, at) => runGraphs(at)),
  );
  const metrics = registerPanel(
    'metrics',
    panelsOf(({ metricsPanels }, at) => metricsPanels(at)),
  );
  const forms = registerPanel(
    'run-form',
    panelsOf(({ runForms }, at) => runForms(at)),
  );
  const comparisons = registerPanel(
    'compare',
    panelsOf(({ comparisons: made }, at) => made(at)),
  );
  const sweeps = registerPanel(
    'sweep',
    panelsOf(({ sweepPanels }, at) => sweepPanels(at)),
  );
  const view = new View('mlopsFlow.pipelines', true, async (shown) => {
    const [{ PipelinesTree }, at] = await Promise.all([load(), room()]);
    return new PipelinesTree(at, shown);
  });
  commands.registerAll('mlopsFlow.', commandNames, async () => [(await load()).runCommands, await room()]);
  commands.register('mlopsFlow.refreshPipelines', () => view.made?.refresh());
  commands.register('mlopsFlow.clearPipelineFilter', () => view.made?.filterBy(''));

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
    openCompare: async (executions, connection) => (await room()).openCompare(executions, connection),
    openObject: async (uri, connection) => (await room()).openObject(uri, connection),
    modelsOfRun: async (session, arn) => {
      const { listSteps, registeredModels } = await load();
      return registeredModels(await listSteps(session, arn));
    },
    pollInterval,
    latestOf: async (definition, text) => (await room()).latestOf(definition, text),
    fileOf: async (pipeline) => (await room()).fileOf(pipeline),
    onDidChangeRuns: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose: () => {
      for (const part of [forms, graphs, metrics, comparisons, sweeps, view, provided, texts]) part.dispose();
      void opened?.then((at) => at.dispose());
    },
  };
}
