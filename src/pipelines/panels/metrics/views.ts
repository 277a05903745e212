/** Saved views of the table of runs, in `.mlops/views.json` of the workspace, so that a team shares them. */
import { FileSystemError, Uri, workspace } from 'vscode';
import { isRecord } from '../../../shared/guards';
import { valueOfJson } from '../../../shared/json';
import { UserError } from '../../../workbench';
import { isSavedView, type SavedView } from './contract';

const path = '.mlops/views.json';

/** The views of a pipeline, by name. What is not valid in the file is left alone and not offered. */
export async function readViews(folder: Uri | undefined, pipeline: string): Promise<SavedView[]> {
  const file = await readFile(folder);
  const views = isRecord(file) ? file[pipeline] : undefined;
  return Array.isArray(views) ? views.filter(isSavedView).toSorted((a, b) => a.name.localeCompare(b.name)) : [];
}

/** Saves a view in place of one of the same name; without a layout it is deleted. */
export async function writeView(
  folder: Uri | undefined,
  pipeline: string,
  name: string,
  view: Omit<SavedView, 'name'> | undefined,
): Promise<void> {
  if (!folder) throw new UserError('Views are saved in the folder of the workspace, and none is open.');
  const file = await readFile(folder);
  if (file !== undefined && !isRecord(file)) throw new UserError(`${path} is not valid JSON. Fix or delete it first.`);
  const known: unknown = file?.[pipeline];
  const others: unknown[] = Array.isArray(known)
    ? known.filter((each) => !isRecord(each) || each['name'] !== name)
    : [];
  const views = view ? [...others, { name, ...view }] : others;
  const text = `${JSON.stringify({ ...file, [pipeline]: views }, undefined, 2)}\n`;
  await workspace.fs.writeFile(Uri.joinPath(folder, path), Buffer.from(text, 'utf8'));
}

/** The content of the file: undefined where there is none, null where it is not JSON. */
async function readFile(folder: Uri | undefined): Promise<unknown> {
  if (!folder) return undefined;
  try {
    const bytes = await workspace.fs.readFile(Uri.joinPath(folder, path));
    return valueOfJson(Buffer.from(bytes).toString('utf8')) ?? null;
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}
