import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesOfWorkTree } from './repository';

/**
 * Copies a project for a build: of a git repository the files that git knows or would add, with its history; of
 * another folder everything.
 */
export async function copySource(from: string, to: string): Promise<void> {
  const names = await filesOfWorkTree(from);
  await mkdir(to, { recursive: true });
  if (!names) {
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    return;
  }
  for (const name of names) {
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    // What was deleted without git's knowing is not there.
    await cp(join(from, name), target, { recursive: true, verbatimSymlinks: true }).catch((error: unknown) => {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    });
  }
}
