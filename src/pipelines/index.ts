/**
 * The pipelines room: definitions of the workspace and pipelines of the connection, their runs, run graph and
 * metrics. `register.ts` registers all of it; `service.ts` talks to SageMaker, `model.ts`, `metrics.ts` and
 * `provenance.ts` are pure, `panels/` and `commands/` are loaded with their first use.
 */
export { registerPipelines } from './register';
export { connectionOfEnvironment } from './environment';
