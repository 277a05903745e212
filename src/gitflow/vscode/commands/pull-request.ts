import { UserError } from '../../../workbench/index';
import { askRepository, type Argument } from './ask';
import { finishByPullRequest } from './branch-actions';
import { runWithProgress } from './perform';
import type { Target } from '../rows';
import type { Room } from '../services';

/** After a push that a protected branch refused: what was done here is taken back, and a pull request does it instead. */
export async function pullRequestInstead(room: Room, argument: Argument): Promise<void> {
  const { repository, snapshot } = await askRepository(room, argument, 'Pull Request Instead');
  const { journal } = snapshot.state;
  const name = journal?.plan.branch;
  if (journal === undefined || name === undefined) throw new UserError('No action waits here whose push was refused.');
  const title = `Undo: ${journal.plan.title}`;
  const outcome = await runWithProgress(room, repository, title, false, (options) => snapshot.core.undo(options));
  if (outcome.status !== 'undone') return;
  const { listing } = await room.snapshots.of(repository);
  const branch = listing.local.find((each) => each.name === name);
  if (branch === undefined) throw new UserError(`There is no branch ${name} any more to make a pull request of.`);
  const target: Target = { what: 'branch', root: repository.root, branch };
  await finishByPullRequest(room, { target });
}
