/** Lines and points over two axes of numbers. */
import { axesOf, type Box, boxOf, type Drawing, inks, type Resolve, round, type Size } from './drawing';
import { type Axis, type Scale, scaleOf } from './scale';

export interface Line {
  name: string;
  /** A CSS colour. */
  colour: string;
  dash: readonly number[];
  x: readonly number[];
  y: readonly number[];
  /** Stands behind another that tells the same. */
  faint?: boolean;
}

export interface Point {
  x: number;
  y: number;
  colour: string;
  /** Stands out among the others. */
  chosen: boolean;
}

export interface XyPlot {
  x: Axis;
  y: Axis;
  lines: readonly Line[];
  points: readonly Point[];
  /** Only this part of the x axis. */
  view?: readonly [number, number] | undefined;
}

export interface XyDrawing extends Drawing {
  x: Scale;
  y: Scale;
}

/** Half of a point, in pixels. */
const edge = 6;

export function drawXy(plot: XyPlot, size: Size, resolve: Resolve): XyDrawing {
  const { lines, points, view } = plot;
  const xs = [...lines.flatMap((line) => [...line.x]), ...points.map(({ x }) => x)];
  const isSeen = (x: number): boolean => !view || (x >= view[0] && x <= view[1]);
  const ys = [
    ...lines.flatMap(({ x, y }) => y.filter((_, at) => isSeen(x[at] ?? Number.NaN))),
    ...points.filter(({ x }) => isSeen(x)).map(({ y }) => y),
  ];
  const below = 34;
  const rough = scaleOf(plot.y, ys, [size.height - below, 12]);
  const box = boxOf(
    size,
    rough.marks.map(({ text }) => text),
    below,
  );
  const x = scaleOf(plot.x, xs, [box.left, box.right], view);
  const y = scaleOf(plot.y, ys, [box.bottom, box.top]);
  const axes = axesOf(box, { scale: x, label: plot.x.label }, { scale: y, label: plot.y.label }, resolve);
  const paths = lines.map((line) => pathOf(line, x, y, box, resolve));
  // A view of a part ends at the axes; points at their ends are drawn whole.
  const [left, width] = [box.left - edge, box.right - box.left + 2 * edge];
  const place = `x="${left}" y="0" width="${width}" height="${size.height}" viewBox="${left} 0 ${width} ${size.height}"`;
  const dots = dotsOf(points, x, y, resolve);
  return {
    ...size,
    box,
    x,
    y,
    content: `${axes}<svg ${place}>${paths.join('')}${dots}</svg>`,
  };
}

function pathOf({ x, y, colour, dash, faint }: Line, xs: Scale, ys: Scale, box: Box, resolve: Resolve): string {
  const places = thinned(
    x.flatMap((value, at) => {
      const [left, top] = [xs.at(value), ys.at(y[at] ?? Number.NaN)];
      return left === undefined || top === undefined || Number.isNaN(top) ? [] : [[left, top] as const];
    }),
    box,
  );
  const [only] = places;
  if (!only) return '';
  const ink = resolve(colour);
  if (places.length === 1) return `<circle cx="${round(only[0])}" cy="${round(only[1])}" r="3" fill="${ink}"/>`;
  const d = places.map(([left, top], at) => `${at === 0 ? 'M' : 'L'}${round(left)} ${round(top)}`).join('');
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
  return `<path d="${d}" fill="none" stroke="${ink}" stroke-width="${faint ? 1 : 1.75}" stroke-linejoin="round"${faint ? ' stroke-opacity="0.35"' : ''}${dashes}/>`;
}

/** Of several places in one column of pixels the first, the highest, the lowest and the last: they look the same. */
function thinned(places: readonly (readonly [number, number])[], box: Box): readonly (readonly [number, number])[] {
  if (places.length <= 4 * (box.right - box.left)) return places;
  const kept: (readonly [number, number])[] = [];
  let column: (readonly [number, number])[] = [];
  const close = (): void => {
    const [first, last] = [column[0], column.at(-1)];
    if (!first || !last) return;
    const byHeight = column.toSorted((a, b) => a[1] - b[1]);
    kept.push(...new Set([first, byHeight[0] ?? first, byHeight.at(-1) ?? last, last]));
    column = [];
  };
  for (const place of places) {
    if (column[0] && Math.floor(place[0]) !== Math.floor(column[0][0])) close();
    column.push(place);
  }
  close();
  return kept;
}

/** Points as one path a colour: thousands are drawn at once. */
function dotsOf(points: readonly Point[], x: Scale, y: Scale, resolve: Resolve): string {
  const byLook = new Map<string, string[]>();
  for (const { x: across, y: up, colour, chosen } of points) {
    const [left, top] = [x.at(across), y.at(up)];
    if (left === undefined || top === undefined) continue;
    const radius = chosen ? 5 : 3.5;
    const dot = `M${round(left - radius)} ${round(top)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
    const look = `${chosen ? 1 : 0} ${colour}`;
    const others = byLook.get(look);
    if (others) others.push(dot);
    else byLook.set(look, [dot]);
  }
  // Those that stand out lie above the others.
  return [...byLook]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([look, dots]) => {
      const colour = resolve(look.slice(2));
      const edge = look.startsWith('1') ? ` stroke="${resolve(inks.back)}"` : ' fill-opacity="0.75"';
      return `<path d="${dots.join('')}" fill="${colour}"${edge}/>`;
    })
    .join('');
}
