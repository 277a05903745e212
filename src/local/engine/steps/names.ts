import { randomId } from '../../domain/arns';
import type { Execution } from '../../domain/executions';

/** The longest name of a job or model. */
const longest = 63;

/** What names of jobs may have of a text, at most so many characters. */
function plain(text: string, most: number): string {
  return text
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, most)
    .replace(/^-+|-+$/g, '');
}

/**
 * Names of what pipelines make, as the service gives them: `pipelines-<execution>-<step>-<random>`.
 *
 * @param prefix the name that the step's arguments have for it: what is made has it in front, and is told apart as ever
 */
export function nameOf({ id }: Execution, step: string, most = longest, prefix?: string): string {
  const random = randomId(10);
  const room = most - `${id}--${random}`.length;
  if (prefix !== undefined) return `${plain(prefix, room) || 'job'}-${id}-${random}`;
  // Where there is no room for all of it, the execution and something random tell it apart.
  if (most < longest) return `${id}-${plain(step, room) || 'step'}-${random}`;
  const front = `pipelines-${id}`;
  return `${front}-${plain(step, longest - `${front}--${random}`.length) || 'step'}-${random}`;
}
