/** Changing a branch that is there: update from its base, rename, delete, check out. */
import type { CheckoutRequest, DeleteRequest, Planned, RenameRequest, UpdateRequest } from '../model/model';
import { keys } from '../model/config';
import { fullName } from '../model/names';
import { badName } from '../git/ref-format';
import type { PlanContext } from './draft';
import { Draft } from './draft';

export async function planUpdate(context: PlanContext, request: UpdateRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind, how = 'merge' } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  const branch = draft.topic(kind, request.name);
  if (branch === undefined) return draft.done('', request);
  // Git itself puts changes away and back where it is told to.
  if (!(how === 'rebase' && draft.config.flag('rebase.autostash'))) draft.clean(request.stash);
  draft.exists(branch);
  draft.free(branch);
  const base = draft.baseOf(branch, kind);
  if (draft.local(base) === undefined) {
    draft.refuse('no-base', `The base '${base}' doesn't exist locally or is not a branch. Can't update '${branch}'.`);
  }
  if (request.fetch) {
    draft.fetchKnown(base);
    await draft.notBehind(base);
  }
  draft.watch(`refs/heads/${base}`);
  if (how === 'rebase') {
    const preserve = draft.flag(request.preserveMerges, kind, 'rebase', 'preserve-merges');
    const mode = request.rebaseMerges ? 'merges' : preserve ? 'preserve' : 'plain';
    draft.add({ do: 'rebase', branch, onto: base, mode });
    draft.summary.push(`'${branch}' was rebased onto '${base}'`);
  } else {
    draft.add({ do: 'merge', into: branch, source: draft.mergeName(base), fastForward: 'allowed' });
    draft.summary.push(`'${base}' was merged into '${branch}'`);
  }
  const name = draft.bare(kind, branch);
  return draft.done(`Update ${kind} ${name} from ${base}`, { ...request, name }, { branch });
}

export async function planRename(context: PlanContext, request: RenameRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  if (request.to === '') draft.refuse('no-name', 'No new name given.');
  const branch = draft.topic(kind, request.name);
  if (branch === undefined || !draft.open) return draft.done('', request);
  draft.exists(branch);
  const to = fullName(draft.config, kind, request.to);
  const bad = await badName(context.git, to);
  if (bad !== undefined) draft.refuse('bad-name', bad);
  draft.absent(to, 'anywhere', branch);

  const name = draft.bare(kind, branch);
  const words = [name, draft.config.origin, branch];
  draft.hook(`pre-flow-${kind}-rename`, words);
  draft.add({ do: 'renameBranch', branch, to });
  const section = keys.section(branch);
  if (draft.snapshot.entries.some(({ key }) => key.startsWith(`${section}.`))) {
    draft.add({ do: 'renameSection', section, to: keys.section(to) });
  }
  draft.hook(`post-flow-${kind}-rename`, words);
  draft.summary.push(`Branch '${branch}' has been renamed to '${to}'.`);
  return draft.done(`Rename ${kind} ${name} to ${request.to}`, { ...request, name }, { branch: to });
}

export async function planDelete(context: PlanContext, request: DeleteRequest): Promise<Planned> {
  const draft = new Draft(context);
  const { kind, name } = request;
  if (!draft.initialised(kind)) return draft.done('', request);
  if (name === '')
    draft.refuse('no-name', `Missing argument <${kind === 'release' || kind === 'hotfix' ? 'version' : 'name'}>`);
  if (!draft.open) return draft.done('', request);
  const { config } = draft;
  const branch = fullName(config, kind, name);
  draft.exists(branch);
  draft.topical(branch);
  const force = draft.flag(request.force, kind, 'delete', 'force');
  const remote =
    draft.flag(request.remote, kind, 'delete', 'remote') ||
    // The key of git-flow-next's first versions.
    (request.remote ?? draft.config.flag(`gitflow.branch.${kind}.deleteremote`) ?? false);
  const base = draft.baseOf(branch, kind);
  const refuge =
    config.flavour === 'avh' && kind === 'hotfix'
      ? config.main
      : draft.local(base) === undefined
        ? config.develop
        : base;
  const words = [name, config.origin, branch];
  draft.hook(`pre-flow-${kind}-delete`, words);
  if (draft.head === branch) {
    draft.clean();
    draft.free(refuge);
    draft.add({ do: 'checkout', branch: refuge });
  }
  draft.free(branch);
  if (!draft.open) return draft.done('', request);
  const merged = await isMerged(draft, request, branch, base);
  if (!merged && !force) {
    const moved = draft.works.filter(({ do: what }) => what === 'checkout' || what === 'hook');
    draft.refuse(
      'not-merged',
      `The ${kind} branch '${branch}' has not been merged yet. Delete it with force, and its commits are gone from every branch.`,
    );
    return draft.done(`Delete ${kind} ${name}`, request, { branch }, moved);
  }
  draft.add({ do: 'deleteBranch', branch, force: !merged });
  draft.summary.push(`The ${kind} branch '${branch}' has been deleted.`);
  if (remote) {
    if (draft.remote(branch) === undefined) {
      draft.warnings.push(`'${config.origin}' has no branch '${branch}' to delete.`);
    } else {
      draft.add({ do: 'deleteRemoteBranch', remote: config.origin, branch });
      draft.summary.push(`The ${kind} branch '${branch}' in '${config.origin}' has been deleted.`);
    }
  }
  draft.forgetBase(branch);
  draft.hook(`post-flow-${kind}-delete`, words);
  return draft.done(`Delete ${kind} ${name}`, request, { branch });
}

/** A release is merged when production and its base have it, a hotfix when production and develop have it. */
async function isMerged(draft: Draft, { kind }: DeleteRequest, branch: string, base: string): Promise<boolean> {
  const { main, develop } = draft.config;
  const typed = draft.config.flavour !== 'avh';
  const needed = typed ? [base] : kind === 'release' ? [main, base] : kind === 'hotfix' ? [main, develop] : [base];
  const tip = draft.local(branch);
  if (tip === undefined) return false;
  for (const name of needed) {
    const holder = draft.local(name);
    if (holder === undefined || !(await draft.graph.contains(holder, tip))) return false;
  }
  return true;
}

export function planCheckout(context: PlanContext, request: CheckoutRequest): Planned {
  const draft = new Draft(context);
  draft.exists(request.branch);
  draft.free(request.branch);
  draft.add({ do: 'checkout', branch: request.branch });
  return draft.done(`Check out ${request.branch}`, request, { branch: request.branch });
}
