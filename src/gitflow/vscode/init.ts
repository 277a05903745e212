import {
  CancellationError,
  type InputBoxValidationMessage,
  InputBoxValidationSeverity,
  window,
  workspace,
} from 'vscode';
import { UserError } from '../../workbench';
import { branchKinds, initRepository, type BranchKind, type InitRequest, type Repository } from '../index';
import { askRepository, choose, type Argument } from './ask';
import { perform } from './perform';
import { roleTitle } from './rows';
import type { Room } from './services';

const defaultPrefixes: Readonly<Record<BranchKind, string>> = {
  feature: 'feature/',
  bugfix: 'bugfix/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

/** Sets a repository up for Gitflow; where there is none, offers to make one. */
export async function init(room: Room, argument: Argument): Promise<void> {
  const title = 'Set Up Gitflow';
  if ((await room.repositories.list()).length === 0) await makeRepository(room);
  const { repository, snapshot } = await askRepository(room, argument, title);
  const { core, configuration, state } = snapshot;
  if (state.initialised) {
    throw new UserError(
      `${repository.name} is set up for Gitflow already: ${configuration.main} and ${configuration.develop}.`,
    );
  }
  const how = await choose(
    [
      { label: 'Use the usual names', description: 'main, develop, feature/, release/, hotfix/, …', custom: false },
      { label: 'Choose the names…', description: 'Branches, prefixes and the prefix of version tags', custom: true },
    ],
    title,
    'Which names do the branches have?',
  );
  await perform(room, repository, how.custom ? await askNames(core, title) : { action: 'init' });
}

async function makeRepository(room: Room): Promise<void> {
  if (!workspace.isTrusted) throw new UserError('Trust this workspace first: nothing is run in one that is not.');
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first] = folders;
  if (first === undefined)
    throw new UserError('Open a folder first.', { title: 'Open Folder', command: 'vscode.openFolder' });
  const folder =
    folders.length === 1
      ? first
      : (
          await choose(
            folders.map((each) => ({ label: each.name, description: each.uri.fsPath, each })),
            'Make a Git Repository',
            'In which folder?',
          )
        ).each;
  const make = 'Make a Repository';
  const choice = await window.showInformationMessage(
    `Make a Git repository in ${folder.name}?`,
    { modal: true, detail: `git init ${folder.uri.fsPath}` },
    make,
  );
  if (choice !== make) throw new CancellationError();
  await initRepository(folder.uri.fsPath);
  room.repositories.rescan();
}

/** Asks for each name in turn; Esc anywhere ends it all with nothing changed. */
async function askNames(core: Repository, title: string): Promise<InitRequest> {
  const { main, develop, prefixes, versionTagPrefix } = await core.configuration();
  const questions = 3 + branchKinds.length;
  let step = 0;
  const ask = async (prompt: string, value: string, empty: boolean): Promise<string> => {
    step += 1;
    const validateInput = (text: string): InputBoxValidationMessage | undefined =>
      text.trim() === '' && !empty
        ? { message: 'Type a name.', severity: InputBoxValidationSeverity.Error }
        : undefined;
    const answer = await window.showInputBox({
      title: `${title} (${step}/${questions})`,
      prompt,
      value,
      ignoreFocusOut: true,
      validateInput,
    });
    if (answer === undefined) throw new CancellationError();
    return answer.trim();
  };
  const names = {
    main: await ask('Production branch', main || 'main', false),
    develop: await ask('Development branch', develop || 'develop', false),
  };
  const chosen: Partial<Record<BranchKind, string>> = {};
  for (const kind of branchKinds)
    chosen[kind] = await ask(`Prefix: ${roleTitle(kind)}`, prefixes[kind] ?? defaultPrefixes[kind], false);
  return {
    action: 'init',
    ...names,
    prefixes: chosen,
    versionTagPrefix: await ask('Prefix of version tags, may be empty', versionTagPrefix ?? '', true),
  };
}
