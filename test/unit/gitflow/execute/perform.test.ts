/** Doing one step: which commands are run in which order, and what their answers come to. Git is a list of answers here. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { Performer, type StepResult } from '../../../../src/gitflow/execute/perform';
import { stepsOf } from '../../../../src/gitflow/execute/steps';
import type { GitAnswer } from '../../../../src/gitflow/git/git';
import type { Kept } from '../../../../src/gitflow/model/kept';
import type { ExecuteOptions, Work } from '../../../../src/gitflow/model/model';
import { answerTo } from './answers';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-perform-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Answer = Partial<GitAnswer> | ((input: string | undefined) => Partial<GitAnswer>);

interface Desk {
  /** What git answers to commands that begin so; anything else succeeds without a word. */
  answers?: Record<string, Answer>;
  /** Files below `.git`. */
  files?: Record<string, string>;
  commits?: Record<string, string>;
  count?: number;
  /** The branch that the performer believes to be checked out. */
  head?: string | undefined;
  hook?: { code: number; stdout?: string; stderr?: string };
  found?: string;
  kept?: Kept[];
  journal?: Partial<Journal>;
  options?: ExecuteOptions;
}

const kept: Kept = {
  ref: 'refs/mlops-flow/undone/1/heads/x',
  name: '1/heads/x',
  action: '1',
  kind: 'branch',
  of: 'x',
  id: 'k',
  subject: '',
  restore: 'git branch x-kept',
};
const told = "The commits of 'x' are kept; 'git branch x-kept' restores them.";
const id = (letter: string): string => letter.repeat(40);

let gitDir: string;
let count = 0;
beforeEach(() => {
  gitDir = join(folder, String(count++), '.git');
  mkdirSync(join(gitDir, 'refs/heads'), { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(join(gitDir, path, '..'), { recursive: true });
  writeFileSync(join(gitDir, path), text);
}

/** Does the work as the first step of an action. Answers what came of it, and the commands in their order. */
async function perform(
  work: Work,
  desk: Desk = {},
): Promise<{ result: StepResult; ran: string[]; asked: string[]; performer: Performer; envs: unknown[] }> {
  const { answers = {}, files = {}, commits = {}, journal = {}, options = {} } = desk;
  for (const [path, text] of Object.entries(files)) put(path, text);
  const ran: string[] = [];
  const asked: string[] = [];
  const envs: unknown[] = [];
  const answer = (args: readonly string[], input?: string): GitAnswer => answerTo(answers, args, input);
  const git = {
    environment: {},
    run: (
      args: string[],
      given: {
        input?: string;
        env?: unknown;
        patient?: boolean;
        alone?: boolean;
        signal?: unknown;
        onOutput?: (text: string) => void;
      } = {},
    ) => {
      const text = args.join(' ');
      if (given.alone) {
        expect(given.patient).toBe(true);
        ran.push(given.input === undefined ? text : `${text} < ${given.input}`);
        envs.push(given.env);
        given.onOutput?.(args[0] ?? '');
        if ('signal' in given) expect(given.signal).toBe(options.signal);
        expect('signal' in given).toBe(['push', 'fetch'].includes(args[0] ?? ''));
      } else asked.push(text);
      return Promise.resolve(answer(args, given.input));
    },
    read: (args: string[]) => {
      asked.push(args.join(' '));
      return Promise.resolve(answer(args).stdout);
    },
    holds: (args: string[]) => {
      asked.push(args.join(' '));
      return Promise.resolve(answer(args).code === 0);
    },
  };
  const keeper = {
    head: () => Promise.resolve(desk.kept ?? []),
    tips: (moving: { ref: string; now: string; to: null }[]) => {
      asked.push(`keep ${JSON.stringify(moving)}`);
      return Promise.resolve(desk.kept ?? []);
    },
    replaced: (ref: string, now: string) => {
      asked.push(`keep ${ref} ${now}`);
      return Promise.resolve(desk.kept ?? []);
    },
  };
  const hooks = {
    find: (name: string) => (asked.push(`find ${name}`), desk.found),
    run: (file: string, args: string[], _onOutput: unknown, env?: object) => {
      ran.push(`hook ${[file, ...args].join(' ')}${env ? ` ${JSON.stringify(env)}` : ''}`);
      return Promise.resolve({ code: 0, stdout: '', stderr: '', ...desk.hook });
    },
  };
  const graph = {
    commit: (name: string) => Promise.resolve(commits[name]),
    count: (into: string, source: string, limit: number) => {
      asked.push(`count ${into} ${source} ${limit}`);
      return Promise.resolve(desk.count ?? 0);
    },
  };
  const places = { root: join(gitDir, '..'), gitDir, commonDir: gitDir, bare: false };
  const performer = new Performer({ git, hooks, graph, keeper, places, options } as never, desk.head);
  const [step] = stepsOf([work]);
  if (step === undefined) throw new Error('There is no step.');
  const whole = { id: 'action', made: {}, before: { refs: {}, config: [] }, ...journal };
  const result = await performer.perform(step, whole as never);
  return { result, ran, asked, performer, envs };
}

const done = { status: 'done' };
const failure = (message: string, more: object = {}): object => ({ status: 'failed', message, ...more });
const refuse = { code: 1, stderr: 'fatal: no' };

describe('a step', () => {
  test.each<[string, Work, Desk, string[], object]>([
    ['checks out', { do: 'checkout', branch: 'x' }, {}, ['checkout -q x --'], done],
    ['checks out what is checked out', { do: 'checkout', branch: 'x' }, { head: 'x' }, [], done],
    ['renames a branch', { do: 'renameBranch', branch: 'x', to: 'y' }, {}, ['branch -m -- x y'], done],
    ['sets a key', { do: 'setConfig', key: 'k', value: 'v', scope: ['--local'] }, {}, ['config --local k v'], done],
    [
      'renames a section',
      { do: 'renameSection', section: 'a', to: 'b' },
      {},
      ['config --local --rename-section a b'],
      done,
    ],
    ['removes a section', { do: 'removeSection', section: 'a' }, {}, ['config --local --remove-section a'], done],
    ['puts changes away', { do: 'stash' }, {}, ['stash push -q -m Stashed by MLOps Flow'], done],
    [
      'makes a branch',
      { do: 'createBranch', branch: 'x', start: 's', checkout: false, track: true },
      {},
      ['branch -q -- x s'],
      done,
    ],
    [
      'makes a branch and checks it out',
      { do: 'createBranch', branch: 'x', start: 's', checkout: true, track: false },
      {},
      ['checkout -q --no-track -b x s --'],
      done,
    ],
    [
      'takes a branch from a remote',
      { do: 'createFromFetch', branch: 'x', remote: 'hub' },
      {},
      ['fetch -q hub x', 'branch --no-track x FETCH_HEAD', 'checkout -q x --'],
      done,
    ],
    [
      'makes the first commit',
      { do: 'firstCommit', branch: 'x', message: 'm' },
      {},
      ['symbolic-ref HEAD refs/heads/x', 'commit -q --allow-empty -m m'],
      done,
    ],
    [
      'merges',
      { do: 'merge', into: 'x', source: 's', fastForward: 'never' },
      {},
      ['checkout -q x --', 'merge --commit --no-squash -q --no-ff -- s'],
      done,
    ],
    [
      'squashes',
      { do: 'squash', into: 'x', source: 's', message: 'm' },
      { head: 'x' },
      ['merge --no-commit --ff -q --squash -- s', 'commit -q -m m'],
      done,
    ],
    [
      'squashes what is there already',
      { do: 'squash', into: 'x', source: 's', mayBeEmpty: true },
      { head: 'x' },
      ['merge --no-commit --ff -q --squash -- s'],
      done,
    ],
    [
      'squashes what may be there and is not',
      { do: 'squash', into: 'x', source: 's', mayBeEmpty: true },
      { head: 'x', answers: { 'diff --cached': { code: 1 } } },
      ['merge --no-commit --ff -q --squash -- s', 'commit -q --no-edit'],
      done,
    ],
    [
      'rebases',
      { do: 'rebase', branch: 'x', onto: 'o', mode: 'merges' },
      {},
      ['checkout -q x --', 'rebase -q --rebase-merges o'],
      done,
    ],
    ['pulls', { do: 'pull', remote: 'hub', branch: 'x', rebase: true }, {}, ['pull --rebase -q hub x'], done],
    [
      'pushes',
      { do: 'push', remote: 'hub', refspecs: ['a', 'b'], upstream: true, what: 'a', options: ['o'], atomic: true },
      {},
      ['push --atomic -u -o o -- hub a b'],
      done,
    ],
    ['pushes every tag', { do: 'pushAllTags', remote: 'hub' }, {}, ['push --tags -- hub'], done],
    [
      'deletes a branch of a remote',
      { do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' },
      {},
      ['push -- hub :refs/heads/x'],
      done,
    ],
    ['has nothing to put back', { do: 'unstash' }, {}, [], done],
  ])('%s', async (_what, work, desk, commands, result) => {
    const performed = await perform(work, desk);
    expect(performed.ran).toEqual(commands);
    expect(performed.result).toEqual(result);
    for (const env of performed.envs) expect(env).toEqual({ GIT_REFLOG_ACTION: 'mlops-flow action.0' });
  });

  const again: Work = { do: 'checkout', branch: 'x' };
  test.each<[string, Work, Desk, boolean]>([
    ['a checkout', again, {}, true],
    ['a checkout that failed', again, { answers: { checkout: refuse } }, false],
    ['a new branch', { do: 'createBranch', branch: 'x', start: 's', checkout: true, track: false }, {}, true],
    ['a new branch beside', { do: 'createBranch', branch: 'x', start: 's', checkout: false, track: false }, {}, false],
    ['a branch of a remote', { do: 'createFromFetch', branch: 'x', remote: 'hub' }, {}, true],
    ['a first commit', { do: 'firstCommit', branch: 'x', message: 'm' }, {}, true],
    ['a new name', { do: 'renameBranch', branch: 'y', to: 'x' }, { head: 'y' }, true],
    ['a new name of another', { do: 'renameBranch', branch: 'z', to: 'x' }, { head: 'y' }, false],
    [
      'a new name that failed',
      { do: 'renameBranch', branch: 'y', to: 'x' },
      { head: 'y', answers: { branch: refuse } },
      false,
    ],
    ['a hook', { do: 'hook', file: 'h', args: [], mayFail: false }, { head: 'x' }, false],
    ['a merge', { do: 'merge', into: 'x', source: 's', fastForward: 'only' }, {}, true],
  ])('after %s it is known what is checked out', async (_what, work, desk, known) => {
    const { performer, ran } = await perform(work, desk);
    ran.length = 0;
    const [step] = stepsOf([again]);
    if (step) await performer.perform(step, { id: 'action', made: {}, before: { refs: {}, config: [] } } as never);
    expect(ran).toEqual(known ? [] : ['checkout -q x --']);
  });

  test.each<[string, Work, Desk, object]>([
    [
      'a checkout',
      again,
      { answers: { checkout: refuse } },
      failure("Could not check out branch 'x'.", { stderr: 'fatal: no', cutOff: false }),
    ],
    [
      'a checkout that was killed',
      again,
      { answers: { checkout: { code: 137 } } },
      failure("Could not check out branch 'x'.", { cutOff: true, stderr: 'exit code 137' }),
    ],
    [
      'a checkout that ended with 128',
      again,
      { answers: { checkout: { code: 128 } } },
      failure("Could not check out branch 'x'.", { cutOff: false }),
    ],
    [
      'a new name',
      { do: 'renameBranch', branch: 'x', to: 'y' },
      { answers: { branch: refuse } },
      failure("Could not rename 'x'."),
    ],
    [
      'a key',
      { do: 'setConfig', key: 'k', value: 'v', scope: [] },
      { answers: { config: refuse } },
      failure('Could not write the configuration.'),
    ],
    [
      'a section',
      { do: 'removeSection', section: 'a' },
      { answers: { config: refuse } },
      failure('Could not write the configuration.'),
    ],
    [
      'a section that is gone',
      { do: 'removeSection', section: 'a' },
      { answers: { config: { code: 128, stderr: 'fatal: no such section: a' } } },
      done,
    ],
    [
      'changes to put away',
      { do: 'stash' },
      { answers: { stash: refuse } },
      failure('Could not do this: Stash uncommitted changes.'),
    ],
    [
      'a new branch',
      { do: 'createBranch', branch: 'x', start: 's', checkout: false, track: true },
      { answers: { branch: refuse } },
      failure("Could not create 'x'."),
    ],
    [
      'a branch of a remote that is not there',
      { do: 'createFromFetch', branch: 'x', remote: 'hub' },
      { answers: { fetch: refuse } },
      failure("Could not create 'x'."),
    ],
    [
      'a merge into what cannot be checked out',
      { do: 'merge', into: 'x', source: 's', fastForward: 'only' },
      { answers: { checkout: refuse } },
      failure("Could not check out branch 'x'."),
    ],
    [
      'a merge',
      { do: 'merge', into: 'x', source: 'refs/heads/s', fastForward: 'only' },
      { answers: { merge: refuse } },
      failure("Could not merge 's' into 'x'."),
    ],
    [
      'a squash into what cannot be checked out',
      { do: 'squash', into: 'x', source: 's' },
      { answers: { checkout: refuse } },
      failure("Could not check out branch 'x'."),
    ],
    [
      'a squash',
      { do: 'squash', into: 'x', source: 'heads/s' },
      { answers: { merge: refuse } },
      failure("Could not squash 's' into 'x'."),
    ],
    [
      'the commit of a squash',
      { do: 'squash', into: 'x', source: 's' },
      { answers: { commit: refuse } },
      failure('The squashed changes could not be committed. They are staged.'),
    ],
    [
      'a rebase of what cannot be checked out',
      { do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' },
      { answers: { checkout: refuse } },
      failure("Could not check out branch 'x'."),
    ],
    [
      'a rebase',
      { do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' },
      { answers: { rebase: refuse } },
      failure("Could not rebase 'x' onto 'o'."),
    ],
    [
      'a revert on what cannot be checked out',
      { do: 'revert', branch: 'x', commits: [] },
      { answers: { checkout: refuse } },
      failure("Could not check out branch 'x'."),
    ],
    [
      'a revert',
      { do: 'revert', branch: 'x', commits: [{ id: id('a'), merge: false }] },
      { answers: { revert: refuse } },
      failure("Could not revert aaaaaaaa on 'x'."),
    ],
    [
      'a tag',
      { do: 'tag', tag: 'v1', on: 'x', message: 'm', sign: false },
      { answers: { tag: refuse } },
      failure("Could not make the tag 'v1'."),
    ],
    [
      'a tag without words',
      { do: 'tag', tag: 'v1', on: 'x', sign: false },
      { answers: { tag: refuse } },
      failure("Could not make the tag 'v1'. Give it a message and finish again."),
    ],
    [
      'a tag with words in a file',
      { do: 'tag', tag: 'v1', on: 'x', messageFile: 'f', sign: false },
      { answers: { tag: refuse } },
      failure("Could not make the tag 'v1'."),
    ],
    [
      'a tag that cannot be signed',
      { do: 'tag', tag: 'v1', on: 'x', message: 'm', sign: true },
      { answers: { tag: { code: 128, stderr: 'error: gpg failed to sign the data' } } },
      failure(
        "Could not make the tag 'v1'. Git could not sign it. See that the key of 'user.signingkey' is at hand, or switch signing off.",
      ),
    ],
    [
      'a push',
      { do: 'push', remote: 'hub', refspecs: ['a'], upstream: false, what: 'a' },
      { answers: { push: refuse } },
      failure('Push a to hub was refused.'),
    ],
    [
      'a push without a sign-in',
      { do: 'push', remote: 'hub', refspecs: ['a'], upstream: false, what: 'a' },
      { answers: { push: { code: 128, stderr: 'fatal: Authentication failed' } } },
      failure(
        "'hub' did not accept the user name and the password or token. Do it again with others, or ask for access.",
      ),
    ],
    [
      'a push to a protected branch',
      { do: 'push', remote: 'hub', refspecs: ['a'], upstream: false, what: 'a' },
      { answers: { push: { code: 1, stderr: 'remote: error: GH006' } } },
      failure("'hub' takes changes only through a pull request. Undo, publish the branch, and open a pull request."),
    ],
    [
      'a push of all tags',
      { do: 'pushAllTags', remote: 'hub' },
      { answers: { push: refuse } },
      failure('Push all tags to hub was refused.'),
    ],
    [
      'the end of a branch of a remote',
      { do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' },
      { answers: { push: refuse } },
      failure('Could not delete the remote x in hub.'),
    ],
    [
      'the end of a branch of a remote without a sign-in',
      { do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' },
      { answers: { push: { code: 128, stderr: 'Host key verification failed.' } } },
      failure(
        "The server of 'hub' was not trusted, so nothing was sent. Do it again and trust it, or check its address.",
      ),
    ],
    [
      'the record of a branch of a remote',
      { do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' },
      { answers: { push: { code: 1, stderr: 'remote ref does not exist' }, 'update-ref': refuse } },
      failure('Could not remove the record of the remote branch.'),
    ],
    [
      'a pull',
      { do: 'pull', remote: 'hub', branch: 'x' },
      { answers: { pull: refuse } },
      failure("Failed to pull from remote 'hub'."),
    ],
    [
      'a pull without a key',
      { do: 'pull', remote: 'hub', branch: 'x' },
      { answers: { pull: { code: 1, stderr: 'Permission denied (publickey)' } } },
      failure(
        "'hub' did not accept your key. Add it to the agent (ssh-add) and to your account there, then do it again.",
      ),
    ],
  ])('that fails says what could not be done: %s', async (_what, work, desk, result) => {
    expect((await perform(work, desk)).result).toMatchObject(result);
  });

  test('stops at the first command that fails', async () => {
    const { ran } = await perform(
      { do: 'createFromFetch', branch: 'x', remote: 'hub' },
      { answers: { branch: refuse } },
    );
    expect(ran).toEqual(['fetch -q hub x', 'branch --no-track x FETCH_HEAD']);
  });

  test('hands on what is heard, and what ends it to the commands that talk to a remote', async () => {
    const { signal } = new AbortController();
    const heard: string[] = [];
    const options = { signal, onOutput: (text: string) => void heard.push(text) };
    await perform({ do: 'pushAllTags', remote: 'hub' }, { options });
    await perform({ do: 'createFromFetch', branch: 'x', remote: 'hub' }, { options });
    expect(heard).toEqual(['push', 'fetch', 'branch', 'checkout']);
  });
});

describe('a checkout', () => {
  const work: Work = { do: 'checkout', branch: 'x' };
  const landing = (from: string, to: string, code: number): Desk => ({
    files: { HEAD: from },
    answers: {
      checkout: () => {
        put('HEAD', to);
        return { code, stderr: 'hook' };
      },
    },
  });
  const elsewhere = 'ref: refs/heads/y\n';
  const there = 'ref: refs/heads/x\n';

  test.each<[string, Desk, object]>([
    [
      'whose hook failed',
      landing(elsewhere, there, 1),
      { status: 'done', warning: 'The hook post-checkout ended with exit code 1.' },
    ],
    [
      'whose hook ended with 128',
      landing(elsewhere, there, 128),
      { status: 'done', warning: 'The hook post-checkout ended with exit code 128.' },
    ],
    ['that was killed', landing(elsewhere, there, 129), failure("Could not check out branch 'x'.")],
    ['that changed nothing', landing(there, there, 1), failure("Could not check out branch 'x'.")],
    ['that came elsewhere', landing(elsewhere, 'ref: refs/heads/z\n', 1), failure("Could not check out branch 'x'.")],
  ])('%s', async (_what, desk, result) => {
    expect((await perform(work, desk)).result).toMatchObject(result);
  });

  test('tells what was kept of a detached HEAD, whatever comes of it', async () => {
    expect((await perform(work, { kept: [kept] })).result).toEqual({ status: 'done', warning: told });
    expect((await perform(work, { kept: [kept], head: 'y' })).result).toEqual({ status: 'done' });
    expect((await perform(work, { kept: [kept], answers: { checkout: refuse } })).result).toMatchObject(
      failure(`Could not check out branch 'x'. ${told}`),
    );
  });

  test.each<[string, Record<string, string>, string, Work | undefined, boolean]>([
    [
      'stands where it starts',
      { 'refs/heads/x': 'c', s: 'c' },
      "fatal: a branch named 'x' already exists",
      undefined,
      true,
    ],
    ['stands elsewhere', { 'refs/heads/x': 'd', s: 'c' }, "fatal: a branch named 'x' already exists", undefined, false],
    ['is not there', { s: 'c' }, "fatal: a branch named 'x' already exists", undefined, false],
    ['failed otherwise', { 'refs/heads/x': 'c', s: 'c' }, 'fatal: no', undefined, false],
    [
      'comes from a remote',
      { 'refs/heads/x': 'c' },
      'already exists',
      { do: 'createFromFetch', branch: 'x', remote: 'h' },
      false,
    ],
  ])('of a branch that was made half: it %s', async (_what, commits, stderr, other, taken) => {
    const made: Work = { do: 'createBranch', branch: 'x', start: 's', checkout: true, track: false };
    let tries = 0;
    const checkout = (): Partial<GitAnswer> => (++tries === 1 ? { code: 128, stderr } : {});
    const { result, ran } = await perform(other ?? made, { commits, answers: { checkout } });
    expect(result.status).toBe(taken ? 'done' : 'failed');
    expect(ran.at(-1)).toBe(
      taken ? 'checkout -q x --' : other ? 'checkout -q x --' : 'checkout -q --no-track -b x s --',
    );
  });
});

describe('a merge', () => {
  const work: Work = { do: 'merge', into: 'x', source: 's', fastForward: 'single' };
  const commits = { 'refs/heads/x': 'a', s: 'b' };

  test.each<[string, Desk, string]>([
    ['one commit', { commits, count: 1 }, '--ff'],
    ['two commits', { commits, count: 2 }, '--no-ff'],
    ['no commit', { commits, count: 0 }, '--no-ff'],
    ['a branch that is gone', { commits: { s: 'b' }, count: 1 }, '--no-ff'],
    ['a source that is gone', { commits: { 'refs/heads/x': 'a' }, count: 1 }, '--no-ff'],
  ])('may go forward by one commit alone: %s', async (_what, desk, flag) => {
    const { ran, asked } = await perform(work, { head: 'x', ...desk });
    expect(ran).toEqual([`merge --commit --no-squash -q ${flag} -- s`]);
    expect(asked.filter((each) => each.startsWith('count'))).toEqual(
      Object.keys(desk.commits ?? {}).length === 2 ? ['count a b 2'] : [],
    );
  });

  test('counts only where it matters', async () => {
    const { asked, ran } = await perform({ ...work, fastForward: 'allowed' }, { head: 'x', commits, count: 2 });
    expect([asked, ran]).toEqual([[], ['merge --commit --no-squash -q --ff -- s']]);
  });

  const status = (conflicts: string[]): Answer => ({
    stdout: ['# branch.oid a', ...conflicts.map((path) => `u UU N... 1 1 1 1 a b c ${path}`), ''].join('\0'),
  });
  const stopped = (more: Desk): Desk => ({ head: 'x', ...more, answers: { merge: refuse, ...more.answers } });

  test.each<[string, Desk, object]>([
    [
      'in conflict',
      stopped({ answers: { status: status(['one', 'a two']) } }),
      {
        status: 'conflict',
        files: ['one', 'a two'],
        message: 'There were merge conflicts in one, a two. Resolve them and commit, then resume.',
      },
    ],
    [
      'that git has resolved as before',
      stopped({
        answers: {
          merge: {
            code: 1,
            stdout: "Resolved 'one' using previous resolution.\nx",
            stderr: "Staged 'two' using previous resolution.",
          },
        },
      }),
      {
        status: 'conflict',
        files: ['one', 'two'],
        message: 'Git has resolved one, two as it was resolved before (rerere). Look at it, then resume.',
      },
    ],
    [
      'that a hook refused',
      stopped({ files: { MERGE_HEAD: 'a' } }),
      failure('The merge is made but was not committed: a hook refused it.'),
    ],
    [
      'that could not be signed',
      stopped({
        files: { MERGE_HEAD: 'a' },
        answers: { merge: { code: 1, stderr: 'error: gpg failed to sign the data' } },
      }),
      failure(
        "The merge is made but was not committed. Git could not sign it. See that the key of 'user.signingkey' is at hand, or switch signing off.",
      ),
    ],
    [
      'of another history',
      stopped({ answers: { merge: { code: 128, stderr: 'fatal: refusing to merge unrelated histories' } } }),
      failure("Could not merge 's' into 'x'."),
    ],
    [
      'of a history that is cut',
      stopped({
        files: { shallow: '' },
        answers: { merge: { code: 128, stderr: 'fatal: refusing to merge unrelated histories' } },
      }),
      failure(
        "Could not merge 's' into 'x'. This clone is shallow: get the whole history with 'git fetch --unshallow'.",
      ),
    ],
    ['in a clone that is cut', stopped({ files: { shallow: '' } }), failure("Could not merge 's' into 'x'.")],
    [
      'that another process holds up',
      stopped({
        answers: {
          merge: { code: 128, stderr: "fatal: Unable to create '/x/index.lock': File exists." },
          status: status(['one']),
        },
      }),
      failure(
        "Could not merge 's' into 'x'. Another git process works in this repository. Wait for it; if there is none, delete '/x/index.lock'.",
      ),
    ],
  ])('%s', async (_what, desk, result) => {
    expect((await perform(work, { commits, ...desk })).result).toMatchObject(result);
  });

  test('of a squash with its name writes it above the log', async () => {
    const { ran, asked } = await perform(
      { do: 'squash', into: 'x', source: 's', info: 'Merged it', mayBeEmpty: false },
      { head: 'x', answers: { log: { stdout: 'commit a\n\n    one\n' } } },
    );
    expect(ran).toEqual(['merge --no-commit --ff -q --squash -- s', 'commit -q --no-edit']);
    expect(asked).toEqual(['log --no-merges --pretty=medium ^refs/heads/x s']);
    expect(readFileSync(join(gitDir, 'SQUASH_MSG'), 'utf8')).toBe(
      'Squashed commit of the following:\n\nMerged it\n\ncommit a\n\n    one\n',
    );
  });
});

describe('a branch that is rewritten', () => {
  const rebase: Work = { do: 'rebase', branch: 'x', onto: 'o', mode: 'plain' };
  const pull: Work = { do: 'pull', remote: 'hub', branch: 'x' };
  const at = (now: string | undefined, journal: object, more: Desk = {}): Desk => ({
    head: 'x',
    kept: [kept],
    ...(now === undefined ? {} : { files: { 'refs/heads/x': `${now}\n` } }),
    journal,
    ...more,
  });
  const before = (known: string): object => ({ before: { refs: { 'refs/heads/x': known }, config: [] } });

  test.each<[string, Work, Desk, boolean]>([
    ['rebased as it was', rebase, at(id('a'), before(id('a'))), false],
    ['rebased where it has grown', rebase, at(id('b'), before(id('a'))), true],
    [
      'rebased where the action put it',
      rebase,
      at(id('b'), { made: { 'refs/heads/x': id('b') }, ...before(id('a')) }),
      false,
    ],
    ['rebased and gone', rebase, at(undefined, before(id('a'))), false],
    ['pulled as it was', pull, at(id('a'), before(id('a'))), false],
    ['pulled where it has grown', pull, at(id('b'), before(id('a'))), true],
  ])('is kept where nothing else holds it: %s', async (_what, work, desk, isKept) => {
    const { result, asked } = await perform(work, desk);
    expect(result).toEqual(isKept ? { status: 'done', warning: told } : done);
    expect(asked.filter((each) => each.startsWith('keep'))).toEqual(
      isKept ? [`keep [{"ref":"refs/heads/x","now":"${id('b')}","to":null}]`] : [],
    );
    const failed = await perform(work, { ...desk, answers: { rebase: refuse, pull: refuse } });
    expect('message' in failed.result && failed.result.message.endsWith(told)).toBe(isKept);
  });
});

describe('a revert', () => {
  const work: Work = {
    do: 'revert',
    branch: 'x',
    commits: [
      { id: id('a'), merge: true },
      { id: id('b'), merge: false },
    ],
  };
  test('takes back each commit once, the newest first', async () => {
    const { ran, asked } = await perform(work, { head: 'x' });
    expect(ran).toEqual([`revert --no-edit -m 1 ${id('a')}`, `revert --no-edit ${id('b')}`]);
    expect(asked).toEqual(
      ['a', 'b'].map((each) => `log -1 --grep=This reverts commit ${id(each)} --format=%H ${id(each)}..HEAD --`),
    );
    const known = await perform(work, {
      head: 'x',
      answers: { [`log -1 --grep=This reverts commit ${id('a')}`]: { stdout: `${id('c')}\n` } },
    });
    expect(known.ran).toEqual([`revert --no-edit ${id('b')}`]);
  });
});

describe('a tag', () => {
  const tag = (more: object = {}): Work => ({ do: 'tag', tag: 'v1', on: 'x', sign: false, ...more });
  const head = 'tag -a --cleanup=verbatim -F - -- v1 refs/heads/x < ';

  test.each<[string, Work, Desk, string[]]>([
    ['its message', tag({ message: 'one\n\n' }), {}, [`${head}one\n`]],
    ['no message', tag(), {}, ['tag -a -- v1 refs/heads/x']],
    ['a file', tag({ messageFile: '/notes' }), {}, ['tag -a --cleanup=verbatim -F /notes -- v1 refs/heads/x']],
    [
      'a signature',
      tag({ message: 'm', sign: true, signingKey: 'k' }),
      {},
      ['tag -a -s -u k --cleanup=verbatim -F - -- v1 refs/heads/x < m\n'],
    ],
    [
      'a filter',
      tag({ message: 'm', filter: 'f' }),
      { hook: { code: 1, stdout: 'filtered\n\n' } },
      ['hook f m v1', `${head}filtered\n`],
    ],
    ['a filter and no message', tag({ filter: 'f' }), {}, ['tag -a -- v1 refs/heads/x']],
    ['a record below its message', tag({ message: 'm\n ', record: 'r' }), {}, [`${head}m\n\nr\n`]],
    ['a record below its name', tag({ record: 'r' }), {}, [`${head}v1\n\nr\n`]],
    [
      'a record below what was filtered',
      tag({ message: 'm', filter: 'f', record: 'r' }),
      { hook: { code: 0, stdout: 'n' } },
      ['hook f m v1', `${head}n\n\nr\n`],
    ],
  ])('has %s', async (_what, work, desk, commands) => {
    expect((await perform(work, desk)).ran).toEqual(commands);
  });

  test('has a record below the text of a file', async () => {
    const file = join(folder, 'notes');
    writeFileSync(file, 'from a file\n');
    expect((await perform(tag({ messageFile: file, record: 'r' }))).ran).toEqual([`${head}from a file\n\nr\n`]);
  });

  test.each<[string, string, string[], string | undefined]>([
    ['as it was', 'tree', [], undefined],
    ['with another file', 'other', ['a'], 'a differs'],
    ['with other files', 'other', ['a', 'b'], 'a, b differ'],
    ['with many other files', 'other', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 more differ'],
  ])('is put on the tree that was judged: %s', async (_what, now, files, differ) => {
    const { result, ran, asked } = await perform(tag({ message: 'm', tree: 'tree' }), {
      answers: {
        'rev-parse refs/heads/x^{tree}': { stdout: `${now}\n` },
        'diff-tree': { stdout: files.map((file) => `${file}\0`).join('') },
      },
    });
    if (differ === undefined) return expect(ran).toHaveLength(1);
    expect(ran).toEqual([]);
    expect(asked).toContain('diff-tree -r -z --no-renames --name-only tree other');
    expect(result).toEqual({
      status: 'failed',
      stderr: '',
      message: `'x' is not what the gates judged, so 'v1' is not made: ${differ}. Undo it, and finish again with a reason for the gate 'tree'.`,
    });
  });
});

describe('a version', () => {
  test('is written and committed with its files alone', async () => {
    writeFileSync(join(gitDir, '../VERSION'), '1.0\n');
    const work: Work = { do: 'bump', branch: 'x', version: '2.0', files: ['VERSION'], message: 'm' };
    const { ran } = await perform(work);
    expect(ran).toEqual(['add -- VERSION', 'commit -q -m m -- VERSION']);
    expect(readFileSync(join(gitDir, '../VERSION'), 'utf8')).toBe('2.0\n');
    expect((await perform(work, { answers: { commit: refuse } })).result).toMatchObject(
      failure('The version files could not be committed.'),
    );
  });
});

describe('a hook', () => {
  const work = (file: string, mayFail = false): Work => ({
    do: 'hook',
    file,
    args: ['a', 'b'],
    mayFail,
    env: { X: '1' },
  });
  test.each<[string, boolean, Desk['hook'], object]>([
    ['that succeeds', false, { code: 0 }, done],
    [
      'that fails',
      false,
      { code: 3, stderr: 'why' },
      { status: 'failed', stderr: 'why', message: 'Hook command h ended with exit code 3.' },
    ],
    [
      'that fails and says why elsewhere',
      false,
      { code: 3, stdout: 'out' },
      { status: 'failed', stderr: 'out', message: 'Hook command h ended with exit code 3.' },
    ],
    ['that may fail', true, { code: 3 }, { status: 'done', warning: 'Hook command h ended with exit code 3.' }],
  ])('%s', async (_what, mayFail, hook, result) => {
    const performed = await perform(work('h', mayFail), { hook: hook ?? { code: 0 } });
    expect(performed.result).toEqual(result);
    expect(performed.ran).toEqual(['hook h a b {"X":"1"}']);
  });

  test('is looked for where the repository is now', async () => {
    const file = join(folder, 'there');
    writeFileSync(file, '');
    const there = await perform(work(file), { found: '/else' });
    expect([there.ran, there.asked]).toEqual([[`hook ${file} a b {"X":"1"}`], []]);
    const moved = await perform(work('/gone/pre-flow-x'), { found: '/now/pre-flow-x' });
    expect([moved.ran, moved.asked]).toEqual([['hook /now/pre-flow-x a b {"X":"1"}'], ['find pre-flow-x']]);
    expect((await perform(work('/gone/pre-flow-x'))).ran).toEqual(['hook /gone/pre-flow-x a b {"X":"1"}']);
  });
});

describe('changes that were put away', () => {
  const list = (...lines: string[]): Record<string, Answer> => ({ 'stash list': { stdout: `${lines.join('\n')}\n` } });
  const own = 'stash@{1}\0abc\0On x: Stashed by MLOps Flow';
  const others = 'stash@{0}\0def\0On x: mine';

  test('come back as they were staged, or else as they are', async () => {
    const { ran, asked, result } = await perform({ do: 'unstash' }, { answers: list(others, own) });
    expect([ran, result]).toEqual([['stash pop -q --index stash@{1}'], done]);
    expect(asked).toEqual([
      'stash list --format=%gd%x00%H%x00%gs',
      'update-ref refs/mlops-flow/before/stash stash@{1}',
    ]);
    const plain = await perform({ do: 'unstash' }, { answers: { ...list(own), 'stash pop -q --index': refuse } });
    expect(plain.ran).toEqual(['stash pop -q --index stash@{1}', 'stash pop -q stash@{1}']);
    expect(plain.result).toEqual(done);
  });

  test('are known by what was noted of them', async () => {
    const { ran } = await perform(
      { do: 'unstash' },
      { answers: list(others, own), journal: { made: { 'refs/stash': 'def' } } },
    );
    expect(ran).toEqual(['stash pop -q --index stash@{0}']);
    expect(
      (await perform({ do: 'unstash' }, { answers: list(own), journal: { made: { 'refs/stash': 'gone' } } })).ran,
    ).toEqual([]);
  });

  test('are only taken from the list where they are here, and told where they do not fit', async () => {
    const there = await perform({ do: 'unstash' }, { answers: { ...list(own), 'stash pop': refuse } });
    expect([there.ran.at(-1), there.result]).toEqual(['stash drop -q stash@{1}', done]);
    expect(there.asked.at(-1)).toBe('diff --quiet stash@{1}');
    const apart = await perform(
      { do: 'unstash' },
      { answers: { ...list(own), 'stash pop': refuse, 'diff --quiet': { code: 1 } } },
    );
    expect(apart.ran).toHaveLength(2);
    expect(apart.result).toEqual({
      status: 'done',
      warning: "Your uncommitted changes don't fit any more. They are kept: see 'git stash show -p stash@{1}'.",
    });
  });
});

describe('the end of a branch', () => {
  const work = (more: object = {}): Work => ({ do: 'deleteBranch', branch: 'x', force: false, ...more });
  const tip = id('a');
  const files = { 'refs/heads/x': `${tip}\n`, HEAD: 'ref: refs/heads/y\n' };
  const known = { before: { refs: { 'refs/heads/x': tip }, config: [] } };
  const desk = (more: Desk = {}): Desk => ({ journal: known as never, ...more, files: { ...files, ...more.files } });

  test.each<[string, Work, Desk, string[], object]>([
    ['as it was', work(), desk(), ['branch -d -q -- x'], done],
    [
      'that git refuses',
      work(),
      desk({ answers: { branch: refuse } }),
      ['branch -d -q -- x'],
      failure("Could not delete the branch 'x'."),
    ],
    ['by force', work({ force: true }), desk(), [`update-ref -d refs/heads/x ${tip}`], done],
    [
      'by force, that git refuses',
      work({ force: true }),
      desk({ answers: { 'update-ref': refuse } }),
      [`update-ref -d refs/heads/x ${tip}`],
      failure("Could not delete the branch 'x'."),
    ],
    [
      'by force, with its configuration',
      work({ force: true }),
      desk({ journal: { before: { refs: { 'refs/heads/x': tip }, config: [['branch.x.remote', 'hub']] } } as never }),
      [`update-ref -d refs/heads/x ${tip}`, 'config --local --remove-section branch.x'],
      done,
    ],
    [
      'by force, with the configuration of another',
      work({ force: true }),
      desk({ journal: { before: { refs: { 'refs/heads/x': tip }, config: [['branch.xy.remote', 'hub']] } } as never }),
      [`update-ref -d refs/heads/x ${tip}`],
      done,
    ],
    [
      'that is checked out',
      work(),
      desk({ files: { HEAD: 'ref: refs/heads/x\n' } }),
      [],
      failure("Could not delete the branch 'x'. It is checked out: check out another one.", { stderr: '' }),
    ],
    [
      'that is checked out and left',
      work({ leaveTo: 'y' }),
      desk({ files: { HEAD: 'ref: refs/heads/x\n' } }),
      ['checkout -q y --', 'branch -d -q -- x'],
      done,
    ],
    [
      'that is checked out and cannot be left',
      work({ leaveTo: 'y' }),
      desk({ files: { HEAD: 'ref: refs/heads/x\n' }, answers: { checkout: refuse } }),
      ['checkout -q y --'],
      failure("Could not check out branch 'y'."),
    ],
    ['that need not be left', work({ leaveTo: 'y' }), desk(), ['branch -d -q -- x'], done],
    [
      'that another work tree has',
      work(),
      desk({
        files: { 'worktrees/w/HEAD': '' },
        answers: {
          worktree: { stdout: 'worktree /there\nbranch refs/heads/x\n\nworktree /else\nbranch refs/heads/z\n' },
        },
      }),
      [],
      failure("Could not delete the branch 'x'. It is checked out at '/there'.", { stderr: '' }),
    ],
    [
      'that has grown',
      work({ force: true }),
      desk({
        journal: { before: { refs: { 'refs/heads/x': id('b') }, config: [] } } as never,
        answers: { 'for-each-ref': { stdout: 'refs/heads/x\n' } },
      }),
      [],
      failure(
        "'x' has commits that were made since the action began and that no other branch has. Merge them or put them on another branch first.",
        { stderr: '' },
      ),
    ],
    [
      'that has grown, into another',
      work({ force: true }),
      desk({
        journal: { before: { refs: { 'refs/heads/x': id('b') }, config: [] } } as never,
        answers: { 'for-each-ref': { stdout: 'refs/heads/x\nrefs/heads/y\n' } },
      }),
      [`update-ref -d refs/heads/x ${tip}`],
      done,
    ],
    [
      'that has not grown, and no other has it',
      work({ force: true }),
      desk({ answers: { 'for-each-ref': { stdout: 'refs/heads/x\n' } } }),
      [`update-ref -d refs/heads/x ${tip}`],
      done,
    ],
    [
      'of which git does not see all',
      work(),
      desk({ kept: [kept], files: { 'refs/replace/a': 'b' } }),
      ['branch -d -q -- x'],
      { status: 'done', warning: told },
    ],
    [
      'of which git does not see all, by force',
      work({ force: true }),
      desk({ kept: [kept], files: { 'refs/replace/a': 'b' } }),
      [`update-ref -d refs/heads/x ${tip}`],
      { status: 'done', warning: told },
    ],
    ['of which git sees all', work(), desk({ kept: [kept] }), ['branch -d -q -- x'], done],
  ])('%s', async (_what, step, given, commands, result) => {
    const performed = await perform(step, given);
    expect(performed.ran).toEqual(commands);
    expect(performed.result).toMatchObject(result);
    if (result === done) expect(performed.result).toEqual(done);
  });

  test('that is gone', async () => {
    expect((await perform(work())).result).toEqual(
      failure("Could not delete the branch 'x'. It is gone already.", { stderr: '' }),
    );
  });

  test('on a remote that has it no more removes the record of it', async () => {
    const { ran, result } = await perform(
      { do: 'deleteRemoteBranch', remote: 'hub', branch: 'x' },
      { answers: { push: { code: 1, stderr: 'error: remote ref does not exist' } } },
    );
    expect([ran, result]).toEqual([['push -- hub :refs/heads/x', 'update-ref -d refs/remotes/hub/x'], done]);
  });
});

describe('a push', () => {
  const work: Work = { do: 'push', remote: 'hub', refspecs: ['a'], upstream: false, what: 'a', atomic: true };
  const old = { code: 128, stderr: 'fatal: the receiving end does not support --atomic push' };

  test('of all or nothing is made plainly where the remote knows no such thing', async () => {
    const { ran, result } = await perform(work, { answers: { 'push --atomic': old } });
    expect([ran, result]).toEqual([['push --atomic -- hub a', 'push -- hub a'], done]);
    expect((await perform(work, { answers: { push: refuse } })).ran).toEqual(['push --atomic -- hub a']);
    expect((await perform(work, { answers: { 'push --atomic': old, 'push --': refuse } })).result).toMatchObject(
      failure('Push a to hub was refused.'),
    );
  });

  test('keeps what it replaces, and tells where it is once that is done', async () => {
    const lease = { branch: 'x', commit: 'c' };
    const { asked, result } = await perform({ ...work, lease }, { kept: [kept] });
    expect([asked, result]).toEqual([['keep refs/heads/x c'], { status: 'done', warning: told }]);
    expect((await perform({ ...work, lease }, { kept: [kept], answers: { push: refuse } })).result).toMatchObject(
      failure('Replace a on hub was refused.'),
    );
    expect((await perform(work, { kept: [kept] })).asked).toEqual([]);
  });
});
