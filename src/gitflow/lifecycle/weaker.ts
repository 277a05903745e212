/** Where a branch asks for less than what it came from: gates that a release brings itself are not the team's. */
import { isDeepStrictEqual } from 'node:util';
import { asksForRun, environmentOf, type LifecycleConfig } from './config';
import type { Threshold } from './config-file';

/** What of the gates for `kind` the base asks for and the branch does not, a phrase each; empty where nothing is less. */
export function weakened(base: LifecycleConfig, own: LifecycleConfig, kind: 'release' | 'hotfix'): string[] {
  const [asked, given] = [base.gates[kind], own.gates[kind]];
  const less = [
    ...(asked.cleanTree === true && given.cleanTree !== true ? ['cleanTree'] : []),
    ...(asked.definitions ?? [])
      .filter((path) => !given.definitions?.includes(path))
      .map((path) => `the check of ${path}`),
    ...(asked.run !== undefined && !isDeepStrictEqual(asked.run, given.run) ? ['run'] : []),
    ...(asked.model !== undefined && !isDeepStrictEqual(asked.model, given.model) ? ['model'] : []),
    ...[...(asked.metrics ?? [])].flatMap(([name, threshold]) =>
      isAsStrict(threshold, given.metrics?.get(name)) ? [] : [`metric:${name}`],
    ),
  ];
  if (!asksForRun(asked)) return less;
  const [there, here] = [environmentOf(base, kind), environmentOf(own, kind)];
  if (!isDeepStrictEqual([there?.connection, there?.account], [here?.connection, here?.account]))
    less.push('the environment');
  if (
    !isDeepStrictEqual(there?.parameters, here?.parameters) ||
    !isDeepStrictEqual([...(asked.parameters ?? [])], [...(given.parameters ?? [])])
  ) {
    less.push('the parameters');
  }
  less.push(
    ...[...base.uploads]
      .filter(([name, path]) => own.uploads.get(name) !== path)
      .map(([name]) => `the files of ${name}`),
  );
  return less;
}

function isAsStrict({ min, max }: Threshold, own: Threshold | undefined): boolean {
  return (
    own !== undefined &&
    (min === undefined || (own.min !== undefined && own.min >= min)) &&
    (max === undefined || (own.max !== undefined && own.max <= max))
  );
}
