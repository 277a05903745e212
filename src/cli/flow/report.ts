/** What the command line prints: git-flow's words in meaning, and the same exit codes. */
import type { Outcome, Refusal } from '../../gitflow';
import type { FlagSpec } from './arguments';

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const warn = (text: string): void => void process.stderr.write(`${text}\n`);

/** Wrong usage and help: git's own code for it. */
export const usageCode = 129;

/** The help of one command. */
export function usageOf(command: string, usage: string, summary: string, flags: readonly FlagSpec[]): string {
  const left = flags.map(({ long, short, value }) => {
    const name = `${short === undefined ? '    ' : `-${short}, `}--${long}`;
    return value === undefined ? name : `${name} <${value}>`;
  });
  const width = Math.max(...left.map((text) => text.length));
  const lines = flags.map(({ help }, i) => `    ${(left[i] ?? '').padEnd(width)}  ${help}`);
  return `usage: flow ${command}${usage}\n\n    ${summary}\n\n${lines.join('\n')}`;
}

/** Prints refusals; answers the exit code. */
export function reportRefusals(refusals: readonly Refusal[]): number {
  for (const { message } of refusals) warn(`Fatal: ${message}`);
  return 1;
}

/** Prints what came of a plan; answers the exit code. `streamed`: what git said was printed as it came. */
export function reportOutcome(outcome: Outcome, branch: string | undefined, streamed = false): number {
  switch (outcome.status) {
    case 'done':
      for (const warning of outcome.warnings) warn(warning);
      if (outcome.summary.length > 0) {
        say('\nSummary of actions:');
        for (const line of outcome.summary) say(`- ${line}`);
        if (branch !== undefined) say(`- You are now on branch '${branch}'`);
        say('');
      }
      return 0;
    case 'refused':
      return reportRefusals(outcome.refusals);
    case 'conflict':
      warn(`Fatal: There were merge conflicts in:`);
      for (const file of outcome.files) warn(`    ${file}`);
      warn('Resolve them (git mergetool) and commit (git commit).');
      warn("Then 'flow resume', or the same command again, continues; 'flow undo' undoes everything.");
      return 1;
    case 'failed':
      if (outcome.stderr && !streamed) warn(outcome.stderr);
      warn(`Fatal: ${outcome.message}`);
      return 1;
    case 'cancelled':
      warn(outcome.message);
      return 1;
    case 'undone':
      say(outcome.message);
      return 0;
  }
}
