import { existsSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { type Disposable, EventEmitter, RelativePattern, Uri, window, workspace } from 'vscode';
import { log, messageOf } from '../../../workbench/index';
import type { AskpassServer } from '../../remote/askpass/index';
import { openRepository, type Repository } from '../../index';
import { gitApi, initialised, type GitApi, type GitRepository } from './git-extension';
import { RepositoryFiles } from '../../lifecycle/files';
import { gitDirsOf, workingTreeOf, type GitDirs } from './git-dirs';

/** A working tree of the workspace. The same object as long as it is there. */
export interface KnownRepository {
  /** Absolute path with no symbolic link in it; the identity. */
  readonly root: string;
  /** Name of its folder. */
  readonly name: string;
  /** The branching model of it; no git process has run before the first call. */
  open(): Promise<Repository>;
  /** Files of commits, and tags. */
  readonly files: RepositoryFiles;
}

/** How long the git directory has to be quiet before anyone is told, in milliseconds. */
const quietFor = 150;

/**
 * The repositories of the workspace: the working trees of its folders, and what VS Code's Git extension found in
 * them. Says when one comes or goes, and when refs, configuration or an operation under way changed.
 */
export class Repositories implements Disposable {
  private readonly listChanged = new EventEmitter<void>();
  private readonly contentChanged = new EventEmitter<KnownRepository>();
  readonly onDidChangeList = this.listChanged.event;
  readonly onDidChange = this.contentChanged.event;
  private readonly known = new Map<string, OpenedRepository>();
  private readonly disposables: Disposable[] = [this.listChanged, this.contentChanged];
  private api: GitApi | undefined;
  private scan: Promise<void> | undefined;
  private disposed = false;

  /** `askpass` answers git where a remote asks for a user name or a password. */
  constructor(private readonly askpass?: Pick<AskpassServer, 'environment'>) {
    this.disposables.push(
      workspace.onDidChangeWorkspaceFolders(() => this.rescan()),
      workspace.onDidGrantWorkspaceTrust(() => this.rescan()),
    );
  }

  /** Every repository, by name. None in a workspace that is not trusted: git itself would run what it configures. */
  async list(): Promise<KnownRepository[]> {
    if (!workspace.isTrusted) return [];
    this.scan ??= this.scanFolders();
    await this.scan;
    return [...this.known.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** The repository that a file or folder lies in, the innermost where they are nested. */
  async containing(uri: Uri): Promise<KnownRepository | undefined> {
    const path = canonical(uri.fsPath);
    const inside = (await this.list()).filter(({ root }) => isInside(path, root));
    return inside.sort((a, b) => b.root.length - a.root.length)[0];
  }

  async at(root: string): Promise<KnownRepository | undefined> {
    await this.list();
    return this.known.get(root);
  }

  /** The one that the user is most likely to mean: of the active editor, else the selected one of Source Control, else the only one. */
  async likely(): Promise<KnownRepository | undefined> {
    const all = await this.list();
    if (all.length < 2) return all[0];
    const active = window.activeTextEditor?.document.uri;
    const ofEditor = active && (await this.containing(active));
    if (ofEditor) return ofEditor;
    const selected = this.api?.repositories.find(({ ui }) => ui.selected);
    return selected && all.find(({ root }) => root === rootOf(selected));
  }

  /** Looks for repositories anew: after one was made, or at the user's wish. */
  rescan(): void {
    this.scan = undefined;
    this.listChanged.fire();
  }

  /** Tells everyone that looks at it that something changed, at once. */
  touch(repository: KnownRepository): void {
    this.contentChanged.fire(repository);
    this.api?.repositories
      .find((each) => rootOf(each) === repository.root)
      ?.status()
      .then(undefined, (error: unknown) => log().debug(`git status: ${messageOf(error)}`));
  }

  /** The repository as VS Code's Git extension knows it, where that extension is there. */
  async inGitExtension(root: string): Promise<{ api: GitApi; repository: GitRepository } | undefined> {
    await this.connect();
    const repository = this.api?.repositories.find((each) => rootOf(each) === root);
    return this.api && repository && { api: this.api, repository };
  }

  dispose(): void {
    this.disposed = true;
    for (const repository of this.known.values()) repository.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async scanFolders(): Promise<void> {
    const folders = (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    const roots = new Set<string>();
    for (const folder of folders) {
      const root = await workingTreeOf(folder);
      if (root !== undefined) roots.add(root);
    }
    // The Git extension finds nested repositories too; it may take its time, so the view does not wait for it.
    const nested = (this.api?.repositories ?? [])
      .map(rootOf)
      .filter((root) => folders.some((folder) => isInside(root, folder)));
    const found = new Map<string, GitDirs>();
    for (const root of new Set([...roots, ...nested])) {
      const dirs = await gitDirsOf(root);
      if (dirs && (roots.has(root) || !isSubmodule(dirs))) found.set(root, dirs);
    }
    if (this.disposed) return;
    for (const [root, repository] of this.known) {
      if (found.has(root)) continue;
      repository.dispose();
      this.known.delete(root);
    }
    for (const [root, dirs] of found) {
      if (!this.known.has(root))
        this.known.set(
          root,
          new OpenedRepository(root, dirs, this.environment(), (changed) => this.tell(changed, dirs)),
        );
    }
    if (this.api === undefined) void this.connect();
  }

  /** Who has switched VS Code's own askpass off has a better one. */
  private environment(): Record<string, string> {
    const integrated = workspace.getConfiguration('git').get('useIntegratedAskPass', true);
    return integrated ? (this.askpass?.environment() ?? {}) : {};
  }

  /** A repository that was deleted leaves the list; of another its followers hear. */
  private tell(repository: KnownRepository, { gitDir }: GitDirs): void {
    if (existsSync(gitDir)) this.contentChanged.fire(repository);
    else this.rescan();
  }

  private connecting: Promise<void> | undefined;

  /** Listens to VS Code's Git extension once it has started. */
  private connect(): Promise<void> {
    this.connecting ??= (async () => {
      const api = await gitApi();
      if (api === undefined || this.disposed) return;
      this.api = api;
      this.disposables.push(
        api.onDidOpenRepository((repository) => {
          this.listen(repository);
          this.rescan();
        }),
        api.onDidCloseRepository(() => this.rescan()),
      );
      await initialised(api);
      for (const repository of api.repositories) this.listen(repository);
      if (api.repositories.some((repository) => !this.known.has(rootOf(repository)))) this.rescan();
    })();
    return this.connecting;
  }

  private listen(repository: GitRepository): void {
    const root = rootOf(repository);
    this.disposables.push(repository.state.onDidChange(() => this.known.get(root)?.changed()));
  }
}

/** A repository with its watchers. */
class OpenedRepository implements KnownRepository, Disposable {
  readonly name: string;
  readonly files: RepositoryFiles;
  private repository: Promise<Repository> | undefined;
  private readonly watchers: Disposable[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly root: string,
    dirs: GitDirs,
    private readonly env: Record<string, string>,
    private readonly onDidChange: (repository: KnownRepository) => void,
  ) {
    this.name = root.split(sep).at(-1) ?? root;
    this.files = new RepositoryFiles({ root, trusted: workspace.isTrusted, ...gitPath() });
    this.watchers = [
      ...watch(
        dirs.gitDir,
        '{HEAD,MERGE_HEAD,CHERRY_PICK_HEAD,REVERT_HEAD,SQUASH_MSG,index,rebase-merge,rebase-apply}',
        () => this.changed(),
      ),
      ...watch(dirs.commonDir, '{packed-refs,config,refs/**,reftable/**,mlops-flow/**,worktrees/*/HEAD}', () =>
        this.changed(),
      ),
    ];
  }

  open(): Promise<Repository> {
    if (this.repository === undefined) {
      this.repository = openRepository(this.root, {
        trusted: workspace.isTrusted,
        ...gitPath(),
        env: this.env,
        onCommand: (argv) => log().trace(argv.join(' ')),
      });
      // The next call tries again: git may have been installed, or the lock have gone.
      this.repository.catch(() => (this.repository = undefined));
    }
    return this.repository;
  }

  /** Tells once, when there has been no further change for a moment. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onDidChange(this), quietFor);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.dispose();
  }
}

function watch(folder: string, pattern: string, changed: () => void): Disposable[] {
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), pattern));
  const ours = (uri: Uri) => {
    // Git writes `x.lock` and renames it: the rename is the change.
    if (!uri.path.endsWith('.lock')) changed();
  };
  return [watcher, watcher.onDidChange(ours), watcher.onDidCreate(ours), watcher.onDidDelete(ours)];
}

/** The git of the user's `git.path` setting, which may list several to try; ours is the first. */
function gitPath(): { git?: string } {
  const path = workspace.getConfiguration('git').get<string | string[] | null>('path');
  const first = Array.isArray(path) ? path[0] : path;
  return first ? { git: first } : {};
}

function rootOf(repository: GitRepository): string {
  return canonical(repository.rootUri.fsPath);
}

function canonical(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !/^[A-Za-z]:/.test(way));
}

function isSubmodule(dirs: GitDirs): boolean {
  return dirs.gitDir.split(/[/\\]/).includes('modules');
}
