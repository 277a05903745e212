import { CodeLens, type CodeLensProvider, Range, type TextDocument } from 'vscode';
import { valueOfJson } from '../shared/json';
import { settings } from '../workbench';
import { isBuildspec } from './builds/spec';
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

/** Above a buildspec: running it on this machine. */
export class BuildspecLenses implements CodeLensProvider {
  provideCodeLenses(document: TextDocument): CodeLens[] {
    if (settings('validation.codeLens', document) === false) return [];
    if (!isBuildspec(document.uri.path, document.getText())) return [];
    const title = '$(play) Run Buildspec Locally';
    const command = { title, command: 'mlopsFlow.delivery.runBuildspec', arguments: [document.uri] };
    return [new CodeLens(new Range(0, 0, 0, 0), command)];
  }
}
