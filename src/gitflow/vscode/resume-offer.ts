import { commands, type Disposable, window } from 'vscode';
import { log, messageOf } from '../../workbench';
import type { Target } from './rows';
import type { Snapshots } from './repositories/snapshots';

/**
 * Offers to go on when the last conflict of a paused action is resolved: the merge editor leads to the Source Control
 * view, where nothing else says that there is something to resume.
 */
export class ResumeOffer implements Disposable {
  /** The actions that wait for conflicts, by their journal's id. */
  private readonly waiting = new Set<string>();
  private readonly listener: Disposable;

  constructor(private readonly snapshots: Snapshots) {
    this.listener = snapshots.onDidChange((root) => {
      this.look(root).then(undefined, (error: unknown) => log().warn(`Resume: ${messageOf(error)}`));
    });
  }

  dispose(): void {
    this.listener.dispose();
  }

  private async look(root: string | undefined): Promise<void> {
    const repository = root === undefined ? undefined : await this.snapshots.repositories.at(root);
    if (repository === undefined) return;
    const { state } = await this.snapshots.of(repository);
    const { journal, conflicts } = state;
    if (journal?.status !== 'conflict') return;
    if (conflicts.length > 0) {
      this.waiting.add(journal.id);
      return;
    }
    if (!this.waiting.delete(journal.id)) return;
    const message = `Every conflict of ${journal.plan.title} is resolved.`;
    if ((await window.showInformationMessage(message, 'Resume')) !== 'Resume') return;
    const target: Target = { what: 'action', root: repository.root };
    await commands.executeCommand('mlopsFlow.flow.resume', { target });
  }
}
