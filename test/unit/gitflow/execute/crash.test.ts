/**
 * The executor is killed at every point of an action: before each git command, while each git command runs, and
 * together with git in the middle of each change of a ref. Then resuming gives what the uninterrupted run gives, and
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
const plans: Record<string, { request: Request; except?: string; build: () => Work }> = {
  'release finish': {
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

/**
 * How the executor dies: answers what its death at the `n`th occasion leaves, twice, to be resumed and to be undone.
 * Undefined when there was no such occasion, and so the action came to its end.
 */
type Death = (n: number) => Promise<[Work, Work] | undefined>;

const deaths: Record<string, (start: Work, request: Request) => Death> = {
  'before a git command': (start, request) => {
    const copies = sandbox.empty();
    const executed = run(sandbox.copy(start), request, 'git', copies.folder).then(() => different(copies.folder));
    return async (n) => {
      const left = (await executed)[n - 1];
      return left && [left, sandbox.copy(left)];
    };
  },
  'while a git command runs, which goes on': (start, request) => async (n) => {
    const kill = async (): Promise<Work | undefined> => {
      const work = sandbox.copy(start);
      const wrapper = `${work.folder}.git.sh`;
      const counted = `${takeNumber(work)}\n[ $i -eq ${n} ] && kill -9 $PPID`;
      script(wrapper, `case "$1" in ${reading}) ;; *) ${counted} ;; esac\nexec git "$@"`);
      return (await run(work, request, wrapper)) ? work : undefined;
    };
    // Git may still be at work when its parent is dead: a copy would be of no moment that there ever was.
    const [resumed, undone] = [await kill(), await kill()];
    return resumed && undone && [resumed, undone];
  },
  'with git, in the middle of a change of refs': (start, request) => async (n) => {
    const work = sandbox.copy(start);
    const hook = join(work.folder, '.git/hooks/reference-transaction');
    // The hook's parent is git, and git's is the executor, or another git, with which the step then fails.
    const kill = "parent=$(cut -d' ' -f4 /proc/$PPID/stat)\nkill -9 $parent $PPID";
    script(hook, `[ "$1" = prepared ] || exit 0\n${takeNumber(work)}\n[ $i -eq ${n} ] || exit 0\n${kill}`);
    const died = await run(work, request, 'git');
    rmSync(hook);
    return died ? [work, sandbox.copy(work)] : undefined;
  },
};

/** Git commands that change nothing: a death while one of them runs leaves what a death before it leaves. */
const reading = 'cat-file|for-each-ref|log|ls-files|ls-tree|merge-base|rev-list|rev-parse|show|status';

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
  for (const [name, { request, except, build }] of Object.entries(plans)) {
    for (const [how, dying] of Object.entries(deaths)) {
      if (how === except) continue;
      test.concurrent(`${name}: ${how}`, { timeout: 240_000 }, async ({ expect }) => {
        const start = build();
        const before = await start.stateLater();
        const reachable = await start.commits();
        const finished = sandbox.copy(start);
        expect(await run(finished, request, 'git')).toBe(false);
        const after = await finished.stateLater();

        const die = dying(start, request);
        let journals = 0;
        for (let n = 1; ; n++) {
          const left = await die(n);
          if (left === undefined) break;
          const [resumed, undone] = left;
          if (!existsSync(join(resumed.folder, '.git/mlops-flow/journal.json'))) {
            // Nothing had begun.
            expect(await resumed.stateLater(), `killed ${how} ${n}, before the journal`).toBe(before);
            sandbox.drop(resumed, undone);
            continue;
          }
          journals++;
          const outcome = await (await open(resumed)).resume();
          expect(outcome.status, `resumed, killed ${how} ${n}: ${told(outcome)}`).toBe('done');
          expect(await resumed.stateLater(), `resumed, killed ${how} ${n}`).toBe(after);

          // At its very end a squash leaves the branch's commits in no branch, as was asked.
          const view = await (await open(undone)).journal();
          if (!view?.steps.every((state) => state === 'done')) expect(await lost(reachable, undone)).toEqual([]);
          const back = await (await open(undone)).undo();
          expect(back.status, `undone, killed ${how} ${n}: ${told(back)}`).toBe('undone');
          expect(await undone.stateLater(), `undone, killed ${how} ${n}`).toBe(before);
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
