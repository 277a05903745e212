import { commands, ProgressLocation, Uri, window } from 'vscode';
import { UserError } from '../../workbench';
import { type Git, makeSample } from '../sample';

/** Asks where, makes the sample project there and opens it. */
export async function createSample(extension: Uri): Promise<void> {
  const [parent] =
    (await window.showOpenDialog({
      title: 'Where to create the sample project',
      openLabel: 'Create Here',
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    })) ?? [];
  if (!parent) return;
  if (parent.scheme !== 'file') throw new UserError('The sample project needs a folder on a disk.');
  const folder = Uri.joinPath(parent, 'penguins');
  await window.withProgress({ location: ProgressLocation.Notification, title: 'Creating the sample project' }, () =>
    makeSample(Uri.joinPath(extension, 'media', 'sample').fsPath, folder.fsPath, git),
  );
  await commands.executeCommand('vscode.openFolder', folder);
}

const git: Git = async (directory, args) => {
  const { runGit } = await import('../../gitflow/remote/simple-git.bundle');
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
  const { code, stdout, stderr } = await runGit([...args], { binary: 'git', directory, env });
  // `git config --get` says with 1 that a key is not set.
  if (code !== 0 && args[0] !== 'config') throw new UserError(`git ${args[0]} failed: ${stderr.trim()}`);
  return stdout;
};
