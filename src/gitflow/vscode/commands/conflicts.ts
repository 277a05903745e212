import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commands, Uri } from 'vscode';
import type { Repositories } from '../repositories/repositories';

/** How many files are opened at once; the others are listed in the Branches view. */
const mostFiles = 5;

/** Opens the merge editor on files with conflicts; paths are relative to `root`. */
export async function openConflicts(repositories: Repositories, root: string, files: readonly string[]): Promise<void> {
  for (const file of files.slice(0, mostFiles)) await openConflict(repositories, root, file);
}

/**
 * Opens the merge editor on one file; without VS Code's Git extension the file with its conflict markers; for a file
 * that one side deleted the Source Control view, where the choice is made.
 */
export async function openConflict(repositories: Repositories, root: string, file: string): Promise<void> {
  const path = join(root, file);
  if (!existsSync(path)) await commands.executeCommand('workbench.view.scm');
  else if (await repositories.inGitExtension(root))
    await commands.executeCommand('git.openMergeEditor', Uri.file(path));
  else await commands.executeCommand('vscode.open', Uri.file(path), { preview: false });
}
