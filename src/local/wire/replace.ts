/**
 * A value for `JSON.stringify` with other values in place of its times and bytes: a copy down to those, and as it is
 * where it has none. A replacer that `JSON.stringify` calls for every member takes several times as long.
 * @param time what stands for a time
 * @param bytes what stands for bytes; left as they are without it
 */
export function replaced(
  value: unknown,
  time: (date: Date) => unknown,
  bytes?: (data: Uint8Array) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return time(value);
  if (ArrayBuffer.isView(value)) return bytes && value instanceof Uint8Array ? bytes(value) : value;
  // It says itself what it is in JSON.
  if ('toJSON' in value) return value;
  if (Array.isArray(value)) {
    let list: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const element: unknown = value[index];
      const other = replaced(element, time, bytes);
      if (other !== element) (list ??= [...(value as unknown[])])[index] = other;
    }
    return list ?? value;
  }
  const members = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(members)) {
    const member = members[name];
    const other = replaced(member, time, bytes);
    if (other !== member) (copy ??= { ...members })[name] = other;
  }
  return copy ?? members;
}
