/**
 * git-flow-next's configuration as a branching model.
 *
 * A section `gitflow.branch.<name>` describes a base branch or a topic type:
 * https://git-flow.sh/docs/commands/config. Names are compared without their case, the first spelling counts.
 */
import type { BaseBranch, BranchingModel, ModelProblem, Strategy, TopicType } from './branching';
import { fromProduction } from './branching';
import { presetModel } from './presets';

/** A key in git's spelling (section and name in lower case) and its last value. */
type Values = ReadonlyMap<string, string>;

const definition = /^gitflow\.branch\.(.+)\.([a-z][a-z0-9-]*)$/s;
const strategies: readonly string[] = ['none', 'merge', 'rebase', 'squash'] satisfies Strategy[];

/** Its words of truth; whatever it does not know is false. */
function isTrue(value: string | undefined): boolean {
  return /^(true|yes|on|[+-]?0*[1-9]\d*)$/i.test(value ?? '');
}

/** Reads the sections. Without any that has a type, it works with Gitflow's own branches, and so does this. */
export function nextModel(values: Values): BranchingModel {
  const sections = sectionsIn(values);
  const problems: ModelProblem[] = [];
  const version = values.get('gitflow.version');
  if (version !== undefined && !/^1(\.|$)/.test(version)) {
    problems.push({
      message: `'gitflow.version' is '${version}', which is unknown. Set it up again, or use git-flow-next for this repository.`,
    });
  }
  const typed = [...sections].filter(([, section]) => section.has('type'));
  if (typed.length === 0) return { ...presetModel('gitflow'), problems };

  const names = new Map([...sections.keys()].map((name) => [name.toLowerCase(), name]));
  /** A branch that a section refers to, in the spelling of its own section. */
  const referred = (name: string | undefined): string | undefined =>
    name ? (names.get(name.toLowerCase()) ?? name) : undefined;
  const bases: BaseBranch[] = [];
  const topics: TopicType[] = [];
  for (const [name, section] of typed) {
    const strategy = (key: 'upstreamstrategy' | 'downstreamstrategy', usual: Strategy): Strategy => {
      const value = (section.get(key) || usual).toLowerCase();
      if (strategies.includes(value)) return value as Strategy;
      problems.push({
        about: name,
        message: `'gitflow.branch.${name}.${key}' is '${value}'. It can be none, merge, rebase or squash.`,
      });
      return usual;
    };
    const parent = referred(section.get('parent'));
    const type = section.get('type')?.toLowerCase();
    if (type === 'base') {
      const usual = parent === undefined ? 'none' : 'merge';
      bases.push({
        name,
        ...(parent === undefined ? {} : { parent }),
        upstream: strategy('upstreamstrategy', usual),
        downstream: strategy('downstreamstrategy', usual),
        autoUpdate: isTrue(section.get('autoupdate')),
      });
    } else if (type === 'topic') {
      if (parent === undefined) {
        problems.push({
          about: name,
          message: `'gitflow.branch.${name}.parent' is not set: it has to name the branch that ${name} branches are finished into.`,
        });
      }
      topics.push({
        name,
        prefix: section.get('prefix') ?? `${name}/`,
        parent: parent ?? '',
        startPoint: referred(section.get('startpoint')) ?? parent ?? '',
        upstream: strategy('upstreamstrategy', 'merge'),
        downstream: strategy('downstreamstrategy', 'merge'),
        tag: isTrue(section.get('tag')),
        tagPrefix: section.get('tagprefix') ?? '',
      });
    } else {
      problems.push({ about: name, message: `'gitflow.branch.${name}.type' is '${type}'. It can be base or topic.` });
    }
  }
  problems.push(...shapeProblems(bases, topics));
  const tagged = topics.filter(({ tag }) => tag);
  const sorted = fromProduction(bases);
  return {
    name: nameOf(sorted, topics),
    bases: sorted,
    topics,
    tagPrefix: (tagged.find(({ name }) => name === 'release') ?? tagged[0])?.tagPrefix ?? '',
    problems,
  };
}

/** The sections by their first spelling, each with its keys in lower case. */
function sectionsIn(values: Values): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  const spellings = new Map<string, string>();
  for (const [key, value] of values) {
    const [, raw, property] = definition.exec(key) ?? [];
    if (raw === undefined || property === undefined) continue;
    const name = spellings.get(raw.toLowerCase()) ?? raw;
    spellings.set(raw.toLowerCase(), name);
    const section = sections.get(name) ?? new Map<string, string>();
    section.set(property, value);
    sections.set(name, section);
  }
  return sections;
}

/** The preset that it has the shape of, whatever its branches are called. */
function nameOf(bases: readonly BaseBranch[], topics: readonly TopicType[]): BranchingModel['name'] {
  const [production, next, last] = bases;
  if (production === undefined || bases.length > 3) return 'custom';
  if (next === undefined) {
    if (topics.some(({ tag }) => tag)) return 'custom';
    return topics.every(({ upstream }) => upstream === 'rebase') ? 'trunk' : 'github';
  }
  if (last !== undefined) return next.parent === production.name && last.parent === next.name ? 'gitlab' : 'custom';
  const releases = topics.some(
    ({ tag, parent, startPoint }) => tag && parent === production.name && startPoint === next.name,
  );
  return next.autoUpdate && releases ? 'gitflow' : 'custom';
}

/** What cannot work however the branches are. */
function shapeProblems(bases: readonly BaseBranch[], topics: readonly TopicType[]): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const known = new Map(bases.map((base) => [base.name, base]));
  if (bases.length === 0)
    problems.push({ message: "No 'gitflow.branch.<name>.type' is base: there is no branch to finish into. Add one." });
  for (const { name, parent } of [...bases, ...topics]) {
    if (parent === undefined || parent === '' || known.has(parent)) continue;
    problems.push({
      about: name,
      message: `'gitflow.branch.${name}.parent' is '${parent}', which is not a base branch of the configuration.`,
    });
  }
  for (const base of bases) {
    const seen = new Set<string>();
    for (let at: BaseBranch | undefined = base; at; at = known.get(at.parent ?? '')) {
      if (seen.has(at.name)) {
        problems.push({
          message: `'gitflow.branch.${base.name}.parent' leads back to ${at.name}: parents must not go in a circle.`,
        });
        return problems;
      }
      seen.add(at.name);
    }
  }
  return problems;
}
