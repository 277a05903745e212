/** The course of an action: what is noted when, how it stops, what is settled before it goes on, and what is kept. Git is a list of answers. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newJournal, resumeSteps, runSteps } from '../../../../src/gitflow/execute/executor';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { dropKept, Keeper, listKept, restoreKept } from '../../../../src/gitflow/execute/keep';
import {
  blobsIn,
  blobsOfFiles,
  changesOf,
  commitsOf,
  holdsMore,
  mergesOf,
} from '../../../../src/gitflow/execute/origins';
import type { StepResult } from '../../../../src/gitflow/execute/perform';
import { lookForRepair, repair } from '../../../../src/gitflow/execute/repair';
import {
  carries,
  checkForUndo,
  isCrashed,
  leavesOperation,
  settleForResume,
  settleForUndo,
} from '../../../../src/gitflow/execute/settle';
import { stepsOf } from '../../../../src/gitflow/execute/steps';
import type { GitAnswer } from '../../../../src/gitflow/git/git';
import type { Kept } from '../../../../src/gitflow/model/kept';
import type { ExecuteOptions, Plan, Work } from '../../../../src/gitflow/model/model';
import { answerTo, type Given } from './answers';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-course-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];

let count = 0;

/** A repository whose git answers commands that begin so; anything else succeeds without a word. */
function desk(answers: Record<string, Given> = {}, files: Record<string, string> = {}) {
  const root = join(folder, String(count++));
  const gitDir = join(root, '.git');
  mkdirSync(join(gitDir, 'refs/heads'), { recursive: true });
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) put(path, text);
  const asked: string[] = [];
  const answer = (args: readonly string[], input?: string): GitAnswer => {
    const text = args.join(' ');
    asked.push(input === undefined ? text : `${text} < ${input}`);
    return answerTo(answers, args, input);
  };
  const git = {
    environment: {},
    run: (args: string[], { input }: { input?: string } = {}) => Promise.resolve(answer(args, input)),
    read: (args: string[], { input }: { input?: string } = {}) => {
      const { code, stdout } = answer(args, input);
      return code === 0 ? Promise.resolve(stdout) : Promise.reject(new Error(`git ${args[0] ?? ''} failed`));
    },
    holds: (args: string[]) => Promise.resolve(answer(args).code === 0),
  };
  const places = { root, gitDir, commonDir: gitDir, bare: false };
  return { git: git as never, places, asked, put, root };
}

function planOf(works: Work[], more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    title: 'Finish x',
    request: { action: 'finish', kind: 'feature', name: 'x' },
    fetches: [],
    steps: stepsOf(works),
    warnings: ['known before'],
    summary: ['It was done'],
    observed: { headRef: 'refs/heads/x', headCommit: a, refs: {}, config: [] },
    ...more,
  };
}

const keptBranch: Kept = {
  ref: 'refs/mlops-flow/undone/i/heads/x',
  name: 'i/heads/x',
  action: 'i',
  kind: 'branch',
  of: 'x',
  id: a,
  subject: '',
  restore: 'git branch x-kept r',
};
const toldBranch = "The commits of 'x' are kept; 'git branch x-kept r' restores them.";

describe('an action', () => {
  const checkout = (branch: string): Work => ({ do: 'checkout', branch });
  const merge: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'never' };
  const hook: Work = { do: 'hook', file: 'h', args: [], mayFail: false };

  interface Course {
    results?: (StepResult | Error)[];
    options?: ExecuteOptions;
    answers?: Record<string, Given>;
    files?: Record<string, string>;
    plan?: Partial<Plan>;
    earlier?: boolean;
    journal?: Partial<Journal>;
    bare?: boolean;
    kept?: Kept[];
  }

  function begin(
    works: Work[],
    {
      results = [],
      options = {},
      answers,
      files,
      plan = {},
      earlier = false,
      journal = {},
      bare = false,
      kept = [],
    }: Course,
  ) {
    const { git, places, asked } = desk(answers, { '.git/HEAD': 'ref: refs/heads/x\n', ...files });
    Object.assign(places, { bare });
    const log: string[] = [];
    const at = (progress: Partial<Journal>): string => `${progress.step}${progress.begun ? ' begun' : ''}`;
    const store = {
      write: (each: Journal) =>
        log.push(`write ${each.status} ${at(each)}${each.message === '' ? '' : `: ${each.message}`}`),
      note: (each: Journal) => log.push(`note ${at(each)}`),
      finish: () => log.push('finish'),
      remove: () => log.push('remove'),
    };
    const performer = {
      perform: ({ index }: { index: number }) => {
        log.push(`do ${index}`);
        const result = results.shift() ?? { status: 'done' };
        return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
      },
    };
    const keeper = {
      head: () => (log.push('keep head'), Promise.resolve(kept)),
      untracked: (paths: string[]) => (log.push(`keep ${paths.join()}`), Promise.resolve([])),
    };
    const graph = {
      commit: (name: string) => Promise.resolve(name),
      contains: (one: string) => Promise.resolve(one === 'refs/heads/done'),
    };
    const steps: string[] = [];
    const run = {
      git,
      graph,
      places,
      store,
      performer,
      keeper,
      options: {
        onStep: ({ index, state }: { index: number; state: string }) => steps.push(`${index} ${state}`),
        ...options,
      },
    } as never;
    const whole = planOf(works, plan);
    const own = newJournal(whole, places, earlier ? newJournal(whole, places) : undefined);
    return { run, journal: Object.assign(own, journal), log, steps, asked, plan: whole };
  }

  test('does its steps, each noted before it begins', async () => {
    const { run, journal, log, steps, plan } = begin([checkout('x'), merge, checkout('y')], {
      results: [{ status: 'done' }, { status: 'done', warning: 'Mind this.' }],
    });
    expect(await runSteps(run, journal)).toEqual({
      status: 'done',
      plan,
      summary: ['It was done'],
      warnings: ['known before', 'Mind this.'],
    });
    expect(log).toEqual(['do 0', 'note 1 begun', 'do 1', 'note 2 begun', 'do 2', 'note 3', 'finish']);
    expect(steps).toEqual(['0 running', '0 done', '1 running', '1 done', '2 running', '2 done']);
  });

  test('keeps what it leaves and overwrites before its first step', async () => {
    const { run, journal, log } = begin([checkout('x')], {
      plan: { endsOn: 'x', overwrites: ['f', 'g'] },
      kept: [keptBranch],
    });
    expect(await runSteps(run, journal)).toMatchObject({ warnings: ['known before', toldBranch] });
    expect(log).toEqual(['keep head', 'keep f,g', 'do 0', 'note 1', 'finish']);
    const again = begin([checkout('x')], { plan: { endsOn: 'x', overwrites: ['f'] } });
    await resumeSteps(again.run, again.journal);
    expect(again.log).toEqual(['write running 0 begun', 'keep head', 'do 0', 'finish']);
  });

  test('notes what its steps have made, and where they left HEAD and the index', async () => {
    const files = { '.git/refs/heads/x': `${b}\n`, '.git/refs/stash': `${c}\n`, '.git/refs/heads/known': a };
    const { run, journal } = begin([merge, { do: 'stash' }], { files });
    await runSteps(run, journal);
    expect(journal).toMatchObject({ made: { 'refs/heads/x': b, 'refs/stash': c }, head: 'refs/heads/x', index: null });
    // A hook may have moved anything that is known.
    const hooked = begin([hook], {
      files,
      plan: {
        observed: {
          headRef: 'refs/heads/x',
          headCommit: a,
          refs: { 'refs/heads/known': b, 'refs/heads/gone': b },
          config: [],
        },
      },
    });
    await runSteps(hooked.run, hooked.journal);
    expect(hooked.journal.made).toEqual({ 'refs/heads/known': a, 'refs/heads/gone': null });
  });

  test('that goes on does what is not done yet', async () => {
    const done: Work = { do: 'merge', into: 'done', source: 's', fastForward: 'never' };
    const { run, journal, log, steps } = begin([checkout('x'), done, done, merge], {
      journal: {
        step: 1,
        begun: true,
        status: 'conflict',
        message: 'm',
        files: ['f'],
        leftBehind: { f: a },
        owner: { pid: 1 } as never,
      },
    });
    expect((await resumeSteps(run, journal)).status).toBe('done');
    expect(log).toEqual(['write running 1 begun', 'note 3 begun', 'do 3', 'finish']);
    expect(steps).toEqual(['1 skipped', '2 skipped', '3 running', '3 done']);
    expect(journal).toMatchObject({
      status: 'running',
      message: '',
      files: [],
      leftBehind: undefined,
      owner: { pid: process.pid },
    });
  });

  test('is stopped between two steps', async () => {
    const stop = new AbortController();
    const options: ExecuteOptions = { signal: stop.signal, onStep: ({ state }) => state === 'done' && stop.abort() };
    const { run, journal, log, plan } = begin([checkout('x'), merge], { options });
    const message = "Stopped before 'Merge s into x'. Resume it, or undo it.";
    expect(await runSteps(run, journal)).toEqual({ status: 'cancelled', plan, step: 1, message });
    expect(log).toEqual(['do 0', `write failed 1: ${message}`]);
    expect(journal.begun).toBe(false);
  });

  const fail = (more: object = {}): StepResult => ({ status: 'failed', stderr: 'why', message: 'It failed.', ...more });
  const goOn = 'It failed. See to the cause, then resume, or undo.';
  const conflict: StepResult = { status: 'conflict', files: ['f'], message: 'In conflict.' };
  const push: Work = { do: 'push', remote: 'o', refspecs: [], upstream: false, what: 'x' };

  test.each<[string, Work[], Course, string, string]>([
    ['the first step that failed', [checkout('x')], { results: [fail()] }, 'remove', 'It failed.'],
    [
      'the first step after a hook',
      [hook, checkout('x')],
      { results: [{ status: 'done' }, fail()] },
      'remove',
      'It failed.',
    ],
    [
      'the second step',
      [checkout('x'), checkout('y')],
      { results: [{ status: 'done' }, fail()] },
      'write failed 1 begun',
      goOn,
    ],
    ['a merge', [merge], { results: [fail()] }, 'write failed 0 begun', goOn],
    ['changes that are put away', [{ do: 'stash' }], { results: [fail()] }, 'write failed 0 begun', goOn],
    [
      'a step of several commands',
      [{ do: 'createFromFetch', branch: 'x', remote: 'o' }],
      { results: [fail()] },
      'write failed 0 begun',
      goOn,
    ],
    ['a step that was killed', [checkout('x')], { results: [fail({ cutOff: true })] }, 'write failed 0 begun', goOn],
    [
      'a step in the middle of a merge',
      [checkout('x')],
      { results: [fail()], files: { '.git/MERGE_HEAD': a } },
      'write failed 0 begun',
      goOn,
    ],
    [
      'a step of an action that goes on',
      [checkout('x')],
      { results: [fail()], earlier: true },
      'write failed 0 begun',
      goOn,
    ],
    [
      'a push',
      [checkout('x'), push],
      { results: [{ status: 'done' }, fail()] },
      'write failed 1 begun',
      'It failed. What was done here is kept: see to the cause, then resume, or undo.',
    ],
    ['a conflict', [merge], { results: [conflict] }, 'write conflict 0 begun', 'In conflict.'],
    ['a step that throws', [checkout('x')], { results: [new Error('Bang.')] }, 'remove', 'Check out x: Bang.'],
  ])('stops at %s', async (_what, works, course, last, message) => {
    const { run, journal, log, steps, plan } = begin(works, course);
    const outcome = await runSteps(run, journal);
    const step = works.length - 1;
    expect(outcome).toMatchObject({ plan, step, message, status: last.includes('conflict') ? 'conflict' : 'failed' });
    if (outcome.status === 'failed') expect(outcome.stderr).toBe(message.includes('Bang') ? '' : 'why');
    if (outcome.status === 'conflict') expect(outcome.files).toEqual(['f']);
    expect(log.at(-1)).toBe(last === 'remove' ? last : `${last}: ${message}`);
    expect(steps.at(-1)).toBe(`${step} ${outcome.status}`);
    if (last !== 'remove') expect(journal.files).toEqual(last.includes('conflict') ? ['f'] : []);
  });

  test('that is stopped before its first step leaves nothing', async () => {
    const stop = new AbortController();
    stop.abort();
    const { run, journal, log } = begin([checkout('x')], { options: { signal: stop.signal } });
    expect((await runSteps(run, journal)).status).toBe('cancelled');
    expect(log).toEqual(['remove']);
    const later = begin([checkout('x')], { options: { signal: stop.signal }, earlier: true });
    await runSteps(later.run, later.journal);
    expect(later.log[0]).toContain('write failed 0');
  });

  test('that stops knows whether it waits, and which files git has left', async () => {
    const answers = { 'status --porcelain=v1': ' M f\0?? g\0', 'hash-object': `${c}\n` };
    const { run, journal } = begin([merge], { results: [conflict], answers, files: { f: 'text', g: 'more' } });
    await runSteps(run, journal);
    expect(journal).toMatchObject({ waits: true, leftBehind: { f: c }, status: 'conflict' });
    const failed = begin([merge], { results: [fail()], answers, files: { f: 'text' } });
    await runSteps(failed.run, failed.journal);
    expect(failed.journal).toMatchObject({ waits: false, status: 'failed' });
    const bare = begin([merge], { results: [fail()], answers, bare: true, files: { '.git/MERGE_HEAD': a, f: 'text' } });
    await runSteps(bare.run, bare.journal);
    expect(bare.journal).toMatchObject({ waits: false, leftBehind: {} });
  });
});

describe('what is kept', () => {
  const space = 'refs/mlops-flow/undone/act/';
  const keeper = (answers: Record<string, Given> = {}, files: Record<string, string> = {}) => {
    const at = desk(answers, files);
    return { keeper: new Keeper(at.git, at.places, { id: 'act', plan: { title: 'Finish x' } }), ...at };
  };
  const refs = (kept: Kept[]): string[] => kept.map(({ ref }) => ref);

  test('are the tips that no ref will reach, and every tag', async () => {
    const { keeper: own, asked } = keeper({ 'rev-list': `${a}\n${c}\n` });
    const kept = await own.tips([
      { ref: 'refs/heads/x', now: a, to: b },
      { ref: 'refs/heads/y', now: b, to: null },
      { ref: 'refs/tags/t', now: c, to: null },
    ]);
    expect(kept).toEqual([
      {
        ref: `${space}heads/x`,
        name: 'act/heads/x',
        action: 'act',
        kind: 'branch',
        of: 'x',
        id: a,
        subject: '',
        restore: `git branch x-kept ${space}heads/x`,
      },
      {
        ref: `${space}tags/t`,
        name: 'act/tags/t',
        action: 'act',
        kind: 'tag',
        of: 't',
        id: c,
        subject: '',
        restore: `git update-ref refs/tags/t-kept ${space}tags/t`,
      },
    ]);
    expect(asked).toEqual([
      `rev-list ${a} ${b} --not ${b} --exclude=refs/heads/x --exclude=refs/heads/y --exclude=refs/tags/t --glob=*`,
      `update-ref --stdin < create ${space}heads/x ${a}\ncreate ${space}tags/t ${c}\n`,
    ]);
    const tags = keeper();
    await tags.keeper.tips([{ ref: 'refs/tags/t', now: c, to: null }]);
    expect(tags.asked).toEqual([`update-ref --stdin < create ${space}tags/t ${c}\n`]);
    const none = keeper();
    expect([await none.keeper.tips([]), none.asked]).toEqual([[], []]);
  });

  test('has the next free name, and is there once', async () => {
    const { keeper: own, asked } = keeper(
      {},
      { [`.git/${space}heads/x`]: b, [`.git/${space}heads/x-2`]: c, [`.git/${space}heads/y`]: a },
    );
    expect(
      refs([
        ...(await own.replaced('refs/heads/x', a)),
        ...(await own.replaced('refs/heads/x', c)),
        ...(await own.replaced('refs/heads/y', a)),
      ]),
    ).toEqual([`${space}heads/x-3`, `${space}heads/x-2`, `${space}heads/y`]);
    expect(asked).toEqual([`update-ref --stdin < create ${space}heads/x-3 ${a}\n`]);
  });

  test.each<[string, string, string, boolean]>([
    ['on a branch', 'ref: refs/heads/x\n', '0', false],
    ['that a ref reaches', `${a}\n`, '0\n', false],
    ['that no ref reaches', `${a}\n`, '1\n', true],
  ])('are commits of a HEAD %s', async (_what, head, reached, isKept) => {
    const { keeper: own, asked } = keeper({ 'rev-list': reached }, { '.git/HEAD': head });
    expect(refs(await own.head())).toEqual(isKept ? [`${space}HEAD`] : []);
    expect(asked[0]).toBe(head.startsWith('ref') ? undefined : `rev-list --count --max-count=1 ${a} --not --glob=*`);
    expect(await keeper().keeper.head()).toEqual([]);
  });

  test('are files alone, or a stash', async () => {
    const {
      keeper: own,
      asked,
      root,
    } = keeper({ 'write-tree': 'tree\n', 'commit-tree': `${b}\n`, 'rev-parse': `${c}\n` });
    expect(await own.untracked(['f', 'g h'])).toMatchObject([
      { kind: 'files', of: '', id: b, restore: `git restore --source=${space}files --overlay -- :/` },
    ]);
    expect(asked.slice(0, 4)).toEqual([
      'read-tree --empty',
      'add -f --pathspec-from-file=- --pathspec-file-nul < f\0g h',
      'write-tree',
      "commit-tree tree -m Kept of 'Finish x'",
    ]);
    expect(await own.stash('stash@{0}')).toMatchObject([
      { kind: 'work', id: c, restore: `git stash apply --index ${space}work` },
    ]);
    expect(existsSync(join(root, '.git', `mlops-flow-index-${process.pid}`))).toBe(false);
    await expect(keeper({ 'write-tree': 1 }).keeper.untracked(['f'])).rejects.toThrow(
      'git write-tree failed: fatal: no',
    );
  });

  test('are the index and the files, as a stash has them', async () => {
    let trees = 0;
    let commits = 0;
    const answers: Record<string, Given> = {
      'write-tree': () => ({ stdout: `t${++trees}\n` }),
      'commit-tree': () => ({ stdout: `c${++commits}\n` }),
      'rev-parse --quiet': 'head\n',
    };
    const { keeper: own, asked } = keeper(answers, { '.git/index': 'x' });
    expect(await own.work(['new'])).toMatchObject([{ kind: 'work', id: 'c3' }]);
    expect(asked).toEqual([
      'rev-parse --quiet --verify HEAD',
      'ls-files -u -z --full-name',
      'write-tree',
      "commit-tree t1 -p head -m Kept of 'Finish x'",
      'add -u -- :/',
      'write-tree',
      'read-tree --empty',
      'add -f --pathspec-from-file=- --pathspec-file-nul < new',
      'write-tree',
      "commit-tree t3 -m Kept of 'Finish x'",
      "commit-tree t2 -p head -p c1 -p c2 -m Kept of 'Finish x'",
      `update-ref --stdin < create ${space}work c3\n`,
    ]);
    // Without an index, and before the first commit.
    const bare = keeper({ ...answers, 'rev-parse --quiet': 1, mktree: 'empty\n' });
    await bare.keeper.work();
    expect(bare.asked.slice(0, 4)).toEqual([
      'read-tree --empty',
      'rev-parse --quiet --verify HEAD',
      'mktree < ',
      'commit-tree empty -m Nothing',
    ]);
  });

  test('are the sides of a conflict', async () => {
    const sides = ['100644 b1 1\tf', '100644 c1 2\tf', '100755 d1 3\tf', '100644 d2 3\tg h', '100644 b3 1\ti', ''].join(
      '\0',
    );
    const whole = ['100644 p1 0\tplain', '100644 c1 2\tf', ''].join('\0');
    const { keeper: own, asked } = keeper(
      {
        'ls-files -u': sides,
        'ls-files -s': whole,
        'write-tree': 'tree\n',
        'commit-tree': 'kept\n',
        'rev-parse --quiet': 'head\n',
      },
      { '.git/index': 'x' },
    );
    await own.work();
    expect(asked.slice(1, 9)).toEqual([
      'ls-files -u -z --full-name',
      'ls-files -s -z --full-name',
      'read-tree --empty',
      'update-index -z --index-info < 100644 b1 0\tbase/f\x00100644 c1 0\tours/f\x00100755 d1 0\ttheirs/f\x00100644 d2 0\ttheirs/g h\x00100644 b3 0\tbase/i\0',
      'write-tree',
      "commit-tree tree -m Kept of 'Finish x'",
      'read-tree --empty',
      'update-index -z --index-info < 100644 p1 0\tplain\x00100644 c1 0\tf\x00100644 b3 0\ti\x00100644 d2 0\tg h\0',
    ]);
    expect(asked).toContain("commit-tree tree -p head -p kept -m Kept of 'Finish x'");
  });

  test('are the tips that only what held them holds', async () => {
    const { keeper: own, asked } = keeper({ 'rev-list': `${a}\n` }, { '.git/h/x': a, '.git/h/y': b, '.git/h/z': b });
    const holders = [
      { ref: 'refs/heads/x', held: 'h/x', now: a },
      { ref: 'refs/heads/y', held: 'h/y', now: b },
      { ref: 'refs/heads/z', held: 'h/z', now: c },
    ];
    expect(refs(await own.held(holders))).toEqual([`${space}heads/x`]);
    expect(asked[0]).toBe(`rev-list ${a} ${b} --not --exclude=h/x --exclude=h/y --glob=*`);
  });

  const line = (name: string, subject = ''): string => `refs/mlops-flow/undone/${name}\0${a}\0${subject}`;
  test('is listed, the newest action first, where anything may be', async () => {
    const answers = {
      'for-each-ref': [
        line('1/heads/b'),
        line('1/heads/a', 'subject'),
        line('2/HEAD'),
        line('2/work'),
        line('1/files-2'),
        line('1/work-3'),
        '',
      ].join('\n'),
    };
    const list = async (files: Record<string, string>): Promise<[string, string][]> => {
      const at = desk(answers, files);
      return (await listKept(at.git, at.places)).map(({ name, kind }) => [name, kind]);
    };
    const all = [
      ['2/HEAD', 'head'],
      ['2/work', 'work'],
      ['1/files-2', 'files'],
      ['1/heads/a', 'branch'],
      ['1/heads/b', 'branch'],
      ['1/work-3', 'work'],
    ];
    expect(await list({ '.git/refs/mlops-flow/undone/1/heads/b': a })).toEqual(all);
    expect(await list({ '.git/packed-refs': `${a} refs/mlops-flow/undone/1/heads/b\n` })).toEqual(all);
    expect(await list({ '.git/reftable/x': '' })).toEqual(all);
    expect(await list({ '.git/packed-refs': `${a} refs/heads/b\n` })).toEqual([]);
    expect(await list({})).toEqual([]);
    const at = desk(answers, { '.git/reftable/x': '' });
    expect((await listKept(at.git, at.places)).find(({ kind }) => kind === 'head')).toMatchObject({
      of: '',
      action: '2',
      restore: 'git branch kept-2 refs/mlops-flow/undone/2/HEAD',
    });
    expect((await listKept(at.git, at.places)).find(({ name }) => name === '1/heads/a')).toMatchObject({
      subject: 'subject',
      id: a,
      of: 'a',
    });
  });

  const kept = (kind: Kept['kind'], of = 'x'): Kept => ({ ...keptBranch, kind, of, ref: 'r', id: a, action: 'act' });
  test('is dropped as it was listed', async () => {
    const { git, asked } = desk();
    await dropKept(git, [kept('branch'), { ...kept('tag'), ref: 's', id: b }]);
    await dropKept(git, []);
    expect(asked).toEqual([`update-ref --stdin < delete r ${a}\ndelete s ${b}\n`]);
    await expect(dropKept(desk({ 'update-ref': 1 }).git, [kept('branch')])).rejects.toThrow('git update-ref failed');
  });

  test.each<[string, Kept, Record<string, Given>, string, string[]]>([
    ['a branch', kept('branch'), {}, "The branch 'x' has them.", [`update-ref refs/heads/x ${a} `]],
    [
      'a branch whose name is taken',
      kept('branch'),
      { [`update-ref refs/heads/x ${a}`]: 1 },
      "The branch 'x-kept' has them.",
      [`update-ref refs/heads/x ${a} `, `update-ref refs/heads/x-kept ${a} `],
    ],
    [
      'a branch whose names are taken',
      kept('branch'),
      { [`update-ref refs/heads/x ${a}`]: 1, [`update-ref refs/heads/x-kept ${a}`]: 1 },
      "The branch 'x-kept-2' has them.",
      [`update-ref refs/heads/x ${a} `, `update-ref refs/heads/x-kept ${a} `, `update-ref refs/heads/x-kept-2 ${a} `],
    ],
    ['a tag', kept('tag'), {}, "The tag 'x' has them.", [`update-ref refs/tags/x ${a} `]],
    [
      'commits of a HEAD',
      kept('head', ''),
      {},
      "The branch 'kept-act' has them.",
      [`update-ref refs/heads/kept-act ${a} `],
    ],
    ['changes', kept('work', ''), {}, 'The changes are back.', ['stash apply -q --index r']],
    [
      'changes that were staged',
      kept('work', ''),
      { 'stash apply -q --index': 1 },
      'The changes are back.',
      ['stash apply -q --index r', 'stash apply -q r'],
    ],
  ])('comes back: %s', async (_what, each, answers, said, commands) => {
    const { git, asked } = desk(answers);
    expect(await restoreKept(git, each)).toBe(said);
    expect(asked).toEqual(commands);
  });

  test('does not come back where there is no place for it', async () => {
    await expect(restoreKept(desk({ 'update-ref': 1 }).git, kept('branch'))).rejects.toThrow(
      "No branch could be created for r: delete one of the names that begin with 'x-kept'.",
    );
    await expect(restoreKept(desk({ stash: 1 }).git, kept('work'))).rejects.toThrow(
      "The changes cannot be applied to what is checked out. Show them with 'git stash show -p r', or check out the branch that they belong to.",
    );
  });

  test('comes back as files, where nothing else is', async () => {
    const at = desk({}, { f: 'mine' });
    const answers = (changed: string, restored: Given = ''): Record<string, Given> => ({
      'rev-parse': `${at.root}\n`,
      'ls-tree': 'f\0g h\0',
      [`-C ${at.root} status`]: changed,
      [`-C ${at.root} restore`]: restored,
    });
    const free = desk(answers('?? gone\0'));
    expect(await restoreKept(free.git, kept('files', ''))).toBe('The files are back: f, g h.');
    expect(free.asked.slice(2)).toEqual([
      `-C ${at.root} status --porcelain -z --ignored --untracked-files=all --no-renames -- f g h`,
      `-C ${at.root} restore --source=r --overlay -- f g h`,
    ]);
    await expect(restoreKept(desk(answers('!! f\0')).git, kept('files', ''))).rejects.toThrow(
      "'f' is there and in no commit. Move it first, or show the kept one with 'git show r:f'.",
    );
    await expect(restoreKept(desk(answers('', 1)).git, kept('files', ''))).rejects.toThrow('git -C failed');
  });
});

describe('before an action goes on or back', () => {
  const merge: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'never' };
  const checkout: Work = { do: 'checkout', branch: 'x' };
  interface Scene {
    works?: Work[];
    journal?: Partial<Journal>;
    answers?: Record<string, Given>;
    files?: Record<string, string>;
    contains?: boolean;
    kept?: Kept[];
    action?: string;
  }

  function settle({
    works = [merge],
    journal = {},
    answers = {},
    files = {},
    contains = false,
    kept = [],
    action = 'finish',
  }: Scene) {
    const at = desk(answers, files);
    const { git, places, asked } = at;
    const graph = { commit: (name: string) => Promise.resolve(name), contains: () => Promise.resolve(contains) };
    const own = {
      head: () => (asked.push('keep head'), Promise.resolve(kept)),
      work: () => (asked.push('keep work'), Promise.resolve([keptBranch])),
    };
    const plan = planOf(works, { request: { action } as never });
    const whole = { ...newJournal(plan, places), status: 'conflict', startedAt: 0, ...journal } as Journal;
    return { tools: { git, graph, places, keeper: own } as never, journal: whole, asked, root: at.root };
  }
  const resume = async (scene: Scene) => {
    const { tools, journal, asked } = settle(scene);
    const settled = await settleForResume(tools, journal);
    return {
      settled,
      asked,
      ran: asked.filter((each) => !/^(status|ls-files|keep|ls-tree|hash-object|merge-tree|stash list)/.test(each)),
    };
  };
  const v2 = (...records: string[]): string => ['# branch.oid a', ...records, ''].join('\0');
  const conflicts = v2('u UU N... 1 1 1 1 a b c f', 'u UU N... 1 1 1 1 a b c g');
  const unstaged = v2('1 .M N... 1 1 1 a b f');
  const staged = v2('1 M. N... 1 1 1 a b f');
  const inMerge = { '.git/MERGE_HEAD': a };
  const settled = { status: 'settled', kept: [] };

  test.each<[string, Scene, object, string[]]>([
    ['nothing is in the way', {}, settled, []],
    [
      'a merge that was resolved',
      { files: inMerge, answers: { 'status --porcelain=v2': staged } },
      settled,
      ['commit -q --no-edit'],
    ],
    [
      'a squash that was resolved',
      {
        works: [{ do: 'squash', into: 'x', source: 's' }],
        files: { '.git/SQUASH_MSG': '' },
        answers: { 'status --porcelain=v2': staged },
      },
      settled,
      ['commit -q --no-edit'],
    ],
    [
      'a rebase that was resolved',
      { works: [{ do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' }], files: { '.git/rebase-merge/x': '' } },
      settled,
      ['rebase --continue'],
    ],
    [
      'a revert that was resolved',
      { works: [{ do: 'revert', branch: 'x', commits: [] }], files: { '.git/REVERT_HEAD': a } },
      settled,
      ['revert --continue'],
    ],
    [
      'a rebase that failed',
      {
        works: [{ do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' }],
        files: { '.git/rebase-apply/x': '' },
        journal: { status: 'failed' },
      },
      settled,
      ['rebase --abort'],
    ],
    ['a merge that is committed', { files: inMerge, contains: true }, settled, ['merge --quit']],
    [
      'a pull that is merged',
      { works: [{ do: 'pull', branch: 'x', remote: 'o' }], files: inMerge, contains: true },
      settled,
      ['commit -q --no-edit'],
    ],
    ['a bisection', { files: { '.git/BISECT_LOG': '' } }, settled, []],
    [
      'conflicts are left',
      { files: inMerge, answers: { 'status --porcelain=v2': conflicts } },
      { status: 'conflict', files: ['f', 'g'], message: 'Conflicts are left in f, g. Resolve them, then resume.' },
      [],
    ],
    [
      'what was resolved is not staged',
      { files: inMerge, answers: { 'status --porcelain=v2': unstaged } },
      {
        status: 'blocked',
        code: 'dirty',
        message: 'There are changes that are not staged. Stage what belongs to the merge, then resume.',
      },
      [],
    ],
    [
      'a merge beside another step',
      { works: [checkout], files: inMerge },
      { status: 'blocked', code: 'in-progress', message: 'A merge is in progress. Finish or abort it, then resume.' },
      [],
    ],
    [
      'a cherry-pick',
      { files: { '.git/CHERRY_PICK_HEAD': a } },
      {
        status: 'blocked',
        code: 'in-progress',
        message: 'A cherry-pick is in progress. Finish or abort it, then resume.',
      },
      [],
    ],
    [
      'the commit of a merge is refused',
      { files: inMerge, answers: { 'commit -q': 1 } },
      { status: 'blocked', code: 'in-progress', message: 'The merge could not be committed: fatal: no' },
      ['commit -q --no-edit'],
    ],
    ['what only one command has left', { works: [checkout], answers: { 'status --porcelain=v1': '' } }, settled, []],
  ])('to go on, %s', async (_what, scene, result, commands) => {
    const { settled: found, ran } = await resume(scene);
    expect(found).toEqual(result);
    expect(ran).toEqual(commands);
  });

  test('to go on, the next commit of a rebase may conflict', async () => {
    let looks = 0;
    const answers: Record<string, Given> = {
      'status --porcelain=v2': () => ({ stdout: ++looks === 1 ? v2() : conflicts }),
      'rebase --continue': 1,
    };
    const { settled: found } = await resume({
      works: [{ do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' }],
      files: { '.git/rebase-merge/x': '' },
      answers,
    });
    expect(found).toEqual({
      status: 'conflict',
      files: ['f', 'g'],
      message: 'The next commit conflicts in f, g. Resolve it, then resume.',
    });
  });

  test('to go on after a crash, a merge that was cut off is dropped and done again', async () => {
    const cut = await resume({ files: inMerge, journal: { status: 'running' }, kept: [keptBranch] });
    expect(cut.settled).toEqual({ status: 'settled', kept: [keptBranch] });
    expect(cut.ran).toEqual(['merge --abort']);
    const solved = await resume({
      files: inMerge,
      journal: { status: 'running' },
      answers: { 'ls-files --resolve-undo': 'x\n' },
    });
    expect(solved.ran).toEqual(['commit -q --no-edit']);
    const forced = await resume({ files: inMerge, journal: { status: 'undoing' }, answers: { 'merge --abort': 1 } });
    expect(forced.ran).toEqual(['merge --abort', 'reset -q --hard']);
    const squash = await resume({
      works: [{ do: 'squash', into: 'x', source: 's' }],
      files: { '.git/SQUASH_MSG': '' },
      journal: { status: 'running' },
      answers: { 'status --porcelain=v2': staged },
    });
    expect(squash.ran).toEqual(['reset -q --merge']);
    await expect(
      resume({ files: inMerge, journal: { status: 'running' }, answers: { 'merge --abort': 1, 'reset -q --hard': 1 } }),
    ).rejects.toThrow('The merge in progress could not be dropped: fatal: no');
    await expect(
      resume({
        works: [{ do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' }],
        files: { '.git/rebase-merge/x': '' },
        journal: { status: 'failed' },
        answers: { 'rebase --abort': 1 },
      }),
    ).rejects.toThrow('The rebase in progress could not be dropped: fatal: no');
  });

  const dirty = { 'status --porcelain=v1': ' M f\0 M g\0 M h\0 M i\0', 'hash-object': [a, a, a, a].join('\n') };
  const texts = { f: '1', g: '1', h: '1', i: '1' };
  const one = { 'status --porcelain=v1': ' M f\0', 'hash-object': a };

  test('other changes are the user’s, and stop it', async () => {
    expect((await resume({ works: [checkout], answers: dirty, files: texts })).settled).toEqual({
      status: 'blocked',
      code: 'dirty',
      message: 'f, g, h have uncommitted changes. Commit or stash them, then try again.',
    });
    expect((await resume({ works: [checkout], answers: one, files: texts })).settled).toMatchObject({
      message: 'f has uncommitted changes. Commit or stash them, then try again.',
    });
    // What was kept on the way is told.
    const cut = await resume({
      files: { ...inMerge, ...texts },
      answers: one,
      journal: { status: 'running' },
      kept: [keptBranch],
    });
    expect(cut.settled).toMatchObject({ status: 'blocked', message: expect.stringContaining(toldBranch) as string });
  });

  test.each(['start', 'checkout', 'rename'])('changes are taken along by %s', async (action) => {
    expect((await resume({ action, works: [checkout], answers: one, files: texts })).settled).toEqual(settled);
    expect(carries(planJournal(action))).toBe(true);
    expect(carries(planJournal('finish'))).toBe(false);
  });
  const planJournal = (action: string): Journal => ({ plan: { request: { action } } }) as never;

  const stash: Work = { do: 'stash' };
  const own = 'stash@{0}\0i\0On x: Stashed by MLOps Flow\n';
  test.each<[string, Scene, object, boolean]>([
    ['not put away yet', { works: [stash, checkout], answers: one, files: texts }, settled, false],
    [
      'put away and still here',
      {
        works: [stash, checkout],
        answers: { ...one, 'stash list': own, 'status --porcelain=v2': unstaged },
        files: texts,
      },
      settled,
      true,
    ],
    [
      'put away, and staged as HEAD has it',
      {
        works: [stash, checkout],
        answers: {
          ...one,
          'stash list': own,
          'status --porcelain=v2': unstaged,
          'diff --cached --quiet stash@{0}^2': 1,
        },
        files: texts,
      },
      settled,
      true,
    ],
    [
      'put away, with others',
      {
        works: [stash, checkout],
        answers: { ...one, 'stash list': own, 'status --porcelain=v2': unstaged, 'diff --quiet': 1 },
        files: texts,
      },
      {
        status: 'blocked',
        code: 'dirty',
        message: 'There are changes that stash@{0} does not have. Commit or stash them, then try again.',
      },
      false,
    ],
    [
      'put away, with others staged',
      {
        works: [stash, checkout],
        answers: { ...one, 'stash list': own, 'status --porcelain=v2': unstaged, 'diff --cached': 1 },
        files: texts,
      },
      {
        status: 'blocked',
        code: 'dirty',
        message: 'There are changes that stash@{0} does not have. Commit or stash them, then try again.',
      },
      false,
    ],
    [
      'put away, with nothing left',
      { works: [stash, checkout], answers: { 'stash list': own, 'status --porcelain=v2': v2() } },
      settled,
      false,
    ],
    [
      'put back already',
      { works: [stash, checkout], journal: { step: 1 }, answers: one, files: texts },
      settled,
      false,
    ],
    [
      'still put away',
      { works: [stash, checkout], journal: { step: 1 }, answers: { ...one, 'stash list': own }, files: texts },
      { status: 'blocked', code: 'dirty', message: 'f has uncommitted changes. Commit or stash them, then try again.' },
      false,
    ],
  ])('changes are %s', async (_what, scene, result, isReset) => {
    const { settled: found, asked } = await resume(scene);
    expect(found).toEqual(result);
    expect(asked.includes('read-tree --reset -u HEAD')).toBe(isReset);
  });

  test('what git has left half written is written again', async () => {
    const mine = { ...one, 'ls-tree': `100644 blob ${a}\tf\0` };
    const { settled: found, asked } = await resume({ works: [checkout], answers: mine, files: texts });
    expect(found).toEqual(settled);
    expect(asked).toContain('read-tree --reset -u HEAD');
    expect(asked).not.toContain('keep work');
  });

  test('to go back, what is in the way is told, and nothing is changed', async () => {
    const check = async (scene: Scene) => {
      const { tools, journal, asked } = settle(scene);
      return { found: await checkForUndo(tools, journal), asked };
    };
    expect((await check({ files: inMerge })).found).toEqual(settled);
    expect((await check({ works: [checkout], files: inMerge })).found).toEqual({
      status: 'blocked',
      code: 'in-progress',
      message: 'A merge is in progress. Finish or abort it, then undo.',
    });
    expect((await check({ works: [checkout], files: { '.git/BISECT_LOG': '' } })).found).toEqual(settled);
    expect((await check({ works: [checkout], answers: dirty, files: texts })).found).toMatchObject({
      status: 'blocked',
      code: 'dirty',
    });
    expect((await check({ action: 'start', works: [checkout], answers: dirty, files: texts })).found).toEqual(settled);
    const { found, asked } = await check({
      works: [checkout],
      answers: { ...one, 'ls-tree': `100644 blob ${a}\tf\0` },
      files: texts,
    });
    expect([found, asked.some((each) => /reset|abort|commit/.test(each))]).toEqual([settled, false]);
  });

  test('to go back, what is in progress is dropped and kept', async () => {
    const undo = async (scene: Scene) => {
      const { tools, journal, asked } = settle(scene);
      return {
        result: await settleForUndo(tools, journal),
        asked: asked.filter((each) => /abort|quit|reset|keep/.test(each)),
      };
    };
    expect(await undo({ files: inMerge })).toEqual({
      result: { kept: [], dropped: true },
      asked: ['keep head', 'merge --abort'],
    });
    expect(await undo({ files: inMerge, contains: true })).toEqual({
      result: { kept: [], dropped: true },
      asked: ['keep head', 'merge --quit'],
    });
    const more = await undo({
      files: { ...inMerge, ...texts },
      answers: { ...one, 'ls-files -s': `100644 ${b} 0\tf\0` },
    });
    expect(more).toEqual({
      result: { kept: [keptBranch], dropped: true },
      asked: ['keep head', 'keep work', 'merge --abort'],
    });
    expect(await undo({ works: [checkout] })).toEqual({ result: { kept: [], dropped: false }, asked: ['keep head'] });
    expect(await undo({ works: [checkout], kept: [keptBranch] })).toMatchObject({
      result: { kept: [keptBranch], dropped: true },
    });
    expect(
      await undo({
        action: 'start',
        works: [checkout],
        answers: { ...one, 'ls-files -s': `100644 ${b} 0\tf\0` },
        files: texts,
      }),
    ).toEqual({ result: { kept: [], dropped: false }, asked: ['keep head'] });
  });

  test('a step may leave an operation, and a journal a crash', () => {
    expect(
      ['merge', 'squash', 'rebase', 'pull', 'revert', 'checkout', 'tag'].map((each) =>
        leavesOperation({ do: each } as never),
      ),
    ).toEqual([true, true, true, true, true, false, false]);
    expect(leavesOperation(undefined)).toBe(false);
    expect(
      (['running', 'undoing', 'conflict', 'failed', 'done'] as const).map((status) => isCrashed({ status } as never)),
    ).toEqual([true, true, false, false, false]);
  });
});

describe('whose a file is', () => {
  test('is asked of status, of trees and of the files themselves', async () => {
    const at = desk(
      {
        status: 'MM a b\0?? new\0R  to\0',
        'ls-tree -r -z --full-tree one': `100644 blob ${a}\tf\x00160000 commit ${b}\tsub\x00100644 blob ${b}\tg\0`,
        'ls-tree -r -z --full-tree two': `100755 blob ${c}\tf\0`,
        'ls-tree -r -z --full-tree gone': 128,
        'hash-object': `${a}\n${b}\n`,
      },
      { f: '1', 'd/g': '2' },
    );
    expect(await changesOf(at.git)).toEqual({ tracked: ['a b', 'to'], untracked: ['new'] });
    const blobs = await blobsIn(at.git, ['one', 'two', 'one', 'gone'], ['f', 'sub']);
    expect([...blobs].map(([path, ids]) => [path, [...ids]])).toEqual([['f', [a, c]]]);
    expect(at.asked.filter((each) => each.startsWith('ls-tree'))).toHaveLength(3);
    symlinkSync('f', join(at.root, 'link'));
    expect([...(await blobsOfFiles(at.git, at.places, ['f', 'gone', 'd', 'link', 'd/g']))]).toEqual([
      ['f', a],
      ['d/g', b],
    ]);
    expect(at.asked.at(-1)).toBe('hash-object --stdin-paths < f\nd/g\n');
    expect(await blobsOfFiles(desk({ 'hash-object': 1 }).git, at.places, ['gone'])).toEqual(new Map());
    await expect(blobsOfFiles(desk({ 'hash-object': 1 }).git, at.places, ['f'])).rejects.toThrow(
      'git hash-object failed',
    );
  });

  const journal = (more: object = {}, works: Work[] = []): Journal =>
    ({
      ...newJournal(planOf(works), { root: '', gitDir: '', commonDir: '', bare: false }),
      startedAt: 0,
      before: { refs: { r: a, s: null } },
      made: { t: b, u: null },
      ...more,
    }) as never;

  test('is known by the commits of the action, and by what its merges come to', async () => {
    expect(commitsOf(journal(), ['v'])).toEqual([a, b, 'v', 'HEAD']);
    const works: Work[] = [
      { do: 'merge', into: 'x', source: 's', fastForward: 'only' },
      { do: 'checkout', branch: 'x' },
      { do: 'merge', into: 'y', source: 's', fastForward: 'only' },
    ];
    const { git, asked } = desk({
      'merge-tree --write-tree refs/heads/x': 'tree\n',
      'merge-tree --write-tree refs/heads/y': { code: 1, stdout: 'no' },
    });
    expect(await mergesOf(git, journal({}, works))).toEqual(['tree']);
    expect(asked).toEqual(['merge-tree --write-tree refs/heads/x s', 'merge-tree --write-tree refs/heads/y s']);
  });

  const tree = (id: string): string => `100644 blob ${id}\tf\0`;
  test.each<[string, Record<string, Given>, object, boolean, string]>([
    ['nothing is changed', { status: '?? f\0' }, {}, false, 'f'],
    ['a file that a commit has', { status: ' M f\0', 'hash-object': a, 'ls-tree': tree(a) }, {}, false, 'f'],
    ['a file that no commit has', { status: ' M f\0', 'hash-object': b, 'ls-tree': tree(a) }, {}, true, 'f'],
    ['a file that git has left', { status: ' M f\0', 'hash-object': b }, { leftBehind: { f: b } }, false, 'f'],
    [
      'a file that was changed since git left it',
      { status: ' M f\0', 'hash-object': c },
      { leftBehind: { f: b } },
      true,
      'f',
    ],
    [
      'what is staged and in no commit',
      { status: 'M  f\0', 'hash-object': a, 'ls-tree': tree(a), 'ls-files': `100644 ${b} 0\tf\0` },
      {},
      true,
      'f',
    ],
    [
      'what is staged and in a commit',
      {
        status: 'M  f\0',
        'hash-object': a,
        'ls-tree': tree(a),
        'ls-files': `100644 ${a} 0\tf\x00100644 ${b} 0\tother\0`,
      },
      {},
      false,
      'f',
    ],
    [
      'a side of a conflict',
      { status: 'UU f\0', 'hash-object': a, 'ls-tree': tree(a), 'ls-files': `100644 ${b} 2\tf\0` },
      {},
      false,
      'f',
    ],
    ['a file that is gone', { status: ' D gone\0' }, {}, false, 'f'],
  ])('of %s there is more than git has, or not', async (_what, answers, more, holds) => {
    const at = desk(answers, { f: '1' });
    expect(await holdsMore(at.git, at.places, journal(more), [])).toBe(holds);
  });

  test('of a link there is more', async () => {
    const at = desk({ status: ' T link\0' });
    symlinkSync('x', join(at.root, 'link'));
    expect(await holdsMore(at.git, at.places, journal(), [])).toBe(true);
  });

  test('decides what is repaired: the beginning of a file of git is git’s', async () => {
    const whole = 'line\n'.repeat(10);
    const answers = {
      status: ' M f\0?? new\0 D gone\0',
      'hash-object': `${c}\n${c}\n`,
      'ls-tree': `100644 blob ${a}\tf\x00100644 blob ${a}\tnew\0`,
      'cat-file --filters': 1,
      'cat-file blob': whole,
    };
    const found = async (f: string, fresh: string, more: object = {}) => {
      const at = desk(answers, { f, new: fresh });
      return { ...(await lookForRepair(at.git, at.places, journal(more), [])), asked: at.asked };
    };
    const { asked, ...half } = await found('line\nli', 'line\n');
    expect(half).toEqual({ foreign: [], remove: ['new'], reset: true });
    expect(asked.filter((each) => each.startsWith('cat-file'))).toEqual([
      `cat-file --filters --path=f ${a}`,
      `cat-file blob ${a}`,
      `cat-file --filters --path=new ${a}`,
      `cat-file blob ${a}`,
    ]);
    expect(await found('mine', 'mine')).toMatchObject({ foreign: ['f'], remove: [], reset: true });
    // What is older than the action is the user's.
    expect(await found('line\n', 'line\n', { startedAt: Date.now() + 60_000 })).toMatchObject({
      foreign: [],
      remove: [],
    });
    const clean = desk({ status: '' });
    expect(await lookForRepair(clean.git, clean.places, journal(), [])).toEqual({
      foreign: [],
      remove: [],
      reset: false,
    });
  });

  test('is repaired by removing what git wrote, and by HEAD', async () => {
    const at = desk({}, { f: '1', g: '2' });
    await repair(at.git, at.places, { foreign: [], remove: ['f', 'gone'], reset: false });
    expect([existsSync(join(at.root, 'f')), existsSync(join(at.root, 'g')), at.asked]).toEqual([false, true, []]);
    await repair(at.git, at.places, { foreign: [], remove: [], reset: true });
    expect(at.asked).toEqual(['read-tree --reset -u HEAD']);
    await expect(
      repair(desk({ 'read-tree': 1 }).git, at.places, { foreign: [], remove: [], reset: true }),
    ).rejects.toThrow('git read-tree failed');
  });
});
