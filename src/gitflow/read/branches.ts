/** The listing of branches: one process for all of them, details only for those on screen. */
import type { Branch, BranchDetails, BranchListing } from '../model/branch-model';
import type { ConfigEntry } from '../model/config';
import { configurationFrom, flavourOf, remoteOf } from '../model/config';
import type { Git } from '../git/git';
import { rolesOf } from '../model/names';
import type { RefLine } from '../model/plain';
import { lookAt } from '../model/plain';
import { readEntries } from './configuration';
import { upstreamsOf } from './upstreams';

const listFormat = '%(refname)%00%(objectname)%00%(HEAD)%00%(symref)';

/** Lists branches and tags. Nothing here makes git look at a commit, or through the configuration of each branch. */
export async function listBranches(git: Git): Promise<BranchListing> {
  const [output, entries] = await Promise.all([
    git.read(['for-each-ref', `--format=${listFormat}`, 'refs/heads', 'refs/remotes', 'refs/tags']),
    readEntries(git),
  ]);
  return parseListing(output, entries);
}

/** Reads what the listing prints: ten thousand lines are no rarity, so each is cut without copies of its parts. */
function parseListing(output: string, entries: readonly ConfigEntry[]): BranchListing {
  // Where nothing is configured the branches themselves tell what they are.
  const look = flavourOf(entries) === 'none' ? lookAt(refLines(output), remoteOf(entries)) : undefined;
  const roleOf = rolesOf(configurationFrom(entries, look));
  const upstreamOf = upstreamsOf(entries);
  const listing: BranchListing = { local: [], remote: [], tags: [] };
  for (let from = 0, end = output.indexOf('\n'); end > from; from = end + 1, end = output.indexOf('\n', from)) {
    const space = spaceOf(output, from);
    const afterRef = output.indexOf('\0', from);
    const afterCommit = output.indexOf('\0', afterRef + 1);
    // `*` or a blank, and the ref that it points to: `origin/HEAD` only stands for another.
    if (space === undefined || afterCommit + 3 < end) continue;
    const ref = output.slice(from, afterRef);
    const commit = output.slice(afterRef + 1, afterCommit);
    if (space === 'refs/tags/') {
      listing.tags.push({ ref, name: ref.slice(space.length), object: commit });
      continue;
    }
    const current = output[afterCommit + 1] === '*';
    const remoteEnd = space === 'refs/heads/' ? space.length - 1 : ref.indexOf('/', space.length);
    const name = ref.slice(remoteEnd + 1);
    const { role, shortName } = roleOf(name);
    if (space === 'refs/remotes/') {
      const remote = ref.slice(space.length, remoteEnd);
      listing.remote.push({ ref, name, shortName, role, commit, current, remote });
      continue;
    }
    const upstream = upstreamOf(name);
    const branch: Branch = { ref, name, shortName, role, commit, current };
    if (upstream !== undefined) branch.upstream = upstream;
    listing.local.push(branch);
  }
  return listing;
}

function* refLines(output: string): Iterable<RefLine> {
  for (const line of output.split('\n')) {
    const [ref = '', , head = '', symref = ''] = line.split('\0');
    yield { ref, current: head === '*', symref };
  }
}

const spaces = ['refs/heads/', 'refs/remotes/', 'refs/tags/'] as const;

function spaceOf(output: string, from: number): (typeof spaces)[number] | undefined {
  return spaces.find((space) => output.startsWith(space, from));
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
