/** What is read out of a build's log. Pure; lines count from 0. */
import type { Fold } from '../../workbench/log-text';

/** The lines of one phase. */
export interface PhaseLines extends Fold {
  phase: string;
}

const entering = /\bEntering phase ([A-Z_]+)/;

/** Where each phase begins and ends, by the lines that CodeBuild writes. */
export function phasesIn(lines: readonly string[]): PhaseLines[] {
  const phases: PhaseLines[] = [];
  for (const [index, line] of lines.entries()) {
    const phase = entering.exec(line)?.[1];
    if (phase === undefined) continue;
    const before = phases.at(-1);
    if (before) before.end = index - 1;
    phases.push({ phase, start: index, end: lines.length - 1 });
  }
  return phases;
}
