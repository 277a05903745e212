/**
 * The language server: binds the features to the protocol. Everything it knows of the languages it gets from
 * `../index` and `../features`.
 *
 *   protocol.ts    our own messages, shared with the client
 *   documents.ts   open documents
 *   checking.ts    when a document is checked
 *   actions.ts convert.ts graph.ts   results in the protocol's words
 */
import {
  CodeActionKind,
  type Connection,
  type InitializeResult,
  MarkupKind,
  LSPErrorCodes,
  ResponseError,
  type SelectionRange,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { definitionsAt, referencesAt, renamableAt, renameAt } from '../features/entities';
import { folds, selections } from '../features/outline';
import { codeActions, fixAll } from './actions';
import { Checking } from './checking';
import { toCompletionItem, toDocumentSymbol, toLspDiagnostic } from './convert';
import { OpenDocument } from './documents';
import { graphAnswer } from './graph';
import { resolveLink } from './links';
import { lensCommands, methods, type ServerSettings } from './protocol';

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
};

/** Serves `connection`; the caller makes it listen. */
export function serve(connection: Connection): void {
  const documents = new Map<string, OpenDocument>();
  let rulePage: string | undefined;
  const checking = new Checking((document, diagnostics) => {
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: diagnostics.map((diagnostic) => toLspDiagnostic(diagnostic, document.uri, rulePage)),
    });
    if (document.watched) void connection.sendNotification(methods.graphChanged, { uri: document.uri });
  });
  const apply = (settings: Partial<ServerSettings> | undefined): void => {
    checking.settings = settings?.validation ?? {};
    rulePage = settings?.rulePage;
  };
  /** The open document, where it is of one of our languages. */
  const ours = (params: { textDocument: { uri: string } }): OpenDocument | undefined => {
    const document = documents.get(params.textDocument.uri);
    return document?.support && document;
  };

  connection.onInitialize((params): InitializeResult => {
    apply(params.initializationOptions as Partial<ServerSettings> | undefined);
    return { capabilities, serverInfo: { name: 'mlops-flow' } };
  });
  connection.onNotification(methods.settings, (settings: ServerSettings) => {
    apply(settings);
    for (const document of documents.values()) checking.soon(document, 0);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    const document = new OpenDocument(TextDocument.create(uri, languageId, version, text));
    documents.set(uri, document);
    checking.soon(document, 0);
  });
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return;
    document.change(contentChanges, textDocument.version);
    checking.soon(document);
  });
  connection.onDidCloseTextDocument(({ textDocument }) => {
    checking.cancel(textDocument.uri);
    documents.delete(textDocument.uri);
    void connection.sendDiagnostics({ uri: textDocument.uri, diagnostics: [] });
  });

  connection.onCompletion(async (params) => {
    const document = ours(params);
    const found = await document?.features?.complete?.(document.source, document.offset(params.position));
    return found?.map(toCompletionItem) ?? null;
  });
  connection.onHover(async (params) => {
    const document = ours(params);
    const hover = await document?.features?.hover?.(document.source, document.offset(params.position));
    return hover ? { contents: { kind: MarkupKind.Markdown, value: hover.text }, range: hover.range } : null;
  });

  connection.onDefinition((params) => {
    const document = ours(params);
    if (!document) return null;
    const { uri } = document;
    const ranges = definitionsAt(document.source.tree, document.entities, document.offset(params.position));
    return ranges.map((range) => ({ uri, range }));
  });
  connection.onReferences((params) => {
    const document = ours(params);
    if (!document) return null;
    const { uri } = document;
    const offset = document.offset(params.position);
    const ranges = referencesAt(document.source.tree, document.entities, offset, params.context.includeDeclaration);
    return ranges.map((range) => ({ uri, range }));
  });
  connection.onDocumentHighlight((params) => {
    const document = ours(params);
    if (!document) return null;
    const offset = document.offset(params.position);
    return referencesAt(document.source.tree, document.entities, offset, true).map((range) => ({ range }));
  });
  connection.onPrepareRename((params) => {
    const document = ours(params);
    const found = document && renamableAt(document.source.tree, document.entities, document.offset(params.position));
    return found ? { range: found.range, placeholder: found.name } : null;
  });
  connection.onRenameRequest((params) => {
    const document = ours(params);
    if (!document) return null;
    const offset = document.offset(params.position);
    const edits = renameAt(document.source.tree, document.entities, offset, params.newName);
    if (typeof edits === 'string') throw new ResponseError(LSPErrorCodes.RequestFailed, edits);
    return { changes: { [document.uri]: edits } };
  });

  connection.onDocumentSymbol((params) => {
    const document = ours(params);
    return document?.features?.symbols?.(document.source).map(toDocumentSymbol) ?? null;
  });
  connection.onCodeAction((params) => {
    const document = ours(params);
    return document ? codeActions(params, document, checking, rulePage) : null;
  });
  connection.onDocumentLinks((params) => {
    const document = ours(params);
    const links = document?.features?.links?.(document.source) ?? [];
    return links.flatMap((link) => resolveLink(link, params.textDocument.uri));
  });
  connection.onFoldingRanges((params) => {
    const document = ours(params);
    return document ? folds(document.source.tree) : null;
  });
  connection.onSelectionRanges((params) => {
    const document = ours(params);
    if (!document) return null;
    return params.positions.map((position) => {
      let nested: SelectionRange | undefined;
      for (const range of selections(document.source.tree, document.offset(position)).reverse()) {
        nested = nested ? { range, parent: nested } : { range };
      }
      return nested ?? { range: { start: position, end: position } };
    });
  });
  connection.onCodeLens((params) => {
    const document = ours(params);
    const lenses = document?.features?.lenses?.(document.source) ?? [];
    return lenses.flatMap(({ range }) => [
      { range, command: { title: '$(play) Run', command: lensCommands.run, arguments: [params.textDocument.uri] } },
      {
        range,
        command: {
          title: '$(type-hierarchy) Graph',
          command: lensCommands.graph,
          arguments: [params.textDocument.uri],
        },
      },
    ]);
  });
  connection.languages.inlayHint.on((params) => {
    const document = ours(params);
    if (!document) return null;
    const [from, to] = [document.offset(params.range.start), document.offset(params.range.end)];
    return document.features?.hints?.(document.source, from, to) ?? null;
  });

  connection.onRequest(methods.graph, ({ uri }: { uri: string }) => {
    const document = documents.get(uri);
    if (!document) return null;
    document.watched = true;
    return graphAnswer(document, checking);
  });
}
