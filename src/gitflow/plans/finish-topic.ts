/** Finishing a feature or bugfix: into its base, and away. */
import type { Planned } from '../model/model';
import type { Finish } from './finish-parts';
import { deleteTopic, pushTogether } from './finish-parts';

export async function planFinishTopic(finish: Finish): Promise<Planned> {
  const { draft, request, branch, base, options } = finish;
  const { kind } = request;
  const { config } = draft;
  const name = draft.bare(kind, branch);
  if (options.fetch) draft.fetchKnown(base);
  await draft.notBehind(base);
  draft.free(base);
  if (options.rebase) draft.free(branch);
  const tip = draft.local(branch);
  const target = draft.local(base);
  if (!draft.open || tip === undefined || target === undefined) return draft.done('', request);

  const words = [name, config.origin, branch];
  const squashed = draft.context.evidence?.squashed.has(base) ?? false;
  // Resumed after its merge was committed by hand: what is left is cleaning up, and git-flow runs no hook for that.
  const resumed = draft.context.evidence !== undefined && (squashed || (await draft.graph.contains(target, tip)));
  if (resumed) {
    draft.add({ do: 'checkout', branch: base });
  } else {
    draft.hook(`pre-flow-${kind}-finish`, words);
    if (options.rebase) {
      const mode = request.rebaseMerges === true ? 'merges' : preserve(finish) ? 'preserve' : 'plain';
      draft.add({ do: 'rebase', branch, onto: base, mode });
    }
    await merge(finish, tip, target);
    draft.hook(`post-flow-${kind}-finish`, words);
  }
  draft.summary.push(`The ${kind} branch '${branch}' was merged into '${base}'`);
  if (options.pushDevelop) pushTogether(draft, [base]);
  await deleteTopic(finish, base, [base]);
  return draft.done(`Finish ${kind} ${name}`, { ...request, name }, { branch });
}

/** git-flow's flag, or the configured default of finishing or of rebasing, hands `-p` to git. */
function preserve({ draft, request }: Finish): boolean {
  return (
    draft.flag(request.preserveMerges, request.kind, 'finish', 'preserve-merges') ||
    draft.flag(undefined, request.kind, 'rebase', 'preserve-merges')
  );
}

/** One commit is fast-forwarded, more are kept together by a merge commit. */
async function merge({ draft, branch, base, options, request }: Finish, tip: string, target: string): Promise<void> {
  const source = draft.mergeName(branch);
  if (options.squash) {
    const info = options.squashInfo ? { info: `Merged ${request.kind} branch '${branch}'` } : {};
    draft.add({ do: 'squash', into: base, source, ...info });
    return;
  }
  const count = await draft.graph.count(target, tip, 2);
  // A hook may have added commits, and a rebase may have dropped some: then they are counted when it comes to it.
  const uncertain = options.rebase || draft.works.some((work) => work.do === 'hook');
  if (count === 0 && !uncertain) {
    // Nothing to merge: git would say so.
    draft.add({ do: 'checkout', branch: base });
    return;
  }
  const single = uncertain ? 'single' : count === 1 ? 'allowed' : 'never';
  draft.add({ do: 'merge', into: base, source, fastForward: options.noFastForward ? 'never' : single });
}
