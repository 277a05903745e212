import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import limits from '../../../src/definition/generated/limits.json';
import shapes from '../../../src/definition/generated/shapes.json';

test('the tables are what the SDK says today', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tables-'));
  try {
    execFileSync(process.execPath, ['scripts/generate-tables.mjs', '--out', folder]);
    expect(readdirSync(folder).toSorted()).toEqual(['documentation.json', 'operations.json', 'shapes.json']);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(
        readFileSync(join('src/definition/generated', name), 'utf8'),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every limit belongs to a member that the tables have', () => {
  const structures: Record<string, { m: Record<string, string> } | undefined> = shapes.structures;
  const strays = Object.entries(limits.limits).flatMap(([name, members]) =>
    Object.keys(members)
      .filter((member) => structures[name]?.m[member.replace(/[[{].*$/, '')] === undefined)
      .map((member) => `${name}.${member}`),
  );
  expect(strays).toEqual([]);
});

test('the pages of the rules and the names in the manifest are those of the catalogue', () => {
  // Prints what is out of date and how to mend it.
  expect(() =>
    execFileSync(process.execPath, ['scripts/generate-docs.mjs', '--check'], { stdio: 'inherit' }),
  ).not.toThrow();
});
