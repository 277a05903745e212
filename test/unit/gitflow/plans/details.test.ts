/** What goes with every plan: the messages of its commits, files in its way, and what would fail in its middle. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as Os from 'node:os';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Request } from '../../../../src/gitflow/index';
import type { Work } from '../../../../src/gitflow/model/model';
import { askAhead } from '../../../../src/gitflow/plans/ahead';
import { expandMessage, withMessages } from '../../../../src/gitflow/plans/messages';
import { overwrittenBy } from '../../../../src/gitflow/plans/overwrites';
import { makePlan } from '../../../../src/gitflow/plans/plan';
import { preflight } from '../../../../src/gitflow/plans/preflight';
import { contextOf, type Scene, told } from './memory';

/** The home of the user. */
const desk = vi.hoisted(() => ({ home: '/nowhere' }));
vi.mock('node:os', async (original) => ({ ...(await original<typeof Os>()), homedir: () => desk.home }));

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-details-'));
afterAll(() => rmSync(folder, { recursive: true }));

const scene: Scene = {
  history: 'a b:a c:b d:c r:b h:a',
  refs: {
    'heads/main': 'a',
    'heads/develop': 'b',
    'heads/feature/x': 'd',
    'heads/release/1.0': 'r',
    'heads/hotfix/0.9.1': 'h',
  },
  branch: 'develop',
  config: {
    'gitflow.branch.master': 'main',
    'gitflow.branch.develop': 'develop',
    'gitflow.prefix.feature': 'feature/',
    'gitflow.prefix.release': 'release/',
    'gitflow.prefix.hotfix': 'hotfix/',
    'gitflow.prefix.versiontag': 'v',
  },
};
const finish: Request = { action: 'finish', kind: 'feature', name: 'x' };
const merge: Work = { do: 'merge', into: 'develop', source: 'feature/x', fastForward: 'never' };
const squash: Work = { do: 'squash', into: 'develop', source: 'feature/x' };

describe('the message of a commit', () => {
  const messagesOf = async (
    more: Partial<Scene>,
    works: Work[],
    request: Request = finish,
  ): Promise<(string | undefined)[]> =>
    (await withMessages(contextOf({ ...scene, ...more }), request, works, 'feature/x')).map((work) =>
      'message' in work ? work.message : undefined,
    );
  const conventional = { subjects: ['feat: a', 'fix(api): b', 'Merge nothing'] };
  const log = (text: string): Partial<Scene> => ({
    ...conventional,
    answers: { 'log --no-merges --reverse --format=%B%x00 ^refs/heads/develop feature/x --': text },
  });

  test.each([
    ['%b', 'x'],
    ['%B', 'refs/heads/x'],
    ['%p', 'y'],
    ['%P', 'refs/heads/y'],
    ['%%b', '%b'],
    ['50% of %q', '50% of %q'],
    ['%b%b', 'xx'],
  ])('with %s in it', (template, text) => {
    expect(expandMessage(template, { branch: 'x', parent: 'y' })).toBe(text);
  });

  test.each([
    [['feat: a', 'fix: b', 'no'], true],
    [['feat: a', 'no', 'no'], false],
    [['feat: a', 'no'], false],
    [['feat(scope)!: a'], true],
    [['feat: a', 'Initial commit'], true],
    [['initial commit'], false],
    [['An initial commit', 'feat: a'], false],
    [['feat:a'], false],
    [['feat : a'], false],
    [['a feat: b'], false],
    [[], false],
  ])('follows a history of %j: %s', async (subjects, follows) => {
    expect(await messagesOf({ subjects }, [merge])).toEqual([
      follows ? 'chore: merge feature/x into develop' : undefined,
    ]);
  });

  test('is left alone where it is given, and where nothing is committed', async () => {
    const works: Work[] = [
      { ...merge, message: 'mine' },
      { ...merge, fastForward: 'only' },
      { ...squash, message: 'mine' },
      { ...squash, info: 'Merged it' },
      { do: 'checkout', branch: 'develop' },
    ];
    expect(await messagesOf(conventional, works, { ...finish, mergeMessage: 'no', squashMessage: 'no' })).toEqual([
      'mine',
      undefined,
      'mine',
      undefined,
      undefined,
    ]);
  });

  test('of a version goes by the history of what the branch starts from', async () => {
    const asked: string[] = [];
    const context = contextOf(scene);
    vi.spyOn(context.graph, 'subjects').mockImplementation((name) => {
      asked.push(name);
      return Promise.resolve(['feat: a']);
    });
    const bump: Work = { do: 'bump', branch: 'release/2', version: '2.0', files: ['V'], message: 'Set version to 2.0' };
    const create: Work = {
      do: 'createBranch',
      branch: 'release/2',
      start: 'refs/heads/develop',
      checkout: true,
      track: true,
    };
    const start: Request = { action: 'start', kind: 'release', name: '2' };
    expect((await withMessages(context, start, [create, bump], 'release/2'))[1]).toEqual({
      ...bump,
      message: 'chore: set version to 2.0',
    });
    expect((await withMessages(context, start, [{ ...create, branch: 'other' }, bump], 'release/2'))[1]).toMatchObject({
      message: 'chore: set version to 2.0',
    });
    expect(asked).toEqual(['refs/heads/develop', 'refs/heads/release/2']);
    expect(await withMessages(contextOf(scene), start, [create, bump], 'release/2')).toEqual([create, bump]);
  });

  test.each([
    ['one conventional commit', 'feat(api): one\n\nWith a body.\n\0', 'feat(api): one\n\nWith a body.'],
    ['one other commit', 'Do it\n\nWith a body.\n\0', 'feat: x\n\n- Do it'],
    ['several', 'docs: a\n\0fix: b\n\nbody\n\0Other\n\0', 'fix: x\n\n- docs: a\n- fix: b\n- Other'],
    ['a feature among fixes', 'fix: a\n\0Feat: b\n\0', 'feat: x\n\n- fix: a\n- Feat: b'],
    ['speed before structure', 'refactor: a\n\0perf: b\n\0', 'perf: x\n\n- refactor: a\n- perf: b'],
    ['structure before words', 'docs: a\n\0refactor: b\n\0', 'refactor: x\n\n- docs: a\n- refactor: b'],
    ['only other types', 'docs: a\n\0chore: b\n\0', 'docs: x\n\n- docs: a\n- chore: b'],
    ['one that breaks, by a mark', 'fix!: a\n\0docs: b\n\0', 'fix!: x\n\n- fix!: a\n- docs: b'],
    ['one that breaks, by a footer', 'fix: a\n\nBREAKING CHANGE: all\n\0docs: b\n\0', 'fix!: x\n\n- fix: a\n- docs: b'],
    ['one that breaks, by a hyphen', 'fix: a\n\nBREAKING-CHANGE: all\n\0docs: b\n\0', 'fix!: x\n\n- fix: a\n- docs: b'],
    ['one that only speaks of it', 'fix: a\n\nno BREAKING CHANGE: x\n\0docs: b\n\0', 'fix: x\n\n- fix: a\n- docs: b'],
    ['nothing', '', 'feat: x'],
  ])('of a squash sums up %s', async (_what, text, message) => {
    expect(await messagesOf(log(text), [squash])).toEqual([message]);
  });

  test('of a squash has the name of the branch as words', async () => {
    const answers = {
      'log --no-merges --reverse --format=%B%x00 ^refs/heads/develop heads/feature/deep/my-new__thing_ --': '',
    };
    const works: Work[] = [{ ...squash, source: 'heads/feature/deep/my-new__thing_' }];
    expect(await messagesOf({ ...conventional, answers }, works)).toEqual(['feat: my new thing']);
  });

  test('of other squashes is that of git', async () => {
    expect(await messagesOf({ subjects: ['Do it'] }, [squash])).toEqual([undefined]);
  });

  test('is a template of finishing and of integrating alone', async () => {
    const update: Request = { action: 'update', kind: 'feature', name: 'x' };
    const config = {
      ...scene.config,
      'gitflow.feature.update.mergemessage': 'no',
      'gitflow.feature.finish.mergemessage': 'no',
    };
    expect(await messagesOf({ config }, [merge], update)).toEqual([undefined]);
    const integrate: Request = {
      action: 'integrate',
      name: 'develop',
      mergeMessage: '%b > %p',
      updateMessage: '%b < %p',
    };
    const works: Work[] = [
      { ...merge, into: 'main', source: 'develop' },
      { ...merge, into: 'develop', source: 'main' },
    ];
    expect(await messagesOf({}, works, integrate)).toEqual(['develop > main', 'develop < main']);
    const all = { ...scene.config, 'gitflow.main.integrate.squashmessage': 'of %b' };
    expect(await messagesOf({ config: all }, [squash], { action: 'integrate' })).toEqual(['of feature/x']);
  });
});

describe('files in the way', () => {
  const checkout: Work = { do: 'checkout', branch: 'main' };
  const root = join(folder, 'work');
  const put = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('file');
  put('dir/one');
  put('dir/deep/two');
  put('ignored');
  symlinkSync('nowhere', join(root, 'link'));

  interface Answers {
    /** Paths that commits have and HEAD has not, by the commits that are asked about. */
    added?: Record<string, string[]>;
    /** Paths that a source has got since it and its target parted; a number: git cannot tell. */
    merged?: Record<string, string[] | number>;
    ignored?: string[];
  }

  /** Looks for what is in the way, and says what git was asked. */
  async function look(
    works: Work[],
    { added = {}, merged = {}, ignored = [] }: Answers,
    more: Partial<Scene> = {},
  ): Promise<{ untracked: string[]; ignored: string[]; asked: string[] }> {
    const context = contextOf({ ...scene, ...more });
    const asked: string[] = [];
    const list = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join('');
    const answer = (args: readonly string[], input = ''): { code: number; stdout: string; stderr: string } => {
      const [command = ''] = args;
      if (command === 'check-ignore') {
        const there = input.split('\0').filter(Boolean);
        asked.push(`ignored? ${there.join()}`);
        return { code: 0, stdout: list(ignored.filter((path) => there.includes(path))), stderr: '' };
      }
      const what = command === 'diff-tree' ? input.trim().replaceAll('\n', ' + ') : (args.at(-2) ?? '');
      asked.push(what);
      const paths = (command === 'diff-tree' ? added : merged)[what] ?? [];
      if (typeof paths === 'number') return { code: paths, stdout: '', stderr: '' };
      return { code: 0, stdout: list(paths), stderr: '' };
    };
    Object.assign(context.places, { root });
    Object.assign(context.git, {
      run: (args: string[], options: { input?: string } = {}) => Promise.resolve(answer(args, options.input)),
      read: (args: string[], options: { input?: string } = {}) => Promise.resolve(answer(args, options.input).stdout),
    });
    return { ...(await overwrittenBy(context, works)), asked };
  }

  test('are those of the commits that are checked out', async () => {
    expect(
      await look([checkout], { added: { 'a b': ['file', 'new'] } }, { tree: { untracked: ['file', 'other'] } }),
    ).toEqual({
      untracked: ['file'],
      ignored: [],
      asked: ['a b', 'a b'],
    });
    expect(await look([checkout], { added: { 'a b': ['new'] } }, { tree: { untracked: ['file'] } })).toMatchObject({
      untracked: [],
      asked: ['a b'],
    });
  });

  test.each<[string, string[], string[], string[]]>([
    ['a file where a folder is written', ['file'], ['file/below'], ['file']],
    ['a folder where a file is written', ['dir/'], ['dir'], ['dir/']],
    ['a file in a folder where a file is written', ['dir/one'], ['dir'], ['dir/one']],
    ['a file of a folder that is untracked as a whole', ['dir/'], ['dir/one', 'dir/three'], ['dir/one']],
    ['a folder below one that is untracked as a whole', ['dir/'], ['dir/deep'], ['dir/deep']],
    ['a file where one of its folders has to be', ['dir/'], ['dir/one/below'], ['dir/one/below']],
    ['a folder that is untracked beside what is written', ['dir/'], ['dir/three', 'directory/one'], []],
    ['a name that begins as another', ['fil'], ['file'], []],
    ['a link where a folder is written', ['link'], ['link/below'], ['link']],
  ])('are %s', async (_what, untracked, written, found) => {
    expect((await look([checkout], { added: { 'a b': written } }, { tree: { untracked } })).untracked).toEqual(found);
  });

  test('may be ignored, and then are no obstacle', async () => {
    const added = { 'a b': ['ignored', 'file', 'link', 'dir', 'gone', 'ignored/below'] };
    const found = await look([checkout], { added, ignored: ['ignored', 'link'] }, { tree: { untracked: ['file'] } });
    expect(found).toMatchObject({ untracked: ['file'], ignored: ['ignored', 'link'] });
    expect(found.asked).toContain('ignored? ignored,link');
  });

  test('are looked for closely where a merge does not write what its source has', async () => {
    const tree = { untracked: ['file'] };
    const added = { 'd b': ['file'] };
    expect(await look([merge], { added }, { tree })).toMatchObject({ untracked: [], asked: ['d b', 'b...d'] });
    expect(await look([merge], { added, merged: { 'b...d': ['file'] } }, { tree })).toMatchObject({
      untracked: ['file'],
    });
    // Histories that have nothing in common: all of it is written.
    const apart = await look([merge], { added: { ...added, 'd b': ['file'] }, merged: { 'b...d': 128 } }, { tree });
    expect(apart).toMatchObject({ untracked: ['file'], asked: ['d b', 'b...d', 'd b'] });
  });

  test.each<[string, Work[], string[]]>([
    ['nothing is checked out', [{ do: 'checkout', branch: 'develop' }], []],
    ['a branch without a commit is', [{ do: 'checkout', branch: 'nobody' }], []],
    ['there and back', [checkout, { do: 'checkout', branch: 'develop' }], ['a b']],
    ['a merge into another', [{ ...merge, into: 'main' }], ['a b + d b']],
    ['a squash', [squash], ['d b']],
    [
      'a merge of what was merged',
      [
        { ...merge, into: 'main', source: 'release/1.0' },
        { ...merge, into: 'develop', source: 'main' },
      ],
      ['a b + r b'],
    ],
    [
      'a merge of the tag of what was merged',
      [
        { ...merge, into: 'main', source: 'release/1.0' },
        { do: 'tag', tag: 'v1', on: 'main', sign: false },
        { ...merge, into: 'develop', source: 'v1' },
      ],
      ['a b + r b'],
    ],
    [
      'a branch that is made',
      [{ do: 'createBranch', branch: 'y', start: 'refs/heads/feature/x', checkout: true, track: true }],
      ['d b'],
    ],
    [
      'a branch that is made and not checked out',
      [{ do: 'createBranch', branch: 'y', start: 'refs/heads/feature/x', checkout: false, track: true }],
      [],
    ],
    [
      'a branch that is made and left and merged',
      [
        { do: 'createBranch', branch: 'y', start: 'refs/heads/feature/x', checkout: true, track: true },
        { do: 'checkout', branch: 'develop' },
        { ...merge, source: 'y' },
      ],
      ['d b'],
    ],
    ['a rebase', [{ do: 'rebase', branch: 'feature/x', onto: 'main', mode: 'plain' }], ['a b + d b']],
    ['a merge of what a branch has', [{ ...merge, source: 'develop' }], []],
    ['what moves no file', [{ do: 'stash' }, { do: 'deleteBranch', branch: 'feature/x', force: false }], []],
  ])('are asked for: %s', async (_what, works, asked) => {
    expect((await look(works, {})).asked).toEqual(asked);
  });

  test('are none without a work tree, or before the first commit', async () => {
    const answers = { added: { 'a b': ['file'] } };
    const tree = { untracked: ['file'] };
    expect(await look([checkout], answers, { tree, bare: true })).toEqual({ untracked: [], ignored: [], asked: [] });
    expect(await look([checkout], answers, { tree, unborn: true })).toEqual({ untracked: [], ignored: [], asked: [] });
  });

  test('refuse the plan, or are told, with as many names as can be read', async () => {
    const files = Array.from({ length: 12 }, (_, index) => `f${index}`);
    for (const file of files) put(file);
    const plan = async (tree: Scene['tree'], ignored: string[]): Promise<string[]> => {
      const answers = {
        'diff-tree': files.map((file) => `${file}\0`).join(''),
        'check-ignore': ignored.map((file) => `${file}\0`).join(''),
      };
      const context = contextOf({ ...scene, tree, answers });
      Object.assign(context.places, { root });
      const planned = await makePlan(context, { action: 'checkout', branch: 'main' });
      return planned.ok
        ? [...planned.plan.warnings, String(planned.plan.overwrites)]
        : planned.refusals.map(({ code, message }) => `${code}: ${message}`);
    };
    expect(await plan({ untracked: files }, [])).toEqual([
      `untracked: Untracked files would be overwritten: ${files.slice(0, 10).join(', ')} and 2 more. Move, delete or commit them first.`,
    ]);
    expect(await plan({}, ['f1', 'f2'])).toEqual(['Ignored files are overwritten, and kept before: f1, f2.', 'f1,f2']);
    expect(await plan({}, [])).toEqual(['undefined']);
  });

  test('stand against a plan beside what else does', async () => {
    put('new');
    const answers = { 'diff-tree': 'new\0', 'diff ': 'new\0', 'check-ignore': '' };
    const context = contextOf({ ...scene, tree: { untracked: ['new'] }, answers });
    Object.assign(context.places, { root });
    const planned = await makePlan(context, { action: 'finish', kind: 'feature', name: 'x', push: true });
    expect(planned.ok ? [] : planned.refusals.map(({ code }) => code)).toEqual(['untracked', 'no-remote']);
  });
});

describe('what would fail in the middle', () => {
  const tag: Work = { do: 'tag', tag: 'v1', on: 'main', sign: true };
  const key = (text: string): string => `There is no secret key '${text}' for signing.`;
  const help = "Set 'user.signingkey' to a key that is at hand, or switch signing off.";
  const program = join(folder, 'gpg');
  writeFileSync(program, '#!/bin/sh\n[ "$1 $2 $3" = "--batch --list-secret-keys known" ]\n');
  chmodSync(program, 0o755);
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, '');

  const problems = async (config: Record<string, string>, works: Work[] = [tag], who = ''): Promise<string[]> =>
    (await preflight(contextOf({ ...scene, config, answers: { 'var GIT_COMMITTER_IDENT': who } }), works)).map(
      ({ code, message }) => `${code}: ${message}`,
    );

  test.each<[string, Record<string, string>, string | undefined]>([
    ['no key', {}, "No key is set for signing ('user.signingkey')."],
    ['a command that gives one', { 'gpg.ssh.defaultkeycommand': 'ssh-add -L' }, undefined],
    ['the key itself', { 'user.signingkey': 'ssh-ed25519 AAA' }, undefined],
    ['the key itself, marked so', { 'user.signingkey': 'key::AAA' }, undefined],
    ['a key of a curve', { 'user.signingkey': 'ecdsa-sha2-nistp256 AAA' }, undefined],
    ['a key of a token', { 'user.signingkey': 'sk-ssh-ed25519@openssh.com AAA' }, undefined],
    ['a file', { 'user.signingkey': keyFile }, undefined],
    [
      'a file that is not there',
      { 'user.signingkey': `${keyFile}.ssh-` },
      `The key file for signing, '${keyFile}.ssh-', does not exist.`,
    ],
    [
      'a file of the user',
      { 'user.signingkey': '~/no/such/key' },
      "The key file for signing, '~/no/such/key', does not exist.",
    ],
    [
      'a file of another user',
      { 'user.signingkey': '~other/key' },
      "The key file for signing, '~other/key', does not exist.",
    ],
  ])('ssh with %s', async (_what, config, problem) => {
    expect(await problems({ 'gpg.format': 'ssh', ...config })).toEqual(
      problem === undefined ? [] : [`signing: ${problem} ${help}`],
    );
  });

  test('ssh with a file in the home of the user', async () => {
    const config = { 'gpg.format': 'ssh', 'user.signingkey': '~/key' };
    expect(await problems(config)).toHaveLength(1);
    desk.home = folder;
    expect(await problems(config)).toEqual([]);
  });

  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['a key that is there', { 'gpg.program': program, 'user.signingkey': 'known' }, '', undefined],
    ['a key that is not', { 'gpg.program': program, 'user.signingkey': 'other' }, '', key('other')],
    ['the key of who commits', { 'gpg.program': program }, 'Me <known> 1 +0000', undefined],
    ['no key of who commits', { 'gpg.program': program }, 'Me <me@x> 1 +0000', key('me@x')],
    ['nobody who commits', { 'gpg.program': program }, '', key('')],
    [
      'a program of its own',
      { 'gpg.openpgp.program': program, 'gpg.program': 'no', 'user.signingkey': 'known' },
      '',
      undefined,
    ],
    [
      'a program of another format',
      { 'gpg.format': 'x509', 'gpg.x509.program': program, 'user.signingkey': 'known' },
      '',
      undefined,
    ],
    [
      'no program',
      { 'gpg.program': join(folder, 'none') },
      '',
      `The program that signs, '${join(folder, 'none')}', could not be started.`,
    ],
    [
      'no program of its own',
      { 'gpg.format': 'x509', 'gpg.x509.program': 'no-such-gpgsm' },
      '',
      "The program that signs, 'no-such-gpgsm', could not be started.",
    ],
  ])('gpg with %s', async (_what, config, who, problem) => {
    expect(await problems(config, [tag], who)).toEqual(problem === undefined ? [] : [`signing: ${problem} ${help}`]);
  });

  test('by default asks gpg, or gpgsm for certificates, where git would find it', async () => {
    for (const [format, name] of [
      ['openpgp', 'gpg'],
      ['x509', 'gpgsm'],
    ]) {
      const config = { 'gpg.format': format ?? '', 'user.signingkey': 'k' };
      const context = contextOf({ ...scene, config });
      Object.assign(context.git, { environment: { PATH: '/nowhere' } });
      expect(await preflight(context, [tag])).toEqual([
        { code: 'signing', message: `The program that signs, '${name}', could not be started. ${help}` },
      ]);
    }
  });

  test.each<[string, Record<string, string>, Work[], boolean]>([
    ['a tag that is not signed', {}, [{ ...tag, sign: false }], false],
    ['every tag', { 'tag.gpgsign': 'true' }, [{ ...tag, sign: false }], true],
    ['every tag, and there is none', { 'tag.gpgsign': 'true' }, [merge], false],
    ['every commit, and there is none', { 'commit.gpgsign': 'true' }, [{ ...tag, sign: false }], false],
    ['a merge that is not signed', { 'commit.gpgsign': 'false' }, [merge], false],
    ...(['merge', 'squash', 'rebase', 'bump', 'revert', 'firstCommit'] as const).map(
      (what): [string, Record<string, string>, Work[], boolean] => [
        `the commit of a ${what}`,
        { 'commit.gpgsign': 'true' },
        [{ do: what } as Work],
        true,
      ],
    ),
    ['no commit of a checkout', { 'commit.gpgsign': 'true' }, [{ do: 'checkout', branch: 'x' }], false],
  ])('is asked for %s', async (_what, config, works, signs) => {
    expect((await problems({ 'gpg.format': 'ssh', ...config }, works)).length > 0).toBe(signs);
  });

  test('a key of the tag counts for the tag alone', async () => {
    const works: Work[] = [{ ...tag, signingKey: 'key::abc' }];
    expect(await problems({ 'gpg.format': 'ssh' }, works)).toEqual([]);
    const unsigned: Work[] = [{ ...tag, sign: false, signingKey: 'key::abc' }, merge];
    expect(await problems({ 'gpg.format': 'ssh', 'commit.gpgsign': 'true' }, unsigned)).toHaveLength(1);
  });

  test('each remote that is missing is told once, before the key', async () => {
    const push = (remote: string): Work => ({ do: 'push', remote, refspecs: [], upstream: false, what: 'x' });
    const missing = (name: string): string =>
      `no-remote: There is no remote '${name}' to push to. Add it with 'git remote add ${name} <url>' first, or do not push.`;
    const works: Work[] = [push('hub'), { do: 'pushAllTags', remote: 'hub' }, push('there'), push('far'), tag];
    expect(await problems({ 'remote.there.url': 'x', 'gpg.format': 'ssh' }, works)).toEqual([
      missing('hub'),
      missing('far'),
      `signing: No key is set for signing ('user.signingkey'). ${help}`,
    ]);
    expect(await problems({}, [{ do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' }])).toEqual([]);
    const refused = await told(scene, { ...finish, push: true });
    expect(refused).toEqual([`! ${missing('origin')}`]);
  });
});

describe('what is asked ahead of a plan', () => {
  const withRemote: Scene = {
    ...scene,
    refs: {
      ...scene.refs,
      ...Object.fromEntries(
        Object.entries(scene.refs).map(([ref, id]) => [ref.replace('heads/', 'remotes/origin/'), id]),
      ),
    },
    config: { ...scene.config, 'remote.origin.url': 'x' },
  };

  /** The questions to the graph, in words. */
  function listen(in_: Scene): { context: ReturnType<typeof contextOf>; asked: string[] } {
    const context = contextOf(in_);
    const asked: string[] = [];
    for (const name of ['standing', 'subjects', 'count', 'contains', 'added'] as const) {
      const answer = context.graph[name].bind(context.graph) as (...args: unknown[]) => unknown;
      vi.spyOn(context.graph, name).mockImplementation(((...args: unknown[]) => {
        const words = args.map((each) =>
          each instanceof Set ? [...(each as Set<string>)].sort().join('+') : String(each),
        );
        asked.push(`${name} ${words.join(' ')}`);
        return answer(...args);
      }) as never);
    }
    return { context, asked };
  }

  function known({ graph, snapshot }: ReturnType<typeof contextOf>): Parameters<typeof askAhead>[0] {
    const { config, refs, branch } = snapshot;
    return { graph, config, refs, head: branch === undefined ? undefined : `refs/heads/${branch}` };
  }

  function ahead(in_: Scene, request: Request): string[] {
    const { context, asked } = listen(in_);
    askAhead(known(context), request);
    return asked;
  }

  test.each<[string, Request, string[]]>([
    ['a feature', finish, ['standing d d', 'standing b b', 'subjects refs/heads/develop', 'count b d 2']],
    [
      'a release',
      { action: 'finish', kind: 'release', name: '1.0' },
      ['standing r r', 'standing b b', 'standing a a', 'subjects refs/heads/main', 'contains a r'],
    ],
    [
      'a hotfix',
      { action: 'finish', kind: 'hotfix', name: '0.9.1' },
      ['standing h h', 'standing a a', 'subjects refs/heads/main', 'contains a h'],
    ],
  ])('is what finishing %s wants to know', async (_what, request, questions) => {
    expect(ahead(withRemote, request)).toEqual(questions);
    const { context, asked } = listen(withRemote);
    await makePlan(context, request);
    expect(asked).toEqual(expect.arrayContaining(questions));
  });

  test.each<[string, string, Request, string[]]>([
    ['a feature', 'feature/x', finish, ['added d b']],
    ['a release', 'release/1.0', { action: 'finish', kind: 'release', name: '1.0' }, ['added r a+b']],
    ['a hotfix', 'hotfix/0.9.1', { action: 'finish', kind: 'hotfix', name: '0.9.1' }, ['added h a+b']],
  ])(
    'is what finishing %s writes into the work tree, where it is checked out',
    async (_, branch, request, questions) => {
      const there: Scene = { ...withRemote, branch };
      expect(ahead(there, request)).toEqual(expect.arrayContaining(questions));
      const { context, asked } = listen(there);
      await makePlan(context, request);
      expect(asked.filter((each) => each.startsWith('added'))).toEqual(questions);
      expect(ahead({ ...withRemote, branch: 'develop' }, request).join()).not.toContain('added');
    },
  );

  test('is nothing where it cannot be known', () => {
    expect(ahead(withRemote, { action: 'finish', kind: 'feature' })).toEqual([]);
    expect(ahead(withRemote, { action: 'start', kind: 'feature', name: 'x' })).toEqual([]);
    expect(ahead(withRemote, { action: 'finish', kind: 'feature', name: 'gone' })).toEqual([
      'standing b b',
      'subjects refs/heads/develop',
    ]);
    expect(ahead(scene, finish)).toEqual(['subjects refs/heads/develop', 'count b d 2']);
  });

  test('goes by where the branch came from', () => {
    const based = (branch: string, base: string): Scene => ({
      ...withRemote,
      config: { ...withRemote.config, [`gitflow.branch.${branch}.base`]: base },
    });
    expect(ahead(based('release/1.0', 'main'), { action: 'finish', kind: 'release', name: '1.0' })).toEqual([
      'standing r r',
      'standing a a',
      'subjects refs/heads/main',
      'contains a r',
    ]);
    expect(ahead(based('feature/x', 'release/1.0'), finish)).toEqual([
      'standing d d',
      'standing r r',
      'subjects refs/heads/release/1.0',
      'count r d 2',
    ]);
    expect(ahead(based('feature/x', 'gone'), finish)).toEqual(['standing d d', 'subjects refs/heads/gone']);
  });

  test('fails in silence', async () => {
    const { context } = listen(withRemote);
    vi.spyOn(context.graph, 'subjects').mockRejectedValue(new Error('no'));
    askAhead(known(context), finish);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
