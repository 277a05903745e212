/** How many diagnostics of a document an editor gets: each costs time with every key press, all the way to the screen. */
import type { Severity } from '../diagnostic';
import type { Graded } from '../finding';

/** Of what is listed as a problem, this many are sent: the gravest. */
const mostProblems = 1000;

/**
 * Of hints, which are marked in the text and listed nowhere, this many: the nearest to the last edit. VS Code draws
 * 500 marks of a document, in the order in which they come.
 */
const mostHints = 200;

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

/** What is sent, the gravest first; `near` is the offset of the last edit. */
export function worthSending(graded: readonly Graded[], near: number): Graded[] {
  const problems = graded.filter(({ severity }) => severity !== 'hint');
  problems.sort((a, b) => order[a.severity] - order[b.severity]);
  const hints = graded.filter(({ severity }) => severity === 'hint');
  if (hints.length > mostHints) hints.sort((a, b) => distance(a, near) - distance(b, near));
  return [...problems.slice(0, mostProblems), ...hints.slice(0, mostHints)];
}

function distance({ finding }: Graded, offset: number): number {
  return Math.abs(finding.node.start - offset);
}
