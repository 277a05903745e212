import { Range, type Uri, window, workspace } from 'vscode';
import { lastPart } from '../../shared/format';
import { likeliestFile } from '../../shared/traceback';
import { UserError } from '../../workbench';

/** How many files of one name are looked at. */
const most = 200;

/** Opens the file of the workspace that a frame of a traceback came from; its path is that in a container. */
export async function openSource(path: string, line: number): Promise<void> {
  const name = lastPart(path.replaceAll('\\', '/'));
  const glob = `**/${name.replaceAll(/[[\]{}?*]/g, '?')}`;
  const found = await workspace.findFiles(glob, '**/{node_modules,.git,.venv,__pycache__}/**', most);
  const places = new Map<string, Uri>(found.map((uri) => [workspace.asRelativePath(uri, true), uri]));
  const likeliest = likeliestFile(path, [...places.keys()]);
  const uri = likeliest === undefined ? await choose(name, places) : places.get(likeliest);
  if (uri === undefined) return;
  const place = new Range(line - 1, 0, line - 1, 0);
  await window.showTextDocument(uri, { selection: place });
}

async function choose(name: string, places: ReadonlyMap<string, Uri>): Promise<Uri | undefined> {
  if (places.size === 0)
    throw new UserError(`${name} is not in this workspace. Open the folder that the run came from.`);
  const picked = await window.showQuickPick([...places.keys()], { placeHolder: `Which ${name}?` });
  return picked === undefined ? undefined : places.get(picked);
}
