/** A point for each run over two columns of numbers. */
import type { MetricsRun, PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { formatNumber } from '../../../../src/shared/format';
import { inks, round } from '../../../kit/plot/drawing';
import { drawXy } from '../../../kit/plot/xy';
import type { Column } from '../columns';
import { chosenPart, escapedField, partOf } from './curves';
import { lookOf, type Plot, type PlotData, slotsOf, vegaLite, viewAfter } from './plot';

/** The columns that numbers stand in. */
export function numericColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ numeric }) => numeric);
}

/** The columns of a scatter plot that has none yet: a parameter below, a metric at the left. */
export function usualAxes(columns: readonly Column[]): { x?: string; y?: string } {
  const numeric = numericColumns(columns);
  const x = numeric.find(({ group }) => group === 'Parameters') ?? numeric.find(({ id }) => id === 'duration');
  const y = numeric.find(({ metric }) => metric !== undefined);
  return { ...(x ? { x: x.id } : {}), ...(y ? { y: y.id } : {}) };
}

export function scatterPlot(spec: PlotSpec, data: PlotData): Plot {
  const { columns, rows, now } = data;
  const usual = usualAxes(columns);
  const column = (id: string | undefined, other: string | undefined): Column | undefined =>
    columns.find((each) => each.id === id && each.numeric) ?? columns.find((each) => each.id === other);
  const [x, y] = [column(spec.x, usual.x), column(spec.y, usual.y)];
  const slots = slotsOf(data);
  const numberOf = (each: Column | undefined, run: MetricsRun): number | undefined => {
    const value = each?.value(run, now);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const points = rows
    .flatMap((run) => {
      const [across, up] = [numberOf(x, run), numberOf(y, run)];
      return across === undefined || up === undefined ? [] : [{ run, x: across, y: up }];
    })
    .sort((a, b) => a.x - b.x || a.y - b.y);
  const [xLabel, yLabel] = [x?.label ?? '', y?.label ?? ''];
  const title = x && y ? `${yLabel} over ${xLabel}` : 'Scatter';
  const scale = (log: boolean | undefined) => (log ? { type: 'log' } : { zero: false });
  return {
    spec,
    title,
    ...(points.length === 0 ? { empty: 'No run in the table has a number in both columns.' } : {}),
    table: { columns: ['Run', xLabel, yLabel], rows: points.map((point) => [point.run.name, point.x, point.y]) },
    vega: vegaLite(
      title,
      points.map((point) => ({ run: point.run.name, [xLabel]: point.x, [yLabel]: point.y })),
      {
        mark: { type: 'point', filled: true, tooltip: true },
        encoding: {
          x: { field: escapedField(xLabel), type: 'quantitative', title: xLabel, scale: scale(spec.logX) },
          y: { field: escapedField(yLabel), type: 'quantitative', title: yLabel, scale: scale(spec.logY) },
          tooltip: [{ field: 'run' }, { field: escapedField(xLabel) }, { field: escapedField(yLabel) }],
        },
      },
    ),
    draw(size, look, resolve) {
      const drawing = drawXy(
        {
          x: { label: xLabel, roomy: true, ...(spec.logX ? { log: true } : {}) },
          y: { label: yLabel, roomy: true, ...(spec.logY ? { log: true } : {}) },
          lines: [],
          points: points.map((point) => ({ ...lookOf(point.run.id, slots), x: point.x, y: point.y })),
          view: look.view,
        },
        size,
        resolve,
      );
      const at = look.at === undefined ? undefined : points[look.at];
      const [left, top] = at ? [drawing.x.at(at.x), drawing.y.at(at.y)] : [];
      const ring =
        left === undefined || top === undefined
          ? ''
          : `<circle cx="${round(left)}" cy="${round(top)}" r="7" fill="none" stroke="${resolve(inks.text)}" stroke-width="1.5"/>`;
      return {
        drawing,
        overlay: `${chosenPart(look, drawing.x.at, drawing.box, resolve)}${ring}`,
        readout: at ? `${at.run.name}: ${xLabel} ${formatNumber(at.x)}, ${yLabel} ${formatNumber(at.y)}` : '',
        run: at?.run.id,
        point(across, up) {
          let [nearest, best] = [-1, Number.POSITIVE_INFINITY];
          for (const [index, point] of points.entries()) {
            const far = Math.hypot(
              (drawing.x.at(point.x) ?? Number.NaN) - across,
              (drawing.y.at(point.y) ?? Number.NaN) - up,
            );
            if (far < best) [nearest, best] = [index, far];
          }
          return { at: nearest < 0 ? undefined : nearest };
        },
        drag: (from, to, isEnd) => partOf(drawing.x.valueAt(from[0]), drawing.x.valueAt(to[0]), isEnd),
        key(key, shift) {
          const view = viewAfter(key, shift, drawing.x.domain, at?.x);
          if (view) return view;
          if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
          const next = look.at === undefined ? 0 : look.at + (key === 'ArrowRight' ? 1 : -1);
          return { at: Math.min(points.length - 1, Math.max(0, next)) };
        },
      };
    },
  };
}
