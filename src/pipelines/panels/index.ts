/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Uri } from 'vscode';
import { lastPart } from '../../shared/format';
import { Panels } from '../../workbench/panel';
import { FactsReader } from '../compare/read';
import { pipelineIn } from '../model';
import type { OpenRoom } from '../room';
import { comparePanel } from './compare/contract';
import { ComparePanel } from './compare/controller';
import { metricsPanel } from './metrics/contract';
import { MetricsPanel } from './metrics/controller';
import { runFormPanel } from './run-form/contract';
import { RunFormController } from './run-form/controller';
import { runGraphPanel } from './run-graph/contract';
import { RunGraph } from './run-graph/controller';
import { sweepPanel } from './sweep/contract';
import { SweepController } from './sweep/controller';

/** The graphs of runs. */
export const runGraphs = (room: OpenRoom) =>
  new Panels(room.panels, {
    contract: runGraphPanel,
    title: ({ executionArn }) => `${pipelineIn(executionArn)} run`,
    start: (panel) => new RunGraph(room, room.measurements, panel),
  });

/** The forms that start runs. */
export const runForms = (room: OpenRoom) =>
  new Panels(room.panels, {
    contract: runFormPanel,
    title: ({ pipeline, definition }) =>
      `Run ${pipeline ?? (definition ? lastPart(Uri.parse(definition).path) : 'Pipeline')}`,
    start: (panel) => new RunFormController(room, room.remembered, panel),
  });

/** The metrics of pipelines' runs. */
export const metricsPanels = (room: OpenRoom) =>
  new Panels(room.panels, {
    contract: metricsPanel,
    title: ({ pipeline }) => `${pipeline} metrics`,
    start: (panel) => new MetricsPanel(room, room.measurements, room.remembered, panel),
  });

/** Runs side by side. */
export const comparisons = (room: OpenRoom) =>
  new Panels(room.panels, {
    contract: comparePanel,
    title: ({ ids }) => `Compare ${[...new Set(ids.map(pipelineIn))].join(' ↔ ')}`,
    start: (panel) => new ComparePanel(room, new FactsReader(room.measurements), panel),
  });

/** Many runs of a pipeline with other values. */
export const sweepPanels = (room: OpenRoom) =>
  new Panels(room.panels, {
    contract: sweepPanel,
    title: ({ pipeline }) => `Sweep ${pipeline}`,
    start: (panel) => new SweepController(room, room.sweeps, panel),
  });
