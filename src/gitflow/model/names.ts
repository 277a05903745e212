/** Branch names and what they are in the model. */
import type { BranchKind, BranchRole, Configuration } from './model';
import { branchKinds } from './model';

/** The full name of a branch of `kind`. An unset prefix counts as none. */
export function fullName(config: Configuration, kind: BranchKind, name: string): string {
  return `${config.prefixes[kind] ?? ''}${name}`;
}

/** What a branch is in the model, and its name without the prefix that tells so. */
export interface Role {
  role: BranchRole;
  shortName: string;
}

/** The role of a local branch. The longest prefix that fits wins. */
export function roleOf(config: Configuration, branch: string): Role {
  return rolesOf(config)(branch);
}

/** As `roleOf`, for many branches. */
export function rolesOf(config: Configuration): (branch: string) => Role {
  const { main, develop, prefixes } = config;
  const known = branchKinds
    .map((role) => ({ role, prefix: prefixes[role] ?? '' }))
    .filter(({ prefix }) => prefix !== '')
    .sort((one, other) => other.prefix.length - one.prefix.length);
  return (branch) => {
    if (branch === main) return { role: 'main', shortName: branch };
    if (branch === develop) return { role: 'develop', shortName: branch };
    for (const { role, prefix } of known) {
      if (branch.startsWith(prefix)) return { role, shortName: branch.slice(prefix.length) };
    }
    return { role: 'other', shortName: branch };
  };
}

/** The kind of a topic branch, or undefined for main, develop and strangers. */
export function kindOf(config: Configuration, branch: string): BranchKind | undefined {
  const { role } = roleOf(config, branch);
  return branchKinds.find((kind) => kind === role);
}

/** The local branch of a ref, or undefined: `refs/heads/x` gives `x`. */
export function localBranch(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}
