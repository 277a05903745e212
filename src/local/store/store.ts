import { join } from 'node:path';
import { Database } from './database';
import { Reserve } from './reserve';
import type { Schema } from './schema';

/** Everything that lasts. All of it lies under one data folder; what is in it is told by its parts. */
export class Store {
  readonly database: Database;

  /**
   * @param parts everything that services and jobs keep here: their tables are made or brought up to date.
   * @throws {StoreError} when the folder cannot be used.
   */
  constructor(
    readonly folder: string,
    parts: readonly { schema: Schema }[],
  ) {
    const reserve = new Reserve(join(folder, 'reserve'));
    this.database = new Database(
      join(folder, 'store.sqlite'),
      parts.map(({ schema }) => schema),
      () => reserve.free(),
    );
    reserve.fill();
  }

  /** Runs `work` as a whole or not at all; calls may nest, the outermost one counts. */
  transaction<T>(work: () => T): T {
    return this.database.transaction(work);
  }

  close(): void {
    this.database.close();
  }
}
