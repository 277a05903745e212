/** What is wrong in `.mlops/config.json`, shown at its place as far as the editor's own check by the schema does not. */
import {
  Diagnostic,
  type DiagnosticCollection,
  DiagnosticSeverity,
  Disposable,
  languages,
  Range,
  type TextDocument,
  workspace,
} from 'vscode';
import type { readConfig } from '../lifecycle';

/** Checks the configuration files that are open, now and as they change. */
export function registerConfigProblems(load: () => Promise<{ readConfig: typeof readConfig }>): Disposable {
  // Most windows never open such a file.
  let problems: DiagnosticCollection | undefined;
  const check = async (document: TextDocument): Promise<void> => {
    if (!document.uri.path.endsWith('/.mlops/config.json')) return;
    const lifecycle = await load();
    if (document.isClosed) return;
    const own = lifecycle.readConfig(document.getText()).problems.filter(({ inSchema }) => !inSchema);
    problems ??= languages.createDiagnosticCollection('mlopsFlow.config');
    problems.set(
      document.uri,
      own.map(({ message, range: { start, end } }) => {
        const range = new Range(start.line, start.character, end.line, end.character);
        const diagnostic = new Diagnostic(range, message, DiagnosticSeverity.Error);
        diagnostic.source = 'MLOps Flow';
        return diagnostic;
      }),
    );
  };
  for (const document of workspace.textDocuments) void check(document);
  return Disposable.from(
    { dispose: () => problems?.dispose() },
    workspace.onDidOpenTextDocument(check),
    workspace.onDidChangeTextDocument(({ document }) => check(document)),
    workspace.onDidCloseTextDocument(({ uri }) => problems?.delete(uri)),
  );
}
