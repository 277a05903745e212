import {
  type CodeLens,
  type Disposable,
  type DocumentSelector,
  type Event,
  EventEmitter,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Session } from '../aws';
import { mayBeDefinition, mayHoldPipeline } from '../definition/relevance';
import type { GraphAnswer } from '../definition/server/protocol';
import { contextKeys, log, onSettingsChanged, report, settings } from '../workbench';
import type { Client } from './client.bundle';
import { renderedScheme } from '../shared/schemes';

const schemes = ['file', 'untitled', 'vscode-vfs', 'memfs', renderedScheme];
const languageIds = ['json', 'jsonc', 'yaml', 'asl', 'asl-yaml', 'cloudformation', 'terraform'];

/** Every JSON and YAML text: whether it is one of our languages, the server tells by its content. */
const selector: DocumentSelector = schemes.flatMap((scheme) => languageIds.map((language) => ({ scheme, language })));

/** Milliseconds after the last key press after which a text is looked at to see whether it became a definition. */
const lookDelay = 300;

/**
 * The language server as the extension sees it: not there until the first text that may be a definition is open,
 * then one process for the window.
 */
export class LanguageServer implements Disposable {
  private readonly changedGraphs = new EventEmitter<string>();
  /** URIs whose graph, or its problems, changed. Only of documents whose graph was asked for. */
  readonly onDidChangeGraph: Event<string> = this.changedGraphs.event;
  private readonly disposables: Disposable[] = [this.changedGraphs];
  private starting: Promise<Client> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly extensionUri: Uri,
    private readonly lenses: (document: TextDocument, made: CodeLens[]) => Promise<CodeLens[]>,
    private readonly session: () => Promise<Session> | undefined,
  ) {
    this.disposables.push(
      workspace.onDidOpenTextDocument((document) => this.look(document)),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (!isCandidate(document)) return;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
          this.look(document);
          if (document === window.activeTextEditor?.document) markPipeline(document);
        }, lookDelay);
      }),
      onSettingsChanged(['validation.rules', 'validation.exclude'], () => {
        void this.starting?.then((client) => client.configure());
      }),
    );
    this.disposables.push(window.onDidChangeActiveTextEditor((editor) => markPipeline(editor?.document)));
    for (const document of workspace.textDocuments) this.look(document);
    markPipeline(window.activeTextEditor?.document);
  }

  /** The graph of a document; null where it holds no pipeline. Starts the server where it is not running. */
  async graph(uri: Uri): Promise<GraphAnswer | null> {
    // The server knows open documents only.
    await workspace.openTextDocument(uri);
    const client = await this.client();
    return client.graph(uri.toString());
  }

  /** Has the lenses made again: what stands in them has changed. */
  refreshLenses(): void {
    void this.starting?.then((client) => client.refreshLenses());
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
    void this.starting?.then((client) => client.dispose());
  }

  /** Starts the server if the document may be one of ours. */
  private look(document: TextDocument): void {
    if (this.starting || document.isClosed || !isCandidate(document)) return;
    if (!mayBeDefinition(document.uri.path, () => document.getText())) return;
    this.client().catch((error: unknown) => report('language server', error));
  }

  private client(): Promise<Client> {
    this.starting ??= this.start();
    return this.starting;
  }

  private async start(): Promise<Client> {
    const { startClient } = await import('./client.bundle');
    return startClient({
      serverModule: Uri.joinPath(this.extensionUri, 'dist', 'language-server.js').fsPath,
      selector,
      log: log(),
      lenses: this.lenses,
      account: (document) => (settings('completion.fromAccount', document) === false ? undefined : this.session()),
      graphChanged: (uri) => this.changedGraphs.fire(uri),
      died: (message, final) => void (final ? window.showErrorMessage(message) : window.showWarningMessage(message)),
      restarted: () => this.changedGraphs.fire(''),
    });
  }
}

/** Shows the actions of pipelines in the editor's title, or hides them. */
function markPipeline(document: TextDocument | undefined): void {
  const holds =
    document !== undefined && isCandidate(document) && mayHoldPipeline(document.uri.path, () => document.getText());
  contextKeys.set('mlopsFlow.pipelineInEditor', holds);
}

function isCandidate(document: TextDocument): boolean {
  return languageIds.includes(document.languageId) && schemes.includes(document.uri.scheme);
}
