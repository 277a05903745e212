import { type Disposable, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import { contextKeys, log, messageOf } from '../../workbench';
import type { Branch } from '../index';
import { roleTitle } from './rows';
import type { Snapshot, Snapshots } from './repositories/snapshots';

/** The current flow branch and what comes next, in the status bar; sets the context keys of the current repository. */
export class FlowStatus implements Disposable {
  private readonly item: StatusBarItem;
  private readonly listeners: Disposable[];

  constructor(private readonly snapshots: Snapshots) {
    this.item = window.createStatusBarItem('mlopsFlow.flow', StatusBarAlignment.Left, 90);
    this.item.name = 'MLOps Flow: Branch';
    this.item.command = 'mlopsFlow.flow.next';
    const update = () => void this.update().catch((error: unknown) => log().warn(`Status bar: ${messageOf(error)}`));
    this.listeners = [this.item, snapshots.onDidChange(update), window.onDidChangeActiveTextEditor(update)];
    update();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private async update(): Promise<void> {
    const repositories = await this.snapshots.repositories.list();
    const likely = (await this.snapshots.repositories.likely()) ?? repositories[0];
    if (likely === undefined) {
      contextKeys.set('mlopsFlow.repository', 'none');
      contextKeys.set('mlopsFlow.flowBranch', '');
      contextKeys.set('mlopsFlow.branches', '');
      contextKeys.set('mlopsFlow.flowInProgress', false);
      contextKeys.set('mlopsFlow.flowFinished', false);
      this.item.hide();
      return;
    }
    const snapshot = await this.snapshots.of(likely);
    const current = currentBranch(snapshot);
    contextKeys.set('mlopsFlow.repository', repositoryKey(snapshot));
    contextKeys.set('mlopsFlow.flowBranch', current?.role ?? '');
    contextKeys.set('mlopsFlow.branches', branchWords(snapshot));
    contextKeys.set('mlopsFlow.flowInProgress', snapshot.state.journal !== undefined);
    contextKeys.set('mlopsFlow.flowFinished', snapshot.state.finished !== undefined);
    if (!snapshot.state.ready) {
      this.item.hide();
      return;
    }
    const { text, tooltip } = describe(snapshot, current);
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: tooltip };
    this.item.show();
  }
}

/** Which commands the palette and the menus have: Gitflow's, or those of any model. */
function repositoryKey({ state, configuration }: Snapshot): 'flow' | 'model' | 'plain' {
  if (!state.initialised) return 'plain';
  return configuration.model.name === 'gitflow' ? 'flow' : 'model';
}

/** What the repository has for commands to act on. */
function branchWords({ listing, state, configuration }: Snapshot): string {
  const roles = new Set<string>(listing.local.map(({ role }) => role));
  const kinds = [...roles].filter((role) => Object.hasOwn(configuration.prefixes, role));
  const hasRemote = state.remotes.length > 0;
  return [
    ...kinds,
    ...(kinds.length > 0 ? ['work'] : []),
    ...(hasRemote ? ['remote'] : []),
    ...(kinds.length > 0 && hasRemote ? ['shareable'] : []),
  ].join(' ');
}

export function currentBranch({ listing }: Snapshot): Branch | undefined {
  return listing.local.find(({ current }) => current);
}

function describe(
  { state, name, configuration }: Snapshot,
  current: Branch | undefined,
): { text: string; tooltip: string } {
  const { journal } = state;
  if (journal && !journal.alive) {
    return {
      text: `$(warning) ${journal.plan.title}: resume`,
      tooltip: `${journal.message} Click to resume, undo or discard it.`,
    };
  }
  if (current === undefined)
    return { text: '$(git-commit) No branch', tooltip: `${name}: no branch is checked out. Click to check one out.` };
  const next = nextOf(current, Object.hasOwn(configuration.prefixes, current.role));
  return {
    text: `$(${next.icon}) ${current.name}${next.short === '' ? '' : `: ${next.short}`}`,
    tooltip: `${name}: ${roleTitle(current.role)} ${current.name}. ${next.long}`,
  };
}

function nextOf({ role }: Branch, topic: boolean): { icon: string; short: string; long: string } {
  if (topic && role !== 'support')
    return { icon: 'git-branch', short: 'finish', long: 'Click to finish, publish or update it.' };
  switch (role) {
    case 'develop':
      return { icon: 'git-branch', short: 'start branch', long: 'Click to start a feature, a bugfix or a release.' };
    case 'main':
      return { icon: 'verified', short: 'start branch', long: 'Click to start a branch, or to tag a release.' };
    default:
      return { icon: 'git-branch', short: '', long: 'Click for what can be done.' };
  }
}
