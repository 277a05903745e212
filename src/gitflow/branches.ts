/** The listing of branches: one process for all of them, details only for those on screen. */
import type { Branch, BranchDetails, BranchListing, Tag } from './branch-model';
import { configurationFrom } from './config';
import type { Git } from './git';
import type { Configuration } from './model';
import { roleOf } from './names';
import { readConfig } from './snapshot';

const listFormat = '%(refname)%00%(objectname)%00%(upstream)%00%(HEAD)%00%(symref)';

/** Lists branches and tags. Nothing here makes git look at a commit. */
export async function listBranches(git: Git): Promise<BranchListing> {
  const [output, entries] = await Promise.all([
    git.read(['for-each-ref', `--format=${listFormat}`, 'refs/heads', 'refs/remotes', 'refs/tags']),
    readConfig(git),
  ]);
  return parseListing(output, configurationFrom(entries));
}

/** Reads what the listing prints. */
export function parseListing(output: string, config: Configuration): BranchListing {
  const listing: BranchListing = { local: [], remote: [], tags: [] };
  for (const line of output.split('\n')) {
    const [ref = '', commit = '', upstream = '', head = '', symref = ''] = line.split('\0');
    // `origin/HEAD` only points to another.
    if (ref === '' || symref !== '') continue;
    const common = { commit, current: head === '*', ...(upstream === '' ? {} : { upstream }) };
    if (ref.startsWith('refs/heads/'))
      listing.local.push(branchOf(config, ref, ref.slice('refs/heads/'.length), common));
    else if (ref.startsWith('refs/remotes/')) {
      const path = ref.slice('refs/remotes/'.length);
      const end = path.indexOf('/');
      listing.remote.push({ ...branchOf(config, ref, path.slice(end + 1), common), remote: path.slice(0, end) });
    } else listing.tags.push(tagOf(ref, commit));
  }
  return listing;
}

function branchOf(
  config: Configuration,
  ref: string,
  name: string,
  rest: Pick<Branch, 'commit' | 'current' | 'upstream'>,
): Branch {
  return { ref, name, ...roleOf(config, name), ...rest };
}

function tagOf(ref: string, object: string): Tag {
  return { ref, name: ref.slice('refs/tags/'.length), object };
}

const detailFormat =
  '%(refname)%00%(committerdate:unix)%00%(authorname)%00%(upstream)%00%(upstream:track,nobracket)%00%(contents:subject)';

/** Subject, author, date and upstream counts of the given refs. */
export async function branchDetails(git: Git, refs: readonly string[]): Promise<Map<string, BranchDetails>> {
  const details = new Map<string, BranchDetails>();
  if (refs.length === 0) return details;
  const output = await git.read(['for-each-ref', `--format=${detailFormat}`, ...refs]);
  for (const line of output.split('\n')) {
    const [ref = '', date = '', author = '', upstream = '', track = '', subject = ''] = line.split('\0');
    if (ref === '') continue;
    details.set(ref, {
      subject,
      author,
      date: Number(date) * 1000,
      ...(upstream === '' ? {} : { upstream: counts(track) }),
    });
  }
  return details;
}

/** `ahead 1, behind 2`, `gone`, or nothing. */
function counts(track: string): { ahead: number; behind: number; gone: boolean } {
  const count = (word: string): number => Number(new RegExp(`${word} (\\d+)`).exec(track)?.[1] ?? 0);
  return { ahead: count('ahead'), behind: count('behind'), gone: track === 'gone' };
}
