import { part } from '../store/part';
import type { Database } from '../store/database';

export interface Tag {
  Key: string;
  Value: string;
}

/** Tags as a request has them: the SDK types say that every member may be missing. */
export type RequestTags = readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;

/** The tags of all resources, by ARN. */
class Tags {
  constructor(private readonly database: Database) {}

  /** Adds and replaces tags of a resource. */
  add(arn: string, tags: RequestTags): void {
    for (const { Key = '', Value = '' } of tags ?? []) {
      this.database.run('INSERT OR REPLACE INTO tags (arn, name, value) VALUES (?, ?, ?)', arn, Key, Value);
    }
  }

  /** The tags of a resource, by name. */
  of(arn: string): Tag[] {
    return this.database.all<{ Key: string; Value: string }>(
      'SELECT name AS Key, value AS Value FROM tags WHERE arn = ? ORDER BY name',
      arn,
    );
  }

  /** Removes the named tags, or all of them. */
  remove(arn: string, keys?: readonly string[]): void {
    if (!keys) this.database.run('DELETE FROM tags WHERE arn = ?', arn);
    for (const key of keys ?? []) this.database.run('DELETE FROM tags WHERE arn = ? AND name = ?', arn, key);
  }
}

const table = `CREATE TABLE IF NOT EXISTS tags (
  arn TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, name)
) STRICT`;

export const tags = part({ name: 'tags', migrations: [table] }, ({ database }) => new Tags(database));
