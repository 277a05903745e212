/** Code actions: the fixes of diagnostics, and all sure ones at once. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver/node';
import type { Diagnostic, Range, TextEdit } from '../diagnostic';
import { toLspDiagnostic, toQuickFix } from './convert';

export const fixAll = `${CodeActionKind.SourceFixAll}.mlopsFlow`;

/** The actions for `params.range`; `diagnostics` are those of the document's present version. */
export function codeActions(
  params: CodeActionParams,
  diagnostics: readonly Diagnostic[],
  rulePage: string | undefined,
): CodeAction[] {
  const { uri } = params.textDocument;
  const wants = (kind: string): boolean =>
    params.context.only === undefined ||
    params.context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const diagnostic of diagnostics) {
      if (!touches(diagnostic.range, params.range)) continue;
      const lsp = toLspDiagnostic(diagnostic, uri, rulePage);
      for (const fix of diagnostic.fixes) actions.push(toQuickFix(fix, lsp, uri));
    }
  }
  if (wants(fixAll)) {
    const edits = sureEdits(diagnostics);
    if (edits.length > 0) {
      actions.push({ title: 'Fix all that is sure', kind: fixAll, edit: { changes: { [uri]: edits } } });
    }
  }
  return actions;
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
