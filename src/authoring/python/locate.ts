import type { PythonPlace } from './render';

/** Characters of a line, counted from zero. */
export interface LineRange {
  line: number;
  from: number;
  to: number;
}

/** A call spans this many lines at most when its step's name is looked for. */
const callLines = 40;

/**
 * Where a step's name stands in its script: in quotes, in the call that made the step; else the line of the call.
 * `lines` are those of the file that `place` names.
 */
export function locateStep(lines: readonly string[], step: string, place: PythonPlace): LineRange {
  for (let line = place.line; line < Math.min(lines.length, place.line + callLines); line++) {
    for (const quote of ['"', "'"]) {
      const at = lines[line]?.indexOf(quote + step + quote) ?? -1;
      if (at >= 0) return { line, from: at + 1, to: at + 1 + step.length };
    }
  }
  return wholeLine(lines, place.line);
}

/** The text of a line without the space around it. */
export function wholeLine(lines: readonly string[], line: number): LineRange {
  const at = Math.max(0, Math.min(line, lines.length - 1));
  const text = lines[at] ?? '';
  const from = text.length - text.trimStart().length;
  return { line: at, from, to: Math.max(from, text.trimEnd().length) };
}
