/** Cuts text to a width, since a text in SVG does not do so itself. */
import { shortened } from '../../src/definition/graph/label';

export type Measure = (text: string) => number;

/** The text, or as much of it as fits: its beginning, of a qualified name its end, before or after an ellipsis. */
export function fitText(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const half = Math.ceil((low + high) / 2);
    if (measure(shortened(text, half + 1)) <= width) low = half;
    else high = half - 1;
  }
  return shortened(text, low + 1);
}

/** Measures in the given CSS font; where the page cannot draw, by the mean width of a letter. */
export function measureIn(font: string, size: number): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * size * 0.55;
  context.font = font;
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context.measureText(text).width;
      known.set(text, width);
    }
    return width;
  };
}
