import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../store/database';
import { part } from '../store/part';

/** An object of the store without its content. */
export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
  /** MD5 of the content in hexadecimal, without quotes. */
  etag: string;
  modified: Date;
  /** Headers kept with it: content type, user metadata, checksums. */
  headers: Record<string, string>;
  /** The file that holds the content. */
  path: string;
}

interface ObjectRow extends Record<string, unknown> {
  key: string;
  blob: string;
  size: number;
  etag: string;
  modified: number;
  headers: string;
}

/**
 * Buckets and objects. The content of an object is a file that is written once under a random name; a row
 * makes it visible. So an object is always the old or the new one as a whole, whenever the process dies, and
 * files without a row are swept at the next start.
 */
export class ObjectStore {
  constructor(
    private readonly database: Database,
    private readonly folder: string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.sweep();
  }

  buckets(): { name: string; created: number }[] {
    return this.database.all('SELECT name, created FROM buckets ORDER BY name');
  }

  hasBucket(name: string): boolean {
    return this.database.get('SELECT 1 AS found FROM buckets WHERE name = ?', name) !== undefined;
  }

  createBucket(name: string): void {
    this.database.run('INSERT OR IGNORE INTO buckets (name, created) VALUES (?, ?)', name, Date.now());
  }

  deleteBucket(name: string): void {
    this.database.run('DELETE FROM buckets WHERE name = ?', name);
  }

  /** A new file in the store's folder, not visible yet. */
  newFile(): string {
    return join(this.folder, randomUUID());
  }

  /**
   * Writes `content` as an object.
   * @param check called when all has been read and before it is visible; what it throws keeps the object away.
   */
  async put(
    bucket: string,
    key: string,
    content: Readable,
    headers: Record<string, string> = {},
    check: () => Promise<unknown> | void = () => undefined,
  ): Promise<StoredObject> {
    const { path, ...measured } = await this.receive(content, check);
    return this.adopt(bucket, key, path, measured, headers);
  }

  /** Writes `content` into a new file that is not visible yet. @param check as in `put` */
  async receive(
    content: Readable,
    check: () => Promise<unknown> | void = () => undefined,
  ): Promise<{ path: string; size: number; etag: string }> {
    const path = this.newFile();
    const hash = createHash('md5');
    let size = 0;
    try {
      await pipeline(
        content,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        },
        createWriteStream(path),
      );
      await check();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return { path, size, etag: hash.digest('hex') };
  }

  /** Makes a file of `newFile` the content of an object. */
  async adopt(
    bucket: string,
    key: string,
    path: string,
    { size, etag }: { size: number; etag: string },
    headers: Record<string, string> = {},
  ): Promise<StoredObject> {
    const modified = Date.now();
    const blob = path.slice(this.folder.length + 1);
    const before = this.row(bucket, key);
    this.database.run(
      'INSERT OR REPLACE INTO objects (bucket, key, blob, size, etag, modified, headers) VALUES (?, ?, ?, ?, ?, ?, ?)',
      bucket,
      key,
      blob,
      size,
      etag,
      modified,
      JSON.stringify(headers),
    );
    if (before) await rm(join(this.folder, before.blob), { force: true });
    return { key, size, etag, modified: new Date(modified), headers, path };
  }

  /** Changes the headers that are kept with an object. */
  relabel(bucket: string, key: string, headers: Readonly<Record<string, string>>): void {
    this.database.run(
      'UPDATE objects SET headers = ? WHERE bucket = ? AND key = ?',
      JSON.stringify(headers),
      bucket,
      key,
    );
  }

  /** Puts a file into the store and takes it away from where it was. */
  async take(bucket: string, key: string, file: string): Promise<StoredObject> {
    const info = await lstat(file);
    // A link, or a file with a second name: what it leads to belongs to someone else and stays.
    if (info.isSymbolicLink() || info.nlink > 1) {
      return this.put(bucket, key, createReadStream(file));
    }
    const hash = createHash('md5');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    const path = this.newFile();
    await rename(file, path);
    return this.adopt(bucket, key, path, { size: info.size, etag: hash.digest('hex') });
  }

  get(bucket: string, key: string): StoredObject | undefined {
    const row = this.row(bucket, key);
    return row && this.toObject(row);
  }

  /** Copies an object to a file of this machine, with the folders above it. */
  async download(object: StoredObject, file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await copyFile(object.path, file);
  }

  async delete(bucket: string, key: string): Promise<void> {
    const row = this.row(bucket, key);
    this.database.run('DELETE FROM objects WHERE bucket = ? AND key = ?', bucket, key);
    if (row) await rm(join(this.folder, row.blob), { force: true });
  }

  /** Objects whose key begins with `prefix`, by key in the order of UTF-8, from the first after `after`. */
  list(bucket: string, prefix: string, after = '', limit = -1): StoredObject[] {
    return this.database
      .all<ObjectRow>(
        `SELECT key, blob, size, etag, modified, headers FROM objects
         WHERE bucket = ? AND key > ? AND key >= ? AND substr(key, 1, length(?)) = ? ORDER BY key LIMIT ?`,
        bucket,
        after,
        prefix,
        prefix,
        prefix,
        limit,
      )
      .map((row) => this.toObject(row));
  }

  private row(bucket: string, key: string): ObjectRow | undefined {
    return this.database.get<ObjectRow>(
      'SELECT key, blob, size, etag, modified, headers FROM objects WHERE bucket = ? AND key = ?',
      bucket,
      key,
    );
  }

  private toObject({ key, blob, size, etag, modified, headers }: ObjectRow): StoredObject {
    return {
      key,
      size,
      etag,
      modified: new Date(modified),
      headers: JSON.parse(headers) as Record<string, string>,
      path: join(this.folder, blob),
    };
  }

  private sweep(): void {
    const known = new Set(this.database.all<{ blob: string }>('SELECT blob FROM objects').map((row) => row.blob));
    for (const file of readdirSync(this.folder)) if (!known.has(file)) rmSync(join(this.folder, file), { force: true });
  }
}

const tables = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created REAL NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified REAL NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, key)
  ) STRICT`;

export const objects = part(
  { name: 'objects', migrations: [tables] },
  ({ database, folder }) => new ObjectStore(database, join(folder, 'objects')),
);
