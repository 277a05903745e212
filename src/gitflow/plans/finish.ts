/** Finishing a branch: what is checked for every kind, before the kind's own planner takes over. */
import type { FinishRequest, Planned } from '../model/model';
import type { PlanContext } from './draft';
import { Draft } from './draft';
import { planFinishHotfix } from './finish-hotfix';
import { optionsOf } from './finish-parts';
import { planFinishRelease } from './finish-release';
import { planFinishTopic } from './finish-topic';

export async function planFinish(context: PlanContext, request: FinishRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  let branch = draft.topic(kind, request.name);
  if (branch !== undefined && kind === 'release') branch = await filteredBranch(draft, branch);
  if (branch === undefined) return draft.done('', request);

  const base = draft.baseOf(branch, kind);
  draft.clean(request.stash);
  draft.topical(branch);
  if (!draft.exists(branch)) return draft.done('', request);
  draft.watch(`refs/heads/${branch}`);
  if (draft.local(base) === undefined) {
    draft.refuse(
      'no-base',
      `The base '${base}' doesn't exist locally or is not a branch. Can't finish the ${kind} branch '${branch}'.`,
    );
    return draft.done('', request);
  }
  // Commits of a colleague that were not merged here would be lost with the branch; and a branch that the remote
  // no longer has, because a pull request took it, is no trouble.
  if (draft.remote(branch) !== undefined) draft.fetch([branch], true);
  await draft.notBehind(branch);

  const options = optionsOf(draft, request);
  const finish = { draft, request, branch, base, options };
  if (kind === 'release') return planFinishRelease(finish);
  if (kind === 'hotfix') return planFinishHotfix(finish);
  return planFinishTopic(finish);
}

/** The branch after the filter for versions, which may name another. */
async function filteredBranch(draft: Draft, branch: string): Promise<string | undefined> {
  const version = draft.bare('release', branch);
  const filtered = await draft.context.hooks.filter('release-finish-version', [version]);
  if (filtered === undefined) return branch;
  if (filtered.refused) draft.refuse('hook', filtered.value || `The filter of release versions refused '${version}'.`);
  return `${draft.config.prefixes.release ?? ''}${filtered.value}`;
}
