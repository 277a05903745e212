import { replaced } from '../wire/replace';

/** JSON that keeps times as times, for columns of the store. */
export function encode(value: unknown): string {
  return JSON.stringify(replaced(value, (date) => ({ $date: date.getTime() })));
}

/** Reads back what `encode` wrote. The caller vouches for the type, which is that of what it wrote. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- see above
export function decode<T>(text: string): T {
  const value: unknown = JSON.parse(text);
  // Where there are times, they are put in by hand: a reviver that is called for every member takes several times as long.
  return (text.includes('"$date"') ? revived(value) : value) as T;
}

/** The value itself with times in place of what stands for them. */
function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = revived(value[index]);
    return value;
  }
  if ('$date' in value && typeof value.$date === 'number') return new Date(value.$date);
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (typeof member === 'object' && member !== null) members[name] = revived(member);
  }
  return members;
}
