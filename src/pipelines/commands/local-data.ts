/** Data that a run on Local reads and that is not there: files of this machine can stand for it. */
import { extname, isAbsolute, relative, sep } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { editFile } from '../../workbench/files';
import { lastPart } from '../../shared/format';
import { configPath, withFixtures } from '../../gitflow/lifecycle';

/**
 * Asks for a file or a folder for each location and keeps the answers as fixtures in `.mlops/config.json`.
 * Resolves to false where the user gives up; nothing is written then.
 * @param root the folder of the workspace
 */
export async function chooseLocalData(root: string, locations: readonly string[]): Promise<boolean> {
  const chosen: Record<string, string> = {};
  for (const [at, location] of locations.entries()) {
    const of = locations.length > 1 ? ` (${at + 1} of ${locations.length})` : '';
    const isFile = await askIsFile(location, of);
    if (isFile === undefined) return false;
    const [found] =
      (await window.showOpenDialog({
        defaultUri: (isFile ? await sameName(location) : undefined) ?? Uri.file(root),
        canSelectFiles: isFile,
        canSelectFolders: !isFile,
        title: `${isFile ? 'File' : 'Folder'} that stands for ${location}${of}`,
        openLabel: 'Use',
      })) ?? [];
    if (!found) return false;
    chosen[location] = pathFrom(root, found.fsPath);
  }
  await editFile(Uri.file(`${root}/${configPath}`), (text) => withFixtures(text, chosen));
  return true;
}

/** Whether a location is an object or a prefix; the user is asked where its name tells neither. */
async function askIsFile(location: string, of: string): Promise<boolean | undefined> {
  if (location.endsWith('/')) return false;
  if (extname(location) !== '') return true;
  const picked = await window.showQuickPick(
    [
      { label: '$(file) A file', isFile: true },
      { label: '$(folder) A folder', isFile: false },
    ],
    { title: `Stands for ${location}${of}`, placeHolder: 'A file, or all files of a folder?', ignoreFocusOut: true },
  );
  return picked?.isFile;
}

/** A file of the workspace with the name of the object: scripts are uploaded from there. */
async function sameName(location: string): Promise<Uri | undefined> {
  const name = lastPart(location).replaceAll(/[*?[\]{}]/g, '?');
  return (await workspace.findFiles(`**/${name}`, undefined, 1))[0];
}

/** The path relative to the root where it lies below it. */
function pathFrom(root: string, path: string): string {
  const from = relative(root, path);
  return from.startsWith('..') || isAbsolute(from) ? path : from.split(sep).join('/');
}
