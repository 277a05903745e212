/** Parallel coordinates: an axis for each column, a line for each row, and on each axis a part that can be chosen. */
import { formatNumber } from '../../../src/shared/format';
import { boxOf, type Drawing, inks, type Resolve, round, type Size, textAt } from './drawing';
import { scaleOf } from './scale';

export interface ParallelAxis {
  id: string;
  label: string;
  /** The words of an axis without numbers, from below. */
  words?: readonly string[];
  log?: boolean;
}

export interface ParallelRow {
  id: string;
  /** A number for each axis, or the index of a word; undefined where there is none. */
  values: readonly (number | undefined)[];
  colour: string;
  dash: readonly number[];
  chosen: boolean;
}

/** A part of an axis, as shares of its length from below. */
export type Brush = readonly [low: number, high: number];

export interface ParallelDrawing extends Drawing {
  axes: readonly { id: string; left: number; valueAt(share: number): number }[];
  /** The rows that all brushes take in. */
  inside: ReadonlySet<string>;
}

export function drawParallel(
  axes: readonly ParallelAxis[],
  rows: readonly ParallelRow[],
  brushes: Readonly<Record<string, Brush>>,
  active: string | undefined,
  size: Size,
  resolve: Resolve,
): ParallelDrawing {
  const box = { ...boxOf(size, ['0000000'], 14), top: 36, right: size.width - 56 };
  const [text, muted, line, mark] = [inks.text, inks.muted, inks.quiet, 'var(--vscode-focusBorder)'].map(resolve);
  const halo = resolve(inks.back);
  const length = box.bottom - box.top;
  const step = axes.length > 1 ? (box.right - box.left) / (axes.length - 1) : 0;
  const placed = axes.map((axis, at) => {
    const left = box.left + at * step;
    const values = rows.flatMap(({ values }) => values[at] ?? []);
    const last = Math.max(1, (axis.words?.length ?? 1) - 1);
    const scale = scaleOf(
      { label: axis.label, ...(axis.log ? { log: true } : {}), ...(axis.words ? { domain: [0, last] as const } : {}) },
      values,
      [box.bottom, box.top],
    );
    return { axis, left, scale };
  });
  const shareOf = (at: number, value: number): number | undefined => {
    const place = placed[at]?.scale.at(value);
    return place === undefined ? undefined : (box.bottom - place) / length;
  };
  const isInside = ({ values }: ParallelRow): boolean =>
    axes.every(({ id }, at) => {
      const brush = brushes[id];
      if (!brush) return true;
      const value = values[at];
      const share = value === undefined ? undefined : shareOf(at, value);
      // Rounding must not leave a value out that stands at the edge.
      return share !== undefined && share >= brush[0] - 1e-9 && share <= brush[1] + 1e-9;
    });
  const inside = new Set(rows.filter(isInside).map(({ id }) => id));
  const hasBrush = Object.keys(brushes).length > 0;
  const lines = rows
    .toSorted((a, b) => Number(inside.has(a.id)) - Number(inside.has(b.id)) || Number(a.chosen) - Number(b.chosen))
    .map((row) => {
      let d = '';
      let isOpen = false;
      for (const [at, value] of row.values.entries()) {
        const place = value === undefined ? undefined : placed[at]?.scale.at(value);
        if (place === undefined) isOpen = false;
        else {
          d += `${isOpen ? 'L' : 'M'}${round(placed[at]?.left ?? 0)} ${round(place)}`;
          isOpen = true;
        }
      }
      const fades = hasBrush && !inside.has(row.id);
      const dashes = row.dash.length > 0 ? ` stroke-dasharray="${row.dash.join(' ')}"` : '';
      return `<path d="${d}" fill="none" stroke="${resolve(row.colour)}" stroke-width="${row.chosen ? 2.25 : 1.25}" stroke-opacity="${fades ? 0.12 : row.chosen ? 1 : 0.6}"${dashes}/>`;
    });
  const frames = placed.map(({ axis, left, scale }) => {
    const marks = axis.words
      ? axis.words.map((word, at) => ({ at: scale.at(at) ?? box.bottom, text: word }))
      : ends(scale.domain, scale.at);
    const most = Math.max(40, step - 12);
    const texts = marks.map(({ at, text: words }) =>
      textAt(left + 6, at + 4, words, muted ?? '', { anchor: 'start', most, halo }),
    );
    const brush = brushes[axis.id];
    const band = brush
      ? `<rect x="${round(left - 6)}" y="${round(box.bottom - brush[1] * length)}" width="12" height="${round(Math.max(2, (brush[1] - brush[0]) * length))}" fill="${mark}" fill-opacity="0.35" stroke="${mark}"/>`
      : '';
    const isActive = axis.id === active;
    return `<path d="M${round(left)} ${box.top}V${box.bottom}" stroke="${isActive ? mark : line}" stroke-width="${isActive ? 2 : 1}"/>${band}${texts.join('')}${textAt(left, box.top - 14, axis.label, text ?? '', { bold: isActive, most: Math.max(60, step - 8) })}`;
  });
  return {
    ...size,
    box,
    inside,
    axes: placed.map(({ axis, left, scale }) => ({
      id: axis.id,
      left,
      valueAt: (share) => scale.valueAt(box.bottom - share * length),
    })),
    content: `${lines.join('')}${frames.join('')}`,
  };
}

function ends(
  [low, high]: readonly [number, number],
  at: (value: number) => number | undefined,
): { at: number; text: string }[] {
  return [low, high].map((value) => ({ at: at(value) ?? 0, text: formatNumber(value) }));
}
