/** Taking an action back: what stands against it, the commands in their order, and what is left. Git is a list of answers. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newJournal } from '../../../../src/gitflow/execute/executor';
import { type Journal, JournalStore } from '../../../../src/gitflow/execute/journal';
import { stepsOf } from '../../../../src/gitflow/execute/steps';
import { putBack } from '../../../../src/gitflow/execute/undo';
import type { GitAnswer } from '../../../../src/gitflow/git/git';
import type { Kept } from '../../../../src/gitflow/model/kept';
import type { Observed, Work } from '../../../../src/gitflow/model/model';
import { answerTo, type Given } from './answers';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-back-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
let count = 0;

interface Scene {
  works?: Work[];
  answers?: Record<string, Given>;
  /** Files below the root. */
  files?: Record<string, string>;
  observed?: Partial<Observed>;
  journal?: Partial<Journal>;
  /** What `graph` does not have. */
  missing?: string[];
  homeless?: boolean;
  /** The index as it was when the action began. */
  index?: string;
}

const kept = (what: string): Kept => ({
  ref: what,
  name: what,
  action: 'i',
  kind: 'work',
  of: '',
  id: a,
  subject: '',
  restore: '',
});

/** Looks that change nothing. */
const looks =
  /^(status|ls-|for-each-ref|rev-parse|worktree|diff|hash-object|merge-tree|cat-file|stash list|config --list|config .*--list|keep|show)/;

async function undo({
  works = [],
  answers = {},
  files = {},
  observed = {},
  journal = {},
  missing = [],
  homeless = false,
  index,
}: Scene) {
  const root = join(folder, String(count++));
  const gitDir = join(root, '.git');
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('.git/HEAD', 'ref: refs/heads/x\n');
  put('.git/refs/heads/none', '');
  if (index !== undefined) put('.git/index', index);
  const asked: string[] = [];
  const answer = (args: readonly string[], input?: string): GitAnswer => {
    const text = args.join(' ');
    asked.push(input === undefined ? text : `${text} < ${input}`);
    return answerTo(answers, args, input);
  };
  const git = {
    environment: {},
    run: (args: string[], { input }: { input?: string } = {}) => Promise.resolve(answer(args, input)),
    read: (args: string[]) => Promise.resolve(answer(args).stdout),
    holds: (args: string[]) => Promise.resolve(answer(args).code === 0),
  };
  const graph = {
    present: (ids: string[]) => Promise.resolve(new Set(ids.filter((id) => !missing.includes(id)))),
    commit: (name: string) => Promise.resolve(name),
    contains: () => Promise.resolve(false),
  };
  const keeping = (what: string): Promise<Kept[]> => (asked.push(`keep ${what}`), Promise.resolve([kept(what)]));
  const keeper = {
    head: () => Promise.resolve([]),
    tips: (moving: { ref: string }[]) => keeping(`tips ${moving.map(({ ref }) => ref).join()}`),
    work: (untracked: string[] = []) => keeping(`work ${untracked.join()}`.trim()),
    stash: (name: string) => keeping(`stash ${name}`),
  };
  const places = { root, gitDir, commonDir: gitDir, bare: false };
  const plan = {
    version: 1,
    title: 'Finish x',
    request: { action: 'finish', kind: 'feature', name: 'x' },
    fetches: [],
    steps: stepsOf(works),
    warnings: [],
    summary: [],
    observed: { headRef: 'refs/heads/x', headCommit: undefined, refs: {}, config: [], ...observed },
  } as never;
  const store = new JournalStore(gitDir);
  const own: Journal = { ...newJournal(plan, places), status: 'failed', begun: false, ...journal };
  store.begin(own);
  for (const [path, text] of Object.entries(files)) put(path, text);
  const tools = { git, graph, places, store, keeper, homeless } as never;
  const result = await putBack(tools, own);
  return { result, asked, ran: asked.filter((each) => !looks.test(each)), store, own, root };
}

const heads = (refs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(refs).map(([name, id]) => [`.git/refs/heads/${name}`, `${id}\n`]));
const done = { left: [], kept: [expect.anything()] };

describe('refs', () => {
  test('go back in one transaction, each from where it was found, after HEAD', async () => {
    const refs = {
      'refs/heads/moved': a,
      'refs/heads/gone': b,
      'refs/heads/new': null,
      'refs/heads/same': c,
      'refs/remotes/o/x': a,
      'refs/heads/never': null,
    };
    const made = { 'refs/heads/moved': b, 'refs/heads/new': c };
    const { result, ran, asked, store } = await undo({
      observed: { refs },
      journal: { made },
      files: heads({ moved: b, new: c, same: c }),
    });
    expect(result).toEqual({ left: [], kept: [kept('tips refs/heads/moved,refs/heads/new')] });
    expect(ran).toEqual([
      'symbolic-ref HEAD refs/heads/x',
      `update-ref --stdin < update refs/heads/moved ${a} ${b}\ncreate refs/heads/gone ${b}\ndelete refs/heads/new ${c}\n`,
      'update-index --refresh',
    ]);
    expect(asked).toContain('keep tips refs/heads/moved,refs/heads/new');
    expect(store.read()).toBeUndefined();
  });

  test('that are where they were need nothing', async () => {
    const { ran } = await undo({ observed: { refs: { 'refs/heads/same': a } }, files: heads({ same: a }) });
    expect(ran).toEqual(['symbolic-ref HEAD refs/heads/x', 'update-index --refresh']);
  });

  test('that cannot be moved end it', async () => {
    await expect(undo({ observed: { refs: { 'refs/heads/gone': b } }, answers: { 'update-ref': 1 } })).rejects.toThrow(
      'git update-ref failed: fatal: no',
    );
  });

  test.each<[string, Scene, string[]]>([
    ['on a branch', { observed: { headRef: 'refs/heads/y', headCommit: a } }, ['symbolic-ref HEAD refs/heads/y']],
    ['detached', { observed: { headRef: undefined, headCommit: a } }, [`update-ref --no-deref HEAD ${a}`]],
    ['without a commit', { observed: { headRef: undefined } }, []],
  ])('have HEAD as it was: %s', async (_what, scene, commands) => {
    const { ran } = await undo({ ...scene, answers: { 'rev-parse': `${a}\n` } });
    expect(ran).toEqual([...commands, 'update-index --refresh']);
  });
});

describe('it is not undone', () => {
  test.each<[string, Scene, object[]]>([
    [
      'where branches and tags have moved since',
      {
        observed: { refs: { 'refs/heads/x': a, 'refs/tags/v1': a } },
        files: { ...heads({ x: b }), '.git/refs/tags/v1': b },
      },
      [
        {
          code: 'exists',
          message: "'x' has commits that were made since. Put them on another branch first, or discard the journal.",
        },
        {
          code: 'exists',
          message: "The tag 'v1' is not the one that the action made. Rename it first, or discard the journal.",
        },
      ],
    ],
    [
      'where commits are gone',
      { observed: { refs: { 'refs/heads/y': null, 'refs/heads/x': a } }, missing: [a] },
      [
        {
          code: 'no-branch',
          message: "The commits that 'x' had before are gone: git has collected them. Discard the journal.",
        },
      ],
    ],
    [
      'where the commit of HEAD is gone',
      { observed: { refs: { 'refs/heads/x': a }, headCommit: b }, missing: [b] },
      [
        {
          code: 'no-branch',
          message: "The commits that 'HEAD' had before are gone: git has collected them. Discard the journal.",
        },
      ],
    ],
    [
      'where another work tree has a branch',
      {
        observed: { refs: { 'refs/heads/y': a, 'refs/heads/z': a } },
        files: { ...heads({ z: a }), '.git/worktrees/w/HEAD': '' },
        answers: { worktree: 'worktree /there\nbranch refs/heads/y\n\nworktree /there\nbranch refs/heads/z\n' },
      },
      [
        {
          code: 'checked-out-elsewhere',
          message: "'y' is checked out at '/there'. Check out another branch there, then undo.",
        },
      ],
    ],
    [
      'where something is in progress',
      { files: { '.git/CHERRY_PICK_HEAD': a } },
      [{ code: 'in-progress', message: 'A cherry-pick is in progress. Finish or abort it, then undo.' }],
    ],
    [
      'where files are the user’s',
      { answers: { 'status --porcelain=v1': ' M f\0', 'hash-object': a }, files: { f: '1' } },
      [{ code: 'dirty', message: 'f has uncommitted changes. Commit or stash them, then try again.' }],
    ],
  ])('%s', async (_what, scene, refusals) => {
    const { result, ran, store, own } = await undo(scene);
    expect(result).toEqual({ refusals });
    expect(ran).toEqual([]);
    expect(store.read()).toMatchObject({ status: 'failed', owner: own.owner });
  });

  test('where files are in the way: then the action is as it was', async () => {
    const scene: Scene = {
      observed: { headCommit: a },
      answers: { 'rev-parse': `${b}\n`, 'read-tree': { code: 128, stderr: "error: Entry 'f' not uptodate." } },
    };
    const { result, ran, store } = await undo(scene);
    expect(result).toEqual({
      refusals: [
        {
          code: 'dirty',
          message: "Files are in the way: error: Entry 'f' not uptodate. Commit, stash or move them, then undo.",
        },
      ],
    });
    expect(ran).toEqual(['update-index -q --refresh', `read-tree -m -u HEAD ${a}`]);
    expect(store.read()).toMatchObject({ status: 'failed' });
  });

  test('of a work tree that is gone where this one has the branch', async () => {
    const observed = { refs: { 'refs/heads/x': a } };
    const { result, root } = await undo({ observed, homeless: true });
    expect(result).toEqual({
      refusals: [
        {
          code: 'checked-out-elsewhere',
          message: `'x' is checked out at '${root}'. Check out another branch there, then undo.`,
        },
      ],
    });
    const other = await undo({
      observed: { refs: { 'refs/heads/y': a } },
      homeless: true,
      answers: { 'status --porcelain=v1': ' M f\0' },
    });
    expect(other.result).toEqual(done);
    expect(other.ran).toEqual([`update-ref --stdin < create refs/heads/y ${a}\n`]);
  });
});

describe('the work tree', () => {
  const there = { observed: { headCommit: a }, answers: { 'rev-parse': `${b}\n` } };

  test('is moved to the commit before, and not where it is there', async () => {
    expect((await undo(there)).ran.slice(0, 3)).toEqual([
      'update-index -q --refresh',
      `read-tree -m -u HEAD ${a}`,
      'symbolic-ref HEAD refs/heads/x',
    ]);
    expect((await undo({ ...there, answers: { 'rev-parse': `${a}\n` } })).ran).toEqual([
      'symbolic-ref HEAD refs/heads/x',
      'update-index --refresh',
    ]);
    expect((await undo({ ...there, answers: { 'rev-parse': 1 } })).ran).toEqual([
      'symbolic-ref HEAD refs/heads/x',
      'update-index --refresh',
    ]);
  });

  test('is written over where something was dropped, with what is in the way kept', async () => {
    const merge: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'never' };
    const answers = { 'rev-parse': `${b}\n`, 'read-tree -m': 1, 'diff --cached --name-only': 'f\0gone\0' };
    const { result, ran } = await undo({
      works: [merge],
      observed: { headCommit: a },
      answers,
      files: { '.git/MERGE_HEAD': a, f: '1' },
    });
    expect(ran.slice(0, 4)).toEqual([
      'merge --abort',
      'update-index -q --refresh',
      `read-tree -m -u HEAD ${a}`,
      `read-tree --reset -u ${a}`,
    ]);
    expect('kept' in result && result.kept.map(({ ref }) => ref)).toContain('work f');
  });

  test('has its index as it was, unless something was staged since', async () => {
    const index = async (scene: Scene): Promise<string> => {
      const { root } = await undo({
        index: 'before',
        ...scene,
        files: { ...scene.files, '.git/index': 'since'.padEnd(30, '!') },
      });
      expect(existsSync(join(root, '.git/index.lock'))).toBe(false);
      return readFileSync(join(root, '.git/index'), 'utf8').slice(0, 6);
    };
    expect(await index({})).toBe('before');
    expect(await index({ answers: { 'diff --cached --quiet': 1 } })).toBe('since!');
    const own = Buffer.from('since'.padEnd(30, '!')).subarray(-20).toString('hex');
    expect(await index({ answers: { 'diff --cached --quiet': 1 }, journal: { index: own } })).toBe('before');
    expect(await index({ answers: { 'diff --cached --quiet': 1 }, journal: { index: 'other' } })).toBe('since!');
  });

  test('has files with other line ends taken for unchanged', async () => {
    const record = (path: string, id: string): string => `:100644 100644 ${id} ${'0'.repeat(40)} M\0${path}\0`;
    const answers = {
      'update-index --refresh': 1,
      'diff-files': record('same', a) + record('changed', b),
      'hash-object': `${a}\n${c}\n`,
    };
    const { ran } = await undo({ answers, files: { same: '1', changed: '2' } });
    expect(ran.slice(1)).toEqual([
      'update-index --refresh',
      `update-index -z --index-info < 100644 ${a} 0\tsame\0`,
      'update-index -q --refresh',
    ]);
    const all = await undo({
      answers: { ...answers, 'hash-object': `${c}\n${c}\n` },
      files: { same: '1', changed: '2' },
    });
    expect(all.ran.slice(1)).toEqual(['update-index --refresh']);
  });
});

describe('changes', () => {
  const works: Work[] = [{ do: 'stash' }, { do: 'checkout', branch: 'x' }];
  const own = 'stash@{1}\0i\0On x: Stashed by MLOps Flow\n';

  test('that were put away come back as they were staged', async () => {
    const { result, ran } = await undo({
      works,
      journal: { step: 1 },
      answers: { 'stash list': own },
      index: 'before',
      files: { '.git/index': 'since' },
    });
    expect(ran).toEqual([
      'symbolic-ref HEAD refs/heads/x',
      'stash pop -q --index stash@{1}',
      'update-index --refresh',
      'update-ref --stdin < delete refs/mlops-flow/before/stash\n',
    ]);
    expect('kept' in result && result.kept.at(-1)).toEqual(kept('stash stash@{1}'));
    await expect(undo({ works, journal: { step: 1 }, answers: { 'stash list': own, 'stash pop': 1 } })).rejects.toThrow(
      'git stash failed',
    );
  });

  test('that are back already are kept too, as they were', async () => {
    const popped = { works, journal: { step: 1, made: { 'refs/stash': c } } };
    const { result } = await undo(popped);
    expect('kept' in result && result.kept.at(-1)).toEqual(kept(`stash ${c}`));
    const collected = await undo({ ...popped, answers: { 'cat-file': 1 } });
    expect('kept' in collected.result && collected.result.kept).toHaveLength(1);
  });

  test('of others’ stashes are not taken', async () => {
    const { ran } = await undo({ works: [{ do: 'checkout', branch: 'x' }], answers: { 'stash list': own } });
    expect(ran.some((each) => each.startsWith('stash'))).toBe(false);
  });

  const bump: Work = { do: 'bump', branch: 'x', version: '2.0', files: ['VERSION', 'b/VERSION'], message: 'm' };
  const written = { 'diff --name-only': 'VERSION\0', show: '1.0\n', 'rev-parse': 1 };
  test.each<[string, Scene, string[], boolean]>([
    ['that the action wrote', { files: { VERSION: '2.0\n' } }, ['checkout -q HEAD -- VERSION'], false],
    ['that the user made more of', { files: { VERSION: '2.0\nmore\n' } }, ['checkout -q HEAD -- VERSION'], true],
    ['that the user removed', {}, ['checkout -q HEAD -- VERSION'], true],
    [
      'that were staged',
      { files: { VERSION: '2.0\n' }, answers: { 'diff --cached': 1 } },
      ['checkout -q HEAD -- VERSION'],
      true,
    ],
    ['that are none', { answers: { 'diff --name-only': '' } }, [], false],
    ['of a step that was not begun', { files: { VERSION: '2.0\n' }, journal: { begun: false } }, [], false],
  ])('of a version %s', async (_what, scene, commands, isKept) => {
    const { ran, asked } = await undo({
      works: [bump],
      ...scene,
      journal: { begun: true, ...scene.journal },
      answers: { ...scene.answers, ...written, ...scene.answers },
    });
    expect(ran.filter((each) => each.startsWith('checkout'))).toEqual(commands);
    expect(asked.includes('keep work')).toBe(isKept);
  });
});

describe('the configuration', () => {
  const works: Work[] = [
    { do: 'setConfig', key: 'gitflow.branch.x.base', value: 'v', scope: ['--local'] },
    { do: 'removeSection', section: 'branch.y' },
  ];
  const now = (...entries: [scope: string, key: string, value: string][]): string =>
    entries.map(([scope, key, value]) => `${scope}\0${key}\n${value}\0`).join('');
  const local = '--local';

  test.each<[string, [string, string][], string, string[]]>([
    [
      'a value that was set',
      [],
      now(['local', 'gitflow.branch.x.base', 'v']),
      [`config ${local} --unset-all gitflow.branch.x.base`],
    ],
    [
      'a value that was changed',
      [['gitflow.branch.x.base', 'u']],
      now(['local', 'gitflow.branch.x.base', 'v']),
      [`config ${local} gitflow.branch.x.base u`],
    ],
    ['a value that is as it was', [['gitflow.branch.x.base', 'v']], now(['local', 'gitflow.branch.x.base', 'v']), []],
    [
      'values that are gone',
      [
        ['branch.y.merge', 'a'],
        ['branch.y.merge', 'b'],
      ],
      '',
      [`config ${local} --add branch.y.merge a`, `config ${local} --add branch.y.merge b`],
    ],
    [
      'values of which one is gone',
      [
        ['branch.y.merge', 'a'],
        ['branch.y.merge', 'b'],
      ],
      now(['local', 'branch.y.merge', 'b']),
      [
        `config ${local} --unset-all branch.y.merge`,
        `config ${local} --add branch.y.merge a`,
        `config ${local} --add branch.y.merge b`,
      ],
    ],
    [
      'values in another order',
      [
        ['branch.y.merge', 'a'],
        ['branch.y.merge', 'b'],
      ],
      now(['local', 'branch.y.merge', 'b'], ['local', 'branch.y.merge', 'a']),
      [
        `config ${local} --unset-all branch.y.merge`,
        `config ${local} --add branch.y.merge a`,
        `config ${local} --add branch.y.merge b`,
      ],
    ],
    ['values of the user', [], now(['global', 'gitflow.branch.x.base', 'v']), []],
    ['values of other sections', [], now(['local', 'gitflow.branch.xx.base', 'v'], ['local', 'branch.yy.a', 'b']), []],
  ])('has %s', async (_what, config, text, commands) => {
    const { ran } = await undo({ works, observed: { config }, answers: { 'config --list': text } });
    expect(ran.filter((each) => each.startsWith('config'))).toEqual(commands);
  });

  test('of another file is as it was; one that the action made is gone', async () => {
    const scope = ['--file', 'shared'];
    const scene = (exists: boolean, text: string, listed: Given): Scene => ({
      works,
      observed: {
        elsewhere: {
          scope,
          exists,
          config: [
            ['k.a', ['old']],
            ['k.b', []],
          ],
        },
      },
      answers: {
        'config --file shared --list --show-scope': listed,
        'config --file shared --list --show-origin': 'file:shared\0k.a\nnew\0',
      },
      files: { shared: text },
    });
    const values = now(['command', 'k.a', 'new'], ['command', 'k.b', 'more']);
    const there = await undo(scene(true, '', values));
    expect(there.ran.filter((each) => each.startsWith('config'))).toEqual([
      'config --file shared k.a old',
      'config --file shared --unset-all k.b',
    ]);
    expect(existsSync(join(there.root, 'shared'))).toBe(true);
    expect(existsSync(join((await undo(scene(false, ' \n', values))).root, 'shared'))).toBe(false);
    expect(existsSync(join((await undo(scene(false, '[other]\n', values))).root, 'shared'))).toBe(true);
    const gone = await undo(scene(false, '', 1));
    expect(gone.ran.filter((each) => each.startsWith('config'))).toEqual([]);
  });
});

describe('what was pushed stays, and is told', () => {
  const push: Work = {
    do: 'push',
    remote: 'o',
    refspecs: ['refs/heads/x:refs/heads/x', 'refs/tags/v'],
    upstream: false,
    what: 'x, v',
  };
  const end: Work = { do: 'deleteRemoteBranch', remote: 'o', branch: 'y' };
  const left = async (scene: Scene): Promise<string[]> => {
    const { result } = await undo(scene);
    return 'left' in result ? result.left : ['refused'];
  };
  const made = { 'refs/heads/x': a };

  test.each<[string, Scene, string[]]>([
    ['steps that were done', { works: [push, end, push], journal: { step: 2 } }, ['Push x, v to o', 'Delete y from o']],
    ['steps that change nothing there', { works: [{ do: 'checkout', branch: 'x' }], journal: { step: 1 } }, []],
    [
      'a push that was begun and has come there',
      { works: [push], journal: { begun: true, made }, files: { '.git/refs/remotes/o/x': a } },
      ['Push x, v to o'],
    ],
    [
      'not one that has not',
      { works: [push], journal: { begun: true, made }, files: { '.git/refs/remotes/o/x': b } },
      [],
    ],
    [
      'not one of nothing that was made',
      { works: [push], journal: { begun: true }, files: { '.git/refs/remotes/o/x': a } },
      [],
    ],
    ['not one that was not begun', { works: [push], journal: { made }, files: { '.git/refs/remotes/o/x': a } }, []],
    ['a branch there that is gone', { works: [end], journal: { begun: true } }, ['Delete y from o']],
    ['not one that is there', { works: [end], journal: { begun: true }, files: { '.git/refs/remotes/o/y': a } }, []],
    ['not the end of one that was not begun', { works: [end] }, []],
    [
      'nothing after the step that stopped',
      { works: [{ do: 'checkout', branch: 'x' }, push], journal: { begun: true } },
      [],
    ],
  ])('%s', async (_what, scene, titles) => {
    expect(await left(scene)).toEqual(titles);
  });
});
