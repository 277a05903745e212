/** The merge of a finish, made before the finish: a commit that can be checked out and run. */
import { complaint, type Git } from '../git/git';
import { formatNames } from '../../shared/format';
import { mergedTree } from './tagged';

/** The branch and what it is merged into, by names for the message and by refs or commits. */
export interface MergeRequest {
  branch: string;
  tip: string;
  into: { name: string; ref: string };
}

/** The commit and the ref that keeps it, or why there is none. */
export type MadeMerge = { ok: true; commit: string; ref: string } | { ok: false; message: string };

/** Makes the commit and keeps it under `refs/mlops-flow/merges/`. No branch and no file is touched. */
export async function mergeCommit(git: Git, { branch, tip, into }: MergeRequest): Promise<MadeMerge> {
  const tagged = await mergedTree(git, into.name, into.ref, tip);
  if (tagged.state === 'unknown') return { ok: false, message: tagged.cause };
  if (tagged.state === 'conflict') {
    const message = `The merge stops at conflicts in ${formatNames(tagged.files, 5)}. Merge ${into.name} into ${branch} first, and resolve them there.`;
    return { ok: false, message };
  }
  const words = ['commit-tree', tagged.tree, '-p', into.ref, '-p', tip, '-m', `Merge ${branch} into ${into.name}`];
  const made = await git.run(words);
  const commit = made.stdout.trim();
  if (made.code !== 0) return { ok: false, message: `The merge could not be made: ${complaint(made)}` };
  const ref = `refs/mlops-flow/merges/${branch}`;
  const kept = await git.run(['update-ref', ref, commit]);
  return kept.code === 0
    ? { ok: true, commit, ref }
    : { ok: false, message: `The merge could not be kept: ${complaint(kept)}` };
}
