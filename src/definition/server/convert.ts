/** Results of features in the words of the language server protocol. */
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic as LspDiagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  MarkupKind,
  SymbolKind,
} from 'vscode-languageserver/node';
import type { Diagnostic, Fix, Severity } from '../diagnostic';
import type { Completion, CompletionKind, SymbolEntry, SymbolKind as EntryKind } from '../features/results';

export const source = 'MLOps Flow';

const severityNumbers: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** `rulePage` is an address with `{rule}` in it. */
export function toLspDiagnostic(diagnostic: Diagnostic, uri: string, rulePage: string | undefined): LspDiagnostic {
  const converted: LspDiagnostic = {
    range: diagnostic.range,
    severity: severityNumbers[diagnostic.severity],
    source,
    code: diagnostic.rule,
    message: diagnostic.message,
  };
  if (rulePage !== undefined) {
    converted.codeDescription = { href: rulePage.replace('{rule}', encodeURIComponent(diagnostic.rule)) };
  }
  if (diagnostic.unnecessary) converted.tags = [DiagnosticTag.Unnecessary];
  if (diagnostic.related?.length) {
    converted.relatedInformation = diagnostic.related.map(({ message, range }) => ({
      location: { uri, range },
      message,
    }));
  }
  return converted;
}

export function toQuickFix(fix: Fix, diagnostic: LspDiagnostic, uri: string): CodeAction {
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: { changes: { [uri]: fix.edits } },
    ...(fix.preferred ? { isPreferred: true } : {}),
  };
}

const completionKinds: Record<CompletionKind, CompletionItemKind> = {
  member: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  step: CompletionItemKind.Module,
  parameter: CompletionItemKind.Variable,
  property: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  snippet: CompletionItemKind.Snippet,
  file: CompletionItemKind.File,
};

export function toCompletionItem(completion: Completion): CompletionItem {
  const item: CompletionItem = {
    label: completion.label,
    kind: completionKinds[completion.kind],
    textEdit: completion.edit,
    // What is typed already is matched against the text that the edit replaces, quotes and their escapes included.
    filterText: `${/^[\\"]*/.exec(completion.edit.newText)?.[0] ?? ''}${completion.label}`,
    insertTextFormat: completion.snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
  };
  if (completion.detail !== undefined) item.detail = completion.detail;
  if (completion.documentation !== undefined) {
    item.documentation = { kind: MarkupKind.Markdown, value: completion.documentation };
  }
  if (completion.sort !== undefined) item.sortText = completion.sort;
  if (completion.again) item.command = { title: 'Suggest', command: 'editor.action.triggerSuggest' };
  return item;
}

const symbolKinds: Record<EntryKind, SymbolKind> = {
  pipeline: SymbolKind.Class,
  group: SymbolKind.Object,
  step: SymbolKind.Function,
  parameter: SymbolKind.Variable,
  stage: SymbolKind.Namespace,
  action: SymbolKind.Function,
  key: SymbolKind.Key,
  list: SymbolKind.Array,
  value: SymbolKind.Field,
};

export function toDocumentSymbol(entry: SymbolEntry): DocumentSymbol {
  const symbol: DocumentSymbol = {
    // The protocol wants a name that is not blank.
    name: entry.name.trim() || '(no name)',
    kind: symbolKinds[entry.kind],
    range: entry.range,
    selectionRange: entry.selection,
    children: entry.children.map(toDocumentSymbol),
  };
  if (entry.detail !== undefined) symbol.detail = entry.detail;
  return symbol;
}
