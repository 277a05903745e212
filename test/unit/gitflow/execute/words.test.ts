/** What every kind of work is called, runs, touches and is undone by. */
import { describe, expect, test } from 'vitest';
import { createBranchCommand, shortRef, stepsOf, tagCommand } from '../../../../src/gitflow/execute/steps';
import { sectionsOf, touchedRefs } from '../../../../src/gitflow/execute/touched';
import type { Work } from '../../../../src/gitflow/model/model';

const back = (branch: string): string => `${branch} is set back to where it was.`;
const never = 'What was pushed cannot be undone.';

interface Told {
  title: string;
  /** The commands without `git`. */
  commands: string[];
  precondition: string;
  undo: string;
  remote?: boolean;
  refs?: string[];
  sections?: string[];
}

const table: [Work, Told][] = [
  [
    { do: 'hook', file: '/a/b\\pre-flow', args: ['x', 'y'], mayFail: false },
    {
      title: 'Run pre-flow',
      commands: ['/a/b\\pre-flow x y'],
      precondition: 'The workspace is trusted.',
      undo: 'What a hook did outside of git stays.',
    },
  ],
  [
    { do: 'firstCommit', branch: 'b', message: 'm' },
    {
      title: 'Create b with a first, empty commit',
      commands: ['symbolic-ref HEAD refs/heads/b', 'commit -q --allow-empty -m m'],
      precondition: 'There is no commit yet.',
      undo: 'b is removed.',
      refs: ['refs/heads/b'],
    },
  ],
  [
    { do: 'checkout', branch: 'b' },
    {
      title: 'Check out b',
      commands: ['checkout -q b --'],
      precondition: 'b exists and no other work tree has it.',
      undo: 'The branch before is checked out.',
    },
  ],
  [
    { do: 'createBranch', branch: 'b', start: 'refs/heads/s', checkout: true, track: true },
    {
      title: 'Create b from s',
      commands: ['checkout -q -b b refs/heads/s --'],
      precondition: 'There is no branch b.',
      undo: 'b is removed.',
      refs: ['refs/heads/b'],
      sections: ['branch.b'],
    },
  ],
  [
    { do: 'setConfig', key: 'gitflow.branch.feature/x.y.base', value: 'v', scope: ['--file', 'f'] },
    {
      title: "Set gitflow.branch.feature/x.y.base to 'v'",
      commands: ['config --file f gitflow.branch.feature/x.y.base v'],
      precondition: 'The configuration can be written.',
      undo: 'The value before is set.',
      sections: ['gitflow.branch.feature/x.y'],
    },
  ],
  [
    { do: 'removeSection', section: 'gitflow.branch.x' },
    {
      title: 'Remove the config of x',
      commands: ['config --local --remove-section gitflow.branch.x'],
      precondition: 'The section exists.',
      undo: 'The section is written again.',
      sections: ['gitflow.branch.x'],
    },
  ],
  [
    { do: 'renameSection', section: 'gitflow.branch.x', to: 'gitflow.branch.y' },
    {
      title: 'Rename the config of y',
      commands: ['config --local --rename-section gitflow.branch.x gitflow.branch.y'],
      precondition: 'The section exists.',
      undo: 'The section has its name back.',
      sections: ['gitflow.branch.x', 'gitflow.branch.y'],
    },
  ],
  ...(
    [
      ['never', '--no-ff'],
      ['allowed', '--ff'],
      ['only', '--ff-only'],
      ['single', '--ff'],
    ] as const
  ).map(([fastForward, flag]): [Work, Told] => [
    { do: 'merge', into: 'i', source: 'refs/tags/s', fastForward },
    {
      title: 'Merge s into i',
      commands: ['checkout -q i --', `merge -q ${flag} -- refs/tags/s`],
      precondition: 'i has not got s yet; the work tree is clean.',
      undo: back('i'),
      refs: ['refs/heads/i'],
    },
  ]),
  [
    { do: 'merge', into: 'i', source: 's', fastForward: 'only', message: 'm', noVerify: true },
    {
      title: 'Merge s into i',
      commands: ['checkout -q i --', 'merge -q --ff-only --no-verify -m m -- s'],
      precondition: 'i has not got s yet; the work tree is clean.',
      undo: back('i'),
      refs: ['refs/heads/i'],
    },
  ],
  [
    { do: 'squash', into: 'i', source: 'heads/s' },
    {
      title: 'Squash s into i',
      commands: ['checkout -q i --', 'merge -q --squash -- heads/s', 'commit -q --no-edit'],
      precondition: 'The work tree is clean.',
      undo: back('i'),
      refs: ['refs/heads/i'],
    },
  ],
  [
    { do: 'squash', into: 'i', source: 's', message: 'm', noVerify: true },
    {
      title: 'Squash s into i',
      commands: ['checkout -q i --', 'merge -q --squash -- s', 'commit -q --no-verify -m m'],
      precondition: 'The work tree is clean.',
      undo: back('i'),
      refs: ['refs/heads/i'],
    },
  ],
  ...(
    [
      ['plain', ''],
      ['merges', ' --rebase-merges'],
      ['preserve', ' -p'],
    ] as const
  ).map(([mode, flag]): [Work, Told] => [
    { do: 'rebase', branch: 'b', onto: 'o', mode },
    {
      title: 'Rebase b onto o',
      commands: ['checkout -q b --', `rebase -q${flag} o`],
      precondition: 'The work tree is clean.',
      undo: back('b'),
      refs: ['refs/heads/b'],
    },
  ]),
  [
    { do: 'tag', tag: 't', on: 'b', sign: false },
    {
      title: 'Tag b as t',
      commands: ['tag -a -- t refs/heads/b'],
      precondition: 'There is no tag t.',
      undo: 't is removed.',
      refs: ['refs/tags/t'],
    },
  ],
  [
    { do: 'bump', branch: 'b', version: '1', files: ['f', 'g'], message: 'm' },
    {
      title: 'Set the version to 1 in f, g',
      commands: ['add -- f g', 'commit -q -m m -- f g'],
      precondition: 'The files have no other changes.',
      undo: 'The commit is dropped and the files are as before.',
      refs: ['refs/heads/b'],
    },
  ],
  [
    { do: 'renameBranch', branch: 'b', to: 'c' },
    {
      title: 'Rename b to c',
      commands: ['branch -m -- b c'],
      precondition: 'There is no branch c.',
      undo: 'It has its name back.',
      refs: ['refs/heads/b', 'refs/heads/c'],
      sections: ['branch.b', 'branch.c'],
    },
  ],
  [
    { do: 'deleteBranch', branch: 'b', force: false },
    {
      title: 'Delete b',
      commands: ['branch -d -q -- b'],
      precondition: 'b is merged and not checked out.',
      undo: 'b is created again where it was.',
      refs: ['refs/heads/b'],
      sections: ['branch.b'],
    },
  ],
  [
    { do: 'deleteBranch', branch: 'b', force: true },
    {
      title: 'Delete b',
      commands: ['update-ref -d refs/heads/b'],
      precondition: 'b is not checked out.',
      undo: 'b is created again where it was.',
      refs: ['refs/heads/b'],
      sections: ['branch.b'],
    },
  ],
  [
    { do: 'stash' },
    {
      title: 'Stash uncommitted changes',
      commands: ['stash push -q -m Stashed by MLOps Flow'],
      precondition: 'There are uncommitted changes.',
      undo: 'They are restored.',
    },
  ],
  [
    { do: 'unstash' },
    {
      title: 'Restore the stashed changes',
      commands: ['stash pop -q --index'],
      precondition: 'They were stashed before.',
      undo: 'They stay where they are.',
    },
  ],
  ...[false, true].map((rebase): [Work, Told] => [
    { do: 'pull', branch: 'b', remote: 'r', rebase },
    {
      title: 'Pull b from r',
      commands: [rebase ? 'pull --rebase -q r b' : 'pull -q r b'],
      precondition: 'b is checked out and the work tree is clean.',
      undo: back('b'),
      refs: ['refs/heads/b'],
    },
  ]),
  [
    { do: 'createFromFetch', branch: 'b', remote: 'r' },
    {
      title: 'Create b from r',
      commands: ['fetch -q r b', 'branch --no-track b FETCH_HEAD', 'checkout -q b --'],
      precondition: 'r has the branch.',
      undo: 'b is removed.',
      refs: ['refs/heads/b'],
      sections: ['branch.b'],
    },
  ],
  [
    { do: 'push', remote: 'r', refspecs: ['a'], upstream: false, what: 'a' },
    {
      title: 'Push a to r',
      commands: ['push -- r a'],
      precondition: 'r takes it: nobody else has pushed there meanwhile.',
      undo: never,
      remote: true,
    },
  ],
  [
    {
      do: 'push',
      remote: 'r',
      refspecs: ['a', 'b'],
      upstream: true,
      what: 'a, b',
      atomic: true,
      options: ['o', 'p'],
      lease: { branch: 'x', commit: 'c' },
    },
    {
      title: 'Replace a, b on r',
      commands: ['push --force-with-lease=refs/heads/x:c --atomic -u -o o -o p -- r a b'],
      precondition: 'r takes it: nobody else has pushed there meanwhile.',
      undo: 'What was pushed cannot be undone; what it replaced is kept.',
      remote: true,
    },
  ],
  [
    { do: 'revert', branch: 'b', commits: [{ id: 'one', merge: false }] },
    {
      title: 'Revert 1 commit on b',
      commands: ['checkout -q b --', 'revert --no-edit one'],
      precondition: 'The work tree is clean.',
      undo: back('b'),
      refs: ['refs/heads/b'],
    },
  ],
  [
    {
      do: 'revert',
      branch: 'b',
      commits: [
        { id: 'one', merge: true },
        { id: 'two', merge: false },
      ],
    },
    {
      title: 'Revert 2 commits on b',
      commands: ['checkout -q b --', 'revert --no-edit -m 1 one', 'revert --no-edit two'],
      precondition: 'The work tree is clean.',
      undo: back('b'),
      refs: ['refs/heads/b'],
    },
  ],
  [
    { do: 'pushAllTags', remote: 'r' },
    {
      title: 'Push all tags to r',
      commands: ['push --tags -- r'],
      precondition: 'r can be reached.',
      undo: never,
      remote: true,
    },
  ],
  [
    { do: 'deleteRemoteBranch', remote: 'r', branch: 'b' },
    {
      title: 'Delete b from r',
      commands: ['push -- r :refs/heads/b'],
      precondition: 'r allows it.',
      undo: never,
      remote: true,
    },
  ],
];

describe('a step', () => {
  test.each(table)('%j', (work, { refs = [], sections = [], commands, remote = false, ...words }) => {
    const [step] = stepsOf([work]);
    const argv = commands.map((command) => (work.do === 'hook' ? command : `git ${command}`));
    expect(step?.commands.map((each) => each.join(' '))).toEqual(argv);
    expect(step).toEqual({ ...words, commands: step?.commands, remote, index: 0, work });
    expect([...touchedRefs([work])]).toEqual(refs);
    expect(sectionsOf([work])).toEqual(sections);
  });

  test('has its number, and each ref and section is named once for all of them', () => {
    const works = table.map(([work]) => work);
    expect(stepsOf(works).map(({ index }) => index)).toEqual(works.map((_, index) => index));
    const all = table.flatMap(([, { refs = [] }]) => refs);
    expect([...touchedRefs(works)]).toEqual([...new Set(all)]);
    expect(sectionsOf(works)).toEqual([...new Set(table.flatMap(([, { sections = [] }]) => sections))]);
  });
});

describe('the command', () => {
  const create: Extract<Work, { do: 'createBranch' }> = {
    do: 'createBranch',
    branch: 'b',
    start: 's',
    checkout: true,
    track: true,
  };
  test.each([
    [{}, 'git checkout -q -b b s --'],
    [{ track: false }, 'git checkout -q --no-track -b b s --'],
    [{ checkout: false }, 'git branch -q -- b s'],
    [{ checkout: false, track: false }, 'git branch -q --no-track -- b s'],
  ])('that makes a branch (%j)', (more, command) => {
    expect(createBranchCommand({ ...create, ...more }).join(' ')).toBe(command);
  });

  const tag: Extract<Work, { do: 'tag' }> = { do: 'tag', tag: 't', on: 'b', sign: false };
  test.each([
    [{}, 'git tag -a -- t refs/heads/b'],
    [{ message: '' }, 'git tag -a --cleanup=verbatim -F - -- t refs/heads/b'],
    [{ record: 'r' }, 'git tag -a --cleanup=verbatim -F - -- t refs/heads/b'],
    [{ record: 'r', messageFile: 'f' }, 'git tag -a --cleanup=verbatim -F - -- t refs/heads/b'],
    [{ messageFile: 'f' }, 'git tag -a --cleanup=verbatim -F f -- t refs/heads/b'],
    [{ sign: true }, 'git tag -a -s -- t refs/heads/b'],
    [{ sign: true, signingKey: 'k' }, 'git tag -a -s -u k -- t refs/heads/b'],
    [{ signingKey: '' }, 'git tag -a -- t refs/heads/b'],
  ])('that makes a tag (%j)', (more, command) => {
    expect(tagCommand({ ...tag, ...more }).join(' ')).toBe(command);
  });
});

test.each([
  ['refs/heads/a/b', 'a/b'],
  ['heads/a', 'a'],
  ['refs/tags/v1', 'v1'],
  ['tags/v1', 'v1'],
  ['refs/remotes/origin/a', 'origin/a'],
  ['a/heads/b', 'a/heads/b'],
  ['refs/heads', 'refs/heads'],
  ['a', 'a'],
])('%s is written %s', (ref, short) => {
  expect(shortRef(ref)).toBe(short);
});
