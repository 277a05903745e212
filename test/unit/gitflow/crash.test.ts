/**
 * The executor is killed at every point of an action: before each git command, while each git command runs, and
 * together with git in the middle of each change of a ref. Then resuming gives what the uninterrupted run gives, and
 * undoing what was there before.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Request } from '../../../src/gitflow';
import { openRepository } from '../../../src/gitflow';
import type { Work } from './sandbox';
import { Sandbox, fixedEnvironment } from './sandbox';

const sandbox = new Sandbox();
const script = sandbox.path('execute.cjs');
const node = process.execPath;

beforeAll(async () => {
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL('../../fixtures/gitflow/execute.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
});
afterAll(() => sandbox.remove());

/** The plans, each with the repository that it starts from. */
const plans: Record<string, { request: Request; build(): Work }> = {
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
  'release finish, squashed, with uncommitted changes put away': {
    request: { action: 'finish', kind: 'release', name: '1.0', message: 'one', squash: true, stash: true },
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
const deaths: Record<string, (work: Work, request: Request, n: number) => boolean> = {
  'before a git command': (work, request, n) => died(run(work, request, 'git', n)),
  'while a git command runs, which goes on': (work, request, n) => {
    const wrapper = `${work.folder}.git.sh`;
    const counter = `${work.folder}.count`;
    writeFileSync(
      wrapper,
      `#!/bin/sh\necho x >> '${counter}'\n[ "$(wc -l < '${counter}')" -eq ${n} ] && kill -9 $PPID\nexec git "$@"\n`,
    );
    chmodSync(wrapper, 0o755);
    return died(run(work, request, wrapper, 0));
  },
  'with git, in the middle of a change of refs': (work, request, n) => {
    const hook = join(work.folder, '.git/hooks/reference-transaction');
    const counter = `${work.folder}.count`;
    // The hook's parent is git, and git's is the executor.
    writeFileSync(
      hook,
      `#!/bin/sh\n[ "$1" = prepared ] || exit 0\necho x >> '${counter}'\n[ "$(wc -l < '${counter}')" -eq ${n} ] || exit 0\nparent=$(cut -d' ' -f4 /proc/$PPID/stat)\nkill -9 $parent $PPID\n`,
    );
    chmodSync(hook, 0o755);
    const result = died(run(work, request, 'git', 0));
    writeFileSync(hook, '#!/bin/sh\nexit 0\n');
    return result;
  },
};

function run(
  work: Work,
  request: Request,
  git: string,
  dieAt: number,
): { signal: NodeJS.Signals | null; status: number | null; stderr: string } {
  return spawnSync(node, [script, work.folder, JSON.stringify(request), git, String(dieAt)], {
    env: { ...process.env, ...fixedEnvironment },
    encoding: 'utf8',
  });
}

function died({ signal, status, stderr }: ReturnType<typeof run>): boolean {
  if (signal === 'SIGKILL') return true;
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return false;
}

async function open(work: Work): ReturnType<typeof openRepository> {
  return openRepository(work.folder, { trusted: true, env: fixedEnvironment });
}

describe.runIf(process.platform === 'linux')('killed', () => {
  for (const [name, { request, build }] of Object.entries(plans)) {
    for (const [how, kill] of Object.entries(deaths)) {
      test(`${name}: ${how}`, { timeout: 240_000 }, async () => {
        const start = build();
        const before = start.state();
        const reachable = start.commits();
        const finished = sandbox.copy(start);
        expect(died(run(finished, request, 'git', 0))).toBe(false);
        const after = finished.state();

        let journals = 0;
        for (let n = 1; ; n++) {
          const resumed = sandbox.copy(start);
          const undone = sandbox.copy(start);
          if (!kill(resumed, request, n)) {
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
          expect(outcome.status, `resumed, killed ${how} ${n}: ${JSON.stringify(outcome)}`).toBe('done');
          expect(resumed.state(), `resumed, killed ${how} ${n}`).toBe(after);

          expect(kill(undone, request, n)).toBe(true);
          expect(lost(reachable, undone)).toEqual([]);
          const back = await (await open(undone)).undo();
          expect(back.status, `undone, killed ${how} ${n}: ${JSON.stringify(back)}`).toBe('undone');
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
