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
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
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

/** How the executor dies at the `n`th occasion. Answers false when there was no such occasion. */
const deaths: Record<string, (work: Work, request: Request, n: number) => Promise<boolean>> = {
  'before a git command': (work, request, n) => run(work, request, 'git', n),
  'while a git command runs, which goes on': (work, request, n) => {
    const wrapper = `${work.folder}.git.sh`;
    script(wrapper, `${takeNumber(work)}\n[ $i -eq ${n} ] && kill -9 $PPID\nexec git "$@"`);
    return run(work, request, wrapper, 0);
  },
  'with git, in the middle of a change of refs': async (work, request, n) => {
    const hook = join(work.folder, '.git/hooks/reference-transaction');
    // The hook's parent is git, and git's is the executor, or another git, with which the step then fails.
    const kill = "parent=$(cut -d' ' -f4 /proc/$PPID/stat)\nkill -9 $parent $PPID";
    script(hook, `[ "$1" = prepared ] || exit 0\n${takeNumber(work)}\n[ $i -eq ${n} ] || exit 0\n${kill}`);
    const died = await run(work, request, 'git', 0);
    rmSync(hook);
    return died;
  },
};

function script(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** Shell that sets `i` to the number of this call, whatever runs beside it. */
function takeNumber(work: Work): string {
  return `i=1; while ! mkdir '${work.folder}.'$i 2>/dev/null; do i=$((i+1)); done`;
}

/** Executes in a process of its own; answers whether it, or a step, was killed. Any other failure is the test's. */
function run(work: Work, request: Request, git: string, dieAt: number): Promise<boolean> {
  const args = [program, work.folder, JSON.stringify(request), git, String(dieAt)];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { env: { ...process.env, ...fixedEnvironment } }, (error, _stdout, stderr) => {
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
    for (const [how, kill] of Object.entries(deaths)) {
      if (how === except) continue;
      test.concurrent(`${name}: ${how}`, { timeout: 240_000 }, async ({ expect }) => {
        const start = build();
        const before = start.state();
        const reachable = start.commits();
        const finished = sandbox.copy(start);
        expect(await run(finished, request, 'git', 0)).toBe(false);
        const after = finished.state();

        let journals = 0;
        for (let n = 1; ; n++) {
          const resumed = sandbox.copy(start);
          const undone = sandbox.copy(start);
          if (!(await kill(resumed, request, n))) {
            expect(resumed.state(), `not killed ${how} ${n}`).toBe(after);
            break;
          }
          if (!existsSync(join(resumed.folder, '.git/mlops-flow/journal.json'))) {
            // Nothing had begun.
            expect(resumed.state(), `killed ${how} ${n}, before the journal`).toBe(before);
            continue;
          }
          journals++;
          const outcome = await (await open(resumed)).resume();
          expect(outcome.status, `resumed, killed ${how} ${n}: ${told(outcome)}`).toBe('done');
          expect(resumed.state(), `resumed, killed ${how} ${n}`).toBe(after);

          expect(await kill(undone, request, n)).toBe(true);
          // At its very end a squash leaves the branch's commits in no branch, as was asked.
          const view = await (await open(undone)).journal();
          if (!view?.steps.every((state) => state === 'done')) expect(lost(reachable, undone)).toEqual([]);
          const back = await (await open(undone)).undo();
          expect(back.status, `undone, killed ${how} ${n}: ${told(back)}`).toBe('undone');
          expect(undone.state(), `undone, killed ${how} ${n}`).toBe(before);
          sandbox.drop(resumed, undone);
        }
        expect(journals).toBeGreaterThan(3);
      });
    }
  }
});

/** Commits that were reachable and no longer are. */
function lost(before: ReadonlySet<string>, work: Work): string[] {
  const now = work.commits();
  return [...before].filter((commit) => !now.has(commit));
}

/** An outcome without its plan, which is long. */
function told(outcome: Outcome): string {
  return JSON.stringify({ ...outcome, plan: undefined });
}
