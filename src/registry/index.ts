/**
 * The registry room: model package groups and their versions, with approval. `commands.ts` registers the view and its
 * commands, the rest is loaded when the view is first shown.
 */
export { registerRegistry } from './register';
