import { CodeLens, type CodeLensProvider, Range, type TextDocument } from 'vscode';
import { valueOfJson } from '../shared/json';
import { settings } from '../workbench';
import { declarationIn } from './plan';

/** Above a CodePipeline declaration: what differs from what is deployed, deploying it, starting it. */
export class DeclarationLenses implements CodeLensProvider {
  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (settings('validation.codeLens', document) === false) return [];
    const text = document.getText();
    // Most files are none, and need not be read as JSON.
    if (!text.includes('"actionTypeId"')) return [];
    if (!declarationIn(valueOfJson(text))) return [];
    const range = new Range(0, 0, 0, 0);
    const lens = (title: string, command: string): CodeLens =>
      new CodeLens(range, { title, command: `mlopsFlow.delivery.${command}`, arguments: [document.uri] });
    return [
      lens('$(diff) Compare with Deployed', 'compareDeclaration'),
      lens('$(cloud-upload) Deploy…', 'deployDeclaration'),
      lens('$(play) Start…', 'startDeclared'),
    ];
  }
}
