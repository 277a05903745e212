/** Integrating a base branch into its parent: staging is promoted to production. */
import type { IntegrateRequest, Planned } from '../../model/model';
import { baseNamed, followersOf, problemsAbout } from '../../model/branching';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';
import { mergedBy } from './finish';
import type { Into } from './merging';
import { bringUpToDate, checkBases, checkTag, mergeIntoParent, pushAll, tagParent } from './merging';
import { Flags, mergeOptions } from './options';

export async function planIntegrate(context: PlanContext, request: IntegrateRequest): Promise<Planned> {
  const draft = new Draft(context);
  if (!draft.initialised()) return draft.done('', request);
  const { model } = draft.config;
  const branch = request.name ?? draft.snapshot.branch ?? '';
  const base = baseNamed(model, branch);
  if (base?.parent === undefined) {
    draft.refuse(
      'not-on-such-a-branch',
      base === undefined
        ? `'${branch}' is not a base branch of this repository. Name one: ${model.bases.map(({ name }) => name).join(', ')}.`
        : `'${branch}' is the production branch: there is nothing that it is integrated into.`,
    );
    return draft.done('', request);
  }
  const { parent } = base;
  const touched = [branch, parent, ...followersOf(model, parent).map(({ name }) => name)];
  for (const { message } of problemsAbout(model, ...touched)) draft.refuse('bad-option', message);
  if (base.upstream === 'none' && request.rebase === undefined && request.squash === undefined) {
    draft.refuse(
      'bad-option',
      `'gitflow.branch.${branch}.upstreamStrategy' is none: '${branch}' is not merged into '${parent}'.`,
    );
  }
  const flags = new Flags(draft, branch, 'integrate');
  const into: Into = {
    draft,
    branch,
    parent,
    name: branch,
    asked: request,
    options: mergeOptions(draft, flags, request, { upstream: base.upstream, fetch: false }),
  };
  draft.clean(request.stash);
  if (!draft.exists(branch)) return draft.done('', request);
  draft.watch(`refs/heads/${branch}`);
  if (into.options.strategy === 'rebase') draft.free(branch);
  if (into.options.fetch && draft.remote(branch) !== undefined) draft.fetch([branch], true);
  await draft.notBehind(branch);
  await checkBases(into);
  const tag = tagOf(draft, flags, request);
  if (tag !== undefined) await checkTag(into, tag);
  if (!draft.open) return draft.done('', request);

  await mergeIntoParent(into);
  draft.summary.push(`'${branch}' was ${mergedBy[into.options.strategy]} '${parent}'`);
  if (tag !== undefined) await tagParent(into, flags, branch, tag);
  await bringUpToDate(into, tag);
  pushAll(into, tag);
  if (draft.head !== parent) draft.add({ do: 'checkout', branch: parent });
  return draft.done(
    `Integrate ${branch} into ${parent}`,
    { ...request, name: branch },
    tag === undefined ? {} : { tag },
  );
}

/** A base branch has no version that a tag could be named by: the name has to be given. */
function tagOf(draft: Draft, flags: Flags, { tag }: IntegrateRequest): string | undefined {
  if (tag !== undefined) return tag;
  if (!flags.flag(undefined, 'tag')) return undefined;
  const name = flags.text(undefined, 'tagname');
  if (name === undefined)
    draft.refuse('bad-option', 'A tag is asked for by the configuration, but it has no name. Name it, or set tagname.');
  return name;
}
