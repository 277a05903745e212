/** A plan as a document: a shell script to read, which is exactly what will be run. No VS Code here. */
import { quoted } from '../../../shared/shell-word';
import type { Plan, StepState } from '../../index';

/** `git tag -a -F - 1.0`, quoted for a POSIX shell where it has to be. */
export function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

/** The whole plan with each step's title, precondition and undo; `states` mark what is done. */
export function planText(plan: Plan, states: readonly StepState[] = []): string {
  const lines = [`# ${plan.title}`, ...plan.summary.map((line) => `#   ${line}`)];
  for (const warning of plan.warnings) lines.push(`# Note: ${warning}`);
  for (const { remote, branches } of plan.fetches)
    lines.push('', `# First: fetch from ${remote}`, commandLine(['git', 'fetch', remote, ...branches]));
  for (const step of plan.steps) {
    const state = states[step.index];
    lines.push(
      '',
      `# ${step.index + 1}. ${step.title}${state === undefined || state === 'pending' ? '' : ` (${state})`}`,
    );
    if (step.precondition) lines.push(`#    before: ${step.precondition}`);
    lines.push(`#    undo: ${step.undo}`, ...step.commands.map(commandLine));
  }
  return `${lines.join('\n')}\n`;
}
