import {
  CancellationError,
  commands,
  env,
  type InputBoxValidationMessage,
  InputBoxValidationSeverity,
  Uri,
  window,
} from 'vscode';
import { shortId } from '../../../shared/format';
import { UserError } from '../../../workbench/index';
import { askBranch, choose, type Argument } from './ask';
import { perform } from './perform';
import { commandLine } from './plan-text';
import type { Branch, PublishRequest } from '../../index';
import type { Snapshot } from '../repositories/snapshots';
import type { Room } from '../services';

/** Pushes the branch and lets it track its remote. */
export async function publish(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title: 'Publish Branch',
    placeHolder: 'Which branch?',
    roles: 'topics',
    takeCurrent: true,
    none: 'There is no branch to publish. Start one first.',
  });
  if (snapshot.state.remotes.length === 0)
    throw new UserError('The repository has no remote to publish to. Add one in the Source Control view.');
  const request = { action: 'publish', kind: branch.role, name: branch.shortName } as const;
  const force = await replacing(snapshot, branch, request);
  await perform(room, repository, { ...request, ...(force ? { force } : {}) });
}

/**
 * Where the branch was rebased or amended after it was published, the commits that publishing replaces are shown first.
 *
 * @throws CancellationError unless the user agrees
 */
async function replacing({ core }: Snapshot, { name }: Branch, request: PublishRequest): Promise<boolean> {
  const planned = await core.plan({ ...request, force: true });
  if (!planned.ok) return false;
  const step = planned.plan.steps.find(({ work }) => work.do === 'push' && work.lease !== undefined);
  if (step === undefined) return false;
  const replace = 'Replace';
  const detail = [...planned.plan.warnings, ...step.commands.map((argv) => argv.join(' '))].join('\n\n');
  const choice = await window.showWarningMessage(
    `${name} was rebased or amended since it was published. Replace it on the remote?`,
    { modal: true, detail },
    replace,
  );
  if (choice !== replace) throw new CancellationError();
  return true;
}

/** Makes a local branch of one that a colleague published. */
export async function track(room: Room, argument: Argument): Promise<void> {
  const { repository, branch } = await askBranch(room, argument, {
    title: 'Track Branch',
    placeHolder: 'Which branch of the remote?',
    roles: 'topics',
    remote: true,
    fits: ({ name, remote }, { listing, configuration }) =>
      remote === configuration.origin && !listing.local.some((local) => local.name === name),
    none: 'The remote has no flow branch that is not here already. Fetch first if there should be one.',
  });
  await perform(room, repository, { action: 'track', kind: branch.role, name: branch.shortName });
}

/** Brings the base's new commits into the branch. */
export async function update(room: Room, argument: Argument): Promise<void> {
  const title = 'Update from Base';
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title,
    placeHolder: 'Which branch?',
    roles: 'topics',
    takeCurrent: true,
    none: 'There is no branch to update. Start one first.',
  });
  const base = await snapshot.core.baseOf(branch.name);
  const { how } = await choose(
    [
      {
        label: 'Merge',
        description: `Merge ${base} into ${branch.name}`,
        detail: 'Keeps every commit as it is.',
        how: 'merge' as const,
      },
      {
        label: 'Rebase',
        description: `Put ${branch.name} on top of ${base}`,
        detail: 'Makes its commits anew: not for branches that others work on.',
        how: 'rebase' as const,
      },
    ],
    title,
    `How shall ${branch.name} get what is new in ${base}?`,
  );
  await perform(room, repository, {
    action: 'update',
    kind: branch.role,
    name: branch.shortName,
    how,
    fetch: snapshot.state.remotes.length > 0,
  });
}

export async function rename(room: Room, argument: Argument): Promise<void> {
  const title = 'Rename Branch';
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title,
    placeHolder: 'Which branch?',
    roles: 'topics',
    takeCurrent: true,
    none: 'There is no branch to rename.',
  });
  const kind = branch.role;
  const judge = async (text: string): Promise<InputBoxValidationMessage | undefined> => {
    const name = text.trim();
    const problem =
      name === ''
        ? 'Type a name.'
        : name === branch.shortName
          ? undefined
          : await snapshot.core.nameProblem(kind, name);
    return problem === undefined ? undefined : { message: problem, severity: InputBoxValidationSeverity.Error };
  };
  const to = await window.showInputBox({
    title,
    value: branch.shortName,
    prompt: 'The new name, without the prefix',
    ignoreFocusOut: true,
    validateInput: judge,
  });
  if (to === undefined || to.trim() === branch.shortName) throw new CancellationError();
  await perform(room, repository, { action: 'rename', kind, name: branch.shortName, to: to.trim() });
}

/** Deletes a branch after showing what will be run. One that is not merged needs a second word. */
export async function remove(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title: 'Delete Branch',
    placeHolder: 'Which branch?',
    roles: 'topics',
    none: 'There is no branch to delete.',
  });
  const request = { action: 'delete' as const, kind: branch.role, name: branch.shortName };
  let planned = await snapshot.core.plan(request);
  const unmerged = !planned.ok && planned.refusals.every(({ code }) => code === 'not-merged');
  if (unmerged) planned = await snapshot.core.plan({ ...request, force: true });
  if (!planned.ok) throw new UserError(planned.refusals.map(({ message }) => message).join(' '));
  const here = unmerged ? 'Delete with Its Commits' : 'Delete';
  const both = 'Delete Here and on the Remote';
  const question = unmerged
    ? `${branch.name} has commits that are not merged. Delete it anyway?`
    : `Delete ${branch.name}?`;
  const detail = planned.plan.steps.flatMap((step) => step.commands.map(commandLine)).join('\n');
  const { listing, configuration } = snapshot;
  // Not by the upstream: a renamed branch still has the old name there.
  const shared = listing.remote.some(({ name, remote }) => name === branch.name && remote === configuration.origin);
  const choices = shared ? [here, both] : [here];
  const choice = await window.showWarningMessage(question, { modal: true, detail }, ...choices);
  if (choice === undefined) throw new CancellationError();
  await perform(room, repository, { ...request, force: unmerged, remote: choice === both });
}

export async function checkout(room: Room, argument: Argument): Promise<void> {
  const { repository, branch } = await askBranch(room, argument, {
    title: 'Check Out Branch',
    placeHolder: 'Which branch?',
    fits: ({ current }) => !current,
    none: 'There is no other branch to check out.',
  });
  await perform(room, repository, { action: 'checkout', branch: branch.name });
}

/** Shows what the branch changed since it left its base, in the multi-file diff editor. */
export async function compare(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title: 'Compare with Base',
    placeHolder: 'Which branch?',
    fits: ({ role }) => role !== 'main',
    takeCurrent: true,
    none: 'There is no branch to compare.',
  });
  const base = await baseOfBranch(snapshot, branch);
  await showChanges(room, repository.root, { from: base, to: branch.commit, names: [base, branch.name] });
}

/** Shows what one commit has that another has not. */
export async function compareCommits(room: Room, root: string, from: string, to: string): Promise<void> {
  await showChanges(room, root, { from, to, names: [shortId(from), shortId(to)] });
}

async function showChanges(
  room: Room,
  root: string,
  { from, to, names: [base, name] }: { from: string; to: string; names: [from: string, to: string] },
): Promise<void> {
  const git = await room.repositories.inGitExtension(root);
  if (git === undefined) {
    throw new UserError("Comparing needs VS Code's own Git extension. Switch it on with the setting git.enabled.", {
      title: 'Open Settings',
      command: 'workbench.action.openSettings',
      arguments: ['git.enabled'],
    });
  }
  const start = (await git.repository.getMergeBase(from, to)) ?? from;
  const changes = await git.repository.diffBetween(start, to);
  if (changes.length === 0) {
    window.setStatusBarMessage(`$(info) ${name} has no change that ${base} has not.`, 5000);
    return;
  }
  const resources = changes.map(({ uri, originalUri, renameUri }) => [
    renameUri ?? uri,
    git.api.toGitUri(originalUri, start),
    git.api.toGitUri(renameUri ?? uri, to),
  ]);
  await commands.executeCommand('vscode.changes', `${base} ↔ ${name}`, resources);
}

/** What git-flow compares develop with is production. */
async function baseOfBranch({ core, configuration }: Snapshot, { name, role }: Branch): Promise<string> {
  return role === 'develop' && configuration.flavour === 'avh' ? configuration.main : core.baseOf(name);
}

/** Publishes the branch and opens the page of the remote's host on which a pull request is made. */
export async function finishByPullRequest(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title: 'Finish with Pull Request',
    placeHolder: 'Which branch?',
    roles: 'finishable',
    takeCurrent: true,
    none: 'There is no branch to create a pull request from. Start one first.',
  });
  const outcome = await perform(room, repository, { action: 'publish', kind: branch.role, name: branch.shortName });
  if (outcome.status !== 'done') return;
  const page = await snapshot.core.pullRequestPage(branch.name, await snapshot.core.baseOf(branch.name));
  if (page === undefined) {
    throw new UserError(
      `${branch.name} is published. The pull request page of its remote is not known: open it yourself, and choose Clean Up after the merge.`,
    );
  }
  await env.openExternal(Uri.parse(page, true));
}

/** After the pull request was merged: base updated, branch deleted. */
export async function cleanUp(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title: 'Clean Up After Merged Pull Request',
    placeHolder: 'Which branch?',
    roles: 'finishable',
    takeCurrent: true,
    none: 'There is no branch to clean up.',
  });
  const request = { action: 'cleanUp' as const, kind: branch.role, name: branch.shortName };
  const planned = await snapshot.core.plan(request);
  if (planned.ok || planned.refusals.some(({ code }) => code !== 'not-merged')) {
    await perform(room, repository, request);
    return;
  }
  const deleteIt = 'Delete It';
  const choice = await window.showWarningMessage(
    `${branch.name} is not in its base as it is. Was its pull request squashed or rebased there?`,
    {
      modal: true,
      detail:
        'Then nothing in the history shows the merge, and the branch can be deleted. Otherwise its commits would only be in the reflog.',
    },
    deleteIt,
  );
  if (choice !== deleteIt) throw new CancellationError();
  await perform(room, repository, { ...request, force: true });
}
