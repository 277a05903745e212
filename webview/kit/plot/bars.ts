/** Bars by groups, with a whisker for the deviation of what stands behind each. */
import { axesOf, boxOf, type Drawing, inks, type Resolve, round, type Size, textAt } from './drawing';
import { extentOf, scaleOf } from './scale';

export interface Bar {
  label: string;
  mean: number;
  /** Absent for a single value. */
  deviation?: number;
  count: number;
}

export interface BarsDrawing extends Drawing {
  /** The place of each bar from left to right. */
  places: readonly { left: number; right: number }[];
}

export function drawBars(bars: readonly Bar[], label: string, size: Size, resolve: Resolve): BarsDrawing {
  const ends = bars.flatMap(({ mean, deviation = 0 }) => [mean - deviation, mean + deviation]);
  const [low, high] = extentOf([0, ...ends]);
  // Bars begin at zero, but where all are far from it and differ by little: then the axis says so.
  const [least, most] = extentOf(ends);
  const isFar = least > 0 && least > (most - least) * 3;
  const domain = isFar ? ([least - (most - least) * 0.5, most] as const) : ([low, high] as const);
  const axis = { label, domain };
  const below = 34;
  const rough = scaleOf(axis, [], [size.height - below, 12]);
  const box = boxOf(
    size,
    rough.marks.map(({ text }) => text),
    below,
  );
  const y = scaleOf(axis, [], [box.bottom, box.top]);
  const step = (box.right - box.left) / Math.max(1, bars.length);
  const width = Math.min(56, step * 0.7);
  const [fill, whisker, text] = [resolve('var(--vscode-charts-blue)'), resolve(inks.text), resolve(inks.text)];
  const base = y.at(Math.max(domain[0], 0)) ?? box.bottom;
  const places = bars.map((_, at) => ({ left: box.left + at * step, right: box.left + (at + 1) * step }));
  const drawn = bars.map(({ label: name, mean, deviation, count }, at) => {
    const middle = box.left + (at + 0.5) * step;
    const top = y.at(mean) ?? base;
    const bar = `<rect x="${round(middle - width / 2)}" y="${round(Math.min(top, base))}" width="${round(width)}" height="${round(Math.max(1, Math.abs(base - top)))}" fill="${fill}" fill-opacity="0.8"/>`;
    const [up, down] = [y.at(mean + (deviation ?? 0)) ?? top, y.at(mean - (deviation ?? 0)) ?? top];
    const error =
      deviation === undefined
        ? ''
        : `<path d="M${round(middle)} ${round(up)}V${round(down)}M${round(middle - 5)} ${round(up)}h10M${round(middle - 5)} ${round(down)}h10" stroke="${whisker}" stroke-width="1.5"/>`;
    return `${bar}${error}${textAt(middle, box.bottom + 14, name, text, { most: step - 4 })}${textAt(middle, box.bottom + 28, `n ${count}`, resolve(inks.muted), { most: step - 4 })}`;
  });
  return {
    ...size,
    box,
    places,
    content: `${axesOf(box, undefined, { scale: y, label }, resolve)}${drawn.join('')}`,
  };
}
