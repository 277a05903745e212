/** The confusion matrix of one of the selected runs. */
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { escapedField } from './curves';
import { type Plot, type PlotData, type SelectedRun, vegaLite } from './plot';

/** The run whose matrix is shown: the one that is chosen, else the last that was selected. */
export function confusionRun({ selected }: PlotData, shown: string | undefined): SelectedRun | undefined {
  return selected.find(({ run }) => run.id === shown) ?? selected.at(-1);
}

export function confusionPlot(spec: PlotSpec, data: PlotData, shown: string | undefined): Plot {
  const chosen = confusionRun(data, shown);
  const { labels = [], matrix = [] } = chosen?.detail?.evaluation ?? {};
  const title = 'Confusion matrix';
  const cells = labels.flatMap((actual, row) =>
    labels.map((predicted, column) => ({ actual, predicted, count: matrix[row]?.[column] ?? 0 })),
  );
  return {
    spec,
    title,
    ...(chosen?.detail?.evaluation
      ? {}
      : {
          empty:
            chosen && chosen.detail === undefined
              ? 'Reading the evaluation…'
              : (chosen?.detail?.note ?? 'No step of this run wrote an evaluation with a confusion matrix.'),
        }),
    table: { columns: ['actual', ...labels], rows: labels.map((label, row) => [label, ...(matrix[row] ?? [])]) },
    vega: vegaLite(title, cells, {
      encoding: {
        x: { field: escapedField('predicted'), type: 'nominal' },
        y: { field: escapedField('actual'), type: 'nominal' },
      },
      layer: [
        { mark: 'rect', encoding: { color: { field: 'count', type: 'quantitative' } } },
        { mark: 'text', encoding: { text: { field: 'count', type: 'quantitative' } } },
      ],
    }),
  };
}
