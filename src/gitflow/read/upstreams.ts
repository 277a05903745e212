/** Which branch each local branch follows, told from the configuration: to ask git doubles the time of a listing. */
import type { ConfigEntry } from '../model/config';

/** `+refs/heads/*:refs/remotes/origin/*`, in its parts. */
interface Refspec {
  source: string;
  target: string;
}

/**
 * Finds upstreams as git's `%(upstream)` does: the branch's first `merge`, through the fetch refspecs of its remote.
 * The answer is the full name of a ref, which need not exist; undefined where git has none.
 */
export function upstreamsOf(entries: readonly ConfigEntry[]): (branch: string) => string | undefined {
  const remotes = new Map<string, string>();
  const merges = new Map<string, string>();
  const refspecs = new Map<string, Refspec[]>();
  for (const { key, value } of entries) {
    const [, section, name = '', what] = /^(branch|remote)\.(.+)\.(remote|merge|fetch)$/s.exec(key) ?? [];
    if (section === 'branch' && what === 'remote') remotes.set(name, value);
    if (section === 'branch' && what === 'merge' && !merges.has(name)) merges.set(name, value);
    if (section === 'remote' && what === 'fetch') {
      refspecs.set(name, [...(refspecs.get(name) ?? []), ...refspecsOf(value)]);
    }
  }
  return (branch) => {
    const remote = remotes.get(branch);
    const merge = merges.get(branch);
    if (remote === undefined || merge === undefined) return undefined;
    return remote === '.' ? merge : tracked(refspecs.get(remote) ?? [], merge);
  };
}

/** One, or none where what is fetched is kept nowhere. Git heeds negative ones in fetching only. */
function refspecsOf(text: string): Refspec[] {
  const [source = '', target = ''] = text.replace(/^\+/, '').split(':');
  return target === '' ? [] : [{ source, target }];
}

/** Where the remote's ref is kept here. */
function tracked(refspecs: readonly Refspec[], ref: string): string | undefined {
  for (const { source, target } of refspecs) {
    const star = starOf(source, ref);
    if (star !== undefined) return target.replace('*', () => star);
  }
  return undefined;
}

/** What the `*` of the pattern stands for; empty where pattern and ref are the same; undefined where they don't fit. */
function starOf(pattern: string, ref: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === ref ? '' : undefined;
  const end = pattern.slice(star + 1);
  const fits = ref.length >= pattern.length - 1 && ref.startsWith(pattern.slice(0, star)) && ref.endsWith(end);
  return fits ? ref.slice(star, ref.length - end.length) : undefined;
}
