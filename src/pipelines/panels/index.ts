/** Registers the panels of this room; what fills them is loaded when one opens. */
import { Uri } from 'vscode';
import { DeferredController } from '../../workbench/deferred-controller';
import { definePanel, type PanelKind } from '../../workbench/panel';
import { type MetricsArguments, metricsPanel, type MetricsToHost, type MetricsToPanel } from './metrics/contract';
import { type RunFormArguments, runFormPanel, type RunFormToHost, type RunFormToPanel } from './run-form/contract';
import { type RunGraphArguments, runGraphPanel, type RunGraphToHost, type RunGraphToPanel } from './run-graph/contract';
import type { MeasurementReader } from '../reading';
import { pipelineIn } from '../service';
import type { LayoutStore, PipelineServices, RunFormServices } from '../services';
import { lastPart } from '../../shared/format';

const load = () => import('../pipelines.bundle');

/** The graph of a run. */
export function defineRunGraph(services: PipelineServices): PanelKind<RunGraphArguments, RunGraphToPanel> {
  return definePanel(services.panels, {
    contract: runGraphPanel,
    title: ({ executionArn }) => `${pipelineIn(executionArn)} run`,
    start: (panel) =>
      new DeferredController<RunGraphToPanel, RunGraphToHost>(panel, [], async () => {
        const { RunGraph } = await load();
        return new RunGraph(services, panel);
      }),
  });
}

/** The form that starts a run. */
export function defineRunForm(services: RunFormServices): PanelKind<RunFormArguments, RunFormToPanel> {
  return definePanel(services.panels, {
    contract: runFormPanel,
    title: ({ pipeline, definition }) =>
      `Run ${pipeline ?? (definition ? lastPart(Uri.parse(definition).path) : 'Pipeline')}`,
    start: (panel) =>
      new DeferredController<RunFormToPanel, RunFormToHost>(panel, [], async () => {
        const { RunFormController } = await load();
        return new RunFormController(services, panel);
      }),
  });
}

/** The metrics of a pipeline's runs. */
export function defineMetrics(
  services: PipelineServices,
  measurements: () => Promise<MeasurementReader>,
  layouts: LayoutStore,
): PanelKind<MetricsArguments, MetricsToPanel> {
  return definePanel(services.panels, {
    contract: metricsPanel,
    title: ({ pipeline }) => `${pipeline} metrics`,
    start: (panel) =>
      new DeferredController<MetricsToPanel, MetricsToHost>(panel, [], async () => {
        const { MetricsPanel } = await load();
        return new MetricsPanel(services, await measurements(), layouts, panel);
      }),
  });
}
