import { CodeLens, type CodeLensProvider, Range, type TextDocument } from 'vscode';
import { settings } from '../workbench';
import type { PythonProjects } from './python/projects';

/** What stands above a function, or a line, that makes a pipeline. */
export class SourceLenses implements CodeLensProvider {
  readonly onDidChangeCodeLenses;

  constructor(private readonly projects: PythonProjects) {
    this.onDidChangeCodeLenses = projects.onDidChange;
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    // Almost every script has nothing to do with pipelines: it is not read any further.
    if (settings('validation.codeLens', document) === false || !document.getText().includes('sagemaker')) return [];
    const found = await this.projects.inDocument(document);
    return found.flatMap((source) => {
      const at = new Range(source.line, 0, source.line, 0);
      return [
        new CodeLens(at, {
          title: '$(type-hierarchy) Graph',
          command: 'mlopsFlow.openGraphPreview',
          arguments: [source],
        }),
        new CodeLens(at, { title: '$(check) Validate', command: 'mlopsFlow.renderPipeline', arguments: [source] }),
        new CodeLens(at, { title: '$(play) Run…', command: 'mlopsFlow.runPipeline', arguments: [{ source }] }),
      ];
    });
  }
}
