import type { Level, Report, Rule } from '../../rule';
import type { Pipeline } from '../model';

/** A check of a whole declaration. */
export type Check = (pipeline: Pipeline, report: Report) => void;

/**
 * A rule with examples as fragments, each a JSON text; see `../examples.ts` for what the frames put around them.
 */
export function rule(
  name: string,
  level: Level,
  title: string,
  explanation: string,
  frame: 'document' | 'pipeline' | 'stages' | 'action',
  bad: string,
  good: string,
): Rule {
  return { id: `cp/${name}`, level, title, explanation, example: { frame, bad, good, file: 'codepipeline.json' } };
}
