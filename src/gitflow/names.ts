/** Branch names and what they are in the model. */
import type { BranchKind, BranchRole, Configuration } from './model';
import { branchKinds } from './model';

/** The full name of a branch of `kind`. An unset prefix counts as none. */
export function fullName(config: Configuration, kind: BranchKind, name: string): string {
  return `${config.prefixes[kind] ?? ''}${name}`;
}

/** The role of a local branch, and its name without the prefix. The longest prefix that fits wins. */
export function roleOf(config: Configuration, branch: string): { role: BranchRole; shortName: string } {
  if (branch === config.main) return { role: 'main', shortName: branch };
  if (branch === config.develop) return { role: 'develop', shortName: branch };
  let best: { role: BranchRole; shortName: string } = { role: 'other', shortName: branch };
  let length = 0;
  for (const kind of branchKinds) {
    const prefix = config.prefixes[kind];
    if (prefix && prefix.length > length && branch.startsWith(prefix)) {
      best = { role: kind, shortName: branch.slice(prefix.length) };
      length = prefix.length;
    }
  }
  return best;
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
