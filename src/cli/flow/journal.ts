/** `flow status`, `resume`, `undo` and `leave`. */
import type { Repository } from '../../gitflow';
import { reportOutcome, say } from './report';

/** Prints where the repository stands. */
export async function showJournal(repository: Repository): Promise<number> {
  const state = await repository.state();
  if (!state.initialised) say(state.whyNot ?? '');
  say(state.branch === undefined ? `HEAD is detached at ${state.commit ?? 'nothing'}` : `On branch ${state.branch}`);
  if (state.inProgress) say(`A ${state.inProgress} is in progress.`);
  for (const file of state.conflicts) say(`    conflict: ${file}`);
  const { journal } = state;
  if (!journal) {
    say('No action is under way.');
    return 0;
  }
  say(`\n${journal.plan.title}: ${journal.status}`);
  for (const [i, step] of journal.plan.steps.entries())
    say(`    ${(journal.steps[i] ?? 'pending').padEnd(8)}  ${step.title}`);
  say(`\n${journal.message}`);
  if (!journal.alive) say("'flow resume' goes on, 'flow undo' takes everything back, 'flow leave' forgets it.");
  return 0;
}

/** Goes on, goes back, or forgets; answers the exit code. */
export async function undoOrResume(repository: Repository, how: 'resume' | 'undo' | 'leave'): Promise<number> {
  if (how === 'leave') {
    await repository.leave();
    return 0;
  }
  const outcome = how === 'resume' ? await repository.resume() : await repository.undo();
  const { branch } = await repository.state();
  return reportOutcome(outcome, branch);
}
