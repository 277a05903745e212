import type { Database, Value } from '../store/database';
import { part } from '../store/part';

export interface LogEvent {
  /** Grows with every event of the whole store. */
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  message: string;
  stream: string;
}

export interface LogStream {
  seq: number;
  name: string;
  created: number;
  /** Times of its first and last event, null as long as it has none. */
  first: number | null;
  last: number | null;
}

/** How much logs may take, in bytes of text. */
export interface LogLimits {
  /** Of one stream: what comes later is left out, but for its last lines. */
  stream: number;
  /** Of all: the oldest streams are emptied. */
  all: number;
}

/** What holds unless it is set. */
const defaultLimits: LogLimits = { stream: 20 * 1024 ** 2, all: 500 * 1024 ** 2 };

/** What one event takes beside its text, about. */
const overhead = 32;

/** Log groups, streams and events. A stream's events are in the order of their times. */
export class LogStore {
  private limits = defaultLimits;
  /** Bytes of all streams, once they have been counted. */
  private total: number | undefined;

  constructor(private readonly database: Database) {}

  /** Changes how much logs may take. */
  limit(limits: Partial<LogLimits>): void {
    this.limits = { ...this.limits, ...limits };
  }

  /** Bytes that a stream may still take. */
  room(stream: number): number {
    const { bytes = 0 } =
      this.database.get<{ bytes: number }>('SELECT bytes FROM log_streams WHERE seq = ?', stream) ?? {};
    return this.limits.stream - bytes;
  }

  /** Removes streams with their events. @param prefix of their names */
  remove(group: string, prefix: string): void {
    const { database } = this;
    const which = 'log_group = ? AND substr(name, 1, ?) = ?';
    database.transaction(() => {
      const values = [group, prefix.length, prefix] as const;
      database.run(`DELETE FROM log_events WHERE stream IN (SELECT seq FROM log_streams WHERE ${which})`, ...values);
      database.run(`DELETE FROM log_streams WHERE ${which}`, ...values);
    });
    this.total = undefined;
  }

  /** Opens a stream for writing. */
  createStream(group: string, name: string): number {
    this.database.run(
      'INSERT OR IGNORE INTO log_streams (log_group, name, created) VALUES (?, ?, ?)',
      group,
      name,
      Date.now(),
    );
    return this.stream(group, name)?.seq ?? 0;
  }

  append(stream: number, messages: readonly string[], at: number): void {
    const bytes = sizeOf(messages);
    this.database.transaction(() => {
      for (const message of messages) {
        this.database.run('INSERT INTO log_events (stream, at, message) VALUES (?, ?, ?)', stream, at, message);
      }
      this.database.run(
        'UPDATE log_streams SET first = coalesce(first, ?), last = ?, bytes = bytes + ? WHERE seq = ?',
        at,
        at,
        bytes,
        stream,
      );
    });
    this.total ??= this.database.get<{ bytes: number }>('SELECT sum(bytes) AS bytes FROM log_streams')?.bytes ?? 0;
    this.total += bytes;
    if (this.total > this.limits.all) this.makeRoom(stream);
  }

  /** Empties the oldest streams but the one that is being written, to a tenth below the limit. */
  private makeRoom(writing: number): void {
    const { database } = this;
    database.transaction(() => {
      let total = database.get<{ bytes: number }>('SELECT sum(bytes) AS bytes FROM log_streams')?.bytes ?? 0;
      const streams = database.all<{ seq: number; bytes: number; last: number | null }>(
        'SELECT seq, bytes, last FROM log_streams WHERE bytes > 0 AND seq <> ? ORDER BY last',
        writing,
      );
      for (const { seq, bytes, last } of streams) {
        if (total <= this.limits.all * 0.9) break;
        database.run('DELETE FROM log_events WHERE stream = ?', seq);
        database.run(
          'INSERT INTO log_events (stream, at, message) VALUES (?, ?, ?)',
          seq,
          last ?? Date.now(),
          'This log was removed to make room for newer ones.',
        );
        database.run('UPDATE log_streams SET bytes = 0 WHERE seq = ?', seq);
        total -= bytes;
      }
      this.total = total;
    });
  }

  groups(prefix: string): { name: string; created: number }[] {
    return this.database.all(
      `SELECT log_group AS name, min(created) AS created FROM log_streams
       WHERE substr(log_group, 1, ?) = ? GROUP BY log_group ORDER BY log_group`,
      prefix.length,
      prefix,
    );
  }

  hasGroup(group: string): boolean {
    return this.database.get('SELECT 1 AS found FROM log_streams WHERE log_group = ? LIMIT 1', group) !== undefined;
  }

  streams(group: string, prefix: string): LogStream[] {
    return this.database.all<LogStream & Record<string, unknown>>(
      `SELECT seq, name, created, first, last FROM log_streams
       WHERE log_group = ? AND substr(name, 1, ?) = ? ORDER BY name`,
      group,
      prefix.length,
      prefix,
    );
  }

  stream(group: string, name: string): LogStream | undefined {
    return this.database.get<LogStream & Record<string, unknown>>(
      'SELECT seq, name, created, first, last FROM log_streams WHERE log_group = ? AND name = ?',
      group,
      name,
    );
  }

  /** Events of one stream beyond `from`: forwards from the oldest, backwards from the newest; always oldest first. */
  read(
    stream: number,
    direction: 'forward' | 'backward',
    from: number,
    limit: number,
    startTime = 0,
    endTime = Number.MAX_SAFE_INTEGER,
  ): LogEvent[] {
    const [comparison, order] = direction === 'forward' ? ['>', 'ASC'] : ['<', 'DESC'];
    const rows = this.database.all<LogEvent & Record<string, unknown>>(
      `SELECT seq, at, message, '' AS stream FROM log_events
       WHERE stream = ? AND seq ${comparison} ? AND at >= ? AND at < ? ORDER BY seq ${order} LIMIT ?`,
      stream,
      from,
      startTime,
      endTime,
      limit,
    );
    return direction === 'forward' ? rows : rows.reverse();
  }

  /** Events of several streams after `after`, by time, oldest first. */
  scan(
    streams: readonly number[],
    after: { at: number; seq: number },
    limit: number,
    startTime = 0,
    endTime = Number.MAX_SAFE_INTEGER,
  ): LogEvent[] {
    if (streams.length === 0) return [];
    return this.database.all<LogEvent & Record<string, unknown>>(
      `SELECT e.seq, e.at, e.message, s.name AS stream FROM log_events e JOIN log_streams s ON s.seq = e.stream
       WHERE e.stream IN (SELECT value FROM json_each(?)) AND (e.at, e.seq) > (?, ?) AND e.at >= ? AND e.at <= ?
       ORDER BY e.at, e.seq LIMIT ?`,
      ...([JSON.stringify(streams), after.at, after.seq, startTime, endTime, limit] satisfies Value[]),
    );
  }

  /** The last lines of a stream, oldest first. */
  tail(stream: number, lines: number): string[] {
    return this.read(stream, 'backward', Number.MAX_SAFE_INTEGER, lines).map((event) => event.message);
  }
}

/** What lines take in a log. */
export function sizeOf(messages: readonly string[]): number {
  return messages.reduce((sum, message) => sum + message.length + overhead, 0);
}

const bytesColumn = 'ALTER TABLE log_streams ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0';

const tables = `
  CREATE TABLE IF NOT EXISTS log_streams (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, log_group TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    first INTEGER, last INTEGER, UNIQUE (log_group, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS log_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, at INTEGER NOT NULL, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS log_events_of ON log_events (stream, seq)`;

export const logs = part({ name: 'logs', migrations: [tables, bytesColumn] }, ({ database }) => new LogStore(database));
