import { CancellationError, Uri, window } from 'vscode';
import { UserError } from '../../../workbench/index';
import { tellKept, type JournalView, type Kept, type Plan, type Step } from '../../index';
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

/** Takes the interrupted action back, or else the last one: refs, index and HEAD as they were before it. */
export async function undo(room: Room, argument: Argument): Promise<void> {
  const subject = await askRepository(room, argument, 'Undo');
  const { core } = subject.snapshot;
  const journal = await core.journal();
  if (journal === undefined) {
    await undoFinished(room, subject);
    return;
  }
  const done = journal.plan.steps.filter(
    ({ index }) => journal.steps[index] === 'done' || journal.steps[index] === 'conflict',
  );
  await confirmUndo(journal.plan, done);
  await runWithProgress(room, subject.repository, `Undo: ${journal.plan.title}`, false, (options) =>
    core.undo(options),
  );
}

/** Takes back the last action; where others may have it, the commits that revert it are shown and offered. */
async function undoFinished(room: Room, { repository, snapshot: { core } }: Subject): Promise<void> {
  const finished = await room.askpass.during(() => core.finished({}));
  if (finished === undefined) throw new UserError(`There is no flow action to undo in ${repository.name}.`);
  const { plan, refusals, canRevert } = finished;
  if (refusals.length === 0) {
    await confirmUndo(plan, plan.steps);
    await runWithProgress(room, repository, `Undo: ${plan.title}`, false, (options) => core.undo(options));
    return;
  }
  const why = refusals.map(({ message }) => message).join(' ');
  const planned = canRevert ? await core.plan({ action: 'revert' }) : undefined;
  if (!planned?.ok) {
    const against = planned?.refusals.map(({ message }) => message) ?? [];
    throw new UserError([`${plan.title} cannot be undone.`, why, ...against].join(' '));
  }
  const { plan: revert } = planned;
  const [revertIt, showIt] = ['Revert', 'Show Plan'];
  const detail = [why, '', ...revert.steps.map(({ title }) => title), ...revert.warnings].join('\n');
  const choice = await window.showWarningMessage(`Revert ${plan.title}?`, { modal: true, detail }, revertIt, showIt);
  if (choice === showIt) await showPlanDocument(revert);
  if (choice === showIt || choice === undefined) throw new CancellationError();
  await runWithProgress(room, repository, revert.title, usesNetwork(revert), (options) =>
    core.execute(revert, options),
  );
}

/** @throws CancellationError unless the user agrees. */
async function confirmUndo({ title }: Plan, steps: readonly Step[]): Promise<void> {
  const undoIt = 'Undo';
  const detail = ['Everything goes back to where it was before:', ...steps.toReversed().map(({ undo: how }) => how)];
  const choice = await window.showWarningMessage(`Undo ${title}?`, { modal: true, detail: detail.join('\n') }, undoIt);
  if (choice !== undoIt) throw new CancellationError();
}

/** Brings back work that no branch has any more. */
export async function restoreKept(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, kept } = await askKept(room, argument, 'Restore Kept Work');
  const message = await snapshot.core.restoreKept(kept.name);
  room.repositories.touch(repository);
  await room.snapshots.renew(repository);
  void window.showInformationMessage(message);
}

/** Drops it for good, once the user agrees. */
export async function dropKept(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot, kept } = await askKept(room, argument, 'Drop Kept Work');
  const dropIt = 'Drop';
  const detail = 'Git deletes it for good some time after that.';
  const [sentence = ''] = tellKept([kept]);
  const choice = await window.showWarningMessage(`Drop this? ${sentence}`, { modal: true, detail }, dropIt);
  if (choice !== dropIt) throw new CancellationError();
  await snapshot.core.dropKept([kept.name]);
  room.repositories.touch(repository);
  await room.snapshots.renew(repository);
}

async function askKept(room: Room, argument: Argument, title: string): Promise<Subject & { kept: Kept }> {
  const subject = await askRepository(room, argument, title);
  const target = argument?.target;
  if (target?.what === 'kept') return { ...subject, kept: target.kept };
  const kept = await subject.snapshot.core.kept();
  if (kept.length === 0) throw new UserError(`Nothing is kept in ${subject.repository.name}.`);
  const items = kept.map((each) => ({
    label: each.of || each.name,
    description: each.action,
    detail: each.subject,
    each,
  }));
  const choice = await window.showQuickPick(items, { title, placeHolder: 'Which of it?' });
  if (choice === undefined) throw new CancellationError();
  return { ...subject, kept: choice.each };
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
