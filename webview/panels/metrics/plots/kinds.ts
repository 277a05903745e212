/** The kinds of plots: what each is called, and what it is made of. */
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { barsPlot } from './bars-plot';
import { confusionPlot } from './confusion-plot';
import { curvesPlot, ratesPlot } from './curves';
import { parallelPlot } from './parallel-plot';
import { picturesPlot } from './pictures-plot';
import type { Plot, PlotData } from './plot';
import { scatterPlot } from './scatter';

export const plotKinds: readonly { kind: PlotSpec['kind']; label: string }[] = [
  { kind: 'curves', label: 'Curves' },
  { kind: 'scatter', label: 'Scatter' },
  { kind: 'parallel', label: 'Parallel Coordinates' },
  { kind: 'bars', label: 'Bars with Deviations' },
  { kind: 'roc', label: 'ROC' },
  { kind: 'pr', label: 'Precision and Recall' },
  { kind: 'confusion', label: 'Confusion Matrix' },
  { kind: 'pictures', label: 'Pictures' },
];

/** The plots that are there until the user arranges others. */
export const usualPlots: readonly PlotSpec[] = [{ kind: 'curves' }, { kind: 'confusion' }];

/** @param shown the run whose confusion matrix is shown */
export function plotOf(spec: PlotSpec, data: PlotData, shown: string | undefined): Plot {
  switch (spec.kind) {
    case 'curves':
      return curvesPlot(spec, data);
    case 'scatter':
      return scatterPlot(spec, data);
    case 'parallel':
      return parallelPlot(spec, data);
    case 'bars':
      return barsPlot(spec, data);
    case 'roc':
    case 'pr':
      return ratesPlot({ ...spec, kind: spec.kind }, data);
    case 'confusion':
      return confusionPlot(spec, data, shown);
    case 'pictures':
      return picturesPlot(spec, data);
  }
}
