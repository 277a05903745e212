import { Uri, window, workspace } from 'vscode';

/** What a panel saves. */
export interface SavedFile {
  /** The suggested name, with its ending. */
  name: string;
  /** Text, or base64 of a PNG. */
  content: string;
}

const kinds: Record<string, string> = {
  csv: 'Comma-separated values',
  md: 'Markdown',
  png: 'PNG',
  svg: 'SVG',
  json: 'JSON',
};

/** Asks where a file is to be saved, and saves it there. */
export async function saveFile(title: string, { name, content }: SavedFile): Promise<void> {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title,
    filters: { [kinds[ending] ?? ending]: [ending] },
    ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
  });
  if (target) await workspace.fs.writeFile(target, Buffer.from(content, ending === 'png' ? 'base64' : 'utf8'));
}
