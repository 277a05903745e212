/**
 * The deployment room: from an approved version to live traffic, and back. `model/` is pure: strategies, timeline,
 * alarms, plan, record, verdict. `service.ts` talks to AWS, `deploy.ts` carries plans out and follows them over the
 * records of `journal.ts`; `panels/` and `commands/` are loaded with their first use.
 */
export { registerDeployment } from './register';
