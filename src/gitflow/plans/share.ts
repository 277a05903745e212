/** Sharing branches: publish, track, pull. */
import type { PublishRequest, Planned, PullRequest, TrackRequest } from '../model/model';
import { versionTag } from '../model/branching';
import { fullName } from '../model/names';
import { formatNames } from '../../shared/format';
import type { PlanContext } from './draft';
import { Draft } from './draft';

/** The word that hooks are given: git-flow has the tag for hotfixes, the bare name for all others. */
function hookName(draft: Draft, kind: string, name: string): string {
  return kind === 'hotfix' ? versionTag(draft.config.versionTagPrefix ?? '', name) : name;
}

/** What the remote has of a branch, if it was here before: a rebase or an amendment has left it behind. */
async function replaced(draft: Draft, branch: string): Promise<{ branch: string; commit: string } | undefined> {
  const [mine, theirs] = [draft.local(branch), draft.remote(branch)];
  if (mine === undefined || theirs === undefined || (await draft.graph.contains(mine, theirs))) return undefined;
  const { git } = draft.context;
  const reflog = (await git.read(['log', '-g', '--format=%H', `refs/heads/${branch}`, '--']))
    .split('\n')
    .filter(Boolean);
  const strange = await git.read(['log', '--format=%h %s', theirs, '--not', mine, ...new Set(reflog), '--']);
  const [first, ...others] = strange.split('\n').filter(Boolean);
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    draft.refuse(
      'diverged',
      `${draft.config.origin} has commits of '${branch}' that were never here: ${first}${more}. Pull them first.`,
    );
    return undefined;
  }
  const gone = (await git.read(['log', '--format=%h %s', theirs, '--not', mine, '--'])).split('\n').filter(Boolean);
  draft.warnings.push(`These commits are replaced on ${draft.config.origin}: ${formatNames(gone, 5)}.`);
  return { branch, commit: theirs };
}

export async function planPublish(context: PlanContext, request: PublishRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const branch = draft.topic(kind, request.name);
  if (branch === undefined) return draft.done('', request);
  draft.clean();
  if (draft.exists(branch)) draft.fetchAll();
  draft.free(branch);
  draft.watch(`refs/heads/${branch}`);

  const { origin } = draft.config;
  const name = draft.bare(kind, branch);
  const words = [hookName(draft, kind, name), origin, branch];
  const option = `gitflow.${kind}.publish.push-option`;
  const options = draft.snapshot.entries.filter(({ key }) => key === option).map(({ value }) => value);
  draft.hook(`pre-flow-${kind}-publish`, words);
  const lease = request.force ? await replaced(draft, branch) : undefined;
  draft.add({
    do: 'push',
    remote: origin,
    refspecs: [`refs/heads/${branch}:refs/heads/${branch}`],
    upstream: true,
    what: branch,
    ...(lease ? { lease } : {}),
    ...(options.length > 0 ? { options } : {}),
  });
  // Only git-flow's own command checks it out.
  if (draft.config.flavour === 'avh' && draft.head !== branch) draft.add({ do: 'checkout', branch });
  draft.hook(`post-flow-${kind}-publish`, words);
  draft.summary.push(
    `The remote branch '${branch}' was created or updated`,
    `The local branch '${branch}' was configured to track the remote branch`,
  );
  return draft.done(`Publish ${kind} ${name}`, { ...request, name }, { branch });
}

export function planTrack(context: PlanContext, request: TrackRequest): Planned {
  const draft = new Draft(context);
  const { kind, name } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  if (name === '') draft.refuse('no-name', 'Missing argument <name>');
  const branch = fullName(draft.config, kind, name);
  draft.clean();
  draft.absent(branch, 'here');
  draft.fetchAll();
  const { origin } = draft.config;
  const start = draft.remoteRef(branch);
  if (context.fetched && draft.remote(branch) === undefined) {
    draft.refuse(
      'no-branch',
      `'${origin}' has no branch '${branch}'. Check the name, or ask your colleague to publish it.`,
    );
  }
  const words = [name, origin, branch];
  draft.hook(`pre-flow-${kind}-track`, words);
  draft.add({ do: 'createBranch', branch, start, checkout: true, track: true });
  draft.hook(`post-flow-${kind}-track`, words);
  draft.summary.push(`A new remote tracking branch '${branch}' was created`);
  return draft.done(`Track ${kind} ${name}`, request, { branch });
}

export function planPull(context: PlanContext, request: PullRequest): Planned {
  const draft = new Draft(context);
  const { kind, remote } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  if (remote === '') draft.refuse('no-remote', 'Name a remote explicitly.');
  const branch = draft.topic(kind, request.name);
  if (branch === undefined) return draft.done('', request);
  const { branch: current } = draft.snapshot;
  const here = draft.local(branch) !== undefined;
  const onAnother = current?.startsWith(draft.config.prefixes[kind] ?? '') === true || here;
  if (onAnother && current !== branch) {
    draft.refuse(
      'not-on-such-a-branch',
      `Trying to pull from '${branch}' while currently on branch '${current ?? 'HEAD'}'. Check out '${branch}' first.`,
    );
  }
  draft.clean();
  const name = draft.bare(kind, branch);
  const words = [name, remote, branch];
  draft.hook(`pre-flow-${kind}-pull`, words);
  if (here) draft.add({ do: 'pull', remote, branch, ...(request.rebase ? { rebase: true } : {}) });
  else draft.add({ do: 'createFromFetch', branch, remote });
  draft.hook(`post-flow-${kind}-pull`, words);
  draft.summary.push(`Pulled ${remote}'s changes into ${branch}`);
  return draft.done(`Pull ${kind} ${name}`, { ...request, name }, { branch });
}
