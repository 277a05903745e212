/**
 * The AWS room: connections, the SDK's clients on first use, paging, the one translation of errors,
 * and the watcher. Every subject talks to AWS, or to the embedded control plane, through a `Session`.
 */
export {
  connectionOf,
  Connections,
  LOCAL,
  profileConnection,
  type Connection,
  type LocalServer,
  type ConnectionHost,
} from './connections';
export { collect } from './paging';
export type { Session } from './session';
export { Watcher } from './watcher';
