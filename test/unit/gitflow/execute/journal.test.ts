/** The journal's file: one line for all of it, one more for each step, and what a power cut may leave of them. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newJournal } from '../../../../src/gitflow/execute/executor';
import type { Journal } from '../../../../src/gitflow/execute/journal';
import { JournalStore } from '../../../../src/gitflow/execute/journal';
import type { Plan } from '../../../../src/gitflow/index';
import { Sandbox } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const plan: Plan = {
  version: 1,
  title: 'Finish release 1.0',
  request: { action: 'finish', kind: 'release', name: '1.0' },
  fetches: [],
  steps: [],
  warnings: [],
  summary: [],
  observed: { headRef: 'refs/heads/develop', headCommit: '1'.repeat(40), refs: {}, config: [] },
};

let count = 0;
function begun(): { store: JournalStore; journal: Journal; folder: string; file: string } {
  const gitDir = sandbox.path(`git-${count++}`);
  mkdirSync(gitDir);
  writeFileSync(join(gitDir, 'index'), 'the index');
  const store = new JournalStore(gitDir);
  const journal = newJournal(plan, { root: gitDir, gitDir, commonDir: gitDir, bare: false });
  expect(store.begin(journal)).toBe(true);
  const folder = join(gitDir, 'mlops-flow');
  return { store, journal, folder, file: join(folder, 'journal.json') };
}

test('progress is added to what was written first', () => {
  const { store, journal, folder, file } = begun();
  const first = readFileSync(file, 'utf8');
  store.note({ ...journal, step: 1, begun: true });
  store.note({ ...journal, step: 2, begun: true, made: { 'refs/heads/feature/x': 'abc' } });
  expect(readFileSync(file, 'utf8').startsWith(first)).toBe(true);
  expect(store.read()).toMatchObject({
    ...journal,
    at: expect.any(Number),
    step: 2,
    begun: true,
    made: { 'refs/heads/feature/x': 'abc' },
  });
  expect(readdirSync(folder).sort()).toEqual(['index', 'journal.json']);
});

test('of a line that did not reach the disk whole, nothing counts; the next one does', () => {
  const { store, journal, file } = begun();
  store.note({ ...journal, step: 1, begun: true });
  store.note({ ...journal, step: 2, begun: true });
  truncateSync(file, readFileSync(file).length - 5);
  expect(store.read()).toMatchObject({ ...journal, at: expect.any(Number), step: 1, begun: true });
  store.note({ ...journal, step: 3, begun: false });
  expect(store.read()).toMatchObject({ ...journal, at: expect.any(Number), step: 3, begun: false });
  appendFileSync(file, '\n\0\0\0\0');
  expect(store.read()).toMatchObject({ ...journal, at: expect.any(Number), step: 3, begun: false });
});

test('to stop is to write all of it anew', () => {
  const { store, journal, file } = begun();
  store.note({ ...journal, step: 4, begun: true });
  const stopped: Journal = { ...journal, step: 2, begun: true, status: 'conflict', message: 'm', files: ['a'] };
  store.write(stopped);
  expect(store.read()).toEqual(stopped);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(stopped);
});

test('a second action cannot begin beside the first, and may after it', () => {
  const { store, journal, folder, file } = begun();
  expect(store.begin({ ...journal, id: 'other' })).toBe(false);
  expect(store.read()?.id).toBe(journal.id);
  store.remove(journal);
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
  expect(store.begin({ ...journal, id: 'other' })).toBe(true);
});
