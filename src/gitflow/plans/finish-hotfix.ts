/** Finishing a hotfix: into production, tagged, into develop or the open release; or into its support branch. */
import { versionTag } from '../model/branching';
import type { Planned } from '../model/model';
import type { Finish } from './finish-parts';
import { checkTag, deleteTopic, mergeInto, pushTogether, tagRelease } from './finish-parts';

export async function planFinishHotfix(finish: Finish): Promise<Planned> {
  const { draft, request, branch, base, options } = finish;
  const { config } = draft;
  const version = draft.bare('hotfix', branch);
  const tag = versionTag(config.versionTagPrefix ?? '', request.tagName || version);
  const planned = (): Planned =>
    draft.done(
      `Finish hotfix ${version}`,
      { ...request, name: version },
      { branch, ...(options.noTag ? {} : { tag }) },
    );
  // A hotfix of a support branch stays there.
  const back = base === config.main ? (request.intoRelease ?? config.develop) : undefined;
  if (options.fetch) draft.fetchKnown(base, ...(back === undefined ? [] : [back]));
  if (request.intoRelease !== undefined) draft.exists(request.intoRelease);
  await draft.notBehind(base);
  if (back !== undefined) await draft.notBehind(back);
  if (!options.noTag) await checkTag(finish, tag);
  await checkRelated(finish);
  if (!draft.open) return planned();

  const words = [tag, config.origin, branch];
  draft.hook('pre-flow-hotfix-finish', words);
  const merged = await mergeInto(finish, base);
  draft.summary.push(`Hotfix branch '${branch}' has been merged into '${base}'`);
  if (!options.noTag) {
    await tagRelease(finish, tag, base);
    draft.summary.push(`The hotfix was tagged '${tag}'`);
  }
  if (back !== undefined) await mergeBack(finish, { tag, back, merged });
  draft.hook('post-flow-hotfix-finish', words);
  push(finish, tag, back);
  await deleteTopic(finish, config.develop, back === undefined ? [base] : [base, back]);
  return planned();
}

/** Histories that have nothing in common cannot be merged, as in a clone that is too shallow. */
async function checkRelated({ draft, branch, base }: Finish): Promise<void> {
  const tip = draft.local(branch);
  const target = draft.local(base);
  if (tip === undefined || target === undefined || (await draft.graph.related(target, tip))) return;
  draft.refuse('diverged', `The hotfix branch '${branch}' has no common ancestor with branch '${base}'.`);
}

async function mergeBack(
  finish: Finish,
  { tag, back, merged }: { tag: string; back: string; merged: boolean },
): Promise<void> {
  const { draft, branch, base, options } = finish;
  const source = draft.local(options.noBackMerge ? branch : base);
  const target = draft.local(back);
  if (source === undefined || target === undefined) return;
  const moved = merged && !options.noBackMerge;
  if (!moved && (await draft.graph.contains(target, source))) return;
  draft.free(back);
  const name = options.noBackMerge
    ? draft.mergeName(branch)
    : options.noTag
      ? draft.mergeName(base)
      : draft.tagMergeName(tag);
  draft.add({ do: 'merge', into: back, source: name, fastForward: 'never' });
  draft.summary.push(
    options.noBackMerge
      ? `Hotfix branch '${branch}' has been merged into '${back}'`
      : options.noTag
        ? `Master branch '${base}' has been back-merged into '${back}'`
        : `Hotfix tag '${tag}' has been back-merged into '${back}'`,
  );
}

function push({ draft, request, base, options }: Finish, tag: string, back: string | undefined): void {
  const { origin } = draft.config;
  const branches = [
    ...(options.pushDevelop && back !== undefined ? [back] : []),
    ...(options.pushProduction ? [base] : []),
  ];
  const pushTag = options.pushTag && !options.noTag;
  pushTogether(draft, branches, pushTag ? tag : undefined);
  if (pushTag && request.pushAllTags) draft.add({ do: 'pushAllTags', remote: origin });
  if (branches.length > 0 || pushTag) draft.summary.push(`What was asked for has been pushed to '${origin}'`);
}
