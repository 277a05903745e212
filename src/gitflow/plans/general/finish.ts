/** Finishing a topic of any model: into its parent, tagged where it makes versions, and everything that follows. */
import type { FinishRequest, Planned } from '../../model/model';
import type { TopicType } from '../../model/branching';
import { topicNamed, versionTag } from '../../model/branching';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';
import { deleteTopic, optionsOf } from '../finish-parts';
import { hookEnvironment } from './hooks';
import type { Into } from './merging';
import { bringUpToDate, checkBases, checkTag, mergeIntoParent, pushAll, tagParent } from './merging';
import { Flags, mergeOptions } from './options';

export async function planFinishTyped(context: PlanContext, request: FinishRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const type = topicNamed(draft.config.model, kind);
  const branch = draft.topic(kind, request.name);
  if (type === undefined || branch === undefined) return draft.done('', request);
  const name = draft.bare(kind, branch);
  const flags = new Flags(draft, kind, 'finish');
  const into: Into = {
    draft,
    branch,
    parent: type.parent,
    name,
    asked: request,
    options: mergeOptions(draft, flags, request, { upstream: type.upstream, fetch: true }),
  };
  if (type.upstream === 'none' && request.rebase === undefined && request.squash === undefined) {
    draft.refuse(
      'bad-option',
      `'gitflow.branch.${kind}.upstreamStrategy' is none: ${kind} branches are not merged into '${type.parent}'. Delete '${branch}' when it is no longer needed.`,
    );
  }
  draft.clean(request.stash);
  draft.topical(branch);
  if (!draft.exists(branch)) return draft.done('', request);
  draft.watch(`refs/heads/${branch}`);
  if (into.options.strategy === 'rebase') draft.free(branch);
  if (into.options.fetch && draft.remote(branch) !== undefined) draft.fetch([branch], true);
  await draft.notBehind(branch);
  await checkBases(into);
  const tag = tagName(flags, type, request, name);
  if (tag !== undefined) await checkTag(into, tag);
  if (!draft.open) return draft.done('', request);

  const words = [name, draft.config.origin, branch];
  const env = hookEnvironment(draft, type, { branch, name, base: type.parent });
  draft.hook(`pre-flow-${kind}-finish`, words, env);
  await mergeIntoParent(into);
  draft.summary.push(`The ${kind} branch '${branch}' was ${mergedBy[into.options.strategy]} '${type.parent}'`);
  if (tag !== undefined) await tagParent(into, flags, kind, tag);
  await bringUpToDate(into, tag);
  pushAll(into, tag);
  await deleteTopic(
    {
      draft,
      request,
      branch,
      base: type.parent,
      options: { ...optionsOf(draft, request), squash: into.options.strategy === 'squash' },
    },
    type.parent,
    [type.parent],
  );
  if (draft.head !== type.parent) draft.add({ do: 'checkout', branch: type.parent });
  draft.hook(`post-flow-${kind}-finish`, words, { ...env, EXIT_CODE: '0' });
  return draft.done(`Finish ${kind} ${name}`, { ...request, name }, { branch, ...(tag === undefined ? {} : { tag }) });
}

export const mergedBy = { merge: 'merged into', rebase: 'rebased onto', squash: 'squashed into' } as const;

/** The tag that finishing makes; a given name is taken as it is. */
function tagName(
  flags: Flags,
  { tag, tagPrefix }: TopicType,
  request: FinishRequest,
  name: string,
): string | undefined {
  const without = request.noTag ?? (request.tag === undefined && flags.flag(undefined, 'notag'));
  if (without || !(request.tag ?? tag)) return undefined;
  return request.tagName || versionTag(tagPrefix, name);
}
