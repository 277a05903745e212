/** Plots as files: a drawing, a picture, numbers, or a specification that others draw. */
import { csvLine } from '../../../../src/shared/csv';
import { resolveColour } from '../../../kit/colour';
import { pngOf } from '../../../kit/picture';
import { fileOf } from '../../../kit/plot/drawing';
import type { Look, Plot, Table } from './plot';

export type FileKind = 'svg' | 'png' | 'csv' | 'vl.json';

export const fileKinds: readonly { kind: FileKind; label: string }[] = [
  { kind: 'svg', label: 'SVG' },
  { kind: 'png', label: 'PNG' },
  { kind: 'csv', label: 'CSV' },
  { kind: 'vl.json', label: 'Vega-Lite' },
];

/** Of drawings in files, in pixels. */
const size = { width: 720, height: 420 };

/** The content of a file: text, or base64 of a PNG. */
export async function contentOf(plot: Plot, look: Look, kind: FileKind): Promise<string> {
  if (kind === 'csv') return csvOfTable(plot.table);
  if (kind === 'vl.json') return `${JSON.stringify(plot.vega, undefined, 2)}\n`;
  const { at: _, drag: __, axis: ___, ...kept } = look;
  const drawing = plot.draw?.(size, kept, resolveColour).drawing ?? plot.picture?.(size, resolveColour);
  if (!drawing) throw new Error(`${plot.title} is no drawing.`);
  const file = fileOf(drawing, plot.title, resolveColour, getComputedStyle(document.body).fontFamily);
  return kind === 'svg' ? file.svg : pngOf(file);
}

/** Comma-separated values, with numbers in full. */
export function csvOfTable({ columns, rows }: Table): string {
  return [columns, ...rows].map((line) => `${csvLine(line.map((cell) => String(cell ?? '')))}\r\n`).join('');
}

/** A name for the file of a plot. */
export function fileName(pipeline: string, title: string, kind: FileKind): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${pipeline}-${words}.${kind}`;
}
