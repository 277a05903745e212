/** Lock files that stand in the way: waited for, and removed only where whoever made them is known to be gone. */
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from '../git/places';
import type { Journal } from './journal';
import { isGone } from './owner';

/**
 * Waits for locks that another process holds, and for a git that has outlived our interrupted process. Answers what is
 * left. A lock that our own interrupted git left is removed: it is younger than the action, the process that ran the
 * action is gone, no git runs in this repository, and no process has the file open.
 */
export async function clearLocks(places: Places, journal: Journal): Promise<string[]> {
  const crashed = journal.status === 'running' || journal.status === 'undoing';
  for (let tries = 0; tries < 20; tries++) {
    const running = crashed && gitRuns(places) === true;
    const locks = findLocks(places);
    if (!running && locks.length === 0) return [];
    if (tries > 2 && !running && gitRuns(places) === false) break;
    await sleep(100);
  }
  const left = findLocks(places);
  if (left.length === 0) return [];
  const gone = isGone(journal.owner, journal.startedAt) === true || journal.owner.pid === process.pid;
  const younger = left.every((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= journal.startedAt);
  if (!gone || !younger || gitRuns(places) !== false || isOpen(left)) return left;
  for (const file of left) rmSync(file, { force: true });
  return [];
}

/** The lock files that stand in the way, and the file that git writes packed refs to. */
function findLocks({ gitDir, commonDir }: Places): string[] {
  const single = [...new Set([gitDir, commonDir])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.lock') || name === 'packed-refs.new')
      .map((name) => join(folder, name)),
  );
  const refs = join(commonDir, 'refs');
  // No ref's own name ends so.
  const locked = readdirSync(refs, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.lock'));
  return [...single, ...locked.map((path) => join(refs, path))];
}

/** Does a git process run in this repository? Undefined where the system does not show it. */
function gitRuns({ root, gitDir, commonDir }: Places): boolean | undefined {
  const ids = processIds();
  return ids?.some((id) => {
    if (!/\/git[^/]*( \(deleted\))?$/.test(link(`/proc/${id}/exe`))) return false;
    const directory = link(`/proc/${id}/cwd`);
    return [root, gitDir, commonDir].some((place) => directory === place || directory.startsWith(`${place}/`));
  });
}

/** Has a process that we may look at one of the files open? By device and number, since a container sees other paths. */
function isOpen(files: readonly string[]): boolean {
  const wanted = new Set(files.flatMap((file) => identity(file) ?? []));
  return (processIds() ?? []).some((id) => {
    try {
      return readdirSync(`/proc/${id}/fd`).some((fd) => {
        const open = identity(`/proc/${id}/fd/${fd}`);
        return open !== undefined && wanted.has(open);
      });
    } catch {
      // It has ended, or is another user's, and the locks are ours.
      return false;
    }
  });
}

function identity(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

function processIds(): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readdirSync('/proc').filter((id) => /^\d+$/.test(id));
  } catch {
    return undefined;
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // The process has ended, or is another user's.
    return '';
  }
}
