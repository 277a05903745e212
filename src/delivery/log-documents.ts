/** Logs as documents that grow while they are written, with folds and links to the files of the workspace. */
import {
  type Disposable,
  DocumentLink,
  EventEmitter,
  FoldingRange,
  languages,
  Position,
  Range,
  Selection,
  type TextDocument,
  TextEditorRevealType,
  Uri,
  window,
  workspace,
} from 'vscode';
import { messageOf, type Watcher } from '../workbench';
import { type Fold, pathInSource, placesIn } from './builds/log-text';

/** Lines that are looked through for links to files. */
const mostLinked = 20_000;

/** Where logs of one kind come from. `R` is what was read of one, from which the next reading goes on. */
export interface LogSource<R> {
  scheme: string;
  /** Milliseconds between looks at a log that is being written. */
  interval(): number;
  read(uri: Uri, before: R | undefined, signal: AbortSignal): Promise<R>;
  text(reading: R): string;
  /** True where nothing will be added. */
  isDone(reading: R): boolean;
  folds(lines: readonly string[]): readonly Fold[];
}

interface Open<R> {
  text: string;
  reading?: R;
  watching?: Disposable;
}

export class LogDocuments<R> implements Disposable {
  private readonly open = new Map<string, Open<R>>();
  private readonly changes = new EventEmitter<Uri>();
  private readonly disposables: Disposable[];

  constructor(
    private readonly watcher: Watcher,
    private readonly source: LogSource<R>,
  ) {
    const { scheme } = source;
    this.disposables = [
      this.changes,
      workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.changes.event,
        provideTextDocumentContent: (uri) => this.contentOf(uri),
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.close(uri)),
      languages.registerFoldingRangeProvider(
        { scheme },
        { provideFoldingRanges: (document) => this.foldsOf(document) },
      ),
      languages.registerDocumentLinkProvider({ scheme }, { provideDocumentLinks: linksOf }),
    ];
  }

  /** Shows a log from its beginning, or from the line that `find` picks of what was read, and what is added to it. */
  async show(
    place: { path: string; query: string; fragment: string },
    find?: (reading: R) => number | undefined,
  ): Promise<void> {
    const uri = Uri.from({ scheme: this.source.scheme, ...place });
    const document = await workspace.openTextDocument(uri);
    const editor = await window.showTextDocument(await languages.setTextDocumentLanguage(document, 'log'), {
      preview: true,
    });
    const reading = this.open.get(uri.toString())?.reading;
    const line = reading === undefined ? undefined : find?.(reading);
    if (line === undefined) return;
    const at = new Position(line, 0);
    editor.selection = new Selection(at, at);
    editor.revealRange(new Range(at, at), TextEditorRevealType.InCenterIfOutsideViewport);
  }

  dispose(): void {
    for (const { watching } of this.open.values()) watching?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async contentOf(uri: Uri): Promise<string> {
    const known = this.open.get(uri.toString());
    if (known) return known.text;
    const opened: Open<R> = { text: '' };
    this.open.set(uri.toString(), opened);
    await new Promise<void>((resolve) => {
      opened.watching = this.follow(uri, opened, resolve);
    });
    return opened.text;
  }

  private close(uri: Uri): void {
    this.open.get(uri.toString())?.watching?.dispose();
    this.open.delete(uri.toString());
  }

  private follow(uri: Uri, opened: Open<R>, first: () => void): Disposable {
    const { source } = this;
    const show = (text: string): void => {
      const isNew = text !== opened.text;
      opened.text = text;
      first();
      if (isNew) this.changes.fire(uri);
    };
    return this.watcher.watch<R>(
      {
        key: `log ${uri.toString()}`,
        interval: () => source.interval(),
        poll: (signal) => source.read(uri, opened.reading, signal),
        settled: (reading) => source.isDone(reading),
      },
      {
        value: (reading) => {
          opened.reading = reading;
          show(source.text(reading));
        },
        failed: (error) => {
          const reason = `The log could not be read: ${messageOf(error)}\n`;
          show(opened.reading === undefined ? reason : source.text(opened.reading));
        },
      },
    );
  }

  private foldsOf(document: TextDocument): FoldingRange[] {
    return this.source
      .folds(document.getText().split('\n'))
      .flatMap(({ start, end }) => (end > start ? [new FoldingRange(start, end)] : []));
  }
}

/** Links to the files of the workspace that the log names. */
function linksOf(document: TextDocument): DocumentLink[] {
  const [folder] = workspace.workspaceFolders ?? [];
  if (!folder) return [];
  return document
    .getText()
    .split('\n', mostLinked)
    .flatMap((text, row) =>
      placesIn(text).map(({ path, line, start, end }) => {
        const target = Uri.joinPath(folder.uri, pathInSource(path)).with({ fragment: `L${line}` });
        return new DocumentLink(new Range(row, start, row, end), target);
      }),
    );
}
