/** What finishing a topic and integrating a base branch have in common. */
import { followersOf } from '../../model/branching';
import type { Draft } from '../draft';
import type { Flags, MergeOptions } from './options';

/** A branch on its way into its parent. */
export interface Into {
  draft: Draft;
  branch: string;
  parent: string;
  /** The branch's name without its prefix. */
  name: string;
  asked: TagAsked;
  options: MergeOptions;
}

/** What can be asked of a tag. */
export interface TagAsked {
  message?: string;
  messageFile?: string;
  sign?: boolean;
  signingKey?: string;
}

/** The parent and the branches that follow it are here, and not apart from the remote's. */
export async function checkBases({ draft, parent, options, branch }: Into): Promise<void> {
  const { model, origin } = draft.config;
  const bases = [parent, ...followersOf(model, parent).map(({ name }) => name)].filter((name) => name !== branch);
  if (options.fetch)
    draft.fetch(
      bases.filter((name) => draft.remote(name) !== undefined),
      true,
    );
  for (const name of bases) {
    if (draft.local(name) === undefined) {
      const how = draft.remote(name) === undefined ? 'Create it' : `Check it out from '${origin}'`;
      draft.refuse('no-base', `The base branch '${name}' does not exist here. ${how} first.`);
      continue;
    }
    draft.free(name);
    // One that is only behind is fast-forwarded as part of the plan.
    if (!(await isBehind(draft, name))) await draft.notBehind(name);
  }
  const tip = draft.local(branch);
  const target = draft.local(parent);
  if (tip === undefined || target === undefined || !draft.open) return;
  const onto = (await isBehind(draft, parent)) ? (draft.remote(parent) ?? target) : target;
  if (options.fastForward === 'only' && !(await draft.graph.contains(tip, onto))) {
    draft.refuse(
      'diverged',
      `'${parent}' has commits that '${branch}' lacks, so it cannot be fast-forwarded. Update '${branch}', test it, then finish it.`,
    );
  }
}

async function isBehind(draft: Draft, name: string): Promise<boolean> {
  const mine = draft.local(name);
  const theirs = draft.remote(name);
  return mine !== undefined && theirs !== undefined && (await draft.graph.standing(mine, theirs)) === 'behind';
}

/** Brings a base branch up to the remote's, where it is behind. Answers where it will be. */
async function forward(draft: Draft, name: string): Promise<string | undefined> {
  if (!(await isBehind(draft, name))) return draft.local(name);
  draft.add({ do: 'merge', into: name, source: draft.remoteRef(name), fastForward: 'only' });
  return draft.remote(name);
}

/** A tag of this name may only be there from an earlier run of the same finish. */
export async function checkTag({ draft, branch }: Into, tag: string): Promise<void> {
  const clash = draft.inTheWay('refs/tags/', tag);
  if (clash === undefined || draft.context.evidence?.tags.has(tag)) return;
  const merged = clash === tag ? await draft.graph.commit(`refs/tags/${tag}^2`) : undefined;
  if (merged !== undefined && merged === draft.local(branch)) return;
  draft.refuse(
    'tag-elsewhere',
    clash === tag
      ? `Tag '${tag}' already exists and was not made for '${branch}'. Pick another tag name.`
      : `Git cannot have a tag '${tag}' beside the tag '${clash}'. Pick another tag name.`,
  );
}

/** Merges, rebases or squashes, unless an earlier run has. */
export async function mergeIntoParent({ draft, branch, parent, options }: Into): Promise<void> {
  const tip = draft.local(branch);
  const target = await forward(draft, parent);
  if (tip === undefined || target === undefined) return;
  const hooked = draft.works.some((work) => work.do === 'hook');
  const done = (await draft.graph.contains(target, tip)) && !hooked;
  if (done || (options.strategy === 'squash' && draft.context.evidence?.squashed.has(parent))) {
    if (draft.head !== parent) draft.add({ do: 'checkout', branch: parent });
    return;
  }
  const source = draft.mergeName(branch);
  const noVerify = options.noVerify ? { noVerify: true } : {};
  if (options.strategy === 'squash') {
    draft.add({ do: 'squash', into: parent, source, mayBeEmpty: true, ...noVerify });
    return;
  }
  // Where only a fast-forward will do the branch stays as it was tested.
  if (options.strategy === 'rebase' && options.fastForward !== 'only') {
    draft.add({ do: 'rebase', branch, onto: parent, mode: options.rebaseMerges ? 'merges' : 'plain' });
  }
  draft.add({ do: 'merge', into: parent, source, fastForward: options.fastForward, ...noVerify });
}

/** Tags the parent, unless an earlier run has. */
export async function tagParent(
  { draft, parent, asked }: Into,
  flags: Flags,
  kind: string,
  tag: string,
): Promise<void> {
  draft.summary.push(`'${parent}' was tagged '${tag}'`);
  if (draft.hasTag(tag)) return;
  const signingKey = flags.text(asked.signingKey, 'signingkey');
  const messageFile = flags.text(asked.messageFile, 'messagefile');
  if (asked.message !== undefined && asked.messageFile !== undefined) {
    draft.refuse('bad-option', 'Use either a message or a message file for the tag, not both.');
  }
  const file = asked.message === undefined ? messageFile : undefined;
  const filter = draft.context.hooks.find(`filter-flow-${kind}-finish-tag-message`);
  draft.add({
    do: 'tag',
    tag,
    on: parent,
    ...(file === undefined ? { message: asked.message || `Release ${tag}` } : { messageFile: file }),
    ...(filter === undefined || file !== undefined ? {} : { filter }),
    sign: signingKey !== undefined || flags.flag(asked.sign, 'sign'),
    ...(signingKey === undefined ? {} : { signingKey }),
  });
}

/** Brings the branches that follow the parent up to it. */
export async function bringUpToDate({ draft, parent, branch }: Into, tag?: string): Promise<void> {
  const source = draft.local(parent);
  for (const { name, downstream } of followersOf(draft.config.model, parent)) {
    const target = await forward(draft, name);
    const moves = draft.works.some((work) => (work.do === 'merge' || work.do === 'squash') && work.into === parent);
    if (source === undefined || target === undefined) continue;
    if (!moves && (await draft.graph.contains(target, source))) continue;
    if (downstream === 'rebase') {
      draft.add({ do: 'rebase', branch: name, onto: parent, mode: 'plain' });
      draft.warnings.push(`'${name}' is rebased onto '${parent}': whoever has it needs to get it anew.`);
    } else if (downstream === 'squash') {
      draft.add({ do: 'squash', into: name, source: draft.mergeName(parent), mayBeEmpty: true });
    } else if (name === branch) {
      draft.add({ do: 'merge', into: name, source: draft.mergeName(parent), fastForward: 'allowed' });
    } else {
      draft.add({ do: 'merge', into: name, source: sourceOf(draft, parent, tag), fastForward: 'never' });
    }
    draft.summary.push(`'${name}' was brought up to '${parent}'`);
  }
}

/** The tag where there is one, so that `git describe` finds it and the message names the version. */
function sourceOf(draft: Draft, parent: string, tag: string | undefined): string {
  return tag === undefined ? draft.mergeName(parent) : draft.tagMergeName(tag);
}

/** Pushes what has moved, and the tag. */
export function pushAll({ draft, parent, options }: Into, tag: string | undefined): void {
  const { model, origin } = draft.config;
  const branches = options.push ? [parent, ...followersOf(model, parent).map(({ name }) => name)] : [];
  const what = [...branches, ...(tag !== undefined && options.pushTag ? [tag] : [])];
  if (what.length === 0) return;
  if (!draft.snapshot.remotes.includes(origin)) {
    draft.refuse(
      'no-remote',
      `There is no remote '${origin}' to push to. Add it with 'git remote add ${origin} <url>', or finish without pushing.`,
    );
    return;
  }
  const refspecs = what.map((name) => (name === tag ? `refs/tags/${name}` : `refs/heads/${name}`));
  draft.add({ do: 'push', remote: origin, refspecs, upstream: false, what: what.join(', '), atomic: true });
  draft.summary.push(
    `${what.map((name) => `'${name}'`).join(', ')} ${what.length === 1 ? 'was' : 'were'} pushed to '${origin}'`,
  );
}
