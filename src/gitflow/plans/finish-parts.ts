/** What all finishes have in common: options with their defaults, the merge, the tag, the deletion. */
import { formatNames } from '../../shared/format';
import type { FinishRequest } from '../model/model';
import type { Draft } from './draft';

/** The options of a finish with every default filled in. */
export interface FinishOptions {
  fetch: boolean;
  rebase: boolean;
  squash: boolean;
  squashInfo: boolean;
  noFastForward: boolean;
  pushProduction: boolean;
  pushDevelop: boolean;
  pushTag: boolean;
  keep: boolean;
  keepRemote: boolean;
  keepLocal: boolean;
  forceDelete: boolean;
  noTag: boolean;
  noBackMerge: boolean;
  noDevelopMerge: boolean;
  fastForwardMain: boolean;
}

/** What the planners of the kinds are given. */
export interface Finish {
  draft: Draft;
  request: FinishRequest;
  branch: string;
  base: string;
  options: FinishOptions;
}

/** Fills in git-flow's defaults from the configuration. */
export function optionsOf(draft: Draft, request: FinishRequest): FinishOptions {
  const { kind } = request;
  const flag = (option: boolean | undefined, name: string): boolean => draft.flag(option, kind, 'finish', name);
  const release = kind === 'release';
  const push = flag(request.push, 'push');
  const part = (option: boolean | undefined, name: string): boolean =>
    push || (release ? flag(option, name) : (option ?? false));
  const keepRemote = flag(request.keepRemote, 'keepremote');
  const keepLocal = flag(request.keepLocal, 'keeplocal');
  return {
    fetch: flag(request.fetch, 'fetch'),
    rebase: flag(request.rebase, 'rebase'),
    squash: flag(request.squash, 'squash'),
    squashInfo: flag(request.squashInfo, 'squash-info'),
    noFastForward: flag(request.noFastForward, 'no-ff'),
    pushProduction: part(request.pushProduction, 'pushproduction'),
    pushDevelop: part(request.pushDevelop, 'pushdevelop'),
    pushTag: part(request.pushTag, 'pushtag'),
    keep: flag(request.keep, 'keep') || (keepRemote && keepLocal),
    keepRemote,
    keepLocal,
    forceDelete: flag(request.forceDelete, 'force-delete'),
    noTag: flag(request.noTag, 'notag'),
    noBackMerge: flag(request.noBackMerge, 'nobackmerge'),
    noDevelopMerge: flag(request.noDevelopMerge, 'nodevelopmerge'),
    // git-flow misspells its own key, and so never heeds it; ours does.
    fastForwardMain: flag(request.fastForwardMain, 'ff-master'),
  };
}

/** Merges or squashes the branch into another, with a squash that an earlier run committed counted as done. */
export async function mergeInto({ draft, request, branch, options }: Finish, into: string): Promise<boolean> {
  const tip = draft.local(branch);
  const target = draft.local(into);
  if (tip === undefined || target === undefined) return false;
  if (await draft.graph.contains(target, tip)) return false;
  if (options.squash && draft.context.evidence?.squashed.has(into)) return false;
  draft.free(into);
  if (options.squash) {
    draft.add({
      do: 'squash',
      into,
      source: draft.mergeName(branch),
      ...(options.squashInfo ? { info: `Merged ${request.kind} branch '${branch}'` } : {}),
      mayBeEmpty: true,
    });
  } else {
    draft.add({ do: 'merge', into, source: draft.mergeName(branch), fastForward: 'never' });
  }
  return true;
}

/** Tags the tip of `on`, unless the tag is there from an earlier run. Answers the tag's full name. */
export async function tagRelease({ draft, request }: Finish, tag: string, on: string): Promise<void> {
  if (draft.hasTag(tag)) return;
  const { kind } = request;
  const text = (option: string | undefined, name: string): string | undefined =>
    draft.text(option, kind, 'finish', name);
  const signingKey = text(request.signingKey, 'signingkey');
  const message = text(request.message, 'message');
  const messageFile = text(request.messageFile, 'messagefile');
  if (message !== undefined && messageFile !== undefined) {
    draft.refuse('bad-option', 'Use either a message or a message file for the tag, not both.');
  }
  const filter = message === undefined ? undefined : draft.context.hooks.find(`filter-flow-${kind}-finish-tag-message`);
  const made = kind === 'hotfix' ? `Hotfix ${tag}` : `Release ${tag}`;
  const given = message ?? (messageFile === undefined && !request.messageFromGit ? made : undefined);
  draft.add({
    do: 'tag',
    tag,
    on,
    ...(given === undefined ? {} : { message: given }),
    ...(messageFile === undefined ? {} : { messageFile }),
    ...(filter === undefined ? {} : { filter }),
    sign: signingKey !== undefined || draft.flag(request.sign, kind, 'finish', 'sign'),
    ...(signingKey === undefined ? {} : { signingKey }),
  });
}

/** A tag that exists must be the one of this branch: what it tags was merged from the branch's tip. */
export async function checkTag({ draft, request, branch }: Finish, tag: string): Promise<void> {
  const clash = draft.inTheWay('refs/tags/', tag);
  if (clash === undefined || draft.context.evidence?.tags.has(tag)) return;
  if (clash !== tag) {
    draft.refuse('tag-elsewhere', `Git cannot have a tag '${tag}' beside the tag '${clash}'. Pick another tag name.`);
    return;
  }
  const merged = await draft.graph.commit(`refs/tags/${tag}^2`);
  if (merged === undefined || merged !== draft.local(branch)) {
    draft.refuse(
      'tag-elsewhere',
      `Tag '${tag}' already exists and does not point to ${request.kind} branch '${branch}'. Pick another tag name.`,
    );
  }
}

/** Deletes the branch, first on the remote, and forgets its base. `leaveTo` is checked out if it is current. */
export async function deleteTopic(
  { draft, branch, options }: Finish,
  leaveTo: string,
  mergedInto: string[],
): Promise<void> {
  const { config } = draft;
  if (options.keep) {
    draft.summary.push(`'${branch}' is still locally available`);
    return;
  }
  let remote = draft.remote(branch) !== undefined;
  if (remote && !options.keepRemote) {
    draft.add({ do: 'deleteRemoteBranch', remote: config.origin, branch });
    remote = false;
    draft.summary.push(`'${branch}' has been deleted from '${config.origin}'`);
  }
  const place = draft.snapshot.elsewhere.get(branch);
  if (options.keepLocal || place !== undefined) {
    if (place !== undefined) draft.warnings.push(`'${branch}' is checked out at '${place}' and stays there.`);
    draft.summary.push(`'${branch}' is still locally available`);
  } else {
    if (draft.head === branch) {
      draft.free(leaveTo);
      draft.add({ do: 'checkout', branch: leaveTo });
    }
    draft.add({
      do: 'deleteBranch',
      branch,
      ...(draft.works.some((work) => work.do === 'hook') ? { leaveTo } : {}),
      force: options.forceDelete || options.squash || (await unknowing(draft, branch, mergedInto)),
    });
    draft.summary.push(`'${branch}' has been locally deleted`);
  }
  if (!remote) draft.forgetBase(branch);
}

/**
 * `git branch -d` asks the upstream, where there is one that stays, or else HEAD, and may not see that the branch was
 * merged elsewhere. We know that it will be by then.
 */
async function unknowing(draft: Draft, branch: string, mergedInto: string[]): Promise<boolean> {
  const tip = draft.local(branch);
  const upstream = draft.remote(branch);
  if (tip === undefined) return false;
  if (draft.head === undefined || !mergedInto.includes(draft.head)) return true;
  const deleted = draft.works.some((work) => work.do === 'deleteRemoteBranch');
  return upstream !== undefined && !deleted && !(await draft.graph.contains(upstream, tip));
}

/** One push of all of it: the remote takes everything, or nothing. */
export function pushTogether(draft: Draft, branches: readonly string[], tag?: string): void {
  const names = [...branches, ...(tag === undefined ? [] : [tag])];
  if (names.length === 0) return;
  const refspecs = [
    ...branches.map((branch) => `refs/heads/${branch}`),
    ...(tag === undefined ? [] : [`refs/tags/${tag}`]),
  ];
  draft.add({
    do: 'push',
    remote: draft.config.origin,
    refspecs,
    upstream: false,
    what: formatNames(names, names.length),
    ...(names.length > 1 ? { atomic: true } : {}),
  });
}
