import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Schema } from './schema';

export type Value = string | number | null | Uint8Array;
export type Row = Record<string, unknown>;

/** The store cannot be opened or written; the message says why and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The version of the store as a whole: 2 since each subject has tables and versions of its own. */
const layout = 2;

/**
 * Pages (of 4 KiB) that the write-ahead log grows by before it is copied into the file: that waits for the disk twice
 * while every client waits, so it is done more seldom than SQLite does by itself.
 */
const checkpointPages = 8000;

/**
 * The one connection to the store. It holds the file exclusively as long as it lives, and the operating
 * system lets go of it when the process ends in whatever way: two servers never share a folder, and no
 * stale lock is left behind.
 */
export class Database {
  private readonly connection: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;

  /**
   * @param schemas what the tables must be
   * @param makeRoom frees some of a full disk, so that a failure can still be written; false where it cannot
   * @throws {StoreError} when the file cannot be used.
   */
  constructor(
    path: string,
    schemas: readonly Schema[],
    private readonly makeRoom: () => boolean = () => false,
  ) {
    let connection: DatabaseSync | undefined;
    try {
      connection = new DatabaseSync(path);
      this.connection = connection;
      // Before anything is read: then no index for other processes is made beside the file.
      connection.exec('PRAGMA locking_mode = EXCLUSIVE');
      const { user_version: found } = connection.prepare('PRAGMA user_version').get() as { user_version: number };
      if (found > layout) throw newer(path);
      connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = ${checkpointPages}`);
      this.migrate(path, schemas, found);
    } catch (error) {
      connection?.close();
      throw explain(error, path);
    }
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- rows of SQL have no type: the caller names it
  get<T extends Row>(sql: string, ...values: Value[]): T | undefined {
    return this.prepare(sql).get(...(values as SQLInputValue[])) as T | undefined;
  }

  all<T extends Row>(sql: string, ...values: Value[]): T[] {
    return this.prepare(sql).all(...(values as SQLInputValue[])) as T[];
  }

  /** @returns the number of rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.withRoom(() => Number(this.prepare(sql).run(...(values as SQLInputValue[])).changes));
  }

  /** Writes, and where the disk is full once more after some of it was freed. */
  withRoom<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      // In a transaction what came before is lost too: it is not this statement's to try again.
      if (sqliteCode(error) !== sqliteFull || this.depth > 0 || !this.makeRoom()) throw error;
      return write();
    }
  }

  /** Runs `work` as a whole or not at all; calls may nest, the outermost one counts. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.connection.exec('BEGIN IMMEDIATE');
    this.depth++;
    try {
      const result = work();
      this.connection.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.connection.isTransaction) this.connection.exec('ROLLBACK');
      throw error;
    } finally {
      this.depth--;
    }
  }

  /**
   * Runs `work` inside a transaction as a whole or not at all: where it throws, what came before it stays.
   * @throws what `work` throws. A full disk may have SQLite give up the whole transaction: then every further savepoint
   *   in it throws, and at its end `transaction` does
   */
  savepoint<T>(work: () => T): T {
    // Outside a transaction, a savepoint would be one of its own.
    if (!this.connection.isTransaction) throw new Error('The transaction was given up.');
    this.prepare('SAVEPOINT work').run();
    try {
      return work();
    } catch (error) {
      if (this.connection.isTransaction) this.prepare('ROLLBACK TO work').run();
      throw error;
    } finally {
      if (this.connection.isTransaction) this.prepare('RELEASE work').run();
    }
  }

  close(): void {
    this.statements.clear();
    if (this.connection.isOpen) this.connection.close();
  }

  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Brings every schema to its newest version; what is up to date stays as it is. */
  private migrate(path: string, schemas: readonly Schema[], found: number): void {
    // Also where nothing is to migrate, this takes the exclusive lock at once.
    this.connection.exec('BEGIN EXCLUSIVE');
    if (found < layout) {
      this.connection.exec(`PRAGMA user_version = ${layout};
        CREATE TABLE IF NOT EXISTS schemas (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT`);
    }
    const rows = this.all<{ name: string; version: number }>('SELECT name, version FROM schemas');
    const versions = new Map(rows.map(({ name, version }) => [name, version]));
    for (const { name, migrations } of schemas) {
      const version = versions.get(name) ?? 0;
      if (version > migrations.length) throw newer(path);
      if (version === migrations.length) continue;
      for (const migration of migrations.slice(version)) this.connection.exec(migration);
      this.run('INSERT OR REPLACE INTO schemas (name, version) VALUES (?, ?)', name, migrations.length);
    }
    this.connection.exec('COMMIT');
  }
}

function newer(path: string): StoreError {
  return new StoreError(`${path} was written by a newer version. Update MLOps Flow, or choose another data folder.`);
}

/** SQLite's result code for a full disk. */
export const sqliteFull = 13;

/** Says in a sentence what is wrong with the store or its disk; anything else stays as it is. */
export function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = sqliteCode(error);
  const system = 'code' in error ? error.code : undefined;
  // SQLite's primary result codes: 5 BUSY, 8 READONLY, 10 IOERR, 11 CORRUPT, 14 CANTOPEN, 26 NOTADB.
  if (code === 5) return new StoreError(`Another control plane uses ${path}. Stop it, or choose another data folder.`);
  if (code === sqliteFull || system === 'ENOSPC' || system === 'EDQUOT') {
    return new StoreError(`The disk is full: ${path} cannot be written. Free some space and try again.`);
  }
  if (code === 8 || code === 14) return unwritable(path);
  if (code === 11 || code === 26) {
    return new StoreError(`${path} is damaged. Move the folder away to start afresh; its runs are lost.`);
  }
  if (code === 10) return new StoreError(`${path} cannot be read or written (${error.message}). Check the disk.`);
  return error;
}

/** Like `explain`, for a folder that is being opened: there, whatever the system refuses is about the folder. */
export function explainOpening(error: unknown, path: string): unknown {
  const system = error instanceof Error && 'code' in error ? error.code : undefined;
  const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST'];
  return refusals.some((refusal) => refusal === system) ? unwritable(path) : explain(error, path);
}

/** The primary result code of an error that comes from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}

function unwritable(path: string): StoreError {
  return new StoreError(`${path} cannot be written. Check the permissions of the folder, or choose another one.`);
}
