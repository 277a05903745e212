/** The `gitflow.*` keys, as git-flow writes them. */
import type { BranchKind, Configuration } from './model';
import { branchKinds } from './model';

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

/** The prefixes that `init -d` sets. */
export const defaultPrefixes: Record<BranchKind, string> = {
  feature: 'feature/',
  bugfix: 'bugfix/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

const yes = /^(true|yes|on|-?[1-9]\d*)$/i;
const no = /^(false|no|off|0|)$/i;

/** Makes a configuration of the entries; later entries win, as in git. */
export function configurationFrom(entries: readonly ConfigEntry[]): Configuration {
  const values = new Map<string, string>();
  const bases = new Map<string, string>();
  let branchPrefix = false;
  for (const { key, value, scope } of entries) {
    values.set(key, value);
    branchPrefix ||= key.startsWith('gitflow.prefix.');
    const branch = /^gitflow\.branch\.(.+)\.base$/s.exec(key)?.[1];
    if (branch !== undefined && (scope === 'local' || scope === 'worktree')) bases.set(branch, value);
  }
  const get = (key: string): string | undefined => values.get(key);
  const flag = (key: string): boolean | undefined => {
    const value = values.get(key);
    if (value === undefined || !(yes.test(value) || no.test(value))) return undefined;
    return yes.test(value);
  };
  const next = values.has('gitflow.version') || values.has('gitflow.initialized');
  const main = get(keys.main) ?? '';
  return {
    flavour: next ? 'next' : main !== '' || branchPrefix ? 'avh' : 'none',
    ...(next ? nextBranches(values) : { main, develop: get(keys.develop) ?? '', prefixes: prefixesFrom(get) }),
    versionTagPrefix: get(keys.versionTag) ?? (next ? nextTagPrefix(values) : undefined),
    origin: get(keys.origin) ?? 'origin',
    hooksPath: get(keys.hooks),
    allowDirty: flag('gitflow.allowdirty') === true,
    multiHotfix: flag('gitflow.multi-hotfix') === true,
    bases,
    get,
    flag,
  };
}

function prefixesFrom(get: Configuration['get']): Record<BranchKind, string | undefined> {
  const prefixes: Partial<Record<BranchKind, string | undefined>> = {};
  for (const kind of branchKinds) prefixes[kind] = get(keys.prefix(kind));
  return prefixes as Record<BranchKind, string | undefined>;
}

/**
 * git-flow-next describes each branch in a section `gitflow.branch.<name>`: `type` is `base` or `topic`; a topic has a
 * `prefix`; of the base branches the one without a parent is production.
 */
function nextBranches(values: ReadonlyMap<string, string>): Pick<Configuration, 'main' | 'develop' | 'prefixes'> {
  const named = (name: string, what: string): string | undefined => values.get(`gitflow.branch.${name}.${what}`);
  const names = new Set<string>();
  for (const key of values.keys()) {
    const name = /^gitflow\.branch\.(.+)\.type$/s.exec(key)?.[1];
    if (name !== undefined) names.add(name);
  }
  const bases = [...names].filter((name) => named(name, 'type') === 'base');
  const main = bases.find((name) => !named(name, 'parent')) ?? values.get(keys.main) ?? '';
  const develop = bases.find((name) => named(name, 'parent') === main) ?? values.get(keys.develop) ?? '';
  const get = (key: string): string | undefined => values.get(key);
  const prefixes = prefixesFrom(get);
  for (const kind of branchKinds) prefixes[kind] = named(kind, 'prefix') ?? prefixes[kind];
  return { main, develop, prefixes };
}

function nextTagPrefix(values: ReadonlyMap<string, string>): string {
  return values.get('gitflow.branch.release.tagprefix') ?? values.get('gitflow.branch.hotfix.tagprefix') ?? '';
}

/** Why the repository is not set up for git-flow, or undefined: both branches set, existing, different; a prefix set. */
export function notInitialised(config: Configuration, hasBranch: (name: string) => boolean): string | undefined {
  const complete =
    config.main !== '' &&
    config.develop !== '' &&
    config.main !== config.develop &&
    hasBranch(config.main) &&
    hasBranch(config.develop) &&
    branchKinds.some((kind) => config.prefixes[kind] !== undefined);
  if (!complete) return "Not a gitflow-enabled repo yet. Please run 'git flow init' first.";
  if (config.versionTagPrefix === undefined) return "Version tag not set. Please run 'git flow init'.";
  return undefined;
}
