/**
 * The audit room: who did what to a pipeline or a model and when. `service.ts` reads CloudTrail, `git.ts` the
 * repositories, `model.ts` joins them and is pure.
 */
export { registerAudit } from './register';
