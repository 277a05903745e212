/** The steps of plans: what each kind of work is called, which commands it runs, how it is taken back. */
import type { Step, Work } from '../model/model';

interface Description {
  title: string;
  commands: string[][];
  precondition: string;
  undo: string;
  remote?: boolean;
}

/** Numbers the work of a plan and describes it. */
export function stepsOf(works: readonly Work[]): Step[] {
  return works.map((work, index) => {
    const { remote = false, ...rest } = describe(work);
    return { index, ...rest, remote, work };
  });
}

/** By this message the changes that an action stashed are found again. */
export const stashMessage = 'Stashed by MLOps Flow';

const cannotUndo = 'What was pushed cannot be undone.';

/** Arguments of `git merge`, without the names. */
const mergeFlags = { never: '--no-ff', allowed: '--ff', only: '--ff-only', single: '--ff' } as const;

function describe(work: Work): Description {
  switch (work.do) {
    case 'hook':
      return {
        title: `Run ${work.file.split(/[\\/]/).at(-1) ?? work.file}`,
        commands: [[work.file, ...work.args]],
        precondition: 'The workspace is trusted.',
        undo: 'What a hook did outside of git stays.',
      };
    case 'firstCommit':
      return {
        title: `Create ${work.branch} with a first, empty commit`,
        commands: [
          ['git', 'symbolic-ref', 'HEAD', `refs/heads/${work.branch}`],
          ['git', 'commit', '-q', '--allow-empty', '-m', work.message],
        ],
        precondition: 'There is no commit yet.',
        undo: `${work.branch} is removed.`,
      };
    case 'checkout':
      return {
        title: `Check out ${work.branch}`,
        commands: [['git', 'checkout', '-q', work.branch, '--']],
        precondition: `${work.branch} exists and no other work tree has it.`,
        undo: 'The branch before is checked out.',
      };
    case 'createBranch':
      return {
        title: `Create ${work.branch} from ${shortRef(work.start)}`,
        commands: [createBranchCommand(work)],
        precondition: `There is no branch ${work.branch}.`,
        undo: `${work.branch} is removed.`,
      };
    case 'setConfig':
      return {
        title: `Set ${work.key} to '${work.value}'`,
        commands: [['git', 'config', ...work.scope, work.key, work.value]],
        precondition: 'The configuration can be written.',
        undo: 'The value before is set.',
      };
    case 'removeSection':
      return {
        title: `Remove the config of ${work.section.replace(/^gitflow\.branch\./, '')}`,
        commands: [['git', 'config', '--local', '--remove-section', work.section]],
        precondition: 'The section exists.',
        undo: 'The section is written again.',
      };
    case 'renameSection':
      return {
        title: `Rename the config of ${work.to.replace(/^gitflow\.branch\./, '')}`,
        commands: [['git', 'config', '--local', '--rename-section', work.section, work.to]],
        precondition: 'The section exists.',
        undo: 'The section has its name back.',
      };
    case 'merge':
      return {
        title: `Merge ${shortRef(work.source)} into ${work.into}`,
        commands: [
          ['git', 'checkout', '-q', work.into, '--'],
          ['git', 'merge', '-q', mergeFlags[work.fastForward], ...commitFlags(work), '--', work.source],
        ],
        precondition: `${work.into} has not got ${shortRef(work.source)} yet; the work tree is clean.`,
        undo: `${work.into} is set back to where it was.`,
      };
    case 'squash':
      return {
        title: `Squash ${shortRef(work.source)} into ${work.into}`,
        commands: [
          ['git', 'checkout', '-q', work.into, '--'],
          ['git', 'merge', '-q', '--squash', '--', work.source],
          ['git', 'commit', '-q', ...(work.message === undefined ? ['--no-edit'] : []), ...commitFlags(work)],
        ],
        precondition: 'The work tree is clean.',
        undo: `${work.into} is set back to where it was.`,
      };
    case 'rebase':
      return {
        title: `Rebase ${work.branch} onto ${work.onto}`,
        commands: [
          ['git', 'checkout', '-q', work.branch, '--'],
          ['git', 'rebase', '-q', ...rebaseFlags(work.mode), work.onto],
        ],
        precondition: 'The work tree is clean.',
        undo: `${work.branch} is set back to where it was.`,
      };
    case 'tag':
      return {
        title: `Tag ${work.on} as ${work.tag}`,
        commands: [tagCommand(work)],
        precondition: `There is no tag ${work.tag}.`,
        undo: `${work.tag} is removed.`,
      };
    case 'bump':
      return {
        title: `Set the version to ${work.version} in ${work.files.join(', ')}`,
        commands: [
          ['git', 'add', '--', ...work.files],
          ['git', 'commit', '-q', '-m', work.message, '--', ...work.files],
        ],
        precondition: 'The files have no other changes.',
        undo: 'The commit is dropped and the files are as before.',
      };
    case 'renameBranch':
      return {
        title: `Rename ${work.branch} to ${work.to}`,
        commands: [['git', 'branch', '-m', '--', work.branch, work.to]],
        precondition: `There is no branch ${work.to}.`,
        undo: 'It has its name back.',
      };
    case 'deleteBranch':
      return {
        title: `Delete ${work.branch}`,
        commands: work.force
          ? [['git', 'update-ref', '-d', `refs/heads/${work.branch}`]]
          : [['git', 'branch', '-d', '-q', '--', work.branch]],
        precondition: work.force
          ? `${work.branch} is not checked out.`
          : `${work.branch} is merged and not checked out.`,
        undo: `${work.branch} is created again where it was.`,
      };
    case 'stash':
      return {
        title: 'Stash uncommitted changes',
        commands: [['git', 'stash', 'push', '-q', '-m', stashMessage]],
        precondition: 'There are uncommitted changes.',
        undo: 'They are restored.',
      };
    case 'unstash':
      return {
        title: 'Restore the stashed changes',
        commands: [['git', 'stash', 'pop', '-q', '--index']],
        precondition: 'They were stashed before.',
        undo: 'They stay where they are.',
      };
    case 'pull':
      return {
        title: `Pull ${work.branch} from ${work.remote}`,
        commands: [['git', 'pull', ...(work.rebase ? ['--rebase'] : []), '-q', work.remote, work.branch]],
        precondition: `${work.branch} is checked out and the work tree is clean.`,
        undo: `${work.branch} is set back to where it was.`,
      };
    case 'createFromFetch':
      return {
        title: `Create ${work.branch} from ${work.remote}`,
        commands: [
          ['git', 'fetch', '-q', work.remote, work.branch],
          ['git', 'branch', '--no-track', work.branch, 'FETCH_HEAD'],
          ['git', 'checkout', '-q', work.branch, '--'],
        ],
        precondition: `${work.remote} has the branch.`,
        undo: `${work.branch} is removed.`,
      };
    case 'push':
      return {
        title: `${work.lease ? 'Replace' : 'Push'} ${work.what} ${work.lease ? 'on' : 'to'} ${work.remote}`,
        commands: [pushCommand(work)],
        precondition: `${work.remote} takes it: nobody else has pushed there meanwhile.`,
        undo: work.lease ? 'What was pushed cannot be undone; what it replaced is kept.' : cannotUndo,
        remote: true,
      };
    case 'revert':
      return {
        title: `Revert ${work.commits.length === 1 ? '1 commit' : `${work.commits.length} commits`} on ${work.branch}`,
        commands: [
          ['git', 'checkout', '-q', work.branch, '--'],
          ...work.commits.map(({ id, merge }) => ['git', 'revert', '--no-edit', ...(merge ? ['-m', '1'] : []), id]),
        ],
        precondition: 'The work tree is clean.',
        undo: `${work.branch} is set back to where it was.`,
      };
    case 'pushAllTags':
      return {
        title: `Push all tags to ${work.remote}`,
        commands: [['git', 'push', '--tags', '--', work.remote]],
        precondition: `${work.remote} can be reached.`,
        undo: cannotUndo,
        remote: true,
      };
    case 'deleteRemoteBranch':
      return {
        title: `Delete ${work.branch} from ${work.remote}`,
        commands: [['git', 'push', '--', work.remote, `:refs/heads/${work.branch}`]],
        precondition: `${work.remote} allows it.`,
        undo: cannotUndo,
        remote: true,
      };
  }
}

function pushCommand(work: Extract<Work, { do: 'push' }>): string[] {
  const { atomic, upstream, remote, refspecs, options = [], lease } = work;
  const flags = [
    ...(lease ? [`--force-with-lease=refs/heads/${lease.branch}:${lease.commit}`] : []),
    ...(atomic ? ['--atomic'] : []),
    ...(upstream ? ['-u'] : []),
    ...options.flatMap((each) => ['-o', each]),
  ];
  return ['git', 'push', ...flags, '--', remote, ...refspecs];
}

/** `git checkout -b` or `git branch`. */
export function createBranchCommand(work: Extract<Work, { do: 'createBranch' }>): string[] {
  const track = work.track ? [] : ['--no-track'];
  return work.checkout
    ? ['git', 'checkout', '-q', ...track, '-b', work.branch, work.start, '--']
    : ['git', 'branch', '-q', ...track, '--', work.branch, work.start];
}

/** The text of the tag comes by the standard input, so that it stays exactly as it is. */
export function tagCommand(work: Extract<Work, { do: 'tag' }>): string[] {
  const given = work.message !== undefined || work.record !== undefined;
  const text = given ? ['-F', '-'] : work.messageFile !== undefined ? ['-F', work.messageFile] : [];
  return [
    'git',
    'tag',
    '-a',
    ...(work.sign ? ['-s'] : []),
    ...(work.signingKey ? ['-u', work.signingKey] : []),
    ...(text.length > 0 ? ['--cleanup=verbatim', ...text] : []),
    '--',
    work.tag,
    `refs/heads/${work.on}`,
  ];
}

function commitFlags({ message, noVerify }: { message?: string; noVerify?: boolean }): string[] {
  return [...(noVerify ? ['--no-verify'] : []), ...(message === undefined ? [] : ['-m', message])];
}

function rebaseFlags(mode: Extract<Work, { do: 'rebase' }>['mode']): string[] {
  if (mode === 'plain') return [];
  return mode === 'merges' ? ['--rebase-merges'] : ['-p'];
}

/** A ref as people write it. */
export function shortRef(ref: string): string {
  return ref.replace(/^(refs\/)?(heads|tags|remotes)\//, '');
}
