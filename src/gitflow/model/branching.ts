/**
 * A branching model as data: the branches that stay, and the kinds of branches that come and go.
 *
 * Gitflow, GitHub flow, GitLab flow, trunk-based development, whatever git-flow-next's configuration describes, and a
 * repository without any set-up are instances of it.
 */

/** How commits get from one branch into another. `none`: not by us. */
export type Strategy = 'none' | 'merge' | 'rebase' | 'squash';

/** A branch that stays. */
export interface BaseBranch {
  name: string;
  /** The branch that it is integrated into, one step nearer to production; production has none. */
  parent?: string;
  /** How it is integrated into its parent. */
  upstream: Strategy;
  /** How it gets what is new in its parent. */
  downstream: Strategy;
  /** It is brought up to its parent whenever something is finished into that. */
  autoUpdate: boolean;
}

/** A kind of branch that comes and goes. */
export interface TopicType {
  /** The word for it: `feature`. */
  name: string;
  /** What the names of its branches begin with; may be empty. */
  prefix: string;
  /** The branch that it is finished into. */
  parent: string;
  /** The branch that it is started from. */
  startPoint: string;
  /** How it is finished into its parent. */
  upstream: Strategy;
  /** How it gets what is new in its parent. */
  downstream: Strategy;
  /** Finishing it makes a version tag. */
  tag: boolean;
  /** What its version tags begin with. */
  tagPrefix: string;
}

/** The models that can be chosen. */
export const presets = ['gitflow', 'github', 'gitlab', 'trunk'] as const;
export type Preset = (typeof presets)[number];

/** Something in the configuration that cannot be honoured. */
export interface ModelProblem {
  /** The base branch or topic type that it is about; absent: all of it. */
  about?: string;
  /** The key and what is wrong with it, in a sentence. */
  message: string;
}

export interface BranchingModel {
  /** A preset's; `custom`: another configuration; `plain`: the repository as it is, without any set-up. */
  name: Preset | 'custom' | 'plain';
  /** Production first, then what is integrated into it, and so on. */
  bases: readonly BaseBranch[];
  topics: readonly TopicType[];
  /** The prefix of version tags that belong to no topic type. */
  tagPrefix: string;
  problems: readonly ModelProblem[];
}

export function baseNamed(model: BranchingModel, name: string): BaseBranch | undefined {
  return model.bases.find((base) => base.name === name);
}

export function topicNamed(model: BranchingModel, name: string): TopicType | undefined {
  return model.topics.find((topic) => topic.name === name);
}

/** The production branch: the first one without a parent. */
export function productionOf(model: BranchingModel): BaseBranch | undefined {
  return model.bases[0];
}

/** The branches that a finish into `parent` brings up to it, in the order of their names. */
export function followersOf(model: BranchingModel, parent: string): BaseBranch[] {
  return model.bases
    .filter((base) => base.parent === parent && base.autoUpdate && base.name !== parent)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** What stands against anything that touches these bases and types. */
export function problemsAbout(model: BranchingModel, ...names: (string | undefined)[]): ModelProblem[] {
  return model.problems.filter(({ about }) => about === undefined || names.includes(about));
}

/**
 * The bases from production downwards, brothers by name. Those whose parents lead nowhere, or in a circle, come last,
 * so that each is there once.
 */
export function fromProduction(bases: readonly BaseBranch[]): BaseBranch[] {
  const byName = bases.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const sorted: BaseBranch[] = [];
  const add = (base: BaseBranch): void => {
    if (sorted.includes(base)) return;
    sorted.push(base);
    for (const child of byName) if (child.parent === base.name) add(child);
  };
  for (const base of byName) if (base.parent === undefined) add(base);
  for (const base of byName) add(base);
  return sorted;
}

/**
 * The tag of a version: the prefix is put before it, unless the version begins with it already, as `v1.0` does with
 * the prefix `v`.
 */
export function versionTag(prefix: string, version: string): string {
  return `${prefix}${withoutTagPrefix(prefix, version)}`;
}

/** The version in a name that may carry the prefix of tags: `1.0` of `v1.0`. */
export function withoutTagPrefix(prefix: string, name: string): string {
  return prefix !== '' && name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length))
    ? name.slice(prefix.length)
    : name;
}
