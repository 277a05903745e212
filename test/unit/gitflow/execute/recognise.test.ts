/** What is recognised as done, by the ids that are there; and what a finished action has to stand on to be undone. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { advanced, checkFinished, commitsBetween, tagsPushed } from '../../../../src/gitflow/execute/finished';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { expectedOf, foreignRefs, isPutBack, lastKnown } from '../../../../src/gitflow/execute/ownership';
import { currentBranch, evidenceOf, isDone } from '../../../../src/gitflow/execute/recognise';
import { heldBy, keepSafe, keepStash, releaseSafe } from '../../../../src/gitflow/execute/safety';
import { findStash } from '../../../../src/gitflow/execute/stash';
import { stepsOf } from '../../../../src/gitflow/execute/steps';
import type { GitAnswer } from '../../../../src/gitflow/git/git';
import type { Work } from '../../../../src/gitflow/model/model';
import { answerTo } from './answers';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-recognise-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(40)) as [string, string, string, string];

let count = 0;

interface Scene {
  /** Ids by ref, in files as git has them. */
  refs?: Record<string, string>;
  /** The commits of names, where they are not their own. */
  commits?: Record<string, string>;
  /** Pairs of which the first contains the second. */
  contains?: [string, string][];
  present?: string[];
  answers?: Record<string, Partial<GitAnswer>>;
  /** Reflogs by ref: their last line. */
  moves?: Record<string, string>;
}

function look({ refs = {}, commits = {}, contains = [], present = [a, b, c, d], answers = {}, moves = {} }: Scene) {
  const gitDir = join(folder, String(count++));
  mkdirSync(gitDir);
  const put = (path: string, text: string): void => {
    mkdirSync(join(gitDir, path, '..'), { recursive: true });
    writeFileSync(join(gitDir, path), text);
  };
  for (const [ref, id] of Object.entries(refs)) put(ref, `${id}\n`);
  for (const [ref, line] of Object.entries(moves)) put(join('logs', ref), `${line}\n`);
  const asked: string[] = [];
  const answer = (args: readonly string[], input?: string): GitAnswer => {
    const text = args.join(' ');
    asked.push(input === undefined ? text : `${text} < ${input.trimEnd()}`);
    return answerTo(answers, args, input);
  };
  const git = {
    run: (args: string[], { input }: { input?: string } = {}) => Promise.resolve(answer(args, input)),
    read: (args: string[]) => Promise.resolve(answer(args).stdout),
  };
  const graph = {
    commit: (name: string) => Promise.resolve(commits[name] ?? refs[name]),
    contains: (one: string, other: string) =>
      Promise.resolve(one === other || contains.some(([holder, held]) => holder === one && held === other)),
    present: (ids: string[]) => Promise.resolve(new Set(ids.filter((id) => present.includes(id)))),
  };
  const places = { root: gitDir, gitDir, commonDir: gitDir, bare: false };
  return { look: { git, graph, places } as never, git: git as never, asked };
}

interface Told extends Partial<Omit<Journal, 'plan' | 'before'>> {
  works?: Work[];
  request?: object;
  before?: Record<string, string | null>;
  tag?: string;
}

function journalOf({ works = [], before = {}, request = { action: 'finish' }, ...more }: Told): Journal {
  return {
    id: 'action',
    step: 0,
    begun: true,
    made: {},
    status: 'running',
    ...more,
    plan: { title: 'Finish x', request, steps: stepsOf(works) },
    before: { refs: before, config: [] },
  } as unknown as Journal;
}

/** Is the work done, as the first step of an action? */
async function done(work: Work, scene: Scene, told: Told = {}): Promise<boolean> {
  const journal = journalOf({ works: [work], ...told });
  const [step] = journal.plan.steps;
  return step === undefined ? false : isDone(look(scene).look, journal, step);
}

const heads = (refs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(refs).map(([name, id]) => [`refs/heads/${name}`, id]));
const own = (step: number): string => `${a} ${b} T <t> 1 +0000\tmlops-flow action.${step}: commit`;
const users = `${a} ${b} T <t> 1 +0000\tcommit: mine`;

describe('done is', () => {
  const merge: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'never' };
  const rebase: Work = { do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' };
  const squash: Work = { do: 'squash', into: 'x', source: 's' };
  const tag: Work = { do: 'tag', tag: 't', on: 'x', sign: false };
  const create = (checkout: boolean): Work => ({ do: 'createBranch', branch: 'x', start: 's', checkout, track: false });
  const head = (branch: string): Scene['answers'] => ({ symbolic: { stdout: `refs/heads/${branch}\n` } });
  const list = (text: string): Scene['answers'] => ({ config: { stdout: text } });
  const stashes = (text: string): Scene['answers'] => ({ 'stash list': { stdout: text } });
  const revert: Work = {
    do: 'revert',
    branch: 'x',
    commits: [
      { id: 'one', merge: false },
      { id: 'two', merge: false },
    ],
  };

  test.each<[string, Work, Scene, Told, boolean]>([
    [
      'a merge whose source is in it',
      merge,
      { refs: heads({ x: a }), commits: { s: b }, contains: [[a, b]] },
      {},
      true,
    ],
    ['not one whose source is not', merge, { refs: heads({ x: a }), commits: { s: b } }, {}, false],
    ['not one into nothing', merge, { commits: { s: b } }, {}, false],
    ['not one of nothing', merge, { refs: heads({ x: a }) }, {}, false],
    ['a rebase that has its base', rebase, { refs: heads({ x: a, o: b }), contains: [[a, b]] }, {}, true],
    ['not one that has it not', rebase, { refs: heads({ x: a, o: b }) }, {}, false],
    ['not one of what is gone', rebase, { refs: heads({ o: b }) }, {}, false],
    ['not one onto what is gone', rebase, { refs: heads({ x: a }) }, {}, false],
    [
      'a squash that git wrote down as the step',
      squash,
      { refs: heads({ x: b }), moves: { 'refs/heads/x': own(0) } },
      { before: heads({ x: a }) },
      true,
    ],
    [
      'not one that the user made',
      squash,
      { refs: heads({ x: b }), moves: { 'refs/heads/x': users } },
      { before: heads({ x: a }) },
      false,
    ],
    [
      'not one that another step made',
      squash,
      { refs: heads({ x: b }), moves: { 'refs/heads/x': own(1) } },
      { before: heads({ x: a }) },
      false,
    ],
    ['not one of which nothing is written', squash, { refs: heads({ x: b }) }, { before: heads({ x: a }) }, false],
    [
      'not one that moved nothing',
      squash,
      { refs: heads({ x: a }), moves: { 'refs/heads/x': own(0) } },
      { before: heads({ x: a }) },
      false,
    ],
    [
      'not one of a branch that is gone',
      squash,
      { moves: { 'refs/heads/x': own(0) } },
      { before: heads({ x: a }) },
      false,
    ],
    [
      'not one of a branch that was not there',
      squash,
      { refs: heads({ x: b }), moves: { 'refs/heads/x': own(0) } },
      {},
      false,
    ],
    [
      'a squash before the step that stopped',
      squash,
      { refs: heads({ x: b }), contains: [[b, a]] },
      { step: 1, before: heads({ x: a }) },
      true,
    ],
    [
      'not one whose branch was set elsewhere since',
      squash,
      { refs: heads({ x: b }) },
      { step: 1, before: heads({ x: a }) },
      false,
    ],
    [
      'a squash that was committed after a conflict',
      squash,
      { refs: heads({ x: b }) },
      { status: 'conflict', before: heads({ x: a }) },
      true,
    ],
    [
      'a squash that was committed after a failure',
      squash,
      { refs: heads({ x: b }) },
      { status: 'failed', before: heads({ x: a }) },
      true,
    ],
    [
      'not one that stands where the action left it',
      squash,
      { refs: heads({ x: b }) },
      { status: 'failed', made: heads({ x: b }), before: heads({ x: a }) },
      false,
    ],
    ['a tag that was noted', tag, { refs: { 'refs/tags/t': a } }, { made: { 'refs/tags/t': a } }, true],
    [
      'a tag on what it has to be on',
      tag,
      { refs: { 'refs/tags/t': a, ...heads({ x: b }) }, commits: { 'refs/tags/t': b } },
      {},
      true,
    ],
    [
      'not a tag on something else',
      tag,
      { refs: { 'refs/tags/t': a, ...heads({ x: b }) }, commits: { 'refs/tags/t': c } },
      {},
      false,
    ],
    ['not a tag that is not there', tag, { refs: heads({ x: b }) }, { made: { 'refs/tags/t': a } }, false],
    ['a branch that was noted', create(false), { refs: heads({ x: a }) }, { made: heads({ x: a }) }, true],
    ['a branch where it has to start', create(false), { refs: heads({ x: a }), commits: { s: a } }, {}, true],
    ['not a branch elsewhere', create(false), { refs: heads({ x: a }), commits: { s: b } }, {}, false],
    ['not a branch of which nothing is there', create(false), {}, {}, false],
    ['not a branch that is not there', create(false), { commits: { s: a } }, {}, false],
    [
      'a branch that is checked out too',
      create(true),
      { refs: heads({ x: a }), commits: { s: a }, answers: head('x') },
      {},
      true,
    ],
    [
      'not one that is not checked out',
      create(true),
      { refs: heads({ x: a }), commits: { s: a }, answers: head('y') },
      {},
      false,
    ],
    [
      'a branch of a remote that is checked out',
      { do: 'createFromFetch', branch: 'x', remote: 'r' },
      { answers: head('x') },
      {},
      true,
    ],
    ['not one that is not', { do: 'createFromFetch', branch: 'x', remote: 'r' }, { answers: head('y') }, {}, false],
    [
      'a first commit that is there',
      { do: 'firstCommit', branch: 'x', message: 'm' },
      { refs: heads({ x: a }) },
      {},
      true,
    ],
    ['not one that is not', { do: 'firstCommit', branch: 'x', message: 'm' }, {}, {}, false],
    ['a branch that is gone', { do: 'deleteBranch', branch: 'x', force: true }, {}, {}, true],
    ['not one that is there', { do: 'deleteBranch', branch: 'x', force: true }, { refs: heads({ x: a }) }, {}, false],
    ['a new name', { do: 'renameBranch', branch: 'x', to: 'y' }, { refs: heads({ y: a }) }, {}, true],
    [
      'not one beside the old one',
      { do: 'renameBranch', branch: 'x', to: 'y' },
      { refs: heads({ x: a, y: a }) },
      {},
      false,
    ],
    ['not one that is not there', { do: 'renameBranch', branch: 'x', to: 'y' }, {}, {}, false],
    [
      'a key with its value',
      { do: 'setConfig', key: 'k.a', value: 'v', scope: [] },
      { answers: list('local\0k.a\nv\0') },
      {},
      true,
    ],
    [
      'not one with another',
      { do: 'setConfig', key: 'k.a', value: 'v', scope: [] },
      { answers: list('local\0k.a\nw\0local\0k.b\nv\0') },
      {},
      false,
    ],
    ['a section that is gone', { do: 'removeSection', section: 'k' }, { answers: list('local\0kk.a\nv\0') }, {}, true],
    ['not one that is there', { do: 'removeSection', section: 'k' }, { answers: list('local\0k.a\nv\0') }, {}, false],
    [
      'a section that has another name',
      { do: 'renameSection', section: 'k', to: 'l' },
      { answers: list('local\0l.a\nv\0') },
      {},
      true,
    ],
    [
      'not one that has its own',
      { do: 'renameSection', section: 'k', to: 'l' },
      { answers: list('local\0k.a\nv\0') },
      {},
      false,
    ],
    [
      'a stash that is on the list',
      { do: 'stash' },
      { answers: stashes('stash@{0}\0i\0On x: Stashed by MLOps Flow\n') },
      {},
      true,
    ],
    ['not one of the user', { do: 'stash' }, { answers: stashes('stash@{0}\0i\0On x: mine\n') }, {}, false],
    ['changes that are back', { do: 'unstash' }, { answers: stashes('') }, {}, true],
    [
      'not those that are on the list',
      { do: 'unstash' },
      { answers: stashes('stash@{0}\0i\0On x: Stashed by MLOps Flow\n') },
      {},
      false,
    ],
    [
      'a version that all files have',
      { do: 'bump', branch: 'x', version: '2', files: ['VERSION'], message: 'm' },
      { answers: { 'show refs/heads/x:VERSION': { stdout: '2\n' } } },
      {},
      true,
    ],
    [
      'not one that a file has not',
      { do: 'bump', branch: 'x', version: '2', files: ['VERSION', 'version.txt'], message: 'm' },
      { answers: { 'show refs/heads/x:VERSION': { stdout: '2\n' }, show: { stdout: '1\n' } } },
      {},
      false,
    ],
    [
      'not one of a file that is gone',
      { do: 'bump', branch: 'x', version: '2', files: ['VERSION'], message: 'm' },
      { answers: { show: { code: 128, stdout: '2\n' } } },
      {},
      false,
    ],
    [
      'reverts of all commits',
      revert,
      {
        answers: {
          [`log --format=%B ${a}..refs/heads/x --`]: { stdout: 'This reverts commit two.\nThis reverts commit one.\n' },
        },
      },
      { before: heads({ x: a }) },
      true,
    ],
    [
      'not of one alone',
      revert,
      { answers: { log: { stdout: 'This reverts commit one.\n' } } },
      { before: heads({ x: a }) },
      false,
    ],
    [
      'not of a branch that was not there',
      revert,
      { answers: { log: { stdout: 'This reverts commit two.\nThis reverts commit one.\n' } } },
      {},
      false,
    ],
    ...(
      [
        { do: 'checkout', branch: 'x' },
        { do: 'hook', file: 'h', args: [], mayFail: true },
        { do: 'pull', branch: 'x', remote: 'r' },
        { do: 'push', remote: 'r', refspecs: [], upstream: false, what: 'x' },
        { do: 'pushAllTags', remote: 'r' },
        { do: 'deleteRemoteBranch', remote: 'r', branch: 'x' },
      ] as Work[]
    ).map((work): [string, Work, Scene, Told, boolean] => [
      `never a ${work.do}`,
      work,
      { answers: head('x') },
      {},
      false,
    ]),
  ])('%s', async (_what, work, scene, told, is) => {
    expect(await done(work, scene, told)).toBe(is);
  });

  test('told to the plan that goes on: squashes and tags up to the step that stopped', async () => {
    const works: Work[] = [squash, tag, { ...squash, into: 'y' }, { ...tag, tag: 'u' }];
    const scene: Scene = {
      refs: { ...heads({ x: b, y: b }), 'refs/tags/t': c, 'refs/tags/u': c },
      contains: [[b, a]],
      moves: { 'refs/heads/y': own(2) },
    };
    const told = { works, before: heads({ x: a, y: a }), made: { 'refs/tags/t': c, 'refs/tags/u': c } };
    const at = async (step: number): Promise<string[][]> => {
      const { squashed, tags } = await evidenceOf(look(scene).look, journalOf({ ...told, step }));
      return [[...squashed], [...tags]];
    };
    expect(await at(1)).toEqual([['x'], ['t']]);
    expect(await at(2)).toEqual([['x', 'y'], ['t']]);
    expect(await at(3)).toEqual([
      ['x', 'y'],
      ['t', 'u'],
    ]);
  });

  test('the branch that is checked out, without its folder', async () => {
    expect(await currentBranch(look({ answers: { symbolic: { stdout: 'refs/heads/a/b\n' } } }).git)).toBe('a/b');
    expect(
      await currentBranch(look({ answers: { symbolic: { code: 1, stdout: 'refs/heads/a' } } }).git),
    ).toBeUndefined();
  });
});

describe('a ref is foreign', () => {
  const merge: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'never' };
  const before = heads({ x: a });
  const now = heads({ x: b });
  const foreign = async (told: Told, scene: Scene = {}, ids: Record<string, string | null> = now): Promise<boolean> =>
    (await foreignRefs(look(scene).look, journalOf({ works: [merge], before, ...told }), ids)).length > 0;

  test.each<[string, Told, Scene, Record<string, string | null> | undefined, boolean]>([
    ['not where it was', {}, {}, heads({ x: a }), false],
    ['not where the action put it', { made: heads({ x: b }), begun: false }, {}, undefined, false],
    ['not where it is gone', {}, {}, {}, false],
    ['where no step was begun', { begun: false }, {}, undefined, true],
    ['after the last step', { step: 1 }, {}, undefined, true],
    ['where the step touches another', { before: heads({ y: a }) }, {}, heads({ y: b }), true],
    ['not where the step moved it', {}, { moves: { 'refs/heads/x': own(0) } }, undefined, false],
    ['where the user moved it', {}, { moves: { 'refs/heads/x': users } }, undefined, true],
    ['not where nobody wrote it down', {}, {}, undefined, false],
    ['where a conflict did not wait', { status: 'conflict' }, {}, undefined, true],
    [
      'not where a conflict waited and is one move away',
      { status: 'conflict', waits: true },
      { moves: { 'refs/heads/x': users } },
      undefined,
      false,
    ],
    [
      'where it is more moves away',
      { status: 'conflict', waits: true },
      { moves: { 'refs/heads/x': `${c} ${b} T <t> 1 +0000\tcommit` } },
      undefined,
      true,
    ],
    [
      'where it has moved on since',
      { status: 'failed', waits: true },
      { moves: { 'refs/heads/x': `${a} ${c} T <t> 1 +0000\tcommit` } },
      undefined,
      true,
    ],
    ['not where it waited and nobody wrote it down', { status: 'failed', waits: true }, {}, undefined, false],
    ['not while a hook ran', { works: [{ do: 'hook', file: 'h', args: [], mayFail: false }] }, {}, undefined, false],
    [
      'after a hook that failed',
      { works: [{ do: 'hook', file: 'h', args: [], mayFail: false }], status: 'failed' },
      {},
      undefined,
      true,
    ],
    ['not of a remote', { before: { 'refs/remotes/o/x': a }, begun: false }, {}, { 'refs/remotes/o/x': b }, false],
    ['of a tag', { before: { 'refs/tags/t': a }, begun: false }, {}, { 'refs/tags/t': b }, true],
    ['of a tag that was not there', { before: { 'refs/tags/t': null }, begun: false }, {}, { 'refs/tags/t': b }, true],
  ])('%s', async (_what, told, scene, ids, is) => {
    expect(await foreign(told, scene, ids ?? now)).toBe(is);
  });

  test('not where it can only be the work of the step, whatever git wrote down', async () => {
    const create: Work = { do: 'createBranch', branch: 'x', start: 'refs/heads/s', checkout: false, track: false };
    const moves = { 'refs/heads/x': users };
    const told = { works: [create], before: { 'refs/heads/x': null } };
    expect(await foreign(told, { moves, commits: { 'refs/heads/s': b } })).toBe(false);
    expect(await foreign(told, { moves, commits: { 'refs/heads/s': c } })).toBe(true);
    expect(await foreign({ ...told, made: heads({ s: b }) }, { moves, commits: { 'refs/heads/s': c } })).toBe(false);
    const rename: Work = { do: 'renameBranch', branch: 'y', to: 'x' };
    const renamed = { works: [rename], before: { 'refs/heads/x': null, ...heads({ y: b }) } };
    expect(await foreign(renamed, { moves })).toBe(false);
    expect(await foreign({ ...renamed, made: heads({ y: c }) }, { moves })).toBe(true);
  });

  test('known by what was noted before what was', async () => {
    expect(lastKnown(journalOf({ made: { r: 'new' }, before: { r: 'old' } }), 'r')).toBe('new');
    expect(lastKnown(journalOf({ made: { r: null }, before: { r: 'old' } }), 'r')).toBeNull();
    expect(lastKnown(journalOf({ before: { r: 'old' } }), 'r')).toBe('old');
    expect(lastKnown(journalOf({}), 'r')).toBeUndefined();
    expect(['refs/heads/a', 'refs/tags/a', 'refs/remotes/o/a', 'refs/stash'].map(isPutBack)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const [step] = stepsOf([merge]);
    expect(step && (await expectedOf(look({}).look, journalOf({}), step))).toEqual({});
  });
});

describe('a finished action', () => {
  const refs = { before: heads({ x: a, s: c }), made: heads({ x: b }) };
  const check = (told: Told, scene: Scene) => checkFinished(look(scene).look, journalOf({ ...refs, ...told }));

  test('may be undone where all is as it left it', async () => {
    expect(await check({}, { refs: heads({ x: b, s: c }) })).toEqual({ refusals: [], canRevert: false });
    // What it only relied on may be anywhere.
    expect(await check({}, { refs: heads({ x: b, s: d }) })).toEqual({ refusals: [], canRevert: false });
  });

  test('not where a ref has moved since', async () => {
    expect(await check({}, { refs: heads({ x: c }) })).toEqual({
      refusals: [{ code: 'built-on', message: "'x' has moved since 'Finish x'." }],
      canRevert: true,
    });
    const tag = { before: { 'refs/tags/v1': null }, made: { 'refs/tags/v1': a } };
    expect((await check(tag, {})).refusals.map(({ message }) => message)).toEqual(["'v1' has moved since 'Finish x'."]);
    expect(await check({ before: heads({ x: a }), made: { 'refs/heads/x': null } }, {})).toMatchObject({
      refusals: [],
    });
  });

  test('not where it was pushed: by itself, or as remote branches show', async () => {
    const works: Work[] = [
      { do: 'push', remote: 'o', refspecs: [], upstream: false, what: 'x' },
      { do: 'pushAllTags', remote: 'o' },
      { do: 'deleteRemoteBranch', remote: 'o', branch: 'y' },
    ];
    const message = (where: string): string =>
      `It was pushed (${where}), so others may have it: it is taken back by commits that revert it.`;
    expect(await check({ works }, { refs: heads({ x: b, s: c }) })).toEqual({
      refusals: [{ code: 'pushed', message: message('Push x to o; Push all tags to o') }],
      canRevert: true,
    });
    const answers = { 'for-each-ref': { stdout: 'refs/remotes/o/x\nrefs/heads/x\n' } };
    expect((await check({}, { refs: heads({ x: b, s: c }), answers })).refusals).toEqual([
      { code: 'pushed', message: message('o/x') },
    ]);
  });

  test.each([
    ['refs/heads/y\n', "'y' was built on it."],
    ['refs/heads/y\nrefs/heads/z\nrefs/heads/x\n', "'y', 'z' were built on it."],
  ])('not where branches have it: %j', async (stdout, message) => {
    const scene = { refs: heads({ x: b, s: c }), answers: { 'for-each-ref': { stdout } } };
    expect((await check({}, scene)).refusals).toEqual([{ code: 'built-on', message }]);
  });

  test('asks only for what it made, is a branch and is still there', async () => {
    const made = { ...heads({ x: b, y: c, z: a }), 'refs/tags/t': d, 'refs/heads/gone': null };
    const ask = async (present: string[]): Promise<string[]> => {
      const scene = look({ refs: heads({ x: b, y: c, z: a }), present });
      await checkFinished(scene.look, journalOf({ made, before: heads({ x: a }) }));
      return scene.asked;
    };
    const format = '--format=%(refname) refs/heads refs/remotes';
    expect(await ask([b, c])).toEqual([`for-each-ref --contains=${b} --contains=${c} ${format}`]);
    expect(await ask([c])).toEqual([`for-each-ref --contains=${c} ${format}`]);
    expect(await ask([])).toEqual([]);
  });

  test('has moved branches forward', () => {
    const made = { ...heads({ x: b, same: a, made: c }), 'refs/heads/gone': null, 'refs/tags/t': b };
    const before = { ...heads({ x: a, same: a, gone: a }), 'refs/heads/made': null, 'refs/tags/t': a };
    expect(advanced(journalOf({ made, before }))).toEqual([{ branch: 'x', from: a, to: b }]);
  });

  test('has commits to revert along the first parents', async () => {
    const { git, asked } = look({ answers: { 'rev-list': { stdout: `${c} ${b} ${d}\n${b} ${a}\n` } } });
    expect(await commitsBetween(git, a, c)).toEqual([
      { id: c, merge: true },
      { id: b, merge: false },
    ]);
    expect(asked).toEqual([`rev-list --first-parent --parents ${a}..${c}`]);
  });

  test('has tags that a remote may have, and is told of one that cannot be asked', async () => {
    const journal = journalOf({
      made: { 'refs/tags/v1': a, 'refs/tags/v2': b, 'refs/tags/old': c, 'refs/tags/gone': null, 'refs/heads/x': d },
      before: { 'refs/tags/old': c },
    });
    const scene = look({
      answers: {
        remote: { stdout: 'one\ntwo\n' },
        'ls-remote --tags -- one': { stdout: `${a}\trefs/tags/v1\n${c}\trefs/tags/v2\n` },
        'ls-remote --tags -- two': { code: 128 },
      },
    });
    expect(await tagsPushed(scene.git, journal, undefined)).toEqual({
      refusals: [
        {
          code: 'pushed',
          message:
            "The tag 'v1' was pushed to one, so others may have it: the action is taken back by commits that revert it.",
        },
      ],
      notes: [
        "two could not be asked whether it has the tag 'v1'.",
        "two could not be asked whether it has the tag 'v2'.",
      ],
    });
    expect(scene.asked).toEqual([
      'remote',
      'ls-remote --tags -- one refs/tags/v1 refs/tags/v2',
      'ls-remote --tags -- two refs/tags/v1 refs/tags/v2',
    ]);
    const none = look({ answers: { remote: { stdout: 'one\n' } } });
    expect(await tagsPushed(none.git, journalOf({ made: heads({ x: a }) }), new AbortController().signal)).toEqual({
      refusals: [],
      notes: [],
    });
    expect(none.asked).toEqual([]);
  });
});

describe('what an action could orphan', () => {
  const before = { ...heads({ x: a, y: b }), 'refs/heads/new': null, 'refs/tags/t': c };
  const risky: Work[] = [
    { do: 'squash', into: 'x', source: 'y' },
    { do: 'rebase', branch: 'x', onto: 'y', mode: 'plain' },
    { do: 'deleteBranch', branch: 'x', force: true },
  ];
  const held = [
    { ref: 'refs/heads/x', held: 'refs/mlops-flow/before/heads/x', now: a },
    { ref: 'refs/heads/y', held: 'refs/mlops-flow/before/heads/y', now: b },
  ];
  const all = held.map((each) => `update ${each.held} ${each.now}`).join('\n');

  test.each(risky.map((work) => [work]))('is held as it was: by %j', async (work) => {
    const journal = journalOf({ works: [{ do: 'checkout', branch: 'x' }, work], before });
    expect(heldBy(journal)).toEqual(held);
    const { git, asked } = look({});
    await keepSafe(git, journal);
    expect(asked).toEqual([`update-ref --stdin < ${all}`]);
    await releaseSafe(git, journal);
    expect(asked[1]).toBe(`update-ref --stdin < ${held.map((each) => `delete ${each.held}`).join('\n')}`);
  });

  test.each<[string, Told]>([
    ['a merge', { works: [{ do: 'merge', into: 'x', source: 'y', fastForward: 'never' }] }],
    ['the end of a branch that is merged', { works: [{ do: 'deleteBranch', branch: 'x', force: false }] }],
    ['an update, which git itself takes back', { works: risky, request: { action: 'update' } }],
  ])('is nothing by %s', async (_what, told) => {
    const journal = journalOf({ ...told, before });
    const { git, asked } = look({});
    await keepSafe(git, journal);
    await releaseSafe(git, journal);
    expect([heldBy(journal), asked]).toEqual([[], []]);
  });

  test('is held one by one where a part of it is gone', async () => {
    const { git, asked } = look({ answers: { 'update-ref --stdin': { code: 128 } } });
    await keepSafe(git, journalOf({ works: risky, before }));
    expect(asked).toEqual([
      `update-ref --stdin < ${all}`,
      `update-ref refs/mlops-flow/before/heads/x ${a}`,
      `update-ref refs/mlops-flow/before/heads/y ${b}`,
    ]);
  });

  test('is a stash too, and its end is no matter of course', async () => {
    const { git, asked } = look({ answers: { 'update-ref --stdin': { code: 1, stderr: 'fatal: no' } } });
    await keepStash(git, 'stash@{1}');
    expect(asked).toEqual(['update-ref refs/mlops-flow/before/stash stash@{1}']);
    await expect(releaseSafe(git, journalOf({ works: [{ do: 'stash' }], before }))).rejects.toThrow(
      'git update-ref failed: fatal: no',
    );
    expect(asked[1]).toBe('update-ref --stdin < delete refs/mlops-flow/before/stash');
  });

  test('is found on the list by its id, else by its words', async () => {
    const stdout = [
      'stash@{0}\0one\0On x: mine, not Stashed by MLOps Flow but so',
      'stash@{1}\0two\0On x: Stashed by MLOps Flow',
      'stash@{2}\0three\0On x: Stashed by MLOps Flow',
      '',
    ].join('\n');
    const find = (made: Record<string, string | null>) =>
      findStash(look({ answers: { 'stash list': { stdout } } }).git, { made });
    expect(await find({})).toBe('stash@{1}');
    expect(await find({ 'refs/stash': null })).toBe('stash@{1}');
    expect(await find({ 'refs/stash': 'three' })).toBe('stash@{2}');
    expect(await find({ 'refs/stash': 'one' })).toBe('stash@{0}');
    expect(await find({ 'refs/stash': 'gone' })).toBeUndefined();
  });
});
