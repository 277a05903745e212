/** Code actions: the fixes of what is wrong, and all sure ones at once. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver/node';
import type { Diagnostic, Range, TextEdit } from '../diagnostic';
import { type Finding, present } from '../finding';
import type { Checking } from './checking';
import { toLspDiagnostic, toQuickFix } from './convert';
import type { OpenDocument } from './documents';

export const fixAll = `${CodeActionKind.SourceFixAll}.mlopsFlow`;

/** The actions for `params.range`. */
export function codeActions(
  params: CodeActionParams,
  document: OpenDocument,
  checking: Checking,
  rulePage: string | undefined,
): CodeAction[] {
  const { uri } = document;
  const { only } = params.context;
  const actions: CodeAction[] = [];
  if (only === undefined || only.some((kind) => isWithin(CodeActionKind.QuickFix, kind))) {
    for (const diagnostic of diagnosticsAt(document, checking, params.range)) {
      const lsp = toLspDiagnostic(diagnostic, uri, rulePage);
      for (const fix of diagnostic.fixes) actions.push(toQuickFix(fix, lsp, uri));
    }
  }
  // Never unasked: it needs the fixes of the whole document.
  if (only?.some((kind) => isWithin(fixAll, kind))) {
    const { tree } = document.source;
    const all = checking.graded(document).map(({ finding, severity }) => present(finding, severity, tree));
    const edits = sureEdits(all);
    if (edits.length > 0) {
      actions.push({ title: 'Fix all that is sure', kind: fixAll, edit: { changes: { [uri]: edits } } });
    }
  }
  return actions;
}

function isWithin(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(`${wanted}.`);
}

/** What is wrong at `range`, with its fixes. */
function diagnosticsAt(document: OpenDocument, checking: Checking, range: Range): Diagnostic[] {
  const { tree } = document.source;
  const from = tree.lines.offset(range.start);
  const to = tree.lines.offset(range.end);
  return checking
    .graded(document)
    .filter(({ finding }) => isNear(finding, from, to))
    .map(({ finding, severity }) => present(finding, severity, tree))
    .filter((diagnostic) => touches(diagnostic.range, range));
}

/** Cheap: whether the node of a finding lies at the offsets at all. */
function isNear({ node }: Finding, from: number, to: number): boolean {
  return Math.min(node.keyStart, node.start) <= to && Math.max(node.keyEnd, node.end) >= from;
}

/** The edits of all preferred fixes; a fix that touches an edit taken before is left for the next time. */
export function sureEdits(diagnostics: readonly Diagnostic[]): TextEdit[] {
  const taken: TextEdit[] = [];
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes.find((one) => one.preferred);
    if (!fix) continue;
    const clashes = fix.edits.some((edit) => taken.some((other) => touches(edit.range, other.range)));
    if (!clashes) taken.push(...fix.edits);
  }
  return taken;
}

function touches(a: Range, b: Range): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}

function before(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
