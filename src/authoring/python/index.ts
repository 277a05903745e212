/**
 * Pipelines written in Python: rendered to JSON, checked like any definition, with what is wrong shown on the
 * Python lines that made the step.
 *
 *   scripts.ts      what is a script
 *   projects.ts     what the workspace's programs make, read without running them
 *   made-names.ts   the names that pipelines had when their programs ran
 *   rendered.ts     the scripts that were rendered, loaded with the first
 *   interpreter.ts  which Python the user chose
 *   locate.ts       a step's place in its script
 */
import { type Disposable, EventEmitter, type Uri, workspace } from 'vscode';
import type { LanguageServer } from '../server';
import type { RenderDefinition } from '../../gitflow/lifecycle';
import type { CommitSource } from '../../sources/commit';
import type { FoundPipeline } from '../../sources/find';
import type { RenderedScripts } from './rendered';
import type { PythonServices } from './services';
import { renderedScheme } from '../../shared/schemes';

export { isPython } from './scripts';
export { PythonProjects } from './projects';
export type { ProgramAccess } from './services';

/** Shows the pipelines of scripts. Of rendering nothing is loaded before the first. */
export class PythonPipelines implements Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly texts = workspace.registerTextDocumentContentProvider(renderedScheme, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: async (uri) => (await this.scripts()).text(uri),
  });
  private loaded: Promise<RenderedScripts> | undefined;

  constructor(
    private readonly services: PythonServices,
    private readonly server: LanguageServer,
  ) {}

  /**
   * Renders a script and shows the pipeline; asks which where it makes several. Resolves to the shown text's URI.
   * @param next the command that is offered to go on once an environment was made, where none has the SDK
   */
  async show(script: Uri, next: string, pipeline?: FoundPipeline): Promise<Uri | undefined> {
    return (await this.scripts()).show(script, next, pipeline);
  }

  /**
   * Renders one pipeline for a run, without showing it. Resolves to its text's URI.
   * @param next the command that is offered to go on once an environment was made, where none has the SDK
   */
  async make(script: Uri, pipeline: FoundPipeline, next: string): Promise<Uri | undefined> {
    return (await this.scripts()).make(script, next, pipeline, true);
  }

  /** Lets a Python environment be made for a script when it is rendered next. */
  async allow(script: Uri): Promise<void> {
    (await this.scripts()).allow(script);
  }

  /** Renders what programs of other commits of a repository make. The user has consented to run them. */
  ofCommits(from: CommitSource): RenderDefinition {
    return async (...asked) => {
      const { commitRenderer } = await import('./python.bundle');
      return commitRenderer(this.services, from)(...asked);
    };
  }

  dispose(): void {
    this.texts.dispose();
    this.changed.dispose();
    this.services.projects.dispose();
    void this.loaded?.then((scripts) => scripts.dispose());
  }

  private scripts(): Promise<RenderedScripts> {
    return (this.loaded ??= import('./python.bundle').then(
      ({ RenderedScripts }) => new RenderedScripts(this.services, this.server, this.changed),
    ));
  }
}
