/** What all plots are drawn with: as an SVG in words, the same on the screen and in a file. */
import { escaped } from '../escape';
import type { Scale } from './scale';

/** What a CSS colour comes to: itself in a page, what the theme makes of it in a file. */
export type Resolve = (css: string) => string;

/** The colours that stand for nothing. */
export const inks = {
  back: 'var(--vscode-editor-background)',
  text: 'var(--vscode-foreground)',
  muted: 'var(--vscode-descriptionForeground)',
  grid: 'color-mix(in srgb, var(--vscode-foreground) 14%, var(--vscode-editor-background))',
  quiet: 'color-mix(in srgb, var(--vscode-foreground) 40%, var(--vscode-editor-background))',
} as const;

export interface Size {
  width: number;
  height: number;
}

/** A plot that is drawn. */
export interface Drawing extends Size {
  /** What stands inside of the `svg`. */
  content: string;
  /** The place of the values, inside of the axes. */
  box: Box;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const fontSize = 11;
/** Pixels that a letter takes, about. */
const letter = 6.2;

/** The place that is left between the axes. @param marks texts at the left axis */
export function boxOf({ width, height }: Size, marks: readonly string[], below: number = 34): Box {
  const longest = Math.max(2, ...marks.map((text) => text.length));
  return { left: Math.round(longest * letter + 14), top: 12, right: width - 14, bottom: height - below };
}

export function textAt(
  x: number,
  y: number,
  text: string,
  ink: string,
  more: { anchor?: 'start' | 'middle' | 'end'; most?: number; bold?: boolean; halo?: string } = {},
): string {
  const { anchor = 'middle', most = Number.POSITIVE_INFINITY, bold, halo } = more;
  const letters = Math.max(3, Math.floor(most / letter));
  const cut = text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
  const title = cut === text ? '' : `<title>${escaped(text)}</title>`;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${ink}"${halo ? ` paint-order="stroke" stroke="${halo}" stroke-width="4"` : ''}${bold ? ' font-weight="600"' : ''}>${title}${escaped(cut)}</text>`;
}

/** The lines of the grid with their marks: of the axis below, and of the one at the left. */
export function axesOf(
  box: Box,
  x: { scale: Scale; label: string } | undefined,
  y: { scale: Scale; label: string },
  resolve: Resolve,
): string {
  const [grid, muted, text] = [resolve(inks.grid), resolve(inks.muted), resolve(inks.text)];
  const lines = y.scale.marks.map(
    ({ at, text: mark }) =>
      `<path d="M${box.left} ${round(at)}H${box.right}" stroke="${grid}"/>${textAt(box.left - 6, at + 4, mark, muted, { anchor: 'end' })}`,
  );
  const columns = (x?.scale.marks ?? []).map(
    ({ at, text: mark }) =>
      `<path d="M${round(at)} ${box.top}V${box.bottom}" stroke="${grid}"/>${textAt(at, box.bottom + 14, mark, muted)}`,
  );
  const middle = (box.left + box.right) / 2;
  const label = x ? textAt(middle, box.bottom + 29, x.label, text, { most: box.right - box.left }) : '';
  return `${lines.join('')}${columns.join('')}${label}`;
}

/** The drawing as an `svg`. */
export function svgOf({ content, width, height }: Drawing): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="${fontSize}">${content}</svg>`;
}

/** The drawing as a file that stands alone, under its title. */
export function fileOf(drawing: Drawing, title: string, resolve: Resolve, font: string): { svg: string } & Size {
  const [above, width, height] = [26, drawing.width, drawing.height + 26];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="${fontSize}" font-family="${escaped(font)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="${resolve(inks.back)}"/>
${textAt(14, 18, title, resolve(inks.text), { anchor: 'start', bold: true, most: width - 28 })}
<g transform="translate(0 ${above})">${drawing.content}</g>
</svg>
`;
  return { svg, width, height };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
