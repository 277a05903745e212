import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where Local keeps its data unless it is told another folder: by MLOPS_FLOW_DATA, or by an option. */
export const defaultData = process.env['MLOPS_FLOW_DATA'] || join(homedir(), '.mlops-flow', 'local');

/** The first Node whose `node:sqlite` needs no flag. */
const wanted = [22, 13] as const;

/**
 * A Node that has SQLite: the running one if it is new enough, else the one that npm has installed with this
 * package.
 * @param version of the running Node: `22.20.0`
 * @param folder where to look for `node_modules`, with the folders above it
 * @throws when there is none; the message says what to do
 */
export function findNode(version: string, execPath: string, folder: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const program = join(
    'node_modules',
    `node-${platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  for (let place = folder; ; place = dirname(place)) {
    const candidate = join(place, program);
    if (existsSync(candidate)) return candidate;
    if (place === dirname(place)) break;
  }
  throw new Error(
    `The control plane needs Node ${wanted.join('.')} or newer, and this is ${version}. Install a newer Node, or run npm install to get one with this package.`,
  );
}
