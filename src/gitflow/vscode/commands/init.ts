import {
  CancellationError,
  type InputBoxValidationMessage,
  InputBoxValidationSeverity,
  type QuickPickItem,
  window,
  workspace,
} from 'vscode';
import { UserError } from '../../../workbench/index';
import {
  branchKinds,
  defaultPrefixes,
  initRepository,
  keptPlain,
  runGit,
  type BranchKind,
  type Configuration,
  type InitRequest,
  type Preset,
} from '../../index';
import { askRepository, choose, type Argument } from './ask';
import { perform } from './perform';
import { remoteName, roleTitle } from '../rows';
import type { Room } from '../services';
import type { Snapshot } from '../repositories/snapshots';

/** The models to choose from, the one without set-up first. */
const models: (QuickPickItem & { preset: Preset | 'plain' })[] = [
  {
    label: 'None',
    description: 'the repository as it is',
    detail: 'Topics are started from the default branch and finished into it, or through a pull request.',
    preset: 'plain',
  },
  {
    label: 'Gitflow',
    description: 'main and develop; features, releases, hotfixes',
    detail: 'For versions that are prepared, tagged and patched.',
    preset: 'gitflow',
  },
  {
    label: 'GitHub flow',
    description: 'main and features',
    detail: 'For what is delivered from main at any time.',
    preset: 'github',
  },
  {
    label: 'GitLab flow',
    description: 'main, staging, production; features, hotfixes',
    detail: 'For environments that have a branch each: main is promoted to staging, and staging to production.',
    preset: 'gitlab',
  },
  {
    label: 'Trunk-based',
    description: 'main, short features without merge commits, release tags',
    detail: 'For a straight history.',
    preset: 'trunk',
  },
];

/** Lets the user choose a branching model, and to have none. */
export async function chooseModel(room: Room, argument: Argument): Promise<void> {
  const title = 'Choose Branching Model';
  if ((await room.repositories.list()).length === 0) {
    await init(room, argument);
    return;
  }
  const { repository, snapshot } = await askRepository(room, argument, title);
  const { configuration, state } = snapshot;
  const { preset } = await choose(models, title, 'How does your team work with branches?');
  const target = { target: { what: 'repository' as const, root: repository.root } };
  if (preset === 'gitflow') {
    await init(room, target);
  } else if (preset === 'plain') {
    if (configuration.flavour !== 'none')
      throw new UserError(
        `${repository.name} is set up already. Its keys begin with gitflow. in the configuration of git.`,
      );
    await runGit(repository.root, ['config', '--local', keptPlain, 'plain']);
    await room.snapshots.renew(repository);
  } else {
    const force = configuration.flavour !== 'none' ? await askToReplace(repository.name, state.initialised) : false;
    await perform(room, repository, { action: 'init', preset, ...(force ? { force } : {}) });
  }
}

async function askToReplace(name: string, initialised: boolean): Promise<true> {
  const replace = 'Replace';
  const choice = await window.showWarningMessage(
    `${name} ${initialised ? 'is set up' : 'has keys of another set-up'} already. Replace its branching model?`,
    {
      modal: true,
      detail: 'No branch is changed. The keys of the old model are removed, and undoing brings them back.',
    },
    replace,
  );
  if (choice !== replace) throw new CancellationError();
  return true;
}

/** Sets a repository up for Gitflow; where there is none, offers to make one. */
export async function init(room: Room, argument: Argument): Promise<void> {
  const title = 'Set Up Gitflow';
  if ((await room.repositories.list()).length === 0) await makeRepository(room);
  const { repository, snapshot } = await askRepository(room, argument, title);
  const { configuration, state } = snapshot;
  if (state.initialised) {
    throw new UserError(
      `${repository.name} is set up for Gitflow already: ${configuration.main} and ${configuration.develop}.`,
    );
  }
  const usual = await usualNames(snapshot);
  const how = await choose(
    [
      {
        label: 'Use the usual names',
        description: `${usual.main}, ${usual.develop}, feature/, release/, hotfix/, …`,
        custom: false,
      },
      { label: 'Choose the names…', description: 'Branches, prefixes and the prefix of version tags', custom: true },
    ],
    title,
    'Which names do the branches have?',
  );
  const request = how.custom ? await askNames(configuration, usual, title) : { action: 'init' as const, ...usual };
  const createDevelop = await mayCreateDevelop(snapshot, request);
  await perform(room, repository, { ...request, createDevelop });
}

/** The long-lived branches by name. */
interface LongLived {
  main: string;
  develop: string;
}

/** The branches that are there under a usual name; in a repository without a commit the one that Git begins with. */
async function usualNames({ core, state, configuration, listing }: Snapshot): Promise<LongLived> {
  const planned = await core.plan({ action: 'init' });
  const request: Partial<LongLived> = planned.ok && planned.plan.request.action === 'init' ? planned.plan.request : {};
  const found = ['production', 'main', 'master'].find((guess) => listing.local.some(({ name }) => name === guess));
  const begun = state.unborn && state.branch !== 'develop' ? state.branch : undefined;
  return {
    main: begun ?? request.main ?? (configuration.main || (found ?? state.branch ?? 'main')),
    develop: request.develop ?? (configuration.develop || 'develop'),
  };
}

/** git-flow makes no development branch where there are others beside the production branch: here it does if one says so. */
async function mayCreateDevelop({ configuration, listing }: Snapshot, { main, develop }: LongLived): Promise<boolean> {
  const exists = (branch: string) => listing.local.some(({ name }) => name === branch);
  const others = listing.local.some(({ name }) => name !== main);
  if (exists(develop) || !others) return false;
  const shared = listing.remote.find(({ name, remote }) => name === develop && remote === configuration.origin);
  if (shared === undefined && !exists(main)) return false;
  const start = shared?.ref ?? `refs/heads/${main}`;
  const make = `Make ${develop}`;
  const choice = await window.showInformationMessage(
    `There is no branch ${develop} yet. Make it from ${shared === undefined ? main : remoteName(shared)}?`,
    { modal: true, detail: `git branch ${shared === undefined ? '--no-track ' : ''}-- ${develop} ${start}` },
    make,
  );
  if (choice !== make) throw new CancellationError();
  return true;
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
async function askNames(
  { prefixes, versionTagPrefix }: Configuration,
  usual: LongLived,
  title: string,
): Promise<InitRequest & LongLived> {
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
  const main = await ask('Production branch', usual.main, false);
  const develop = await ask('Development branch', usual.develop, false);
  const chosen: Partial<Record<BranchKind, string>> = {};
  for (const kind of branchKinds) {
    chosen[kind] = await ask(`Prefix: ${roleTitle(kind)}`, prefixes[kind] ?? defaultPrefixes[kind], false);
  }
  const tagPrefix = await ask('Prefix of version tags, may be empty', versionTagPrefix ?? '', true);
  return { action: 'init', main, develop, prefixes: chosen, versionTagPrefix: tagPrefix };
}
