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

/** Creates them. */
export async function keepSafe(git: Git, journal: Journal): Promise<void> {
  await update(
    git,
    endangered(journal).map(([ref, commit]) => `update ${safeName(ref)} ${commit}`),
  );
}

/** Removes them. */
export async function releaseSafe(git: Git, journal: Journal): Promise<void> {
  await update(
    git,
    endangered(journal).map(([ref]) => `delete ${safeName(ref)}`),
  );
}

function safeName(ref: string): string {
  return `${space}${ref.slice('refs/heads/'.length)}`;
}

async function update(git: Git, lines: string[]): Promise<void> {
  if (lines.length === 0) return;
  const args = ['update-ref', '--stdin'];
  const answer = await git.run(args, { input: `${lines.join('\n')}\n`, patient: true });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}
