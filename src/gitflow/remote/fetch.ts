/** Fetching what a plan asks for, before anything else. */
import type { Git } from '../git/git';
import { complaint } from '../git/git';
import type { ExecuteOptions, Plan, Refusal } from '../model/model';
import { signInProblem } from './sign-in';

/** Fetches. A branch that the remote no longer has is forgotten, where that is no trouble. */
export async function fetchFor(git: Git, plan: Plan, { signal, onOutput }: ExecuteOptions): Promise<Refusal[]> {
  for (const remote of new Set(plan.fetches.map((fetch) => fetch.remote))) {
    const asked = plan.fetches.filter((fetch) => fetch.remote === remote);
    const everything = asked.some(({ branches }) => branches.length === 0);
    const optional = new Set(asked.filter((fetch) => fetch.optional).flatMap(({ branches }) => branches));
    let branches = everything ? [] : [...new Set(asked.flatMap((fetch) => fetch.branches))];
    for (;;) {
      const answer = await git.run(['fetch', '-q', '--', remote, ...branches], {
        patient: true,
        signal,
        onOutput,
      });
      if (answer.code === 0) break;
      const gone = /couldn't find remote ref (?:refs\/heads\/)?(.+)/.exec(answer.stderr)?.[1]?.trim();
      if (gone === undefined || !optional.has(gone) || !branches.includes(gone)) {
        if (asked.every(({ mayFail }) => mayFail)) break;
        const what = branches.join(', ') || 'branches';
        const why = signInProblem(answer, remote) ?? complaint(answer);
        return [{ code: 'fetch-failed', message: `Could not fetch ${what} from ${remote}. ${why}` }];
      }
      await git.run(['update-ref', '-d', `refs/remotes/${remote}/${gone}`], { patient: true });
      branches = branches.filter((branch) => branch !== gone);
      if (branches.length === 0) break;
    }
  }
  return [];
}

/** A tag that is about to be made and pushed must not be on the remote already: the push would be refused. */
export async function tagOnRemote(git: Git, plan: Plan, { signal }: ExecuteOptions): Promise<Refusal[]> {
  const made = new Set(plan.steps.flatMap(({ work }) => (work.do === 'tag' ? [`refs/tags/${work.tag}`] : [])));
  for (const { work } of plan.steps) {
    const tags = work.do === 'push' ? work.refspecs.filter((ref) => made.has(ref)) : [];
    if (work.do !== 'push' || tags.length === 0) continue;
    const answer = await git.run(['ls-remote', '--tags', '--', work.remote, ...tags], { signal });
    if (answer.code !== 0) {
      const why = signInProblem(answer, work.remote) ?? complaint(answer);
      return [{ code: 'fetch-failed', message: `Could not reach ${work.remote}, to which this pushes. ${why}` }];
    }
    if (answer.stdout.trim() === '') continue;
    const names = tags.map((ref) => ref.slice('refs/tags/'.length)).join(', ');
    const message = `${work.remote} has a tag '${names}' already. Fetch it, or pick another version.`;
    return [{ code: 'tag-exists', message }];
  }
  return [];
}
