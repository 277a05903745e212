import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../store/database';
import { part } from '../store/part';
import { ServiceError } from '../wire/errors';
import { account, region } from './arns';

export interface Queue {
  name: string;
  attributes: Record<string, string>;
  created: number;
}

export interface Message {
  id: string;
  body: string;
  /** The attributes that the sender gave, as JSON. */
  attributes: string;
  sent: number;
  receipt: string;
  received: number;
  firstReceived: number;
}

/** Seconds that a received message is hidden where nothing else is said. */
const defaultVisibility = 30;

/** Queues of SQS and their messages, each of which one consumer at a time sees. */
export class QueueStore {
  /** Who waits for a message of whatever queue. */
  private waiting: (() => void)[] = [];

  constructor(private readonly database: Database) {}

  /** Makes a queue; one that is there stays as it is. */
  create(name: string, attributes: Record<string, string> = {}): Queue {
    this.database.run(
      'INSERT OR IGNORE INTO queues (name, attributes, created) VALUES (?, ?, ?)',
      name,
      JSON.stringify(attributes),
      Date.now(),
    );
    return this.find(name);
  }

  setAttributes(name: string, attributes: Record<string, string>): void {
    const all = JSON.stringify({ ...this.find(name).attributes, ...attributes });
    this.database.run('UPDATE queues SET attributes = ? WHERE name = ?', all, name);
  }

  remove(name: string): void {
    this.purge(name);
    this.database.run('DELETE FROM queues WHERE name = ?', name);
  }

  /** @throws {ServiceError} `QueueDoesNotExist` */
  find(name: string): Queue {
    const row = this.database.get<{ name: string; attributes: string; created: number }>(
      'SELECT name, attributes, created FROM queues WHERE name = ?',
      name,
    );
    if (!row) throw new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
    return { ...row, attributes: JSON.parse(row.attributes) as Record<string, string> };
  }

  names(prefix: string): string[] {
    return this.database
      .all<{ name: string }>(
        'SELECT name FROM queues WHERE substr(name, 1, ?) = ? ORDER BY name',
        prefix.length,
        prefix,
      )
      .map(({ name }) => name);
  }

  /** @param delay seconds until it can be received @returns the message's id */
  send(queue: string, body: string, attributes: object = {}, delay = 0): string {
    const { name } = this.find(queue);
    const id = randomUUID();
    const now = Date.now();
    this.database.run(
      'INSERT INTO messages (queue, id, body, attributes, sent, visible) VALUES (?, ?, ?, ?, ?, ?)',
      name,
      id,
      body,
      JSON.stringify(attributes),
      now,
      now + delay * 1000,
    );
    for (const wake of this.waiting.splice(0)) wake();
    return id;
  }

  /** Takes messages and hides them from others for a while. @param visibility seconds */
  receive(queue: string, most: number, visibility?: number): Message[] {
    const { name, attributes } = this.find(queue);
    const now = Date.now();
    const hidden = visibility ?? Number(attributes['VisibilityTimeout'] ?? defaultVisibility);
    return this.database.transaction(() => {
      const rows = this.database.all<{ seq: number }>(
        'SELECT seq FROM messages WHERE queue = ? AND visible <= ? ORDER BY seq LIMIT ?',
        name,
        now,
        most,
      );
      return rows.flatMap(({ seq }) => {
        this.database.run(
          `UPDATE messages SET visible = ?, receipt = ?, received = received + 1,
           first_received = coalesce(first_received, ?) WHERE seq = ?`,
          now + hidden * 1000,
          randomUUID(),
          now,
          seq,
        );
        const message = this.database.get<Message & Record<string, unknown>>(
          `SELECT id, body, attributes, sent, receipt, received, first_received AS firstReceived
           FROM messages WHERE seq = ?`,
          seq,
        );
        return message ? [message] : [];
      });
    });
  }

  /** Settles when a message comes, or after some seconds. */
  async arrival(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      timer.unref();
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  delete(queue: string, receipt: string): void {
    this.database.run('DELETE FROM messages WHERE queue = ? AND receipt = ?', queue, receipt);
  }

  /** @param seconds from now */
  hide(queue: string, receipt: string, seconds: number): void {
    const until = Date.now() + seconds * 1000;
    this.database.run('UPDATE messages SET visible = ? WHERE queue = ? AND receipt = ?', until, queue, receipt);
  }

  purge(queue: string): void {
    this.database.run('DELETE FROM messages WHERE queue = ?', queue);
  }

  /** How many messages can be received now, are being worked on, and are not due yet. */
  counts(queue: string): { visible: number; inFlight: number; delayed: number } {
    const now = Date.now();
    const row = this.database.get<{ visible: number; inFlight: number; delayed: number }>(
      `SELECT count(*) FILTER (WHERE visible <= ?) AS visible,
        count(*) FILTER (WHERE visible > ? AND receipt IS NOT NULL) AS inFlight,
        count(*) FILTER (WHERE visible > ? AND receipt IS NULL) AS delayed
       FROM messages WHERE queue = ?`,
      now,
      now,
      now,
      queue,
    );
    return row ?? { visible: 0, inFlight: 0, delayed: 0 };
  }
}

/** The name of a queue in its URL, of whatever account and region, or in its ARN. */
export function queueName(urlOrArn: string): string {
  return urlOrArn.split(/[/:]/).at(-1) ?? '';
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

const tables = `
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created REAL NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, sent REAL NOT NULL, visible REAL NOT NULL, receipt TEXT,
    received INTEGER NOT NULL DEFAULT 0, first_received REAL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_of ON messages (queue, seq)`;

export const queues = part({ name: 'queues', migrations: [tables] }, ({ database }) => new QueueStore(database));
