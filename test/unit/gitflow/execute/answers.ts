/** Git as a list of answers, for tests of what is asked of it and done with what it says. */
import type { GitAnswer } from '../../../../src/gitflow/git/git';

/** An answer: a text is its output, a number the code of a failure. */
export type Given = Partial<GitAnswer> | string | number | ((input: string | undefined) => Partial<GitAnswer>);

/** The answer to a command that begins with words of the list; any other succeeds without a word. */
export function answerTo(answers: Readonly<Record<string, Given>>, args: readonly string[], input?: string): GitAnswer {
  const text = args.join(' ');
  const known = Object.keys(answers).find((words) => text.startsWith(words));
  return { code: 0, stdout: '', stderr: '', ...(known === undefined ? {} : answerOf(answers[known], input)) };
}

function answerOf(given: Given | undefined, input: string | undefined): Partial<GitAnswer> | undefined {
  if (typeof given === 'string') return { stdout: given };
  if (typeof given === 'number') return { code: given, stderr: 'fatal: no' };
  return typeof given === 'function' ? given(input) : given;
}
