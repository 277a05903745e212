/** Lock files: removed only where whoever made them is known to be gone. */
import { closeSync, existsSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { newJournal } from '../../../../src/gitflow/execute/executor';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { clearLocks } from '../../../../src/gitflow/execute/locks';
import type { Plan } from '../../../../src/gitflow/index';
import { Sandbox } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const plan: Plan = {
  version: 1,
  title: 'Check out main',
  request: { action: 'checkout', branch: 'main' },
  fetches: [],
  steps: [],
  warnings: [],
  summary: [],
  observed: { headRef: undefined, headCommit: undefined, refs: {}, config: [] },
};

function locked(): { lock: string; journal: Journal; clear: (more?: Partial<Journal>) => Promise<string[]> } {
  const work = sandbox.repository();
  const gitDir = join(work.folder, '.git');
  const places = { root: work.folder, gitDir, commonDir: gitDir, bare: false };
  const journal = { ...newJournal(plan, places), startedAt: Date.now() - 1000 };
  const lock = join(gitDir, 'refs/heads/develop.lock');
  writeFileSync(lock, '');
  return { lock, journal, clear: (more = {}) => clearLocks(places, { ...journal, ...more }) };
}

describe.runIf(process.platform === 'linux')('a lock', () => {
  test('that our own git left is removed', async () => {
    const { lock, clear } = locked();
    expect(await clear()).toEqual([]);
    expect(existsSync(lock)).toBe(false);
  });

  test('that is older than the action stays', async () => {
    const { lock, clear } = locked();
    utimesSync(lock, 1, 1);
    expect(await clear()).toEqual([lock]);
  });

  test('that any process has open stays', async () => {
    const { lock, clear } = locked();
    const handle = openSync(lock, 'r');
    try {
      expect(await clear()).toEqual([lock]);
    } finally {
      closeSync(handle);
    }
    expect(await clear()).toEqual([]);
  });

  test('stays where the process of the action cannot be seen from here', async () => {
    const { lock, journal, clear } = locked();
    expect(await clear({ owner: { ...journal.owner, pid: 1, boot: 'theirs', host: 'theirs' } })).toEqual([lock]);
  });
});
