/** Registers the language client, the preview and the commands of definitions. */
import { commands as vscodeCommands, type Disposable, languages, Uri, window } from 'vscode';
import type { Session } from '../aws';
import type { RenderDefinition } from '../gitflow/lifecycle';
import type { CommitSource } from '../sources/commit';
import type { PipelineSource } from '../sources/source';
import { besideEditors, type Commands, UserError } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import { registerPanel } from '../workbench/panel-kind';
import { type AboveServices, withRunAndLive } from './lenses';
import { isPython, type ProgramAccess, PythonPipelines, type PythonProjects } from './python';
import { SourceLenses } from './source-lenses';
import { showRule } from './rule-page';
import { LanguageServer } from './server';

const load = () => import('../rooms.bundle');

/** What this room needs of the extension and of the other rooms. */
export interface AuthoringServices extends AboveServices {
  readonly panels: PanelServices;
  /** What programs of the workspace make. */
  readonly projects: PythonProjects;
  /** Where the private Python environments lie. */
  readonly environments: Uri;
  /** The account of Local, whether it runs or not. */
  readonly place: Pick<ProgramAccess, 'region' | 'account' | 'role'>;
  /** Where a script's AWS is while it is rendered: Local, started where it does not run. */
  localAccess(): Promise<ProgramAccess>;
  /** The session of the active connection where it is open already; completion starts none. */
  openSession(): Promise<Session> | undefined;
  /** Calls back when `latestRun` may answer otherwise. */
  onDidChangeRuns(listener: () => void): Disposable;
}

/** What this room offers to the others. */
export interface Authoring extends Disposable {
  /** Runs a script as far as its pipeline is made; resolves to the text's URI. */
  /** @param next the command that goes on where a Python environment has to be made first */
  render(source: PipelineSource, next: string): Promise<Uri | undefined>;
  /** Renders what programs of other commits of a repository make. The user has consented to run them. */
  renderCommits(from: CommitSource): RenderDefinition;
  /** Has the lenses made again: what stands in them has changed. */
  refreshLenses(): void;
  /** Shows a step of a definition in its editor. */
  revealStep(definition: Uri, step: string): Promise<void>;
}

/** Registers the language client, the preview and the commands of definitions. Starts nothing before it is needed. */
export function registerAuthoring(services: AuthoringServices, commands: Commands): Authoring {
  const { extensionUri } = services.panels;
  const server = new LanguageServer(
    extensionUri,
    (document, made) => withRunAndLive(document, made, services),
    () => services.openSession(),
  );
  const python = new PythonPipelines(services, server);
  const runs = services.onDidChangeRuns(() => server.refreshLenses());
  const previews = registerPanel('preview', async () => (await load()).previewPanels(services.panels, server));
  const lenses = languages.registerCodeLensProvider(
    [{ language: 'python' }, { pattern: '**/*.ipynb' }],
    new SourceLenses(services.projects),
  );

  commands.register('mlopsFlow.openGraphPreview', async (target: unknown) => {
    const uri = definitionIn(target);
    const source = sourceIn(target);
    const shown =
      isPython(uri) || source?.maker.kind === 'template'
        ? await python.show(uri, 'mlopsFlow.openGraphPreview', source)
        : uri;
    if (!shown) return;
    await previews.open({ uri: shown.toString() }, { column: besideEditors(), preserveFocus: true });
  });
  commands.register('mlopsFlow.renderPipeline', async (target: unknown) => {
    const uri = definitionIn(target);
    const source = sourceIn(target);
    if (source?.maker.kind === 'definition') return void (await window.showTextDocument(uri));
    if (!isPython(uri) && source?.maker.kind !== 'template')
      throw new UserError('Only Python scripts are rendered. Open the script that makes the pipeline.');
    await python.show(uri, 'mlopsFlow.renderPipeline', source);
  });
  commands.register('mlopsFlow.installPython', async (target: unknown, next = 'mlopsFlow.renderPipeline') => {
    const script = definitionIn(target);
    const source = sourceIn(target);
    await python.allow(script);
    return vscodeCommands.executeCommand(next, source ? { source } : script);
  });
  commands.register('mlopsFlow.showRule', (rule: unknown) => showRule(extensionUri, rule));

  return {
    renderCommits: (from) => python.ofCommits(from),
    render: (source, next) =>
      source.maker.kind === 'definition' ? Promise.resolve(source.uri) : python.make(source.uri, source, next),
    refreshLenses: () => server.refreshLenses(),
    revealStep: async (definition, step) => {
      const [{ revealNode }, answer] = await Promise.all([load(), server.graph(definition)]);
      await revealNode(
        definition,
        answer?.graph.nodes.find((node) => node.id === step),
      );
    },
    dispose: () => {
      lenses.dispose();
      runs.dispose();
      previews.dispose();
      python.dispose();
      server.dispose();
    },
  };
}

/** The document that a command is about: its argument, else the one in the active editor. */
function definitionIn(target: unknown): Uri {
  const uri = uriIn(target) ?? window.activeTextEditor?.document.uri;
  if (!uri) throw new UserError('Open a pipeline definition first.');
  return uri;
}

/** What a command was given: a file, a row of the Pipelines view, or a pipeline in a script. */
function uriIn(target: unknown): Uri | undefined {
  if (target instanceof Uri) return target;
  if (typeof target !== 'object' || target === null) return undefined;
  if ('uri' in target && target.uri instanceof Uri) return target.uri;
  if ('source' in target) return uriIn(target.source);
  return 'definition' in target ? uriIn(target.definition) : undefined;
}

/** The pipeline in a script that a row or a lens stands for. */
function sourceIn(target: unknown): PipelineSource | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if ('maker' in target && 'uri' in target) return target as PipelineSource;
  return 'source' in target ? sourceIn(target.source) : undefined;
}
