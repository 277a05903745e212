import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type Disposable, EventEmitter, RelativePattern, type TextDocument, Uri, workspace } from 'vscode';
import type { FoundPipeline } from '../../sources/find';
import type { Project } from '../../sources/project';
import type { MadeNames, NameMemory } from './made-names';
import type { PipelineSource } from '../../sources/source';

/** Milliseconds that pass after a change of a file before the project is read again. */
const rest = 500;

/** The pipelines that programs of the workspace make, read without running them and read again when files change. */
export class PythonProjects implements Disposable {
  private readonly changes = new EventEmitter<void>();
  /** A file changed that may make or call a pipeline. */
  readonly onDidChange = this.changes.event;
  private readonly projects = new Map<string, Promise<Project>>();
  private readonly watchers: Disposable[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** @param memory what is kept with the workspace */
  constructor(private readonly memory: NameMemory) {}

  /** All that were found, each with the file that makes it. */
  async list(): Promise<PipelineSource[]> {
    const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const projects = await Promise.all(folders.map(({ uri }) => this.read(uri.fsPath)));
    if (projects.length === 0) return [];
    const names = await this.names();
    return projects.flatMap(({ root, pipelines }) =>
      names.applied(root, pipelines).map((pipeline) => ({ ...pipeline, uri: Uri.file(join(root, pipeline.path)) })),
    );
  }

  /** Remembers how the pipeline was called that a program made: it is listed by this name from now on. */
  async keepName({ root, pipelines }: Project, { path, line }: FoundPipeline, made: string): Promise<void> {
    const read = pipelines.find((one) => one.path === path && one.line === line);
    if (read && (await (await this.names()).keep(root, read, pipelines, made))) this.changes.fire();
  }

  /** Those that a text makes as it stands in its editor. */
  async inDocument(document: TextDocument): Promise<PipelineSource[]> {
    const { uri } = document;
    if (uri.scheme !== 'file') return [];
    const { pipelinesIn } = await import('./python.bundle');
    const folder = workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
    const path = relative(folder, uri.fsPath).split(sep).join('/');
    return pipelinesIn(path, document.getText()).map((pipeline) => ({ ...pipeline, uri }));
  }

  /** The project that a script belongs to: the workspace folder's, else its own folder's. */
  async projectOf(script: Uri): Promise<Project> {
    return this.read(workspace.getWorkspaceFolder(script)?.uri.fsPath ?? dirname(script.fsPath));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changes.dispose();
    for (const watcher of this.watchers) watcher.dispose();
  }

  private async names(): Promise<MadeNames> {
    const { MadeNames: Names } = await import('./python.bundle');
    return new Names(this.memory);
  }

  private read(root: string): Promise<Project> {
    const known = this.projects.get(root);
    if (known) return known;
    this.watch(root);
    const reading = import('./python.bundle').then(({ readProject }) => readProject(root));
    this.projects.set(root, reading);
    return reading;
  }

  private watch(root: string): void {
    const pattern = new RelativePattern(Uri.file(root), '**/*.{py,ipynb,yml,yaml,sh,json,template,tf,tofu}');
    const watcher = workspace.createFileSystemWatcher(pattern);
    const stale = async (uri: Uri): Promise<void> => {
      const { path } = uri;
      if (/\/(?:\.venv|node_modules|site-packages|\.git|__pycache__)\//.test(path)) return;
      if (/\.(?:json|template|tf|tofu)$/.test(path) && !(await this.concerns(root, uri))) return;
      this.projects.delete(root);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changes.fire(), rest);
    };
    this.watchers.push(watcher, watcher.onDidCreate(stale), watcher.onDidChange(stale), watcher.onDidDelete(stale));
  }

  /** Whether a file that many programs write holds a pipeline, or did when it was read. */
  private async concerns(root: string, uri: Uri): Promise<boolean> {
    const project = await this.projects.get(root);
    if (project?.pipelines.some(({ path }) => join(root, path) === uri.fsPath)) return true;
    const { pipelinesIn } = await import('./python.bundle');
    const text = await readFile(uri.fsPath, 'utf8').catch(() => '');
    return pipelinesIn(uri.path, text).length > 0;
  }
}
