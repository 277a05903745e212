/**
 * The executor dies at every point of an action: before each git command, while each git command runs, and together
 * with git in the middle of each change of a ref. Then resuming gives what the uninterrupted run gives, and
 * undoing what was there before.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Outcome, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import { buildProgram } from '../program';
import { Sandbox, Work, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox({ inMemory: true });
const program = sandbox.path('execute.cjs');

beforeAll(() => buildProgram('test/fixtures/gitflow/execute.ts', program));
afterAll(() => sandbox.remove());

/** The plans, each with the repository that it starts from. */
const plans: Record<string, { request: Request; really?: true; except?: string; build: () => Work }> = {
  'release finish': {
    really: true,
    request: { action: 'finish', kind: 'release', name: '1.0', message: 'one' },
    build: () => {
      const work = sandbox.repository();
      work.start('release/1.0');
      work.commit('v', '1');
      return work;
    },
  },
  'hotfix finish': {
    request: { action: 'finish', kind: 'hotfix', name: '1.0.1', message: 'one' },
    build: () => {
      const work = sandbox.repository();
      work.start('hotfix/1.0.1', 'main');
      work.commit('h', '1');
      work.commit('a', 'fixed');
      return work;
    },
  },
  'release finish, squashed': {
    request: { action: 'finish', kind: 'release', name: '1.0', message: 'one', squash: true },
    build: () => {
      const work = sandbox.repository();
      work.start('release/1.0');
      work.commit('v', '1');
      work.commit('v', '2');
      return work;
    },
  },
  'release finish with uncommitted changes put away': {
    // `git stash` is several processes: when one of them alone is killed, the stash is the user's to take up.
    except: 'with git, in the middle of a change of refs',
    request: { action: 'finish', kind: 'release', name: '1.0', message: 'one', stash: true },
    build: () => {
      const work = sandbox.repository();
      work.start('release/1.0');
      work.commit('v', '1');
      work.commit('v', '2');
      work.write('a', 'not committed\n');
      return work;
    },
  },
  'feature finish, rebased': {
    request: { action: 'finish', kind: 'feature', name: 'x', rebase: true },
    build: () => {
      const work = sandbox.repository();
      work.start('feature/x');
      work.commit('f', '1');
      work.commit('f', '2');
      work.git('checkout', '-q', 'develop');
      work.commit('z', '1');
      work.git('checkout', '-q', 'feature/x');
      return work;
    },
  },
};

/** A repository with its plan: what was there, and what the uninterrupted run gives. */
interface Start {
  work: Work;
  request: Request;
  before: string;
  reachable: ReadonlySet<string>;
  after: string;
}

async function startOf({ request, build }: { request: Request; build: () => Work }): Promise<Start> {
  const work = build();
  const finished = sandbox.copy(work);
  if (await run(finished, request, 'git')) throw new Error('The action came to no end.');
  const [before, reachable, after] = await Promise.all([work.stateLater(), work.commits(), finished.stateLater()]);
  sandbox.drop(finished);
  return { work, request, before, reachable, after };
}

/** What the deaths of the executor leave, each twice: to be resumed and to be undone. */
type Deaths = (start: Start) => AsyncGenerator<[Work, Work]>;

/**
 * A run that comes to its end takes a copy of the repository at each occasion: what a death there would leave. The
 * executor is really killed for one plan, when git may still be at work while its action is taken up; and where git was
 * started by another git, with which the step then fails.
 */
const deaths: Record<string, { copied: Deaths; real?: Deaths }> = {
  'before a git command': {
    copied: async function* ({ work, request }) {
      const copies = sandbox.empty();
      await run(sandbox.copy(work), request, 'git', copies.folder);
      for (const left of different(copies.folder)) yield [left, sandbox.copy(left)];
    },
  },
  'while a git command runs, which goes on': {
    copied: async function* ({ work, request }) {
      const here = sandbox.copy(work);
      // Git has no reader of its output when the executor is dead.
      const alone = [
        `mkfifo ${here.folder}.$i.pipe`,
        `exec 7<>${here.folder}.$i.pipe 8>${here.folder}.$i.pipe 7<&-`,
        `[ -z "$GIT_INDEX_FILE" ] || GIT_INDEX_FILE=$copy\${GIT_INDEX_FILE#${here.folder}}`,
        `cd "$copy" && git "$@" <"$copy.in" >&8 2>&8`,
      ];
      const copied = `copy=${here.folder}.$i.copy; cp -R ${here.folder} $copy; cat >$copy.in`;
      const both = `${takeNumber(here)}\n${copied}\n(${alone.join('\n')})\nexec git "$@" <$copy.in`;
      await run(here, request, wrapper(here, both));
      for (let n = 1; existsSync(`${here.folder}.${n}.copy`); n++) {
        const left = new Work(`${here.folder}.${n}.copy`);
        yield [left, sandbox.copy(left)];
      }
    },
    real: async function* ({ work, request }) {
      for (let n = 1; ; n++) {
        const kill = async (): Promise<Work | undefined> => {
          const here = sandbox.copy(work);
          const once = `${takeNumber(here)}\n[ $i -eq ${n} ] && kill -9 $PPID\nexec git "$@"`;
          return (await run(here, request, wrapper(here, once))) ? here : undefined;
        };
        // Git may still be at work when its parent is dead: a copy would be of no moment that there ever was.
        const [resumed, undone] = [await kill(), await kill()];
        if (!resumed || !undone) return;
        yield [resumed, undone];
      }
    },
  },
  'with git, in the middle of a change of refs': {
    copied: async function* ({ work, request }) {
      const here = sandbox.copy(work);
      const copied = `cp -R ${here.folder} ${here.folder}.$i.copy`;
      // The hook's parent is git, and git's is the executor, or another git.
      const byGit = `${parentOfGit}\n[ "$(cat /proc/$parent/comm)" != git ] || touch ${here.folder}.$i.by-git`;
      hook(here, `${takeNumber(here)}\n${copied}\n${byGit}`);
      await run(here, request, 'git');
      for (let n = 1; existsSync(`${here.folder}.${n}.copy`); n++) {
        const left = new Work(`${here.folder}.${n}.copy`);
        rmSync(join(left.folder, refHook));
        yield [left, sandbox.copy(left)];
        if (!existsSync(`${here.folder}.${n}.by-git`)) continue;
        const killed = await killInHook(work, request, n);
        if (killed === undefined) throw new Error(`There was no change ${n} of refs this time.`);
        yield killed;
      }
    },
    real: async function* ({ work, request }) {
      for (let n = 1; ; n++) {
        const killed = await killInHook(work, request, n);
        if (killed === undefined) return;
        yield killed;
      }
    },
  },
};

const refHook = '.git/hooks/reference-transaction';
const parentOfGit = "parent=$(cut -d' ' -f4 /proc/$PPID/stat)";

function hook(work: Work, text: string): void {
  script(join(work.folder, refHook), `[ "$1" = prepared ] || exit 0\n${text}`);
}

async function killInHook(start: Work, request: Request, n: number): Promise<[Work, Work] | undefined> {
  const work = sandbox.copy(start);
  hook(work, `${takeNumber(work)}\n[ $i -eq ${n} ] || exit 0\n${parentOfGit}\nkill -9 $parent $PPID`);
  const died = await run(work, request, 'git');
  rmSync(join(work.folder, refHook));
  return died ? [work, sandbox.copy(work)] : undefined;
}

/** Git commands that change nothing: a death while one of them runs leaves what a death before it leaves. */
const reading = 'cat-file|for-each-ref|log|ls-files|ls-tree|merge-base|rev-list|rev-parse|show|status';

/** A git that does something else for a command that may change something. */
function wrapper(work: Work, text: string): string {
  const file = `${work.folder}.git.sh`;
  script(file, `case "$1" in ${reading}) exec git "$@" ;; esac\n${text}`);
  return file;
}

/** The copies that are numbered 1, 2 and so on, without those that are as the one before: git had only read. */
function different(folder: string): Work[] {
  const found: Work[] = [];
  let last = '';
  for (let n = 1; existsSync(join(folder, String(n))); n++) {
    const work = new Work(join(folder, String(n)));
    const digest = work.digest();
    if (digest === last) sandbox.drop(work);
    else found.push(work);
    last = digest;
  }
  return found;
}

function script(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** Shell that sets `i` to the number of this call, whatever runs beside it. */
function takeNumber(work: Work): string {
  return `i=1; while ! mkdir '${work.folder}.'$i 2>/dev/null; do i=$((i+1)); done`;
}

/** Executes in a process of its own; answers whether it, or a step, was killed. Any other failure is the test's. */
function run(work: Work, request: Request, git: string, ...copies: string[]): Promise<boolean> {
  const args = [program, work.folder, JSON.stringify(request), git, ...copies];
  const env = { ...process.env, ...fixedEnvironment, NODE_COMPILE_CACHE: sandbox.path('compiled') };
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { env }, (error, _stdout, stderr) => {
      if (error === null) done(false);
      else if (error.signal === 'SIGKILL' || stderr.includes('"status":"failed"')) done(true);
      else fail(new Error(stderr));
    });
  });
}

async function open(work: Work): ReturnType<typeof openRepository> {
  return openRepository(work.folder, { trusted: true, env: fixedEnvironment });
}

describe.runIf(process.platform === 'linux')('killed', () => {
  for (const [name, plan] of Object.entries(plans)) {
    let starting: Promise<Start> | undefined;
    for (const [how, { copied, real }] of Object.entries(deaths)) {
      if (how === plan.except) continue;
      const die = plan.really && real ? real : copied;
      test.concurrent(`${name}: ${how}`, { timeout: 600_000 }, async ({ expect }) => {
        starting ??= startOf(plan);
        const start = await starting;
        let journals = 0;
        let n = 0;
        for await (const [resumed, undone] of die(start)) {
          n++;
          if (!existsSync(join(resumed.folder, '.git/mlops-flow/journal.json'))) {
            // Nothing had begun.
            expect(await resumed.stateLater(), `killed ${how} ${n}, before the journal`).toBe(start.before);
            sandbox.drop(resumed, undone);
            continue;
          }
          journals++;
          const outcome = await (await open(resumed)).resume();
          expect(outcome.status, `resumed, killed ${how} ${n}: ${told(outcome)}`).toBe('done');
          expect(await resumed.stateLater(), `resumed, killed ${how} ${n}`).toBe(start.after);

          // At its very end a squash leaves the branch's commits in no branch, as was asked.
          const repository = await open(undone);
          const view = await repository.journal();
          if (!view?.steps.every((state) => state === 'done')) expect(await lost(start.reachable, undone)).toEqual([]);
          const back = await repository.undo();
          expect(back.status, `undone, killed ${how} ${n}: ${told(back)}`).toBe('undone');
          expect(await undone.stateLater(), `undone, killed ${how} ${n}`).toBe(start.before);
          sandbox.drop(resumed, undone);
        }
        expect(journals).toBeGreaterThan(3);
      });
    }
  }
});

/** Commits that were reachable and no longer are. */
async function lost(before: ReadonlySet<string>, work: Work): Promise<string[]> {
  const now = await work.commits();
  return [...before].filter((commit) => !now.has(commit));
}

/** An outcome without its plan, which is long. */
function told(outcome: Outcome): string {
  return JSON.stringify({ ...outcome, plan: undefined });
}
