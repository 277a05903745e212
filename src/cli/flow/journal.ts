/** `flow status`, `resume`, `undo` and `leave`. */
import type { Plan, Planned, Repository, Request } from '../../gitflow';
import { tellKept } from '../../gitflow';
import type { Arguments, FlagSpec } from './arguments';
import { reportOutcome, reportRefusals, say, warn } from './report';

/** Prints where the repository stands. */
export async function showJournal(repository: Repository): Promise<number> {
  const state = await repository.state();
  if (!state.initialised) say(state.whyNot ?? '');
  say(state.branch === undefined ? `HEAD is detached at ${state.commit ?? 'nothing'}` : `On branch ${state.branch}`);
  if (state.inProgress) say(`A ${state.inProgress} is in progress.`);
  for (const file of state.conflicts) say(`    conflict: ${file}`);
  const { journal } = state;
  if (!journal) {
    say('No action is in progress.');
    const finished = await repository.finished();
    if (finished?.refusals.length === 0) say(`Last: ${finished.plan.title}. 'flow undo' takes it back.`);
    return 0;
  }
  say(`\n${journal.plan.title}: ${journal.status}`);
  for (const [i, step] of journal.plan.steps.entries())
    say(`    ${(journal.steps[i] ?? 'pending').padEnd(8)}  ${step.title}`);
  say(`\n${journal.message}`);
  if (!journal.alive) say("'flow resume' continues, 'flow undo' undoes it, 'flow leave' discards its journal.");
  return 0;
}

/** The flags of `flow undo`. */
export const undoFlags: FlagSpec[] = [
  { long: 'revert', inFull: true, help: 'Make commits that take the last action back, where others may have it' },
  { long: 'push', inFull: true, help: 'Push these commits' },
];

/** Goes on, goes back, or forgets; answers the exit code. */
export async function undoOrResume(
  repository: Repository,
  how: 'resume' | 'undo' | 'leave',
  admit?: (plan: Plan) => Promise<Planned>,
): Promise<number> {
  if (how === 'leave') {
    await repository.leave();
    return 0;
  }
  const finished = how === 'undo' && !(await repository.journal()) ? await repository.finished({}) : undefined;
  if (finished && finished.refusals.length > 0) {
    warn(`'${finished.plan.title}' cannot be undone.`);
    const code = reportRefusals(finished.refusals);
    if (finished.canRevert) warn("'flow undo --revert --plan' shows the commits that would take it back.");
    return code;
  }
  const outcome = how === 'resume' ? await repository.resume(admit ? { admit } : {}) : await repository.undo();
  const { branch } = await repository.state();
  return reportOutcome(outcome, branch);
}

/** What `flow undo --revert` asks for. */
export function revertRequest({ flag }: Arguments): Request {
  return { action: 'revert', push: flag('push') ?? false };
}

/** `flow kept`, `flow kept restore <name>`, `flow kept drop <name>… | --all`; answers the exit code. */
export async function keptCommand(repository: Repository, { words, flag }: Arguments): Promise<number> {
  const [action = 'list', ...names] = words;
  const kept = await repository.kept();
  if (action === 'list') {
    if (kept.length === 0) say('Nothing is kept.');
    for (const [i, sentence] of tellKept(kept).entries()) say(`${kept[i]?.name ?? ''}\n    ${sentence}`);
    return 0;
  }
  const all = flag('all') ?? false;
  if (names.length === 0 && !(action === 'drop' && all)) {
    warn("Fatal: Name what is kept, as 'flow kept' lists it.");
    return 1;
  }
  if (action === 'restore') {
    for (const name of names) say(await repository.restoreKept(name));
    return 0;
  }
  if (action !== 'drop') {
    warn(`Fatal: Unknown subcommand: '${action}'. Use list, restore or drop.`);
    return 1;
  }
  const before = kept.length;
  await repository.dropKept(all ? kept.map(({ name }) => name) : names);
  const left = (await repository.kept()).length;
  say(`Dropped: ${before - left}. Still kept: ${left}.`);
  return before === left ? 1 : 0;
}
