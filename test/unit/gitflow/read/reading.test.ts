/** Reading: branches, their relations, configuration, remotes' pages, arguments. */
import { afterAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../../../src/cli/flow/arguments';
import { openRepository } from '../../../../src/gitflow/index';
import { configurationFrom, parseConfig } from '../../../../src/gitflow/model/config';
import { roleOf } from '../../../../src/gitflow/model/names';
import { pullRequestPage } from '../../../../src/gitflow/remote/pull-request';
import { parseStatus } from '../../../../src/gitflow/read/snapshot';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

describe('branches', () => {
  test('roles, upstreams, tags, details', async () => {
    const work = sandbox.repository();
    sandbox.remote(work);
    work.start('feature/team/x');
    work.commit('f', '1', 'A feature');
    work.git('push', '-q', '-u', 'origin', 'feature/team/x');
    work.commit('f', '2', 'More');
    work.git('tag', 'v1.0', 'main');
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const listing = await repository.branches();
    expect(listing.local.map(({ name, role, shortName, current }) => [name, role, shortName, current])).toEqual([
      ['develop', 'develop', 'develop', false],
      ['feature/team/x', 'feature', 'team/x', true],
      ['main', 'main', 'main', false],
    ]);
    expect(listing.remote.map(({ remote, name, role }) => [remote, name, role])).toContainEqual([
      'origin',
      'feature/team/x',
      'feature',
    ]);
    expect(listing.tags.map(({ name }) => name)).toEqual(['v1.0']);
    const details = await repository.details(['refs/heads/feature/team/x', 'refs/heads/main']);
    expect(details.get('refs/heads/feature/team/x')).toEqual({
      subject: 'More',
      author: 'T',
      date: 1_700_000_000_000,
      upstream: { ahead: 1, behind: 0, gone: false },
    });
    expect(details.size).toBe(2);
  });

  test('upstreams are those that git tells, however the remote is fetched', async () => {
    const work = sandbox.repository();
    const branch = (name: string, remote: string, ...merges: string[]): void => {
      work.git('branch', name);
      if (remote !== '') work.git('config', `branch.${name}.remote`, remote);
      for (const merge of merges) work.git('config', '--add', `branch.${name}.merge`, merge);
    };
    const remote = (name: string, ...fetch: string[]): void => {
      work.git('config', `remote.${name}.url`, `/nowhere/${name}.git`);
      for (const refspec of fetch) work.git('config', '--add', `remote.${name}.fetch`, refspec);
    };
    remote('origin', '+refs/heads/*:refs/remotes/origin/*');
    remote('one', '+refs/heads/main:refs/remotes/one/only');
    remote('some', '^refs/heads/feature/secret*', '+refs/heads/feature/*:refs/remotes/some/f/*');
    remote('middle', 'refs/heads/*-x:refs/remotes/middle/*/x', '+refs/heads/*:refs/remotes/middle/*');
    remote('bare', 'refs/heads/main');
    remote('nothing');
    branch('plain', 'origin', 'refs/heads/plain');
    branch('Case/Kept', 'origin', 'refs/heads/Other');
    branch('here', '.', 'refs/heads/main');
    branch('only', 'one', 'refs/heads/main');
    branch('not-fetched', 'one', 'refs/heads/develop');
    branch('feature/a', 'some', 'refs/heads/feature/a');
    branch('feature/s', 'some', 'refs/heads/feature/secret/1');
    branch('m-x', 'middle', 'refs/heads/m-x');
    branch('m-y', 'middle', 'refs/heads/m-y');
    branch('untracked', 'bare', 'refs/heads/main');
    branch('no-refspec', 'nothing', 'refs/heads/main');
    branch('address', '/nowhere/else.git', 'refs/heads/main');
    branch('two', 'origin', 'refs/heads/first', 'refs/heads/second');
    branch('half', 'origin');
    branch('other-half', '', 'refs/heads/main');
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const { local } = await repository.branches();
    const told = work.git('for-each-ref', '--format=%(upstream) %(refname)', 'refs/heads').split('\n');
    expect(local.map(({ ref, upstream = '' }) => `${upstream} ${ref}`)).toEqual(told);
    expect(local.filter(({ upstream }) => upstream !== undefined)).toHaveLength(9);
  });

  test('ahead and behind of all equal what git counts for each', async () => {
    const work = sandbox.repository();
    for (let i = 0; i < 40; i++) {
      work.git('checkout', '-q', '-b', `feature/b${i}`, i % 3 === 0 ? 'develop' : `feature/b${i - 1}`);
      if (i % 4 !== 0) work.commit(`f${i}`, '1');
      if (i % 7 === 0) {
        work.git('checkout', '-q', 'develop');
        work.git('merge', '-q', '--no-ff', '--no-edit', `feature/b${i}`);
        work.commit('d', `${i}`);
      }
    }
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const relations = await repository.relations('develop');
    expect(relations.size).toBe(42);
    for (const [ref, { ahead, behind, merged }] of relations) {
      const counts = work.git('rev-list', '--left-right', '--count', `${ref}...develop`).split('\t').map(Number);
      expect([ahead, behind], ref).toEqual(counts);
      expect(merged, ref).toBe(counts[0] === 0);
    }
  });
});

describe('parsing', () => {
  test('configuration: later values win, booleans as git reads them, bases by branch', () => {
    const entries = parseConfig(
      [
        'global',
        'gitflow.origin\nbackup',
        'local',
        'gitflow.origin\nupstream',
        'local',
        'gitflow.allowdirty',
        'local',
        'gitflow.multi-hotfix\noff',
        'local',
        'gitflow.branch.feature/a b.base\nmain',
        '',
      ].join('\0'),
    );
    const config = configurationFrom(entries);
    expect(config.origin).toBe('upstream');
    expect(config.allowDirty).toBe(true);
    expect(config.multiHotfix).toBe(false);
    expect(config.bases.get('feature/a b')).toBe('main');
    expect(config.flavour).toBe('none');
  });

  test('the longest prefix decides the role', () => {
    const prefixes = { feature: 'f', bugfix: 'fix/', release: 'rel-', hotfix: '', support: undefined };
    const config = { ...configurationFrom([]), main: 'main', develop: 'dev', prefixes };
    expect(roleOf(config, 'fix/a').role).toBe('bugfix');
    expect(roleOf(config, 'foo')).toEqual({ role: 'feature', shortName: 'oo' });
    expect(roleOf(config, 'dev').role).toBe('develop');
    expect(roleOf(config, 'other').role).toBe('other');
  });

  test('status: names with blanks, renames, conflicts', () => {
    const status = parseStatus(
      [
        '# branch.oid 1234',
        '# branch.head feature/a b',
        '1 M. N... 100644 100644 100644 aaaa bbbb one two',
        '2 R. N... 100644 100644 100644 aaaa bbbb R100 new name',
        'old name',
        'u UU N... 100644 100644 100644 100644 aaaa bbbb cccc both sides',
        '',
      ].join('\0'),
    );
    expect(status).toEqual({
      branch: 'feature/a b',
      commit: '1234',
      staged: true,
      unstaged: true,
      changed: ['one two', 'new name', 'both sides'],
      conflicts: ['both sides'],
    });
  });

  test.each([
    ['https://github.com/o/r.git', 'https://github.com/o/r/compare/develop...feature/x?expand=1'],
    ['git@github.com:o/r.git', 'https://github.com/o/r/compare/develop...feature/x?expand=1'],
    [
      'ssh://git@gitlab.example.com:2222/a/b/c.git',
      'https://gitlab.example.com/a/b/c/-/merge_requests/new?merge_request%5Bsource_branch%5D=feature/x&merge_request%5Btarget_branch%5D=develop',
    ],
    [
      'https://user:secret@bitbucket.org/o/r.git',
      'https://bitbucket.org/o/r/pull-requests/new?source=feature/x&dest=develop',
    ],
    [
      'git@ssh.dev.azure.com:v3/org/project/repo',
      'https://dev.azure.com/org/project/_git/repo/pullrequestcreate?sourceRef=feature/x&targetRef=develop',
    ],
    [
      'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/models',
      'https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/models/pull-requests/new/refs/heads/develop/.../refs/heads/feature/x?region=eu-west-1',
    ],
    [
      'codecommit::eu-west-1://profile@models',
      'https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/models/pull-requests/new/refs/heads/develop/.../refs/heads/feature/x?region=eu-west-1',
    ],
    ['/srv/git/r.git', undefined],
    ['https://git.example.com/o/r.git', undefined],
  ])('the page for a pull request of %s', (url, page) => {
    expect(pullRequestPage(url, 'feature/x', 'develop')).toBe(page);
  });
});

describe('arguments, as getopt reads them', () => {
  const specs = [
    { long: 'keep', short: 'k', help: '' },
    { long: 'keepremote', help: '' },
    { long: 'squash', short: 'S', help: '' },
    { long: 'message', short: 'm', value: 'text', help: '' },
    { long: 'messagefile', short: 'f', value: 'file', help: '' },
  ];
  const read = (...args: string[]): unknown[] => {
    const { words, flag, text } = parseArguments(args, specs);
    return [words, flag('keep'), flag('squash'), text('message')];
  };

  test('clusters, joined and separate values, words in between', () => {
    expect(read('-Sk', 'x', '-m', 'a b', 'y')).toEqual([['x', 'y'], true, true, 'a b']);
    expect(read('-kmtext')).toEqual([[], true, undefined, 'text']);
    expect(read('--message=a=b', '--', '-k')).toEqual([['-k'], undefined, undefined, 'a=b']);
  });

  test('negation, beginnings, exact before longer', () => {
    expect(read('--keep', '--nokeep')).toEqual([[], false, undefined, undefined]);
    expect(read('--sq')).toEqual([[], undefined, true, undefined]);
    expect(read('--message', 'm')).toEqual([[], undefined, undefined, 'm']);
  });

  test('what git-flow does not have is given in full, and a value at the end may be missing', () => {
    const more = [
      ...specs,
      { long: 'squash-all', inFull: true as const, help: '' },
      { long: 'no-ff', negatable: false as const, help: '' },
    ];
    expect(parseArguments(['--squ'], more).flag('squash')).toBe(true);
    expect(parseArguments(['--squash-all'], more).flag('squash-all')).toBe(true);
    expect(() => parseArguments(['--squash-a'], more)).toThrow('unrecognized');
    expect(() => parseArguments(['--nono-ff'], more)).toThrow('unrecognized');
    expect(read('x', '-m')).toEqual([['x'], undefined, undefined, '']);
    expect(read('', 'develop', '')).toEqual([['', 'develop'], undefined, undefined, undefined]);
  });

  test.each([[['--bogus']], [['-x']], [['--mess', 'm']], [['--keep=1']]])('%j is wrong usage', (args) => {
    expect(() => read(...args)).toThrow();
  });
});
