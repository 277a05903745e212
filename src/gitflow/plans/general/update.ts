/** Bringing a topic, or a base branch, up to its parent. */
import type { Planned, UpdateRequest } from '../../model/model';
import type { Strategy } from '../../model/branching';
import { baseNamed, problemsAbout, topicNamed } from '../../model/branching';
import { baseOf } from '../../model/names';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';
import { hookEnvironment } from './hooks';
import { hasRemote } from './options';

export async function planUpdateTyped(context: PlanContext, request: UpdateRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  const { model } = draft.config;
  const ofBase = kind === 'base';
  if (!draft.initialised(ofBase ? undefined : kind)) return draft.done('', request);
  const type = topicNamed(model, kind);
  const branch = ofBase ? (request.name ?? draft.snapshot.branch ?? '') : draft.topic(kind, request.name);
  if (branch === undefined) return draft.done('', request);
  const base = ofBase ? baseNamed(model, branch) : type;
  if (base?.parent === undefined) {
    draft.refuse('not-on-such-a-branch', `'${branch}' has no parent that it could be brought up to.`);
    return draft.done('', request);
  }
  for (const { message } of problemsAbout(model, base.name)) draft.refuse('bad-option', message);
  const parent = baseOf(draft.config, branch, ofBase ? undefined : kind);
  const how = waysOf(draft, request, base.downstream, base.name);
  if (!(how === 'rebase' && draft.config.flag('rebase.autostash'))) draft.clean(request.stash);
  draft.exists(branch);
  draft.free(branch);
  if (draft.local(parent) === undefined) {
    draft.refuse('no-base', `The base branch '${parent}' does not exist here. Create it, or check it out, first.`);
  }
  if (request.fetch && hasRemote(draft) && draft.remote(parent) !== undefined) draft.fetch([parent], true);
  const mine = draft.local(parent);
  const theirs = draft.remote(parent);
  if (mine === undefined || !draft.open) return draft.done('', request);
  const standing = theirs === undefined ? 'equal' : await draft.graph.standing(mine, theirs);
  if (standing === 'diverged') await draft.notBehind(parent);
  // What is new is on the remote where the branch here is behind.
  const source = standing === 'behind' ? draft.remoteRef(parent) : parent;
  if (!draft.open) return draft.done('', request);

  draft.watch(`refs/heads/${parent}`);
  const name = ofBase ? branch : draft.bare(kind, branch);
  const words = [name, draft.config.origin, branch, parent];
  const env = type === undefined ? undefined : hookEnvironment(draft, type, { branch, name, base: parent });
  if (type !== undefined) draft.hook(`pre-flow-${kind}-update`, words, env);
  if (how === 'rebase') {
    draft.add({ do: 'rebase', branch, onto: source, mode: request.rebaseMerges ? 'merges' : 'plain' });
  } else if (how === 'squash') {
    draft.add({ do: 'squash', into: branch, source: shortest(draft, source), mayBeEmpty: true });
  } else {
    const fastForward = draft.config.flavour === 'next' && !ofBase ? 'never' : 'allowed';
    draft.add({ do: 'merge', into: branch, source: shortest(draft, source), fastForward });
  }
  if (type !== undefined) draft.hook(`post-flow-${kind}-update`, words, { ...env, EXIT_CODE: '0' });
  draft.summary.push(`'${branch}' was brought up to '${parent}' by a ${how}`);
  return draft.done(`Update ${ofBase ? branch : `${kind} ${name}`} from ${parent}`, { ...request, name }, { branch });
}

function shortest(draft: Draft, source: string): string {
  return source.startsWith('refs/') ? source : draft.mergeName(source);
}

/** What is asked, else what the model says. */
function waysOf(draft: Draft, { how }: UpdateRequest, downstream: Strategy, name: string): Exclude<Strategy, 'none'> {
  if (how !== undefined) return how;
  if (downstream !== 'none') return downstream;
  draft.refuse('bad-option', `'gitflow.branch.${name}.downstreamStrategy' is none: ask for a merge or a rebase.`);
  return 'merge';
}
