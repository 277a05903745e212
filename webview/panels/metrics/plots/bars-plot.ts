/** The mean of a metric by groups of runs, with the deviation within each: over seeds, for example. */
import { isSeed } from '../../../../src/shared/seed';
import type { MetricsRun, PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { count, formatNumber } from '../../../../src/shared/format';
import { drawBars, type Bar } from '../../../kit/plot/bars';
import { inks, round } from '../../../kit/plot/drawing';
import { type Column, collator } from '../columns';
import { groupColumns } from '../groups';
import { escapedField } from './curves';
import { type Plot, type PlotData, vegaLite } from './plot';

/** Groups of runs whose parameters are the same but for their seeds. */
export const butSeed = 'but-seed';

/** More bars than these cannot be told apart. */
const mostBars = 60;

/** What bars can stand for. */
export function barGroups(columns: readonly Column[]): { value: string; label: string }[] {
  const groups = groupColumns(columns).map(({ id, label }) => ({ value: id, label: `By ${label}` }));
  return columns.some(isSeedColumn) ? [{ value: butSeed, label: 'By all but the seed' }, ...groups] : groups;
}

export function barsPlot(spec: PlotSpec, { columns, rows, now }: PlotData): Plot {
  const metrics = columns.filter(({ metric }) => metric !== undefined);
  const metric = metrics.find(({ metric: name }) => name === spec.y) ?? metrics[0];
  const by = barGroups(columns).some(({ value }) => value === spec.x) ? spec.x : barGroups(columns)[0]?.value;
  const groups = new Map<string, number[]>();
  for (const run of rows) {
    const value = metric?.value(run, now);
    const label = groupOf(run, by, columns, now);
    if (typeof value !== 'number' || !Number.isFinite(value) || label === undefined) continue;
    const others = groups.get(label);
    if (others) others.push(value);
    else groups.set(label, [value]);
  }
  const bars = [...groups]
    .map(([label, values]): Bar => ({ label, count: values.length, ...meanOf(values) }))
    .sort((a, b) => Number(a.label) - Number(b.label) || collator.compare(a.label, b.label))
    .slice(0, mostBars);
  const name = metric?.label ?? '';
  const groupLabel = by === butSeed ? 'parameters' : (columns.find(({ id }) => id === by)?.label ?? '');
  const title = metric && by !== undefined ? `${name} by ${groupLabel}` : 'Bars';
  const told = groups.size > mostBars ? ` (the first ${mostBars} of ${groups.size} groups)` : '';
  return {
    spec,
    title: `${title}${told}`,
    ...(bars.length === 0 ? { empty: 'No run in the table has this metric and a group.' } : {}),
    table: {
      columns: [groupLabel, 'Runs', `Mean ${name}`, 'Standard deviation'],
      rows: bars.map(({ label, count: runs, mean, deviation }) => [label, runs, mean, deviation]),
    },
    vega: vegaLite(
      title,
      [...groups].flatMap(([group, values]) => values.map((value) => ({ [groupLabel]: group, [name]: value }))),
      {
        encoding: { x: { field: escapedField(groupLabel), type: 'nominal', title: groupLabel } },
        layer: [
          {
            mark: 'bar',
            encoding: { y: { aggregate: 'mean', field: escapedField(name), type: 'quantitative', title: name } },
          },
          {
            mark: { type: 'errorbar', extent: 'stdev', ticks: true },
            encoding: { y: { field: escapedField(name), type: 'quantitative', title: name, scale: { zero: false } } },
          },
        ],
      },
    ),
    draw(size, look, resolve) {
      const drawing = drawBars(bars, name, size, resolve);
      const at = look.at === undefined ? undefined : bars[look.at];
      const place = look.at === undefined ? undefined : drawing.places[look.at];
      const { box } = drawing;
      return {
        drawing,
        overlay: place
          ? `<rect x="${round(place.left + 1)}" y="${box.top}" width="${round(place.right - place.left - 2)}" height="${box.bottom - box.top}" fill="none" stroke="${resolve(inks.quiet)}"/>`
          : '',
        readout: at ? wordsOf(at, name) : '',
        point(across) {
          const index = drawing.places.findIndex(({ left, right }) => across >= left && across < right);
          return { at: index < 0 ? undefined : index };
        },
        key(key) {
          if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
          const next = look.at === undefined ? 0 : look.at + (key === 'ArrowRight' ? 1 : -1);
          return { at: Math.min(bars.length - 1, Math.max(0, next)) };
        },
      };
    },
  };
}

function wordsOf({ label, mean, deviation, count: runs }: Bar, name: string): string {
  const spread = deviation === undefined ? '' : ` ± ${formatNumber(Number(deviation.toPrecision(2)))}`;
  return `${label}: ${name} ${formatNumber(mean)}${spread} (${count(runs, 'run')})`;
}

function groupOf(run: MetricsRun, by: string | undefined, columns: readonly Column[], now: number): string | undefined {
  if (by !== butSeed) return columns.find(({ id }) => id === by)?.text(run, now);
  const others = columns.filter((column) => column.group === 'Parameters' && !isSeedColumn(column));
  return others.length === 0 ? 'all' : others.map((column) => column.text(run, now) ?? '–').join(', ');
}

function isSeedColumn({ group, label }: Column): boolean {
  return group === 'Parameters' && isSeed(label);
}

/** The mean and, of two values and more, the standard deviation of the sample. */
export function meanOf(values: readonly number[]): { mean: number; deviation?: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}
