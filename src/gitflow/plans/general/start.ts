/** Starting a branch of any model's type. */
import { keys } from '../../model/config';
import type { Planned, StartRequest } from '../../model/model';
import type { TopicType } from '../../model/branching';
import { topicNamed, versionTag, withoutTagPrefix } from '../../model/branching';
import { badName } from '../../git/ref-format';
import { bumpedFiles } from '../bump';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';
import { hookEnvironment } from './hooks';
import { hasRemote } from './options';

export async function planStartTyped(context: PlanContext, request: StartRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const type = topicNamed(draft.config.model, kind);
  if (type === undefined) return draft.done('', request);
  const name = await filteredName(draft, type, request.name);
  if (name === '') draft.refuse('no-name', `Missing argument <${type.tag ? 'version' : 'name'}>`);
  if (draft.snapshot.commit === undefined) draft.refuse('unborn', 'There is no commit yet. Make one first.');
  if (!draft.open) return draft.done('', request);

  for (const code of ['exists', 'tag-exists'] as const) draft.afterFetch.add(code);
  const branch = `${type.prefix}${name}`;
  const base = request.base ?? type.startPoint;
  const bad = await badName(context.git, branch);
  if (bad !== undefined) draft.refuse('bad-name', bad);
  // Files that the version goes into must not have other changes; without it they are carried along.
  if (request.bump || request.stash) draft.clean(request.stash);
  if (draft.config.model.bases.some((stays) => stays.name === branch)) {
    draft.refuse('exists', `'${branch}' is a base branch of this repository. Pick another name.`);
  }
  draft.absent(branch);
  const taken = type.tag ? draft.inTheWay('refs/tags/', versionTag(type.tagPrefix, name)) : undefined;
  if (taken !== undefined) draft.refuse('tag-exists', `Tag '${taken}' already exists. Pick another name.`);
  // Without being asked to, an unreachable remote is no reason not to start.
  const asked = request.fetch ?? draft.config.flag(`gitflow.${kind}.start.fetch`);
  if (hasRemote(draft) && asked !== false && draft.remote(base) !== undefined)
    draft.fetch([base], true, asked === undefined);
  const start = await startOf(draft, base);
  const version = withoutTagPrefix(type.tagPrefix, name);
  const files = start === undefined ? [] : await bumpedFiles(draft, request, start, version);
  if (!draft.open || start === undefined) return draft.done('', request);

  const words = [name, draft.config.origin, branch, base];
  const env = hookEnvironment(draft, type, { branch, name, base });
  draft.hook(`pre-flow-${kind}-start`, words, env);
  if (draft.config.flavour === 'next')
    draft.add({ do: 'setConfig', key: keys.base(branch), value: base, scope: ['--local'] });
  // Its upstream is the branch of its own name, once it is published.
  draft.add({ do: 'createBranch', branch, start, checkout: true, track: false });
  if (files.length > 0) draft.add({ do: 'bump', branch, version, files, message: `Set version to ${version}` });
  draft.hook(`post-flow-${kind}-start`, words, { ...env, EXIT_CODE: '0' });
  draft.summary.push(`A new branch '${branch}' was created, based on '${base}'`);
  return draft.done(`Start ${kind} ${name}`, { ...request, name, base }, { branch });
}

/** The name, after the filter of a type that makes versions. */
async function filteredName(draft: Draft, { name: kind, tag }: TopicType, name: string): Promise<string> {
  const filtered = tag
    ? await draft.context.hooks.filter(`${kind}-start-version`, name === '' ? [] : [name])
    : undefined;
  if (filtered === undefined) return name;
  if (filtered.refused) draft.refuse('hook', filtered.value || `The filter of ${kind} versions refused '${name}'.`);
  return filtered.value || name;
}

/** What the branch is created from: a branch, the remote's where that is further, or any other commit. */
async function startOf(draft: Draft, base: string): Promise<string | undefined> {
  const mine = draft.local(base);
  const theirs = draft.remote(base);
  const here = `refs/heads/${base}`;
  if (mine !== undefined) draft.watch(here);
  if (theirs !== undefined) draft.watch(draft.remoteRef(base));
  if (mine !== undefined && theirs !== undefined) {
    const standing = await draft.graph.standing(mine, theirs);
    if (standing === 'diverged') await draft.notBehind(base);
    return standing === 'behind' ? draft.remoteRef(base) : here;
  }
  if (mine !== undefined) return here;
  if (theirs !== undefined) return draft.remoteRef(base);
  const commit = base === '' ? undefined : await draft.graph.commit(base);
  if (commit === undefined) draft.refuse('no-base', `'${base}' does not exist and is required. Name another base.`);
  return commit;
}
