/**
 * Pipelines written in Python: rendered to JSON, checked like any definition, with what is wrong shown on the
 * Python lines that made the step.
 *
 *   scripts.ts      what is a script
 *   projects.ts     what the workspace's programs make, read without running them
 *   rendered.ts     the scripts that were rendered, loaded with the first
 *   interpreter.ts  which Python the user chose
 *   locate.ts       a step's place in its script
 */
import { type Disposable, EventEmitter, type Uri, workspace } from 'vscode';
import { type LanguageServer, renderedScheme } from '../server';
import { PythonProjects } from './projects';
import type { RenderedScripts } from './rendered';
import type { ProgramAccess } from './services';

export { isPython } from './scripts';
export type { ProgramAccess } from './services';

/** Shows the pipelines of scripts. Of rendering nothing is loaded before the first. */
export class PythonPipelines implements Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly texts = workspace.registerTextDocumentContentProvider(renderedScheme, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: async (uri) => (await this.scripts()).text(uri),
  });
  private loaded: Promise<RenderedScripts> | undefined;

  /** What programs of the workspace make. */
  readonly projects = new PythonProjects();

  constructor(
    private readonly extensionUri: Uri,
    private readonly environments: Uri,
    private readonly server: LanguageServer,
    private readonly access: () => Promise<ProgramAccess>,
  ) {}

  /** Renders a script and shows the pipeline; asks which where it makes several. Resolves to the shown text's URI. */
  async show(script: Uri): Promise<Uri | undefined> {
    return (await this.scripts()).show(script);
  }

  /** Lets a Python environment be made for a script, and shows the pipeline. */
  async install(script: Uri): Promise<Uri | undefined> {
    return (await this.scripts()).install(script);
  }

  dispose(): void {
    this.texts.dispose();
    this.changed.dispose();
    this.projects.dispose();
    void this.loaded?.then((scripts) => scripts.dispose());
  }

  private scripts(): Promise<RenderedScripts> {
    return (this.loaded ??= import('./python.bundle').then(
      ({ RenderedScripts }) =>
        new RenderedScripts(
          this.extensionUri,
          this.environments,
          this.server,
          this.projects,
          this.access,
          this.changed,
        ),
    ));
  }
}
