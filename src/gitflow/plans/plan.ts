/** From a request to its plan. */
import { stepsOf } from '../execute/steps';
import type { Plan, Planned, Request } from '../model/model';
import { withMessages } from './messages';
import { planCheckout, planDelete, planRename, planUpdate } from './change';
import { planCleanUp } from './clean-up';
import type { PlanContext } from './draft';
import { planFinish } from './finish';
import { planFinishTyped } from './general/finish';
import { planIntegrate } from './general/integrate';
import { planStartTyped } from './general/start';
import { planTagRelease } from './general/tag-release';
import { planUpdateTyped } from './general/update';
import { planInit } from './init';
import { overwrittenBy } from './overwrites';
import { preflight } from './preflight';
import { planReleaseBranch } from './release-branch';
import { planRevert } from './revert';
import { planPublish, planPull, planTrack } from './share';
import { planStart } from './start';
import { formatNames } from '../../shared/format';

/** What would be done, or what stands against it. Changes nothing. */
export async function makePlan(context: PlanContext, request: Request): Promise<Planned> {
  const planned = await planFor(context, request);
  if (!planned.ok) return planned;
  const { plan } = planned;
  const works = plan.steps.map(({ work }) => work);
  const [{ untracked: files, ignored }, told, refusals] = await Promise.all([
    overwrittenBy(context, works),
    withMessages(context, plan.request, works, plan.branch),
    preflight(context, works),
  ]);
  if (files.length === 0 && refusals.length > 0) return { ok: false, refusals };
  if (files.length === 0) return { ok: true, plan: { ...plan, steps: stepsOf(told), ...overwriting(plan, ignored) } };
  const message = `Untracked files would be overwritten: ${formatNames(files, 10)}. Move, delete or commit them first.`;
  return { ok: false, refusals: [{ code: 'untracked', message }, ...refusals] };
}

/** Ignored files are overwritten by git: they are kept first. */
function overwriting({ warnings }: Plan, ignored: string[]): Partial<Plan> {
  if (ignored.length === 0) return {};
  const warning = `Ignored files are overwritten, and kept before: ${formatNames(ignored, 10)}.`;
  return { overwrites: ignored, warnings: [...warnings, warning] };
}

/** git-flow's own model is planned as git-flow does it; every other by what the model says of its types. */
async function planFor(context: PlanContext, request: Request): Promise<Planned> {
  const typed = context.snapshot.config.flavour !== 'avh';
  switch (request.action) {
    case 'init':
      return planInit(context, request);
    case 'start':
      return typed ? planStartTyped(context, request) : planStart(context, request);
    case 'finish':
      return typed ? planFinishTyped(context, request) : planFinish(context, request);
    case 'publish':
      return planPublish(context, request);
    case 'track':
      return planTrack(context, request);
    case 'pull':
      return planPull(context, request);
    case 'update':
      return typed || request.kind === 'base' ? planUpdateTyped(context, request) : planUpdate(context, request);
    case 'rename':
      return planRename(context, request);
    case 'delete':
      return planDelete(context, request);
    case 'checkout':
      return planCheckout(context, request);
    case 'cleanUp':
      return planCleanUp(context, request);
    case 'releaseBranch':
      return planReleaseBranch(context, request);
    case 'integrate':
      return planIntegrate(context, request);
    case 'tagRelease':
      return planTagRelease(context, request);
    case 'revert':
      return planRevert(context, request);
  }
}
