import type { Database } from './database';

/** Work that waits, and who hears of its end. */
interface Waiting {
  work: () => unknown;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: what is asked for in one turn of the event loop is written by one commit. A commit takes longer than
 * most work, and pages that several change are written once.
 */
export class Group {
  private waiting: Waiting[] = [];

  constructor(private readonly database: Database) {}

  /**
   * Runs `work` as a whole or not at all, at the end of this turn, after what was asked for before.
   * @param work reads and writes the store and does nothing else: where others make the commit fail, it is run again
   * @returns what it gave, once that is written
   */
  async add<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Writes what waits now. */
  flush(): void {
    const group = this.waiting;
    this.waiting = [];
    for (const settle of this.together(group)) settle();
  }

  /** Runs all in one transaction, each of which fails by itself; what tells of them is called after the commit. */
  private together(group: readonly Waiting[]): (() => void)[] {
    if (group.length < 2) return group.map((one) => this.alone(one));
    try {
      return this.database.transaction(() =>
        group.map((one) => settling(one, () => this.database.savepoint(one.work))),
      );
    } catch {
      // Nothing of them is written: whose fault that is comes out one by one.
      return group.map((one) => this.alone(one));
    }
  }

  private alone(one: Waiting): () => void {
    return settling(one, () => this.database.withRoom(() => this.database.transaction(one.work)));
  }
}

/** What tells of the end of `run`, which takes place now. */
function settling({ resolve, reject }: Waiting, run: () => unknown): () => void {
  try {
    const result = run();
    return () => resolve(result as never);
  } catch (error) {
    return () => reject(error);
  }
}
