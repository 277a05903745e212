/** Starting a branch. */
import { keys } from '../model/config';
import { versionTag, withoutTagPrefix } from '../model/branching';
import type { Planned, StartRequest } from '../model/model';
import { fullName } from '../model/names';
import { badName } from '../git/ref-format';
import { bumpedFiles } from './bump';
import type { PlanContext } from './draft';
import { Draft } from './draft';

export async function planStart(context: PlanContext, request: StartRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const { config } = draft;
  const versioned = kind === 'release' || kind === 'hotfix';

  const name = await filteredName(draft, request);
  if (name === '')
    draft.refuse('no-name', `Missing argument <${versioned || kind === 'support' ? 'version' : 'name'}>`);
  const base = request.base ?? (kind === 'hotfix' ? config.main : kind === 'support' ? '' : config.develop);
  if (base === '') draft.refuse('no-base', 'Missing argument <base>');
  if (!draft.open) return draft.done('', request);

  const branch = fullName(config, kind, name);
  // A release is checked before its base is fetched, all others after it.
  if (kind !== 'release')
    for (const code of ['exists', 'tag-exists', 'another-open'] as const) draft.afterFetch.add(code);
  const bad = await badName(context.git, branch);
  if (bad !== undefined) draft.refuse('bad-name', bad);
  // A feature carries uncommitted changes with it, as `git checkout -b` does.
  if (versioned || kind === 'support') {
    if (!config.allowDirty) draft.clean(request.stash);
  }
  const start = await checkBase(draft, request, base);
  if (kind === 'release' || (kind === 'hotfix' && !config.multiHotfix)) onlyOne(draft, kind);
  draft.absent(branch);
  const tag = versionTag(config.versionTagPrefix ?? '', name);
  const taken = versioned ? draft.inTheWay('refs/tags/', tag) : undefined;
  if (taken !== undefined) draft.refuse('tag-exists', `Tag '${taken}' already exists. Pick another name.`);

  if (draft.flag(request.fetch, kind, 'start', 'fetch') && start !== undefined) draft.fetchKnown(base);
  if (kind !== 'support') await draft.notBehind(base);
  const version = withoutTagPrefix(config.versionTagPrefix ?? '', name);
  const files = start === undefined ? [] : await bumpedFiles(draft, request, start, version);
  if (!draft.open || start === undefined) return draft.done('', request);

  const words = [versioned ? tag : name, config.origin, branch, base];
  if (kind !== 'support') {
    draft.hook(`pre-flow-${kind}-start`, words);
    if (config.flavour !== 'next')
      draft.add({ do: 'setConfig', key: keys.base(branch), value: base, scope: ['--local'] });
  }
  draft.add({ do: 'createBranch', branch, start, checkout: true, track: true });
  if (files.length > 0) draft.add({ do: 'bump', branch, version, files, message: `Set version to ${version}` });
  if (kind !== 'support') draft.hook(`post-flow-${kind}-start`, words);
  draft.summary.push(`A new branch '${branch}' was created, based on '${base}'`);
  return draft.done(`Start ${kind} ${name}`, { ...request, name, base }, { branch });
}

/** The name, after the filter for versions. */
async function filteredName(draft: Draft, { kind, name }: StartRequest): Promise<string> {
  if (kind !== 'release' && kind !== 'hotfix') return name;
  const filtered = await draft.context.hooks.filter(`${kind}-start-version`, name === '' ? [] : [name]);
  if (filtered === undefined) return name;
  if (filtered.refused) draft.refuse('hook', filtered.value || `The filter of ${kind} versions refused '${name}'.`);
  return filtered.value;
}

/** Checks the base; answers what the branch is created from. */
async function checkBase(draft: Draft, { kind }: StartRequest, base: string): Promise<string | undefined> {
  const { config, graph } = draft;
  if (kind !== 'support') {
    if (draft.local(base) === undefined) {
      draft.refuse('no-base', `Base '${base}' needs to be a branch. It does not exist and is required.`);
      return undefined;
    }
    draft.watch(`refs/heads/${base}`);
    return `refs/heads/${base}`;
  }
  const commit = await graph.commit(base);
  const main = draft.local(config.main);
  if (commit === undefined || main === undefined || !(await graph.contains(main, commit))) {
    draft.refuse('no-base', `Given base '${base}' is not a valid commit on '${config.main}'.`);
    return undefined;
  }
  return draft.local(base) === undefined ? base : `refs/heads/${base}`;
}

function onlyOne(draft: Draft, kind: 'release' | 'hotfix'): void {
  if (!draft.config.prefixes[kind]) return;
  const prefix = `refs/heads/${draft.config.prefixes[kind]}`;
  // As git-flow counts them: a name with a further `/` is not seen.
  const open = [...draft.snapshot.refs.keys()].find(
    (ref) => ref.startsWith(prefix) && !ref.slice(prefix.length).includes('/'),
  );
  if (open !== undefined) {
    const name = open.slice(prefix.length);
    draft.refuse('another-open', `There is an existing ${kind} branch '${name}'. Finish that one first.`);
  }
}
