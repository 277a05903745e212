/** When an endpoint is to be gone: a tag that reminds, since a forgotten endpoint costs money as long as it is there. Pure. */
import { formatDuration } from './format';

/** The tag: a time in ISO 8601. AWS deletes nothing by it. */
export const expiryTag = 'mlops-flow:expires';

const units: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const day = 86_400_000;

/**
 * The time that a person means: `12h`, `3d`, `2w`, or a day such as `2026-12-24`, which counts whole.
 *
 * @returns milliseconds since the epoch; undefined where it is none of these, or past
 */
export function readExpiry(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})\s*([hdw])$/.exec(text.trim()) ?? [];
  if (count !== undefined) {
    const length = Number(count) * (units[unit] ?? 0);
    return length > 0 ? now + length : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) return undefined;
  const at = new Date(`${text.trim()}T00:00:00`).getTime();
  // A day that there is not, such as the 31st of June, is read as another by some engines.
  if (Number.isNaN(at) || at + day <= now) return undefined;
  return at + day;
}

/** When an endpoint is to be gone, by its tags; undefined where they do not say. */
export function expiryOf(tags: Readonly<Record<string, string>>): number | undefined {
  const at = Date.parse(tags[expiryTag] ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** `expires in 3 d`, `expired 2 d ago`. */
export function expiryWords(at: number, now: number): string {
  return at > now ? `expires in ${formatDuration(at - now)}` : `expired ${formatDuration(now - at)} ago`;
}
