/** Logs of builds as documents that grow while the build runs, with a fold for each phase and links to files. */
import {
  type Disposable,
  DocumentLink,
  EventEmitter,
  FoldingRange,
  languages,
  Range,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import { connectionOf, type Session } from '../../aws';
import { type LogCursor, readLog } from '../../aws/logs';
import { messageOf } from '../../workbench';
import type { DeliveryServices } from '../services';
import { pathInSource, phasesIn, placesIn } from './log-text';
import { type Build, causesOf, isDone } from './model';
import { readBuild } from './service';

const scheme = 'mlops-flow-build';
/** Lines that are looked through for links to files. */
const mostLinked = 20_000;

/** What is known of a log. */
export interface LogReading {
  build: Build;
  text: string;
  cursor: LogCursor;
}

interface Open {
  text: string;
  reading?: LogReading;
  watching?: Disposable;
}

export class BuildLogs implements Disposable {
  private readonly open = new Map<string, Open>();
  private readonly changes = new EventEmitter<Uri>();
  private readonly disposables: Disposable[];

  constructor(
    private readonly services: Pick<DeliveryServices, 'connections' | 'watcher'>,
    private readonly pollInterval: (connection: string) => number,
  ) {
    this.disposables = [
      this.changes,
      workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.changes.event,
        provideTextDocumentContent: (uri) => this.contentOf(uri),
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.close(uri)),
      languages.registerFoldingRangeProvider({ scheme }, { provideFoldingRanges: foldsOf }),
      languages.registerDocumentLinkProvider({ scheme }, { provideDocumentLinks: linksOf }),
    ];
  }

  /** Shows the log of a build from its beginning, and what is added to it. */
  async show(connection: string, build: string): Promise<void> {
    const uri = Uri.from({ scheme, path: `/${build.replace(':', '/')}.log`, query: connection, fragment: build });
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(await languages.setTextDocumentLanguage(document, 'log'), { preview: true });
  }

  dispose(): void {
    for (const { watching } of this.open.values()) watching?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async contentOf(uri: Uri): Promise<string> {
    const known = this.open.get(uri.toString());
    if (known) return known.text;
    const opened: Open = { text: '' };
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

  private follow(uri: Uri, opened: Open, first: () => void): Disposable {
    const connection = connectionOf(uri.query);
    const show = (text: string): void => {
      const isNew = text !== opened.text;
      opened.text = text;
      first();
      if (isNew) this.changes.fire(uri);
    };
    return this.services.watcher.watch<LogReading>(
      {
        key: `build log ${connection.id} ${uri.fragment}`,
        interval: () => this.pollInterval(connection.id),
        poll: async (signal) =>
          readBuildLog(await this.services.connections.session(connection, signal), uri.fragment, opened.reading),
        settled: ({ build }) => isDone(build),
      },
      {
        value: (reading) => {
          opened.reading = reading;
          show(reading.text);
        },
        failed: (error) => {
          const reason = `The log could not be read: ${messageOf(error)}\n`;
          show(opened.reading ? opened.reading.text : reason);
        },
      },
    );
  }
}

/** Reads what a log has more than before. Where there is none, it says so, with what the phases tell. */
export async function readBuildLog(session: Session, id: string, before: LogReading | undefined): Promise<LogReading> {
  const build = await readBuild(session, id);
  const { log } = build;
  if (log.kind !== 'stream') {
    const where = log.kind === 'object' ? `Its log is the object ${log.uri}.` : 'Its project keeps no log.';
    return { build, text: `${where}\n${phaseText(build)}`, cursor: new Map() };
  }
  const { events, cursor } = await readLog(session, log.place, before?.cursor);
  const more = events.map(({ message = '' }) => (message.endsWith('\n') ? message : `${message}\n`)).join('');
  const known = before && before.cursor.size > 0 ? before.text : '';
  const text = known + more;
  return { build, text: text === '' ? `${waiting(build)}\n${phaseText(build)}` : text, cursor };
}

function waiting(build: Build): string {
  return isDone(build) ? 'The build has logged nothing.' : 'The build has not logged yet.';
}

/** What a build tells without its log, for which no right to read logs is needed. */
function phaseText(build: Build): string {
  const phases = build.phases.map(({ type, status = 'IN_PROGRESS' }) => `${type} ${status}\n`).join('');
  return `${phases}${causesOf(build).join('\n')}`;
}

function foldsOf(document: TextDocument): FoldingRange[] {
  return phasesIn(document.getText().split('\n')).flatMap(({ start, end }) =>
    end > start ? [new FoldingRange(start, end)] : [],
  );
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
