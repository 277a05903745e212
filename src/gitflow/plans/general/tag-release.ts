/** Tagging a release where no release branch is finished: the tip of a base branch gets a version tag. */
import type { Planned, TagReleaseRequest } from '../../model/model';
import { productionOf, versionTag } from '../../model/branching';
import { tagPrefixOf } from '../../model/names';
import { badName } from '../../git/ref-format';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';
import { hasRemote } from './options';

export async function planTagRelease(context: PlanContext, request: TagReleaseRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { config } = draft;
  const branch = request.branch ?? productionOf(config.model)?.name;
  if (request.version === '') draft.refuse('no-name', 'Missing argument <version>');
  if (branch === undefined) {
    draft.refuse('no-branch', 'There is no branch to tag. Make a first commit, or name the branch.');
    return draft.done('', request);
  }
  const tag = versionTag(tagPrefixOf(config), request.version);
  const bad = request.version === '' ? undefined : await badName(context.git, tag);
  if (bad !== undefined) draft.refuse('bad-name', bad.replace('branch name', 'tag name'));
  draft.exists(branch);
  const taken = draft.inTheWay('refs/tags/', tag);
  if (taken !== undefined && !draft.context.evidence?.tags.has(tag))
    draft.refuse('tag-exists', `Tag '${taken}' already exists. Pick another version.`);
  if (request.message !== undefined && request.messageFile !== undefined) {
    draft.refuse('bad-option', 'Use either a message or a message file for the tag, not both.');
  }
  const push = request.push ?? false;
  if (push && !hasRemote(draft)) {
    draft.refuse(
      'no-remote',
      `There is no remote '${config.origin}' to push to. Add it first, or tag without pushing.`,
    );
  }
  if (request.fetch && draft.remote(branch) !== undefined) draft.fetch([branch], true);
  const ahead = await standing(draft, branch);
  if (!draft.open) return draft.done('', request);

  draft.watch(`refs/heads/${branch}`);
  if (taken === undefined) {
    draft.add({
      do: 'tag',
      tag,
      on: branch,
      ...(request.messageFile === undefined
        ? { message: request.message || `Release ${tag}` }
        : { messageFile: request.messageFile }),
      sign: request.sign === true || request.signingKey !== undefined,
      ...(request.signingKey === undefined ? {} : { signingKey: request.signingKey }),
    });
  }
  draft.summary.push(`'${branch}' was tagged '${tag}'`);
  if (push) {
    const refspecs = [...(ahead ? [`refs/heads/${branch}`] : []), `refs/tags/${tag}`];
    const what = ahead ? `${branch}, ${tag}` : tag;
    draft.add({ do: 'push', remote: config.origin, refspecs, upstream: false, what, atomic: true });
    draft.summary.push(`It was pushed to '${config.origin}'`);
  }
  return draft.done(`Tag release ${tag}`, { ...request, branch }, { tag });
}

/**
 * Checks the branch against the remote's: what is released has to be what everybody has. Answers whether it has to be
 * pushed with the tag. One that is behind is brought up to the remote's first.
 */
async function standing(draft: Draft, branch: string): Promise<boolean> {
  const mine = draft.local(branch);
  const theirs = draft.remote(branch);
  if (mine === undefined) return false;
  if (theirs === undefined) return hasRemote(draft);
  const how = await draft.graph.standing(mine, theirs);
  if (how === 'behind') {
    draft.clean();
    draft.free(branch);
    draft.add({ do: 'merge', into: branch, source: draft.remoteRef(branch), fastForward: 'only' });
  } else {
    await draft.notBehind(branch);
  }
  return how === 'ahead';
}
