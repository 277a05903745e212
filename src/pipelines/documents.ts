import { commands, type Disposable, Uri, ViewColumn, window, workspace } from 'vscode';
import { HeldFiles } from './artifacts/held-files';
import type { HeldTexts } from './held-texts';

/** Of files that are no text. */
const filesScheme = 'mlops-flow-file';

/** Two states of a text; one that is absent was not there. */
export interface TextPair {
  before?: { path: string; text: string };
  after?: { path: string; text: string };
}

/** Read-only documents of what lies on the connection: S3 objects and step logs. */
export class RemoteDocuments implements Disposable {
  private files: HeldFiles | undefined;
  private filesRegistration: Disposable | undefined;

  constructor(private readonly texts: HeldTexts) {}

  /** Shows a file that is no text, in whatever editor VS Code has for it. */
  async open(path: string, bytes: Uint8Array): Promise<void> {
    this.files ??= new HeldFiles();
    this.filesRegistration ??= workspace.registerFileSystemProvider(filesScheme, this.files, { isReadonly: true });
    const uri = Uri.from({ scheme: filesScheme, path: `/${path}` });
    this.files.hold(uri, bytes);
    await commands.executeCommand('vscode.open', uri, { preview: true });
  }

  /** Shows a text under a path of its own. */
  async show(path: string, text: string): Promise<void> {
    const uri = this.texts.hold(path, text);
    await window.showTextDocument(uri, { preview: true, viewColumn: ViewColumn.Active });
  }

  /** Shows what differs between a text and a file. */
  async compare(path: string, text: string, file: Uri, title: string): Promise<void> {
    await commands.executeCommand('vscode.diff', this.texts.hold(path, text), file, title);
  }

  /** Shows what differs between texts, each pair under a path of its own; several in the multi-file editor. */
  async compareAll(title: string, pairs: readonly TextPair[]): Promise<void> {
    const resources = pairs.map(({ before, after }) => {
      const [left, right] = [
        before && this.texts.hold(before.path, before.text),
        after && this.texts.hold(after.path, after.text),
      ];
      return { left, right };
    });
    const [only] = resources;
    if (resources.length === 1 && only?.left && only.right) {
      await commands.executeCommand('vscode.diff', only.left, only.right, title);
      return;
    }
    await commands.executeCommand(
      'vscode.changes',
      title,
      resources.map(({ left, right }) => [right ?? left, left, right]),
    );
  }

  dispose(): void {
    this.filesRegistration?.dispose();
    this.files?.dispose();
  }
}
