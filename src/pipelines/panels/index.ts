/** Registers the panels of this room; what fills them is loaded when one opens. */
import { Uri } from 'vscode';
import { lastPart } from '../../shared/format';
import { definePanel, type PanelKind } from '../../workbench/panel';
import { pipelineIn } from '../model';
import type { MeasurementReader } from '../reading';
import type { Remembered, RoomServices } from '../services';
import type { Sweeps } from '../sweep/sweeps';
import { type CompareArguments, comparePanel, type CompareToPanel } from './compare/contract';
import { type SweepArguments, sweepPanel, type SweepToPanel } from './sweep/contract';
import { type MetricsArguments, metricsPanel, type MetricsToPanel } from './metrics/contract';
import { type RunFormArguments, runFormPanel, type RunFormToPanel } from './run-form/contract';
import { type RunGraphArguments, runGraphPanel, type RunGraphToPanel } from './run-graph/contract';

const load = () => import('../../rooms.bundle');

/** The graph of a run. */
export function defineRunGraph(
  services: RoomServices,
  measurements: () => Promise<MeasurementReader>,
): PanelKind<RunGraphArguments, RunGraphToPanel> {
  return definePanel(services.panels, {
    contract: runGraphPanel,
    title: ({ executionArn }) => `${pipelineIn(executionArn)} run`,
    start: async (panel) => {
      const { RunGraph } = await load();
      return new RunGraph(services, await measurements(), panel);
    },
  });
}

/** The form that starts a run. */
export function defineRunForm(
  services: RoomServices,
  remembered: Remembered,
): PanelKind<RunFormArguments, RunFormToPanel> {
  return definePanel(services.panels, {
    contract: runFormPanel,
    title: ({ pipeline, definition }) =>
      `Run ${pipeline ?? (definition ? lastPart(Uri.parse(definition).path) : 'Pipeline')}`,
    start: async (panel) => {
      const { RunFormController } = await load();
      return new RunFormController(services, remembered, panel);
    },
  });
}

/** The metrics of a pipeline's runs. */
export function defineMetrics(
  services: RoomServices,
  measurements: () => Promise<MeasurementReader>,
  remembered: Remembered,
): PanelKind<MetricsArguments, MetricsToPanel> {
  return definePanel(services.panels, {
    contract: metricsPanel,
    title: ({ pipeline }) => `${pipeline} metrics`,
    start: async (panel) => {
      const { MetricsPanel } = await load();
      return new MetricsPanel(services, await measurements(), remembered, panel);
    },
  });
}

/** Runs side by side. */
export function defineCompare(
  services: RoomServices,
  measurements: () => Promise<MeasurementReader>,
): PanelKind<CompareArguments, CompareToPanel> {
  return definePanel(services.panels, {
    contract: comparePanel,
    title: ({ ids }) => `Compare ${[...new Set(ids.map(pipelineIn))].join(' ↔ ')}`,
    start: async (panel) => {
      const { ComparePanel, FactsReader } = await load();
      return new ComparePanel(services, new FactsReader(await measurements()), panel);
    },
  });
}

/** Many runs of a pipeline with other values. */
export function defineSweep(
  services: RoomServices,
  sweeps: () => Promise<Sweeps>,
): PanelKind<SweepArguments, SweepToPanel> {
  return definePanel(services.panels, {
    contract: sweepPanel,
    title: ({ pipeline }) => `Sweep ${pipeline}`,
    start: async (panel) => {
      const { SweepController } = await load();
      return new SweepController(services, await sweeps(), panel);
    },
  });
}
