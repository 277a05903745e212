import { basename } from 'node:path';
import { type Disposable, EventEmitter, RelativePattern, Uri, workspace, type WorkspaceFolder } from 'vscode';
import type { LifecycleConfig } from '../gitflow/lifecycle';
import { settings } from '../workbench';
import type { Provenance } from './model';
import { digestOf } from './provenance';

const SUFFIX = '.pipeline.json';
const CONFIG = '.mlops/config.json';

/** A definition in the workspace. */
export interface DefinitionFile {
  uri: Uri;
  folder: WorkspaceFolder;
  /** Relative to the folder, with forward slashes. */
  path: string;
  /** The pipeline's name: what the configuration says, else the file's name. */
  pipeline: string;
}

/** The definitions of the workspace, and what the repository around them says. */
export class WorkspaceDefinitions implements Disposable {
  private readonly changes = new EventEmitter<void>();
  /** A definition or the configuration was added, changed or deleted. */
  readonly onDidChange = this.changes.event;
  private readonly watchers: Disposable[] = [];
  private found: Promise<DefinitionFile[]> | undefined;

  /** All definitions, by path. */
  list(): Promise<DefinitionFile[]> {
    if (this.watchers.length === 0) this.watch();
    this.found ??= this.find();
    return this.found;
  }

  /** The file that defines `pipeline`. */
  async fileOf(pipeline: string): Promise<DefinitionFile | undefined> {
    return (await this.list()).find((file) => file.pipeline === pipeline);
  }

  /** The definition in `uri`, also one that the file search does not list. */
  async fileAt(uri: Uri): Promise<DefinitionFile | undefined> {
    const listed = (await this.list()).find((file) => file.uri.toString() === uri.toString());
    if (listed) return listed;
    const folder = workspace.getWorkspaceFolder(uri);
    return folder ? describe(uri, folder, await this.config(folder)) : undefined;
  }

  /** What `.mlops/config.json` of a folder says; the defaults where there is none. */
  async config(folder: WorkspaceFolder): Promise<LifecycleConfig> {
    const { defaultConfig, readConfig } = await import('../gitflow/vscode/gitflow.bundle');
    try {
      const bytes = await workspace.fs.readFile(Uri.joinPath(folder.uri, CONFIG));
      return readConfig(Buffer.from(bytes).toString('utf8')).config;
    } catch {
      return defaultConfig;
    }
  }

  dispose(): void {
    this.changes.dispose();
    for (const watcher of this.watchers) watcher.dispose();
  }

  private async find(): Promise<DefinitionFile[]> {
    const glob = settings('pipelines.definitionGlob') ?? `**/*${SUFFIX}`;
    const files = await Promise.all(
      (workspace.workspaceFolders ?? []).map(async (folder) => {
        const config = await this.config(folder);
        const uris = await workspace.findFiles(new RelativePattern(folder, glob), '**/{node_modules,.git,.venv}/**');
        return uris.map((uri) => describe(uri, folder, config));
      }),
    );
    return files.flat().sort((a, b) => a.path.localeCompare(b.path));
  }

  private watch(): void {
    const again = (): void => {
      this.found = undefined;
      this.changes.fire();
    };
    for (const glob of [settings('pipelines.definitionGlob') ?? `**/*${SUFFIX}`, `**/${CONFIG}`]) {
      const watcher = workspace.createFileSystemWatcher(glob);
      this.watchers.push(watcher, watcher.onDidCreate(again), watcher.onDidDelete(again), watcher.onDidChange(again));
    }
    this.watchers.push(workspace.onDidChangeWorkspaceFolders(again));
  }
}

function describe(uri: Uri, folder: WorkspaceFolder, config: LifecycleConfig): DefinitionFile {
  const path = uri.path.slice(folder.uri.path.length).replace(/^\//, '');
  const named = [...config.environments.values()].find((environment) => environment.definition === path)?.pipeline;
  return { uri, folder, path, pipeline: named ?? pipelineName(path) };
}

/** A name that the service takes, from a file's: letters, digits and single hyphens between them. */
function pipelineName(path: string): string {
  const name = basename(path).replace(/(\.pipeline)?\.json$/, '');
  return name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'pipeline';
}

/** Where a run of this definition would come from: the repository's state now. */
export async function provenanceNow(file: DefinitionFile, definition: string): Promise<Provenance> {
  const digest = digestOf(definition);
  const { openRepository, workTreeState } = await import('../gitflow/vscode/gitflow.bundle');
  try {
    const repository = await openRepository(file.folder.uri.fsPath, { trusted: workspace.isTrusted });
    const { commit, branch } = await repository.state();
    const { tree, changes } = await workTreeState(file.folder.uri.fsPath, workspace.isTrusted);
    return {
      digest,
      ...(commit ? { commit, dirty: changes.length > 0 } : {}),
      ...(tree ? { tree } : {}),
      ...(branch ? { branch } : {}),
    };
  } catch {
    // A folder without a repository has definitions all the same; its runs carry the digest alone.
    return { digest };
  }
}
