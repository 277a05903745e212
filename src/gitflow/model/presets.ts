/** The branching models to choose from, as they are and as configuration keys. */
import type { BaseBranch, BranchingModel, Preset, TopicType } from './branching';

/** The names in a preset that a team may choose. */
export interface PresetNames {
  /** The branch that topics are finished into, and that is in production but for Gitflow and GitLab flow. */
  main?: string;
  develop?: string;
  staging?: string;
  production?: string;
  tagPrefix?: string;
}

const stays = { upstream: 'none', downstream: 'none', autoUpdate: false } as const;

/** A preset with the usual names, or the team's own. */
export function presetModel(preset: Preset, names: PresetNames = {}): BranchingModel {
  const { main = 'main', develop = 'develop', staging = 'staging', production = 'production', tagPrefix = '' } = names;
  const topic = (name: string, parent: string, more: Partial<TopicType> = {}): TopicType => ({
    name,
    prefix: `${name}/`,
    parent,
    startPoint: parent,
    upstream: 'merge',
    downstream: 'rebase',
    tag: false,
    tagPrefix: '',
    ...more,
  });
  const model = (bases: readonly BaseBranch[], topics: readonly TopicType[]): BranchingModel => ({
    name: preset,
    bases,
    topics,
    tagPrefix,
    problems: [],
  });
  switch (preset) {
    case 'gitflow':
      return model(
        [
          { name: main, ...stays },
          { name: develop, parent: main, upstream: 'merge', downstream: 'merge', autoUpdate: true },
        ],
        [
          topic('feature', develop),
          topic('bugfix', develop),
          topic('release', main, { startPoint: develop, downstream: 'merge', tag: true, tagPrefix }),
          topic('hotfix', main, { tag: true, tagPrefix }),
          topic('support', main, { upstream: 'none', downstream: 'none' }),
        ],
      );
    case 'github':
      return model([{ name: main, ...stays }], [topic('feature', main)]);
    case 'gitlab':
      return model(
        [
          { name: production, ...stays },
          { name: staging, parent: production, upstream: 'merge', downstream: 'merge', autoUpdate: false },
          { name: main, parent: staging, upstream: 'merge', downstream: 'merge', autoUpdate: false },
        ],
        [topic('feature', main), topic('hotfix', production, { downstream: 'merge', tag: true, tagPrefix })],
      );
    case 'trunk':
      return model([{ name: main, ...stays }], [topic('feature', main, { upstream: 'rebase' })]);
  }
}

/** The keys that describe a model, in git-flow-next's words, so that its own commands read them too. */
export function keysOf(model: BranchingModel): [key: string, value: string][] {
  const section = (name: string, values: Record<string, string | boolean | undefined>): [string, string][] =>
    Object.entries(values).flatMap(([property, value]): [string, string][] =>
      value === undefined ? [] : [[`gitflow.branch.${name}.${property}`, String(value)]],
    );
  return [
    ['gitflow.version', '1.0'],
    ['gitflow.initialized', 'true'],
    // What belongs to no topic type is tagged with it.
    ...(model.tagPrefix === '' ? [] : [['gitflow.prefix.versiontag', model.tagPrefix] as [string, string]]),
    // The commits of a topic stay together, as those of a pull request do.
    ...(model.name === 'github' ? [['gitflow.feature.finish.no-ff', 'true'] as [string, string]] : []),
    ...model.bases.flatMap(({ name, parent, upstream, downstream, autoUpdate }) =>
      section(name, {
        type: 'base',
        parent,
        upstreamstrategy: upstream,
        downstreamstrategy: downstream,
        autoupdate: autoUpdate,
        tag: false,
      }),
    ),
    ...model.topics.flatMap(({ name, prefix, parent, startPoint, upstream, downstream, tag, tagPrefix }) =>
      section(name, {
        type: 'topic',
        parent,
        startpoint: startPoint,
        prefix,
        upstreamstrategy: upstream,
        downstreamstrategy: downstream,
        autoupdate: false,
        tag,
        tagprefix: tagPrefix === '' ? undefined : tagPrefix,
      }),
    ),
  ];
}
