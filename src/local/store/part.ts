import type { Value } from './database';
import { Records } from './records';
import type { Schema } from './schema';
import type { Store } from './store';

/** Something that lives in the store: called with a store, it gives what reads and writes there. */
export interface Part<T> {
  (store: Store): T;
  readonly schema: Schema;
}

/** Defines a part; `open` is called once a store. */
export function part<T>(schema: Schema, open: (store: Store) => T): Part<T> {
  const opened = new WeakMap<Store, { value: T }>();
  const find = (store: Store): T => {
    let found = opened.get(store);
    if (!found) {
      found = { value: open(store) };
      opened.set(store, found);
    }
    return found.value;
  };
  return Object.assign(find, { schema });
}

/**
 * Defines a table of records. It has a `seq` that gives the order of creation, the columns that listings need,
 * and the record itself in `doc`.
 * @param sql the columns beside `seq`, `id` and `doc`, and the indexes
 * @param columns a record's values for them; `id` is among them
 */
export function recordsOf<T>(
  name: string,
  sql: { columns: string; indexes?: string },
  columns: (record: T) => { id: string } & Record<string, Value>,
): Part<Records<T>> {
  const table = `CREATE TABLE IF NOT EXISTS ${name} (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ${sql.columns}, doc TEXT NOT NULL
  ) STRICT; ${sql.indexes ?? ''}`;
  return part({ name, migrations: [table] }, (store) => new Records(store.database, name, columns));
}
