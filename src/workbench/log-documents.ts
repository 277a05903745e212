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
import { messageOf } from './errors';
import { type Fold, pathInSource, placesIn } from './log-text';
import type { Watcher } from './watcher';

/** Lines that are looked through for links to files. */
const mostLinked = 20_000;

/** Where logs of one kind come from. `R` is what was read of one, from which the next reading goes on. */
export interface LogSource<R> {
  scheme: string;
  /** Milliseconds between looks at a log that is being written. */
  interval(uri: Uri): number;
  read(uri: Uri, before: R | undefined, signal: AbortSignal): Promise<R>;
  text(reading: R): string;
  /** True where nothing will be added. */
  isDone(reading: R): boolean;
  folds(lines: readonly string[]): readonly Fold[];
}

interface Open<R> {
  text: string;
  /** Undefined until the first reading has come, or failed. */
  isRead?: true;
  reading?: R;
  watching?: Disposable;
  /** How many lines its document had when it was looked at last. */
  lines: number;
}

/**
 * The documents of one kind of log. A log is read on while an editor shows it, and an editor that is at its end stays
 * there.
 */
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
      workspace.onDidChangeTextDocument(({ document }) => this.stayAtEnd(document)),
      window.onDidChangeVisibleTextEditors((editors) =>
        this.attend(new Set(editors.map(({ document }) => document.uri.toString()))),
      ),
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
    const opened: Open<R> = { text: '', lines: 0 };
    this.open.set(uri.toString(), opened);
    await new Promise<void>((resolve) => {
      opened.watching = this.follow(uri, opened, resolve);
    });
    return opened.text;
  }

  /** What no editor shows is not read on until one does. */
  private attend(shown: ReadonlySet<string>): void {
    for (const [key, opened] of this.open) {
      if (shown.has(key)) opened.watching ??= this.follow(Uri.parse(key), opened, () => {});
      else if (opened.isRead) {
        opened.watching?.dispose();
        delete opened.watching;
      }
    }
  }

  private stayAtEnd(document: TextDocument): void {
    const opened = this.open.get(document.uri.toString());
    if (!opened) return;
    const { lines } = opened;
    opened.lines = document.lineCount;
    if (document.lineCount <= lines) return;
    for (const editor of window.visibleTextEditors) {
      if (editor.document !== document || (editor.visibleRanges.at(-1)?.end.line ?? 0) < lines - 1) continue;
      const end = new Position(document.lineCount - 1, 0);
      editor.revealRange(new Range(end, end));
    }
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
      opened.isRead = true;
      first();
      if (isNew) this.changes.fire(uri);
    };
    return this.watcher.watch<R>(
      {
        key: `log ${uri.toString()}`,
        interval: () => source.interval(uri),
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
      placesIn(text).flatMap(({ path, line, start, end }) => {
        const inSource = pathInSource(path);
        // What lies elsewhere on the machine that wrote the log is not here.
        if (inSource.startsWith('/')) return [];
        const target = Uri.joinPath(folder.uri, inSource).with({ fragment: `L${line}` });
        return [new DocumentLink(new Range(row, start, row, end), target)];
      }),
    );
}
