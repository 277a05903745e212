import { randomId } from '../../domain/arns';
import type { Execution } from '../../domain/executions';

/** The longest name of a job or model. */
const longest = 63;

/** Names of what pipelines make, as the service gives them: `pipelines-<execution>-<step>-<random>`. */
export function nameOf({ id }: Execution, step: string, most = longest): string {
  // Where there is no room for all of it, the execution and something random tell it apart.
  if (most < longest) return `${id}-${step.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, most - 24)}-${randomId(10)}`;
  const random = randomId(10);
  const middle = step
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(0, longest - `pipelines-${id}--${random}`.length)
    .replace(/^-+|-+$/g, '');
  return `pipelines-${id}-${middle || 'step'}-${random}`;
}
