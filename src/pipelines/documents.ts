import { type Disposable, EventEmitter, Uri, ViewColumn, window, workspace } from 'vscode';

const scheme = 'mlops-flow';

/** Read-only documents of what lies on the connection: S3 objects and step logs. */
export class RemoteDocuments implements Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changes = new EventEmitter<Uri>();
  private readonly registration = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: this.changes.event,
    provideTextDocumentContent: (uri) =>
      this.texts.get(uri.toString()) ?? 'Open this from MLOps Flow again to read it.',
  });

  /** Shows a text under a path of its own. */
  async show(path: string, text: string): Promise<void> {
    const uri = Uri.from({ scheme, path: `/${path}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    await window.showTextDocument(uri, { preview: true, viewColumn: ViewColumn.Active });
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}
