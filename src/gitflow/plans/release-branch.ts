/** Releasing a branch straight: develop, or another, into production, tagged, without a release branch. */
import { versionTag } from '../model/branching';
import type { Planned, ReleaseBranchRequest } from '../model/model';
import { kindOf } from '../model/names';
import type { PlanContext } from './draft';
import { Draft } from './draft';
import type { Finish } from './finish-parts';
import { mergeInto, optionsOf, pushTogether } from './finish-parts';

export async function planReleaseBranch(context: PlanContext, request: ReleaseBranchRequest): Promise<Planned> {
  const draft = new Draft(context);
  if (!draft.initialised('release')) return draft.done('', request);
  const { config } = draft;
  const version = await filteredVersion(draft, request.version);
  const branch = request.branch ?? config.develop;
  const tag = versionTag(config.versionTagPrefix ?? '', version);
  if (version === '') draft.refuse('no-name', 'Missing argument <version>');
  if (kindOf(config, branch) !== undefined) {
    draft.refuse(
      'bad-option',
      `Branch '${branch}' seems to be a git-flow branch. Finish it instead of releasing it directly.`,
    );
  }
  if (branch === config.main)
    draft.refuse('bad-option', `'${branch}' is the production branch already. Release another one.`);
  draft.exists(branch);
  draft.clean();
  if (draft.remote(branch) !== undefined) draft.fetch([branch], true);
  const flag = (option: boolean | undefined, name: string): boolean => draft.flag(option, 'release', 'branch', name);
  const text = (option: string | undefined, name: string): string | undefined =>
    draft.text(option, 'release', 'branch', name);
  if (flag(request.fetch, 'fetch')) draft.fetchKnown(config.main);
  await draft.notBehind(branch);
  await draft.notBehind(config.main);
  if (!draft.open) return draft.done('', request);

  const words = [tag, config.origin, branch];
  draft.hook('pre-flow-release-branch', words);
  const squash = flag(request.squash, 'squash');
  const finishing = { action: 'finish', kind: 'release', name: version } as const;
  const finish: Finish = {
    draft,
    request: finishing,
    branch,
    base: config.main,
    options: { ...optionsOf(draft, finishing), squash, squashInfo: flag(request.squashInfo, 'squash-info') },
  };
  await mergeInto(finish, config.main);
  const noTag = flag(request.noTag, 'notag');
  if (!noTag && !draft.hasTag(tag)) {
    const signingKey = text(request.signingKey, 'signingkey');
    const message = text(request.message, 'message');
    const messageFile = text(request.messageFile, 'messagefile');
    if (message !== undefined && messageFile !== undefined) {
      draft.refuse('bad-option', 'Use either a message or a message file for the tag, not both.');
    }
    const given = message ?? (messageFile === undefined && !request.messageFromGit ? `Release ${tag}` : undefined);
    const filter = message === undefined ? undefined : context.hooks.find('filter-flow-release-branch-tag-message');
    draft.add({
      do: 'tag',
      tag,
      on: config.main,
      ...(given === undefined ? {} : { message: given }),
      ...(messageFile === undefined ? {} : { messageFile }),
      ...(filter === undefined ? {} : { filter }),
      sign: signingKey !== undefined || flag(request.sign, 'sign'),
      ...(signingKey === undefined ? {} : { signingKey }),
    });
    draft.summary.push(`The release was tagged '${tag}'`);
  }
  draft.hook('post-flow-release-branch', words);
  if (flag(request.push, 'push')) {
    const remote = config.origin;
    pushTogether(draft, [config.main], noTag ? undefined : tag);
    if (!noTag && request.pushAllTags) draft.add({ do: 'pushAllTags', remote });
  }
  draft.summary.push(`Branch '${branch}' has been merged into '${config.main}'`);
  return draft.done(`Release ${branch} as ${version}`, request, { branch, ...(noTag ? {} : { tag }) });
}

async function filteredVersion(draft: Draft, version: string): Promise<string> {
  const filtered = await draft.context.hooks.filter('branch-finish-version', [version]);
  if (filtered === undefined) return version;
  if (filtered.refused) draft.refuse('hook', filtered.value || `The filter of versions refused '${version}'.`);
  return filtered.value;
}
