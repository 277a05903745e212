/**
 * The registry room: model package groups and their versions, with approval.
 */
export { registerRegistry, type RegistryServices } from './commands';
export { describeVersion, type ModelVersion } from './service';
