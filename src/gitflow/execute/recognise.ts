/** Recognising what is done, by looking at the repository: what the action made by its ids, the rest by the graph. */
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Places } from '../git/places';
import type { Step, Work } from '../model/model';
import { readConfig } from '../read/snapshot';
import { movedBy, readIds } from './identity';
import type { Evidence, Journal } from './journal';
import { expectedOf, lastKnown, reflogWord } from './ownership';
import { findStash } from './stash';

interface Look {
  git: Git;
  graph: Graph;
  places: Places;
}

/** Is the step done, by us before we were interrupted or by the user since? In doubt it is not. */
export async function isDone(look: Look, journal: Journal, step: Step): Promise<boolean> {
  const { git, graph } = look;
  const { work } = step;
  switch (work.do) {
    case 'merge': {
      const [into, source] = await commits(graph, `refs/heads/${work.into}`, work.source);
      return into !== undefined && source !== undefined && graph.contains(into, source);
    }
    case 'squash':
      return isSquashed(look, journal, step, work.into);
    case 'rebase': {
      const [branch, onto] = await commits(graph, `refs/heads/${work.branch}`, `refs/heads/${work.onto}`);
      return branch !== undefined && onto !== undefined && graph.contains(branch, onto);
    }
    case 'tag':
    case 'createBranch':
      return isMade(look, journal, step);
    case 'createFromFetch':
      return (await currentBranch(git)) === work.branch;
    case 'firstCommit':
      return (await graph.commit(`refs/heads/${work.branch}`)) !== undefined;
    case 'bump':
      return isBumped(git, work);
    case 'revert':
      return isReverted(git, journal, work);
    case 'deleteBranch':
      return (await idOf(look, `refs/heads/${work.branch}`)) === null;
    case 'renameBranch':
      return (
        (await idOf(look, `refs/heads/${work.to}`)) !== null && (await idOf(look, `refs/heads/${work.branch}`)) === null
      );
    case 'setConfig':
      return (await readConfig(git)).some(({ key, value }) => key === work.key && value === work.value);
    case 'removeSection':
    case 'renameSection':
      return !(await readConfig(git)).some(({ key }) => key.startsWith(`${work.section}.`));
    case 'stash':
      return (await findStash(git, journal)) !== undefined;
    case 'unstash':
      return (await findStash(git, journal)) === undefined;
    // A second time does no harm, and whether there was a first cannot be seen.
    case 'checkout':
    case 'hook':
    case 'pull':
    case 'push':
    case 'pushAllTags':
    case 'deleteRemoteBranch':
      return false;
  }
}

/**
 * A tag or branch that the step made: its id is the one that was noted, or the only one that the step can make. Of
 * another with the same name the step itself tells that it is in the way.
 */
async function isMade(look: Look, journal: Journal, step: Step): Promise<boolean> {
  const { work } = step;
  const ref =
    work.do === 'tag' ? `refs/tags/${work.tag}` : work.do === 'createBranch' ? `refs/heads/${work.branch}` : '';
  const id = await idOf(look, ref);
  if (id === null) return false;
  const ours = id === journal.made[ref] || id === (await expectedOf(look, journal, step))[ref];
  if (!ours || work.do !== 'createBranch' || !work.checkout) return ours;
  return (await currentBranch(look.git)) === work.branch;
}

/**
 * A squash leaves no trace in the graph. It is committed if the branch stands where the step put it, or where git
 * wrote down that the step moved it; after a conflict it was the user's to commit.
 */
async function isSquashed(look: Look, journal: Journal, { index }: Step, into: string): Promise<boolean> {
  const ref = `refs/heads/${into}`;
  const now = await idOf(look, ref);
  const before = journal.before.refs[ref];
  if (now === null || before == null || now === before) return false;
  if (index < journal.step) return look.graph.contains(now, before);
  if (journal.status === 'conflict' || journal.status === 'failed') return now !== lastKnown(journal, ref);
  return movedBy(look.places, ref, now, reflogWord(journal.id, index)) ?? false;
}

/** Every file of the branch has the version, whoever committed it. */
async function isBumped(git: Git, { branch, files, version }: Extract<Work, { do: 'bump' }>): Promise<boolean> {
  const { versionIn } = await import('../read/versions.bundle');
  for (const path of files) {
    const file = await git.run(['show', `refs/heads/${branch}:${path}`]);
    if (file.code !== 0 || versionIn(path, file.stdout) !== version) return false;
  }
  return true;
}

/** Git names in each revert the commit that it takes back. */
async function isReverted(git: Git, journal: Journal, work: Extract<Work, { do: 'revert' }>): Promise<boolean> {
  const before = journal.before.refs[`refs/heads/${work.branch}`];
  if (before == null) return false;
  const log = await git.run(['log', '--format=%B', `${before}..refs/heads/${work.branch}`, '--']);
  return work.commits.every(({ id }) => log.stdout.includes(`This reverts commit ${id}`));
}

/** What an earlier run of the same action has done that planning cannot see in the graph. */
export async function evidenceOf(look: Look, journal: Journal): Promise<Evidence> {
  const squashed = new Set<string>();
  const tags = new Set<string>();
  for (const step of journal.plan.steps.slice(0, journal.step + 1)) {
    const { work } = step;
    if (work.do === 'squash' && (await isDone(look, journal, step))) squashed.add(work.into);
    if (work.do === 'tag' && (await isDone(look, journal, step))) tags.add(work.tag);
  }
  return { squashed, tags };
}

async function idOf({ git, places }: Look, ref: string): Promise<string | null> {
  return (await readIds(git, places, [ref]))[ref] ?? null;
}

async function commits(graph: Graph, ...names: string[]): Promise<(string | undefined)[]> {
  return Promise.all(names.map((name) => graph.commit(name)));
}

/** The branch that is checked out, without `refs/heads/`. */
export async function currentBranch(git: Git): Promise<string | undefined> {
  const answer = await git.run(['symbolic-ref', '--quiet', 'HEAD']);
  return answer.code === 0 ? answer.stdout.trim().replace(/^refs\/heads\//, '') : undefined;
}
