/** The confusion matrix of one of the selected runs. */
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { boxOf, type Drawing, inks, type Resolve, round, type Size, textAt } from '../../../kit/plot/drawing';
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
    picture: (size, resolve) => matrixDrawing(labels, matrix, size, resolve),
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

/** The matrix as squares whose ink says how large a share of the actual class stands in them, with the counts. */
function matrixDrawing(
  labels: readonly string[],
  matrix: readonly (readonly number[])[],
  size: Size,
  resolve: Resolve,
): Drawing {
  const box = boxOf(size, labels, 54);
  const [wide, tall] = [(box.right - box.left) / labels.length, (box.bottom - box.top) / labels.length];
  const [ink, muted, text] = [resolve('var(--vscode-charts-blue)'), resolve(inks.muted), resolve(inks.text)];
  const middle = (at: number, step: number): number => (at + 0.5) * step;
  const rows = labels.map((label, row) => {
    const counts = labels.map((_, column) => matrix[row]?.[column] ?? 0);
    const all = counts.reduce((sum, count) => sum + count, 0) || 1;
    const squares = counts.map((count, column) => {
      const [x, y] = [box.left + column * wide, box.top + row * tall];
      // So faint that the count can be read on it.
      const share = round((count / all) * 55) / 100;
      return `<rect x="${round(x)}" y="${round(y)}" width="${round(wide - 1)}" height="${round(tall - 1)}" fill="${ink}" fill-opacity="${share}" stroke="${muted}"/>${textAt(x + wide / 2, y + tall / 2 + 4, String(count), text)}`;
    });
    return `${textAt(box.left - 6, box.top + middle(row, tall) + 4, label, muted, { anchor: 'end' })}${squares.join('')}`;
  });
  const below = labels.map((label, column) =>
    textAt(box.left + middle(column, wide), box.bottom + 14, label, muted, { most: wide }),
  );
  const title = textAt((box.left + box.right) / 2, box.bottom + 36, 'predicted below, actual at the left', text);
  return { ...size, box, content: `${rows.join('')}${below.join('')}${title}` };
}
