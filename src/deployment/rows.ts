/** What commands of the Endpoints view get: each row says which connection it belongs to. */
import type { Connection, Session } from '../aws';
import type { LiveRow } from '../workbench';

/** A row of an endpoint, as the commands of the tree get it. */
export interface EndpointRow extends LiveRow<Session> {
  connection: Connection;
  endpoint: string;
}
