/** Refs that keep commits reachable while an action that could orphan them can still be undone. */
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import type { Journal } from './journal';

const space = 'refs/mlops-flow/before/';

/** The branches whose commits the plan leaves in no other branch: squashed, rebased, deleted by force. */
function endangered({ plan, before }: Journal): [ref: string, commit: string][] {
  // A rebase of its own is git's to abort or to go on with: git keeps what it needs.
  if (plan.request.action === 'update') return [];
  const risky = plan.steps.some(
    ({ work }) => work.do === 'squash' || work.do === 'rebase' || (work.do === 'deleteBranch' && work.force),
  );
  if (!risky) return [];
  return Object.entries(before.refs).filter(
    (pair): pair is [string, string] => pair[0].startsWith('refs/heads/') && pair[1] !== null,
  );
}

/** Creates them; also of an action that was interrupted before it had. What is gone by then cannot be held. */
export async function keepSafe(git: Git, journal: Journal): Promise<void> {
  const refs = endangered(journal).map(([ref, commit]) => [safeName(ref), commit] as const);
  if (refs.length === 0) return;
  const input = refs.map(([ref, commit]) => `update ${ref} ${commit}\n`).join('');
  if ((await git.run(['update-ref', '--stdin'], { input, patient: true })).code === 0) return;
  for (const [ref, commit] of refs) await git.run(['update-ref', ref, commit], { patient: true });
}

/** Holds the stash that is about to be put back and dropped. */
export async function keepStash(git: Git, stash: string): Promise<void> {
  await git.run(['update-ref', `${space}stash`, stash], { patient: true });
}

/** What they hold, for an action that is left before its end. */
export function heldBy(journal: Journal): { ref: string; held: string; now: string }[] {
  return endangered(journal).map(([ref, now]) => ({ ref, held: safeName(ref), now }));
}

/** Removes them. */
export async function releaseSafe(git: Git, journal: Journal): Promise<void> {
  const stashes = journal.plan.steps.some(({ work }) => work.do === 'stash');
  const refs = [...endangered(journal).map(([ref]) => safeName(ref)), ...(stashes ? [`${space}stash`] : [])];
  if (refs.length === 0) return;
  const args = ['update-ref', '--stdin'];
  const answer = await git.run(args, { input: refs.map((ref) => `delete ${ref}\n`).join(''), patient: true });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}

function safeName(ref: string): string {
  return `${space}${ref.slice('refs/'.length)}`;
}
