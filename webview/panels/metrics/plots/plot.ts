/** What the plots of the metrics have in common. */
import type {
  Evaluation,
  MetricsRun,
  Picture,
  PlotSpec,
  RateCurve,
  Series,
} from '../../../../src/pipelines/panels/metrics/contract';
import type { Drawing, Resolve, Size } from '../../../kit/plot/drawing';
import type { Brush } from '../../../kit/plot/parallel';
import { colourOf } from '../../../kit/plot/palette';
import { inks } from '../../../kit/plot/drawing';
import type { Column } from '../columns';

/** What the host has sent of a run. */
export interface RunDetail {
  series: Series[];
  evaluation?: Evaluation;
  rates?: RateCurve[];
  note?: string;
}

export interface SelectedRun {
  run: MetricsRun;
  slot: number;
  /** Absent until the host has sent it. */
  detail: RunDetail | undefined;
  /** Absent until the host has sent them. */
  pictures?: { pictures: readonly Picture[]; note?: string } | undefined;
}

/** What there is to plot. */
export interface PlotData {
  selected: readonly SelectedRun[];
  /** The runs that the table shows, in its order. */
  rows: readonly MetricsRun[];
  columns: readonly Column[];
  now: number;
}

/** A plot in words and numbers; a cell is undefined where there is no value. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number | undefined)[])[];
}

/** What the user does with a plot just now, which nobody keeps. */
export interface Look {
  /** The part of the x axis that is shown. */
  view?: readonly [number, number] | undefined;
  /** What the cursor stands on: a value of the x axis, or the index of a point or bar. */
  at?: number | undefined;
  /** The part that is being chosen with the pointer, in values of the x axis. */
  drag?: readonly [number, number] | undefined;
  brushes?: Readonly<Record<string, Brush>>;
  /** The axis that keys move. */
  axis?: string | undefined;
}

/** A plot that is drawn, and what pointer and keys do on it. */
export interface Canvas {
  drawing: Drawing;
  /** Drawn above it: the cursor. */
  overlay: string;
  /** What stands under the cursor, in words. */
  readout: string;
  /** The pointer has moved to a place. */
  point?(x: number, y: number): Look;
  /** It has been dragged from one place to another; `isEnd` where it was let go. */
  drag?(from: readonly [number, number], to: readonly [number, number], isEnd: boolean): Look;
  key?(key: string, shift: boolean): Look | undefined;
  /** A run under the cursor. */
  run?: string | undefined;
}

export interface Plot {
  spec: PlotSpec;
  title: string;
  /** Why there is nothing to see. */
  empty?: string;
  table: Table;
  /** A specification of Vega-Lite with its data. */
  vega?: object;
  /** How a plot that is a table by nature is drawn in a file. */
  picture?: (size: Size, resolve: Resolve) => Drawing;
  /** Absent where the plot is a table by nature. */
  draw?: (size: Size, look: Look, resolve: Resolve) => Canvas;
  /** Terms for the filter of the table that a brush stands for. */
  filter?: (look: Look) => string | undefined;
}

/** How a run is drawn among others: in its own colour where it is selected. */
export function lookOf(
  run: string,
  slots: ReadonlyMap<string, number>,
): { colour: string; dash: number[]; chosen: boolean } {
  const slot = slots.get(run);
  if (slot === undefined) return { colour: inks.quiet, dash: [], chosen: false };
  const { css, dash } = colourOf(slot);
  return { colour: css, dash, chosen: true };
}

export function slotsOf({ selected }: PlotData): Map<string, number> {
  return new Map(selected.map(({ run, slot }) => [run.id, slot]));
}

/** The part of an axis after a key: larger, smaller, moved, or all of it. */
export function viewAfter(
  key: string,
  shift: boolean,
  [low, high]: readonly [number, number],
  about: number | undefined,
): { view: readonly [number, number] | undefined } | undefined {
  if (key === '0') return { view: undefined };
  const width = high - low;
  if (shift && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const by = (key === 'ArrowLeft' ? -1 : 1) * width * 0.2;
    return { view: [low + by, high + by] };
  }
  if (key !== '+' && key !== '-' && key !== '=') return undefined;
  const middle = about !== undefined && about >= low && about <= high ? about : (low + high) / 2;
  const factor = key === '-' ? 2 : 0.5;
  return { view: [middle - (middle - low) * factor, middle + (high - middle) * factor] };
}

/** The frame of a specification of Vega-Lite. */
export function vegaLite(title: string, values: readonly object[], rest: object): object {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    title,
    data: { values },
    width: 600,
    height: 320,
    ...rest,
  };
}
