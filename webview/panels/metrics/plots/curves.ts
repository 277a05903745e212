/** Lines over one axis: metrics over steps, and rates over rates. */
import type { PlotSpec, Series } from '../../../../src/pipelines/panels/metrics/contract';
import { formatNumber } from '../../../../src/shared/format';
import { inks, type Resolve, round, type Size } from '../../../kit/plot/drawing';
import { colourOf } from '../../../kit/plot/palette';
import { smoothed } from '../../../kit/plot/smoothing';
import { drawXy, type Line } from '../../../kit/plot/xy';
import { type Canvas, type Look, type Plot, type PlotData, type SelectedRun, vegaLite, viewAfter } from './plot';

/** The names of all series of the selected runs, losses first: the usual first look. */
export function seriesNames(selected: readonly SelectedRun[]): string[] {
  const names = new Set(selected.flatMap(({ detail }) => detail?.series.map(({ name }) => name) ?? []));
  const rank = (name: string): number => (/train.*loss/i.test(name) ? 0 : /loss/i.test(name) ? 1 : 2);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** A metric of the selected runs over its steps. */
export function curvesPlot(spec: PlotSpec, { selected }: PlotData): Plot {
  const names = seriesNames(selected);
  const name = spec.y !== undefined && names.includes(spec.y) ? spec.y : names[0];
  const found = selected.flatMap(({ run, slot, detail }) => {
    const series = detail?.series.find((each) => each.name === name);
    return series ? [{ label: run.name, slot, series }] : [];
  });
  const axis = found[0]?.series.axis ?? 'step';
  return linesPlot(spec, {
    title: name === undefined ? 'Curves' : `${name} over ${axis}`,
    x: axis,
    y: name ?? '',
    found,
    empty: name === undefined ? whyNoCurve(selected) : undefined,
  });
}

function whyNoCurve(selected: readonly SelectedRun[]): string {
  if (selected.some(({ detail }) => detail === undefined)) return 'Reading the series of the selected runs…';
  return (
    selected.find(({ detail }) => detail?.note)?.detail?.note ??
    'The selected runs have no metric over time. A training step writes one by printing what its metric definitions match.'
  );
}

const rateTexts = {
  roc: { title: 'ROC', x: 'false positive rate', y: 'true positive rate' },
  pr: { title: 'Precision and recall', x: 'recall', y: 'precision' },
};

/** The receiver operating characteristics of the selected runs, or their precision over recall. */
export function ratesPlot(spec: PlotSpec & { kind: 'roc' | 'pr' }, { selected }: PlotData): Plot {
  const texts = rateTexts[spec.kind];
  const found = selected.flatMap(({ run, slot, detail }) =>
    (detail?.rates ?? [])
      .filter(({ kind }) => kind === spec.kind)
      .map(({ name, x, y }, at) => {
        const order = x.map((_, index) => index).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));
        const series = {
          name,
          axis: texts.x,
          x: order.map((index) => x[index] ?? 0),
          y: order.map((index) => y[index] ?? 0),
        };
        return { label: name === '' ? run.name : `${run.name} ${name}`, slot, series, turn: at };
      }),
  );
  const isWaiting = selected.some(({ detail }) => detail === undefined);
  return linesPlot(spec, {
    ...texts,
    found,
    domain: [0, 1],
    area: true,
    empty:
      found.length > 0
        ? undefined
        : isWaiting
          ? 'Reading the evaluations of the selected runs…'
          : `No evaluation of the selected runs has ${spec.kind === 'roc' ? 'receiver_operating_characteristic_curve' : 'precision_recall_curve'}.`,
  });
}

interface Found {
  label: string;
  slot: number;
  series: Series;
  /** The number of the curve among those of its run. */
  turn?: number;
}

interface Lines {
  title: string;
  x: string;
  y: string;
  found: readonly Found[];
  /** Of both axes. */
  domain?: readonly [number, number];
  /** Whether the area below each line is told. */
  area?: boolean;
  empty: string | undefined;
}

function linesPlot(spec: PlotSpec, { title, x, y, found, domain, area, empty }: Lines): Plot {
  const weight = area ? 0 : (spec.smoothing ?? 0);
  const lines = found.flatMap(({ label, slot, series, turn = 0 }): Line[] => {
    const { css, dash } = colourOf(slot);
    const line: Line = { name: label, colour: css, dash: turn > 0 ? [2 + turn, 3] : dash, x: series.x, y: series.y };
    if (weight === 0) return [line];
    return [
      { ...line, faint: true },
      { ...line, y: smoothed(series.y, weight) },
    ];
  });
  const solid = lines.filter(({ faint }) => !faint);
  const xs = [...new Set(found.flatMap(({ series }) => series.x))].sort((a, b) => a - b);
  const values = found.flatMap(({ label, series }) =>
    series.x.map((at, index) => ({ run: label, [x]: at, [y]: series.y[index] })),
  );
  const scale = (log: boolean | undefined) => (log ? { scale: { type: 'log' } } : {});
  const encoding = {
    x: { field: escapedField(x), type: 'quantitative', title: x, ...scale(spec.logX) },
    y: { field: escapedField(y), type: 'quantitative', title: y, ...scale(spec.logY) },
    color: { field: 'run', type: 'nominal' },
  };
  return {
    spec,
    title,
    ...(empty === undefined ? {} : { empty }),
    table: {
      columns: [x, ...found.map(({ label }) => label)],
      rows: xs.map((at) => [at, ...found.map(({ series }) => series.y[series.x.indexOf(at)])]),
    },
    vega: vegaLite(title, values, { mark: { type: 'line', clip: true }, encoding }),
    draw(size: Size, look: Look, resolve: Resolve): Canvas {
      const drawing = drawXy(
        {
          x: {
            label: x,
            ...(spec.logX ? { log: true } : {}),
            ...(domain ? { domain } : {}),
            ...(xs.every(Number.isInteger) && !domain ? { whole: true } : {}),
          },
          y: { label: y, ...(spec.logY ? { log: true } : {}), ...(domain && !spec.logY ? { domain } : {}) },
          lines,
          points: [],
          view: look.view,
        },
        size,
        resolve,
      );
      const { box } = drawing;
      const { at } = look;
      const nearest = (value: number): number | undefined =>
        xs.reduce<number | undefined>(
          (best, each) => (best === undefined || Math.abs(each - value) < Math.abs(best - value) ? each : best),
          undefined,
        );
      const across = at === undefined ? undefined : drawing.x.at(at);
      const dots = solid.flatMap(({ x: across, y: up, colour }) => {
        const index = across.indexOf(at ?? Number.NaN);
        const [left, top] = [drawing.x.at(across[index] ?? Number.NaN), drawing.y.at(up[index] ?? Number.NaN)];
        if (index < 0 || left === undefined || top === undefined || Number.isNaN(top)) return [];
        return `<circle cx="${round(left)}" cy="${round(top)}" r="4" fill="${resolve(colour)}" stroke="${resolve(inks.back)}"/>`;
      });
      const isSeen = across !== undefined && across >= box.left - 1 && across <= box.right + 1;
      const cursor = isSeen
        ? `<path d="M${round(across)} ${box.top}V${box.bottom}" stroke="${resolve(inks.quiet)}"/>${dots.join('')}`
        : '';
      const told = found.map(({ label, series }) => {
        const value = series.y[at === undefined ? series.y.length - 1 : series.x.indexOf(at)];
        return `${label} ${value === undefined ? '–' : formatNumber(value)}`;
      });
      return {
        drawing,
        overlay: `${chosenPart(look, drawing.x.at, box, resolve)}${cursor}`,
        readout: at === undefined ? '' : `${x} ${formatNumber(at)}: ${told.join(', ')}`,
        point: (place) => ({ at: nearest(drawing.x.valueAt(place)) }),
        drag: (from, to, isEnd) => partOf(drawing.x.valueAt(from[0]), drawing.x.valueAt(to[0]), isEnd),
        key(key, shift) {
          const view = viewAfter(key, shift, drawing.x.domain, at);
          if (view) return view;
          if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
          const index = at === undefined ? -1 : xs.indexOf(at);
          const next = at === undefined ? 0 : index + (key === 'ArrowRight' ? 1 : -1);
          return { at: xs[Math.min(xs.length - 1, Math.max(0, next))] };
        },
      };
    },
  };
}

/** Dots and brackets in names of fields mean something else to Vega-Lite. */
export function escapedField(name: string): string {
  return name.replace(/[.[\]\\]/g, String.raw`\$&`);
}

/** The part of the x axis between two values: being chosen, or chosen. */
export function partOf(from: number, to: number, isEnd: boolean): Look {
  const part = [Math.min(from, to), Math.max(from, to)] as const;
  return isEnd ? { drag: undefined, ...(part[0] < part[1] ? { view: part } : {}) } : { drag: part };
}

/** The part that is being chosen. */
export function chosenPart(
  { drag }: Look,
  at: (value: number) => number | undefined,
  box: { top: number; bottom: number },
  resolve: Resolve,
): string {
  const [left, right] = [drag && at(drag[0]), drag && at(drag[1])];
  if (left === undefined || right === undefined) return '';
  return `<rect x="${round(left)}" y="${box.top}" width="${round(right - left)}" height="${box.bottom - box.top}" fill="${resolve('var(--vscode-focusBorder)')}" fill-opacity="0.2"/>`;
}

/** The area below a curve by trapezoids, of points in the order of x. */
export function areaBelow({ x, y }: Pick<Series, 'x' | 'y'>): number {
  return x.reduce(
    (sum, at, index) =>
      index === 0 ? 0 : sum + ((at - (x[index - 1] ?? at)) * ((y[index] ?? 0) + (y[index - 1] ?? 0))) / 2,
    0,
  );
}
