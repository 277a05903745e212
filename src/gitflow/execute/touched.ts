/** What steps change: refs and sections of the configuration, so that they can be kept before and put back after. */
import type { Work } from '../model/model';

/** The full names of the refs that the steps move, create or delete. */
export function touchedRefs(works: readonly Work[]): Set<string> {
  const refs = new Set<string>();
  for (const work of works) {
    for (const ref of refsOf(work)) refs.add(ref);
  }
  return refs;
}

function refsOf(work: Work): string[] {
  switch (work.do) {
    case 'firstCommit':
    case 'createBranch':
    case 'rebase':
    case 'bump':
    case 'deleteBranch':
    case 'pull':
    case 'revert':
    case 'createFromFetch':
      return [`refs/heads/${work.branch}`];
    case 'merge':
    case 'squash':
      return [`refs/heads/${work.into}`];
    case 'tag':
      return [`refs/tags/${work.tag}`];
    case 'renameBranch':
      return [`refs/heads/${work.branch}`, `refs/heads/${work.to}`];
    case 'hook':
    case 'checkout':
    case 'setConfig':
    case 'removeSection':
    case 'renameSection':
    case 'stash':
    case 'unstash':
    case 'push':
    case 'pushAllTags':
    case 'deleteRemoteBranch':
      return [];
  }
}

/** The sections of the repository's configuration that the steps write: `gitflow.branch.feature/x`. */
export function sectionsOf(works: readonly Work[]): string[] {
  const sections = new Set<string>();
  for (const work of works) {
    switch (work.do) {
      case 'setConfig':
        sections.add(work.key.slice(0, work.key.lastIndexOf('.')));
        break;
      case 'removeSection':
        sections.add(work.section);
        break;
      case 'renameSection':
        sections.add(work.section).add(work.to);
        break;
      // Git keeps a section for each branch, which goes with the branch.
      case 'createBranch':
      case 'deleteBranch':
      case 'createFromFetch':
        sections.add(`branch.${work.branch}`);
        break;
      case 'renameBranch':
        sections.add(`branch.${work.branch}`).add(`branch.${work.to}`);
        break;
      default:
        break;
    }
  }
  return [...sections];
}
