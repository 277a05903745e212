import { part, recordsOf } from '../store/part';

/** A request to an asynchronous endpoint that has no answer yet. */
export interface AsyncRequest {
  /** The inference id. */
  id: string;
  endpoint: string;
  createdAt: Date;
  /** The S3 URI of the request; none where the request itself has come. */
  input?: string;
  contentType?: string;
  accept?: string;
  customAttributes?: string;
  output: string;
  failure?: string;
  /** Seconds that it may wait, and that the model may take. */
  timeToLive: number;
  timeout: number;
}

export const asyncRequests = recordsOf<AsyncRequest>(
  'async_requests',
  { columns: 'endpoint TEXT NOT NULL, created REAL NOT NULL' },
  ({ id, endpoint, createdAt }) => ({ id, endpoint, created: createdAt.getTime() }),
);

/** The bodies of requests that came with them, by the request's id. */
export const asyncBodies = part(
  {
    name: 'async bodies',
    migrations: ['CREATE TABLE IF NOT EXISTS async_bodies (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT'],
  },
  ({ database }) => ({
    put: (id: string, body: Uint8Array): void => {
      database.run('INSERT OR REPLACE INTO async_bodies (id, body) VALUES (?, ?)', id, body);
    },
    get: (id: string): Uint8Array | undefined =>
      database.get<{ body: Uint8Array }>('SELECT body FROM async_bodies WHERE id = ?', id)?.body,
    remove: (id: string): void => {
      database.run('DELETE FROM async_bodies WHERE id = ?', id);
    },
  }),
);
