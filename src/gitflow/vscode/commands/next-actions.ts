import { commands, type QuickPickItem } from 'vscode';
import type { BranchRole } from '../../index';
import { askFlowRepository, choose, type Argument } from './ask';
import { roleTitle, type Target } from '../rows';
import type { Snapshot } from '../repositories/snapshots';
import type { Room } from '../services';
import { currentBranch } from '../status-bar';

interface NextAction extends QuickPickItem {
  command: string;
  /** It is of no branch. */
  ofRepository?: true;
}

/** What can be done next from the current branch, the likeliest first: the menu of the status bar. */
export async function nextActions(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot } = await askFlowRepository(room, argument, 'Flow');
  const { journal } = snapshot.state;
  const current = currentBranch(snapshot);
  const items = journal ? unfinished : [...(current ? ofBranch(current.role, snapshot) : []), ...startsOf(snapshot)];
  const choice = await choose(items, journal?.plan.title ?? current?.name ?? repository.name, 'What next?');
  const ofCurrent = items !== unfinished && current !== undefined && choice.ofRepository !== true;
  const target: Target = ofCurrent
    ? { what: 'branch', root: repository.root, branch: current }
    : { what: 'repository', root: repository.root };
  await commands.executeCommand(choice.command, { target });
}

const unfinished: NextAction[] = [
  { label: '$(debug-continue) Resume', description: 'Continue where it stopped', command: 'mlopsFlow.flow.resume' },
  { label: '$(discard) Undo', description: 'Back to how it was before', command: 'mlopsFlow.flow.undo' },
  { label: '$(close) Discard Journal', description: 'Keep everything as it is now', command: 'mlopsFlow.flow.leave' },
  { label: '$(list-ordered) Show Plan', command: 'mlopsFlow.flow.showPlan' },
];

const gitflowStarts: NextAction[] = [
  { label: '$(add) Start Feature…', command: 'mlopsFlow.flow.startFeature', ofRepository: true },
  { label: '$(add) Start Bugfix…', command: 'mlopsFlow.flow.startBugfix', ofRepository: true },
  { label: '$(add) Start Release…', command: 'mlopsFlow.flow.startRelease', ofRepository: true },
  { label: '$(add) Start Hotfix…', command: 'mlopsFlow.flow.startHotfix', ofRepository: true },
];

function startsOf({ configuration }: Snapshot): NextAction[] {
  const starts: NextAction[] =
    configuration.flavour === 'avh'
      ? gitflowStarts
      : [
          { label: '$(add) Start Branch…', command: 'mlopsFlow.flow.start', ofRepository: true },
          { label: '$(tag) Tag a Release…', command: 'mlopsFlow.flow.tagRelease', ofRepository: true },
        ];
  return [...starts, { label: '$(git-branch) Check Out…', command: 'mlopsFlow.flow.checkout', ofRepository: true }];
}

function ofBranch(role: BranchRole, { configuration, state }: Snapshot): NextAction[] {
  const { model, flavour } = configuration;
  const type = model.topics.find(({ name }) => name === role);
  if (type === undefined) return [];
  const hasRemote = state.remotes.length > 0;
  const title = roleTitle(role);
  const finishable = type.upstream !== 'none';
  const finish = flavour === 'avh' ? `mlopsFlow.flow.finish${title}` : 'mlopsFlow.flow.finish';
  return [
    ...(finishable ? [{ label: `$(check) Finish ${title}…`, command: finish }] : []),
    ...(hasRemote ? [{ label: '$(cloud-upload) Publish', command: 'mlopsFlow.flow.publish' }] : []),
    { label: '$(sync) Update from Base…', command: 'mlopsFlow.flow.update' },
    ...(hasRemote && finishable
      ? [{ label: '$(git-pull-request) Finish with Pull Request', command: 'mlopsFlow.flow.finishByPullRequest' }]
      : []),
    { label: '$(diff-multiple) Compare with Base', command: 'mlopsFlow.flow.compare' },
  ];
}
