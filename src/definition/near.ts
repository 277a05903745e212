/** Did-you-mean: the known name that was probably meant, for every language. */
import { distance } from 'fastest-levenshtein';

/** A name without case and separators. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_\-.:]/g, '');
}

/**
 * The one of `known` nearest to `name`: the same but for case and separators, else within an edit distance of a third
 * of its length (at most 4), else one that is most of the other from its beginning or end. Undefined where nothing is near.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = fold(name);
  // No name is as long as that, and comparing costs the product of two lengths.
  if (wanted === '' || wanted.length > 256) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (candidate === name) continue;
    const other = fold(candidate);
    // A name that is empty is one that nobody can have meant.
    if (other === '') continue;
    if (other === wanted) return candidate;
    const limit = Math.min(4, Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3)));
    let apart = Math.abs(wanted.length - other.length) > limit ? Number.POSITIVE_INFINITY : edits(wanted, other);
    if (apart > limit) apart = isMostOf(wanted, other) ? limit + 0.5 : Number.POSITIVE_INFINITY;
    if (apart < least) {
      best = candidate;
      least = apart;
    }
  }
  return best;
}

/** Comparisons of one unknown name with all known ones, over which no more near ones are looked for. */
const maxComparisons = 1_000_000;
const found = new WeakMap<Declared, Map<string, string | undefined>>();

/** Names that a text declares: one map or set as long as the text is the same. */
type Declared = ReadonlyMap<string, unknown> | ReadonlySet<string>;

/**
 * The one of the names declared in a text that was meant by `name`. Each is looked for once, and of many unknown
 * names among thousands of known ones only the first.
 */
export function nearestName(name: string, declared: Declared): string | undefined {
  const known = found.get(declared) ?? new Map<string, string | undefined>();
  found.set(declared, known);
  if (!known.has(name) && known.size * declared.size <= maxComparisons) known.set(name, nearest(name, declared.keys()));
  return known.get(name);
}

/** The edit distance, where two letters in the wrong order count as one slip. */
function edits(a: string, b: string): number {
  return isSwapped(a, b) ? 1 : distance(a, b);
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** True where one name is most of the other: `InferenceSpec` of `InferenceSpecification`. */
function isMostOf(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 4 && short.length * 2 >= long.length && (long.startsWith(short) || long.endsWith(short));
}

/** A choice for a message: `'a', 'b' or 'c'`; names beyond `limit` become an ellipsis. */
export function oneOf(names: readonly string[], limit = 8): string {
  const shown = names.slice(0, limit).map((name) => `'${name}'`);
  if (names.length > limit) return `${shown.join(', ')}, …`;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}
