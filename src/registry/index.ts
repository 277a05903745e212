/**
 * The registry room: model package groups and their versions, with approval. `register.ts` registers the view and its
 * commands, `service.ts` talks to SageMaker, `tree.ts` shows it.
 */
export { registerRegistry } from './register';
