import { type Diagnostic, extensions, type Uri, workspace } from 'vscode';

/** The extension of VS Code that knows JSON. */
const jsonExtension = 'vscode.json-language-features';

/**
 * The diagnostics of a document without faults of its JSON, where VS Code itself tells them: they would stand at the
 * same places twice. Their quick fixes are offered all the same, and the command line tells the faults, too.
 */
export function withoutJsonFaults(uri: Uri, diagnostics: Diagnostic[]): Diagnostic[] {
  if (!diagnostics.some(isFault) || !tellsJsonFaults(uri)) return diagnostics;
  return diagnostics.filter((diagnostic) => !isFault(diagnostic));
}

function isFault({ code }: Diagnostic): boolean {
  const rule = typeof code === 'object' ? code.value : code;
  return /^\w+\/(json-)?syntax$/.test(String(rule));
}

/** True where VS Code checks the text as JSON by the same rules: texts of JSON with comments may have some. */
function tellsJsonFaults(uri: Uri): boolean {
  const document = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document?.languageId !== 'json' || !extensions.getExtension(jsonExtension)) return false;
  return workspace.getConfiguration('json', document).get('validate.enable', true);
}
