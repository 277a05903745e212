/**
 * The part of the API of VS Code's own Git extension (`vscode.git`, version 1) that we use. The extension may be
 * absent or switched off: then everything here is undefined and we watch the git directory ourselves.
 */
import { type Event, extensions, type Uri } from 'vscode';

export interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: Event<'uninitialized' | 'initialized'>;
  readonly repositories: readonly GitRepository[];
  readonly onDidOpenRepository: Event<GitRepository>;
  readonly onDidCloseRepository: Event<GitRepository>;
  /** A document of a file as it is in a commit. */
  toGitUri(uri: Uri, ref: string): Uri;
}

export interface GitRepository {
  readonly rootUri: Uri;
  readonly state: { readonly onDidChange: Event<void> };
  readonly ui: { readonly selected: boolean };
  /** Reads the state anew, so that the Source Control view shows at once what we did. */
  status(): Promise<void>;
  getMergeBase(ref1: string, ref2: string): Promise<string | undefined>;
  /** What changed on the way from the merge base of both to `ref2`. */
  diffBetween(ref1: string, ref2: string): Promise<GitChange[]>;
}

export interface GitChange {
  readonly uri: Uri;
  readonly originalUri: Uri;
  readonly renameUri: Uri | undefined;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

/** The API, once the extension has started; undefined where there is none. */
export async function gitApi(): Promise<GitApi | undefined> {
  const extension = extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return undefined;
  try {
    const git = extension.isActive ? extension.exports : await extension.activate();
    // `getAPI` throws while `git.enabled` is off.
    return git.enabled ? git.getAPI(1) : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves when the first scan for repositories has ended. */
export async function initialised(api: GitApi): Promise<void> {
  if (api.state === 'initialized') return;
  await new Promise<void>((resolve) => {
    const listener = api.onDidChangeState((state) => {
      if (state !== 'initialized') return;
      listener.dispose();
      resolve();
    });
  });
}
