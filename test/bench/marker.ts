/**
 * An extension that does nothing but mark: a line with an `x` behind a number of a step gets a warning in the moment
 * that it hears of it. What passes until the mark is drawn is what VS Code takes by itself.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the extension in `folder` and returns where. */
export function makeMarker(folder: string): string {
  const place = join(folder, 'bench.marker-0.0.0');
  mkdirSync(place, { recursive: true });
  const manifest = {
    name: 'marker',
    publisher: 'bench',
    version: '0.0.0',
    engines: { vscode: '^1.100.0' },
    main: './marker.js',
    activationEvents: ['*'],
  };
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(place, 'marker.js'),
    `const { Diagnostic, DiagnosticSeverity, languages, workspace } = require('vscode');
exports.activate = ({ subscriptions }) => {
  const marks = languages.createDiagnosticCollection('marker');
  subscriptions.push(marks, workspace.onDidChangeTextDocument(({ document, contentChanges: [change] }) => {
    if (!change || !document.fileName.endsWith('plain.json')) return;
    const { range, text } = document.lineAt(change.range.start.line);
    marks.set(document.uri, /Train\\d+x/.test(text) ? [new Diagnostic(range, 'marked', DiagnosticSeverity.Error)] : []);
  }));
};
`,
  );
  return place;
}
