import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the pages of the rules and the names in the manifest are those of the catalogue', () => {
  // Prints what is out of date and how to mend it.
  expect(() =>
    execFileSync(process.execPath, ['scripts/generate-docs.mjs', '--check'], { stdio: 'inherit' }),
  ).not.toThrow();
});
