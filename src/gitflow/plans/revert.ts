/** Taking a finished action back by commits, where others may have it already. */
import { advanced, commitsBetween } from '../execute/finished';
import type { Planned, RevertRequest } from '../model/model';
import type { PlanContext } from './draft';
import { Draft } from './draft';

export async function planRevert(context: PlanContext, request: RevertRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { finished } = context;
  if (finished === undefined) {
    draft.refuse('journal', 'There is no finished action to revert.');
    return draft.done('', request);
  }
  draft.clean();
  const pushed: string[] = [];
  for (const { branch, from, to } of advanced(finished)) {
    const tip = draft.local(branch);
    if (tip === undefined) continue;
    const whole = (await draft.graph.present([from])).size > 0;
    if (!whole || !(await draft.graph.contains(tip, to))) {
      draft.refuse('diverged', `'${branch}' no longer has what '${finished.plan.title}' made. Revert it by hand.`);
      continue;
    }
    draft.free(branch);
    draft.add({ do: 'revert', branch, commits: await commitsBetween(context.git, from, to) });
    if (draft.remote(branch) !== undefined) pushed.push(branch);
  }
  if (draft.open && draft.works.length === 0)
    draft.refuse('journal', 'It moved no branch: there is nothing to revert.');
  const { origin } = draft.config;
  if (request.push && pushed.length > 0) {
    const refspecs = pushed.map((branch) => `refs/heads/${branch}`);
    draft.add({ do: 'push', remote: origin, refspecs, upstream: false, atomic: true, what: pushed.join(', ') });
  }
  if (finished.plan.tag !== undefined) {
    draft.warnings.push(`The tag '${finished.plan.tag}' stays: tags that others have are not moved.`);
  }
  draft.summary.push(`'${finished.plan.title}' was reverted`);
  return draft.done(`Revert: ${finished.plan.title}`, request);
}
