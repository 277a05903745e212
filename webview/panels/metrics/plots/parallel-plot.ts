/** Parallel coordinates of parameters and metrics; brushes on the axes choose runs, also in the table. */
import type { MetricsRun, PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { count, formatNumber } from '../../../../src/shared/format';
import { type Brush, drawParallel, type ParallelAxis, type ParallelRow } from '../../../kit/plot/parallel';
import { type Column, collator } from '../columns';
import { lookOf, type Look, type Plot, type PlotData, slotsOf, vegaLite } from './plot';

/** So many axes are there unasked, and so many runs are drawn. */
const usualAxes = 7;
const mostRuns = 1000;
/** More words than these make no axis. */
const mostWords = 20;
/** The share of an axis that a key moves the end of a brush by. */
const step = 0.05;

/** The columns that an axis can be made of. */
export function axisColumns(columns: readonly Column[]): Column[] {
  return columns.filter(({ group, id }) => group !== 'Run' || ['branch', 'duration'].includes(id));
}

export function parallelPlot(spec: PlotSpec, data: PlotData): Plot {
  const { rows, now } = data;
  const possible = axisColumns(data.columns);
  const usual = [
    ...possible.filter(({ group }) => group === 'Parameters').slice(0, usualAxes - 2),
    ...possible.filter(({ group }) => group === 'Metrics').slice(0, 2),
  ];
  const chosen = (spec.columns ?? []).flatMap((id) => possible.find((column) => column.id === id) ?? []);
  const columns = chosen.length > 0 ? chosen : usual;
  const wordsOf = new Map(columns.map((column) => [column.id, column.numeric ? undefined : words(column, rows, now)]));
  const shown = columns.filter(({ id }) => (wordsOf.get(id)?.length ?? 0) <= mostWords);
  const slots = slotsOf(data);
  const valueOf = (column: Column, run: MetricsRun): number | undefined => {
    const value = column.value(run, now);
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    const at = value === undefined ? -1 : (wordsOf.get(column.id)?.indexOf(value) ?? -1);
    return at < 0 ? undefined : at;
  };
  const axes = shown.map(({ id, label }): ParallelAxis => {
    const own = wordsOf.get(id);
    return { id, label, ...(own ? { words: own } : {}) };
  });
  const lines = rows
    .map((run): ParallelRow => ({
      id: run.id,
      values: shown.map((column) => valueOf(column, run)),
      ...lookOf(run.id, slots),
    }))
    .filter(({ values }) => values.filter((value) => value !== undefined).length > 1);
  const told = lines.length > mostRuns ? ` (the first ${mostRuns} of ${lines.length} runs)` : '';
  const drawn = lines.slice(0, mostRuns);
  const title = 'Parallel coordinates';
  const isEmpty = axes.length < 2 || drawn.length === 0;
  const table = {
    columns: ['Run', ...shown.map(({ label }) => label)],
    rows: rows.map((run) => [run.name, ...shown.map((column) => column.value(run, now))]),
  };
  return {
    spec,
    title: `${title}${told}`,
    ...(isEmpty ? { empty: 'Parallel coordinates take two columns and more that differ.' } : {}),
    table,
    vega: vegaOf(title, shown, drawn),
    draw(size, look, resolve) {
      const brushes = look.brushes ?? {};
      const drawing = drawParallel(axes, drawn, brushes, look.axis, size, resolve);
      const shareAt = (y: number): number =>
        Math.min(1, Math.max(0, (drawing.box.bottom - y) / (drawing.box.bottom - drawing.box.top)));
      const nearest = (x: number): string | undefined =>
        drawing.axes.toSorted((a, b) => Math.abs(a.left - x) - Math.abs(b.left - x))[0]?.id;
      const at = axes.findIndex(({ id }) => id === look.axis);
      const axis = axes[at];
      const inside = count(drawing.inside.size, 'run');
      return {
        drawing,
        overlay: '',
        readout: axis
          ? `${axis.label}: ${partOf(axis, brushes[axis.id], drawing.axes[at])}. ${inside} of ${drawn.length}.`
          : Object.keys(brushes).length > 0
            ? `${inside} of ${drawn.length}.`
            : '',
        drag(from, to) {
          const id = nearest(from[0]);
          if (id === undefined) return {};
          const [a, b] = [shareAt(from[1]), shareAt(to[1])];
          // A click on an axis takes its brush away.
          const brush = Math.abs(a - b) < 0.01 ? undefined : ([Math.min(a, b), Math.max(a, b)] as const);
          return { axis: id, brushes: withBrush(brushes, id, brush) };
        },
        key(key, shift) {
          if (key === '0') return { brushes: {} };
          if (key === 'ArrowLeft' || key === 'ArrowRight') {
            const next = at < 0 ? 0 : Math.min(axes.length - 1, Math.max(0, at + (key === 'ArrowRight' ? 1 : -1)));
            return { axis: axes[next]?.id };
          }
          if (!axis) return undefined;
          if (key === 'Delete' || key === 'Backspace') return { brushes: withBrush(brushes, axis.id, undefined) };
          if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
          const [low, high] = brushes[axis.id] ?? [0, 1];
          const by = key === 'ArrowUp' ? step : -step;
          const moved: Brush = shift
            ? [Math.min(high, Math.max(0, low + by)), high]
            : [low, Math.max(low, Math.min(1, high + by))];
          return { brushes: withBrush(brushes, axis.id, moved) };
        },
      };
    },
    filter: (look) => filterOf(shown, axes, drawn, look),
  };
}

function withBrush(
  brushes: Readonly<Record<string, Brush>>,
  id: string,
  brush: Brush | undefined,
): Readonly<Record<string, Brush>> {
  const { [id]: _, ...others } = brushes;
  return brush ? { ...others, [id]: brush } : others;
}

/** The words of a column, in their order. */
function words(column: Column, rows: readonly MetricsRun[], now: number): string[] {
  const found = new Set(rows.flatMap((run) => column.text(run, now) ?? []));
  return [...found].sort(collator.compare);
}

function partOf(
  axis: ParallelAxis,
  brush: Brush | undefined,
  placed: { valueAt(share: number): number } | undefined,
): string {
  if (!brush || !placed) return 'all';
  const [low, high] = brush.map((share) => placed.valueAt(share));
  if (low === undefined || high === undefined) return 'all';
  if (!axis.words) return `${formatNumber(low)} to ${formatNumber(high)}`;
  return axis.words.filter((_, at) => at >= low - 1e-9 && at <= high + 1e-9).join(', ') || 'none';
}

/** Terms of the table's filter for the brushes. One of several words has no term: it is left out. */
function filterOf(
  columns: readonly Column[],
  axes: readonly ParallelAxis[],
  rows: readonly ParallelRow[],
  { brushes = {} }: Look,
): string | undefined {
  const { axes: placed } = drawParallel(axes, rows, brushes, undefined, { width: 400, height: 200 }, (css) => css);
  const terms = columns.flatMap(({ id, label }, at) => {
    const [brush, place, axis] = [brushes[id], placed[at], axes[at]];
    if (!brush || !place || !axis) return [];
    const name = /\s/.test(label) ? `"${label}"` : label;
    if (axis.words) {
      const [low, high] = brush.map((share) => place.valueAt(share));
      const inside = axis.words.filter((_, index) => index >= (low ?? 0) - 1e-9 && index <= (high ?? 0) + 1e-9);
      return inside.length === 1 ? [`${name}="${inside[0]}"`] : [];
    }
    return [`${name}>=${plain(place.valueAt(brush[0]))}`, `${name}<=${plain(place.valueAt(brush[1]))}`];
  });
  return terms.length === 0 ? undefined : terms.join(' ');
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Each axis from zero to one, as Vega-Lite has no axes of their own for columns. */
function vegaOf(title: string, columns: readonly Column[], rows: readonly ParallelRow[]): object {
  const values = columns.flatMap(({ label }, at) => {
    const all = rows.flatMap((row) => row.values[at] ?? []);
    const [low, high] = [
      all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    ];
    return rows.flatMap((row) => {
      const value = row.values[at];
      return value === undefined
        ? []
        : [{ run: row.id, column: label, value, share: high > low ? (value - low) / (high - low) : 0.5 }];
    });
  });
  return vegaLite(title, values, {
    mark: { type: 'line', opacity: 0.5 },
    encoding: {
      x: { field: 'column', type: 'nominal', sort: columns.map(({ label }) => label), title: null },
      y: { field: 'share', type: 'quantitative', title: 'share of the range' },
      detail: { field: 'run', type: 'nominal' },
    },
  });
}
