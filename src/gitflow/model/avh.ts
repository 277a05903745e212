/** git-flow's configuration (AVH) as a branching model. */
import type { BranchingModel } from './branching';
import { presetModel } from './presets';

/** The keys of git-flow; a kind whose prefix is not set is none of the model's. */
export interface AvhNames {
  main: string;
  develop: string;
  prefixes: Readonly<Record<string, string | undefined>>;
  tagPrefix: string;
}

/** Gitflow with these names. */
export function avhModel({ main, develop, prefixes, tagPrefix }: AvhNames): BranchingModel {
  const model = presetModel('gitflow', { main, develop, tagPrefix });
  return {
    ...model,
    bases: model.bases.filter(({ name }) => name !== ''),
    topics: model.topics.flatMap((topic) => {
      const prefix = prefixes[topic.name];
      return prefix === undefined ? [] : [{ ...topic, prefix }];
    }),
  };
}
