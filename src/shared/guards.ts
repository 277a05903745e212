/**
 * Checks of values that come from outside the type system: messages of a panel, saved state.
 * A guard never throws; what it accepts has the type it names.
 */
export type Guard<T> = (value: unknown) => value is T;

/** Anything that crosses between host and panel: told apart by its `type`. */
export interface Message {
  type: string;
}

export const isString: Guard<string> = (value) => typeof value === 'string';

export const isBoolean: Guard<boolean> = (value) => typeof value === 'boolean';

export const isNumber: Guard<number> = (value) => typeof value === 'number';

export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

export function either<A, B>(first: Guard<A>, second: Guard<B>): Guard<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((item) => guard(item));
}

export function recordOf<T>(guard: Guard<T>): Guard<Record<string, T>> {
  return (value): value is Record<string, T> => isRecord(value) && Object.values(value).every((item) => guard(item));
}

export function oneOf<const T extends string>(...values: T[]): Guard<T> {
  return (value): value is T => values.some((allowed) => allowed === value);
}

/** An object that has every field, each accepted by its guard. Further fields are let through. */
export function shape<T extends object>(fields: { [K in keyof T]-?: Guard<T[K]> }): Guard<T> {
  const guards = Object.entries<Guard<unknown>>(fields);
  return (value): value is T => isRecord(value) && guards.every(([name, guard]) => guard(value[name]));
}

type Fields<M extends Message, T extends M['type']> = Omit<Extract<M, { type: T }>, 'type'>;

/** A message of one of the given types, with the fields of that type. The compiler asks for every field's guard. */
export function messageGuard<M extends Message>(variants: {
  [T in M['type']]: { [K in keyof Fields<M, T>]-?: Guard<Fields<M, T>[K]> };
}): Guard<M> {
  const guards = new Map<string, Guard<object>>(
    Object.entries<Record<string, Guard<unknown>>>(variants).map(([type, fields]) => [type, shape(fields)]),
  );
  return (value): value is M =>
    isRecord(value) && isString(value['type']) && (guards.get(value['type'])?.(value) ?? false);
}

/** An object that is not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
