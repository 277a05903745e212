/**
 * The registry room: model package groups and their versions, with approval.
 */
export { registerRegistry, type Registry, type RegistryServices } from './commands';
