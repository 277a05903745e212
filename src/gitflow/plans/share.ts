/** Sharing branches: publish, track, pull. */
import type { PublishRequest, Planned, PullRequest, TrackRequest } from '../model/model';
import { versionTag } from '../model/branching';
import { fullName } from '../model/names';
import type { PlanContext } from './draft';
import { Draft } from './draft';

/** The word that hooks are given: git-flow has the tag for hotfixes, the bare name for all others. */
function hookName(draft: Draft, kind: string, name: string): string {
  return kind === 'hotfix' ? versionTag(draft.config.versionTagPrefix ?? '', name) : name;
}

export function planPublish(context: PlanContext, request: PublishRequest): Planned {
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
  draft.add({
    do: 'push',
    remote: origin,
    refspecs: [`refs/heads/${branch}:refs/heads/${branch}`],
    upstream: true,
    what: branch,
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
