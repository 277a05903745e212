import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordsOf } from '../../../src/local/store/part';
import { Store } from '../../../src/local/store/store';
import { makeTemp } from './support';

interface Note {
  id: string;
  text: string;
}
const notes = recordsOf<Note>('notes', { columns: 'length INTEGER NOT NULL' }, ({ id, text }) => ({
  id,
  length: text.length,
}));

let folder: string;
let store: Store;
beforeEach(() => {
  folder = makeTemp();
  store = open('data');
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(name: string): Store {
  mkdirSync(join(folder, name), { recursive: true });
  return new Store(join(folder, name), [notes]);
}

/** The ids that another process would find if this one ended now. */
function found(): string[] {
  for (const file of ['store.sqlite', 'store.sqlite-wal'])
    cpSync(join(folder, 'data', file), join(folder, 'copy', file));
  const copy = new Store(join(folder, 'copy'), [notes]);
  const ids = idsIn(copy);
  copy.close();
  rmSync(join(folder, 'copy'), { recursive: true });
  return ids;
}

function idsIn(from: Store): string[] {
  return notes(from)
    .list('1')
    .map(({ id }) => id);
}

async function add(id: string, text = ''): Promise<string> {
  return store.grouped(() => {
    notes(store).put({ id, text });
    return id;
  });
}

test('what is grouped is written by the time that it is told, in the order it was asked for', async () => {
  const first = add('a').then(found);
  const both = Promise.all([first, add('b'), add('c')]);
  expect(idsIn(store)).toEqual([]);
  expect(await both).toEqual([['a', 'b', 'c'], 'b', 'c']);
});

test('work that fails undoes its own and nothing else', async () => {
  const failing = store.grouped(() => {
    notes(store).put({ id: 'half', text: '' });
    throw new Error('No.');
  });
  const ends = await Promise.allSettled([add('a'), failing, add('b')]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(idsIn(store)).toEqual(['a', 'b']);
});

test('work alone fails as a whole', async () => {
  const failing = store.grouped(() => {
    notes(store).put({ id: 'half', text: '' });
    throw new Error('No.');
  });
  await expect(failing).rejects.toThrow('No.');
  expect(idsIn(store)).toEqual([]);
});

test('transactions inside are part of the work', async () => {
  const failing = store.grouped(() => {
    store.transaction(() => notes(store).put({ id: 'inner', text: '' }));
    throw new Error('No.');
  });
  await Promise.allSettled([failing, add('a')]);
  expect(idsIn(store)).toEqual(['a']);
});

test('where the store is full, what fits is written and the rest is told', async () => {
  const { page_count: pages } = store.database.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 };
  store.database.get(`PRAGMA max_page_count = ${pages + 2}`);
  const ends = await Promise.allSettled([add('a'), add('large', 'x'.repeat(100_000)), add('b')]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(idsIn(store)).toEqual(['a', 'b']);
  expect(found()).toEqual(['a', 'b']);
});

test('a store that is closed has written what was asked for', async () => {
  const asked = add('a');
  store.close();
  await asked;
  store = open('data');
  expect(idsIn(store)).toEqual(['a']);
});
