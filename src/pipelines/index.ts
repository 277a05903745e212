/**
 * The pipelines room: definitions of the workspace and pipelines of the connection, their runs, run graph and
 * metrics. `service.ts` talks to SageMaker, `run-state.ts`, `metrics.ts`, `step-detail.ts` and `provenance.ts` are
 * pure, the rest shows it in VS Code. `panels.ts` registers the panels; what fills them is a bundle of its own.
 */
export { type Pipelines, registerPipelines } from './register';
export { environmentConnection } from './environment';
