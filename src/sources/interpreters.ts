/** Which Python a project uses. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = ['.venv', 'venv', 'env', '.env'];

/**
 * The interpreters that a project may mean, the likeliest first: virtual environments in its folders, the one that is
 * active, Conda's, the system's.
 * @param places the script's folder and those above it up to the workspace, nearest first
 */
export function interpreters(places: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const windows = process.platform === 'win32';
  const inside = (folder: string): string =>
    windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const candidates = [
    ...places.flatMap((place) => folders.map((folder) => inside(join(place, folder)))),
    ...(env['VIRTUAL_ENV'] ? [inside(env['VIRTUAL_ENV'])] : []),
    ...(env['CONDA_PREFIX'] ? [windows ? join(env['CONDA_PREFIX'], 'python.exe') : inside(env['CONDA_PREFIX'])] : []),
    ...(env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, windows ? 'python.exe' : 'python3')),
  ];
  return [...new Set(candidates.filter((path) => existsSync(path)))];
}
