/**
 * The authoring room: the VS Code side of the definition languages.
 *
 *   server.ts client.bundle.ts   the language server's client, started by the first definition
 *   json-faults.ts               faults of JSON that VS Code tells itself
 *   lenses.ts                    what stands above a pipeline
 *   preview*.ts contract.ts      the live graph beside the text
 *   reveal.ts                    a step in its editor
 *   python/                      pipelines written in Python
 *   ../rooms.bundle.ts          graph and rendering, loaded with the first of them
 *   rule-page.ts                 the page of a rule
 */
import { type Disposable, Uri, window } from 'vscode';
import { type Commands, UserError } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import { type LastRun, withLastRun } from './lenses';
import { definePreview, openPreview } from './panels/preview/index';
import { isPython, type ProgramAccess, PythonPipelines } from './python';
import { showRule } from './rule-page';
import { LanguageServer } from './server';

export type { LastRun } from './lenses';
export type { ProgramAccess } from './python';

/** What this room needs of the extension and of the other rooms. */
export interface AuthoringServices {
  readonly panels: PanelServices;
  /** Where the private Python environments lie. */
  readonly environments: Uri;
  /** Where a script's AWS is while it is rendered: Local, started where it does not run. */
  localAccess(): Promise<ProgramAccess>;
  /** The newest run of a definition, for the lens above it. */
  latestRun(definition: Uri): Promise<LastRun | undefined>;
  /** Calls back when `latestRun` may answer otherwise. */
  onDidChangeRuns(listener: () => void): Disposable;
}

/** What this room offers to the others. */
export interface Authoring extends Disposable {
  /** Shows a step of a definition in its editor. */
  revealStep(definition: Uri, step: string): Promise<void>;
}

/** Registers the language client, the preview and the commands of definitions. Starts nothing before it is needed. */
export function registerAuthoring(services: AuthoringServices, commands: Commands): Authoring {
  const { extensionUri } = services.panels;
  const server = new LanguageServer(extensionUri, (document, made) =>
    withLastRun(document, made, (definition) => services.latestRun(definition)),
  );
  const python = new PythonPipelines(extensionUri, services.environments, server, () => services.localAccess());
  const runs = services.onDidChangeRuns(() => server.refreshLenses());
  const previews = definePreview(services.panels, server);

  commands.register('mlopsFlow.openGraphPreview', async (target: unknown) => {
    const uri = definitionIn(target);
    const shown = isPython(uri) ? await python.show(uri) : uri;
    if (shown) openPreview(previews, shown);
  });
  commands.register('mlopsFlow.renderPipeline', async (target: unknown) => {
    const uri = definitionIn(target);
    if (!isPython(uri))
      throw new UserError('Only Python scripts are rendered. Open the script that makes the pipeline.');
    await python.show(uri);
  });
  commands.register('mlopsFlow.installPython', (target: unknown) => python.install(definitionIn(target)));
  commands.register('mlopsFlow.showRule', (rule: unknown) => showRule(extensionUri, rule));

  return {
    revealStep: async (definition, step) => {
      const [{ revealNode }, answer] = await Promise.all([import('../rooms.bundle'), server.graph(definition)]);
      await revealNode(
        definition,
        answer?.graph.nodes.find((node) => node.id === step),
      );
    },
    dispose: () => {
      runs.dispose();
      previews.dispose();
      python.dispose();
      server.dispose();
    },
  };
}

/** The document that a command is about: its argument, else the one in the active editor. */
function definitionIn(target: unknown): Uri {
  const uri = target instanceof Uri ? target : window.activeTextEditor?.document.uri;
  if (!uri) throw new UserError('Open a pipeline definition first.');
  return uri;
}
