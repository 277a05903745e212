/** The branching models: read from configurations, taken from presets, and told of repositories without any set-up. */
import { describe, expect, test } from 'vitest';
import {
  followersOf,
  fromProduction,
  presets,
  problemsAbout,
  versionTag,
  withoutTagPrefix,
  type BaseBranch,
} from '../../../../src/gitflow/model/branching';
import {
  configurationFrom,
  flavourOf,
  notInitialised,
  remoteOf,
  type ConfigEntry,
} from '../../../../src/gitflow/model/config';
import { baseOf, kindOf, roleOf, tagPrefixOf } from '../../../../src/gitflow/model/names';
import { nextModel } from '../../../../src/gitflow/model/next';
import { lookAt, plainModel, type RefLine } from '../../../../src/gitflow/model/plain';
import { keysOf, presetModel } from '../../../../src/gitflow/model/presets';

const entries = (keys: Record<string, string>): ConfigEntry[] =>
  Object.entries(keys).map(([key, value]) => ({ scope: 'local', key, value }));
const model = (keys: Record<string, string>) =>
  nextModel(new Map(Object.entries({ 'gitflow.version': '1.0', ...keys })));
const heads = (...names: string[]): RefLine[] =>
  names.map((name) => ({ ref: `refs/heads/${name}`, current: false, symref: '' }));

describe('presets', () => {
  test.each(presets)('%s reads back as it was written', (preset) => {
    const written = presetModel(preset, { tagPrefix: 'v' });
    const read = nextModel(new Map(keysOf(written)));
    expect(read.name).toBe(preset);
    expect(read.problems).toEqual([]);
    expect(read.bases).toEqual(written.bases);
    expect(read.topics).toEqual(written.topics);
  });

  test('the prefix of tags stays where no type makes versions', () => {
    const config = configurationFrom(entries(Object.fromEntries(keysOf(presetModel('github', { tagPrefix: 'v' })))));
    expect(tagPrefixOf(config)).toBe('v');
    expect(config.flag('gitflow.feature.finish.no-ff')).toBe(true);
  });

  test('names are the team’s', () => {
    const { bases, topics } = presetModel('gitlab', { main: 'trunk', staging: 'pre', production: 'live' });
    expect(bases.map(({ name, parent }) => [name, parent])).toEqual([
      ['live', undefined],
      ['pre', 'live'],
      ['trunk', 'pre'],
    ]);
    expect(topics.map(({ name, parent }) => [name, parent])).toEqual([
      ['feature', 'trunk'],
      ['hotfix', 'live'],
    ]);
  });
});

describe('git-flow-next', () => {
  test('defaults: the prefix is the type’s name, the start is the parent, commits are merged', () => {
    const read = model({
      'gitflow.branch.main.type': 'base',
      'gitflow.branch.fix.type': 'topic',
      'gitflow.branch.fix.parent': 'main',
    });
    expect(read.topics).toEqual([
      {
        name: 'fix',
        prefix: 'fix/',
        parent: 'main',
        startPoint: 'main',
        upstream: 'merge',
        downstream: 'merge',
        tag: false,
        tagPrefix: '',
      },
    ]);
    expect(read.bases).toEqual([{ name: 'main', upstream: 'none', downstream: 'none', autoUpdate: false }]);
  });

  test('everything that a section says', () => {
    const read = model({
      'gitflow.branch.main.type': 'base',
      'gitflow.branch.dev.type': 'base',
      'gitflow.branch.dev.parent': 'main',
      'gitflow.branch.dev.autoupdate': 'yes',
      'gitflow.branch.dev.upstreamstrategy': 'Squash',
      'gitflow.branch.dev.downstreamstrategy': 'rebase',
      'gitflow.branch.rel.type': 'topic',
      'gitflow.branch.rel.parent': 'main',
      'gitflow.branch.rel.startpoint': 'dev',
      'gitflow.branch.rel.prefix': 'rel-',
      'gitflow.branch.rel.tag': '1',
      'gitflow.branch.rel.tagprefix': 'v',
      'gitflow.branch.rel.upstreamstrategy': 'none',
    });
    expect(read.bases[1]).toEqual({
      name: 'dev',
      parent: 'main',
      upstream: 'squash',
      downstream: 'rebase',
      autoUpdate: true,
    });
    expect(read.topics[0]).toMatchObject({
      prefix: 'rel-',
      startPoint: 'dev',
      tag: true,
      tagPrefix: 'v',
      upstream: 'none',
    });
    expect(read.tagPrefix).toBe('v');
    expect(read.problems).toEqual([]);
  });

  test('names are the same whatever their case; the first spelling counts', () => {
    const read = model({
      'gitflow.branch.Main.type': 'base',
      'gitflow.branch.main.upstreamstrategy': 'none',
      'gitflow.branch.feature.type': 'topic',
      'gitflow.branch.feature.parent': 'MAIN',
    });
    expect(read.bases.map(({ name }) => name)).toEqual(['Main']);
    expect(read.topics[0]?.parent).toBe('Main');
  });

  test('names with dots', () => {
    expect(model({ 'gitflow.branch.v1.x.type': 'base' }).bases[0]?.name).toBe('v1.x');
  });

  test('without any section it is Gitflow with the usual names', () => {
    const read = model({});
    expect(read.name).toBe('gitflow');
    expect(read.bases.map(({ name }) => name)).toEqual(['main', 'develop']);
  });

  test.each([
    ['a type that is none', { 'gitflow.branch.x.type': 'branch' }, "'gitflow.branch.x.type' is 'branch'"],
    [
      'an unknown strategy',
      {
        'gitflow.branch.x.type': 'topic',
        'gitflow.branch.x.parent': 'main',
        'gitflow.branch.x.upstreamstrategy': 'octopus',
      },
      "'gitflow.branch.x.upstreamstrategy' is 'octopus'",
    ],
    ['a topic without a parent', { 'gitflow.branch.x.type': 'topic' }, "'gitflow.branch.x.parent' is not set"],
    [
      'a parent that is no base',
      { 'gitflow.branch.x.type': 'topic', 'gitflow.branch.x.parent': 'nowhere' },
      "'gitflow.branch.x.parent' is 'nowhere'",
    ],
    ['a version of the future', { 'gitflow.version': '2.0' }, "'gitflow.version' is '2.0'"],
    [
      'parents in a circle',
      {
        'gitflow.branch.a.type': 'base',
        'gitflow.branch.a.parent': 'b',
        'gitflow.branch.b.type': 'base',
        'gitflow.branch.b.parent': 'a',
      },
      'circle',
    ],
  ])('names %s', (_, keys, message) => {
    const { problems } = model({ 'gitflow.branch.main.type': 'base', ...keys });
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  test('no base branch at all', () => {
    const { problems } = model({ 'gitflow.branch.x.type': 'topic', 'gitflow.branch.x.parent': 'main' });
    expect(problems.some(({ about, message }) => about === undefined && message.includes('base'))).toBe(true);
  });

  test('a problem is about what it is about', () => {
    const read = model({
      'gitflow.branch.main.type': 'base',
      'gitflow.branch.a.type': 'topic',
      'gitflow.branch.b.type': 'topic',
      'gitflow.branch.b.parent': 'main',
    });
    expect(problemsAbout(read, 'a')).toHaveLength(1);
    expect(problemsAbout(read, 'b', 'main')).toEqual([]);
  });
});

describe('which configuration it is', () => {
  test.each([
    ['next', { 'gitflow.version': '1.0', 'gitflow.branch.master': 'main' }],
    ['next', { 'gitflow.branch.main.type': 'base' }],
    ['next', { 'gitflow.initialized': 'true' }],
    ['avh', { 'gitflow.initialized': 'true', 'gitflow.branch.master': 'main' }],
    ['avh', { 'gitflow.prefix.feature': 'f/' }],
    ['none', { 'gitflow.branch.master': '', 'user.name': 'x' }],
    ['none', {}],
  ])('%s', (flavour, keys) => {
    expect(flavourOf(entries(keys))).toBe(flavour);
  });

  test.each([
    ['upstream', 'next', { 'gitflow.remote': 'upstream' }],
    ['mine', 'next', { 'gitflow.remote': 'upstream', 'gitflow.origin': 'mine' }],
    ['origin', 'avh', { 'gitflow.remote': 'upstream', 'remote.upstream.url': 'x' }],
    ['upstream', 'none', { 'remote.upstream.url': 'x' }],
    ['origin', 'none', { 'remote.upstream.url': 'x', 'remote.origin.url': 'y' }],
    ['origin', 'none', { 'remote.a.url': 'x', 'remote.b.url': 'y' }],
    ['b', 'none', { 'remote.a.url': 'x', 'remote.origin.url': 'y', 'checkout.defaultremote': 'b' }],
  ] as const)('the remote is %s (%s)', (remote, flavour, keys) => {
    expect(remoteOf(entries(keys), flavour)).toBe(remote);
  });

  test('why nothing is set up', () => {
    const has =
      (...names: string[]) =>
      (name: string) =>
        names.includes(name);
    const next = configurationFrom(entries({ 'gitflow.version': '1.0', 'gitflow.branch.main.type': 'base' }));
    expect(notInitialised(next, has('main'))).toBeUndefined();
    expect(notInitialised(next, has())).toContain("'main'");
    const later = configurationFrom(entries({ 'gitflow.version': '7' }));
    expect(notInitialised(later, has('main', 'develop'))).toContain("'gitflow.version'");
    expect(notInitialised(configurationFrom([]), has('main'))).toContain('Not a gitflow-enabled repo yet');
  });

  test('Gitflow’s words in other models', () => {
    const gitlab = configurationFrom(entries(Object.fromEntries(keysOf(presetModel('gitlab')))));
    expect([gitlab.main, gitlab.develop]).toEqual(['production', '']);
    expect(baseOf(gitlab, 'wip')).toBe('main');
  });
});

describe('a repository as it is', () => {
  const plain = (lines: RefLine[], configured?: string) => plainModel(lookAt(lines, 'origin'), configured);
  const remoteHead = { ref: 'refs/remotes/origin/HEAD', current: false, symref: 'refs/remotes/origin/trunk' };

  test.each([
    ['the remote’s HEAD', [...heads('main', 'x'), remoteHead], undefined, 'trunk'],
    ['the configured one', heads('main', 'mainline', 'x'), 'mainline', 'mainline'],
    ['a usual name', heads('x', 'master', 'y'), 'mainline', 'master'],
    ['the only one', heads('whatever'), undefined, 'whatever'],
    ['the current one', [...heads('a'), { ref: 'refs/heads/b', current: true, symref: '' }], undefined, 'b'],
  ])('topics go into %s', (_, lines, configured, main) => {
    const found = plain(lines, configured);
    expect(found.bases[0]?.name).toBe(main);
    expect(found.topics[0]).toMatchObject({ name: 'topic', prefix: '', parent: main, startPoint: main, tag: false });
  });

  test('no branch, no model', () => {
    expect(plain([])).toMatchObject({ bases: [], topics: [] });
    expect(plain(heads('a', 'b')).bases).toEqual([]);
  });

  test('the HEAD of another remote says nothing', () => {
    expect(plainModel(lookAt([...heads('main'), remoteHead], 'upstream'), undefined).bases[0]?.name).toBe('main');
  });

  test('branches with long-lived names are no topics', () => {
    const look = lookAt(heads('main', 'develop', 'staging', 'fix/a'), 'origin');
    const config = configurationFrom([], look);
    expect(config.model.bases.map(({ name }) => name)).toEqual(['main', 'develop', 'staging']);
    expect(roleOf(config, 'main').role).toBe('main');
    expect(roleOf(config, 'develop').role).toBe('base');
    expect(roleOf(config, 'fix/a')).toEqual({ role: 'topic', shortName: 'fix/a' });
    expect(kindOf(config, 'staging')).toBeUndefined();
    expect(kindOf(config, 'fix/a')).toBe('topic');
    expect(baseOf(config, 'fix/a')).toBe('main');
    expect(config.flavour).toBe('none');
  });

  test.each([
    ['v', ['v1.0.0']],
    ['', ['1.0.0', '2.0']],
    ['v', ['1.0.0', 'v2.0.0']],
    ['v', ['nightly', 'v8']],
  ])('the prefix of tags is %j by %j', (prefix, tags) => {
    const lines = tags.map((tag) => ({ ref: `refs/tags/${tag}`, current: false, symref: '' }));
    expect(lookAt(lines, 'origin').tagPrefix).toBe(prefix);
  });

  test('roles of a custom model: the longest prefix, and bases before prefixes', () => {
    const keys = {
      'gitflow.version': '1.0',
      'gitflow.branch.main.type': 'base',
      'gitflow.branch.rel/next.type': 'base',
      'gitflow.branch.rel/next.parent': 'main',
      'gitflow.branch.rel.type': 'topic',
      'gitflow.branch.rel.parent': 'main',
      'gitflow.branch.any.type': 'topic',
      'gitflow.branch.any.parent': 'rel/next',
      'gitflow.branch.any.prefix': '',
    };
    const config = configurationFrom(entries(keys));
    expect(roleOf(config, 'rel/next').role).toBe('develop');
    expect(roleOf(config, 'rel/1')).toEqual({ role: 'rel', shortName: '1' });
    expect(roleOf(config, 'wip')).toEqual({ role: 'any', shortName: 'wip' });
    expect(baseOf(config, 'wip')).toBe('rel/next');
    expect(baseOf(config, 'rel/next')).toBe('main');
  });
});

describe('helpers', () => {
  const base = (name: string, parent?: string, autoUpdate = false): BaseBranch => ({
    name,
    ...(parent === undefined ? {} : { parent }),
    upstream: 'merge',
    downstream: 'merge',
    autoUpdate,
  });

  test('from production downwards; what leads nowhere comes last', () => {
    const sorted = fromProduction([base('d', 'c'), base('c', 'a'), base('a'), base('x', 'gone'), base('b', 'a')]);
    expect(sorted.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'x']);
  });

  test('who follows', () => {
    const bases = [base('a'), base('c', 'a', true), base('b', 'a', true), base('d', 'a'), base('e', 'b', true)];
    const followers = followersOf({ name: 'custom', bases, topics: [], tagPrefix: '', problems: [] }, 'a');
    expect(followers.map(({ name }) => name)).toEqual(['b', 'c']);
  });

  test.each([
    ['v', '1.0', 'v1.0', '1.0'],
    ['v', 'v1.0', 'v1.0', '1.0'],
    ['v', 'vista', 'vvista', 'vista'],
    ['', '1.0', '1.0', '1.0'],
    ['release-', 'release-2', 'release-2', '2'],
  ])('the prefix %j and %j make %j', (prefix, name, tag, version) => {
    expect(versionTag(prefix, name)).toBe(tag);
    expect(withoutTagPrefix(prefix, name)).toBe(version);
  });
});
