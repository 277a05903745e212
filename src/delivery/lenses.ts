import { CodeLens, type CodeLensProvider, Range, type TextDocument } from 'vscode';
import { valueOfJson } from '../shared/json';
import { settings } from '../workbench';
import { isBuildspec } from './builds/spec';
import { declarationIn } from './plan';
import { mayHoldTemplate, templatePipelines } from './templates';

/** Above a CodePipeline declaration, by itself or in a template: what differs from what is deployed, deploying it, starting it. */
export class DeclarationLenses implements CodeLensProvider {
  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    if (settings('validation.codeLens', document) === false) return [];
    const text = document.getText();
    if (mayHoldTemplate(text)) {
      const pipelines = await templatePipelines(text, document.uri.path);
      return pipelines.flatMap(({ line, resource }) => lensesAt(line, { uri: document.uri, resource }));
    }
    // Most files are none, and need not be read as JSON.
    if (!text.includes('"actionTypeId"')) return [];
    return declarationIn(valueOfJson(text)) ? lensesAt(0, document.uri) : [];
  }
}

function lensesAt(line: number, argument: unknown): CodeLens[] {
  const range = new Range(line, 0, line, 0);
  const lens = (title: string, command: string): CodeLens =>
    new CodeLens(range, { title, command: `mlopsFlow.delivery.${command}`, arguments: [argument] });
  return [
    lens('$(diff) Compare with Deployed', 'compareDeclaration'),
    lens('$(cloud-upload) Deploy…', 'deployDeclaration'),
    lens('$(play) Start…', 'startDeclared'),
  ];
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
