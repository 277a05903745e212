import { type Disposable, EventEmitter, type TextDocumentContentProvider, Uri } from 'vscode';

/** The scheme of texts that lie on a connection. */
export const textsScheme = 'mlops-flow';

/** The texts of a connection that were shown, held for their editors. */
export class HeldTexts implements TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changes = new EventEmitter<Uri>();
  readonly onDidChange = this.changes.event;

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? 'Open this from MLOps Flow again to read it.';
  }

  /** Holds a text under a path of its own. */
  hold(path: string, text: string): Uri {
    const uri = Uri.from({ scheme: textsScheme, path: `/${path}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    return uri;
  }

  dispose(): void {
    this.changes.dispose();
  }
}
