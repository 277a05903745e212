/** Packages from PyPI in tests: whether they can be had, and where they are kept. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemp, root } from './support';

/** Whether packages can be had: pip itself is asked, as it is set up on this machine. */
function reachesPyPi(): boolean {
  const folder = makeTemp();
  try {
    const words = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--retries',
      '1',
      '--timeout',
      '10',
      '-q',
      '-d',
      folder,
      'six',
    ];
    execFileSync('python3', words, { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}

/** Whether jobs can have packages of their own here; else why tests of it are skipped. */
export const hasPackages = process.platform !== 'win32' && reachesPyPi();
export const noPackages = hasPackages ? '' : ' (skipped: this machine cannot reach PyPI, or is Windows)';

/** A new folder for a control plane's data, in which environments are those of earlier tests: made once for all. */
export function dataWithKeptEnvironments(): string {
  const kept = join(root, '.cache', 'local-environments');
  mkdirSync(kept, { recursive: true });
  const data = join(makeTemp(), 'data');
  mkdirSync(data, { mode: 0o700 });
  symlinkSync(kept, join(data, 'environments'));
  return data;
}
