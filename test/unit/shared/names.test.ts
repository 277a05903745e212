import { expect, test } from 'vitest';
import { timedName } from '../../../src/shared/names.js';

test('names made in one second differ, and sort by their time', () => {
  const names = new Set(Array.from({ length: 20 }, () => timedName('runs')));
  expect(names.size).toBeGreaterThan(18);
  for (const name of names) expect(name).toMatch(/^runs-\d{14}-[0-9a-f]{4}$/);
});

test('a long base is cut, never the end that makes the name its own', () => {
  const name = timedName('a'.repeat(42) + '-'.repeat(10) + 'b'.repeat(40));
  expect(name).toMatch(/^a{42}-\d{14}-[0-9a-f]{4}$/);
  expect(timedName('a'.repeat(100))).toHaveLength(63);
});
