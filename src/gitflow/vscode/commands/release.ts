import { CancellationError, Uri, window } from 'vscode';
import { UserError } from '../../../workbench/index';
import { askBranch, askFlowRepository, choose, type Argument } from './ask';
import { perform } from './perform';
import { commandLine } from './plan-text';
import { isBase } from '../rows';
import type { Room } from '../services';
import { chooseVersion } from './start';

/** Asks for the version, and opens the dialog in which the release is tagged. */
export async function tagRelease(room: Room, argument: Argument): Promise<void> {
  const title = 'Tag a Release';
  const { repository, snapshot } = await askFlowRepository(room, argument, title);
  const { core, listing, configuration } = snapshot;
  const target = argument?.target;
  const bases = listing.local.filter(({ role }) => isBase(role) && role !== 'develop');
  const meant = target?.what === 'branch' ? bases.find(({ ref }) => ref === target.branch.ref) : undefined;
  const branch = meant ?? bases.find(({ name }) => name === configuration.main) ?? bases[0];
  if (branch === undefined) throw new UserError('There is no branch to tag here. Check out the default branch first.');
  const choice = await chooseVersion(await core.suggestVersion('release', branch.name), title);
  const version = choice.other ? await askVersion(title, choice.label) : choice.label;
  room.openFinish({
    repository: Uri.file(repository.root).toString(),
    action: 'tag',
    kind: branch.name,
    name: version,
  });
}

async function askVersion(title: string, value: string): Promise<string> {
  const version = await window.showInputBox({
    title,
    value,
    prompt: 'Version',
    placeHolder: '1.2.0',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Type a version.' : undefined),
  });
  if (version === undefined) throw new CancellationError();
  return version.trim();
}

/** Merges a base branch into its parent: staging goes to production. */
export async function promote(room: Room, argument: Argument): Promise<void> {
  const title = 'Promote Branch';
  const { repository, snapshot, branch } = await askBranch(room, argument, {
    title,
    placeHolder: 'Which branch?',
    takeCurrent: true,
    fits: ({ name }, { configuration: { model } }) =>
      model.bases.some((base) => base.name === name && base.parent !== undefined && base.upstream !== 'none'),
    none: 'The branching model has no branch that is promoted to another one.',
  });
  const hasRemote = snapshot.state.remotes.includes(snapshot.configuration.origin);
  const request = { action: 'integrate' as const, name: branch.name, fetch: hasRemote };
  const parent = snapshot.configuration.model.bases.find(({ name }) => name === branch.name)?.parent ?? '';
  const { push } = hasRemote
    ? await choose(
        [
          { label: 'Merge and push', description: `${branch.name} into ${parent}, pushed afterwards`, push: true },
          { label: 'Merge', description: `${branch.name} into ${parent}, here only`, push: false },
        ],
        title,
        `What shall be done with ${branch.name}?`,
      )
    : { push: false };
  const planned = await snapshot.core.plan({ ...request, push });
  const detail = planned.ok ? planned.plan.steps.flatMap(({ commands }) => commands.map(commandLine)).join('\n') : '';
  if (planned.ok) {
    const answer = await window.showInformationMessage(
      `Promote ${branch.name} to ${parent}?`,
      { modal: true, detail },
      'Promote',
    );
    if (answer !== 'Promote') throw new CancellationError();
  }
  await perform(room, repository, { ...request, push });
}
