import { type Uri, workspace } from 'vscode';

/** Changes the text of a file; one that is not there is made, out of an empty text. */
export async function editFile(file: Uri, change: (text: string) => string): Promise<void> {
  const before = await workspace.fs.readFile(file).then(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    () => '',
  );
  await workspace.fs.writeFile(file, Buffer.from(change(before)));
}
