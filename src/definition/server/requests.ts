/** The requests of the protocol that ask for a feature: document and place in, results in the protocol's words out. */
import {
  type CodeLens,
  type Connection,
  LSPErrorCodes,
  MarkupKind,
  type Range,
  ResponseError,
  type SelectionRange,
  type SemanticTokens,
  SemanticTokensBuilder,
} from 'vscode-languageserver/node';
import { definitionsAt, referencesAt, renamableAt, renameAt } from '../features/entities';
import { folds, selections } from '../features/outline';
import { tokensOf, tokenTypes } from '../features/tokens';
import { toCompletionItem, toDocumentSymbol } from './convert';
import type { OpenDocument } from './documents';
import { resolveLink } from './links';
import { lensCommands } from './protocol';

/** Finds the open document that a request is about, where it is of one of our languages. */
export type FindDocument = (params: { textDocument: { uri: string } }) => OpenDocument | undefined;

/** Answers every request for a feature that does not depend on settings. */
export function bindRequests(connection: Connection, ours: FindDocument): void {
  bindNames(connection, ours);
  bindTokens(connection, ours);
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

  connection.onDocumentSymbol((params) => {
    const document = ours(params);
    return document?.features?.symbols?.(document.source).map(toDocumentSymbol) ?? null;
  });
  connection.onDocumentLinks((params) => {
    const document = ours(params);
    const links = document?.features?.links?.(document.source) ?? [];
    return links.flatMap((link) => resolveLink(link, params.textDocument.uri));
  });
  connection.onFoldingRanges((params) => {
    const document = ours(params);
    if (!document) return null;
    return [...folds(document.source.tree), ...(document.features?.folds?.(document.source) ?? [])];
  });
  connection.onSelectionRanges((params) => {
    const document = ours(params);
    if (!document) return null;
    return params.positions.map((position) => {
      const offset = document.offset(position);
      const inner = document.features?.selections?.(document.source, offset) ?? [];
      let nested: SelectionRange | undefined;
      for (const range of [...inner, ...selections(document.source.tree, offset)].reverse()) {
        nested = nested ? { range, parent: nested } : { range };
      }
      return nested ?? { range: { start: position, end: position } };
    });
  });
  connection.onCodeLens((params) => {
    const document = ours(params);
    const lenses = document?.features?.lenses?.(document.source) ?? [];
    const lens = (title: string, command: string): Omit<CodeLens, 'range'> => ({
      command: { title, command, arguments: [params.textDocument.uri] },
    });
    return lenses.flatMap(({ range, kind }) => [
      ...(kind === 'pipeline' ? [{ range, ...lens('$(play) Run', lensCommands.run) }] : []),
      { range, ...lens('$(type-hierarchy) Graph', lensCommands.graph) },
    ]);
  });
  connection.languages.inlayHint.on((params) => {
    const document = ours(params);
    if (!document) return null;
    const [from, to] = [document.offset(params.range.start), document.offset(params.range.end)];
    return document.features?.hints?.(document.source, from, to) ?? null;
  });
}

/** What semantic tokens may be, in the order of their numbers. */
export const tokenLegend = { tokenTypes: [...tokenTypes], tokenModifiers: ['declaration'] };

/** Names, in the colours of what they name. */
function bindTokens(connection: Connection, ours: FindDocument): void {
  const answer = (document: OpenDocument | undefined, range?: Range): SemanticTokens => {
    if (!document) return { data: [] };
    const builder = new SemanticTokensBuilder();
    const stretch: [from?: number, to?: number] = range
      ? [document.offset(range.start), document.offset(range.end)]
      : [];
    for (const { line, character, length, type, declaration } of tokensOf(
      document.source.tree,
      document.entities,
      ...stretch,
    )) {
      builder.push(line, character, length, tokenTypes.indexOf(type), declaration ? 1 : 0);
    }
    return builder.build();
  };
  connection.languages.semanticTokens.on((params) => answer(ours(params)));
  connection.languages.semanticTokens.onRange((params) => answer(ours(params), params.range));
}

/** Definition, references, highlights, rename. */
function bindNames(connection: Connection, ours: FindDocument): void {
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
}
