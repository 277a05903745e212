/** The last action that came to its end: may it be undone, and what would take it back where it may not. */
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import type { Refusal } from '../model/model';
import { localBranch } from '../model/names';
import { readIds, type Ids } from './identity';
import type { Journal } from './journal';
import { isPutBack, lastKnown } from './ownership';

interface Look {
  git: Git;
  graph: Graph;
  places: Places;
}

/** What stands against undoing it, and whether commits can take it back instead. */
export interface FinishedCheck {
  refusals: Refusal[];
  canRevert: boolean;
}

/** A finished action is undone only while nothing was built on it and nothing of it was pushed. */
export async function checkFinished(look: Look, journal: Journal): Promise<FinishedCheck> {
  const now = await readIds(look.git, look.places, Object.keys(journal.before.refs));
  const refusals = movedSince(journal, now);
  const { pushed, built } = await reachedBy(look, journal);
  const steps = journal.plan.steps.filter(({ work }) => work.do === 'push' || work.do === 'pushAllTags');
  const where = [...new Set([...steps.map(({ title }) => title), ...pushed])];
  if (where.length > 0) {
    const message = `It was pushed (${where.join('; ')}), so others may have it: it is taken back by commits that revert it.`;
    refusals.push({ code: 'pushed', message });
  }
  if (built.length > 0) {
    const message = `${built.map((name) => `'${name}'`).join(', ')} ${built.length === 1 ? 'was' : 'were'} built on it.`;
    refusals.push({ code: 'built-on', message });
  }
  return { refusals, canRevert: refusals.length > 0 && advanced(journal).length > 0 };
}

/** How long a remote has to say whether it has a tag, in milliseconds: an undo does not hang on the network. */
const patience = 10_000;

/**
 * Tags of the action that a remote has: git notes nowhere that a tag was pushed. A remote that cannot be asked is told
 * among the notes.
 */
export async function tagsPushed(
  git: Git,
  { made, before }: Journal,
  signal: AbortSignal | undefined,
): Promise<{ refusals: Refusal[]; notes: string[] }> {
  const tags = Object.entries(made).flatMap(([ref, id]) =>
    ref.startsWith('refs/tags/') && id != null && id !== before.refs[ref] ? [{ ref, id }] : [],
  );
  const found: { refusals: Refusal[]; notes: string[] } = { refusals: [], notes: [] };
  if (tags.length === 0) return found;
  for (const remote of (await git.read(['remote'])).split('\n').filter(Boolean)) {
    const limit = AbortSignal.timeout(patience);
    const answer = await git.run(['ls-remote', '--tags', '--', remote, ...tags.map(({ ref }) => ref)], {
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    for (const { ref, id } of tags) {
      const name = ref.slice('refs/tags/'.length);
      if (answer.code !== 0) {
        found.notes.push(`${remote} could not be asked whether it has the tag '${name}'.`);
      } else if (answer.stdout.split('\n').includes(`${id}\t${ref}`)) {
        const message = `The tag '${name}' was pushed to ${remote}, so others may have it: the action is taken back by commits that revert it.`;
        found.refusals.push({ code: 'pushed', message });
      }
    }
  }
  return found;
}

/** Refs that no longer stand where the action left them. */
function movedSince(journal: Journal, now: Ids): Refusal[] {
  return Object.keys(journal.before.refs).flatMap((ref) => {
    if (!isPutBack(ref) || (now[ref] ?? null) === (lastKnown(journal, ref) ?? null)) return [];
    // A ref that the plan only relied on is not put back.
    if (!(ref in journal.made)) return [];
    const name = ref.replace(/^refs\/(heads|tags)\//, '');
    return [{ code: 'built-on' as const, message: `'${name}' has moved since '${journal.plan.title}'.` }];
  });
}

/** The branches that the action moved forward, with where they were and where it put them. */
export function advanced(journal: Journal): { branch: string; from: string; to: string }[] {
  return Object.entries(journal.made).flatMap(([ref, to]) => {
    const from = journal.before.refs[ref];
    const branch = localBranch(ref);
    return branch === undefined || to == null || from == null || to === from ? [] : [{ branch, from, to }];
  });
}

/** Which other branches have what the action made: of a remote, so it was pushed; or here, so it was built on. */
async function reachedBy({ git, graph }: Look, journal: Journal): Promise<{ pushed: string[]; built: string[] }> {
  const before = new Set(Object.values(journal.before.refs));
  const made = Object.entries(journal.made).flatMap(([ref, id]) =>
    id !== null && ref.startsWith('refs/heads/') && !before.has(id) ? [id] : [],
  );
  // What the user has amended and git has collected is in no branch.
  const present = await graph.present([...new Set(made)]);
  if (present.size === 0) return { pushed: [], built: [] };
  const contains = [...present].map((id) => `--contains=${id}`);
  const output = await git.read(['for-each-ref', ...contains, '--format=%(refname)', 'refs/heads', 'refs/remotes']);
  const refs = output.split('\n').filter((ref) => ref !== '' && !(ref in journal.made));
  const short = (ref: string): string => ref.replace(/^refs\/(heads|remotes)\//, '');
  return {
    pushed: refs.filter((ref) => ref.startsWith('refs/remotes/')).map(short),
    built: refs.filter((ref) => ref.startsWith('refs/heads/')).map(short),
  };
}

/** The commits that a branch got, for reverting them: along its first parents, the newest first. */
export async function commitsBetween(git: Git, from: string, to: string): Promise<{ id: string; merge: boolean }[]> {
  const output = await git.read(['rev-list', '--first-parent', '--parents', `${from}..${to}`]);
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id = '', ...parents] = line.split(' ');
      return { id, merge: parents.length > 1 };
    });
}
