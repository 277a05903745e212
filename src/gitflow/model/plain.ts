/** A repository without any set-up, as a branching model: by what it is. */
import type { BaseBranch, BranchingModel } from './branching';

/** What is known of the branches without looking at a commit. */
export interface PlainLook {
  /** Is there such a local branch? */
  has: (name: string) => boolean;
  /** The only local branch; undefined where there are none or several. */
  only: string | undefined;
  /** The branch that is checked out here. */
  current: string | undefined;
  /** The branch that the remote's HEAD stands for: what a clone checks out. */
  remoteHead: string | undefined;
  /** The prefix that the version tags have. */
  tagPrefix: string;
}

/** Branches that nobody starts as a topic. */
const longLived = ['main', 'master', 'trunk', 'develop', 'development', 'staging', 'production'];

/** The word for a branch that comes and goes, where no configuration names its kinds. */
export const plainTopic = 'topic';

/**
 * One base branch, everything else a topic of it; branches with the usual names of long-lived ones are left in peace.
 * `configured` is git's `init.defaultBranch`.
 */
export function plainModel(look: PlainLook, configured: string | undefined): BranchingModel {
  const main = defaultBranch(look, configured);
  const { tagPrefix } = look;
  if (main === undefined) return { name: 'plain', bases: [], topics: [], tagPrefix, problems: [] };
  const stays = { upstream: 'none', downstream: 'none', autoUpdate: false } as const;
  const others = longLived.filter((name) => name !== main && look.has(name));
  const bases: BaseBranch[] = [main, ...others].map((name) => ({ name, ...stays }));
  const ways = { upstream: 'merge', downstream: 'merge' } as const;
  const topic = { name: plainTopic, prefix: '', parent: main, startPoint: main, ...ways, tag: false, tagPrefix };
  return { name: 'plain', bases, topics: [topic], tagPrefix, problems: [] };
}

/** What the remote says; else the configured one, a usual name, the only branch, the one that is checked out. */
function defaultBranch(
  { has, only, current, remoteHead }: PlainLook,
  configured: string | undefined,
): string | undefined {
  const usual = [configured, 'main', 'master', 'trunk'].find((name) => name !== undefined && has(name));
  return remoteHead ?? usual ?? only ?? current;
}

/** A ref as `git for-each-ref` lists it. */
export interface RefLine {
  /** In full. */
  ref: string;
  /** It is checked out here. */
  current: boolean;
  /** The ref that it stands for; empty for an ordinary one. */
  symref: string;
}

/** Looks through the refs once. */
export function lookAt(lines: Iterable<RefLine>, remote: string): PlainLook {
  const heads = new Set<string>();
  const look = { current: undefined, remoteHead: undefined } as Pick<PlainLook, 'current' | 'remoteHead'>;
  let tagPrefix: string | undefined;
  const ofRemote = `refs/remotes/${remote}/`;
  for (const { ref, current, symref } of lines) {
    if (ref.startsWith('refs/heads/')) {
      heads.add(ref.slice('refs/heads/'.length));
      if (current) look.current = ref.slice('refs/heads/'.length);
    } else if (ref === `${ofRemote}HEAD` && symref.startsWith(ofRemote)) {
      look.remoteHead = symref.slice(ofRemote.length);
    } else if (ref.startsWith('refs/tags/') && tagPrefix !== 'v') {
      // `v`, unless every version tag that is there does without.
      const [, prefix] = /^refs\/tags\/(v?)\d+\.\d+/.exec(ref) ?? [];
      tagPrefix = prefix ?? tagPrefix;
    }
  }
  const [only] = heads.size === 1 ? heads : [];
  return { ...look, has: (name) => heads.has(name), only, tagPrefix: tagPrefix ?? 'v' };
}
