import type { PythonCall } from '../../sources/render';

/** Characters of a line, counted from zero. */
export interface LineRange {
  line: number;
  from: number;
  to: number;
}

/**
 * Where a step's name stands in its script: in quotes, in the call that made the step; else the line of the call.
 * `lines` are those of the file that `call` names, which may have changed since.
 */
export function locateStep(lines: readonly string[], step: string, call: PythonCall): LineRange {
  for (let line = call.line; line <= Math.min(lines.length - 1, call.end); line++) {
    for (const quote of ['"', "'"]) {
      const at = lines[line]?.indexOf(quote + step + quote) ?? -1;
      if (at >= 0) return { line, from: at + 1, to: at + 1 + step.length };
    }
  }
  return wholeLine(lines, call.line);
}

/** The text of a line without the space around it. */
export function wholeLine(lines: readonly string[], line: number): LineRange {
  const at = Math.max(0, Math.min(line, lines.length - 1));
  const text = lines[at] ?? '';
  const from = text.length - text.trimStart().length;
  return { line: at, from, to: Math.max(from, text.trimEnd().length) };
}
