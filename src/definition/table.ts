/**
 * A table that is looked up by words of a text: it has its own entries only, where an object literal would also answer
 * to `constructor` and `toString`.
 */
export function table<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  // Not Object.create(null): such objects are slow to look things up in.
  return Object.setPrototypeOf({ ...entries }, null) as Record<string, T>;
}
