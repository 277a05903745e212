import { CancellationError, commands, ProgressLocation, Uri, window } from 'vscode';
import { log, UserError } from '../../../workbench/index';
import { asksForPullRequest } from '../../index';
import type { ExecuteOptions, Outcome, Plan, Refusal, Request } from '../../index';
import { openConflicts } from './conflicts';
import { withGates } from './gates';
import type { KnownRepository } from '../repositories/repositories';
import type { Target } from '../rows';
import type { Room } from '../services';

/** Plans `request` and does it, with progress. @throws UserError where something stands against it. */
export async function perform(room: Room, repository: KnownRepository, request: Request): Promise<Outcome> {
  const core = await repository.open();
  const plan = await planOrAsk(room, repository, request);
  return runWithProgress(room, repository, plan.title, usesNetwork(plan), (options) =>
    withGates(room, repository, (admit) => core.execute(plan, { ...options, admit })),
  );
}

/** The plan; where only uncommitted changes stand against it, the user may have them put away and back. */
async function planOrAsk(room: Room, repository: KnownRepository, request: Request): Promise<Plan> {
  const core = await repository.open();
  const planned = await core.plan(request);
  if (planned.ok) return planned.plan;
  const dirt = planned.refusals.find(({ code }) => code === 'dirty');
  if (dirt === undefined || planned.refusals.length > 1 || !canStash(request))
    throw refusal(repository, planned.refusals);
  const putAway = 'Stash and Continue';
  const choice = await window.showWarningMessage(
    dirt.message,
    { modal: true, detail: 'The changes can be stashed and restored at the end.' },
    putAway,
  );
  if (choice !== putAway) throw new CancellationError();
  return planOrAsk(room, repository, { ...request, stash: true });
}

function canStash(request: Request): request is Extract<Request, { stash?: boolean }> {
  return (
    (request.action === 'start' || request.action === 'finish' || request.action === 'update') && request.stash !== true
  );
}

/** Runs an action of the core with a progress that can be cancelled, tells its outcome and updates the view. */
export async function runWithProgress(
  room: Room,
  repository: KnownRepository,
  title: string,
  long: boolean,
  act: (options: ExecuteOptions) => Promise<Outcome>,
): Promise<Outcome> {
  const location = long ? ProgressLocation.Notification : ProgressLocation.Window;
  const outcome = await window.withProgress({ location, title, cancellable: long }, async (progress, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      return await room.askpass.during(() =>
        act({
          signal: abort.signal,
          onStep: ({ step, state }) => {
            if (state === 'running') progress.report({ message: step.title });
          },
          onOutput: (text) => log().debug(text.trimEnd()),
        }),
      );
    } finally {
      listener.dispose();
    }
  });
  room.repositories.touch(repository);
  await room.snapshots.renew(repository);
  await tellOutcome(room, repository, outcome);
  return outcome;
}

/** Says what came of it, where the user has to know or to choose. @throws UserError for what was refused. */
export async function tellOutcome(room: Room, repository: KnownRepository, outcome: Outcome): Promise<void> {
  switch (outcome.status) {
    case 'done':
      window.setStatusBarMessage(`$(check) ${outcome.plan.title}`, 5000);
      if (outcome.warnings.length > 0) void window.showWarningMessage(outcome.warnings.join(' '));
      return;
    case 'refused':
      throw refusal(repository, outcome.refusals);
    case 'conflict':
      await openConflicts(room.repositories, repository.root, outcome.files);
      offer(repository, window.showWarningMessage(outcome.message, 'Resume', 'Undo'));
      return;
    case 'failed':
      log().error(outcome.stderr);
      if (!offerPullRequest(repository, outcome.message))
        offer(repository, window.showErrorMessage(outcome.message, 'Try Again', 'Undo', 'Show Log'));
      return;
    case 'cancelled':
      offer(repository, window.showWarningMessage(outcome.message, 'Resume', 'Undo', 'Leave'));
      return;
    case 'undone':
      window.setStatusBarMessage(`$(discard) ${outcome.message}`, 5000);
      if (outcome.left.length > 0) void window.showWarningMessage(outcome.message);
      else if (outcome.kept.length > 0) void window.showInformationMessage(outcome.message);
  }
}

/** The way out where the remote protects the branch that was pushed. */
const instead = 'Pull Request Instead';

/** Offers that where the message is about a push that a protected branch refused; answers whether it is. */
export function offerPullRequest(repository: KnownRepository, message: string): boolean {
  if (!asksForPullRequest(message)) return false;
  offer(repository, window.showErrorMessage(message, instead, 'Try Again', 'Undo'));
  return true;
}

/** Waits for the choice in a message without holding up the command. */
function offer(repository: KnownRepository, choice: Thenable<string | undefined>): void {
  const command: Record<string, string> = {
    [instead]: 'mlopsFlow.flow.pullRequestInstead',
    Resume: 'mlopsFlow.flow.resume',
    'Try Again': 'mlopsFlow.flow.resume',
    Undo: 'mlopsFlow.flow.undo',
    Leave: 'mlopsFlow.flow.leave',
    'Show Log': 'mlopsFlow.showLog',
  };
  void choice.then((chosen) => {
    const id = chosen === undefined ? undefined : command[chosen];
    return id && commands.executeCommand(id, { target: { what: 'action', root: repository.root } satisfies Target });
  });
}

/** The refusals as one error, with the way out of the first. */
function refusal(repository: KnownRepository, refusals: readonly Refusal[]): UserError {
  const message = refusals.map((each) => each.message).join(' ');
  const target = { target: { what: 'action', root: repository.root } satisfies Target };
  switch (refusals[0]?.code) {
    case 'dirty':
    case 'conflicts':
    case 'in-progress':
      return new UserError(message, { title: 'Source Control', command: 'workbench.view.scm' });
    case 'journal':
      return new UserError(message, { title: 'Resume', command: 'mlopsFlow.flow.resume', arguments: [target] });
    case 'not-initialised':
      return new UserError(message, {
        title: 'Choose Branching Model',
        command: 'mlopsFlow.flow.chooseModel',
        arguments: [target],
      });
    case 'checked-out-elsewhere':
      return new UserError(message, {
        title: 'Open Folder',
        command: 'vscode.openFolder',
        arguments: [Uri.file(repository.root)],
      });
    default:
      return new UserError(message);
  }
}

/** True where the plan talks to a remote, which may take its time. */
export function usesNetwork(plan: Plan): boolean {
  return plan.fetches.length > 0 || plan.steps.some(({ remote }) => remote);
}
