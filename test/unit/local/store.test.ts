import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Database } from '../../../src/local/store/database';
import { makeTemp } from './support';

const first = 'CREATE TABLE notes (text TEXT NOT NULL) STRICT';
const second = "ALTER TABLE notes ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'";

let folder: string;
let path: string;
const opened: Database[] = [];
beforeEach(() => {
  folder = makeTemp();
  path = join(folder, 'store.sqlite');
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(...migrations: string[]): Database {
  const database = new Database(path, [{ name: 'notes', migrations }]);
  opened.push(database);
  return database;
}

test('a store that is up to date is opened and closed without a write', () => {
  open(first).close();
  const before = statSync(path).mtimeMs;
  const database = open(first);
  expect(readdirSync(folder).toSorted()).toEqual(['store.sqlite', 'store.sqlite-wal']);
  expect(statSync(`${path}-wal`).size).toBe(0);
  database.close();
  expect(statSync(path).mtimeMs).toBe(before);
});

test('it is held from the first moment, also where nothing is written', () => {
  open(first).close();
  open(first);
  expect(() => open(first)).toThrow(/Another control plane uses/);
  const other = new DatabaseSync(path);
  expect(() => other.prepare('SELECT * FROM notes').all()).toThrow(/locked/);
  other.close();
});

test('only what is new is done to a store, once', () => {
  const before = open(first);
  before.run("INSERT INTO notes (text) VALUES ('kept')");
  before.close();
  for (let time = 0; time < 2; time++) {
    const database = open(first, second);
    expect(database.all('SELECT * FROM notes')).toEqual([{ text: 'kept', mood: 'calm' }]);
    database.close();
  }
});

test('one of a newer version is refused, and is left for whoever can read it', () => {
  open(first, second).close();
  expect(() => open(first)).toThrow(/written by a newer version/);
  expect(open(first, second).all('SELECT mood FROM notes')).toEqual([]);
});

test('one of a newer layout is refused, and is left for whoever can read it', () => {
  open(first).close();
  const newer = new DatabaseSync(path);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  expect(() => open(first)).toThrow(/written by a newer version/);
  const again = new DatabaseSync(path);
  again.exec('PRAGMA user_version = 2');
  again.close();
  open(first);
});
