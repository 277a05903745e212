import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Disposable,
  EventEmitter,
  FileSystemError,
  RelativePattern,
  Uri,
  workspace,
  type WorkspaceFolder,
} from 'vscode';
import type { LifecycleConfig } from '../gitflow/lifecycle';
import { renderedScheme } from '../shared/schemes';
import { messageOf, settings, UserError } from '../workbench';
import type { Provenance } from './model';
import { digestOf } from './provenance';

const suffix = '.pipeline.json';
const configPath = '.mlops/config.json';

/** A definition in the workspace. */
export interface DefinitionFile {
  uri: Uri;
  folder: WorkspaceFolder;
  /** Relative to the folder, with forward slashes. */
  path: string;
  /** The pipeline's name: what the configuration says, else the file's name. */
  pipeline: string;
}

/** What the configuration says, as far as it can be read. */
export interface Configuration {
  config: LifecycleConfig;
  /** The first thing of what runs depend on that is not valid, in a sentence. They refuse to start then. */
  problem?: string;
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
    if (uri.scheme === renderedScheme) return rendered(uri);
    const folder = workspace.getWorkspaceFolder(uri);
    return folder ? describe(uri, folder, (await this.configuration(folder)).config) : undefined;
  }

  /** What `.mlops/config.json` of a folder says, with its problems; the defaults where there is none. */
  async configuration(folder: WorkspaceFolder): Promise<Configuration> {
    const { brokenConfig, defaultConfig, partsOfRun, readConfig } = await import('../gitflow/vscode/gitflow.bundle');
    const uri = Uri.joinPath(folder.uri, configPath);
    let text: string;
    try {
      text = Buffer.from(await workspace.fs.readFile(uri)).toString('utf8');
    } catch (error) {
      if (error instanceof FileSystemError && error.code === 'FileNotFound') return { config: defaultConfig };
      return { config: defaultConfig, problem: `${configPath} cannot be read: ${messageOf(error)}` };
    }
    const { config, problems } = readConfig(text);
    const problem = brokenConfig(problems, partsOfRun);
    return { config, ...(problem === undefined ? {} : { problem }) };
  }

  dispose(): void {
    this.changes.dispose();
    for (const watcher of this.watchers) watcher.dispose();
  }

  private async find(): Promise<DefinitionFile[]> {
    const glob = settings('pipelines.definitionGlob') ?? `**/*${suffix}`;
    const files = await Promise.all(
      (workspace.workspaceFolders ?? []).map(async (folder) => {
        const { config } = await this.configuration(folder);
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
    for (const glob of [settings('pipelines.definitionGlob') ?? `**/*${suffix}`, `**/${configPath}`]) {
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

/** A definition that a script makes: its text's URI names the script and the pipeline. */
function rendered(uri: Uri): DefinitionFile | undefined {
  const script = Uri.parse(uri.query);
  const folder = workspace.getWorkspaceFolder(script) ?? { uri: Uri.joinPath(script, '..'), name: '', index: 0 };
  const path = script.path.slice(folder.uri.path.length).replace(/^\//, '');
  const name = /\.([A-Za-z0-9-]+)\.pipeline\.json$/.exec(uri.path)?.[1];
  return name === undefined ? undefined : { uri, folder, path, pipeline: name };
}

/** A name that the service takes, from a file's: letters, digits and single hyphens between them. */
function pipelineName(path: string): string {
  const name = basename(path).replace(/(\.pipeline)?\.json$/, '');
  return name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'pipeline';
}

/**
 * Where a run of this definition would come from: the repository's state now. A folder without a repository has
 * definitions all the same; its runs carry the digest alone.
 *
 * @throws UserError where there is a repository that cannot be read: its runs would say that they come from nowhere
 */
export async function provenanceNow(file: DefinitionFile, definition: string): Promise<Provenance> {
  const digest = digestOf(definition);
  const folder = file.folder.uri.fsPath;
  if (!isInRepository(folder)) return { digest };
  const { openRepository, workTreeState } = await import('../gitflow/vscode/gitflow.bundle');
  try {
    const repository = await openRepository(folder, { trusted: workspace.isTrusted });
    const { commit, branch } = await repository.state();
    const { tree, changes } = await workTreeState(folder, workspace.isTrusted);
    return {
      digest,
      ...(commit ? { commit, dirty: changes.length > 0 } : {}),
      ...(tree ? { tree } : {}),
      ...(branch ? { branch } : {}),
    };
  } catch (error) {
    throw new UserError(`The repository of ${folder} cannot be read: ${messageOf(error)}`, undefined, { cause: error });
  }
}

/** True where the folder or one above it has a `.git`, as a clone and a work tree have. */
function isInRepository(folder: string): boolean {
  const above = dirname(folder);
  return existsSync(join(folder, '.git')) || (above !== folder && isInRepository(above));
}
