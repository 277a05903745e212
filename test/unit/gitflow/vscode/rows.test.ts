import { describe, expect, it } from 'vitest';
import type {
  Branch,
  BranchDetails,
  BranchListing,
  BranchRole,
  JournalView,
  RepositoryState,
} from '../../../../src/gitflow/index';
import {
  actionRow,
  branchRow,
  groupBranches,
  groupRow,
  keptRows,
  remoteRow,
  repositoryRow,
  type BranchFacts,
} from '../../../../src/gitflow/vscode/rows';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 22);

function branch(name: string, role: BranchRole, more: Partial<Branch> = {}): Branch {
  const shortName =
    role === 'main' || role === 'develop' || role === 'other' ? name : name.slice(name.indexOf('/') + 1);
  return { ref: `refs/heads/${name}`, name, shortName, role, commit: 'c'.repeat(40), current: false, ...more };
}

const facts: BranchFacts = {
  root: '/r',
  hasRemotes: true,
  ready: true,
  busy: false,
  elsewhere: {},
  staleAfterDays: 30,
  now,
  base: 'develop',
};

const details: BranchDetails = { subject: 'Better features', author: 'Ada', date: now - 2 * day };

describe('the groups', () => {
  const listing: BranchListing = {
    local: [
      branch('develop', 'develop'),
      branch('feature/b10', 'feature'),
      branch('feature/b9', 'feature'),
      branch('feature/z', 'feature', { current: true }),
      branch('main', 'main'),
      branch('release/1.9.0', 'release'),
      branch('release/1.10.0', 'release'),
      branch('wip', 'other'),
    ],
    remote: [{ ...branch('feature/b9', 'feature'), ref: 'refs/remotes/origin/feature/b9', remote: 'origin' }],
    tags: ['v1.2.0', 'nightly', 'v1.10.0', 'v1.10.0-rc.1', 'v2'].map((name) => ({
      ref: `refs/tags/${name}`,
      name,
      object: 'o',
    })),
  };

  it('have production before develop, the current branch first, numbers by value, versions newest first', () => {
    const { trunk, branches, tags, remotes, shown } = groupBranches(listing);
    expect(trunk.map(({ name }) => name)).toEqual(['main', 'develop']);
    expect(branches.get('feature')?.sorted.map(({ shortName }) => shortName)).toEqual(['z', 'b9', 'b10']);
    expect(branches.get('release')?.sorted.map(({ shortName }) => shortName)).toEqual(['1.10.0', '1.9.0']);
    expect(branches.get('other')?.sorted.map(({ name }) => name)).toEqual(['wip']);
    expect(tags.sorted.map(({ name }) => name)).toEqual(['v2', 'v1.10.0', 'v1.10.0-rc.1', 'v1.2.0', 'nightly']);
    expect(remotes.sorted.map(({ ref }) => ref)).toEqual(['refs/remotes/origin/feature/b9']);
    expect(shown).toBe(14);
  });

  it('hold what every word of the filter is part of', () => {
    const { trunk, branches, tags, shown, total } = groupBranches(listing, ' FEATURE 9 ');
    expect(trunk).toEqual([]);
    expect(branches.get('feature')?.sorted.map(({ shortName }) => shortName)).toEqual(['b9']);
    expect(tags.size).toBe(0);
    expect(shown).toBe(2);
    expect(total).toBe(14);
    expect(groupBranches(listing, 'origin').remotes.size).toBe(1);
    expect(groupBranches(listing, 'origin').shown).toBe(1);
  });

  it('put ten thousand branches in the order of their numbers', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => branch(`feature/f${n}`, 'feature'));
    const { branches } = groupBranches({ local: many, remote: [], tags: [] });
    expect(branches.get('feature')?.sorted[10]?.shortName).toBe('f10');
    expect(branches.get('feature')?.size).toBe(10_000);
  });

  it('offer a start where one can start', () => {
    expect(groupRow('feature', 'Features', 0, facts).context).toBe('group feature startable');
    expect(groupRow('feature', 'Features', 0, { ...facts, busy: true }).context).toBe('group feature');
    expect(groupRow('tags', 'Tags', 3, facts).context).toBe('group tags');
  });
});

describe('the row of a repository', () => {
  it('tells folders of one name apart by where they lie, and no others', () => {
    const all = [
      { name: 'models', root: '/a/models' },
      { name: 'models', root: '/b/models' },
      { name: 'data', root: '/a/data' },
    ];
    const rows = all.map((each) => repositoryRow(each, all));
    expect(rows.map(({ label, description }) => `${label} ${description}`)).toEqual([
      'models /a',
      'models /b',
      'data ',
    ]);
    expect(rows.map(({ accessibleLabel }) => accessibleLabel)).toEqual([
      'Repository models in /a',
      'Repository models in /b',
      'Repository data',
    ]);
  });
});

describe('the row of a branch', () => {
  it('tells how it stands to its base and its upstream, its age and its author', () => {
    const row = branchRow(branch('feature/x', 'feature', { upstream: 'refs/remotes/origin/feature/x' }), {
      ...facts,
      details: { ...details, upstream: { ahead: 1, behind: 2, gone: false } },
      relation: { ahead: 3, behind: 4, merged: false },
    });
    expect(row.label).toBe('x');
    expect(row.description).toBe('+3 −4 · ↑1 ↓2 · 2 d ago · Ada');
    expect(row.tooltip).toContain('3 commits ahead of develop, 4 behind.');
    expect(row.tooltip).toContain('1 ahead of origin/feature/x, 2 behind.');
    expect(row.id).toBe('/r|refs/heads/feature/x');
  });

  it('marks the current branch by more than a colour', () => {
    const row = branchRow(branch('feature/x', 'feature', { current: true }), facts);
    expect(row.description).toBe('current');
    expect(row.icon).toEqual({ icon: 'target', color: 'charts.green' });
    expect(row.accessibleLabel).toBe('Feature x, current');
  });

  it('marks what another work tree has checked out, and offers what git does all the same', () => {
    const row = branchRow(branch('feature/x', 'feature'), { ...facts, elsewhere: { 'feature/x': '/w/x' } });
    expect(row.description).toBe('in another work tree');
    expect(row.tooltip).toContain('Checked out at /w/x');
    expect(row.accessibleLabel).toBe('Feature x, in another work tree');
    const words = row.context?.split(' ') ?? [];
    expect(words).toEqual(expect.arrayContaining(['renamable', 'comparable', 'finishable']));
    for (const refused of ['checkoutable', 'deletable', 'updatable', 'publishable'])
      expect(words).not.toContain(refused);
  });

  it('marks what is merged, but not what has only just begun', () => {
    const merged = { ahead: 0, behind: 3, merged: true };
    expect(branchRow(branch('feature/x', 'feature'), { ...facts, relation: merged }).description).toBe('merged · −3');
    expect(
      branchRow(branch('feature/x', 'feature'), { ...facts, relation: { ...merged, behind: 0 } }).description,
    ).toBe('');
    expect(branchRow(branch('main', 'main'), { ...facts, relation: merged }).description).toBe('−3');
  });

  it('marks what is stale, never the trunk, and nothing where it is switched off', () => {
    const old = { ...facts, details: { ...details, date: now - 31 * day } };
    expect(branchRow(branch('feature/x', 'feature'), old).description).toBe('stale · 31 d ago · Ada');
    expect(branchRow(branch('main', 'main'), old).description).toBe('31 d ago · Ada');
    expect(branchRow(branch('feature/x', 'feature'), { ...old, staleAfterDays: 0 }).description).toBe('31 d ago · Ada');
  });

  const words = (branch: Branch, more: Partial<BranchFacts> = {}) =>
    branchRow(branch, { ...facts, ...more }).context?.split(' ');

  it('has the words of what can be done now', () => {
    const feature = branch('feature/x', 'feature');
    expect(words(feature)).toEqual([
      'branch',
      'feature',
      'checkoutable',
      'renamable',
      'deletable',
      'updatable',
      'comparable',
      'finishable',
      'publishable',
      'requestable',
    ]);
    expect(words({ ...feature, current: true })).not.toContain('checkoutable');
    expect(words({ ...feature, upstream: 'refs/remotes/origin/feature/x' })).toContain('published');
    expect(words({ ...feature, upstream: 'refs/remotes/origin/feature/x' })).not.toContain('publishable');
    expect(words(feature, { hasRemotes: false })).not.toContain('publishable');
    expect(words(branch('support/1.x', 'support'))).not.toContain('finishable');
    expect(words(branch('main', 'main'))).toEqual(['branch', 'main', 'checkoutable', 'taggable']);
    expect(words(branch('wip', 'other'))).toEqual(['branch', 'other', 'checkoutable']);
  });

  it('offers nothing that would be refused while an action is under way or nothing is set up', () => {
    expect(words(branch('feature/x', 'feature'), { busy: true })).toEqual(['branch', 'feature']);
    expect(words(branch('feature/x', 'feature'), { ready: false })).toEqual(['branch', 'feature', 'checkoutable']);
  });

  it('says that a branch is gone from the remote, and offers to clean up', () => {
    const gone = { details: { ...details, upstream: { ahead: 0, behind: 0, gone: true } } };
    const published = branch('feature/x', 'feature', { upstream: 'refs/remotes/origin/feature/x' });
    expect(words(published, gone)).toEqual(expect.arrayContaining(['cleanable', 'publishable']));
    expect(branchRow(published, { ...facts, ...gone }).description).toBe('gone from the remote · 2 d ago · Ada');
  });

  it('of a remote branch can be tracked once', () => {
    const remote = { ...branch('feature/x', 'feature'), remote: 'origin' };
    expect(remoteRow(remote, '/r', { here: false, trackable: true })).toMatchObject({
      label: 'origin/feature/x',
      context: 'remoteBranch feature trackable',
    });
    expect(remoteRow(remote, '/r', { here: true, trackable: false })).toMatchObject({
      context: 'remoteBranch feature',
      description: 'also here',
    });
  });
});

describe('work that no branch has any more', () => {
  const kept = (name: string, kind: 'branch' | 'work', of: string) => ({
    ref: `refs/mlops-flow/undone/${name}`,
    name,
    action: '20261128-215403-1f2e',
    kind,
    of,
    id: 'c',
    subject: 'one',
    restore: 'git …',
  });

  it('has a row each, below one that counts them', () => {
    const all = [kept('a/heads/feature/x', 'branch', 'feature/x'), kept('a/work', 'work', '')];
    const { group, members } = keptRows(all, '/r');
    expect(group).toMatchObject({ label: 'Kept', description: '2', context: 'keptGroup' });
    expect(members.map(({ label, description, context }) => [label, description, context])).toEqual([
      ['feature/x', '2026-11-28 21:54 UTC', 'kept'],
      ['Uncommitted changes', '2026-11-28 21:54 UTC', 'kept'],
    ]);
    expect(new Set(members.map(({ id }) => id)).size).toBe(2);
  });
});

describe('the row of an action under way', () => {
  const state: RepositoryState = {
    initialised: true,
    ready: true,
    branch: 'main',
    commit: 'c',
    unborn: false,
    detached: false,
    shallow: false,
    bare: false,
    inProgress: undefined,
    conflicts: [],
    unstaged: false,
    staged: false,
    remotes: [],
    elsewhere: {},
    journal: undefined,
    finished: undefined,
    kept: [],
  };
  const step = (index: number, title: string) => ({
    index,
    title,
    commands: [],
    precondition: '',
    undo: '',
    remote: false,
    work: { do: 'checkout' as const, branch: 'x' },
  });
  const journal: JournalView = {
    id: 'j',
    plan: {
      version: 1,
      title: 'Finish release 1.0',
      request: { action: 'checkout', branch: 'x' },
      fetches: [],
      steps: [step(0, 'Merge into main'), step(1, 'Tag 1.0'), step(2, 'Merge into develop')],
      warnings: [],
      summary: [],
      observed: { headRef: undefined, headCommit: undefined, refs: {}, config: [] },
    },
    steps: ['done', 'conflict', 'pending'],
    status: 'conflict',
    alive: false,
    message: 'Conflicts in a.py.',
    startedAt: 0,
    worktree: '/r',
    files: ['a.py'],
  };

  it('is not there when nothing is under way', () => {
    expect(actionRow(state, '/r')).toBeUndefined();
    expect(actionRow({ ...state, inProgress: 'bisect' }, '/r')).toBeUndefined();
  });

  it('tells what is left, and offers to resume and to undo', () => {
    const row = actionRow({ ...state, journal, conflicts: ['a.py', 'b.py'] }, '/r');
    expect(row).toMatchObject({
      label: 'Finish release 1.0',
      description: '2 conflicts, 2 steps left',
      context: 'flowAction resumable undoable',
    });
    expect(row?.tooltip).toBe('Conflicts in a.py.\n\n• Tag 1.0\n• Merge into develop');
    expect(actionRow({ ...state, journal }, '/r')?.description).toBe('resolved, 2 steps left');
    expect(actionRow({ ...state, journal: { ...journal, status: 'running' } }, '/r')?.description).toBe(
      'interrupted, 2 steps left',
    );
  });

  it('offers nothing while a process works on it', () => {
    expect(actionRow({ ...state, journal: { ...journal, alive: true } }, '/r')).toMatchObject({
      context: 'flowAction running',
      description: 'running',
    });
  });

  it('names a merge that is none of ours', () => {
    expect(actionRow({ ...state, inProgress: 'merge', conflicts: ['a'] }, '/r')).toMatchObject({
      label: 'A merge is in progress',
      description: '1 conflict',
      context: 'foreignAction',
    });
  });
});
