import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in the folder of every job of a kind, below its `/opt/ml`, whatever its request is. */
export interface Skeleton {
  /** Folders, those above others first. */
  folders: readonly string[];
  /** Files in them, each of which every job writes before it runs. */
  files: readonly string[];
}

/**
 * The folders of jobs. A file system takes longer to make and to remove a few small files than a job that does little
 * takes for all the rest: a folder in which a job has left all as it was is given to the next with the same skeleton.
 */
export class JobFolders {
  private readonly idle = new Map<Skeleton, string[]>();

  /** Makes the folders of a skeleton for a job. @param folder its own, which is not there yet */
  open(folder: string, skeleton: Skeleton): void {
    const kept = this.idle.get(skeleton)?.pop();
    if (kept !== undefined && isMoved(kept, folder)) return;
    mkdirSync(join(folder, root), { recursive: true });
    for (const path of skeleton.folders) mkdirSync(join(folder, root, path), { recursive: true });
  }

  /**
   * How the skeleton in a job's folder looks: undefined where some of it is not there. Whatever is changed in it changes a
   * time of the system's as well, which nobody can set back.
   */
  look(folder: string, skeleton: Skeleton): string | undefined {
    // There, folders are held by whoever works in them.
    if (process.platform === 'win32') return undefined;
    const files = skeleton.files.map((path) => join(folder, root, path));
    try {
      return [...foldersOf(folder, skeleton), ...files].map((path) => lookOf(path)).join();
    } catch {
      return undefined;
    }
  }

  /** Takes back the folder of a job that has ended. @param look how it was just before the job ran */
  async close(folder: string, skeleton: Skeleton | undefined, look: string | undefined): Promise<void> {
    if (!skeleton || look === undefined || this.look(folder, skeleton) !== look || !isBare(folder, skeleton)) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      return;
    }
    this.idle.set(skeleton, [...(this.idle.get(skeleton) ?? []), folder]);
  }
}

/** Where `/opt/ml` is in a job's folder. */
const root = join('opt', 'ml');

/** All folders of a job, from its own on. */
function foldersOf(folder: string, { folders }: Skeleton): string[] {
  return [folder, ...['..', '.', ...folders].map((path) => join(folder, root, path))];
}

/** Whether nothing but the skeleton lies in a job's folder, where all of that is there. */
function isBare(folder: string, skeleton: Skeleton): boolean {
  const folders = foldersOf(folder, skeleton);
  const count = folders.reduce((sum, path) => sum + readdirSync(path).length, 0);
  return count === folders.length - 1 + skeleton.files.length;
}

function isMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    // Someone has tidied up.
    return false;
  }
}

function lookOf(path: string): string {
  const { ctimeMs, ino, mode, size } = lstatSync(path);
  // Some systems have times of a few milliseconds: what could be changed within them is compared as well.
  return `${ctimeMs} ${ino} ${mode} ${size}`;
}
