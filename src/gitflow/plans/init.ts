/** Setting a repository up for git-flow. */
import { join } from 'node:path';
import { defaultPrefixes, keys, notInitialised } from '../model/config';
import type { Configuration, InitRequest, Planned, Work } from '../model/model';
import { branchKinds } from '../model/model';
import { planInitPreset } from './general/init-preset';
import { readConfigFile } from '../read/snapshot';
import type { PlanContext } from './draft';
import { Draft } from './draft';

export async function planInit(context: PlanContext, request: InitRequest): Promise<Planned> {
  const { preset } = request;
  const scope = scopeOf(request);
  const planned =
    preset === undefined ? planLocally(context, request) : planInitPreset(context, { ...request, preset }, scope);
  const plan = planned.ok ? planned.plan : planned.meanwhile;
  if (plan && isElsewhere(scope)) {
    const written = new Set(plan.steps.flatMap(({ work }) => (work.do === 'setConfig' ? [work.key] : [])));
    const file = await readConfigFile(context.git, scope);
    plan.observed.elsewhere = {
      scope,
      exists: file !== undefined,
      config: [...written].map((key) => [
        key,
        (file ?? []).flatMap((entry) => (entry.key === key ? [entry.value] : [])),
      ]),
    };
  }
  return planned;
}

/** What a repository is without set-up says nothing of Gitflow's branches, but what is configured of one does. */
function gitflowsOwn(config: Configuration): Configuration {
  if (config.flavour !== 'none') return config;
  return { ...config, main: config.get(keys.main) ?? '', develop: config.get(keys.develop) ?? '' };
}

/** The file is not the repository's. */
function isElsewhere(scope: readonly string[]): boolean {
  return scope.length > 0 && scope[0] !== '--local';
}

function planLocally(context: PlanContext, request: InitRequest): Planned {
  const draft = new Draft(context);
  const { snapshot } = draft;
  const config = gitflowsOwn(draft.config);
  const force = request.force === true;
  if (config.flavour === 'next') {
    draft.refuse(
      'read-only-configuration',
      'git-flow-next keeps the configuration of this repository. Change it with its own command.',
    );
    return draft.done('', request);
  }
  if (context.places.bare) draft.refuse('bare', 'This repository has no work tree. Use a clone of it.');
  if (config.flag('user.useconfigonly') && !(config.get('user.name') && config.get('user.email'))) {
    draft.refuse(
      'bad-option',
      "'user.useConfigOnly' is set but no name or no e-mail address. Set 'user.name' and 'user.email' first.",
    );
  }
  if (snapshot.commit !== undefined) draft.clean();
  if (!draft.open) return draft.done('', request);
  if (!force && notInitialised(config, (name) => draft.local(name) !== undefined) === undefined) {
    draft.summary.push('Already initialized for gitflow.');
    return draft.done('Initialise git-flow', request);
  }

  const names = [...snapshot.refs.keys()]
    .filter((ref) => ref.startsWith('refs/heads/'))
    .map((ref) => ref.slice('refs/heads/'.length));
  const scope = scopeOf(request);
  const main = chooseMain(draft, request, names);
  if (!draft.open) return draft.done('', request);
  const develop = chooseDevelop(draft, request, names, main);
  if (!draft.open) {
    const half: Work[] = [{ do: 'setConfig', key: keys.main, value: main.name, scope }];
    return draft.done('Initialise git-flow', request, {}, half);
  }

  const set = (key: string, value: string): void => draft.add({ do: 'setConfig', key, value, scope });
  if (force || !(config.main !== '' && draft.local(config.main) !== undefined)) set(keys.main, main.name);
  if (force || !(config.develop !== '' && draft.local(config.develop) !== undefined)) set(keys.develop, develop.name);
  createBranches(draft, request, main, develop);
  for (const kind of branchKinds) {
    if (force || config.prefixes[kind] === undefined) {
      set(
        keys.prefix(kind),
        request.prefixes?.[kind] ?? sharedValue(draft, keys.prefix(kind)) ?? defaultPrefixes[kind],
      );
    }
  }
  if (force || config.versionTagPrefix === undefined) {
    set(keys.versionTag, request.versionTagPrefix ?? sharedValue(draft, keys.versionTag) ?? '');
  }
  if (force || config.hooksPath === undefined) {
    set(
      keys.hooks,
      request.hooksPath ?? config.hooksPath ?? config.get('core.hookspath') ?? join(context.places.gitDir, 'hooks'),
    );
  }
  draft.summary.push(`Production is '${main.name}', the next release is integrated on '${develop.name}'`);
  return draft.done('Initialise git-flow', { ...request, main: main.name, develop: develop.name });
}

interface Choice {
  name: string;
  /** The remote's branch that it is created from. */
  theirs?: string | undefined;
}

function chooseMain(draft: Draft, request: InitRequest, names: string[]): Choice {
  const config = gitflowsOwn(draft.config);
  const existing = (guesses: string[]): string | undefined => guesses.find((guess) => names.includes(guess));
  if (!request.force && request.main === undefined && names.includes(config.main)) return { name: config.main };
  const name = request.main ?? (existing([config.main, 'production', 'main', 'master']) || config.main || 'master');
  if (names.length === 0 || names.includes(name)) return { name };
  const theirs = remoteBranch(draft, name);
  if (theirs !== undefined) return { name, theirs };
  draft.refuse('no-branch', `Local branch '${name}' does not exist. Create it, or name another production branch.`);
  return { name };
}

function chooseDevelop(draft: Draft, request: InitRequest, names: string[], main: Choice): Choice {
  const config = gitflowsOwn(draft.config);
  if (!request.force && request.develop === undefined && names.includes(config.develop)) {
    return { name: config.develop };
  }
  const others = names.filter((name) => name !== main.name);
  const found = [config.develop, 'develop', 'int', 'integration', 'master'].find((guess) => others.includes(guess));
  const name = request.develop ?? (found || config.develop || 'develop');
  const remote = request.createDevelop ? config.origin : undefined;
  const choice = { name, theirs: names.includes(name) ? undefined : remoteBranch(draft, name, remote) };
  if (name === main.name) {
    draft.refuse('bad-option', 'Production and integration branches should differ. Name another one.');
  } else if (others.length > 0 && !others.includes(name) && !request.createDevelop) {
    draft.refuse(
      'no-branch',
      `Local branch '${name}' does not exist. Create it, or name another branch for the next release.`,
    );
  }
  return choice;
}

/** git-flow looks at `origin` here, whatever `gitflow.origin` is. */
function remoteBranch(draft: Draft, name: string, remote = 'origin'): string | undefined {
  const ref = `refs/remotes/${remote}/${name}`;
  return draft.snapshot.refs.has(ref) ? ref : undefined;
}

function createBranches(draft: Draft, request: InitRequest, main: Choice, develop: Choice): void {
  let created = false;
  const create = (branch: string, start: string, track: boolean): void =>
    draft.add({ do: 'createBranch', branch, start, checkout: false, track });
  if (main.theirs !== undefined) create(main.name, main.theirs, true);
  if (draft.snapshot.commit === undefined && draft.local(main.name) === undefined && main.theirs === undefined) {
    draft.add({ do: 'firstCommit', branch: main.name, message: 'Initial commit' });
    created = true;
  }
  if (draft.local(develop.name) === undefined) {
    if (develop.theirs !== undefined) create(develop.name, develop.theirs, true);
    else create(develop.name, `refs/heads/${main.name}`, false);
    created ||= !request.createDevelop;
  }
  if (created) {
    draft.free(develop.name);
    draft.add({ do: 'checkout', branch: develop.name });
  }
}

/** What the user or the machine has as a default. The repository's own value is what is being set anew. */
function sharedValue(draft: Draft, key: string): string | undefined {
  const entries = draft.snapshot.entries.filter((entry) => entry.key === key);
  const of = (scope: string): string | undefined => entries.findLast((entry) => entry.scope === scope)?.value;
  return of('system') ?? of('global');
}

function scopeOf({ scope }: InitRequest): string[] {
  if (scope === undefined) return [];
  return typeof scope === 'string' ? [`--${scope}`] : ['--file', scope.file];
}
