import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder, for its owner only, and the folders above it. (Node's own recursive `mkdirSync` never
 * returns where the system answers ENOENT for a place that cannot be, as below `/proc`.)
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let place = path; !existsSync(place) && place !== dirname(place); place = dirname(place)) missing.push(place);
  for (const place of missing.reverse()) mkdirSync(place, { mode: 0o700 });
}

/** Makes a folder of ours, or removes all that is in it. @throws the system's error */
export function makeEmpty(path: string): void {
  mkdirSync(path, { recursive: true });
  for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true });
}
