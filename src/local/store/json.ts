/** JSON that keeps times as times, for columns of the store. */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, encoded: unknown) {
    const original = this[key];
    return original instanceof Date ? { $date: original.getTime() } : encoded;
  });
}

/** Reads back what `encode` wrote. The caller vouches for the type, which is that of what it wrote. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- see above
export function decode<T>(text: string): T {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '$date' in value && typeof value.$date === 'number'
      ? new Date(value.$date)
      : value,
  ) as T;
}
