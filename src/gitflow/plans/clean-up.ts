/** After a pull request: the base is brought up to the remote's, and the branch goes. */
import { complaint } from '../git/git';
import type { CleanUpRequest, Planned } from '../model/model';
import type { PlanContext } from './draft';
import { Draft } from './draft';

export async function planCleanUp(context: PlanContext, request: CleanUpRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const branch = draft.topic(kind, request.name);
  if (branch === undefined) return draft.done('', request);
  const { config, graph } = draft;
  const base = draft.baseOf(branch, kind);
  draft.clean();
  draft.exists(branch);
  if (draft.local(base) === undefined)
    draft.refuse('no-base', `The base '${base}' doesn't exist here. Check it out first.`);
  if (!draft.snapshot.remotes.includes(config.origin)) {
    draft.refuse('no-remote', `There is no remote '${config.origin}', so there is no pull request to clean up after.`);
  }
  if (draft.remote(base) !== undefined) draft.fetch([base], false);
  if (draft.remote(branch) !== undefined) draft.fetch([branch], true);
  draft.free(base);
  draft.free(branch);
  const tip = draft.local(branch);
  const mine = draft.local(base);
  if (!draft.open || tip === undefined || mine === undefined) return draft.done('', request);

  const theirs = draft.remote(base) ?? mine;
  const standing = await graph.standing(mine, theirs);
  if (standing === 'diverged') {
    draft.refuse('diverged', `Branches '${base}' and '${config.origin}/${base}' have diverged and need merging first.`);
  }
  const holder = standing === 'ahead' ? mine : theirs;
  const known = context.fetched || draft.fetches.length === 0;
  const merged = (await graph.contains(holder, tip)) || (await changesNothing(context, holder, tip));
  if (!merged && known && !request.force) {
    draft.refuse(
      'not-merged',
      `'${config.origin}/${base}' does not have '${branch}' yet. Merge the pull request first; delete the branch with force if it was rejected.`,
    );
  }
  if (standing === 'behind') {
    draft.add({ do: 'merge', into: base, source: draft.remoteRef(base), fastForward: 'only' });
  } else if (draft.head === branch) {
    draft.add({ do: 'checkout', branch: base });
  }
  if (draft.remote(branch) !== undefined && !request.keepRemote) {
    draft.add({ do: 'deleteRemoteBranch', remote: config.origin, branch });
  }
  draft.add({ do: 'deleteBranch', branch, force: true });
  draft.forgetBase(branch);
  draft.summary.push(`'${branch}' was merged into '${base}' on '${config.origin}' and has been deleted here`);
  const name = draft.bare(kind, branch);
  return draft.done(`Clean up ${kind} ${name}`, { ...request, name }, { branch });
}

/** A host that squashes leaves other commits with the same content: merging the branch again then changes nothing. */
async function changesNothing({ git }: PlanContext, holder: string, tip: string): Promise<boolean> {
  const merged = await git.run(['merge-tree', '--write-tree', holder, tip]);
  // Before git 2.38 there is no such merge; then only the graph decides.
  if (merged.code !== 0 || complaint(merged).startsWith('usage')) return false;
  const tree = await git.run(['rev-parse', '--verify', `${holder}^{tree}`]);
  return merged.stdout.trim() === tree.stdout.trim();
}
