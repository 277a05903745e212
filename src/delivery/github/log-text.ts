/** What is read out of the log of a job. Pure; lines count from 0. */
import type { Fold } from '../../workbench/log-text';
import { isFailure, type JobStep } from './model';

export interface JobLog {
  /** The log as it is shown: without the time before each line, and without colours. */
  text: string;
  /** The time of each line; undefined where it has none. Milliseconds since the epoch. */
  times: readonly (number | undefined)[];
}

const timed = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?/;
// eslint-disable-next-line no-control-regex -- ESC begins a colour.
const colors = /\u001B\[[0-9;]*[A-Za-z]/g;

/** The log as GitHub gives it, each line with its time before it. */
export function jobLogOf(raw: string): JobLog {
  const lines = raw.replace(/^\uFEFF/, '').split(/\r?\n/);
  const times = lines.map((line) => {
    const at = timed.exec(line)?.[1];
    return at === undefined ? undefined : Date.parse(at);
  });
  return { text: lines.map((line) => line.replace(timed, '').replace(colors, '')).join('\n'), times };
}

/** The first line of a step; of one that has failed, the line that says so. Undefined where the log has none of it. */
export function lineOfStep({ text, times }: JobLog, step: JobStep): number | undefined {
  const { started, ended, status } = step;
  if (started === undefined) return undefined;
  // Steps have whole seconds, lines have parts of them.
  const end = ended === undefined ? Infinity : ended + 1000;
  const within = text.split('\n').flatMap((line, index) => {
    const at = times[index];
    return at !== undefined && at >= started && at < end ? [{ line, index, at }] : [];
  });
  const error = isFailure(status) ? within.find(({ line }) => line.startsWith('##[error]')) : undefined;
  const begin = within.find(({ line, at }) => at < started + 1000 && line.startsWith('##[group]Run '));
  return (error ?? begin ?? within[0])?.index;
}

/** The groups of a log, from `##[group]` to `##[endgroup]`. */
export function groupsIn(lines: readonly string[]): Fold[] {
  const folds: Fold[] = [];
  let start: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('##[group]')) start = index;
    else if (line.startsWith('##[endgroup]') && start !== undefined) {
      folds.push({ start, end: index });
      start = undefined;
    }
  }
  return folds;
}
