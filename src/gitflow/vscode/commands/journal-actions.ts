import { CancellationError, Uri, window } from 'vscode';
import { UserError } from '../../../workbench/index';
import type { JournalView } from '../../index';
import { askRepository, type Argument, type Subject } from './ask';
import { openConflicts } from './conflicts';
import { withGates } from './gates';
import { runWithProgress, usesNetwork } from './perform';
import { showPlanDocument } from './plan-document';
import type { Room } from '../services';

/** Goes on with the action that was interrupted, failed or waited for a conflict. */
export async function resume(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, journal } = await interrupted(room, argument, 'Resume');
  const { conflicts } = await snapshot.core.state();
  if (conflicts.length > 0) {
    await openConflicts(room.repositories, repository.root, conflicts);
    throw new UserError(`Resolve the conflicts first, then choose Resume again: ${conflicts.join(', ')}.`);
  }
  await runWithProgress(room, repository, `Resume: ${journal.plan.title}`, usesNetwork(journal.plan), (options) =>
    withGates(room, repository, (admit) => snapshot.core.resume({ ...options, admit })),
  );
}

/** Takes the interrupted action back: refs, index and HEAD as they were before it. */
export async function undo(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, journal } = await interrupted(room, argument, 'Undo');
  const undoIt = 'Undo';
  const done = journal.plan.steps.filter(
    ({ index }) => journal.steps[index] === 'done' || journal.steps[index] === 'conflict',
  );
  const choice = await window.showWarningMessage(
    `Undo ${journal.plan.title}?`,
    {
      modal: true,
      detail: ['Everything goes back to where it was before:', ...done.toReversed().map(({ undo }) => undo)].join('\n'),
    },
    undoIt,
  );
  if (choice !== undoIt) throw new CancellationError();
  await runWithProgress(room, repository, `Undo: ${journal.plan.title}`, false, (options) =>
    snapshot.core.undo(options),
  );
}

/** Forgets the interrupted action and leaves everything as it is now. */
export async function leave(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, journal } = await interrupted(room, argument, 'Leave');
  const leaveIt = 'Discard Journal';
  const choice = await window.showWarningMessage(
    `Discard the journal of ${journal.plan.title}?`,
    {
      modal: true,
      detail: 'Branches, tags and files stay as they are now. The action can then be neither resumed nor undone.',
    },
    leaveIt,
  );
  if (choice !== leaveIt) throw new CancellationError();
  await snapshot.core.leave();
  room.repositories.touch(repository);
  await room.snapshots.renew(repository);
}

/** Shows how far the action is: of a finish its dialog, of any other its plan. */
export async function showAction(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, journal } = await interrupted(room, argument, 'Show Action');
  const { request, branch } = journal.plan;
  if (request.action !== 'finish' || branch === undefined) {
    await showPlanDocument(journal.plan, journal.steps);
    return;
  }
  const prefix = snapshot.configuration.prefixes[request.kind] ?? '';
  const name = branch.slice(prefix.length);
  room.openFinish({ repository: Uri.file(repository.root).toString(), action: 'finish', kind: request.kind, name });
}

/** Shows the plan of the action that is under way. */
export async function showPlan(room: Room, argument: Argument): Promise<void> {
  const { journal } = await interrupted(room, argument, 'Show Plan');
  await showPlanDocument(journal.plan, journal.steps);
}

async function interrupted(room: Room, argument: Argument, title: string): Promise<Subject & { journal: JournalView }> {
  const subject = await askRepository(room, argument, title);
  const journal = await subject.snapshot.core.journal();
  if (journal === undefined) throw new UserError(`No flow action is in progress in ${subject.repository.name}.`);
  return { ...subject, journal };
}
