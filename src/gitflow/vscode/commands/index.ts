import { CancellationError, Uri, window } from 'vscode';
import { askBranch, type Argument } from './ask';
import {
  checkout,
  cleanUp,
  compare,
  finishByPullRequest,
  publish,
  remove,
  rename,
  track,
  update,
} from './branch-actions';
import type { CommandName } from './names';
import { openConflict } from './conflicts';
import type { FinishKind } from '../panels/flow/options';
import { chooseModel, init } from './init';
import { dropKept, leave, restoreKept, resume, showAction, showPlan, undo } from './journal-actions';
import { nextActions } from './next-actions';
import { roleTitle } from '../rows';
import type { Room } from '../services';
import { startAny, startBranch } from './start';
import { pullRequestInstead } from './pull-request';
import { promote, tagRelease } from './release';

type Action = (room: Room, argument: Argument) => Promise<void> | void;

/** What each command does; `argument` is the row that it was called on, if there was one. */
export const actions: Readonly<Record<CommandName, Action>> = {
  init,
  chooseModel,
  start: startAny,
  startFeature: (room, argument) => startBranch(room, 'feature', argument),
  startBugfix: (room, argument) => startBranch(room, 'bugfix', argument),
  startRelease: (room, argument) => startBranch(room, 'release', argument),
  startHotfix: (room, argument) => startBranch(room, 'hotfix', argument),
  startSupport: (room, argument) => startBranch(room, 'support', argument),
  finishFeature: (room, argument) => finish(room, ['feature'], argument),
  finishBugfix: (room, argument) => finish(room, ['bugfix'], argument),
  finishRelease: (room, argument) => finish(room, ['release'], argument),
  finishHotfix: (room, argument) => finish(room, ['hotfix'], argument),
  finish: (room, argument) => finish(room, 'finishable', argument),
  tagRelease,
  promote,
  finishByPullRequest,
  pullRequestInstead,
  cleanUp,
  publish,
  track,
  update,
  rename,
  delete: remove,
  checkout,
  compare,
  showAction,
  showPlan,
  resume,
  undo,
  leave,
  restoreKept,
  dropKept,
  openConflict: async (room, argument) => {
    const target = argument?.target;
    if (target?.what === 'conflict') await openConflict(room.repositories, target.root, target.path);
  },
  next: nextActions,
  filterBranches: async ({ view }) => {
    const filter = await window.showInputBox({
      title: 'Filter Branches',
      value: view.activeFilter,
      prompt: 'Words that the names have to hold; empty shows everything',
    });
    if (filter === undefined) throw new CancellationError();
    view.setFilter(filter);
  },
  clearFilter: ({ view }) => view.setFilter(''),
  showMoreBranches: ({ view }, argument) => {
    if (argument?.target?.what === 'more') view.showMore(argument.target.group);
  },
  refreshBranches: async ({ repositories, snapshots, view }) => {
    repositories.rescan();
    for (const repository of await repositories.list()) await snapshots.renew(repository);
    view.refresh();
  },
};

/** Opens the dialog of Finish for a branch of these kinds. */
async function finish(room: Room, kinds: readonly FinishKind[] | 'finishable', argument: Argument): Promise<void> {
  const [only] = kinds === 'finishable' ? [] : kinds;
  const { repository, branch } = await askBranch(room, argument, {
    title: only === undefined ? 'Finish Branch' : `Finish ${roleTitle(only)}`,
    placeHolder: 'Which branch?',
    roles: kinds,
    takeCurrent: true,
    none: `There is no ${only ?? 'flow'} branch to finish. Start one first.`,
  });
  room.openFinish({
    repository: Uri.file(repository.root).toString(),
    action: 'finish',
    kind: branch.role,
    name: branch.shortName,
  });
}
