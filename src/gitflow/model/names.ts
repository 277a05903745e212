/** Branch names and what they are in the model. */
import type { BranchKind, BranchRole, Configuration } from './model';
import { baseNamed, topicNamed } from './branching';

/** The full name of a branch of `kind`. An unset prefix counts as none. */
export function fullName(config: Configuration, kind: BranchKind, name: string): string {
  return `${config.prefixes[kind] ?? ''}${name}`;
}

/** What a branch is in the model, and its name without the prefix that tells so. */
export interface Role {
  role: BranchRole;
  shortName: string;
}

/** The prefix of version tags, for what belongs to no topic type. */
export function tagPrefixOf({ flavour, versionTagPrefix, model }: Configuration): string {
  return (flavour === 'avh' ? versionTagPrefix : undefined) ?? model.tagPrefix;
}

/** The role of a local branch. The longest prefix that fits wins. */
export function roleOf(config: Configuration, branch: string): Role {
  return rolesOf(config)(branch);
}

/** As `roleOf`, for many branches. */
export function rolesOf(config: Configuration): (branch: string) => Role {
  const { main, develop, prefixes, flavour, model } = config;
  const known = Object.entries(prefixes)
    .map(([role, prefix = '']) => ({ role, prefix }))
    // Without a prefix every branch would be of the kind: in git-flow's own model none is.
    .filter(({ role, prefix }) => prefix !== '' || (flavour !== 'avh' && topicNamed(model, role) !== undefined))
    .sort((one, other) => other.prefix.length - one.prefix.length);
  const stays = new Set(model.bases.map(({ name }) => name));
  return (branch) => {
    if (branch === main) return { role: 'main', shortName: branch };
    if (branch === develop) return { role: 'develop', shortName: branch };
    if (stays.has(branch)) return { role: 'base', shortName: branch };
    for (const { role, prefix } of known) {
      if (branch.startsWith(prefix)) return { role, shortName: branch.slice(prefix.length) };
    }
    return { role: 'other', shortName: branch };
  };
}

/** The kind of a topic branch, or undefined for branches that stay and strangers. */
export function kindOf(config: Configuration, branch: string): BranchKind | undefined {
  const { role } = roleOf(config, branch);
  return Object.hasOwn(config.prefixes, role) ? role : undefined;
}

/**
 * The branch that another one goes back to. git-flow keeps it by branch; in any other model it is the parent of the
 * base branch or of the topic type. Branches that are none of the model's go by the one that topics start from.
 */
export function baseOf(config: Configuration, branch: string, kind = kindOf(config, branch)): string {
  const { main, develop, model, flavour, bases } = config;
  if (flavour === 'avh') return bases.get(branch) ?? (kind === 'hotfix' ? main : develop);
  const parent = baseNamed(model, branch)?.parent ?? (kind === undefined ? undefined : topicNamed(model, kind)?.parent);
  return parent ?? (develop || (model.topics[0]?.parent ?? main));
}

/** The local branch of a ref, or undefined: `refs/heads/x` gives `x`. */
export function localBranch(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}
