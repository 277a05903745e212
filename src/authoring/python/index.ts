/**
 * Pipelines written in Python: rendered to JSON, checked like any definition, with what is wrong shown on the
 * Python lines that made the step.
 *
 *   scripts.ts      what is a script
 *   rendered.ts     the scripts that were rendered, loaded with the first
 *   interpreter.ts  which Python
 *   render.ts       runs media/python/render_pipeline.py
 *   locate.ts       a step's place in its script
 */
import { type Disposable, EventEmitter, type Uri, workspace } from 'vscode';
import { type LanguageServer, renderedScheme } from '../server';
import type { RenderedScripts } from './rendered';

export { isPython } from './scripts';

/** Shows the pipelines of scripts. Of rendering nothing is loaded before the first. */
export class PythonPipelines implements Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly texts = workspace.registerTextDocumentContentProvider(renderedScheme, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: async (uri) => (await this.scripts()).text(uri),
  });
  private loaded: Promise<RenderedScripts> | undefined;

  constructor(
    private readonly extensionUri: Uri,
    private readonly server: LanguageServer,
  ) {}

  /** Renders a script and shows the pipeline; asks which where it makes several. Resolves to the shown text's URI. */
  async show(script: Uri): Promise<Uri | undefined> {
    return (await this.scripts()).show(script);
  }

  dispose(): void {
    this.texts.dispose();
    this.changed.dispose();
    void this.loaded?.then((scripts) => scripts.dispose());
  }

  private scripts(): Promise<RenderedScripts> {
    return (this.loaded ??= import('../authoring.bundle').then(
      ({ RenderedScripts }) => new RenderedScripts(this.extensionUri, this.server, this.changed),
    ));
  }
}
