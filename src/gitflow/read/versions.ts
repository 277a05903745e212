/** The next version: from the tags, and from conventional commits where they are used. */
import { inc, parse, rcompare, valid } from 'semver';
import type { VersionSuggestion } from '../api';
import { recommend } from '../model/conventional';
import type { Git } from '../git/git';
import { topicNamed } from '../model/branching';
import type { BranchKind, Configuration } from '../model/model';
import { tagPrefixOf } from '../model/names';

type Increment = 'major' | 'minor' | 'patch';

/** How many commits are read at most: enough for any release, and no wait in a huge history. */
const readAtMost = 2000;

/** Suggests the version of a release or hotfix, or of the tip of `branch`. A hotfix is a patch, whatever its commits say. */
export async function suggestVersion(
  git: Git,
  config: Configuration,
  tags: readonly string[],
  { kind, branch }: { kind: BranchKind; branch?: string | undefined },
): Promise<VersionSuggestion> {
  const type = topicNamed(config.model, kind);
  const prefix = config.flavour === 'avh' || !type?.tag ? tagPrefixOf(config) : type.tagPrefix;
  const last = lastVersion(tags, prefix);
  const next = (increment: Increment): string => (last === undefined ? '0.1.0' : (inc(last, increment) ?? last));
  const all = { last, major: next('major'), minor: next('minor'), patch: next('patch') };
  if (last === undefined) return { ...all, suggested: '0.1.0', reason: 'There is no version tag yet.' };
  if (kind === 'hotfix')
    return { ...all, suggested: all.patch, reason: `A hotfix is the next patch after ${prefix}${last}.` };
  const messages = await messagesSince(
    git,
    `refs/tags/${prefix}${last}`,
    `refs/heads/${branch ?? type?.startPoint ?? config.develop}`,
  );
  const found = recommend(messages);
  if (!found) return { ...all, suggested: all.minor, reason: `The next minor version after ${prefix}${last}.` };
  // Before 1.0.0 anything may change: a breaking change is a minor step, as semantic versioning has it.
  const early = parse(last)?.major === 0 && found.increment === 'major';
  return {
    ...all,
    suggested: early ? all.minor : all[found.increment],
    reason: `${found.reason} since ${prefix}${last} (conventional commits).`,
  };
}

/** The highest version among the tags, without the prefix. */
export function lastVersion(tags: readonly string[], prefix: string): string | undefined {
  const versions = tags
    .filter((tag) => tag.startsWith(prefix))
    .map((tag) => tag.slice(prefix.length))
    .filter((version) => valid(version) === version);
  return versions.sort(rcompare)[0];
}

async function messagesSince(git: Git, since: string, until: string): Promise<string[]> {
  const output = await git.run([
    'log',
    '--no-merges',
    '--format=%B%x00',
    `--max-count=${readAtMost}`,
    until,
    `^${since}`,
  ]);
  if (output.code !== 0) return [];
  return output.stdout
    .split('\0')
    .map((message) => message.trim())
    .filter((message) => message !== '');
}
