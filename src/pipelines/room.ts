/** What the room has once it is used: what its trees, panels and commands share. */
import type { Connection } from '../aws';
import { rowIcon, statusFaces } from '../shared/status';
import { UserError, type View } from '../workbench';
import type { PanelKind } from '../workbench/panel-kind';
import { pickOthers } from './commands/pick';
import { openAgain, revealInProgram } from './commands/programs';
import { openObject, openStepLog } from './commands/open-remote';
import { reproduceRun } from './commands/reproduce';
import { RemoteDocuments } from './documents';
import { followRun } from './failed-runs';
import type { HeldTexts } from './held-texts';
import { tellingRun } from './latest';
import { pipelineIn } from './model';
import { trackingOf } from './mlflow/desk';
import { type CompareArguments, type CompareToPanel, mostCompared } from './panels/compare/contract';
import type { MetricsArguments, MetricsLayout, MetricsToPanel } from './panels/metrics/contract';
import type { RunFormArguments, RunFormToPanel } from './panels/run-form/contract';
import type { SweepArguments, SweepToPanel } from './panels/sweep/contract';
import { digestOf } from './provenance';
import { MeasurementReader } from './reading';
import type { Pipelines, PipelinesServices, Remembered, RoomServices } from './services';
import { Sweeps } from './sweep/sweeps';
import type { PipelinesTree } from './tree';
import { WorkspaceDefinitions } from './workspace';

/** What is registered with the window, before the room is opened. */
export interface RoomParts extends Pick<RoomServices, 'openRun' | 'pollInterval'> {
  readonly view: View<PipelinesTree>;
  readonly texts: HeldTexts;
  readonly metrics: PanelKind<MetricsArguments, MetricsToPanel>;
  readonly forms: PanelKind<RunFormArguments, RunFormToPanel>;
  readonly comparisons: PanelKind<CompareArguments, CompareToPanel>;
  readonly sweeps: PanelKind<SweepArguments, SweepToPanel>;
  /** Who follows the runs from outside: they have changed. */
  changed(): void;
}

/** The room, and the end of it. */
export interface OpenRoom extends RoomServices, Pick<Pipelines, 'latestOf' | 'fileOf'> {
  readonly documents: RemoteDocuments;
  readonly measurements: MeasurementReader;
  readonly remembered: Remembered;
  readonly sweeps: Sweeps;
  readonly view: View<PipelinesTree>;
  openSweep(target: SweepArguments): void;
  /** Compares runs that are chosen from a pipeline's. */
  compareSome(connection: Connection, pipeline: string, chosenAtFirst: string[]): Promise<void>;
  dispose(): void;
}

/** Makes everything that the first use of the room needs; nothing has been asked when it returns. */
export function openRoom(services: PipelinesServices, parts: RoomParts): OpenRoom {
  const { connections, sources } = services;
  const { view, metrics, forms, comparisons, openRun } = parts;
  const documents = new RemoteDocuments(parts.texts);
  const definitions = new WorkspaceDefinitions();
  const room: RoomServices = {
    ...services,
    definitions,
    pollInterval: (connection) => parts.pollInterval(connection),
    changed: () => {
      view.made?.refresh();
      services.runChanged();
      parts.changed();
    },
    openRun,
    started: (executionArn, connection) => {
      openRun(executionArn, connection);
      followRun(room, executionArn, connection);
    },
    openMetrics: (pipeline, connection) => void metrics.open({ connection: connection.id, pipeline }),
    openCompare: (executions, connection) => {
      if (executions.length < 2) throw new UserError('Choose two runs or more to compare.');
      if (executions.length > mostCompared) {
        throw new UserError(`At most ${mostCompared} runs are compared. ${executions.length} were chosen.`);
      }
      void comparisons.open({ connection: connection.id, ids: [...executions] });
    },
    compareWith: (arn, connection) => compareSome(connection, pipelineIn(arn), [arn]),
    runAgain: (arn, connection) => openAgain(room, arn, connection),
    reproduce: async (arn, connection) => {
      const reproduction = await reproduceRun(room, arn, connection);
      if (reproduction === undefined) return;
      room.changed();
      room.openCompare([arn, reproduction], connection);
      followRun(room, reproduction, connection);
    },
    openForm: (target, connection) => void forms.open({ ...target, connection: connection.id }),
    openObject: async (uri, connection) => openObject(documents, await connections.session(connection), uri),
    showDifferences: (title, pairs) => documents.compareAll(title, pairs),
    showDifference: (path, text, file, title) => documents.compare(path, text, file, title),
    openStepLog: async (arn, step, connection) =>
      openStepLog(documents, await connections.session(connection), arn, step),
    revealStep: async (pipeline, step) => {
      const file = await definitions.fileOf(pipeline);
      return file ? services.revealStep(file.uri, step) : revealInProgram(room, pipeline, step);
    },
  };
  const compareSome = async (connection: Connection, pipeline: string, chosenAtFirst: string[]): Promise<void> => {
    const picked = await pickOthers(connections, connection, pipeline, chosenAtFirst);
    if (picked) room.openCompare(picked, connection);
  };
  return {
    ...room,
    documents,
    view,
    compareSome,
    measurements: new MeasurementReader(trackingOf(room)),
    remembered: rememberedIn(services),
    sweeps: new Sweeps(room),
    openSweep: (target) => void parts.sweeps.open(target),
    latestOf: async (definition, text) => {
      const file = await definitions.fileAt(definition);
      const telling = tellingRun((file && view.made?.runsOf(file.pipeline)) ?? [], digestOf(text));
      if (!telling) return undefined;
      const { run, words } = telling;
      const title = `$(${rowIcon(statusFaces[run.status]).icon}) ${words}: ${run.status}`;
      return { arn: run.arn, connection: connections.active.id, title };
    },
    fileOf: async (pipeline) =>
      (await definitions.fileOf(pipeline))?.uri ?? (await sources.list()).find(({ name }) => name === pipeline)?.uri,
    dispose: () => {
      documents.dispose();
      definitions.dispose();
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
