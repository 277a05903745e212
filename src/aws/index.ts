/**
 * The AWS room: connections, the SDK's clients on first use, paging, settled reads, and the one translation of errors.
 * Every subject talks to AWS, or to the embedded control plane, through a `Session`.
 */
export {
  type Connection,
  connectionOf,
  connectionOr,
  environmentConnection,
  local,
  profileConnection,
} from './connection';
export { Connections, type ConnectionServices, type LocalServer } from './connections';
export { isDenied } from './errors';
export { connectionHead } from './head';
export { collect, type Paged, readPages } from './paging';
export type { Session } from './session';
export { abreast, type Outcome, outcomeOf } from './settled';
