import { join } from 'node:path';
import { Database } from './database';
import { Group } from './group';
import { Reserve } from './reserve';
import type { Schema } from './schema';

/** Everything that lasts. All of it lies under one data folder; what is in it is told by its parts. */
export class Store {
  readonly database: Database;
  private readonly group: Group;

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
    this.group = new Group(this.database);
    reserve.fill();
  }

  /** Runs `work` as a whole or not at all; calls may nest, the outermost one counts. */
  transaction<T>(work: () => T): T {
    return this.database.transaction(work);
  }

  /**
   * Runs `work` as a whole or not at all, at the end of this turn of the event loop and by one commit with all others
   * that ask for it: for what many clients do at once.
   * @param work reads and writes the store and does nothing else: it may be run again
   * @returns what it gave, once that is written
   */
  async grouped<T>(work: () => T): Promise<T> {
    return this.group.add(work);
  }

  close(): void {
    this.group.flush();
    this.database.close();
  }
}
