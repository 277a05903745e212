/** The `gitflow.*` keys, as git-flow writes them. */
import type { BranchKind, Configuration, GitflowKind } from './model';
import { branchKinds } from './model';
import { avhModel } from './avh';
import type { BranchingModel } from './branching';
import { problemsAbout } from './branching';
import { nextModel } from './next';
import type { PlainLook } from './plain';
import { plainModel } from './plain';

/** One entry of `git config --list --show-scope -z`. */
export interface ConfigEntry {
  scope: string;
  /** Section and name in lower case, the subsection as it is written. */
  key: string;
  value: string;
}

/** Reads what `git config --list --show-scope -z` prints. */
export function parseConfig(output: string): ConfigEntry[] {
  const fields = output.split('\0');
  const entries: ConfigEntry[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const pair = fields[i + 1] ?? '';
    const end = pair.indexOf('\n');
    // A key without `=` is a boolean that is true.
    entries.push({
      scope: fields[i] ?? '',
      key: end < 0 ? pair : pair.slice(0, end),
      value: end < 0 ? 'true' : pair.slice(end + 1),
    });
  }
  return entries;
}

/** The names of the keys of `gitflow`. */
export const keys = {
  main: 'gitflow.branch.master',
  develop: 'gitflow.branch.develop',
  versionTag: 'gitflow.prefix.versiontag',
  origin: 'gitflow.origin',
  hooks: 'gitflow.path.hooks',
  prefix: (kind: BranchKind): string => `gitflow.prefix.${kind}`,
  section: (branch: string): string => `gitflow.branch.${branch}`,
  base: (branch: string): string => `gitflow.branch.${branch}.base`,
} as const;

/** Our own key: its value `plain` says that the repository shall stay without a branching model. */
export const keptPlain = 'mlops-flow.model';

/** The prefixes that `init -d` sets. */
export const defaultPrefixes: Record<GitflowKind, string> = {
  feature: 'feature/',
  bugfix: 'bugfix/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

const yes = /^(true|yes|on|-?[1-9]\d*)$/i;
const no = /^(false|no|off|0|)$/i;

/**
 * Makes a configuration of the entries; later entries win, as in git. `look` tells of the branches where nothing is
 * configured: without it such a repository has no model.
 */
export function configurationFrom(entries: readonly ConfigEntry[], look?: PlainLook): Configuration {
  const values = new Map<string, string>();
  const bases = new Map<string, string>();
  for (const { key, value, scope } of entries) {
    values.set(key, value);
    const branch = /^gitflow\.branch\.(.+)\.base$/s.exec(key)?.[1];
    if (branch !== undefined && (scope === 'local' || scope === 'worktree')) bases.set(branch, value);
  }
  const get = (key: string): string | undefined => values.get(key);
  const flag = (key: string): boolean | undefined => {
    const value = values.get(key);
    if (value === undefined || !(yes.test(value) || no.test(value))) return undefined;
    return yes.test(value);
  };
  const flavour = flavourOf(entries);
  return {
    flavour,
    ...(flavour === 'next' ? ofNext(values) : flavour === 'avh' ? ofAvh(get) : ofPlain(get, look)),
    origin: remoteOf(entries, flavour),
    hooksPath: get(keys.hooks),
    allowDirty: flag('gitflow.allowdirty') === true,
    multiHotfix: flag('gitflow.multi-hotfix') === true,
    bases,
    get,
    flag,
  };
}

type Branches = Pick<Configuration, 'main' | 'develop' | 'prefixes' | 'versionTagPrefix' | 'model'>;

/** Whose configuration it is. git-flow-next's own keys go before those of git-flow, which it reads without them. */
export function flavourOf(entries: readonly ConfigEntry[]): Configuration['flavour'] {
  const some = (test: (entry: ConfigEntry) => boolean): boolean => entries.some(test);
  if (some(({ key }) => key === 'gitflow.version')) return 'next';
  if (entries.findLast(({ key }) => key === keys.main)?.value || some(({ key }) => key.startsWith('gitflow.prefix.')))
    return 'avh';
  const typed = /^gitflow\.branch\..+\.type$/s;
  return some(({ key }) => key === 'gitflow.initialized' || typed.test(key)) ? 'next' : 'none';
}

/** The remote that branches are shared through. Where nothing is set up it is the one that there is. */
export function remoteOf(entries: readonly ConfigEntry[], flavour: Configuration['flavour'] = 'none'): string {
  const last = (key: string): string | undefined => entries.findLast((entry) => entry.key === key)?.value || undefined;
  const named = last(keys.origin) ?? (flavour === 'next' ? last('gitflow.remote') : undefined);
  if (named !== undefined || flavour !== 'none') return named ?? 'origin';
  const remotes = new Set(entries.flatMap(({ key }) => /^remote\.(.+)\.url$/s.exec(key)?.[1] ?? []));
  const [only] = remotes.size === 1 ? remotes : [];
  return last('checkout.defaultremote') ?? (remotes.has('origin') ? 'origin' : only) ?? 'origin';
}

function ofAvh(get: Configuration['get']): Branches {
  const prefixes: Partial<Record<GitflowKind, string | undefined>> = {};
  for (const kind of branchKinds) prefixes[kind] = get(keys.prefix(kind));
  const main = get(keys.main) ?? '';
  const develop = get(keys.develop) ?? '';
  const versionTagPrefix = get(keys.versionTag);
  return {
    main,
    develop,
    prefixes,
    versionTagPrefix,
    model: avhModel({ main, develop, prefixes, tagPrefix: versionTagPrefix ?? '' }),
  };
}

function ofNext(values: ReadonlyMap<string, string>): Branches {
  const model = nextModel(values);
  return ofModel({ ...model, tagPrefix: values.get(keys.versionTag) ?? model.tagPrefix });
}

function ofPlain(get: Configuration['get'], look: PlainLook | undefined): Branches {
  const branches = ofModel(
    look === undefined
      ? { name: 'plain', bases: [], topics: [], tagPrefix: 'v', problems: [] }
      : plainModel(look, get('init.defaultbranch')),
  );
  // git-flow's own commands go by these, and know no other model.
  return { ...branches, versionTagPrefix: undefined };
}

/** What Gitflow's words mean in another model. */
function ofModel(model: BranchingModel): Branches {
  const main = model.bases[0]?.name ?? '';
  const integrates = ({ name, parent }: BranchingModel['bases'][number]): boolean =>
    parent === main && model.topics.some(({ parent: base, startPoint }) => base === name || startPoint === name);
  return {
    main,
    develop: model.bases.find(integrates)?.name ?? '',
    prefixes: Object.fromEntries(model.topics.map(({ name, prefix }) => [name, prefix])),
    versionTagPrefix: model.tagPrefix,
    model,
  };
}

/**
 * Why no branching model is set up, or undefined. git-flow asks for both branches, different and existing, and for a
 * prefix; any other configuration for a base branch that exists, and that all of it is understood.
 */
export function notInitialised(config: Configuration, hasBranch: (name: string) => boolean): string | undefined {
  const { main, develop, prefixes, model } = config;
  if (config.flavour === 'next') {
    const [problem] = problemsAbout(model);
    if (problem) return problem.message;
    if (model.bases.some(({ name }) => hasBranch(name))) return undefined;
    const names = model.bases.map(({ name }) => `'${name}'`).join(', ');
    return `None of the base branches of the configuration exists here: ${names}. Create or check out one first.`;
  }
  const complete =
    config.flavour === 'avh' &&
    main !== '' &&
    develop !== '' &&
    main !== develop &&
    hasBranch(main) &&
    hasBranch(develop) &&
    branchKinds.some((kind) => prefixes[kind] !== undefined);
  if (!complete) return "Not a gitflow-enabled repo yet. Please run 'git flow init' first.";
  if (config.versionTagPrefix === undefined) return "Version tag not set. Please run 'git flow init'.";
  return undefined;
}
