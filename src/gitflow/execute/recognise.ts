/** Recognising what is done, by looking at the repository: the graph is the truth, whoever made it so. */
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Evidence, Journal } from './journal';
import type { Step } from '../model/model';
import { readConfig, readRefs } from '../read/snapshot';
import { findStash } from './perform';

interface Look {
  git: Git;
  graph: Graph;
}

/** Is the step done, by us before we were interrupted or by the user since? In doubt it is not. */
export async function isDone({ git, graph }: Look, journal: Journal, step: Step): Promise<boolean> {
  const { work } = step;
  switch (work.do) {
    case 'merge': {
      const [into, source] = await commits(graph, `refs/heads/${work.into}`, work.source);
      return into !== undefined && source !== undefined && graph.contains(into, source);
    }
    case 'squash':
      return squashCommitted({ git, graph }, journal, work.into);
    case 'rebase': {
      const [branch, onto] = await commits(graph, `refs/heads/${work.branch}`, `refs/heads/${work.onto}`);
      return branch !== undefined && onto !== undefined && graph.contains(branch, onto);
    }
    case 'tag':
      return (await readRefs(git, [`refs/tags/${work.tag}`])).has(`refs/tags/${work.tag}`);
    case 'createBranch':
    case 'createFromFetch': {
      const exists = (await readRefs(git, [`refs/heads/${work.branch}`])).has(`refs/heads/${work.branch}`);
      if (!exists || (work.do === 'createBranch' && !work.checkout)) return exists;
      return (await currentBranch(git)) === work.branch;
    }
    case 'firstCommit':
      return (await graph.commit(`refs/heads/${work.branch}`)) !== undefined;
    case 'bump': {
      const tip = await git.run(['log', '-1', '--format=%s', `refs/heads/${work.branch}`]);
      return tip.stdout.trim() === work.message;
    }
    case 'deleteBranch':
      return !(await readRefs(git, [`refs/heads/${work.branch}`])).has(`refs/heads/${work.branch}`);
    case 'renameBranch':
      return (await readRefs(git, [`refs/heads/${work.to}`])).has(`refs/heads/${work.to}`);
    case 'setConfig':
      return (await readConfig(git)).some(({ key, value }) => key === work.key && value === work.value);
    case 'removeSection':
      return !(await readConfig(git)).some(({ key }) => key.startsWith(`${work.section}.`));
    case 'renameSection':
      return !(await readConfig(git)).some(({ key }) => key.startsWith(`${work.section}.`));
    case 'stash':
      return (await findStash(git)) !== undefined;
    case 'unstash':
      return (await findStash(git)) === undefined;
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
 * A squash leaves no trace in the graph, but the branch has moved on from where it was when the action began, and
 * nothing waits to be committed.
 */
async function squashCommitted({ graph }: Look, journal: Journal, into: string): Promise<boolean> {
  const before = journal.before.refs[`refs/heads/${into}`];
  const now = await graph.commit(`refs/heads/${into}`);
  if (before == null || now === undefined || before === now) return false;
  return graph.contains(now, before);
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

async function commits(graph: Graph, ...names: string[]): Promise<(string | undefined)[]> {
  return Promise.all(names.map((name) => graph.commit(name)));
}

/** The branch that is checked out, without `refs/heads/`. */
export async function currentBranch(git: Git): Promise<string | undefined> {
  const answer = await git.run(['symbolic-ref', '--quiet', 'HEAD']);
  return answer.code === 0 ? answer.stdout.trim().replace(/^refs\/heads\//, '') : undefined;
}
