/**
 * The plans of described repositories, word for word: every option, asked for and configured, and everything that
 * stands against an action. What is planned stands in the recorded lists, and a change is seen there:
 * `npx vitest run --project unit test/unit/gitflow/plans/described.test.ts -u`.
 */
import { describe, expect, test } from 'vitest';
import type { Request } from '../../../../src/gitflow/index';
import { keysOf, presetModel } from '../../../../src/gitflow/model/presets';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { type Scene, told } from './memory';

type Row = [what: string, request: Request, more?: Partial<Scene>];

/** A scene with more in it: refs and configuration are added to, `''` takes one away. */
function within(scene: Scene, more: Partial<Scene>): Scene {
  const merged = (one: Record<string, string> = {}, other: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries({ ...one, ...other }).filter(([, value]) => value !== 'absent'));
  return { ...scene, ...more, refs: merged(scene.refs, more.refs), config: merged(scene.config, more.config) };
}

async function recorded(name: string, scene: Scene, rows: readonly Row[]): Promise<void> {
  expect(new Set(rows.map(([what]) => what)).size).toBe(rows.length);
  const lines: string[] = [];
  for (const [what, request, more = {}] of rows) {
    const text = await told(within(scene, more), request);
    lines.push(`${what} ${JSON.stringify(request)}`, ...text.map((each) => `  ${each}`), '');
  }
  await expect(lines.join('\n')).toMatchFileSnapshot(`../../../fixtures/gitflow/plans/described/${name}.txt`);
}

const gitflow: Scene = {
  // main and develop, two commits of a feature, one of everything else.
  history: 'a b:a c:b d:c e:b r:b h:a s:a z:b y:a q',
  refs: {
    'heads/main': 'a',
    'heads/develop': 'b',
    'heads/feature/x': 'd',
    'heads/feature/one': 'e',
    'heads/bugfix/b': 'e',
    'heads/release/1.0': 'r',
    'heads/hotfix/0.9.1': 'h',
    'heads/support/old': 's',
  },
  branch: 'develop',
  config: {
    'gitflow.branch.master': 'main',
    'gitflow.branch.develop': 'develop',
    'gitflow.prefix.feature': 'feature/',
    'gitflow.prefix.bugfix': 'bugfix/',
    'gitflow.prefix.release': 'release/',
    'gitflow.prefix.hotfix': 'hotfix/',
    'gitflow.prefix.support': 'support/',
    'gitflow.prefix.versiontag': 'v',
    'gitflow.branch.feature/x.base': 'develop',
    'user.email': 'me@example.com',
  },
};
/** The same with a remote that has all of it, as it is here. */
const shared: Scene = within(gitflow, {
  config: { 'remote.origin.url': 'somewhere' },
  refs: Object.fromEntries(
    Object.entries(gitflow.refs).map(([ref, id]) => [ref.replace('heads/', 'remotes/origin/'), id]),
  ),
});
const remotely = (refs: Record<string, string>): Partial<Scene> => ({
  refs: Object.fromEntries(Object.entries(refs).map(([name, id]) => [`remotes/origin/${name}`, id])),
});
const configured = (config: Record<string, string>): Partial<Scene> => ({ config });
const hooked = (...names: string[]): Partial<Scene> => ({ hooks: Object.fromEntries(names.map((name) => [name, ''])) });

const start = (kind: string, name: string, more: object = {}): Request => ({ action: 'start', kind, name, ...more });
const finish = (kind: string, name?: string, more: object = {}): Request => ({
  action: 'finish',
  kind,
  ...(name === undefined ? {} : { name }),
  ...more,
});
const dirty = { tree: { unstaged: true } };
const none = { 'heads/release/1.0': 'absent', 'heads/hotfix/0.9.1': 'absent' };
const flags = (section: string, names: readonly string[], request: Request): Row[] =>
  names.map((name) => [`${section}.${name}`, request, configured({ [`${section}.${name}`]: 'true' })]);

describe('Gitflow', () => {
  test('is started', () =>
    recorded('start', gitflow, [
      ['a feature', start('feature', 'y')],
      ['a bugfix from another base', start('bugfix', 'y', { base: 'main' })],
      ['a base that is not there', start('feature', 'y', { base: 'nowhere' })],
      ['without a name', start('feature', '')],
      ['a version without a name', start('release', ''), { refs: none }],
      ['a support branch without a name or base', start('support', '')],
      ['a support branch from what is no commit', start('support', '1', { base: 'nowhere' })],
      ['a support branch from beside production', start('support', '1', { base: 'develop' })],
      ['a support branch from a branch', start('support', '1', { base: 'main' })],
      ['a support branch from a tag', start('support', '1', { base: 'v0' }), { refs: { 'tags/v0': 'a' } }],
      [
        'a support branch where production is gone',
        start('support', '1', { base: 'a' }),
        { refs: { 'heads/main': 'absent' } },
      ],
      ['a release beside another', start('release', '2.0')],
      [
        'a release beside one with a further slash',
        start('release', '2.0'),
        { refs: { ...none, 'heads/release/a/b': 'r' } },
      ],
      ['a release', start('release', '2.0'), { refs: none }],
      [
        'a release whose name has the prefix of tags',
        start('release', 'v2.0', { bump: ['VERSION'] }),
        { refs: none, files: { VERSION: '1.0\n' } },
      ],
      ['a release that is tagged', start('release', '2.0'), { refs: { ...none, 'tags/v2.0': 'a' } }],
      ['a release below a tag', start('release', '2.0'), { refs: { ...none, 'tags/v2.0/a': 'a' } }],
      ['a feature with the name of a tag', start('feature', '2.0'), { refs: { 'tags/v2.0': 'a' } }],
      ['a hotfix beside another', start('hotfix', '2.0')],
      ['a hotfix beside another, which may be', start('hotfix', '2.0'), configured({ 'gitflow.multi-hotfix': 'true' })],
      [
        'a release beside another, which hotfixes may be',
        start('release', '2.0'),
        configured({ 'gitflow.multi-hotfix': 'true' }),
      ],
      ['releases without a prefix', start('release', '2.0'), configured({ 'gitflow.prefix.release': '' })],
      ['releases whose prefix is not set', start('release', '2.0'), configured({ 'gitflow.prefix.release': 'absent' })],
      ['changes are carried along', start('feature', 'y'), dirty],
      ['changes stop a release', start('release', '2.0'), { ...dirty, refs: none }],
      ['changes stop a support branch', start('support', '1', { base: 'main' }), { tree: { staged: true } }],
      [
        'changes that are allowed',
        start('release', '2.0'),
        { ...dirty, refs: none, ...configured({ 'gitflow.allowdirty': 'true' }) },
      ],
      ['changes that are put away', start('hotfix', '2.0', { stash: true }), { tree: { staged: true }, refs: none }],
      ['with nothing to put away', start('hotfix', '2.0', { stash: true }), { refs: none }],
      [
        'conflicts',
        start('release', '2.0', { stash: true }),
        { refs: none, tree: { unstaged: true, conflicts: ['a'] } },
      ],
      ['more conflicts', start('release', '2.0'), { refs: none, tree: { conflicts: ['a', 'b'], inProgress: 'merge' } }],
      ['a bad name', start('feature', 'a b')],
      ['a name that is taken', start('feature', 'x')],
      ['a name below another', start('feature', 'x/y')],
      ['a name above others', start('bugfix', 'ature'), configured({ 'gitflow.prefix.bugfix': 'fe' })],
      ['a capital name', start('feature', 'X')],
      ['a capital name where that is the same', start('feature', 'X'), configured({ 'core.ignorecase': 'true' })],
      [
        'a capital name below another where that is the same',
        start('feature', 'X/y'),
        configured({ 'core.ignorecase': 'true' }),
      ],
      [
        'a capital name above another where that is the same',
        start('feature', 'P'),
        { ...configured({ 'core.ignorecase': 'true' }), refs: { 'heads/feature/p/q': 'b' } },
      ],
      [
        'a name that begins as another where that is the same',
        start('feature', 'Xy'),
        configured({ 'core.ignorecase': 'true' }),
      ],
      [
        'a capital name of a tag where that is the same',
        start('feature', 'T'),
        { ...configured({ 'core.ignorecase': 'true' }), refs: { 'tags/feature/t': 'b' } },
      ],
      ['with hooks', start('feature', 'y'), hooked('pre-flow-feature-start', 'post-flow-feature-start')],
      [
        'a release with hooks',
        start('release', '2'),
        { refs: none, ...hooked('pre-flow-release-start', 'post-flow-release-start') },
      ],
      [
        'a support branch with hooks',
        start('support', '2', { base: 'main' }),
        hooked('pre-flow-support-start', 'post-flow-support-start'),
      ],
      [
        'a version that is filtered',
        start('release', '2'),
        { refs: none, hooks: { 'filter-flow-release-start-version': '*.0' } },
      ],
      [
        'a version that is made by a filter',
        start('hotfix', ''),
        { refs: none, hooks: { 'filter-flow-hotfix-start-version': '3.0*' } },
      ],
      [
        'a version that is refused',
        start('release', '2'),
        { refs: none, hooks: { 'filter-flow-release-start-version': '!No twos.' } },
      ],
      [
        'a version that is refused without a word',
        start('release', '2'),
        { refs: none, hooks: { 'filter-flow-release-start-version': '!' } },
      ],
      ['a name that no filter sees', start('feature', '2'), { hooks: { 'filter-flow-feature-start-version': 'no' } }],
      [
        'with a version in a file',
        start('release', '2.0', { bump: ['VERSION'] }),
        { refs: none, files: { VERSION: '1.0\n' } },
      ],
      ['with a version in a file that is not there', start('release', '2.0', { bump: ['VERSION'] }), { refs: none }],
      ['with a version in no file', start('release', '2.0', { bump: [] }), { refs: none }],
      ['where git-flow is not set up', start('feature', 'y'), configured({ 'gitflow.branch.develop': 'absent' })],
      [
        'where the version tag is not set',
        start('feature', 'y'),
        configured({ 'gitflow.prefix.versiontag': 'absent' }),
      ],
      [
        'with the version tag set to nothing',
        start('release', '2.0'),
        { refs: none, ...configured({ 'gitflow.prefix.versiontag': '' }) },
      ],
      ['with a fetch of what the remote has not', start('feature', 'y', { fetch: true })],
      ['a default that is no boolean', start('feature', 'y'), configured({ 'gitflow.feature.start.fetch': 'maybe' })],
      ['in the middle of a rebase', start('release', '2.0'), { refs: none, tree: { inProgress: 'rebase' } }],
      ['in the middle of a bisection', start('release', '2.0'), { refs: none, tree: { inProgress: 'bisect' } }],
    ]));

  test('is started with a remote', () =>
    recorded('start-remote', shared, [
      ['the same', start('feature', 'y')],
      ['a fetch is asked for', start('feature', 'y', { fetch: true })],
      ['a fetch is configured', start('feature', 'y'), configured({ 'gitflow.feature.start.fetch': 'true' })],
      [
        'a fetch is configured and not wanted',
        start('feature', 'y', { fetch: false }),
        configured({ 'gitflow.feature.start.fetch': 'true' }),
      ],
      ['it was fetched', start('feature', 'y', { fetch: true }), { fetched: true }],
      ['behind', start('feature', 'y', { fetch: true }), remotely({ develop: 'e' })],
      ['ahead', start('feature', 'y'), remotely({ develop: 'a' })],
      ['diverged', start('feature', 'y'), remotely({ develop: 'y' })],
      ['support does not ask the remote', start('support', '1', { base: 'main' }), remotely({ main: 'b' })],
      ['the remote has the name', start('feature', 'y'), remotely({ 'feature/y': 'd' })],
      ['the remote has one above the name', start('feature', 'y/z'), remotely({ 'feature/y': 'd' })],
      ['the remote has one below the name', start('feature', 'y'), remotely({ 'feature/y/z': 'd' })],
      ['checked before it is fetched', start('release', '1.0', { fetch: true })],
      ['checked after it is fetched', start('feature', 'x', { fetch: true })],
      [
        'another remote',
        start('feature', 'y', { fetch: true }),
        { config: { 'gitflow.origin': 'hub' }, refs: { 'remotes/hub/develop': 'e' } },
      ],
    ]));

  test('a topic is finished', () => {
    const x = finish('feature', 'x');
    return recorded('finish-topic', gitflow, [
      ['several commits', x],
      ['one commit', finish('feature', 'one')],
      ['no commit', finish('feature', 'x'), { refs: { 'heads/feature/x': 'b' } }],
      ['a bugfix', finish('bugfix', 'b')],
      ['the current branch', finish('feature'), { branch: 'feature/x' }],
      ['none that is current', finish('feature')],
      ['none where every branch would be one', finish('feature'), configured({ 'gitflow.prefix.feature': '' })],
      ['none on a detached HEAD', finish('feature'), { branch: undefined }],
      ['one that is not here', finish('feature', 'nobody')],
      ['develop itself', finish('feature', 'develop'), configured({ 'gitflow.prefix.feature': '' })],
      ['into another base', x, configured({ 'gitflow.branch.feature/x.base': 'main' })],
      ['into a base that is not here', x, configured({ 'gitflow.branch.feature/x.base': 'nowhere' })],
      [
        'whose base the user has for all',
        finish('feature', 'one'),
        configured({ 'global: gitflow.branch.feature/one.base': 'main' }),
      ],
      ['rebased', finish('feature', 'x', { rebase: true })],
      ['rebased with its merges', finish('feature', 'x', { rebase: true, rebaseMerges: true })],
      ['rebased as it was asked', finish('feature', 'x', { rebase: true, preserveMerges: true })],
      [
        'rebased as finishing is configured',
        finish('feature', 'x', { rebase: true }),
        configured({ 'gitflow.feature.finish.preserve-merges': 'true' }),
      ],
      [
        'rebased as rebasing is configured',
        finish('feature', 'x', { rebase: true }),
        configured({ 'gitflow.feature.rebase.preserve-merges': 'true' }),
      ],
      ['squashed', finish('feature', 'x', { squash: true })],
      ['squashed with its name', finish('feature', 'x', { squash: true, squashInfo: true })],
      ['with a merge commit', finish('feature', 'one', { noFastForward: true })],
      ['kept', finish('feature', 'x', { keep: true })],
      ['kept here', finish('feature', 'x', { keepLocal: true })],
      ['kept there', finish('feature', 'x', { keepRemote: true })],
      ['deleted by force', finish('feature', 'x', { forceDelete: true })],
      ['the current one is left', x, { branch: 'feature/x' }],
      ['from another branch', x, { branch: 'main' }],
      ...flags(
        'gitflow.feature.finish',
        [
          'rebase',
          'squash',
          'squash-info',
          'no-ff',
          'keep',
          'keepremote',
          'keeplocal',
          'force-delete',
          'push',
          'pushdevelop',
          'fetch',
          'notag',
        ],
        x,
      ),
      [
        'configured and not wanted',
        finish('feature', 'x', { rebase: false }),
        configured({ 'gitflow.feature.finish.rebase': 'true' }),
      ],
      ['with hooks', finish('feature', 'one'), hooked('pre-flow-feature-finish', 'post-flow-feature-finish')],
      [
        'with a merge commit and hooks',
        finish('feature', 'one', { noFastForward: true }),
        hooked('pre-flow-feature-finish'),
      ],
      [
        'with nothing to merge and hooks',
        x,
        { refs: { 'heads/feature/x': 'b' }, ...hooked('pre-flow-feature-finish') },
      ],
      ['with changes', x, dirty],
      ['with changes that are put away', finish('feature', 'x', { stash: true }), dirty],
      ['before the first commit', x, { unborn: true }],
      [
        'again, when it was merged',
        x,
        { refs: { 'heads/develop': 'd' }, evidence: {}, ...hooked('pre-flow-feature-finish') },
      ],
      ['again, when it was not merged', x, { evidence: {}, ...hooked('pre-flow-feature-finish') }],
      [
        'again, when it was squashed',
        finish('feature', 'x', { squash: true }),
        { evidence: { squashed: ['develop'] } },
      ],
      [
        'again, when it was squashed elsewhere',
        finish('feature', 'x', { squash: true }),
        { evidence: { squashed: ['main'] } },
      ],
      ['while another work tree has it', x, { elsewhere: { 'feature/x': '/there' } }],
      [
        'rebased while another work tree has it',
        finish('feature', 'x', { rebase: true }),
        { elsewhere: { 'feature/x': '/there' } },
      ],
      ['while another work tree has develop', x, { elsewhere: { develop: '/there' } }],
      ['beside a tag of its name', x, { refs: { 'tags/feature/x': 'a' } }],
      ['with a message', finish('feature', 'x', { mergeMessage: '%b into %p: %B, %P, 100%%, %q' })],
      ['with a configured message', x, configured({ 'gitflow.feature.finish.mergemessage': 'merge %b' })],
      ['squashed with a message', finish('feature', 'x', { squash: true, squashMessage: 'all of %b for %p' })],
      [
        'squashed with a configured message',
        finish('feature', 'x', { squash: true }),
        configured({ 'gitflow.feature.finish.squashmessage': 'all of %b' }),
      ],
      [
        'squashed with its name and a message',
        finish('feature', 'x', { squash: true, squashInfo: true, squashMessage: 'not used' }),
      ],
      ['with an empty configured message', x, configured({ 'gitflow.feature.finish.mergemessage': '' })],
    ]);
  });

  test('a topic is finished with a remote', () => {
    const x = finish('feature', 'x');
    return recorded('finish-topic-remote', shared, [
      ['as the remote has it', x],
      ['when it was fetched', x, { fetched: true }],
      ['with a fetch', finish('feature', 'x', { fetch: true })],
      ['pushed', finish('feature', 'x', { push: true })],
      ['with develop pushed', finish('feature', 'x', { pushDevelop: true })],
      ['kept there', finish('feature', 'x', { keepRemote: true })],
      [
        'kept there, where that is ahead of it',
        finish('feature', 'x', { keepRemote: true }),
        remotely({ 'feature/x': 'c' }),
      ],
      ['kept on both sides', finish('feature', 'x', { keepRemote: true, keepLocal: true })],
      ['kept here', finish('feature', 'x', { keepLocal: true })],
      ['behind the remote', x, remotely({ 'feature/x': 'd', develop: 'e' })],
      ['with a branch that is behind', x, { refs: { 'heads/feature/x': 'c' } }],
      ['with a branch that is ahead', x, remotely({ 'feature/x': 'c' })],
      ['with a branch that has diverged', x, remotely({ 'feature/x': 'e' })],
      ['from another branch, kept there', finish('feature', 'x', { keepRemote: true }), { branch: 'main' }],
      [
        'pushed without a remote of that name',
        finish('feature', 'x', { push: true }),
        configured({ 'remote.origin.url': 'absent', 'remote.hub.url': 'x' }),
      ],
    ]);
  });

  test('a release is finished', () => {
    const one = finish('release', '1.0', { message: 'one' });
    const more = (options: object): Request => finish('release', '1.0', { message: 'one', ...options });
    return recorded('finish-release', gitflow, [
      ['as it is', one],
      ['with the message of git-flow', finish('release', '1.0')],
      ['with the message of git', finish('release', '1.0', { messageFromGit: true })],
      ['with a message in a file', finish('release', '1.0', { messageFile: 'notes' })],
      ['with two messages', more({ messageFile: 'notes' })],
      ['with a configured message', finish('release', '1.0'), configured({ 'gitflow.release.finish.message': 'set' })],
      ['with a configured file', finish('release', '1.0'), configured({ 'gitflow.release.finish.messagefile': 'set' })],
      [
        'with an empty configured message',
        finish('release', '1.0'),
        configured({ 'gitflow.release.finish.message': '' }),
      ],
      ['without a tag', more({ noTag: true })],
      ['tagged otherwise', more({ tagName: 'other' })],
      ['tagged with the prefix', more({ tagName: 'v9' })],
      ['without a merge of the tag', more({ noBackMerge: true })],
      ['without either', more({ noBackMerge: true, noTag: true })],
      ['without a tag, where production is as the tag', more({ noTag: true }), { refs: { 'tags/main': 'a' } }],
      ['without develop', more({ noDevelopMerge: true })],
      ['squashed', more({ squash: true })],
      ['squashed with its name', more({ squash: true, squashInfo: true })],
      ['squashed without a merge of the tag', more({ squash: true, noBackMerge: true })],
      ['kept', more({ keep: true })],
      ['signed', more({ signingKey: 'key::abc' }), configured({ 'gpg.format': 'ssh' })],
      ['signed by wish', more({ sign: true }), configured({ 'gpg.format': 'ssh', 'user.signingkey': 'key::abc' })],
      [
        'signed by configuration',
        one,
        configured({ 'gpg.format': 'ssh', 'user.signingkey': 'key::abc', 'gitflow.release.finish.sign': 'true' }),
      ],
      [
        'signed by a configured key',
        one,
        configured({ 'gpg.format': 'ssh', 'gitflow.release.finish.signingkey': 'ssh-rsa x' }),
      ],
      ...flags(
        'gitflow.release.finish',
        [
          'notag',
          'nobackmerge',
          'nodevelopmerge',
          'squash',
          'keep',
          'pushproduction',
          'pushdevelop',
          'pushtag',
          'push',
          'ff-master',
          'fetch',
          'squash-info',
        ],
        one,
      ),
      ['with a message that is filtered', one, hooked('filter-flow-release-finish-tag-message')],
      ['with no message to filter', finish('release', '1.0'), hooked('filter-flow-release-finish-tag-message')],
      ['with hooks', one, hooked('pre-flow-release-finish', 'post-flow-release-finish')],
      [
        'under another version',
        one,
        { hooks: { 'filter-flow-release-finish-version': '*.1' }, refs: { 'heads/release/1.0.1': 'r' } },
      ],
      ['with a version that is refused', one, { hooks: { 'filter-flow-release-finish-version': '!no' } }],
      ['with a version that is refused without a word', one, { hooks: { 'filter-flow-release-finish-version': '!' } }],
      ['with a tag that is there', one, { refs: { 'tags/v1.0': 'a' } }],
      ['with a tag that is there, and not wanted', more({ noTag: true }), { refs: { 'tags/v1.0': 'a' } }],
      ['with a tag above it', one, { refs: { 'tags/v1.0/a': 'a' } }],
      ['with its tag', one, { history: `${gitflow.history} m:a,r`, refs: { 'tags/v1.0': 'm', 'heads/main': 'm' } }],
      ['with its tag on another merge', one, { history: `${gitflow.history} m:a,e`, refs: { 'tags/v1.0': 'm' } }],
      ['again, when it was tagged', one, { refs: { 'tags/v1.0': 'a' }, evidence: { tags: ['v1.0'] } }],
      ['again, when another was tagged', one, { refs: { 'tags/v1.0': 'a' }, evidence: { tags: ['v2.0'] } }],
      ['again, when it was squashed', more({ squash: true }), { evidence: { squashed: ['main'] } }],
      ['again, when it was merged into production', one, { refs: { 'heads/main': 'r' } }],
      ['again, when it was merged into both', one, { refs: { 'heads/main': 'r', 'heads/develop': 'r' } }],
      [
        'again, when it was merged into both, without a merge of the tag',
        more({ noBackMerge: true }),
        { refs: { 'heads/main': 'r', 'heads/develop': 'r' } },
      ],
      [
        'again, when it was merged into production and that is checked out',
        one,
        { refs: { 'heads/main': 'r' }, branch: 'main' },
      ],
      ['where a branch has the name of the tag', one, { refs: { 'heads/v1.0': 'a' } }],
      ['where a tag has its own name', more({ noBackMerge: true }), { refs: { 'tags/release/1.0': 'a' } }],
      ['while another work tree has production', one, { elsewhere: { main: '/there' } }],
      [
        'while another work tree has production, which needs a tag',
        one,
        { elsewhere: { main: '/there' }, refs: { 'heads/main': 'r' } },
      ],
      ['while another work tree has develop', one, { elsewhere: { develop: '/there' } }],
      [
        'without develop, which another work tree has',
        more({ noDevelopMerge: true }),
        { elsewhere: { develop: '/there' } },
      ],
      ['into where it came from', one, configured({ 'gitflow.branch.release/1.0.base': 'support/old' })],
      [
        'into where it came from, without a tag',
        more({ noTag: true }),
        configured({ 'gitflow.branch.release/1.0.base': 'support/old' }),
      ],
      [
        'into where it came from, again',
        one,
        { ...configured({ 'gitflow.branch.release/1.0.base': 'support/old' }), refs: { 'heads/support/old': 'r' } },
      ],
      [
        'into where it came from, again, from there',
        one,
        {
          ...configured({ 'gitflow.branch.release/1.0.base': 'support/old' }),
          refs: { 'heads/support/old': 'r' },
          branch: 'support/old',
        },
      ],
      [
        'into where it came from, which another work tree has',
        one,
        {
          ...configured({ 'gitflow.branch.release/1.0.base': 'support/old' }),
          refs: { 'heads/support/old': 'r' },
          elsewhere: { 'support/old': '/there' },
        },
      ],
      [
        'into where it came from, with hooks',
        one,
        {
          ...configured({ 'gitflow.branch.release/1.0.base': 'support/old' }),
          ...hooked('pre-flow-release-finish', 'post-flow-release-finish'),
        },
      ],
      [
        'into where it came from, with a tag in the way',
        one,
        { ...configured({ 'gitflow.branch.release/1.0.base': 'support/old' }), refs: { 'tags/v1.0': 'a' } },
      ],
      ['from its own branch', one, { branch: 'release/1.0' }],
      ['from production', one, { branch: 'main' }],
    ]);
  });

  test('a release is finished with a remote', () => {
    const more = (options: object): Request => finish('release', '1.0', { message: 'one', ...options });
    const apart = configured({ 'gitflow.branch.release/1.0.base': 'support/old' });
    return recorded('finish-release-remote', shared, [
      ['as it is', more({})],
      ['with a fetch', more({ fetch: true })],
      ['pushed', more({ push: true })],
      ['pushed with every tag', more({ push: true, pushAllTags: true })],
      ['pushed without a tag', more({ push: true, pushAllTags: true, noTag: true })],
      ['with production pushed', more({ pushProduction: true })],
      ['with develop pushed', more({ pushDevelop: true })],
      ['with its tag pushed', more({ pushTag: true })],
      ['with its tag pushed, which is not wanted', more({ pushTag: true, noTag: true })],
      ['with every tag, none of which is pushed', more({ pushAllTags: true })],
      ['production is behind', more({}), remotely({ main: 'b' })],
      ['production is behind and brought up', more({ fastForwardMain: true }), remotely({ main: 'b' })],
      ['production is behind and brought up to what has it', more({ fastForwardMain: true }), remotely({ main: 'r' })],
      ['production is ahead and would be brought up', more({ fastForwardMain: true }), { refs: { 'heads/main': 'h' } }],
      [
        'production has diverged and would be brought up',
        more({ fastForwardMain: true }),
        { refs: { 'heads/main': 'h', 'remotes/origin/main': 's' } },
      ],
      ['develop is behind', more({}), remotely({ develop: 'e' })],
      ['develop is ahead', more({}), remotely({ develop: 'a' })],
      ['into where it came from', more({ push: true, fetch: true }), apart],
      [
        'into where it came from, behind',
        more({}),
        {
          ...apart,
          ...remotely({ 'support/old': 's' }),
          refs: { 'heads/support/old': 'a', 'remotes/origin/support/old': 's' },
        },
      ],
      ['kept there', more({ keepRemote: true })],
    ]);
  });

  test('a hotfix is finished', () => {
    const more = (options: object): Request => finish('hotfix', '0.9.1', { message: 'one', ...options });
    const apart = configured({ 'gitflow.branch.hotfix/0.9.1.base': 'support/old' });
    return recorded('finish-hotfix', gitflow, [
      ['as it is', more({})],
      ['with the message of git-flow', finish('hotfix', '0.9.1')],
      ['without a tag', more({ noTag: true })],
      ['tagged otherwise', more({ tagName: 'other' })],
      ['without a merge of the tag', more({ noBackMerge: true })],
      ['without either', more({ noBackMerge: true, noTag: true })],
      ['into the open release', more({ intoRelease: 'release/1.0' })],
      ['into a release that is not there', more({ intoRelease: 'release/2.0' })],
      ['squashed', more({ squash: true })],
      ['kept', more({ keep: true })],
      ...flags('gitflow.hotfix.finish', ['notag', 'nobackmerge', 'squash', 'keep', 'pushproduction', 'push'], more({})),
      [
        'with hooks',
        more({}),
        hooked('pre-flow-hotfix-finish', 'post-flow-hotfix-finish', 'filter-flow-hotfix-finish-tag-message'),
      ],
      ['of a support branch', more({}), apart],
      ['of a support branch, into a release', more({ intoRelease: 'release/1.0' }), apart],
      ['of another history', more({}), { refs: { 'heads/hotfix/0.9.1': 'q' } }],
      ['with a tag that is there', more({}), { refs: { 'tags/v0.9.1': 'a' } }],
      ['with a tag that is there, and not wanted', more({ noTag: true }), { refs: { 'tags/v0.9.1': 'a' } }],
      ['again, when it was merged into production', more({}), { refs: { 'heads/main': 'h' } }],
      [
        'again, when it was merged into both',
        more({}),
        { history: `${gitflow.history} m:b,h`, refs: { 'heads/main': 'h', 'heads/develop': 'm' } },
      ],
      [
        'again, when develop has it, without a merge of the tag',
        more({ noBackMerge: true }),
        { history: `${gitflow.history} m:b,h`, refs: { 'heads/develop': 'm' } },
      ],
      ['where develop is gone', more({}), { refs: { 'heads/develop': 'absent' } }],
      ['while another work tree has develop', more({}), { elsewhere: { develop: '/there' } }],
      ['from its own branch', more({}), { branch: 'hotfix/0.9.1' }],
      ['where a tag has its own name', more({ noBackMerge: true }), { refs: { 'tags/hotfix/0.9.1': 'a' } }],
      ['without a tag, beside a tag of production', more({ noTag: true }), { refs: { 'tags/main': 'a' } }],
      ['where a branch has the name of the tag', more({}), { refs: { 'heads/v0.9.1': 'a' } }],
    ]);
  });

  test('a hotfix is finished with a remote', () => {
    const more = (options: object): Request => finish('hotfix', '0.9.1', { message: 'one', ...options });
    return recorded('finish-hotfix-remote', shared, [
      ['as it is', more({})],
      ['with a fetch', more({ fetch: true })],
      ['pushed', more({ push: true })],
      ['pushed with every tag', more({ push: true, pushAllTags: true })],
      ['pushed without a tag', more({ push: true, noTag: true, pushAllTags: true })],
      ['with production pushed', more({ pushProduction: true })],
      ['with develop pushed', more({ pushDevelop: true })],
      ['with its tag pushed', more({ pushTag: true })],
      [
        'of a support branch, pushed',
        more({ push: true, fetch: true }),
        configured({ 'gitflow.branch.hotfix/0.9.1.base': 'support/old' }),
      ],
      ['into the open release, pushed', more({ push: true, fetch: true, intoRelease: 'release/1.0' })],
      ['production is behind', more({}), remotely({ main: 's' })],
      ['develop is behind', more({}), remotely({ develop: 'e' })],
      ['every tag without a push', more({ pushAllTags: true })],
    ]);
  });

  test('branches are changed', () => {
    const update = (name: string, more: object = {}, kind = 'feature'): Request => ({
      action: 'update',
      kind,
      name,
      ...more,
    });
    const rename = (to: string, more: object = {}): Request => ({
      action: 'rename',
      kind: 'feature',
      name: 'x',
      to,
      ...more,
    });
    const remove = (kind: string, name: string, more: object = {}): Request => ({
      action: 'delete',
      kind,
      name,
      ...more,
    });
    const merged = { refs: { 'heads/develop': 'd' } };
    return recorded('change', shared, [
      ['updated', update('x')],
      ['updated, the current one', { action: 'update', kind: 'feature' }, { branch: 'feature/x' }],
      ['updated, no current one', { action: 'update', kind: 'feature' }],
      ['rebased', update('x', { how: 'rebase' })],
      ['rebased with its merges', update('x', { how: 'rebase', rebaseMerges: true })],
      ['rebased as it was asked', update('x', { how: 'rebase', preserveMerges: true })],
      [
        'rebased as it is configured',
        update('x', { how: 'rebase' }),
        configured({ 'gitflow.feature.rebase.preserve-merges': 'true' }),
      ],
      ['updated with changes', update('x'), dirty],
      ['updated with changes that are put away', update('x', { stash: true }), dirty],
      [
        'rebased with changes that git puts away',
        update('x', { how: 'rebase' }),
        { ...dirty, ...configured({ 'rebase.autostash': 'true' }) },
      ],
      [
        'merged with changes that git does not put away',
        update('x'),
        { ...dirty, ...configured({ 'rebase.autostash': 'true' }) },
      ],
      ['updated with a fetch', update('x', { fetch: true })],
      ['updated with a fetch of what is behind', update('x', { fetch: true }), remotely({ develop: 'e' })],
      ['updated without a fetch of what is behind', update('x'), remotely({ develop: 'e' })],
      ['updated from a base that is not here', update('x'), configured({ 'gitflow.branch.feature/x.base': 'nowhere' })],
      ['updated beside a tag of the base', update('x'), { refs: { 'tags/develop': 'a' } }],
      ['updated, not here', update('nobody')],
      ['updated while another work tree has it', update('x'), { elsewhere: { 'feature/x': '/there' } }],
      ['a hotfix is updated', update('0.9.1', {}, 'hotfix')],
      ['updated where it is not set up', update('x'), configured({ 'gitflow.branch.master': 'absent' })],
      ['renamed', rename('y')],
      ['renamed, and it has no configuration', rename('y', { name: 'one' })],
      ['renamed to nothing', rename('')],
      ['renamed to itself', rename('x')],
      ['renamed to another', rename('one')],
      ['renamed to below itself', rename('x/y')],
      ['renamed to what git refuses', rename('a b')],
      ['renamed, not here', rename('y', { name: 'nobody' })],
      ['renamed, the current one', { action: 'rename', kind: 'feature', to: 'y' }, { branch: 'feature/x' }],
      ['renamed with hooks', rename('y'), hooked('pre-flow-feature-rename', 'post-flow-feature-rename')],
      ['renamed where the file system takes it for the same', rename('X'), configured({ 'core.ignorecase': 'true' })],
      ['deleted, not merged', remove('feature', 'x')],
      ['deleted, merged', remove('feature', 'x'), merged],
      ['deleted by force', remove('feature', 'x', { force: true })],
      ['deleted by configured force', remove('feature', 'x'), configured({ 'gitflow.feature.delete.force': 'true' })],
      ['deleted on both sides', remove('feature', 'x', { force: true, remote: true })],
      [
        'deleted on both sides by configuration',
        remove('feature', 'x'),
        { ...merged, ...configured({ 'gitflow.feature.delete.remote': 'true' }) },
      ],
      [
        'deleted on both sides by the old key',
        remove('feature', 'x'),
        { ...merged, ...configured({ 'gitflow.branch.feature.deleteremote': 'true' }) },
      ],
      [
        'deleted here alone in spite of the old key',
        remove('feature', 'x', { remote: false }),
        { ...merged, ...configured({ 'gitflow.branch.feature.deleteremote': 'true' }) },
      ],
      [
        'deleted where the remote has none',
        remove('feature', 'x', { force: true, remote: true }),
        { refs: { 'remotes/origin/feature/x': 'absent' } },
      ],
      ['deleted while it is current', remove('feature', 'x', { force: true }), { branch: 'feature/x' }],
      [
        'deleted while it is current and not merged',
        remove('feature', 'x'),
        { branch: 'feature/x', ...hooked('pre-flow-feature-delete') },
      ],
      [
        'deleted while it is current, with changes',
        remove('feature', 'x', { force: true }),
        { branch: 'feature/x', ...dirty },
      ],
      ['deleted with changes elsewhere', remove('feature', 'x', { force: true }), dirty],
      [
        'deleted while it is current and its base is elsewhere',
        remove('feature', 'x', { force: true }),
        { branch: 'feature/x', elsewhere: { develop: '/there' } },
      ],
      [
        'deleted while it is current and its base is gone',
        remove('feature', 'x', { force: true }),
        { branch: 'feature/x', ...configured({ 'gitflow.branch.feature/x.base': 'nowhere' }) },
      ],
      [
        'deleted while another work tree has it',
        remove('feature', 'x', { force: true }),
        { elsewhere: { 'feature/x': '/there' } },
      ],
      ['deleted without a name', remove('feature', '')],
      ['a release is deleted without a name', remove('release', '')],
      ['a hotfix is deleted without a version', remove('hotfix', '')],
      ['deleted, not here', remove('feature', 'nobody')],
      ['deleted, which stays', remove('feature', 'develop'), configured({ 'gitflow.prefix.feature': '' })],
      [
        'deleted with hooks',
        remove('feature', 'x', { force: true }),
        hooked('pre-flow-feature-delete', 'post-flow-feature-delete'),
      ],
      ['a release that is only in develop', remove('release', '1.0'), { refs: { 'heads/develop': 'r' } }],
      ['a release that is only in production', remove('release', '1.0'), { refs: { 'heads/main': 'r' } }],
      ['a release that is in both', remove('release', '1.0'), { refs: { 'heads/develop': 'r', 'heads/main': 'r' } }],
      ['a hotfix that is only in production', remove('hotfix', '0.9.1'), { refs: { 'heads/main': 'h' } }],
      ['a hotfix that is in both', remove('hotfix', '0.9.1'), { refs: { 'heads/main': 'h', 'heads/develop': 'h' } }],
      [
        'a hotfix that is current',
        remove('hotfix', '0.9.1', { force: true }),
        { branch: 'hotfix/0.9.1', ...configured({ 'gitflow.branch.hotfix/0.9.1.base': 'support/old' }) },
      ],
      ['a support branch', remove('support', 'old'), { refs: { 'heads/develop': 's' } }],
      ['checked out', { action: 'checkout', branch: 'main' }],
      [
        'checked out, only there',
        { action: 'checkout', branch: 'feature/x' },
        { refs: { 'heads/feature/x': 'absent' } },
      ],
      ['checked out, nowhere', { action: 'checkout', branch: 'nobody' }],
      ['checked out elsewhere', { action: 'checkout', branch: 'main' }, { elsewhere: { main: '/there' } }],
      ['checked out with changes', { action: 'checkout', branch: 'main' }, dirty],
    ]);
  });

  test('branches are shared', () => {
    const publish = (name: string, more: object = {}, kind = 'feature'): Request => ({
      action: 'publish',
      kind,
      name,
      ...more,
    });
    const track = (name: string, kind = 'feature'): Request => ({ action: 'track', kind, name });
    const pull = (name: string | undefined, more: object = {}): Request => ({
      action: 'pull',
      kind: 'feature',
      remote: 'origin',
      ...(name === undefined ? {} : { name }),
      ...more,
    });
    const clean = (name: string, more: object = {}): Request => ({ action: 'cleanUp', kind: 'feature', name, ...more });
    const gone = { refs: { 'heads/feature/x': 'absent' } };
    const onX = { branch: 'feature/x' };
    const replaced = (reflog: string, strange: string, lost: string): Partial<Scene> => ({
      refs: { 'remotes/origin/feature/x': 'e' },
      answers: {
        'log -g --format=%H refs/heads/feature/x --': reflog,
        [`log --format=%h %s e --not d ${[...new Set(reflog.split('\n').filter(Boolean))].join(' ')}${reflog === '' ? '' : ' '}--`]:
          strange,
        'log --format=%h %s e --not d --': lost,
      },
    });
    return recorded('share', shared, [
      ['published', publish('x')],
      ['published, when it was fetched', publish('x'), { fetched: true }],
      ['published, the current one', { action: 'publish', kind: 'feature' }, onX],
      ['published, not here', publish('nobody')],
      ['published, only there', publish('x'), gone],
      ['published with changes', publish('x'), dirty],
      ['published without a remote', publish('x'), configured({ 'remote.origin.url': 'absent' })],
      ['published while another work tree has it', publish('x'), { elsewhere: { 'feature/x': '/there' } }],
      ['published with options', publish('x'), configured({ 'gitflow.feature.publish.push-option': 'ci.skip' })],
      ['published with hooks', publish('x'), hooked('pre-flow-feature-publish', 'post-flow-feature-publish')],
      ['a hotfix is published with hooks', publish('0.9.1', {}, 'hotfix'), hooked('pre-flow-hotfix-publish')],
      ['replaced where nothing has to be', publish('x', { force: true })],
      [
        'replaced where the remote has none',
        publish('x', { force: true }),
        { refs: { 'remotes/origin/feature/x': 'absent' } },
      ],
      ['replaced', publish('x', { force: true }), replaced('d\ne\nd\n', '', 'eee lost\n')],
      [
        'replaced, with much that is lost',
        publish('x', { force: true }),
        replaced('d\ne\n', '', 'e1 a\ne2 b\ne3 c\ne4 d\ne5 e\ne6 f\ne7 g\n'),
      ],
      ['not replaced, since one was never here', publish('x', { force: true }), replaced('d\n', 'eee strange\n', '')],
      [
        'not replaced, since several were never here',
        publish('x', { force: true }),
        replaced('d\n', 'eee strange\nfff more\nggg most\n', ''),
      ],
      ['tracked', track('y'), remotely({ 'feature/y': 'd' })],
      ['tracked, when it was fetched', track('y'), { fetched: true, ...remotely({ 'feature/y': 'd' }) }],
      ['tracked, and the remote has it not', track('y'), { fetched: true }],
      ['tracked, and it may be there', track('y')],
      ['tracked, and it is here', track('x')],
      ['tracked below another', track('x/y')],
      ['tracked without a name', track('')],
      ['tracked with changes', track('y'), dirty],
      ['tracked without a remote', track('y'), configured({ 'remote.origin.url': 'absent' })],
      ['tracked with hooks', track('y'), hooked('pre-flow-feature-track', 'post-flow-feature-track')],
      ['pulled', pull('x'), onX],
      ['pulled, the current one', pull(undefined), onX],
      ['pulled and rebased', pull('x', { rebase: true }), onX],
      ['pulled on another branch', pull('x')],
      ['pulled on another of its kind', pull('y'), { branch: 'feature/one' }],
      ['pulled for the first time', pull('y')],
      ['pulled for the first time on a detached HEAD', pull('y'), { branch: undefined }],
      ['pulled on a detached HEAD', pull('x'), { branch: undefined }],
      ['pulled from nobody', pull('x', { remote: '' }), onX],
      ['pulled with changes', pull('x'), { ...onX, ...dirty }],
      [
        'pulled with hooks',
        pull('x', { remote: 'hub' }),
        { ...onX, ...hooked('pre-flow-feature-pull', 'post-flow-feature-pull') },
      ],
      ['cleaned up before it is fetched', clean('x'), { answers: { 'merge-tree': 1 } }],
      ['cleaned up, not merged', clean('x'), { fetched: true, answers: { 'merge-tree': 1 } }],
      [
        'cleaned up, not merged, and changed',
        clean('x'),
        { fetched: true, answers: { 'merge-tree': 'tree1\n', 'rev-parse --verify b^{tree}': 'tree2\n' } },
      ],
      [
        'cleaned up, squashed',
        clean('x'),
        { fetched: true, answers: { 'merge-tree': 'tree\n', 'rev-parse --verify b^{tree}': 'tree\n' } },
      ],
      ['cleaned up by force', clean('x', { force: true }), { fetched: true, answers: { 'merge-tree': 1 } }],
      ['cleaned up, merged there', clean('x'), { fetched: true, ...remotely({ develop: 'd' }) }],
      ['cleaned up, merged here', clean('x'), { fetched: true, refs: { 'heads/develop': 'd' } }],
      [
        'cleaned up while it is current',
        clean('x'),
        { fetched: true, refs: { 'heads/develop': 'd', 'remotes/origin/develop': 'd' }, ...onX },
      ],
      ['cleaned up and kept there', clean('x', { keepRemote: true }), { fetched: true, ...remotely({ develop: 'd' }) }],
      [
        'cleaned up, gone there',
        clean('x'),
        { fetched: true, refs: { 'remotes/origin/feature/x': 'absent', 'remotes/origin/develop': 'd' } },
      ],
      [
        'cleaned up, with a base that has diverged',
        clean('x'),
        { fetched: true, refs: { 'heads/develop': 'd', 'remotes/origin/develop': 'e' }, answers: { 'merge-tree': 1 } },
      ],
      [
        'cleaned up, with a base that the remote has not',
        clean('x', { force: true }),
        { fetched: true, refs: { 'remotes/origin/develop': 'absent' }, answers: { 'merge-tree': 1 } },
      ],
      [
        'cleaned up, with a base that is not here',
        clean('x'),
        configured({ 'gitflow.branch.feature/x.base': 'nowhere' }),
      ],
      ['cleaned up, not here', clean('nobody')],
      ['cleaned up with changes', clean('x'), dirty],
      ['cleaned up without a remote', clean('x'), configured({ 'remote.origin.url': 'absent' })],
      [
        'cleaned up while other work trees have both',
        clean('x'),
        { elsewhere: { 'feature/x': '/there', develop: '/here' } },
      ],
      ['cleaned up by nobody', { action: 'cleanUp', kind: 'feature' }],
    ]);
  });

  test('develop is released straight', () => {
    const release = (more: object = {}): Request => ({
      action: 'releaseBranch',
      version: '1.0',
      message: 'one',
      ...more,
    });
    return recorded('release-branch', shared, [
      ['as it is', release()],
      ['without a version', release({ version: '' })],
      ['another branch', release({ branch: 'other' }), { refs: { 'heads/other': 'e' } }],
      ['a branch that is not there', release({ branch: 'other' })],
      ['production', release({ branch: 'main' })],
      ['a topic', release({ branch: 'feature/x' })],
      ['with changes', release(), dirty],
      ['with a fetch', release({ fetch: true })],
      ['with its own message', release({ message: undefined })],
      ['with the message of git', release({ message: undefined, messageFromGit: true })],
      ['with a message in a file', release({ message: undefined, messageFile: 'notes' })],
      ['with two messages', release({ messageFile: 'notes' })],
      ['without a tag', release({ noTag: true })],
      ['with a tag that is there', release(), { refs: { 'tags/v1.0': 'a' } }],
      ['squashed', release({ squash: true })],
      ['squashed with its name', release({ squash: true, squashInfo: true })],
      ['pushed', release({ push: true })],
      ['pushed with every tag', release({ push: true, pushAllTags: true })],
      ['pushed without a tag', release({ push: true, pushAllTags: true, noTag: true })],
      ['every tag without a push', release({ pushAllTags: true })],
      ['signed', release({ signingKey: 'key::abc' }), configured({ 'gpg.format': 'ssh' })],
      ['signed by wish', release({ sign: true }), configured({ 'gpg.format': 'ssh', 'user.signingkey': 'key::abc' })],
      ...flags('gitflow.release.branch', ['fetch', 'squash', 'squash-info', 'notag', 'push'], release()),
      [
        'with a configured message',
        release({ message: undefined }),
        configured({ 'gitflow.release.branch.message': 'set' }),
      ],
      [
        'with a configured file',
        release({ message: undefined }),
        configured({ 'gitflow.release.branch.messagefile': 'set' }),
      ],
      [
        'with hooks',
        release(),
        hooked('pre-flow-release-branch', 'post-flow-release-branch', 'filter-flow-release-branch-tag-message'),
      ],
      ['with no message to filter', release({ message: undefined }), hooked('filter-flow-release-branch-tag-message')],
      ['with a version that is filtered', release(), { hooks: { 'filter-flow-branch-finish-version': '*.1' } }],
      ['with a version that is refused', release(), { hooks: { 'filter-flow-branch-finish-version': '!no' } }],
      [
        'with a version that is refused without a word',
        release(),
        { hooks: { 'filter-flow-branch-finish-version': '!' } },
      ],
      ['behind', release(), remotely({ develop: 'e' })],
      ['with production behind', release(), remotely({ main: 'b' })],
      ['when production has it', release(), { refs: { 'heads/main': 'b' } }],
      [
        'not known on the remote',
        release({ fetch: true }),
        { refs: { 'remotes/origin/develop': 'absent', 'remotes/origin/main': 'absent' } },
      ],
    ]);
  });

  test('a finished action is reverted', () => {
    const journal = (
      made: Record<string, string | null>,
      before: Record<string, string | null>,
      tag?: string,
    ): Journal =>
      ({
        plan: { title: 'Finish feature x', ...(tag === undefined ? {} : { tag }) },
        made,
        before: { refs: before },
      }) as unknown as Journal;
    const develop = journal({ 'refs/heads/develop': 'd' }, { 'refs/heads/develop': 'b' });
    const both = journal(
      {
        'refs/heads/develop': 'd',
        'refs/heads/main': 'r',
        'refs/tags/v1': 'r',
        'refs/heads/feature/x': null,
        'refs/heads/new': 'd',
        'refs/heads/same': 'a',
      },
      {
        'refs/heads/develop': 'b',
        'refs/heads/main': 'a',
        'refs/tags/v1': null,
        'refs/heads/feature/x': 'd',
        'refs/heads/new': null,
        'refs/heads/same': 'a',
      },
      'v1',
    );
    const answers = {
      'rev-list --first-parent --parents b..d': 'd c\nc b\n',
      'rev-list --first-parent --parents a..r': 'r a b\n',
    };
    const revert: Request = { action: 'revert' };
    const moved = { refs: { 'heads/develop': 'd', 'heads/main': 'r' }, answers };
    return recorded('revert', shared, [
      ['nothing', revert],
      ['one branch', revert, { ...moved, finished: develop }],
      ['one branch, pushed', { action: 'revert', push: true }, { ...moved, finished: develop }],
      [
        'one branch, which the remote has not',
        { action: 'revert', push: true },
        { finished: develop, answers, refs: { 'heads/develop': 'd', 'remotes/origin/develop': 'absent' } },
      ],
      ['two branches and a tag', { action: 'revert', push: true }, { ...moved, finished: both }],
      ['with changes', revert, { ...moved, finished: develop, ...dirty }],
      ['what is no longer there', revert, { finished: develop, answers, refs: { 'heads/develop': 'e' } }],
      [
        'what came from what git has collected',
        revert,
        { ...moved, finished: journal({ 'refs/heads/develop': 'd' }, { 'refs/heads/develop': '0' }) },
      ],
      ['of a branch that is gone', revert, { answers, finished: develop, refs: { 'heads/develop': 'absent' } }],
      [
        'of a branch that another work tree has',
        revert,
        { ...moved, finished: develop, elsewhere: { develop: '/there' } },
      ],
    ]);
  });
});

describe('setting up', () => {
  const plain: Scene = {
    history: 'a b:a',
    refs: { 'heads/main': 'a' },
    branch: 'main',
    config: { 'user.email': 'me@example.com' },
    answers: { 'config --global': '', 'config --system': '', 'config --file': 1 },
  };
  const init = (more: object = {}): Request => ({ action: 'init', ...more });
  const keysSet = gitflow.config ?? {};

  test('Gitflow', () =>
    recorded('init', plain, [
      ['with one branch', init()],
      ['by other names', init({ main: 'main', develop: 'next' })],
      ['with prefixes', init({ prefixes: { feature: 'f/', support: '' }, versionTagPrefix: 'v', hooksPath: '/hooks' })],
      [
        'with what the user has for all',
        init(),
        configured({ 'global: gitflow.prefix.feature': 'mine/', 'global: gitflow.prefix.versiontag': 'w' }),
      ],
      [
        'with what the machine has for all',
        init({ force: true }),
        configured({
          'global: gitflow.prefix.feature': 'mine/',
          'system: gitflow.prefix.feature': 'theirs/',
          'system: gitflow.prefix.versiontag': 't',
        }),
      ],
      ['with the hooks of git', init(), configured({ 'core.hookspath': 'my-hooks' })],
      ['with hooks that are set', init({ force: true }), configured({ 'gitflow.path.hooks': 'ours' })],
      ['before the first commit', init(), { unborn: true, refs: { 'heads/main': 'absent' } }],
      [
        'before the first commit, by another name',
        init({ main: 'trunk' }),
        { unborn: true, refs: { 'heads/main': 'absent' } },
      ],
      ['without main', init(), { refs: { 'heads/main': 'absent', 'heads/other': 'a' } }],
      ['with production', init(), { refs: { 'heads/production': 'a' } }],
      ['with master', init(), { refs: { 'heads/main': 'absent', 'heads/master': 'a' } }],
      ['with master beside main', init(), { refs: { 'heads/master': 'a' } }],
      ['with int', init(), { refs: { 'heads/int': 'a' } }],
      ['with integration', init(), { refs: { 'heads/integration': 'a' } }],
      ['with develop', init(), { refs: { 'heads/develop': 'b', 'heads/other': 'a' } }],
      ['with others', init(), { refs: { 'heads/other': 'a' } }],
      ['with others, where develop is made', init({ createDevelop: true }), { refs: { 'heads/other': 'a' } }],
      ['with production of the remote', init({ main: 'release' }), { refs: { 'remotes/origin/release': 'b' } }],
      ['with production of nobody', init({ main: 'release' })],
      ['with develop of the remote', init(), { refs: { 'remotes/origin/develop': 'b' } }],
      [
        'with develop of another remote',
        init({ createDevelop: true }),
        { refs: { 'remotes/hub/develop': 'b' }, ...configured({ 'gitflow.origin': 'hub' }) },
      ],
      [
        'with develop of another remote, which git-flow does not look at',
        init(),
        { refs: { 'remotes/hub/develop': 'b' }, ...configured({ 'gitflow.origin': 'hub' }) },
      ],
      ['with one branch for both', init({ develop: 'main' })],
      ['with develop elsewhere', init({ develop: 'next' }), { elsewhere: { next: '/there' } }],
      ['again', init(), { config: keysSet, refs: { 'heads/develop': 'b' } }],
      ['again by force', init({ force: true }), { config: keysSet, refs: { 'heads/develop': 'b' } }],
      [
        'again by force with other names',
        init({ force: true, main: 'develop', develop: 'main' }),
        { config: keysSet, refs: { 'heads/develop': 'b' } },
      ],
      [
        'where a part is set',
        init(),
        {
          config: { ...keysSet, 'gitflow.prefix.versiontag': 'absent', 'gitflow.prefix.feature': 'absent' },
          refs: { 'heads/develop': 'b' },
        },
      ],
      [
        'where production is set and gone',
        init(),
        { config: { ...keysSet, 'gitflow.branch.master': 'gone' }, refs: { 'heads/develop': 'b' } },
      ],
      ['where develop is set and gone', init(), { config: { ...keysSet, 'gitflow.branch.develop': 'gone' } }],
      [
        'where develop is set and gone beside others',
        init(),
        { config: { ...keysSet, 'gitflow.branch.develop': 'gone' }, refs: { 'heads/other': 'b' } },
      ],
      ['with changes', init(), dirty],
      ['in a bare repository', init(), { bare: true }],
      ['where git wants a name', init(), { config: { 'user.useconfigonly': 'true' } }],
      [
        'where git wants a name, and has half of it',
        init(),
        { config: { 'user.useconfigonly': 'true', 'user.email': 'absent', 'user.name': 'Me' } },
      ],
      ['where git wants a name and has one', init(), { config: { 'user.useconfigonly': 'true', 'user.name': 'Me' } }],
      ['of git-flow-next', init({ force: true }), configured({ 'gitflow.version': '1.0' })],
      ['for this repository', init({ scope: 'local' })],
      [
        'for the user',
        init({ scope: 'global' }),
        {
          answers: {
            'config --global':
              'global\0gitflow.branch.develop\nold\0global\0gitflow.branch.develop\nolder\0global\0user.name\nMe\0',
          },
        },
      ],
      ['for the machine', init({ scope: 'system' })],
      ['for a file that is not there', init({ scope: { file: 'shared' } })],
      ['for a file, with what stands against it', init({ scope: { file: 'shared' }, develop: 'main' })],
      ['with a key for one branch', init(), configured({ 'gitflow.branch.develop': 'next' })],
      [
        'with a key for one branch that is there',
        init(),
        { ...configured({ 'gitflow.branch.develop': 'next' }), refs: { 'heads/next': 'b', 'heads/develop': 'a' } },
      ],
    ]));

  test('another model', () =>
    recorded('init-preset', plain, [
      ['GitHub', init({ preset: 'github' })],
      ['GitHub with another branch', init({ preset: 'github', main: 'trunk' }), { refs: { 'heads/trunk': 'a' } }],
      ['GitHub with a branch that is not there', init({ preset: 'github', main: 'trunk' })],
      [
        'GitHub with a branch of the remote',
        init({ preset: 'github', main: 'trunk' }),
        { refs: { 'remotes/origin/trunk': 'b' }, ...configured({ 'remote.origin.url': 'x' }) },
      ],
      ['GitHub with a prefix', init({ preset: 'github', versionTagPrefix: 'release-' })],
      ['GitHub where tags have a prefix', init({ preset: 'github' }), { refs: { 'tags/1.0': 'a' } }],
      ['trunk', init({ preset: 'trunk' })],
      ['GitLab', init({ preset: 'gitlab' })],
      ['GitLab with a branch that is there', init({ preset: 'gitlab' }), { refs: { 'heads/production': 'a' } }],
      [
        'GitLab with a branch that the remote has',
        init({ preset: 'gitlab' }),
        { refs: { 'remotes/origin/staging': 'b' }, ...configured({ 'remote.origin.url': 'x' }) },
      ],
      ['GitLab by other names', init({ preset: 'gitlab', staging: 'test', production: 'live', scope: 'local' })],
      ['GitLab with one name for two', init({ preset: 'gitlab', staging: 'main' })],
      ['GitLab without its branch', init({ preset: 'gitlab', main: 'trunk' })],
      ['in a bare repository', init({ preset: 'github' }), { bare: true }],
      ['before the first commit', init({ preset: 'github' }), { unborn: true }],
      ['where Gitflow is', init({ preset: 'github' }), { config: keysSet, refs: { 'heads/develop': 'b' } }],
      [
        'where Gitflow is, by force',
        init({ preset: 'github', force: true }),
        { config: keysSet, refs: { 'heads/develop': 'b' } },
      ],
      [
        'where GitLab is, by force',
        init({ preset: 'trunk', force: true }),
        {
          config: Object.fromEntries(keysOf(presetModel('gitlab', { tagPrefix: 'v' }))),
          refs: { 'heads/staging': 'a', 'heads/production': 'a' },
        },
      ],
      [
        'where GitLab is, by force, for the user',
        init({ preset: 'trunk', force: true, scope: 'global' }),
        {
          config: Object.fromEntries(keysOf(presetModel('gitlab'))),
          refs: { 'heads/staging': 'a', 'heads/production': 'a' },
        },
      ],
      [
        'where GitLab is for the user, by force',
        init({ preset: 'trunk', force: true }),
        {
          config: Object.fromEntries(keysOf(presetModel('gitlab')).map(([key, value]) => [`global: ${key}`, value])),
          refs: { 'heads/staging': 'a', 'heads/production': 'a' },
        },
      ],
    ]));
});

describe('another model', () => {
  /** production, staging and main, each one further; a feature of main and a hotfix of production. */
  const modelled = (preset: 'gitflow' | 'github' | 'gitlab' | 'trunk'): Scene => ({
    history: 'a b:a c:b f:c g:f h:a x:a y:c q',
    refs: {
      'heads/production': 'a',
      'heads/staging': 'b',
      'heads/main': 'c',
      'heads/develop': 'c',
      'heads/feature/x': 'g',
      'heads/feature/one': 'f',
      'heads/hotfix/1': 'h',
    },
    branch: 'main',
    config: Object.fromEntries(keysOf(presetModel(preset, { tagPrefix: 'v' }))),
  });
  const gitlab = modelled('gitlab');
  const withRemote = (scene: Scene): Scene =>
    within(scene, {
      config: { 'remote.origin.url': 'somewhere' },
      refs: Object.fromEntries(
        Object.entries(scene.refs).map(([ref, id]) => [ref.replace('heads/', 'remotes/origin/'), id]),
      ),
    });
  const x = finish('feature', 'x');
  const hotfix = (more: object = {}): Request => finish('hotfix', '1', { message: 'one', ...more });
  const following = { 'gitflow.branch.staging.autoupdate': 'true' };

  test('is started', () =>
    recorded('typed-start', withRemote(gitlab), [
      ['a feature', start('feature', 'y')],
      ['a feature with its prefix', start('feature', 'feature/y')],
      ['without a name', start('feature', '')],
      ['a hotfix without a version', start('hotfix', '')],
      ['a hotfix', start('hotfix', '2')],
      ['a hotfix that is tagged', start('hotfix', '2'), { refs: { 'tags/v2': 'a' } }],
      ['a feature with the name of a tag', start('feature', '2'), { refs: { 'tags/v2': 'a' } }],
      ['of an unknown type', start('bugfix', 'y')],
      ['before the first commit', start('feature', 'y'), { unborn: true }],
      ['a bad name', start('feature', 'a b')],
      ['a name that is taken', start('feature', 'x')],
      ['the name of what stays', start('feature', 'main'), configured({ 'gitflow.branch.feature.prefix': '' })],
      ['from another branch', start('feature', 'y', { base: 'staging' })],
      ['from a commit', start('feature', 'y', { base: 'f' })],
      ['from nothing', start('feature', 'y', { base: '' })],
      ['from what is not there', start('feature', 'y', { base: 'nowhere' })],
      ['from what the remote alone has', start('feature', 'y', { base: 'theirs' }), remotely({ theirs: 'g' })],
      ['from what is behind', start('feature', 'y'), remotely({ main: 'g' })],
      ['from what is ahead', start('feature', 'y'), remotely({ main: 'b' })],
      ['from what has diverged', start('feature', 'y'), remotely({ main: 'x' })],
      ['fetched', start('feature', 'y', { fetch: true })],
      ['fetched already', start('feature', 'y', { fetch: true }), { fetched: true }],
      ['not fetched', start('feature', 'y', { fetch: false })],
      ['fetched by configuration', start('feature', 'y'), configured({ 'gitflow.feature.start.fetch': 'true' })],
      ['not fetched by configuration', start('feature', 'y'), configured({ 'gitflow.feature.start.fetch': 'false' })],
      ['not fetched without a remote', start('feature', 'y'), configured({ 'remote.origin.url': 'absent' })],
      ['with changes', start('feature', 'y'), dirty],
      ['with changes that are put away', start('feature', 'y', { stash: true }), dirty],
      [
        'with changes beside a version',
        start('hotfix', '2', { bump: ['VERSION'] }),
        { ...dirty, files: { VERSION: '1\n' } },
      ],
      ['with a version', start('hotfix', 'v2', { bump: ['VERSION'] }), { files: { VERSION: '1.0\n' } }],
      ['with hooks', start('feature', 'y'), hooked('pre-flow-feature-start', 'post-flow-feature-start')],
      ['a hotfix with hooks', start('hotfix', '2'), hooked('pre-flow-hotfix-start', 'post-flow-hotfix-start')],
      [
        'with a version that is filtered',
        start('hotfix', '2'),
        { hooks: { 'filter-flow-hotfix-start-version': '*.0' } },
      ],
      ['with a filter that says nothing', start('hotfix', '2'), { hooks: { 'filter-flow-hotfix-start-version': '' } }],
      [
        'with a version that is refused',
        start('hotfix', '2'),
        { hooks: { 'filter-flow-hotfix-start-version': '!no' } },
      ],
      [
        'with a version that is refused without a word',
        start('hotfix', '2'),
        { hooks: { 'filter-flow-hotfix-start-version': '!' } },
      ],
      [
        'with a name that no filter sees',
        start('feature', '2'),
        { hooks: { 'filter-flow-feature-start-version': 'no' } },
      ],
      [
        'with a model that is not understood',
        start('feature', 'y'),
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'magic' }),
      ],
      [
        'with another type that is not understood',
        start('feature', 'y'),
        configured({ 'gitflow.branch.hotfix.upstreamstrategy': 'magic' }),
      ],
    ]));

  test('is finished', () =>
    recorded('typed-finish', gitlab, [
      ['a feature', x],
      ['a feature with its prefix', finish('feature', 'feature/x')],
      [
        'a feature that is there with its prefix twice',
        finish('feature', 'feature/x'),
        { refs: { 'heads/feature/feature/x': 'g' } },
      ],
      ['the current one', finish('feature'), { branch: 'feature/x' }],
      ['none that is current', finish('feature')],
      ['not here', finish('feature', 'nobody')],
      ['what stays', finish('feature', 'main'), configured({ 'gitflow.branch.feature.prefix': '' })],
      ['with changes', x, dirty],
      ['with changes that are put away', finish('feature', 'x', { stash: true }), dirty],
      ['squashed', finish('feature', 'x', { squash: true })],
      ['rebased', finish('feature', 'x', { rebase: true })],
      ['rebased with its merges', finish('feature', 'x', { rebase: true, rebaseMerges: true })],
      ['rebased and squashed', finish('feature', 'x', { rebase: true, squash: true })],
      ['a merge commit', finish('feature', 'x', { noFastForward: true })],
      [
        'no merge commit',
        finish('feature', 'x', { noFastForward: false }),
        configured({ 'gitflow.feature.finish.no-ff': 'true' }),
      ],
      ['only forward', finish('feature', 'x', { fastForwardOnly: true })],
      ['only forward, and rebased', finish('feature', 'x', { fastForwardOnly: true, rebase: true })],
      ['only forward, squashed', finish('feature', 'x', { fastForwardOnly: true, squash: true })],
      [
        'only forward, from elsewhere',
        finish('feature', 'x', { fastForwardOnly: true }),
        { refs: { 'heads/feature/x': 'x' } },
      ],
      ['without the hooks of git', finish('feature', 'x', { noVerify: true })],
      ['squashed without the hooks of git', finish('feature', 'x', { noVerify: true, squash: true })],
      ...flags(
        'gitflow.feature.finish',
        [
          'squash',
          'rebase',
          'no-ff',
          'ff',
          'ff-only',
          'noverify',
          'preserve-merges',
          'keep',
          'keeplocal',
          'force-delete',
          'push',
          'fetch',
          'notag',
        ],
        x,
      ),
      [
        'rebased as configured',
        finish('feature', 'x', { rebase: true }),
        configured({ 'gitflow.feature.finish.preserve-merges': 'true' }),
      ],
      [
        'rebased as configured otherwise',
        finish('feature', 'x', { rebase: true }),
        configured({
          'gitflow.feature.finish.preserve-merges': 'true',
          'gitflow.feature.finish.no-preserve-merges': 'true',
        }),
      ],
      [
        'squashed by configuration, which another key takes back',
        x,
        configured({ 'gitflow.feature.finish.squash': 'true', 'gitflow.feature.finish.no-squash': 'true' }),
      ],
      [
        'rebased by the model, which a key takes back',
        x,
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'rebase', 'gitflow.feature.finish.no-rebase': 'true' }),
      ],
      ['squashed by the model', x, configured({ 'gitflow.branch.feature.upstreamstrategy': 'squash' })],
      [
        'squashed by the model, rebased by wish',
        finish('feature', 'x', { rebase: true }),
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'squash' }),
      ],
      [
        'squashed by the model, not wanted',
        finish('feature', 'x', { squash: false }),
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'squash' }),
      ],
      ['not merged by the model', x, configured({ 'gitflow.branch.feature.upstreamstrategy': 'none' })],
      [
        'not merged by the model, squashed by wish',
        finish('feature', 'x', { squash: true }),
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'none' }),
      ],
      [
        'not merged by the model, rebased by wish',
        finish('feature', 'x', { rebase: true }),
        configured({ 'gitflow.branch.feature.upstreamstrategy': 'none' }),
      ],
      ['with hooks', x, hooked('pre-flow-feature-finish', 'post-flow-feature-finish')],
      ['merged already', x, { refs: { 'heads/main': 'g' }, branch: 'staging' }],
      ['merged already, there', x, { refs: { 'heads/main': 'g' } }],
      ['merged already, with hooks', x, { refs: { 'heads/main': 'g' }, ...hooked('pre-flow-feature-finish') }],
      ['again, when it was squashed', finish('feature', 'x', { squash: true }), { evidence: { squashed: ['main'] } }],
      [
        'rebased while another work tree has it',
        finish('feature', 'x', { rebase: true }),
        { elsewhere: { 'feature/x': '/there' } },
      ],
      ['while another work tree has it', x, { elsewhere: { 'feature/x': '/there' } }],
      ['while another work tree has main', x, { elsewhere: { main: '/there' } }],
      ['where main is gone', x, { refs: { 'heads/main': 'absent' } }],
      ['tagged by wish', finish('feature', 'x', { tag: true })],
      ['a hotfix', hotfix()],
      ['a hotfix with its own message', hotfix({ message: undefined })],
      ['a hotfix with a message in a file', hotfix({ message: undefined, messageFile: 'notes' })],
      ['a hotfix with two messages', hotfix({ messageFile: 'notes' })],
      [
        'a hotfix with a configured file',
        hotfix({ message: undefined }),
        configured({ 'gitflow.hotfix.finish.messagefile': 'set' }),
      ],
      [
        'a hotfix with a message in spite of a configured file',
        hotfix(),
        configured({ 'gitflow.hotfix.finish.messagefile': 'set' }),
      ],
      ['a hotfix without a tag', hotfix({ noTag: true })],
      ['a hotfix without a tag by configuration', hotfix(), configured({ 'gitflow.hotfix.finish.notag': 'true' })],
      [
        'a hotfix with a tag in spite of it',
        hotfix({ tag: true }),
        configured({ 'gitflow.hotfix.finish.notag': 'true' }),
      ],
      ['a hotfix with a tag, which is not wanted', hotfix({ tag: false })],
      ['a hotfix that is tagged otherwise', hotfix({ tagName: 'mine' })],
      ['a hotfix that is signed', hotfix({ signingKey: 'key::abc' }), configured({ 'gpg.format': 'ssh' })],
      [
        'a hotfix that is signed by configuration',
        hotfix(),
        configured({ 'gpg.format': 'ssh', 'user.signingkey': 'key::abc', 'gitflow.hotfix.finish.sign': 'true' }),
      ],
      [
        'a hotfix that is signed by a configured key',
        hotfix(),
        configured({ 'gpg.format': 'ssh', 'gitflow.hotfix.finish.signingkey': 'key::abc' }),
      ],
      [
        'a hotfix with hooks',
        hotfix(),
        hooked('pre-flow-hotfix-finish', 'post-flow-hotfix-finish', 'filter-flow-hotfix-finish-tag-message'),
      ],
      [
        'a hotfix with a message in a file that no filter sees',
        hotfix({ message: undefined, messageFile: 'notes' }),
        hooked('filter-flow-hotfix-finish-tag-message'),
      ],
      ['a hotfix with a tag that is there', hotfix(), { refs: { 'tags/v1': 'a' } }],
      ['a hotfix with a tag below it', hotfix(), { refs: { 'tags/v1/a': 'a' } }],
      [
        'a hotfix with its tag',
        hotfix(),
        { history: `${gitlab.history} m:a,h`, refs: { 'tags/v1': 'm', 'heads/production': 'm' } },
      ],
      ['a hotfix again, when it was tagged', hotfix(), { refs: { 'tags/v1': 'a' }, evidence: { tags: ['v1'] } }],
      ['a hotfix that staging follows', hotfix(), configured(following)],
      ['a hotfix that staging follows, without a tag', hotfix({ noTag: true }), configured(following)],
      ['a hotfix that staging follows, with a message', hotfix({ updateMessage: '%b gets %p' }), configured(following)],
      [
        'a hotfix that staging follows, with a configured message',
        hotfix(),
        configured({ ...following, 'gitflow.hotfix.finish.updatemessage': 'up %b' }),
      ],
      [
        'a hotfix that staging follows by a rebase',
        hotfix(),
        configured({ ...following, 'gitflow.branch.staging.downstreamstrategy': 'rebase' }),
      ],
      [
        'a hotfix that staging follows by a squash',
        hotfix(),
        configured({ ...following, 'gitflow.branch.staging.downstreamstrategy': 'squash' }),
      ],
      [
        'a hotfix that staging follows, which has it',
        hotfix(),
        { ...configured(following), refs: { 'heads/production': 'h', 'heads/staging': 'h' } },
      ],
      [
        'a hotfix that staging follows, which lacks what production had',
        hotfix(),
        { ...configured(following), refs: { 'heads/production': 'h' } },
      ],
      [
        'a hotfix that staging follows, which is gone',
        hotfix(),
        { ...configured(following), refs: { 'heads/staging': 'absent' } },
      ],
      [
        'a hotfix that staging follows, which another work tree has',
        hotfix(),
        { ...configured(following), elsewhere: { staging: '/there' } },
      ],
      [
        'a hotfix that several follow',
        hotfix(),
        configured({
          ...following,
          'gitflow.branch.main.autoupdate': 'true',
          'gitflow.branch.main.parent': 'production',
        }),
      ],
      [
        'a hotfix where a branch has the name of its tag',
        hotfix(),
        { ...configured(following), refs: { 'heads/v1': 'a' } },
      ],
      ['pushed without a remote', finish('feature', 'x', { push: true })],
    ]));

  test('is finished with a remote', () =>
    recorded('typed-finish-remote', withRemote(gitlab), [
      ['as it is', x],
      ['fetched already', x, { fetched: true }],
      ['not fetched', finish('feature', 'x', { fetch: false })],
      ['not fetched by configuration', x, configured({ 'gitflow.feature.finish.fetch': 'false' })],
      ['pushed', finish('feature', 'x', { push: true })],
      ['kept there', finish('feature', 'x', { keepRemote: true })],
      ['main is behind', x, remotely({ main: 'y' })],
      ['main is behind and has it', x, remotely({ main: 'g' })],
      ['main is behind, only forward', finish('feature', 'x', { fastForwardOnly: true }), remotely({ main: 'y' })],
      ['main is ahead', x, remotely({ main: 'b' })],
      ['main has diverged', x, remotely({ main: 'x' })],
      ['main is on the remote alone', x, { refs: { 'heads/main': 'absent' } }],
      ['the branch is behind', x, { refs: { 'heads/feature/x': 'f' } }],
      ['a hotfix, pushed', hotfix({ push: true })],
      ['a hotfix, with its tag pushed', hotfix({ pushTag: true })],
      ['a hotfix, pushed without its tag', hotfix({ push: true, pushTag: false })],
      [
        'a hotfix, with its tag pushed by configuration',
        hotfix(),
        configured({ 'gitflow.hotfix.finish.pushtag': 'true' }),
      ],
      ['a hotfix that staging follows, pushed', hotfix({ push: true }), configured(following)],
      [
        'a hotfix that staging follows, which is behind',
        hotfix(),
        { ...configured(following), ...remotely({ staging: 'c' }) },
      ],
      [
        'a hotfix that staging follows, which is on the remote alone',
        hotfix(),
        { ...configured(following), refs: { 'heads/staging': 'absent' } },
      ],
    ]));

  test('is integrated, updated and tagged', () => {
    const integrate = (more: object = {}): Request => ({ action: 'integrate', name: 'main', ...more });
    const update = (more: object = {}): Request => ({ action: 'update', kind: 'base', name: 'main', ...more });
    const topic = (more: object = {}): Request => ({ action: 'update', kind: 'feature', name: 'x', ...more });
    const tag = (more: object = {}): Request => ({ action: 'tagRelease', version: '1.0', ...more });
    const behind = { refs: { 'heads/staging': 'x', 'remotes/origin/staging': 'x' } };
    return recorded('typed-integrate', withRemote(gitlab), [
      ['main into staging', integrate()],
      ['the current branch', { action: 'integrate' }],
      ['no branch', { action: 'integrate' }, { branch: undefined }],
      ['production', integrate({ name: 'production' })],
      ['a topic', integrate({ name: 'feature/x' })],
      ['with a tag', integrate({ tag: 'v1', message: 'one' })],
      ['with a tag that is there', integrate({ tag: 'v1' }), { refs: { 'tags/v1': 'a' } }],
      [
        'with a tag by configuration',
        integrate(),
        configured({ 'gitflow.main.integrate.tag': 'true', 'gitflow.main.integrate.tagname': 'latest' }),
      ],
      ['with a tag without a name', integrate(), configured({ 'gitflow.main.integrate.tag': 'true' })],
      [
        'with hooks that are of finishing',
        integrate({ tag: 'v1', message: 'one' }),
        hooked('filter-flow-main-finish-tag-message'),
      ],
      ['squashed', integrate({ squash: true })],
      ['rebased', integrate({ rebase: true })],
      ['rebased while another work tree has it', integrate({ rebase: true }), { elsewhere: { main: '/there' } }],
      ['with a message', integrate({ noFastForward: true, mergeMessage: '%b into %p' })],
      ['with a configured message', integrate(), configured({ 'gitflow.main.integrate.mergemessage': 'promote %b' })],
      ['pushed', integrate({ push: true })],
      ['pushed by configuration', integrate(), configured({ 'gitflow.main.integrate.push': 'true' })],
      ['fetched', integrate({ fetch: true })],
      ['with changes', integrate(), dirty],
      ['with changes that are put away', integrate({ stash: true }), dirty],
      ['gone', integrate(), { refs: { 'heads/main': 'absent' } }],
      ['staging is gone', integrate(), { refs: { 'heads/staging': 'absent', 'remotes/origin/staging': 'absent' } }],
      ['not merged by the model', integrate(), configured({ 'gitflow.branch.main.upstreamstrategy': 'none' })],
      [
        'not merged by the model, squashed by wish',
        integrate({ squash: true }),
        configured({ 'gitflow.branch.main.upstreamstrategy': 'none' }),
      ],
      [
        'not merged by the model, rebased by wish',
        integrate({ rebase: true }),
        configured({ 'gitflow.branch.main.upstreamstrategy': 'none' }),
      ],
      ['not understood', integrate(), configured({ 'gitflow.branch.main.upstreamstrategy': 'magic' })],
      ['there already', integrate(), { refs: { 'heads/staging': 'c', 'remotes/origin/staging': 'c' } }],
      [
        'main itself follows',
        integrate({ noFastForward: true }),
        configured({ 'gitflow.branch.main.autoupdate': 'true' }),
      ],
      [
        'not set up',
        integrate(),
        { config: Object.fromEntries(Object.keys(gitlab.config ?? {}).map((key) => [key, 'absent'])) },
      ],
      ['a base is updated', update(), behind],
      ['the current base is updated', { action: 'update', kind: 'base' }, behind],
      ['no base is updated', { action: 'update', kind: 'base' }, { branch: undefined }],
      ['production is updated', update({ name: 'production' })],
      ['a base is rebased', update({ how: 'rebase' }), behind],
      [
        'a base is squashed by the model',
        update(),
        { ...behind, ...configured({ 'gitflow.branch.main.downstreamstrategy': 'squash' }) },
      ],
      [
        'a base is not updated by the model',
        update(),
        { ...behind, ...configured({ 'gitflow.branch.main.downstreamstrategy': 'none' }) },
      ],
      ['a base is not understood', update(), configured({ 'gitflow.branch.main.downstreamstrategy': 'magic' })],
      [
        'another base is not understood',
        update(),
        configured({ 'gitflow.branch.staging.downstreamstrategy': 'magic' }),
      ],
      ['a topic is updated', topic()],
      ['a topic is merged', topic({ how: 'merge' })],
      ['a topic is rebased with its merges', topic({ how: 'rebase', rebaseMerges: true })],
      ['a topic is updated with hooks', topic(), hooked('pre-flow-feature-update', 'post-flow-feature-update')],
      ['a topic is updated from what is behind', topic({ how: 'merge', fetch: true }), remotely({ main: 'y' })],
      ['a topic is rebased onto what is behind', topic({ fetch: true }), remotely({ main: 'y' })],
      ['a topic is updated from what has diverged', topic(), remotely({ main: 'x' })],
      ['a topic is updated from what is gone', topic(), { refs: { 'heads/main': 'absent' } }],
      ['a topic is updated with changes', topic(), dirty],
      [
        'a topic is rebased with changes that git puts away',
        topic({ how: 'rebase' }),
        { ...dirty, ...configured({ 'rebase.autostash': 'true' }) },
      ],
      [
        'a topic is merged with changes that git does not put away',
        topic({ how: 'merge' }),
        { ...dirty, ...configured({ 'rebase.autostash': 'true' }) },
      ],
      ['a topic is updated while another work tree has it', topic(), { elsewhere: { 'feature/x': '/there' } }],
      ['a topic is updated that is not here', topic({ name: 'nobody' })],
      ['a topic is updated beside a tag of its base', topic({ how: 'merge' }), { refs: { 'tags/main': 'a' } }],
      ['a topic of an unknown type', topic({ kind: 'bugfix' })],
      ['production is tagged', tag()],
      ['production is tagged with its prefix', tag({ version: 'v1.0' })],
      ['tagged without a version', tag({ version: '' })],
      ['tagged with what git refuses', tag({ version: '1 0' })],
      ['another branch is tagged', tag({ branch: 'main' })],
      ['a branch is tagged that is not here', tag({ branch: 'nobody' })],
      ['tagged twice', tag(), { refs: { 'tags/v1.0': 'a' } }],
      ['tagged again, when it was tagged', tag(), { refs: { 'tags/v1.0': 'a' }, evidence: { tags: ['v1.0'] } }],
      ['tagged below another', tag({ version: '1.0/a' }), { refs: { 'tags/v1.0': 'a' } }],
      ['tagged with a message', tag({ message: 'one' })],
      ['tagged with an empty message', tag({ message: '' })],
      ['tagged with a file', tag({ messageFile: 'notes' })],
      ['tagged with two messages', tag({ message: 'one', messageFile: 'notes' })],
      ['tagged and signed', tag({ signingKey: 'key::abc' }), configured({ 'gpg.format': 'ssh' })],
      [
        'tagged and signed by wish',
        tag({ sign: true }),
        configured({ 'gpg.format': 'ssh', 'user.signingkey': 'key::abc' }),
      ],
      ['tagged and pushed', tag({ push: true })],
      ['tagged and pushed, ahead', tag({ push: true }), { refs: { 'heads/production': 'h' } }],
      ['tagged and pushed, new', tag({ push: true }), { refs: { 'remotes/origin/production': 'absent' } }],
      ['tagged and pushed without a remote', tag({ push: true }), configured({ 'remote.origin.url': 'absent' })],
      ['tagged and fetched', tag({ fetch: true })],
      ['tagged and fetched, new', tag({ fetch: true }), { refs: { 'remotes/origin/production': 'absent' } }],
      ['tagged, behind', tag(), remotely({ production: 'h' })],
      ['tagged, behind, with changes', tag(), { ...remotely({ production: 'h' }), ...dirty }],
      [
        'tagged, behind, while another work tree has it',
        tag(),
        { ...remotely({ production: 'h' }), elsewhere: { production: '/there' } },
      ],
      ['tagged, diverged', tag(), { refs: { 'heads/production': 'h', 'remotes/origin/production': 'x' } }],
      ['tagged with changes', tag(), dirty],
    ]);
  });

  test('is plain', () => {
    const plain: Scene = { ...withRemote(gitlab), config: { 'remote.origin.url': 'somewhere' } };
    return recorded('plain', plain, [
      ['started', start('topic', 'y')],
      ['started, of another type', start('feature', 'y')],
      ['finished', finish('topic', 'feature/x')],
      ['finished, what stays', finish('topic', 'staging')],
      ['finished by a fast-forward', finish('topic', 'feature/x', { noFastForward: false })],
      ['updated', { action: 'update', kind: 'topic', name: 'feature/x' }],
      ['deleted', { action: 'delete', kind: 'topic', name: 'feature/x', force: true }],
      ['published', { action: 'publish', kind: 'topic', name: 'feature/x' }],
      ['tagged', { action: 'tagRelease', version: '1' }],
      [
        'tagged before the first commit',
        { action: 'tagRelease', version: '1' },
        {
          refs: Object.fromEntries(Object.keys(plain.refs).map((ref) => [ref, 'absent'])),
          unborn: true,
          branch: undefined,
        },
      ],
    ]);
  });
});
