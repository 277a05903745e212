/**
 * The language server: binds the features to the protocol. Everything it knows of the languages it gets from
 * `../index` and `../features`.
 *
 *   protocol.ts    our own messages, shared with the client
 *   documents.ts   open documents
 *   checking.ts    when a document is checked
 *   worth-sending.ts  how much of what was found is sent
 *   requests.ts    what the protocol asks for, feature by feature
 *   actions.ts convert.ts graph.ts links.ts   results in the protocol's words
 */
import {
  CodeActionKind,
  type Connection,
  type InitializeResult,
  type Position,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../diagnostic';
import type { AccountPlace } from '../features/account';
import { accountPlace } from '../features/embedded';
import { codeActions, fixAll } from './actions';
import { Checking } from './checking';
import { toLspDiagnostic } from './convert';
import { OpenDocument } from './documents';
import { graphAnswer } from './graph';
import { methods, type ServerSettings } from './protocol';
import { bindRequests, type FindDocument, tokenLegend } from './requests';

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: ['"', '.', "'", '#', '{'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAll] },
  documentLinkProvider: {},
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  codeLensProvider: {},
  inlayHintProvider: true,
  semanticTokensProvider: { legend: tokenLegend, full: true, range: true },
};

/** Serves `connection`; the caller makes it listen. */
export function serve(connection: Connection): void {
  const documents = new Map<string, OpenDocument>();
  let rulePage: string | undefined;
  const publish = (document: OpenDocument, diagnostics: readonly Diagnostic[]): void => {
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: diagnostics.map((diagnostic) => toLspDiagnostic(diagnostic, document.uri, rulePage)),
    });
    if (document.watched) void connection.sendNotification(methods.graphChanged, { uri: document.uri });
  };
  const checking = new Checking(publish, (error) =>
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const apply = (settings: Partial<ServerSettings> | undefined): void => {
    checking.settings = settings?.validation ?? {};
    rulePage = settings?.rulePage;
  };
  const ours: FindDocument = ({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document?.support && document;
  };

  connection.onInitialize((params): InitializeResult => {
    apply(params.initializationOptions as Partial<ServerSettings> | undefined);
    return { capabilities, serverInfo: { name: 'mlops-flow' } };
  });
  connection.onNotification(methods.settings, (settings: ServerSettings) => {
    apply(settings);
    for (const document of documents.values()) checking.soon(document);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    const document = new OpenDocument(TextDocument.create(uri, languageId, version, text));
    documents.set(uri, document);
    checking.soon(document);
  });
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return;
    document.change(contentChanges, textDocument.version);
    checking.soon(document);
  });
  connection.onDidCloseTextDocument(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    checking.forget(textDocument.uri);
    documents.delete(textDocument.uri);
    if (!document) return;
    document.closed = true;
    if (document.shown) publish(document, []);
  });

  bindRequests(connection, ours);
  connection.onCodeAction((params) => {
    const document = ours(params);
    return document ? codeActions(params, document, checking, rulePage) : null;
  });
  connection.onRequest(
    methods.accountPlace,
    (params: { textDocument: { uri: string }; position: Position }): AccountPlace | null => {
      const document = ours(params);
      return (document && accountPlace(document.source, document.offset(params.position))) ?? null;
    },
  );
  connection.onRequest(methods.graph, ({ uri }: { uri: string }) => {
    const document = documents.get(uri);
    if (!document) return null;
    document.watched = true;
    return graphAnswer(document, checking);
  });
}
