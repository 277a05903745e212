import { commands, type QuickPickItem } from 'vscode';
import type { BranchRole } from '../../index';
import { askFlowRepository, choose, type Argument } from './ask';
import { roleTitle, type Target } from '../rows';
import type { Room } from '../services';
import { currentBranch } from '../status-bar';

interface NextAction extends QuickPickItem {
  command: string;
}

/** What can be done next from the current branch, the likeliest first: the menu of the status bar. */
export async function nextActions(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot } = await askFlowRepository(room, argument, 'Flow');
  const { journal } = snapshot.state;
  const current = currentBranch(snapshot);
  const items = journal
    ? unfinished
    : [...(current ? ofBranch(current.role, snapshot.state.remotes.length > 0) : []), ...always];
  const choice = await choose(items, journal?.plan.title ?? current?.name ?? repository.name, 'What next?');
  const ofCurrent = items !== unfinished && current !== undefined && !always.includes(choice);
  const target: Target = ofCurrent
    ? { what: 'branch', root: repository.root, branch: current }
    : { what: 'repository', root: repository.root };
  await commands.executeCommand(choice.command, { target });
}

const unfinished: NextAction[] = [
  { label: '$(debug-continue) Resume', description: 'Go on where it stopped', command: 'mlopsFlow.flow.resume' },
  { label: '$(discard) Undo', description: 'Back to how it was before', command: 'mlopsFlow.flow.undo' },
  { label: '$(close) Leave', description: 'Forget it and keep everything as it is', command: 'mlopsFlow.flow.leave' },
  { label: '$(list-ordered) Show Plan', command: 'mlopsFlow.flow.showPlan' },
];

const always: NextAction[] = [
  { label: '$(add) Start Feature…', command: 'mlopsFlow.flow.startFeature' },
  { label: '$(add) Start Bugfix…', command: 'mlopsFlow.flow.startBugfix' },
  { label: '$(add) Start Release…', command: 'mlopsFlow.flow.startRelease' },
  { label: '$(add) Start Hotfix…', command: 'mlopsFlow.flow.startHotfix' },
  { label: '$(git-branch) Check Out…', command: 'mlopsFlow.flow.checkout' },
];

function ofBranch(role: BranchRole, hasRemote: boolean): NextAction[] {
  if (role === 'main' || role === 'develop' || role === 'other') return [];
  const title = roleTitle(role);
  const finishable = role !== 'support';
  return [
    ...(finishable ? [{ label: `$(check) Finish ${title}…`, command: `mlopsFlow.flow.finish${title}` }] : []),
    ...(hasRemote ? [{ label: '$(cloud-upload) Publish', command: 'mlopsFlow.flow.publish' }] : []),
    { label: '$(sync) Update from Base…', command: 'mlopsFlow.flow.update' },
    ...(hasRemote && finishable
      ? [{ label: '$(git-pull-request) Finish through a Pull Request', command: 'mlopsFlow.flow.finishByPullRequest' }]
      : []),
    { label: '$(diff-multiple) Compare with Base', command: 'mlopsFlow.flow.compare' },
  ];
}
