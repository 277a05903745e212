/** Finishing a release: into production, tagged, back into develop; or into the support branch that it came from. */
import { versionTag } from '../model/branching';
import type { Planned } from '../model/model';
import type { Finish } from './finish-parts';
import { checkTag, deleteTopic, mergeInto, pushTogether, tagRelease } from './finish-parts';

export async function planFinishRelease(finish: Finish): Promise<Planned> {
  const { draft, request, branch, base } = finish;
  const { config } = draft;
  const version = draft.bare('release', branch);
  const tag = versionTag(config.versionTagPrefix ?? '', request.tagName || version);
  await (base === config.develop ? fromDevelop(finish, tag) : fromElsewhere(finish, tag));
  return draft.done(
    `Finish release ${version}`,
    { ...request, name: version },
    { branch, ...(finish.options.noTag ? {} : { tag }) },
  );
}

async function fromDevelop(finish: Finish, tag: string): Promise<void> {
  const { draft, branch, options } = finish;
  const { config, graph } = draft;
  const { main, develop, origin } = config;
  if (options.fetch) draft.fetchKnown(main, develop);
  const forward = options.fastForwardMain && (await canForward(finish));
  if (!forward) await draft.notBehind(main);
  await draft.notBehind(develop);
  if (!options.noTag) await checkTag(finish, tag);
  const tip = draft.local(branch);
  const mainTip = forward ? draft.remote(main) : draft.local(main);
  const developTip = draft.local(develop);
  if (!draft.open || tip === undefined || mainTip === undefined || developTip === undefined) return;

  const words = [tag, origin, branch];
  draft.hook('pre-flow-release-finish', words);
  if (forward) draft.add({ do: 'merge', into: main, source: draft.remoteRef(main), fastForward: 'only' });
  const merged = (await graph.contains(mainTip, tip)) ? false : await mergeInto(finish, main);
  if (!options.noTag && !draft.hasTag(tag)) {
    if (draft.head !== main) {
      draft.free(main);
      draft.add({ do: 'checkout', branch: main });
    }
    await tagRelease(finish, tag, main);
  }
  draft.summary.push(`Release branch '${branch}' has been merged into '${main}'`);
  if (!options.noTag) draft.summary.push(`The release was tagged '${tag}'`);

  if (!options.noDevelopMerge) {
    const missing = options.noBackMerge
      ? !(await graph.contains(developTip, tip))
      : merged || !(await graph.contains(developTip, mainTip));
    if (missing) await mergeBack(finish, tag);
  }
  draft.hook('post-flow-release-finish', words);
  pushRelease(finish, tag, develop, main);
  await deleteTopic(finish, main, options.noDevelopMerge ? [main] : [main, develop]);
}

/** Merges the tag, so that `git describe` finds it on develop; or the branches, where that is asked. */
async function mergeBack(finish: Finish, tag: string): Promise<void> {
  const { draft, branch, options } = finish;
  const { main, develop } = draft.config;
  if (options.noBackMerge) {
    if (await mergeInto(finish, develop))
      draft.summary.push(`Release branch '${branch}' has been merged into '${develop}'`);
    return;
  }
  draft.free(develop);
  const source = options.noTag ? draft.mergeName(main) : draft.tagMergeName(tag);
  draft.add({ do: 'merge', into: develop, source, fastForward: 'never' });
  draft.summary.push(
    options.noTag
      ? `Master branch '${main}' has been back-merged into '${develop}'`
      : `Release tag '${tag}' has been back-merged into '${develop}'`,
  );
}

/** Production is behind the remote's and can be brought up to it. */
async function canForward({ draft }: Finish): Promise<boolean> {
  const { main } = draft.config;
  const mine = draft.local(main);
  const theirs = draft.remote(main);
  if (mine === undefined || theirs === undefined) return false;
  return (await draft.graph.standing(mine, theirs)) === 'behind';
}

/** A release that did not start from develop goes back to where it came from, and nowhere else. */
async function fromElsewhere(finish: Finish, tag: string): Promise<void> {
  const { draft, branch, base, options } = finish;
  const { origin } = draft.config;
  if (options.fetch) draft.fetchKnown(base);
  await draft.notBehind(base);
  if (!options.noTag) await checkTag(finish, tag);
  if (!draft.open) return;

  const words = [tag, origin, branch];
  draft.hook('pre-flow-release-finish', words);
  await mergeInto(finish, base);
  if (!options.noTag && !draft.hasTag(tag)) {
    if (draft.head !== base) {
      draft.free(base);
      draft.add({ do: 'checkout', branch: base });
    }
    await tagRelease(finish, tag, base);
  }
  draft.summary.push(`Release branch '${branch}' has been merged into '${base}'`);
  if (!options.noTag) draft.summary.push(`The release was tagged '${tag}'`);
  draft.hook('post-flow-release-finish', words);
  await deleteTopic(finish, base, [base]);
  pushRelease(finish, tag, base);
}

function pushRelease({ draft, request, options }: Finish, tag: string, develop: string, main?: string): void {
  const { origin } = draft.config;
  const branches = [
    ...(options.pushDevelop ? [develop] : []),
    ...(options.pushProduction && main !== undefined ? [main] : []),
  ];
  const pushTag = !options.noTag && options.pushTag;
  pushTogether(draft, branches, pushTag ? tag : undefined);
  if (pushTag && request.pushAllTags) draft.add({ do: 'pushAllTags', remote: origin });
  if (branches.length > 0 || pushTag) draft.summary.push(`What was asked for has been pushed to '${origin}'`);
}
