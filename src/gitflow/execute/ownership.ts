/** Whose the refs are: what the journal has noted is the action's own, by its id; anything else is somebody else's. */
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import type { Step } from '../model/model';
import { lastMove, movedBy, readIds, type Ids } from './identity';
import type { Journal } from './journal';
import { touchedRefs } from './touched';

interface Tools {
  git: Git;
  graph: Graph;
  places: Places;
}

/** What git writes into the reflog beside each move that a step makes. */
export function reflogWord(id: string, step: number): string {
  return `mlops-flow ${id}.${step}`;
}

/** Does undoing put this ref back? Remote-tracking refs are the remote's. */
export function isPutBack(ref: string): boolean {
  return ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/');
}

/** The refs that stand neither where they were nor where the action put them. `now` has the present ids. */
export async function foreignRefs(tools: Tools, journal: Journal, now: Ids): Promise<string[]> {
  const foreign: string[] = [];
  for (const [ref, before] of Object.entries(journal.before.refs)) {
    const id = now[ref] ?? null;
    if (!isPutBack(ref) || id === null || id === before || id === journal.made[ref]) continue;
    if (!(await isOfInterruptedStep(tools, journal, ref, id))) foreign.push(ref);
  }
  return foreign;
}

/**
 * A step that was begun and not noted as done may have moved its refs. Where git wrote down who moved them, that
 * decides; where it did not, the step is believed: what it moved is kept in any case.
 */
async function isOfInterruptedStep(tools: Tools, journal: Journal, ref: string, id: string): Promise<boolean> {
  const step = journal.plan.steps[journal.step];
  if (step === undefined || !journal.begun) return false;
  if (step.work.do === 'hook') return journal.status === 'running';
  if (!touchedRefs([step.work]).has(ref)) return false;
  if (journal.status === 'conflict' || journal.status === 'failed') {
    return journal.waits === true && isOneMove(tools.places, journal, ref, id);
  }
  if ((await expectedOf(tools, journal, step))[ref] === id) return true;
  return movedBy(tools.places, ref, id, reflogWord(journal.id, step.index)) ?? true;
}

/** The user was asked to bring the merge to an end: that is one move from where the action stopped, and no more. */
function isOneMove(places: Places, journal: Journal, ref: string, id: string): boolean {
  const move = lastMove(places, ref);
  return move === undefined || (move.to === id && move.from === lastKnown(journal, ref));
}

/** The ids that a step can only make, where they are known before it is done. */
export async function expectedOf({ git, graph, places }: Tools, journal: Journal, { work }: Step): Promise<Ids> {
  switch (work.do) {
    case 'createBranch': {
      const known = lastKnown(journal, work.start) ?? (await graph.commit(work.start));
      return { [`refs/heads/${work.branch}`]: known ?? null };
    }
    case 'renameBranch':
      return { [`refs/heads/${work.to}`]: lastKnown(journal, `refs/heads/${work.branch}`) ?? null };
    case 'tag': {
      // A tag is an object of its own; what it tags is known.
      const ref = `refs/tags/${work.tag}`;
      const [tagged, tip] = await Promise.all([graph.commit(ref), graph.commit(`refs/heads/${work.on}`)]);
      return tagged !== undefined && tagged === tip ? readIds(git, places, [ref]) : {};
    }
    default:
      return {};
  }
}

/** Where a ref is, as far as the action knows: where a step put it, or where it was before. */
export function lastKnown({ made, before }: Pick<Journal, 'made' | 'before'>, ref: string): string | null | undefined {
  return ref in made ? made[ref] : before.refs[ref];
}
