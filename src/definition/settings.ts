/** Which rules apply to a file, and how gravely: settings, file globs, and what the file itself turns off. */
import picomatch from 'picomatch';
import type { Severity } from './diagnostic';
import type { Level, Rule } from './rule';

/** Levels by rule id: `{"sm/param-unused": "off"}`; `*` stands for every rule that is not named. */
export type Levels = Readonly<Record<string, Level | undefined>>;

export interface RuleSettings {
  levels?: Levels;
  /** Levels for the files that match one of the globs (picomatch; matched against the end of the path too). Later ones win. */
  overrides?: readonly { files: readonly string[]; levels: Levels }[];
}

/** Answers the severity of a rule in one file, or undefined where it is off. */
export type SeverityOf = (rule: string) => Severity | undefined;

/** Resolves settings for one file. `ignored` holds rule ids, with or without prefix, or `*`. */
export function severities(
  rules: ReadonlyMap<string, Rule>,
  settings: RuleSettings = {},
  path?: string,
  ignored: readonly string[] = [],
): SeverityOf {
  const layers: Levels[] = settings.levels ? [settings.levels] : [];
  for (const { files, levels } of settings.overrides ?? []) if (path && matches(files, path)) layers.push(levels);
  const off = new Set(ignored);
  const cache = new Map<string, Severity | undefined>();
  const resolve = (id: string): Severity | undefined => {
    if (off.has('*') || off.has(id) || off.has(id.slice(id.indexOf('/') + 1))) return undefined;
    let level = rules.get(id)?.level ?? 'error';
    for (const layer of layers) level = layer[id] ?? layer['*'] ?? level;
    return level === 'off' ? undefined : level;
  };
  return (id) => {
    if (!cache.has(id)) cache.set(id, resolve(id));
    return cache.get(id);
  };
}

function matches(files: readonly string[], path: string): boolean {
  const normal = path.replaceAll('\\', '/');
  return files.some((glob) => picomatch.isMatch(normal, [glob, `**/${glob.replace(/^\.?\//, '')}`], { dot: true }));
}
