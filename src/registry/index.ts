/**
 * The registry room: model package groups and their versions, with approval.
 */
export { registerRegistry } from './commands';
