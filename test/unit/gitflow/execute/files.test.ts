/** What is read and written as files beside git: refs, HEAD, the index, reflogs, the journal, locks and hooks. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { newJournal } from '../../../../src/gitflow/execute/executor';
import { Hooks } from '../../../../src/gitflow/execute/hooks';
import { lastMove, movedBy, readHead, readIds, readIndexId } from '../../../../src/gitflow/execute/identity';
import { homeOf, isAlive, type Journal, JournalStore, newId, viewOf } from '../../../../src/gitflow/execute/journal';
import { clearLocks } from '../../../../src/gitflow/execute/locks';
import { isGone, type Owner, thisProcess } from '../../../../src/gitflow/execute/owner';
import type { Places } from '../../../../src/gitflow/git/places';
import type { Plan } from '../../../../src/gitflow/model/model';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

let root: string;
let places: Places;
let count = 0;
beforeEach(() => {
  root = join(folder, String(count++));
  const gitDir = join(root, '.git');
  mkdirSync(join(gitDir, 'refs/heads'), { recursive: true });
  places = { root, gitDir, commonDir: gitDir, bare: false };
});

function put(path: string, text: string | Buffer): string {
  const file = join(places.gitDir, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
const noGit = { read: () => Promise.reject(new Error('No process is needed.')) } as never;

describe('a ref', () => {
  const idOf = async (ref: string): Promise<string | null | undefined> => (await readIds(noGit, places, [ref]))[ref];

  test('is read from its file, else from the packed ones', async () => {
    put('refs/heads/loose', `${a}\n`);
    put('refs/heads/long', 'f'.repeat(64));
    put('refs/heads/both', a);
    put('refs/heads/broken', 'a1');
    put(
      'packed-refs',
      `# pack-refs with: peeled\n${b} refs/heads/both\n${c} refs/heads/packed\n${b} refs/heads/packed-too\n^${a}\n${b} refs/heads/broken\n`,
    );
    const ids = await readIds(
      noGit,
      places,
      ['loose', 'long', 'both', 'packed', 'packed-too', 'broken', 'gone', 'ack'].map((name) => `refs/heads/${name}`),
    );
    expect(Object.values(ids)).toEqual([a, 'f'.repeat(64), a, c, b, b, null, null]);
    expect(await readIds(noGit, places, [])).toEqual({});
  });

  test('may stand for another, but not for ever', async () => {
    put('refs/heads/x', a);
    put('refs/heads/to', 'ref: refs/heads/x\n');
    put('refs/heads/far', 'ref: refs/heads/to\n');
    put('refs/heads/ring', 'ref: refs/heads/ring\n');
    put('refs/heads/odd', 'ref: HEAD\n');
    put('packed-refs', `${b} refs/heads/packed\n`);
    put('refs/heads/pack', 'ref: refs/heads/packed\n');
    expect([await idOf('refs/heads/to'), await idOf('refs/heads/far'), await idOf('refs/heads/pack')]).toEqual([
      a,
      a,
      b,
    ]);
    expect([await idOf('refs/heads/ring'), await idOf('refs/heads/odd')]).toEqual([null, null]);
  });

  test('is asked of git where files do not tell', async () => {
    put('reftable/x', '');
    const asked: string[][] = [];
    const git = {
      read: (args: string[]) => {
        asked.push(args);
        return Promise.resolve(`refs/heads/x\0${a}\n`);
      },
    } as never;
    expect(await readIds(git, places, ['refs/heads/x', 'refs/heads/y'])).toEqual({
      'refs/heads/x': a,
      'refs/heads/y': null,
    });
    expect(asked).toEqual([['for-each-ref', '--format=%(refname)%00%(objectname)', 'refs/heads/x', 'refs/heads/y']]);
  });
});

describe('HEAD', () => {
  test.each([
    ['ref: refs/heads/x\n', 'refs/heads/x'],
    [`${a}\n`, a],
    ['refs: x', 'refs: x'],
  ])('%j', (text, head) => {
    put('HEAD', text);
    expect(readHead(places)).toBe(head);
  });
  test('may not be there', () => expect(readHead(places)).toBeUndefined());
});

describe('the index', () => {
  test('is known by the checksum at its end', () => {
    expect(readIndexId(places)).toBeNull();
    put('index', Buffer.concat([Buffer.from('entries'), Buffer.alloc(20, 0xab)]));
    expect(readIndexId(places)).toBe('ab'.repeat(20));
    put('index', Buffer.alloc(5, 1));
    expect(readIndexId(places)).toBe(`${'01'.repeat(5)}${'00'.repeat(15)}`);
  });

  test('is known by what is in it where git leaves that out', () => {
    const bytes = Buffer.concat([Buffer.from('entries'), Buffer.alloc(20)]);
    put('index', bytes);
    expect(readIndexId(places)).toBe(createHash('sha1').update(bytes).digest('hex'));
    put('index', Buffer.concat([Buffer.from('others'), Buffer.alloc(20)]));
    expect(readIndexId(places)).not.toBe(createHash('sha1').update(bytes).digest('hex'));
  });
});

describe('the last move of a ref', () => {
  test('is the last line of its reflog', () => {
    expect(lastMove(places, 'refs/heads/x')).toBeUndefined();
    put('logs/refs/heads/x', `${a} ${b} T <t@x> 1 +0000\tone\n${b} ${c} T <t@x> 2 +0000\ttwo: of it\n`);
    expect(lastMove(places, 'refs/heads/x')).toEqual({ from: b, to: c, message: 'two: of it' });
    put('logs/refs/heads/y', `${a} ${b} T <t@x> 1 +0000\n`);
    expect(lastMove(places, 'refs/heads/y')).toEqual({ from: a, to: b, message: '' });
    put('logs/refs/heads/z', 'garbage\n');
    expect(lastMove(places, 'refs/heads/z')).toBeUndefined();
    put('logs/refs/heads/e', '');
    expect(lastMove(places, 'refs/heads/e')).toBeUndefined();
  });

  test('is the action’s own where it has its word and came there', () => {
    put('logs/refs/heads/x', `${a} ${b} T <t@x> 1 +0000\tword: merge\n`);
    expect(movedBy(places, 'refs/heads/x', b, 'word')).toBe(true);
    expect(movedBy(places, 'refs/heads/x', c, 'word')).toBe(false);
    expect(movedBy(places, 'refs/heads/x', b, 'merge')).toBe(false);
    expect(movedBy(places, 'refs/heads/y', b, 'word')).toBeUndefined();
  });
});

const step = (index: number): Plan['steps'][number] => ({
  index,
  title: `S${index}`,
  commands: [],
  precondition: '',
  undo: '',
  remote: false,
  work: { do: 'checkout', branch: 'x' },
});
const plan: Plan = {
  version: 1,
  title: 'Finish x',
  request: { action: 'finish', kind: 'feature', name: 'x' },
  fetches: [],
  steps: [step(0), step(1), step(2)],
  warnings: [],
  summary: [],
  observed: { headRef: 'refs/heads/x', headCommit: a, refs: { 'refs/heads/x': a }, config: [] },
};

describe('a journal', () => {
  const begin = (
    more: Partial<Journal> = {},
  ): { store: JournalStore; journal: Journal; at: (name: string) => string } => {
    const store = new JournalStore(places.commonDir);
    const journal = { ...newJournal(plan, places), ...more };
    expect(store.begin(journal)).toBe(true);
    return { store, journal, at: (name) => join(places.commonDir, 'mlops-flow', name) };
  };

  test('begins with the plan, who does it, and how things were', () => {
    const before = Date.now();
    const journal = newJournal(plan, places);
    expect(journal).toEqual({
      version: 2,
      id: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{4}$/) as string,
      plan,
      worktree: root,
      home: '',
      owner: thisProcess(),
      startedAt: journal.at,
      at: expect.any(Number) as number,
      step: 0,
      begun: true,
      made: {},
      status: 'running',
      message: '',
      files: [],
      before: plan.observed,
    });
    expect(journal.at).toBeGreaterThanOrEqual(before);
    const earlier = {
      ...journal,
      made: { 'refs/heads/y': b },
      before: { ...plan.observed, headCommit: c, refs: { 'refs/heads/x': b, 'refs/heads/z': null } },
    };
    const again = newJournal(plan, places, earlier);
    expect(again.made).toEqual({ 'refs/heads/y': b });
    expect(again.before).toEqual({
      ...plan.observed,
      headCommit: c,
      refs: { 'refs/heads/x': b, 'refs/heads/z': null },
    });
  });

  test('has an id of its time', () => {
    expect(newId(new Date(Date.UTC(2026, 10, 28, 21, 54, 3, 999)))).toMatch(/^20261128-215403-[0-9a-f]{4}$/);
  });

  test('knows the work tree by the name that git has', () => {
    expect(homeOf(places)).toBe('');
    expect(homeOf({ ...places, gitDir: join(places.commonDir, 'worktrees', 'w') })).toBe('worktrees/w');
  });

  test('keeps the index, of the work tree that it is for', () => {
    put('index', 'of the first');
    put('worktrees/w/index', 'of the second');
    const one = begin();
    expect(readFileSync(one.store.indexCopy, 'utf8')).toBe('of the first');
    one.store.remove(one.journal);
    const two = begin({ home: 'worktrees/w' });
    expect(readFileSync(two.store.indexCopy, 'utf8')).toBe('of the second');
    two.store.remove(two.journal);
    writeFileSync(two.store.indexCopy, 'old');
    begin({ home: 'worktrees/gone' });
    expect(existsSync(two.store.indexCopy)).toBe(false);
  });

  test('at its end stays until another begins, and can be taken up again', () => {
    put('index', 'the index');
    const { store, journal, at } = begin();
    expect(store.readFinished()).toBeUndefined();
    store.finish({ ...journal, step: 3, begun: false });
    expect(readdirSync(at('')).sort()).toEqual(['finished.json', 'finished.json.index']);
    expect(store.read()).toBeUndefined();
    expect(store.readFinished()).toMatchObject({ id: journal.id, status: 'done', step: 3, begun: false });
    expect(store.reopen()).toBe(true);
    expect(readdirSync(at('')).sort()).toEqual(['index', 'journal.json']);
    expect(store.read()).toMatchObject({ status: 'done' });
    store.finish(journal);
    expect(store.begin({ ...journal, id: 'other' })).toBe(true);
    expect(store.reopen()).toBe(false);
    store.forgetFinished();
    expect(readdirSync(at('')).sort()).toEqual(['index', 'journal.json']);
    store.forgetFinished();
  });

  test('at its end may have had no index', () => {
    const { store, journal, at } = begin();
    store.finish(journal);
    expect(readdirSync(at(''))).toEqual(['finished.json']);
    expect(store.reopen()).toBe(true);
    expect(readdirSync(at(''))).toEqual(['journal.json']);
  });

  test('of another version, or that is none, is none', () => {
    const { store, at } = begin();
    for (const text of ['', 'null', '{"version":1}', '[]', '{"version":2', '{']) {
      writeFileSync(at('journal.json'), text);
      expect(store.read()).toBeUndefined();
      // It was never complete: another takes its place.
      expect(store.begin({ ...newJournal(plan, places), id: 'next' })).toBe(true);
      expect(store.read()?.id).toBe('next');
    }
    writeFileSync(at('journal.json'), '{"version":2,"step":1}\n{"step":2}\nnull\n{"step":3');
    expect(store.read()).toEqual({ version: 2, step: 2 });
  });

  test('notes progress with its time', () => {
    const { store, journal } = begin();
    store.note({ ...journal, step: 2, head: 'refs/heads/y', index: 'i', made: { r: null } });
    expect(store.read()).toMatchObject({
      step: 2,
      head: 'refs/heads/y',
      index: 'i',
      made: { r: null },
      status: 'running',
    });
    store.note({ step: 1, begun: false, made: {} });
    expect(store.read()).toMatchObject({ step: 1, index: null });
    expect(store.read()?.at).toBeGreaterThanOrEqual(journal.at);
  });

  test.each<[string, Partial<Journal>, boolean]>([
    ['that runs here', {}, true],
    ['that is undone here', { status: 'undoing' }, true],
    ['that waits', { status: 'conflict' }, false],
    ['that failed', { status: 'failed' }, false],
    ['that is done', { status: 'done' }, false],
  ])('%s is alive or not', (_what, more, alive) => {
    const { store, journal } = begin();
    Object.assign(journal, more);
    store.write(journal);
    expect(isAlive(journal)).toBe(alive);
    // Of this process, but not at work.
    store.remove(journal);
    expect(isAlive({ ...journal, status: 'running' })).toBe(false);
  });

  test('of this process that is at its end is not alive', () => {
    const { store, journal } = begin();
    expect(isAlive(journal)).toBe(true);
    store.finish(journal);
    expect(isAlive(journal)).toBe(false);
  });

  test('of another machine counts as alive for two minutes after its last sign', () => {
    const elsewhere: Owner = { ...thisProcess(), boot: 'theirs', host: 'theirs' };
    const journal = { ...newJournal(plan, places), owner: elsewhere };
    expect(isAlive({ ...journal, at: Date.now() - 110_000 })).toBe(true);
    expect(isAlive({ ...journal, at: Date.now() - 121_000 })).toBe(false);
    expect(isAlive({ ...journal, status: 'failed' })).toBe(false);
  });

  test.each<[string, Partial<Journal>, string[], string]>([
    ['running', { step: 1 }, ['done', 'running', 'pending'], 'running'],
    ['running, not begun', { step: 1, begun: false }, ['done', 'pending', 'pending'], 'running'],
    ['in conflict', { step: 0, status: 'conflict', files: ['f'] }, ['conflict', 'pending', 'pending'], 'conflict'],
    ['failed', { step: 2, status: 'failed' }, ['done', 'done', 'failed'], 'failed'],
    ['failed before it was begun', { step: 2, status: 'failed', begun: false }, ['done', 'done', 'pending'], 'failed'],
    ['being undone', { step: 1, status: 'undoing' }, ['done', 'running', 'pending'], 'running'],
    ['through', { step: 3, begun: false }, ['done', 'done', 'done'], 'running'],
  ])('is shown: %s', (_what, more, steps, status) => {
    const journal = { ...newJournal(plan, places), ...more };
    expect(viewOf(journal)).toEqual({
      id: journal.id,
      plan,
      steps,
      status,
      alive: false,
      message: "'Finish x' was interrupted. Resume it, undo it, or discard its journal.",
      startedAt: journal.startedAt,
      worktree: root,
      files: more.files ?? [],
    });
    expect(viewOf({ ...journal, message: 'mine' }).message).toBe('mine');
  });
});

describe('an owner', () => {
  const here = thisProcess();

  test('is this process, told apart from others of its number', () => {
    expect(here).toMatchObject({ pid: process.pid, host: hostname() });
    if (process.platform === 'linux') {
      expect(here.began).toMatch(/^\d+$/);
      expect(here.boot).toMatch(/^[0-9a-f-]{36}$/);
      expect(here.space).toMatch(/^pid:\[\d+\]$/);
    }
  });

  test.each<[string, Partial<Owner>, Partial<Owner>, boolean | undefined]>([
    ['of another start of this machine', { boot: 'x' }, {}, true],
    ['of another machine', { boot: 'x', host: 'x' }, {}, undefined],
    ['of another container', { space: 'x' }, {}, undefined],
    ['of a machine that tells no start, here', { boot: '' }, { boot: '' }, false],
    ['of a machine that tells no start, elsewhere', { boot: '', host: 'x' }, { boot: '' }, undefined],
    ['that cannot be told from its number', { began: '' }, {}, false],
    ['of a number that nobody has', { pid: 2 ** 22 + 1 }, {}, true],
    ['of a number of the system', { pid: 1, began: '' }, {}, false],
    ['of a number that another has', { pid: 1, began: '1x' }, {}, true],
  ])('%s is gone or not', (_what, owner, mine, gone) => {
    expect(isGone({ ...here, ...owner }, Date.now(), { ...here, ...mine })).toBe(gone);
  });
});

describe.runIf(process.platform === 'linux')('locks', () => {
  const journal = (more: Partial<Journal> = {}): Journal => ({
    ...newJournal(plan, places),
    startedAt: Date.now() - 5000,
    status: 'failed',
    ...more,
  });

  test('that are none hold nobody up', async () => {
    put('refs/heads/block', '');
    put('lock', '');
    expect(await clearLocks(places, journal())).toEqual([]);
    expect(existsSync(join(places.gitDir, 'lock'))).toBe(true);
  });

  test('of our own git are removed, wherever they lie', async () => {
    const files = ['index.lock', 'packed-refs.new', 'refs/heads/deep/x.lock', 'refs/tags/t.lock', 'HEAD.lock'].map(
      (path) => put(path, ''),
    );
    expect(await clearLocks(places, journal())).toEqual([]);
    expect(files.filter((file) => existsSync(file))).toEqual([]);
  });

  test('of a linked work tree lie in two places, and are named once where they are one', async () => {
    const common = places.commonDir;
    const linked = { ...places, gitDir: join(common, 'worktrees/w') };
    const files = [put('worktrees/w/index.lock', ''), put('config.lock', '')];
    for (const file of files) utimesSync(file, 1, 1);
    expect(await clearLocks(linked, journal())).toEqual(files);
    expect(await clearLocks(places, journal())).toEqual([files[1]]);
  });

  test('of which one is older than the action stay all', async () => {
    const files = [put('HEAD.lock', ''), put('index.lock', '')];
    utimesSync(files[1] ?? '', 1, 1);
    expect(await clearLocks(places, journal())).toEqual(files);
    expect(files.every((file) => existsSync(file))).toBe(true);
  });

  test('of an action that runs elsewhere, or that a living process has, stay', async () => {
    const file = put('index.lock', '');
    const living = { ...thisProcess(), pid: process.ppid, began: '' };
    expect(await clearLocks(places, journal({ owner: living }))).toEqual([file]);
    const gone = { ...thisProcess(), pid: 2 ** 22 + 1 };
    expect(await clearLocks(places, journal({ owner: gone }))).toEqual([]);
  });

  test('that go by themselves are waited for', async () => {
    const file = put('index.lock', '');
    utimesSync(file, 1, 1);
    setTimeout(() => rmSync(file), 120);
    expect(await clearLocks(places, journal())).toEqual([]);
  });
});

describe.runIf(process.platform !== 'win32')('a hook', () => {
  const config = (more: object = {}) => ({
    flavour: 'avh',
    main: 'm',
    develop: 'd',
    origin: 'o',
    hooksPath: undefined,
    get: () => undefined,
    ...more,
  });
  const hooks = (more: object = {}, trusted = true, where = places): Hooks =>
    new Hooks(
      { environment: { PATH: process.env['PATH'], X: 'of git' } } as never,
      where,
      config(more) as never,
      trusted,
    );
  const script = (path: string, text: string, mode = 0o755): string => {
    const file = put(path, `#!/bin/sh\n${text}\n`);
    chmodSync(file, mode);
    return file;
  };

  test('is found where it can be run, of those who are trusted', () => {
    const file = script('hooks/one', '');
    script('hooks/two', '', 0o644);
    mkdirSync(join(places.gitDir, 'hooks/three'));
    expect(hooks().find('one')).toBe(file);
    expect([hooks().find('two'), hooks().find('three'), hooks().find('four')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(hooks({}, false).find('one')).toBeUndefined();
    expect(hooks({ hooksPath: '' }).find('one')).toBeUndefined();
  });

  test('lies where git-flow has it, or git', () => {
    const common = script('hooks/h', '');
    const linked = { ...places, gitDir: join(places.commonDir, 'worktrees/w') };
    const own = script('worktrees/w/hooks/h', '');
    const set = script('../mine/h', '');
    const gits = script('../gits/h', '');
    const get = (key: string): string | undefined => (key === 'core.hookspath' ? 'gits' : undefined);
    expect(hooks({}, true, linked).find('h')).toBe(own);
    expect(hooks({ flavour: 'next' }, true, linked).find('h')).toBe(common);
    expect(hooks({ hooksPath: 'mine' }, true, linked).find('h')).toBe(set);
    expect(hooks({ flavour: 'next', get }, true, linked).find('h')).toBe(gits);
    expect(hooks({ get }, true, linked).find('h')).toBe(own);
  });

  test('runs in the root, with the variables of git-flow, and is heard', async () => {
    const file = script(
      'hooks/h',
      'echo "$PWD|$MASTER_BRANCH|$DEVELOP_BRANCH|$ORIGIN|$HOOKS_DIR|$DOT_GIT_DIR|$GIT_CURRENT_REPO_DIR|$X|$Y|$1 $2"; echo bad >&2; exit 3',
    );
    const heard: string[] = [];
    const answer = await hooks().run(file, ['a b', 'c'], (text) => heard.push(text), { Y: 'more' });
    const { gitDir } = places;
    expect(answer).toEqual({
      code: 3,
      stdout: `${root}|m|d|o|${join(gitDir, 'hooks')}|${gitDir}|${root}|of git|more|a b c\n`,
      stderr: 'bad\n',
    });
    expect(heard.toSorted()).toEqual([answer.stdout, 'bad\n'].toSorted());
    expect(await hooks().run(join(gitDir, 'none'), [])).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('ENOENT') as string,
    });
    expect((await hooks().run(script('hooks/k', 'kill -9 $$'), [])).code).toBe(128);
    expect(await hooks().run(script('hooks/ok', 'exit 0'), [])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each<[string, string, object, object | undefined]>([
    ['says another version', 'echo "  $1.0\n and  more "', {}, { value: '2.0 and more', refused: false }],
    ['refuses', 'echo no; exit 127', {}, { value: 'no', refused: true }],
    ['fails, which is no refusal to git-flow', 'echo no; exit 1', {}, { value: 'no', refused: false }],
    ['fails, which is one to others', 'echo no; exit 1', { flavour: 'next' }, { value: 'no', refused: true }],
    ['succeeds, for others', 'echo yes', { flavour: 'next' }, { value: 'yes', refused: false }],
  ])('that filters %s', async (_what, text, more, answer) => {
    script('hooks/filter-flow-x', text);
    expect(await hooks(more).filter('x', ['2'])).toEqual(answer);
    expect(await hooks(more).filter('y', ['2'])).toBeUndefined();
  });
});
